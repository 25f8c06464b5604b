package schedule

import (
	"cmp"
	"context"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/internal/prng"
)

// simulating is one run of Simulate. Times are seconds from the start of the horizon.
type simulating struct {
	ctx context.Context
	p   *Problem
	o   *SimulationOptions
	// What the problem was lowered from, for the trains.
	releases []Release

	acts []simulated
	ends [][]int32 // by activity and run; never where it was not carried out
	took [][]int32 // the same, of those with a window: how long

	groups   []uint64  // streams of what moves together
	common   []float64 // of each group in this run: its part in the normal variates
	numbered map[string]int
}

const never = int32(math.MaxInt32)

// A simulated activity, in the order of planned starts.
type simulated struct {
	a       *Activity
	x       *Assignment
	start   int64
	work    float64 // seconds without reserves
	reserve float64
	u       Uncertainty
	stream  uint64
	group   int // index into simulating.groups; -1: none
	before  []waits
	close   int64 // 0: none
	failed  int
	ran     int
	over    int
}

// A wait is for the start or the end of an earlier activity.
type waits struct {
	of      int
	end, to bool // from its end; to the end of this one
	lag     int64
	follows bool // it does not run where the other failed
}

func streamOf(kind, id string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(kind + "\x00" + id))
	return h.Sum64() | 1
}

func (s *simulating) prepare(plan *Plan) error {
	s.numbered = map[string]int{}
	index := make(map[string]*Activity, len(s.p.Activities))
	for i := range s.p.Activities {
		index[s.p.Activities[i].ID] = &s.p.Activities[i]
	}
	if plan == nil {
		plan = &Plan{}
	}
	for i := range plan.Assignments {
		x := &plan.Assignments[i]
		if a := index[x.Activity]; a != nil {
			s.acts = append(s.acts, s.one(a, x))
		}
	}
	slices.SortStableFunc(s.acts, func(x, y simulated) int {
		return cmp.Or(cmp.Compare(x.start, y.start), strings.Compare(x.a.ID, y.a.ID))
	})
	s.acts = slices.CompactFunc(s.acts, func(x, y simulated) bool { return x.a == y.a })
	at := make(map[string]int, len(s.acts))
	for i := range s.acts {
		at[s.acts[i].a.ID] = i
	}
	for i := range s.p.Precedences {
		c := &s.p.Precedences[i]
		from, ok := at[c.From]
		to, ok2 := at[c.To]
		if !ok || !ok2 || from >= to {
			continue // what starts later cannot delay
		}
		s.acts[to].before = append(s.acts[to].before, waits{from, c.Type == "" || c.Type == FinishStart || c.Type == FinishFinish,
			c.Type == FinishFinish || c.Type == StartFinish, int64(c.MinLag / Second), true})
	}
	for i := range s.p.Exclusions {
		var members []int
		for _, id := range s.p.Exclusions[i].Activities {
			if k, ok := at[id]; ok {
				members = append(members, k)
			}
		}
		slices.Sort(members)
		for k := 1; k < len(members); k++ {
			from, to := members[k-1], members[k]
			if !s.acts[from].x.End.After(s.acts[to].x.Start) {
				s.acts[to].before = append(s.acts[to].before, waits{of: from, end: true})
			}
		}
	}
	s.takeTurns()
	return s.ctx.Err()
}

func (s *simulating) one(a *Activity, x *Assignment) simulated {
	out := simulated{a: a, x: x, start: x.Start.Unix() - s.p.Horizon.Start.Unix(), stream: streamOf("activity", a.ID)}
	u := s.o.of(a)
	out.u = u
	whole := x.End.Sub(x.Start).Seconds()
	out.work, out.reserve = whole, float64(whole*u.Rollback)
	if n := total(a.Parts); n > 0 { // of a slower mode, or with pauses, all of them take longer
		var reserve Duration
		for _, part := range a.Parts {
			if part.Kind == BackOut || part.Kind == Recheck {
				reserve += part.Duration
			}
		}
		out.reserve = float64(whole*float64(reserve)) / float64(n)
		out.work = whole - out.reserve
	}
	group := a.Team
	if s.o.ByCI {
		if group = ""; len(a.CIs) > 0 {
			group = a.CIs[0]
		}
	}
	if out.group = -1; group != "" && s.o.Correlation > 0 {
		k, ok := s.numbered[group]
		if !ok {
			k = len(s.groups)
			s.numbered[group] = k
			s.groups = append(s.groups, streamOf("group", group))
		}
		out.group = k
	}
	if t, ok := s.p.closing(a, x); ok {
		out.close = t.Unix() - s.p.Horizon.Start.Unix()
	}
	return out
}

// uniform is a number in (0, 1) of a stream.
func (s *simulating) uniform(run int, stream uint64) float64 {
	r := prng.New(s.o.Seed ^ stream*0x9e3779b97f4a7c15 ^ uint64(run)*0xd1342543de82ef95)
	return (float64(r.Uint64()>>11) + 0.5) / (1 << 53)
}

func (s *simulating) runs() error {
	n := len(s.acts)
	s.ends, s.took = make([][]int32, n), make([][]int32, n)
	for i := range s.ends {
		s.ends[i] = make([]int32, s.o.Runs)
		if s.acts[i].close > 0 {
			s.took[i] = make([]int32, s.o.Runs)
		}
	}
	begin, end, failed := make([]int64, n), make([]int64, n), make([]bool, n)
	s.common = make([]float64, len(s.groups))
	near := math.Sqrt(s.o.Correlation)
	far := math.Sqrt(1 - s.o.Correlation)
	for run := range s.o.Runs {
		if run%256 == 0 && s.ctx.Err() != nil {
			return s.ctx.Err()
		}
		for g, stream := range s.groups {
			s.common[g] = float64(near * normalQuantile(s.uniform(run, stream)))
		}
		for i := range s.acts {
			x := &s.acts[i]
			at, runs := x.start, true
			length, fails := s.draw(x, run, far)
			for _, w := range x.before {
				if failed[w.of] && w.follows {
					runs = false
					break
				}
				if end[w.of] < 0 {
					continue
				}
				t := begin[w.of] + w.lag
				if w.end {
					t = end[w.of] + w.lag
				}
				if w.to {
					t -= length
				}
				at = max(at, t)
			}
			if failed[i] = !runs || fails; !runs {
				begin[i], end[i] = -1, -1
				s.ends[i][run] = never
				if x.close > 0 {
					s.took[i][run] = never
				}
				continue
			}
			x.ran++
			if fails {
				x.failed++
			}
			begin[i], end[i] = at, at+length
			if x.close > 0 && end[i] > x.close {
				x.over++
			}
			s.ends[i][run] = int32(min(end[i], int64(never)-1))
			if fails {
				s.ends[i][run] = -s.ends[i][run] - 1 // carried out, and backed out
			}
			if x.close > 0 {
				s.took[i][run] = int32(min(length, int64(never)-1))
			}
		}
	}
	return nil
}

// draw returns how long an activity takes in a run, a back-out included, and whether it is
// backed out.
func (s *simulating) draw(x *simulated, run int, far float64) (int64, bool) {
	factor := 1.0
	if x.u.Duration.Kind != FixedLength {
		u := s.uniform(run, x.stream)
		switch d := &x.u.Duration; {
		case x.group < 0:
			factor = d.quantile(u)
		case d.Kind == LogNormal:
			factor = float64(d.Median * exp(float64(d.Sigma*(s.common[x.group]+float64(far*normalQuantile(u))))))
		default:
			factor = d.quantile(normalCDF(s.common[x.group] + float64(far*normalQuantile(u))))
		}
	}
	length := float64(x.work * factor)
	fails := x.u.Failure > 0 && s.uniform(run, x.stream^0x5851f42d4c957f2d) < x.u.Failure
	if fails {
		if x.u.BackOut.Kind != FixedLength {
			factor = x.u.BackOut.quantile(s.uniform(run, x.stream^0x2545f4914f6cdd1d))
		}
		length += float64(x.reserve * factor)
	}
	return int64(length + 0.5), fails
}

// quantile returns the multiple that a share u of all cases stays below.
func (d *Distribution) quantile(u float64) float64 {
	switch d.Kind {
	case Uniform:
		return d.Min + float64(u*(d.Max-d.Min))
	case Triangular:
		width := d.Max - d.Min
		if width == 0 {
			return d.Min
		}
		if cut := (d.Mode - d.Min) / width; u < cut {
			return d.Min + math.Sqrt(float64(float64(u*width)*(d.Mode-d.Min)))
		}
		return d.Max - math.Sqrt(float64(float64((1-u)*width)*(d.Max-d.Mode)))
	case LogNormal:
		return float64(d.Median * exp(float64(d.Sigma*normalQuantile(u))))
	}
	return 1
}

func (s *simulating) outcomes() *Simulation {
	out := &Simulation{Runs: s.o.Runs, Seed: s.o.Seed}
	for i := range s.acts {
		out.Activities = append(out.Activities, s.activity(i))
	}
	byRelease := map[string][]int{}
	for i := range s.acts {
		if r := s.acts[i].a.From.Release; r != "" {
			byRelease[r] = append(byRelease[r], i)
		}
	}
	for id, members := range byRelease {
		out.Releases = append(out.Releases, s.release(id, members))
	}
	slices.SortFunc(out.Releases, func(a, b Outcome) int { return strings.Compare(a.ID, b.ID) })
	byTrain := map[string][]int{}
	for _, r := range s.releases {
		if r.Train != "" {
			byTrain[r.Train] = append(byTrain[r.Train], byRelease[r.ID]...)
		}
	}
	for id, members := range byTrain {
		if len(members) > 0 {
			out.Trains = append(out.Trains, s.release(id, members))
		}
	}
	slices.SortFunc(out.Trains, func(a, b Outcome) int { return strings.Compare(a.ID, b.ID) })
	return out
}

func (s *simulating) instant(sec int64) time.Time {
	return s.p.Horizon.Start.Add(time.Duration(sec) * time.Second).UTC()
}

// atLeast is the value that a share of a list does not exceed. It puts the list into
// another order (Hoare's selection, 1961).
func atLeast(list []int32, share float64) int32 {
	k := int(math.Ceil(float64(share*float64(len(list))))) - 1
	k = min(max(k, 0), len(list)-1)
	for lo, hi := 0, len(list)-1; lo < hi; {
		a, b, c := list[lo], list[lo+(hi-lo)/2], list[hi]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := lo, hi
		for i <= j {
			for list[i] < pivot {
				i++
			}
			for list[j] > pivot {
				j--
			}
			if i <= j {
				list[i], list[j] = list[j], list[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return list[k]
		}
	}
	return list[k]
}

func (s *simulating) activity(i int) Outcome {
	x := &s.acts[i]
	out := Outcome{ID: x.a.ID, Ran: chance(x.ran, s.o.Runs), Failed: chance(x.failed, s.o.Runs), Overrun: chance(x.over, s.o.Runs), By: x.a.Due}
	if t, ok := s.o.By[x.a.ID]; ok {
		out.By = t
	}
	by, done := out.By.Unix()-s.p.Horizon.Start.Unix(), 0
	ends := make([]int32, 0, len(s.ends[i]))
	for _, e := range s.ends[i] {
		switch {
		case e == never:
			continue
		case e < 0:
			e = -e - 1
		case out.By.IsZero() || int64(e) <= by:
			done++
		}
		ends = append(ends, e)
	}
	out.Done = chance(done, s.o.Runs)
	if len(ends) > 0 {
		out.Median, out.End = s.instant(int64(atLeast(ends, 0.5))), s.instant(int64(atLeast(ends, s.o.Confidence)))
	}
	if x.close > 0 {
		out.Closes = s.instant(x.close)
		took := slices.DeleteFunc(s.took[i], func(v int32) bool { return v == never })
		if len(took) > 0 {
			out.GoBy = s.instant(x.close - int64(atLeast(took, s.o.Confidence)))
		}
		out.Decide = s.instant(x.close).Add(-time.Duration(x.reserve) * time.Second)
	}
	var sum Duration
	for _, part := range x.a.Parts {
		if sum += part.Duration; part.Kind == Decide {
			out.NoWay = s.p.worked(x.a, x.x, sum).UTC()
		}
	}
	return out
}

func (s *simulating) release(id string, members []int) Outcome {
	out := Outcome{ID: id, By: s.o.By[id]}
	for _, i := range members {
		if due := s.acts[i].a.Due; s.o.By[id].IsZero() && due.After(out.By) {
			out.By = due
		}
	}
	by := out.By.Unix() - s.p.Horizon.Start.Unix()
	var ran, failed, over, done int
	var ends []int32
	for run := range s.o.Runs {
		last, all, bad, late := int32(0), true, false, false
		for _, i := range members {
			e := s.ends[i][run]
			if e == never {
				all = false
				continue
			}
			if e < 0 {
				e, bad = -e-1, true
			}
			last = max(last, e)
			late = late || s.acts[i].close > 0 && int64(e) > s.acts[i].close
		}
		if bad {
			failed++
		}
		if late {
			over++
		}
		if !all {
			continue
		}
		ran++
		ends = append(ends, last)
		if !bad && (out.By.IsZero() || int64(last) <= by) {
			done++
		}
	}
	out.Ran, out.Failed, out.Overrun, out.Done = chance(ran, s.o.Runs), chance(failed, s.o.Runs), chance(over, s.o.Runs), chance(done, s.o.Runs)
	if len(ends) > 0 {
		out.Median, out.End = s.instant(int64(atLeast(ends, 0.5))), s.instant(int64(atLeast(ends, s.o.Confidence)))
	}
	return out
}
