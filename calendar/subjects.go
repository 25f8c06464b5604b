package calendar

import (
	"encoding/json"
	"slices"
	"strings"
)

func jsonText(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// maxSubjects bounds the subjects that Lint and Diff make up.
const maxSubjects = 512

// subjects makes up one subject for each scope class that the scopes name: for every scope one
// that it holds, one for each of its exceptions and each exempt change type, and one that no scope
// names. Subjects of one class are listed once.
func (k *Compiled) subjects() []Subject {
	var out []Subject
	seen := map[string]bool{}
	add := func(s Subject) {
		if key := k.classOf(&s); !seen[key] && len(out) < maxSubjects {
			seen[key] = true
			out = append(out, s)
		}
	}
	add(Subject{})
	for i := range k.calendars {
		c := &k.calendars[i]
		for j := range c.windows {
			w := c.windows[j]
			base := w.Scope.example()
			add(base)
			for _, t := range w.Exempt {
				s := base
				s.Type = t
				add(s)
			}
			for _, x := range w.Scope.Except {
				add(base.with(x.example()))
			}
		}
		for j := range c.Overrides {
			add(c.Overrides[j].Scope.example())
		}
	}
	return out
}

// example returns a subject in the fields of s: the first value of each, an asterisk filled in.
func (s *Scope) example() Subject {
	first := func(list []string) []string {
		if len(list) == 0 {
			return nil
		}
		return []string{strings.ReplaceAll(list[0], "*", "x")}
	}
	one := func(list []string) string {
		if f := first(list); f != nil {
			return f[0]
		}
		return ""
	}
	return Subject{CIs: first(s.CIs), Classes: first(s.Classes), Services: first(s.Services), Environments: first(s.Environments),
		Regions: first(s.Regions), Tags: first(s.Tags), Type: one(s.Types), Action: one(s.Actions)}
}

// with returns s with the fields of o that are set.
func (s Subject) with(o Subject) Subject {
	pick := func(a, b []string) []string {
		if b != nil {
			return b
		}
		return a
	}
	s.CIs, s.Classes, s.Services = pick(s.CIs, o.CIs), pick(s.Classes, o.Classes), pick(s.Services, o.Services)
	s.Environments, s.Regions, s.Tags = pick(s.Environments, o.Environments), pick(s.Regions, o.Regions), pick(s.Tags, o.Tags)
	if o.Type != "" {
		s.Type = o.Type
	}
	if o.Action != "" {
		s.Action = o.Action
	}
	return s
}

// covers reports whether s surely selects all that o selects, by comparing values as written.
func (s *Scope) covers(o *Scope) bool {
	mine, theirs := s.lists(), o.lists()
	for i := range mine {
		if len(mine[i]) == 0 {
			continue
		}
		if len(theirs[i]) == 0 {
			return false
		}
		for _, v := range theirs[i] {
			if !slices.Contains(mine[i], v) && (strings.Contains(v, "*") || !matchOne(mine[i], v)) {
				return false
			}
		}
	}
	for i := range s.Except {
		if !slices.ContainsFunc(o.Except, func(x Scope) bool { return x.covers(&s.Except[i]) }) {
			return false
		}
	}
	return true
}

// mayMeet reports whether some change may be in both scopes. It errs towards yes.
func (s *Scope) mayMeet(o *Scope) bool {
	mine, theirs := s.lists(), o.lists()
	for _, i := range []int{6, 7} { // a change has one type and one action, of other fields several values
		if len(mine[i]) == 0 || len(theirs[i]) == 0 {
			continue
		}
		if !slices.ContainsFunc(mine[i], func(a string) bool {
			return slices.ContainsFunc(theirs[i], func(b string) bool {
				return a == b || strings.Contains(a+b, "*")
			})
		}) {
			return false
		}
	}
	return true
}
