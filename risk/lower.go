package risk

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// A Remedy is one thing that would lower the rating of a change.
type Remedy struct {
	What        string   `json:"what"`            // in words: "start at 2026-03-02T09:00:00Z"
	Factor      string   `json:"factor"`          // "start", "team", "cis" or the name of a factor
	LogOdds     LogOdds  `json:"log_odds"`        // after it
	Probability float64  `json:"probability"`     // after it
	Level       Level    `json:"level"`           // after it
	Crosses     bool     `json:"crosses"`         // the level is lower than before
	Change      Change   `json:"change"`          // as it would be
	Apart       []string `json:"apart,omitempty"` // CIs left for changes of their own, which have ratings of their own
}

// Levers say what may be changed about a change; nil fields are left alone. Given factors
// that raise the risk, such as a size, may always be brought down.
type Levers struct {
	Starts []time.Time        // other starts
	Teams  []string           // other teams
	Raise  map[string]float64 // given factors of which more is safer, such as hours of soak or days of lead time: the most that can be had
	Split  bool               // CIs may be left for changes of their own
}

// Lower lists what would lower the rating of c, each by the smallest change of its kind that
// crosses into a lower level: the nearest such start, another team, a given factor brought
// down or raised no more than needed, as few CIs fewer as will do (where there are too many ways to
// try them all, as few as a greedy search finds). Where nothing crosses, it is what lowers most: the best start, the factor at 0 or at its most, the
// one CI that matters most. The least risky of the starts is listed too. What crosses comes
// first, then what lowers most. Every entry stands alone and was rated like any change.
// Errors are those of Assess, and one for a name in Raise that no change may state or a value that it may not have.
func (r *Rater) Lower(c Change, by Levers) ([]Remedy, error) {
	if err := r.m.raisable(by.Raise); err != nil {
		return nil, err
	}
	before, err := r.Assess(c)
	if err != nil {
		return nil, err
	}
	w := &lowering{r: r, c: c, before: before}
	for _, try := range []func(Levers) error{w.starts, w.teams, w.factors, w.split} {
		if err := try(by); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(w.list, func(a, b Remedy) int {
		return cmp.Or(-cmp.Compare(indicator(a.Crosses), indicator(b.Crosses)), cmp.Compare(a.LogOdds, b.LogOdds))
	})
	return w.list, nil
}

func (m *Model) raisable(raise map[string]float64) error {
	var l validate.List
	for _, name := range sortedKeys(raise) {
		i := slices.IndexFunc(m.Factors, func(f Factor) bool { return f.Name == name && f.Source == Given })
		if i < 0 {
			l.Addf(keyed("raise", name), "is not a factor that changes state; this model takes %q", m.given())
		} else if _, ok := m.Factors[i].scaled(raise[name]); !ok {
			l.Addf(keyed("raise", name), "must be a finite number%s, is %v", unitRange(m.Factors[i].Scale), raise[name])
		}
	}
	return l.Err()
}

// A lowering is one search for remedies.
type lowering struct {
	r      *Rater
	c      Change
	before Assessment
	list   []Remedy
}

// rate rates d as a remedy.
func (w *lowering) rate(factor, what string, d Change) (m Remedy, score float64, err error) {
	a, err := w.r.Assess(d)
	if err != nil {
		return m, 0, err
	}
	return Remedy{What: what, Factor: factor, LogOdds: a.LogOdds, Probability: a.Probability, Level: a.Level,
		Crosses: a.Score < w.before.Score && a.Level != w.before.Level, Change: d}, a.Score, nil
}

func (w *lowering) add(m Remedy, score float64) {
	if score < w.before.Score {
		w.list = append(w.list, m)
	}
}

func (w *lowering) starts(by Levers) error {
	var best, nearest Remedy
	least, found := w.before.Score, false
	far := func(m Remedy) time.Duration { return m.Change.Start.Sub(w.c.Start).Abs() }
	for _, s := range by.Starts {
		d := w.c
		d.Start = s
		if !w.c.End.IsZero() {
			d.End = s.Add(w.c.End.Sub(w.c.Start))
		}
		m, score, err := w.rate("start", "start at "+s.Format(time.RFC3339), d)
		if err != nil {
			return err
		}
		if score < least {
			least, best = score, m
		}
		if m.Crosses && (!found || far(m) < far(nearest)) {
			nearest, found = m, true
		}
	}
	if found && !nearest.Change.Start.Equal(best.Change.Start) {
		w.list = append(w.list, nearest)
	}
	w.add(best, least)
	return nil
}

func (w *lowering) teams(by Levers) error {
	for _, team := range by.Teams {
		if team == w.c.Team {
			continue
		}
		d := w.c
		d.Team = team
		m, score, err := w.rate("team", "done by "+team, d)
		if err != nil {
			return err
		}
		w.add(m, score)
	}
	return nil
}

// factors brings given factors down to 0 or up to what can be had, as far as is needed.
func (w *lowering) factors(by Levers) error {
	for i := range w.r.m.Factors {
		f := &w.r.m.Factors[i]
		from, stated := w.c.Factors[f.Name]
		to, ok := by.Raise[f.Name]
		switch {
		case stated && f.Weight > 0 && from > 0:
			to = 0
		case ok && f.Source == Given && f.Weight < 0 && to > from:
		default:
			continue
		}
		x, err := w.least(f, from, to)
		if err != nil {
			return err
		}
		what := fmt.Sprintf("%s: %.4g instead of %.4g", f.words(), x, from)
		if !stated {
			what = fmt.Sprintf("%s: %.4g, not stated now", f.words(), x)
		}
		m, score, err := w.rate(f.Name, what, w.with(f, x))
		if err != nil {
			return err
		}
		w.add(m, score)
	}
	return nil
}

// with is the change with another value of a factor.
func (w *lowering) with(f *Factor, x float64) Change {
	d := w.c
	d.Factors = maps.Clone(w.c.Factors)
	if d.Factors == nil {
		d.Factors = map[string]float64{}
	}
	d.Factors[f.Name] = x
	return d
}

// least moves one factor from one value towards another as little as is needed to leave the level,
// by bisection; on that way the rating never rises. A factor not stated starts from 0.
func (w *lowering) least(f *Factor, from, to float64) (float64, error) {
	m, _, err := w.rate("", "", w.with(f, to))
	if err != nil || !m.Crosses {
		return to, err
	}
	for range 40 { // at to the level is lower, at from it is not
		mid := from/2 + to/2 // halved first: neither end overflows
		m, _, err := w.rate("", "", w.with(f, mid))
		if err != nil {
			return to, err
		}
		if m.Crosses {
			to = mid
		} else {
			from = mid
		}
	}
	return to, nil
}
