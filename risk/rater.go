package risk

import (
	"math"
	"slices"
	"time"
)

// A Rater is a model made ready to rate many changes: checked once, sources resolved.
// It is read-only and safe for concurrent use; the model must not change while it lives.
type Rater struct {
	m       *Model
	t       Topology
	loc     *time.Location
	sources []source
	base    float64 // log-odds of the memory's base rate
}

// A source is the parsed Source of a factor.
type source struct {
	kind  Source
	arg   string
	hours hours
	mem   *KindMemory
}

// Rater checks m and prepares it. t may be nil.
func (m *Model) Rater(t Topology) (*Rater, error) {
	if err := m.Validate(); err != nil {
		return nil, err
	}
	r := &Rater{m: m, t: t, sources: make([]source, len(m.Factors))}
	r.loc, _ = zone(m.Zone)
	for i := range m.Factors {
		s := &r.sources[i]
		s.kind, s.arg = m.Factors[i].Source.of()
		switch s.kind {
		case HourIn:
			s.hours, _ = parseHours(s.arg)
		case RateOf, RateMeanOf, VolumeOf, SinceFailOf, SinceOf:
			s.mem = m.Memory.kind(s.arg)
		}
	}
	if m.Memory != nil {
		r.base = logit(m.Memory.base())
	}
	return r, nil
}

// at is the instant for which the past of a change is read: its start, or for a change not
// placed yet, or in the past of the memory, the memory's own.
func (r *Rater) at(c *Change) time.Time {
	if r.m.Memory == nil || c.Start.After(r.m.Memory.AsOf) {
		return c.Start
	}
	return r.m.Memory.AsOf
}

// LogOdds returns the log-odds of failure of c, the same as Assess does, without its reasons
// and without looking at the topology where no factor needs it. It returns an error like Assess.
func (r *Rater) LogOdds(c *Change) (LogOdds, error) {
	if err := r.m.check(c); err != nil {
		return 0, err
	}
	var reached []Reached
	if slices.ContainsFunc(r.sources, func(s source) bool { return s.kind == ReachCount }) {
		reached = r.m.reached(c, r.t)
	}
	sum := logOdds(r.m.Intercept)
	for i := range r.sources {
		if x, known := r.value(i, c, reached); known {
			v, _ := r.m.Factors[i].scaled(x)
			sum += r.m.Factors[i].share(v)
		}
	}
	return sum, nil
}

// value reads the raw value of factor i; known is false where nothing is said. What a change
// states itself comes before what the model would derive.
func (r *Rater) value(i int, c *Change, reached []Reached) (x float64, known bool) {
	if x, ok := c.Factors[r.m.Factors[i].Name]; ok {
		return x, true
	}
	s := &r.sources[i]
	switch s.kind {
	case TypeIs:
		return indicator(c.Type == s.arg || c.Type == "" && s.arg == Normal), true
	case CICount:
		n := 0
		for i, ci := range c.CIs {
			if !slices.Contains(c.CIs[:i], ci) {
				n++
			}
		}
		return float64(n), n > 0
	case ReachCount:
		n := 0
		for _, q := range reached {
			if q.Distance > 0 {
				n++
			}
		}
		return float64(n), true
	case HourIn:
		return indicator(s.hours.contains(c.Start.In(r.loc))), !c.Start.IsZero()
	case RateOf, RateMeanOf, VolumeOf, SinceFailOf, SinceOf:
		return r.past(s, c)
	}
	return 0, false
}

// names lists the entities of c of one kind.
func (r *Rater) names(kind string, c *Change) []string {
	switch kind {
	case kindAll:
		return []string{kindAll}
	case kindHour, kindWeekday:
		if c.Start.IsZero() {
			return nil
		}
		if kind == kindHour {
			return hourName(c.Start.In(r.loc))
		}
		return weekdayName(c.Start.In(r.loc))
	}
	return entityNames(c, kind)
}

// past folds what is remembered of the entities of c into one value.
func (r *Rater) past(s *source, c *Change) (float64, bool) {
	names := r.names(s.mem.Kind, c)
	if len(names) == 0 {
		return 0, false
	}
	at := r.at(c)
	top, sum, least := math.Inf(-1), 0.0, math.Inf(1)
	for j, name := range names {
		rec := s.mem.Entities[name]
		var v float64
		switch s.kind {
		case RateOf, RateMeanOf:
			v = logit(r.rate(s.mem, name, j, len(names), c, at, 0)) - r.base
		case VolumeOf:
			v = rec.Count
		case SinceFailOf:
			v = hoursSince(rec.LastFail, at)
		case SinceOf:
			v = hoursSince(rec.Last, at)
		}
		top, sum, least = max(top, v), sum+v, min(least, v)
	}
	switch s.kind {
	case RateMeanOf:
		return sum / float64(len(names)), true
	case SinceFailOf, SinceOf:
		return least, true
	}
	return top, true
}

// rate is the shrunk rate of the j-th of n entities of a kind, its parents' rates standing in.
func (r *Rater) rate(k *KindMemory, name string, j, n int, c *Change, at time.Time, depth int) float64 {
	p := r.m.Memory.base()
	if k.Parent != "" && depth < len(r.m.Memory.Kinds) {
		parents := r.names(k.Parent, c)
		up := r.m.Memory.kind(k.Parent)
		switch {
		case len(parents) == n && n > 0:
			p = r.rate(up, parents[j], j, n, c, at, depth+1)
		case len(parents) == 1:
			p = r.rate(up, parents[0], 0, 1, c, at, depth+1)
		}
	}
	return k.rate(k.Entities[name], r.m.Memory.AsOf, at, p)
}
