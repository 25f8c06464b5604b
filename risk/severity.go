package risk

import (
	"fmt"
	"math"
	"slices"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// Severities say how bad failures are, given that they happen: shares of the levels of
// severity among past failures, those of one kind of entity shrunk towards those of all.
type Severities struct {
	Levels   []string             `json:"levels"`   // from the mildest to the worst, or by name where the schema does not say
	All      []float64            `json:"all"`      // failures of each level
	Kind     string               `json:"kind"`     // whose failures differ most in severity; "" where none does beyond chance
	Strength float64              `json:"strength"` // failures that the shares of all count for
	Entities map[string][]float64 `json:"entities"` // failures of each level, by entity of the kind
}

// A SeverityChance is the chance of one level of severity.
type SeverityChance struct {
	Severity     string  `json:"severity"`
	GivenFailure float64 `json:"given_failure"`
	Probability  float64 `json:"probability"` // of a failure of this severity
}

// of returns the shares for the entities of a change: of several, the mean.
func (s *Severities) of(names []string) []float64 {
	all := 0.0
	for _, n := range s.All {
		all += n
	}
	base := make([]float64, len(s.Levels))
	for i, n := range s.All {
		base[i] = (n + 1/float64(len(s.Levels))) / (all + 1) // one failure, spread evenly
	}
	if len(names) == 0 {
		return base
	}
	out := make([]float64, len(base))
	for _, name := range names {
		for i, p := range shares(s.Entities[name], base, s.Strength) {
			out[i] += p / float64(len(names))
		}
	}
	return out
}

// shares is the posterior mean of a Dirichlet-multinomial model.
func shares(counts, base []float64, strength float64) []float64 {
	n := 0.0
	for _, c := range counts {
		n += c
	}
	out := make([]float64, len(base))
	for i, b := range base {
		c := 0.0
		if counts != nil {
			c = counts[i]
		}
		out[i] = (c + float64(strength*b)) / (n + strength)
	}
	return out
}

// severitiesOf learns from the failures known at asOf that state a severity; nil where there
// are none. Each failure is foretold from those before it, so the kind and the strength are
// chosen by what they are used for, as in fitShrinkage; a kind must win by more than a unit
// of log-likelihood.
func severitiesOf(history []Outcome, levels []string, kinds []EntityKind, asOf int64, w *watch) *Severities {
	var failures []*Outcome
	for i := range history {
		if w.ended(i) {
			return nil
		}
		if o := &history[i]; o.Failed && o.Severity != "" && knownAt(o).Unix() <= asOf {
			failures = append(failures, o)
		}
	}
	if len(failures) == 0 {
		return nil
	}
	slices.SortStableFunc(failures, func(a, b *Outcome) int { return knownAt(a).Compare(knownAt(b)) })
	s := &Severities{Levels: slices.Clone(levels), Strength: maxStrength}
	if len(levels) == 0 {
		for _, o := range failures {
			s.Levels = append(s.Levels, o.Severity)
		}
		slices.Sort(s.Levels)
		s.Levels = slices.Compact(s.Levels)
	}
	replay := func(kind string, strength float64) (loss float64, all []float64, by map[string][]float64) {
		t := &Severities{Levels: s.Levels, All: make([]float64, len(s.Levels)), Strength: strength, Entities: map[string][]float64{}}
		for i, o := range failures {
			if w.ended(i) {
				break
			}
			level := slices.Index(s.Levels, o.Severity)
			names := entityNames(&o.Change, kind)
			loss -= log(t.of(names)[level])
			t.All[level]++
			for _, name := range names {
				if t.Entities[name] == nil {
					t.Entities[name] = make([]float64, len(s.Levels))
				}
				t.Entities[name][level]++
			}
		}
		return loss, t.All, t.Entities
	}
	best, all, _ := replay("", maxStrength)
	s.All = all
	best--
	for _, k := range kinds {
		x, y := golden(func(logStrength float64) float64 {
			loss, _, _ := replay(k.Kind, exp(logStrength))
			return loss
		}, log(1), log(maxStrength), 12)
		if y < best {
			best, s.Kind, s.Strength = y, k.Kind, exp(x)
		}
	}
	if s.Kind != "" {
		_, _, s.Entities = replay(s.Kind, s.Strength)
	}
	return s
}

func (s *Severities) validate(l *validate.List) {
	if len(s.Levels) == 0 || len(s.All) != len(s.Levels) {
		l.Addf("severities.all", "must have a number for each of at least one level, has %d for %d", len(s.All), len(s.Levels))
	}
	seen := map[string]bool{}
	for i, v := range s.Levels {
		if v == "" || seen[v] {
			l.Addf(fmt.Sprintf("severities.levels[%d]", i), "must be a name of its own, is %q", v)
		}
		seen[v] = true
	}
	counts := func(path string, list []float64) {
		for i, n := range list {
			if !(n >= 0) || math.IsInf(n, 0) {
				l.Addf(fmt.Sprintf("%s[%d]", path, i), "must be a number of failures, is %v", n)
			}
		}
	}
	counts("severities.all", s.All)
	if !(s.Strength > 0) || !finite(s.Strength) {
		l.Addf("severities.strength", "must be positive, is %v", s.Strength)
	}
	for _, name := range sortedKeys(s.Entities) {
		list := s.Entities[name]
		if len(list) != len(s.Levels) {
			l.Addf(keyed("severities.entities", name), "must have a number for each of %d levels, has %d", len(s.Levels), len(list))
		}
		counts(keyed("severities.entities", name), list)
	}
}

// severities returns the chances of each level for a change that fails with probability p.
func (r *Rater) severities(c *Change, p float64) []SeverityChance {
	s := r.m.Severities
	if s == nil {
		return nil
	}
	var names []string
	if s.Kind != "" {
		names = entityNames(c, s.Kind)
	}
	out := make([]SeverityChance, len(s.Levels))
	for i, share := range s.of(names) {
		out[i] = SeverityChance{s.Levels[i], share, float64(share * p)}
	}
	return out
}
