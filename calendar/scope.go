package calendar

import (
	"slices"
	"strings"
)

// A Scope selects changes. The zero Scope selects all. Values within one field are
// alternatives; fields must all match; what an element of Except selects is left out. A
// value may hold asterisks, each of which stands for any text: "prod-*".
//
// A field matches a change that has any of its values: a change that touches two CIs
// is in the scope of a window for one of them. Ask for each CI by itself where all must be in scope.
type Scope struct {
	CIs          []string `json:"cis,omitempty"`
	Classes      []string `json:"classes,omitempty"` // CI classes
	Services     []string `json:"services,omitempty"`
	Environments []string `json:"environments,omitempty"`
	Regions      []string `json:"regions,omitempty"` // or tenants
	Tags         []string `json:"tags,omitempty"`    // labels, such as "tier=1"
	Types        []string `json:"types,omitempty"`   // change types
	Actions      []string `json:"actions,omitempty"` // "deploy", "rollback", ...
	Except       []Scope  `json:"except,omitempty"`  // not nested; an empty one leaves out everything
}

// A Subject is the change that is asked about.
type Subject struct {
	CIs          []string `json:"cis,omitempty"`
	Classes      []string `json:"classes,omitempty"`
	Services     []string `json:"services,omitempty"`
	Environments []string `json:"environments,omitempty"`
	Regions      []string `json:"regions,omitempty"`
	Tags         []string `json:"tags,omitempty"`
	Type         string   `json:"type,omitempty"`
	Action       string   `json:"action,omitempty"`
}

// Matches reports whether s selects the change.
func (s *Scope) Matches(c *Subject) bool {
	if !s.fields(c) {
		return false
	}
	for i := range s.Except {
		if s.Except[i].fields(c) {
			return false
		}
	}
	return true
}

func (s *Scope) fields(c *Subject) bool {
	return matchAny(s.CIs, c.CIs) && matchAny(s.Classes, c.Classes) && matchAny(s.Services, c.Services) &&
		matchAny(s.Environments, c.Environments) && matchAny(s.Regions, c.Regions) && matchAny(s.Tags, c.Tags) &&
		matchOne(s.Types, c.Type) && matchOne(s.Actions, c.Action)
}

func matchAny(wanted, have []string) bool {
	if len(wanted) == 0 {
		return true
	}
	for _, v := range have {
		if matchOne(wanted, v) {
			return true
		}
	}
	return false
}

func matchOne(wanted []string, v string) bool {
	if len(wanted) == 0 {
		return true
	}
	for _, p := range wanted {
		if p == v || strings.Contains(p, "*") && glob(p, v) {
			return true
		}
	}
	return false
}

// glob matches pattern, in which * stands for any text, in time linear in each
// part: the first part must begin v, the last must end it, the others follow greedily.
func glob(pattern, v string) bool {
	parts := strings.Split(pattern, "*")
	first, last := parts[0], parts[len(parts)-1]
	if !strings.HasPrefix(v, first) {
		return false
	}
	v = v[len(first):]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(v, part)
		if i < 0 {
			return false
		}
		v = v[i+len(part):]
	}
	return strings.HasSuffix(v, last)
}

// IsZero reports whether s selects everything.
func (s Scope) IsZero() bool {
	for _, f := range s.lists() {
		if len(f) > 0 {
			return false
		}
	}
	return len(s.Except) == 0
}

func (s *Scope) lists() [8][]string {
	return [8][]string{s.CIs, s.Classes, s.Services, s.Environments, s.Regions, s.Tags, s.Types, s.Actions}
}

var scopeFields = [8]string{"cis", "classes", "services", "environments", "regions", "tags", "types", "actions"}

// check reports empty values and nested exceptions.
func (s *Scope) check(path string, depth int, fault func(path, format string, args ...any)) {
	for i, list := range s.lists() {
		if j := slices.Index(list, ""); j >= 0 {
			fault(path+"."+scopeFields[i], "value %d is empty", j)
		}
	}
	for i := range s.Except {
		at := path + ".except[" + itoa(i) + "]"
		if depth > 0 {
			fault(at, "an exception has no exceptions; add it to the scope's own list")
			return
		}
		if s.Except[i].IsZero() {
			fault(at, "is empty and would leave out everything")
		}
		s.Except[i].check(at, depth+1, fault)
	}
}
