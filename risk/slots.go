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

// slotKey names a row of the cache: the value of one entity for one factor at each start.
type slotKey struct {
	factor int
	entity string
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

// addSlotted adds the shares of factor i at each start. Where one entity decides, its shares
// come from the cache; several entities are folded value by value, as past does.
func (r *Rater) addSlotted(i int, probe *Change, starts []time.Time, row []LogOdds, cache map[slotKey][]float64) {
	f, s := &r.m.Factors[i], &r.sources[i]
	key := slotKey{factor: i}
	if s.kind != HourIn {
		switch s.arg {
		case kindAll, kindHour, kindWeekday:
		default:
			names := entityNames(probe, s.arg)
			if len(names) == 0 {
				return
			}
			if len(names) > 1 || s.mem.Parent != "" {
				r.addFolded(i, probe, starts, row)
				return
			}
			key.entity = names[0]
		}
	}
	shares, ok := cache[key]
	if !ok {
		shares = make([]float64, len(starts))
		for t, at := range starts {
			probe.Start = at
			x, known := r.value(i, probe, nil)
			shares[t] = math.NaN()
			if known {
				v, _ := f.scaled(x)
				shares[t] = float64(f.share(v))
			}
		}
		cache[key] = shares
	}
	for t, v := range shares {
		if v == v {
			row[t] += LogOdds(v)
		}
	}
}

// addFolded is addSlotted without the cache.
func (r *Rater) addFolded(i int, probe *Change, starts []time.Time, row []LogOdds) {
	f := &r.m.Factors[i]
	for t, at := range starts {
		probe.Start = at
		if x, known := r.value(i, probe, nil); known {
			v, _ := f.scaled(x)
			row[t] += f.share(v)
		}
	}
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
