package risk

import (
	"math"
	"slices"
	"strconv"
	"time"
)

// A Rater is a model made ready to rate many changes: checked once, sources resolved.
// It is read-only and safe for concurrent use; the model must not change while it lives.
type Rater struct {
	m       *Model
	t       Topology
	loc     *time.Location
	sources []source
	rate0   float64 // the memory's base rate
	base    float64 // its log-odds
	needs   bool    // some factor needs the CIs reached
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
		r.rate0 = m.Memory.base()
		r.base = logit(r.rate0)
	}
	r.needs = slices.ContainsFunc(r.sources, func(s source) bool { return s.kind == ReachCount })
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
	if r.needs {
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
	return r.namesInto(kind, c, new([1]string))
}

// namesInto is names with room for a single name.
func (r *Rater) namesInto(kind string, c *Change, one *[1]string) []string {
	switch kind {
	case kindAll:
		one[0] = kindAll
	case kindHour, kindWeekday:
		if c.Start.IsZero() {
			return nil
		}
		if local := c.Start.In(r.loc); kind == kindHour {
			one[0] = strconv.Itoa(local.Hour())
		} else {
			one[0] = local.Weekday().String()
		}
	case KindTeam:
		one[0] = c.Team
	case KindType:
		one[0] = c.Type
	case KindModel:
		one[0] = c.Model
	case KindCI:
		if len(c.CIs) > 0 {
			return c.CIs
		}
	}
	if one[0] != "" {
		return one[:]
	}
	return c.Entities[kind]
}

// past folds what is remembered of the entities of c into one value.
func (r *Rater) past(s *source, c *Change) (float64, bool) {
	var one [1]string
	names := r.namesInto(s.mem.Kind, c, &one)
	if len(names) == 0 {
		return 0, false
	}
	at := r.at(c)
	top, sum, least := math.Inf(-1), 0.0, math.Inf(1)
	for j, name := range names {
		v := r.one(s, name, j, len(names), c, at)
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

// one is the value of the j-th of n entities.
func (r *Rater) one(s *source, name string, j, n int, c *Change, at time.Time) float64 {
	switch s.kind {
	case VolumeOf:
		return s.mem.Entities[name].Count
	case SinceFailOf:
		return hoursSince(s.mem.Entities[name].LastFail, at)
	case SinceOf:
		return hoursSince(s.mem.Entities[name].Last, at)
	}
	return logit(r.rate(s.mem, name, j, n, c, at, 0)) - r.base
}

// rate is the shrunk rate of the j-th of n entities of a kind, its parents' rates standing in.
func (r *Rater) rate(k *KindMemory, name string, j, n int, c *Change, at time.Time, depth int) float64 {
	p := r.rate0
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
