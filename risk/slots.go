package risk

import (
	"math"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// A Slots table holds the log-odds of failure of changes for each possible start.
type Slots struct {
	Starts  []time.Time `json:"starts"`
	LogOdds [][]LogOdds `json:"log_odds"` // by change and start
}

// Slots rates each change at each start: what a scheduler needs as the cost of a start. An
// entry equals the LogOdds of the change with that Start, exactly. Starts may be any instants, such as
// the 168 hours of a week; the Start of the changes themselves is not read.
//
// The part of a rating that depends on an entity and an instant alone is computed once for all
// changes, so the cost is about a nanosecond for each factor, change and start. Errors are those
// of Assess for each faulty change, joined.
func (r *Rater) Slots(changes []Change, starts []time.Time) (*Slots, error) {
	var l validate.List
	for i, s := range starts {
		if s.IsZero() {
			l.Addf(indexed("starts", i), "is missing")
		}
	}
	out := &Slots{Starts: starts, LogOdds: make([][]LogOdds, len(changes))}
	for i := range changes {
		if err := r.m.check(&changes[i]); err != nil {
			l.Addf(indexed("changes", i), "%v", err)
		}
	}
	if err := l.Err(); err != nil {
		return nil, err
	}
	cache := map[slotKey][]float64{}
	flat := make([]LogOdds, len(changes)*len(starts))
	for i := range changes {
		out.LogOdds[i] = flat[i*len(starts) : (i+1)*len(starts) : (i+1)*len(starts)]
		r.slotsOf(&changes[i], starts, out.LogOdds[i], cache)
	}
	return out, nil
}

// slotKey names a row of the cache: the scaled value of one entity, with the entities of the
// parent kinds behind it, for one factor at each start.
type slotKey struct {
	factor  int
	entity  string
	parents string
}

// slotsOf fills one row of the table.
func (r *Rater) slotsOf(c *Change, starts []time.Time, row []LogOdds, cache map[slotKey][]float64) {
	probe := *c
	var reached []Reached
	fixed := logOdds(r.m.Intercept)
	for i := range r.sources {
		f := &r.m.Factors[i]
		if x, given := c.Factors[f.Name]; given || !r.sources[i].slotted() {
			if !given {
				if r.sources[i].kind == ReachCount && reached == nil {
					reached = r.m.reached(c, r.t)
				}
				known := false
				if x, known = r.value(i, c, reached); !known {
					continue
				}
			}
			v, _ := f.scaled(x)
			fixed += f.share(v)
			continue
		}
		r.addSlotted(i, &probe, starts, row, cache)
	}
	for s := range row {
		row[s] += fixed
	}
}

// slotted reports whether the value depends on the start.
func (s *source) slotted() bool {
	switch s.kind {
	case HourIn, RateOf, RateMeanOf, SinceFailOf, SinceOf:
		return true
	}
	return false
}

// addSlotted adds the shares of factor i at each start. The values of single entities come from
// the cache and are folded as past folds them: the scale of a factor never turns an order
// round, so the least of the scaled values is the scaled value of the least.
func (r *Rater) addSlotted(i int, probe *Change, starts []time.Time, row []LogOdds, cache map[slotKey][]float64) {
	f, s := &r.m.Factors[i], &r.sources[i]
	values := r.slotValues(i, 0, 1, probe, starts, cache)
	if s.kind != HourIn && s.arg != kindAll && s.arg != kindHour && s.arg != kindWeekday {
		n := len(entityNames(probe, s.arg))
		if n == 0 {
			return
		}
		if n > 1 {
			folded := append([]float64(nil), r.slotValues(i, 0, n, probe, starts, cache)...)
			for j := 1; j < n; j++ {
				fold(s.kind, folded, r.slotValues(i, j, n, probe, starts, cache))
			}
			if s.kind == RateMeanOf {
				for t := range folded {
					folded[t] /= float64(n)
				}
			}
			values = folded
		}
	}
	for t, v := range values {
		if v == v {
			row[t] += f.share(v)
		}
	}
}

func fold(kind Source, into, from []float64) {
	for t, v := range from {
		switch kind {
		case RateMeanOf:
			into[t] += v
		case SinceFailOf, SinceOf:
			into[t] = min(into[t], v)
		default:
			into[t] = max(into[t], v)
		}
	}
}

// slotValues returns the scaled values of the j-th of n entities of factor i at each start, NaN
// where nothing is said.
func (r *Rater) slotValues(i, j, n int, probe *Change, starts []time.Time, cache map[slotKey][]float64) []float64 {
	s := &r.sources[i]
	key := slotKey{factor: i}
	single := s.kind != HourIn && s.arg != kindAll && s.arg != kindHour && s.arg != kindWeekday
	var names []string
	if single {
		if names = entityNames(probe, s.arg); j >= len(names) {
			return nil
		}
		key.entity = names[j]
		if s.kind == RateOf || s.kind == RateMeanOf {
			key.parents = r.lineage(s.mem, j, n, probe, 0)
		}
	}
	values, ok := cache[key]
	if ok {
		return values
	}
	values = make([]float64, len(starts))
	for t, at := range starts {
		probe.Start = at
		x, known := 0.0, true
		if single {
			x = r.one(s, names[j], j, n, probe, r.at(probe))
		} else {
			x, known = r.value(i, probe, nil)
		}
		values[t] = math.NaN()
		if known {
			values[t], _ = r.m.Factors[i].scaled(x)
		}
	}
	cache[key] = values
	return values
}

// lineage names the entities whose rates stand in for the j-th of n entities of a kind.
func (r *Rater) lineage(k *KindMemory, j, n int, c *Change, depth int) string {
	if k.Parent == "" || depth >= len(r.m.Memory.Kinds) {
		return ""
	}
	parents := r.names(k.Parent, c)
	if len(parents) != n && len(parents) != 1 {
		return ""
	}
	if len(parents) == 1 {
		j, n = 0, 1
	}
	return parents[j] + "\x00" + r.lineage(r.m.Memory.kind(k.Parent), j, n, c, depth+1)
}

// Points returns the risk points of change i at each start, for an impact in [0, 1]: what
// Assess calls Points, as the start cost of a scheduler.
func (s *Slots) Points(i int, impact float64) []int64 {
	out := make([]int64, len(s.LogOdds[i]))
	for t, l := range s.LogOdds[i] {
		out[t] = points(score(l.Probability(), impact))
	}
	return out
}

func score(p, impact float64) float64 { return float64(float64(p*impact) * 100) }

func points(score float64) int64 { return int64(math.Round(float64(score * 100))) }
