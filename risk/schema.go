package risk

import (
	"fmt"
	"maps"
	"slices"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// A Schema says what of a history a fit may use. A nil Schema means all of it: every
// entity kind and every factor that occurs, and the slot where starts are given.
type Schema struct {
	Entities   []EntityKind  `json:"entities,omitempty"`
	Factors    []GivenFactor `json:"factors,omitempty"`
	Severities []string      `json:"severities,omitempty"` // from the mildest to the worst; empty: those that occur, by name
	Zone       string        `json:"zone,omitempty"`       // IANA zone in which hours and weekdays are read; "" is UTC
	NoSlot     bool          `json:"no_slot,omitempty"`    // learn nothing from hour and weekday
}

// The entity kinds that a [Change] has fields for; further ones stand in Change.Entities.
const (
	KindTeam  = "team"
	KindType  = "type"
	KindModel = "model"
	KindCI    = "ci"
)

// The kinds that a fit derives from the start; hours are local to Schema.Zone.
const (
	kindAll     = "all" // one entity that every change belongs to: the recent base rate
	kindHour    = "hour"
	kindWeekday = "weekday"
)

// An EntityKind is a kind of thing whose past failures say something about its next change.
type EntityKind struct {
	Kind   string `json:"kind"`
	Parent string `json:"parent,omitempty"` // another kind whose rate stands in where an entity of this kind is new, item by item or one for all
	Role   string `json:"role,omitempty"`   // "who" or "what": which shipped coefficients apply
}

// A GivenFactor is a number that is known before a change starts, in Change.Factors.
type GivenFactor struct {
	Name     string `json:"name"`
	Role     string `json:"role,omitempty"` // what it means in words shared between histories: which shipped coefficient applies
	Scale    Scale  `json:"scale,omitempty"`
	Monotone bool   `json:"monotone,omitempty"` // more is never safer
	Words    string `json:"words,omitempty"`
}

// Validate reports every fault of s, each with its path.
func (s *Schema) Validate() error {
	var l validate.List
	kinds := map[string]int{}
	for i, e := range s.Entities {
		path := fmt.Sprintf("entities[%d]", i)
		if e.Kind == "" || e.Kind == kindAll || e.Kind == kindHour || e.Kind == kindWeekday {
			l.Addf(path+".kind", "must be a name other than %q, %q and %q, is %q", kindAll, kindHour, kindWeekday, e.Kind)
		}
		if j, dup := kinds[e.Kind]; dup {
			l.Addf(path+".kind", "%q is already entities[%d]", e.Kind, j)
		}
		kinds[e.Kind] = i
	}
	for i, e := range s.Entities {
		if e.Parent == "" {
			continue
		}
		path := fmt.Sprintf("entities[%d].parent", i)
		if _, ok := kinds[e.Parent]; !ok {
			l.Addf(path, "%q is not a kind of this schema", e.Parent)
			continue
		}
		for at, steps := e.Parent, 0; at != ""; steps++ {
			if at == e.Kind || steps > len(s.Entities) {
				l.Addf(path, "leads back to %q", e.Kind)
				break
			}
			j, ok := kinds[at]
			if !ok {
				break
			}
			at = s.Entities[j].Parent
		}
	}
	names := map[string]int{}
	for i, f := range s.Factors {
		path := fmt.Sprintf("factors[%d]", i)
		if f.Name == "" {
			l.Addf(path+".name", "is missing")
		}
		if j, dup := names[f.Name]; dup {
			l.Addf(path+".name", "%q is already factors[%d]", f.Name, j)
		}
		names[f.Name] = i
		if f.Scale != Unit && f.Scale != Linear && f.Scale != Log {
			l.Addf(path+".scale", "is unknown: %q; use \"\", %q or %q", f.Scale, Linear, Log)
		}
	}
	for i, v := range s.Severities {
		if v == "" || slices.Contains(s.Severities[:i], v) {
			l.Addf(fmt.Sprintf("severities[%d]", i), "must be a name of its own, is %q", v)
		}
	}
	if _, err := zone(s.Zone); err != nil {
		l.Addf("zone", "%q is not an IANA zone: %v", s.Zone, err)
	}
	return l.Err()
}

// schemaOf lists everything that occurs in a history, in a fixed order.
func schemaOf(history []Outcome, w *watch) *Schema {
	kinds, factors := map[string]bool{}, map[string]bool{}
	for i := range history {
		if w.ended(i) {
			break
		}
		c := &history[i].Change
		for _, k := range []string{KindTeam, KindType, KindModel, KindCI} {
			if len(entityNames(c, k)) > 0 {
				kinds[k] = true
			}
		}
		for k := range c.Entities {
			kinds[k] = true
		}
		for f := range c.Factors {
			factors[f] = true
		}
	}
	s := &Schema{}
	for _, k := range slices.Sorted(maps.Keys(kinds)) {
		s.Entities = append(s.Entities, EntityKind{Kind: k})
	}
	for _, f := range slices.Sorted(maps.Keys(factors)) {
		s.Factors = append(s.Factors, GivenFactor{Name: f, Scale: Log})
	}
	return s
}

// entityNames returns the entities of one kind that c belongs to.
func entityNames(c *Change, kind string) []string {
	one := func(s string) []string {
		if s == "" {
			return nil
		}
		return []string{s}
	}
	var names []string
	switch kind {
	case KindTeam:
		names = one(c.Team)
	case KindType:
		names = one(c.Type)
	case KindModel:
		names = one(c.Model)
	case KindCI:
		names = c.CIs
	}
	if names == nil {
		names = c.Entities[kind]
	}
	return names
}
