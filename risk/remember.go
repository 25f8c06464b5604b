package risk

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// A Memory is what a fitted model knows of the entities of its history.
type Memory struct {
	AsOf  time.Time    `json:"as_of"` // what was known then
	Base  Record       `json:"base"`  // all changes, nothing forgotten
	Kinds []KindMemory `json:"kinds"`
}

// A KindMemory holds the entities of one kind, by name.
type KindMemory struct {
	Kind         string            `json:"kind"`
	Strength     float64           `json:"strength"`                 // see [Shrinkage]
	HalfLifeDays float64           `json:"half_life_days,omitempty"` // 0: nothing is forgotten
	Parent       string            `json:"parent,omitempty"`
	Entities     map[string]Record `json:"entities"`
}

// A Record is the history of one entity.
type Record struct {
	Changes  float64   `json:"changes"`            // with known outcome, forgotten with the half-life of the kind up to Memory.AsOf
	Failures float64   `json:"failures"`           // among them
	Count    float64   `json:"count"`              // all changes so far
	Last     time.Time `json:"last,omitzero"`      // start of the last one
	LastFail time.Time `json:"last_fail,omitzero"` // when its last failure became known
}

// remembered turns the state of a replay into a Memory.
func (t *table) remembered(m *memory, g []Shrinkage, asOf int64) *Memory {
	out := &Memory{AsOf: unix(asOf)}
	for k := range t.kinds {
		c := &t.kinds[k]
		km := KindMemory{Kind: g[k].Kind, Strength: g[k].Strength, HalfLifeDays: g[k].HalfLifeDays, Parent: c.Parent, Entities: make(map[string]Record, len(c.names))}
		if km.Strength == 0 {
			km.Strength = g[k].pseudo / baseRate
		}
		for e, name := range c.names {
			if t.watch.ended(e) {
				break
			}
			y := m.kinds[k][e]
			y.decay(asOf)
			km.Entities[name] = y.record(g[k].speed)
			if k == 0 {
				out.Base = y.record(speeds - 1)
			}
		}
		out.Kinds = append(out.Kinds, km)
	}
	return out
}

func (y *tally) record(speed int) Record {
	r := Record{Changes: y.n[speed], Failures: y.s[speed], Count: y.count}
	if y.change != never {
		r.Last = unix(y.change)
	}
	if y.fail != never {
		r.LastFail = unix(y.fail)
	}
	return r
}

func (m *Memory) validate(l *validate.List) {
	if !(m.Base.Changes >= m.Base.Failures && m.Base.Failures >= 0) || !finite(m.Base.Changes) {
		l.Addf("memory.base", "must have 0 <= failures <= changes")
	}
	seen := map[string]bool{}
	for i, k := range m.Kinds {
		path := fmt.Sprintf("memory.kinds[%d]", i)
		if k.Kind == "" || seen[k.Kind] {
			l.Addf(path+".kind", "must be a name of its own, is %q", k.Kind)
		}
		seen[k.Kind] = true
		if !(k.Strength > 0) || !finite(k.Strength) {
			l.Addf(path+".strength", "must be positive, is %v", k.Strength)
		}
		if !(k.HalfLifeDays >= 0) || !finite(k.HalfLifeDays) {
			l.Addf(path+".half_life_days", "must be 0 (nothing is forgotten) or positive, is %v", k.HalfLifeDays)
		}
		var faulty []string // only these are sorted: there may be millions of entities
		for name, r := range k.Entities {
			if !(r.Failures >= 0 && r.Changes >= r.Failures-1e-9 && r.Count >= 0 && finite(r.Changes) && finite(r.Count)) {
				faulty = append(faulty, name)
			}
		}
		slices.Sort(faulty)
		for _, name := range faulty[:min(len(faulty), maxFaults)] {
			l.Addf(fmt.Sprintf("%s.entities[%q]", path, name), "must have 0 <= failures <= changes and a count that is not negative")
		}
	}
	for i, k := range m.Kinds {
		if k.Parent != "" && !seen[k.Parent] {
			l.Addf(fmt.Sprintf("memory.kinds[%d].parent", i), "%q is not a kind of this memory", k.Parent)
		}
		for at, steps := k.Parent, 0; at != ""; steps++ {
			if steps > len(m.Kinds) {
				l.Addf(fmt.Sprintf("memory.kinds[%d].parent", i), "goes round in a circle")
				break
			}
			p := m.kind(at)
			if p == nil {
				break
			}
			at = p.Parent
		}
	}
}

func (m *Memory) kind(name string) *KindMemory {
	if m == nil {
		return nil
	}
	for i := range m.Kinds {
		if m.Kinds[i].Kind == name {
			return &m.Kinds[i]
		}
	}
	return nil
}

// base is the base rate as of the memory.
func (m *Memory) base() float64 {
	return (m.Base.Failures + baseRate*baseStrength) / (m.Base.Changes + baseStrength)
}

// rate is the shrunk rate of an entity at an instant, whose parent or base has rate p.
func (k *KindMemory) rate(r Record, asOf, at time.Time, p float64) float64 {
	keep := 1.0
	if d := at.Sub(asOf); d > 0 && k.HalfLifeDays > 0 {
		keep = exp(-math.Ln2 / (k.HalfLifeDays * 86400) * d.Seconds())
	}
	return (float64(r.Failures*keep) + float64(k.Strength*p)) / (float64(r.Changes*keep) + k.Strength)
}

// hoursSince is the distance from then to at in hours, within [0, sinceCap]; never is sinceCap.
func hoursSince(then, at time.Time) float64 {
	if then.IsZero() {
		return sinceCap
	}
	return max(0, min(sinceCap, at.Sub(then).Hours()))
}
