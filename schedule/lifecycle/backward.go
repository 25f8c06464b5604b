package lifecycle

import (
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// Deadlines are the last dates on which the promise of a release can still be kept.
// Each is counted backwards from the promise through the lags and calendars of its
// stages and of those that follow on it, in business days where governance counts those.
type Deadlines struct {
	Release string    `json:"release"`
	Name    string    `json:"name,omitempty"`
	Promise time.Time `json:"promise,omitzero"` // the earlier of due date and deadline; zero: none, and what follows is for those that wait for it

	SubmitBy   calendar.Date `json:"submitBy,omitzero"`   // lead time and the board's cut-off, whichever is earlier
	BoardBy    *Meeting      `json:"boardBy,omitempty"`   // the last meeting that is early enough; nil: none is, or none is needed
	AnnounceBy calendar.Date `json:"announceBy,omitzero"` // notice period
	StartBy    time.Time     `json:"startBy,omitzero"`    // of the first stage
	DeliverBy  time.Time     `json:"deliverBy,omitzero"`  // start of the first stage that delivers

	// Slack is by how much the release may start later than planned; negative: it is
	// late. SlackDays counts the business days of it.
	Slack     schedule.Duration    `json:"slack"`
	SlackDays int                  `json:"slackDays"`
	Chain     []schedule.ChainLink `json:"chain,omitempty"` // the critical chain to its delivery, see [schedule.CriticalChains]
	Problem   string               `json:"problem,omitempty"`
}

// Backwards returns the deadlines of every release of a problem, in its order. The plan
// says where the releases stand; without one they start as early as calendars and
// precedences let them. The board may be nil. It is a pass over the graph of activities
// as in the critical path method (Kelley and Walker, 1959) with lags of all four kinds, each step of
// which looks for the latest time in the activity's own calendar. Limits of resources
// and maximal lags only make things later or harder, so no deadline here is too early;
// the chain follows resources too (Goldratt's critical chain).
//
// It fails on precedences that form a circle.
func (g *Governance) Backwards(p *schedule.Problem, plan *schedule.Plan, b *Board) ([]Deadlines, error) {
	n, err := newNetwork(p)
	if err != nil {
		return nil, err
	}
	n.forward(plan)
	n.backward()
	var meetings []Meeting
	if b != nil {
		if meetings, err = g.Meetings(b, p.Horizon); err != nil {
			return nil, err
		}
	}
	out := make([]Deadlines, len(p.Releases))
	last := make([]string, len(p.Releases))
	for i := range p.Releases {
		out[i], last[i] = g.deadlines(n, &p.Releases[i], b, meetings)
	}
	chains, err := schedule.CriticalChains(n.p, n.plan(plan), last...)
	if err != nil {
		return nil, fmt.Errorf("lifecycle: %w", err)
	}
	for i := range out {
		out[i].Chain = chains[i]
	}
	return out, nil
}

// deadlines returns those of one release, and its activity that delivers last.
func (g *Governance) deadlines(n *network, r *schedule.Release, b *Board, meetings []Meeting) (Deadlines, string) {
	d := Deadlines{Release: r.ID, Name: r.Name, Promise: promise(r)}
	first, deliver, last := -1, -1, -1
	for k := range n.acts {
		a := &n.acts[k]
		if a.From.Release != r.ID {
			continue
		}
		if first < 0 || n.late[k].Start.Before(n.late[first].Start) {
			first = k
		}
		i := slices.IndexFunc(r.Stages, func(s schedule.Stage) bool { return s.ID == a.From.Stage })
		if i >= 0 && r.Stages[i].Kind.Delivers() && a.From.Part != schedule.Prepare {
			if deliver < 0 || n.late[k].Start.Before(n.late[deliver].Start) {
				deliver = k
			}
			if last < 0 || n.now[k].End.After(n.now[last].End) {
				last = k
			}
		}
		if n.bad[k] != "" {
			d.Problem = n.bad[k]
		}
	}
	if first < 0 {
		d.Problem = "it has no stages"
		return d, ""
	}
	d.StartBy = n.late[first].Start
	least := time.Duration(1<<63 - 1)
	for k := range n.acts {
		if n.acts[k].From.Release == r.ID {
			least = min(least, n.late[k].Start.Sub(n.now[k].Start))
		}
	}
	d.Slack = schedule.Duration(least)
	d.SlackDays = g.days.Between(calendar.DateOf(n.now[first].Start.In(g.zone)), calendar.DateOf(n.now[first].Start.Add(least).In(g.zone)))
	if deliver < 0 {
		return d, ""
	}
	d.DeliverBy = n.late[deliver].Start
	lead, notice := g.Lead(r.Type, r.Risk)
	d.AnnounceBy, d.SubmitBy = g.LastDay(d.DeliverBy, notice), g.LastDay(d.DeliverBy, lead)
	if b != nil && b.decides(r.Type) && !r.Approved {
		for k := range meetings {
			if !meetings[k].During.End.After(d.DeliverBy) {
				d.BoardBy = &meetings[k]
			}
		}
		switch {
		case d.BoardBy == nil:
			d.Problem = or(d.Problem, "no meeting of the board is early enough")
		case d.BoardBy.CutOff.Compare(d.SubmitBy) < 0:
			d.SubmitBy = d.BoardBy.CutOff
		}
	}
	return d, n.acts[last].ID
}

func promise(r *schedule.Release) time.Time {
	t := r.Due
	if !r.NotAfter.IsZero() && (t.IsZero() || r.NotAfter.Before(t)) {
		t = r.NotAfter
	}
	return t
}

// A network is the graph of activities with their times.
type network struct {
	p         *schedule.Problem
	acts      []schedule.Activity
	pred      [][]edge // edges into each activity
	succ      [][]edge
	order     []int
	lines     []*calendar.Timeline // nil: always open
	now, late []calendar.Interval
	promise   []time.Time
	bad       []string
}

type edge struct {
	other int
	kind  schedule.PrecedenceType
	lag   time.Duration
}

func newNetwork(p *schedule.Problem) (*network, error) {
	low, err := p.Lower()
	if err != nil {
		return nil, err
	}
	c := len(low.Activities)
	n := &network{p: low, acts: low.Activities, pred: make([][]edge, c), succ: make([][]edge, c), lines: make([]*calendar.Timeline, c),
		now: make([]calendar.Interval, c), late: make([]calendar.Interval, c), promise: make([]time.Time, c), bad: make([]string, c)}
	index := make(map[string]int, c)
	for i := range n.acts {
		index[n.acts[i].ID] = i
	}
	for _, x := range low.Precedences {
		i, j := index[x.From], index[x.To]
		n.succ[i] = append(n.succ[i], edge{j, x.Type, x.MinLag.Std()})
		n.pred[j] = append(n.pred[j], edge{i, x.Type, x.MinLag.Std()})
	}
	left := make([]int, c)
	for i := range n.acts {
		if left[i] = len(n.pred[i]); left[i] == 0 {
			n.order = append(n.order, i)
		}
	}
	for k := 0; k < len(n.order); k++ {
		for _, e := range n.succ[n.order[k]] {
			if left[e.other]--; left[e.other] == 0 {
				n.order = append(n.order, e.other)
			}
		}
	}
	if len(n.order) < c {
		i := slices.IndexFunc(left, func(k int) bool { return k > 0 })
		return nil, fmt.Errorf("lifecycle: the precedences form a circle through or before %q: there is no order to count back in", n.acts[i].ID)
	}
	compiled := map[string]*calendar.Compiled{}
	for i := range n.acts {
		a := &n.acts[i]
		id := or(a.Calendar, low.Calendar)
		k := slices.IndexFunc(low.Calendars, func(c calendar.Calendar) bool { return c.ID == id })
		if k < 0 {
			continue
		}
		if compiled[id] == nil {
			if compiled[id], err = low.Calendars[k].Compile(low.Horizon); err != nil {
				return nil, fmt.Errorf("lifecycle: %w", err)
			}
		}
		n.lines[i] = compiled[id].For(a.Subject())
	}
	for i := range n.acts {
		a := &n.acts[i]
		n.promise[i] = low.Horizon.End
		for _, t := range []time.Time{a.Due, a.NotAfter} {
			if !t.IsZero() && t.Before(n.promise[i]) {
				n.promise[i] = t
			}
		}
	}
	return n, nil
}

// plan returns where activities stand as a plan: as planned, the others in their shortest mode.
func (n *network) plan(known *schedule.Plan) *schedule.Plan {
	out := &schedule.Plan{Assignments: make([]schedule.Assignment, len(n.acts))}
	modes := map[string]string{}
	if known != nil {
		for i := range known.Assignments {
			modes[known.Assignments[i].Activity] = known.Assignments[i].Mode
		}
	}
	for i := range n.acts {
		id := n.acts[i].ID
		mode, ok := modes[id]
		if _, shortest := n.shortest(i); !ok {
			mode = shortest
		}
		out.Assignments[i] = schedule.Assignment{Activity: id, Mode: mode, Start: n.now[i].Start, End: n.now[i].End}
	}
	return out
}

// shortest returns the shortest that an activity can take, and in which mode.
func (n *network) shortest(i int) (time.Duration, string) {
	a := &n.acts[i]
	d, mode := a.Duration, ""
	for k, m := range a.Modes {
		if k == 0 || m.Duration < d {
			d, mode = m.Duration, m.ID
		}
	}
	return d.Std(), mode
}

func (n *network) length(i int) time.Duration {
	d, _ := n.shortest(i)
	return d
}

// forward sets where activities stand: as planned, or as early as they can.
func (n *network) forward(plan *schedule.Plan) {
	at := map[string]calendar.Interval{}
	if plan != nil {
		for i := range plan.Assignments {
			at[plan.Assignments[i].Activity] = plan.Assignments[i].Interval()
		}
	}
	for _, i := range n.order {
		a, d := &n.acts[i], n.length(i)
		if iv, ok := at[a.ID]; ok {
			n.now[i] = iv
			continue
		}
		s := n.p.Horizon.Start
		if a.NotBefore.After(s) {
			s = a.NotBefore
		}
		for _, e := range n.pred[i] {
			o := n.now[e.other]
			t := o.End
			switch e.kind {
			case schedule.StartStart:
				t = o.Start
			case schedule.FinishFinish:
				t = o.End.Add(-d)
			case schedule.StartFinish:
				t = o.Start.Add(-d)
			}
			if t = t.Add(e.lag); t.After(s) {
				s = t
			}
		}
		ok := true
		if n.now[i], ok = n.earliest(i, s); !ok {
			n.bad[i] = fmt.Sprintf("%s finds no time after %s", a.ID, s.UTC().Format(time.RFC3339))
		}
	}
}

// earliest returns the first span, not before an instant, in which an activity's own
// calendar lets it run; without one, false and the span right at the instant.
func (n *network) earliest(i int, from time.Time) (calendar.Interval, bool) {
	d := n.length(i)
	l := n.lines[i]
	at := calendar.Interval{Start: from, End: from.Add(d)}
	if l == nil {
		return at, true
	}
	start, ok := l.FirstFit(from, d)
	end := start.Add(d)
	if n.acts[i].Pause != schedule.NoPause {
		if start, ok = l.NextOpen(from); ok {
			end, ok = l.Advance(start, d)
		}
	}
	if !ok {
		return at, false
	}
	return calendar.Interval{Start: start, End: end}, true
}

// backward sets the latest times.
func (n *network) backward() {
	for _, i := range slices.Backward(n.order) {
		a, d := &n.acts[i], n.length(i)
		end := n.promise[i] // latest end and latest start that the others leave
		start := end
		for _, e := range n.succ[i] {
			o := n.late[e.other]
			switch e.kind {
			case schedule.StartStart:
				start = earlier(start, o.Start.Add(-e.lag))
			case schedule.FinishFinish:
				end = earlier(end, o.End.Add(-e.lag))
			case schedule.StartFinish:
				start = earlier(start, o.End.Add(-e.lag))
			default:
				end = earlier(end, o.Start.Add(-e.lag))
			}
		}
		s := earlier(start, end.Add(-d))
		n.late[i] = calendar.Interval{Start: s, End: s.Add(d)}
		l := n.lines[i]
		if l == nil {
			continue
		}
		if a.Pause == schedule.NoPause {
			if t, ok := lastFit(l, s, d); ok {
				n.late[i] = calendar.Interval{Start: t, End: t.Add(d)}
				continue
			}
		} else if t, ok := l.Advance(end, -d); ok {
			// A start that others leave may be earlier than the calendar would ask.
			if t.After(start) {
				t, ok = lastFit(l, start, time.Nanosecond)
			}
			if e, more := l.Advance(t, d); ok && more {
				n.late[i] = calendar.Interval{Start: t, End: e}
				continue
			}
		}
		n.bad[i] = fmt.Sprintf("%s cannot end by %s: its calendar has no time left before", a.ID, end.UTC().Format(time.RFC3339))
	}
}

// lastFit returns the last instant, not after by, at which work of length d may start.
func lastFit(l *calendar.Timeline, by time.Time, d time.Duration) (time.Time, bool) {
	var best time.Time
	found := false
	for iv := range l.Fitting(d) {
		if iv.Start.After(by) {
			break
		}
		best, found = iv.End.Add(-time.Nanosecond), true
	}
	return earlier(best, by), found
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
