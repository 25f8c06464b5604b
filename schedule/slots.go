package schedule

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A SlotQuery says which slots are asked for. The zero SlotQuery asks for the ten best
// in the whole horizon.
type SlotQuery struct {
	From  time.Time `json:"from,omitzero"`  // no start is earlier; default: the start of the horizon
	Until time.Time `json:"until,omitzero"` // no start is later; default: the end of the horizon
	Limit int       `json:"limit,omitempty"`
	// Every adds start times inside a free stretch, so far apart; 0: one for each
	// stretch of one cost.
	Every Duration  `json:"every,omitempty"`
	Score SlotScore `json:"score,omitzero"`
}

// A SlotScore says what makes a slot good: the score of a slot, of which less is better,
// is
//
//	Cost × the activity's StartCost at that time + Risk at that time
//	+ Lead × hours since SlotQuery.From
//	+ Distance × hours from the planned start, or else the preferred one
//
// in whole points, hours rounded down. Slots of equal score go by time. The zero
// SlotScore is {Cost: 1, Lead: 1}: cheap, and soon.
type SlotScore struct {
	Cost     int64             `json:"cost,omitempty"`
	Risk     *calendar.Profile `json:"risk,omitempty"` // points by time, such as from a risk model
	Lead     int64             `json:"lead,omitempty"`
	Distance int64             `json:"distance,omitempty"`
}

// A Slot is a start time at which a change, or the first stage of a release, fits the
// plan without anything else moving.
type Slot struct {
	Start  time.Time `json:"start"`
	End    time.Time `json:"end"`
	Mode   string    `json:"mode,omitempty"`
	Score  int64     `json:"score"`
	Latest time.Time `json:"latest"` // every start on the grid from Start to here fits too
	// Before says why no start just before this stretch fits, After the same of just after it;
	// the zero Bound: the query ends there.
	Before Bound `json:"before,omitzero"`
	After  Bound `json:"after,omitzero"`
	// Stages are all activities of a release, in order of time; empty for a single change.
	Stages []Assignment `json:"stages,omitempty"`
}

// A Bound is what keeps a change from starting at some instant.
type Bound struct {
	Kind     ConflictKind `json:"kind"`
	Activity string       `json:"activity,omitempty"` // the other one, where there is just one
	Path     string       `json:"path,omitempty"`     // of the requirement in the document
	Reason   string       `json:"reason"`             // a clause, such as "it must end by Sat 5 Dec 2026 04:00 EET"
}

func (b Bound) String() string { return b.Reason }

// SlotAnswer is what [SlotFinder.Find] found.
type SlotAnswer struct {
	Slots []Slot `json:"slots,omitempty"` // the best first
	// None says why there is no slot at all: requirements that leave no start to the
	// change while everything else stays where it is, as few as possible: without any
	// one of them there would be one. Of a release whose stages have slots one by one and
	// none together, they are what its stages keep to. Empty where there are slots.
	None []Conflict `json:"none,omitempty"`
}

// A SlotFinder answers where a change fits a plan. It holds the plan in a form in which a
// question costs time in proportion to what shares a resource, a CI or a budget with the
// change, not to the size of the plan; no solver runs. It is immutable and safe for
// concurrent use.
//
// Every slot passes [Check] as far as the change is concerned: what was wrong in the plan
// without it stays wrong. A change that the plan holds already is looked at as if it were
// taken out first.
type SlotFinder struct {
	*compiled
	loc    *time.Location
	grid   int64
	byID   map[string]int32
	places []placing
	absent map[string]bool // left out by the plan
	use    []slotUse       // of resources
	member []slotOf        // of tasks
	groups []slotGroup     // of groups, for those that are requirements
	used   [][]int64       // of budgets, by period
	shown  map[string][]shownOccurrence
}

// placing is where the plan has a task, in seconds.
type placing struct {
	present bool
	mode    int32
	lo, hi  int64
}

// NewSlotFinder prepares a plan of p. Its errors are those of [Problem.Validate];
// assignments of unknown activities and modes are ignored, and of several for one
// activity the first counts.
func NewSlotFinder(p *Problem, plan *Plan) (*SlotFinder, error) {
	return newSlotFinder(context.Background(), p, plan)
}

// newSlotFinder is NewSlotFinder; when ctx ends meanwhile its error matches that of ctx.
func newSlotFinder(ctx context.Context, p *Problem, plan *Plan) (*SlotFinder, error) {
	low, at, err := p.prepareUntil(ctx)
	if err != nil {
		return nil, wrap(ctx, err)
	}
	fine := *low
	fine.Tick = Second
	c, err := compile(ctx, &fine, at, &Options{feasibility: true})
	if err != nil {
		return nil, wrap(ctx, err)
	}
	f := &SlotFinder{compiled: c, grid: max(int64(low.Tick/Second), 1), byID: make(map[string]int32, len(c.acts)),
		places: make([]placing, len(c.in.Tasks)), member: make([]slotOf, len(c.in.Tasks)), shown: map[string][]shownOccurrence{}}
	f.loc, _ = low.location()
	for t, i := range c.acts {
		f.byID[low.Activities[i].ID] = int32(t)
	}
	for t := len(c.acts); t < len(c.in.Tasks); t++ { // incidents
		m := &c.in.Tasks[t].Modes[0]
		f.places[t] = placing{true, 0, int64(m.Starts[0].Lo), int64(m.Starts[0].Lo + m.Duration)}
	}
	if plan == nil {
		plan = &Plan{}
	}
	for i := range plan.Assignments {
		f.put(&plan.Assignments[i])
	}
	f.absent = make(map[string]bool, len(plan.Unscheduled))
	for _, id := range plan.Unscheduled {
		f.absent[id] = true
	}
	for _, part := range []func(){f.prepareUse, f.prepareMembers, f.prepareOccurrences} {
		if part(); ctx.Err() != nil {
			return nil, wrap(ctx, ctx.Err())
		}
	}
	return f, nil
}

func (f *SlotFinder) put(a *Assignment) {
	t, ok := f.byID[a.Activity]
	if !ok || f.places[t].present {
		return
	}
	k := slices.IndexFunc(f.modes[t], func(i int32) bool { return f.activityOf(rcpsp.TaskID(t)).modes()[i].ID == a.Mode })
	if k < 0 {
		return
	}
	lo, hi := a.Start.Unix()-f.start, a.End.Unix()-f.start
	if a.End.Nanosecond() > 0 {
		hi++
	}
	f.places[t] = placing{true, int32(k), lo, max(lo, hi)}
}

func (f *SlotFinder) activityOf(t rcpsp.TaskID) *Activity { return &f.p.Activities[f.acts[t]] }

// Find returns the best slots for a change or a release, by its ID. An ID that names
// nothing and a faulty query are errors that match [ErrInvalid]. Of a release they are
// the soonest, ranked by the sum of the scores of its stages.
func (f *SlotFinder) Find(id string, q SlotQuery) (*SlotAnswer, error) {
	a := &asking{f: f, q: q}
	if err := a.frame(); err != nil {
		return nil, err
	}
	if t, ok := f.byID[id]; ok {
		return a.answer(a.one(rcpsp.TaskID(t)))
	}
	var stages []rcpsp.TaskID
	for t, i := range f.acts {
		if id != "" && f.p.Activities[i].From.Release == id {
			stages = append(stages, rcpsp.TaskID(t))
		}
	}
	if len(stages) == 0 {
		return nil, fmt.Errorf("schedule: %w", &ValidationError{Path: "id", Problem: fmt.Sprintf("no activity and no release is called %s", quote(id))})
	}
	return a.answer(a.release(stages))
}

// answer is what was found, unless a custom rule failed.
func (a *asking) answer(out *SlotAnswer) (*SlotAnswer, error) {
	if a.err != nil {
		return nil, fmt.Errorf("schedule: %w", a.err)
	}
	return out, nil
}

// Blocked returns everything that keeps an activity from starting at an instant, where
// the rest of the plan stays as it is; nothing where it may.
func (f *SlotFinder) Blocked(activity string, at time.Time) ([]Bound, error) {
	t, ok := f.byID[activity]
	if !ok {
		return nil, fmt.Errorf("schedule: %w", &ValidationError{Path: "activity", Problem: fmt.Sprintf("no activity is called %s", quote(activity))})
	}
	a := &asking{f: f}
	if err := a.frame(); err != nil {
		return nil, err
	}
	var best []Bound
	for k := range f.in.Tasks[t].Modes {
		found := a.boundsAt(rcpsp.TaskID(t), int32(k), at)
		if a.err != nil {
			return nil, fmt.Errorf("schedule: %w", a.err)
		}
		if len(found) == 0 {
			return nil, nil
		}
		if k == 0 || len(found) < len(best) {
			best = found
		}
	}
	return best, nil
}

func (a *asking) boundsAt(t rcpsp.TaskID, mode int32, at time.Time) []Bound {
	f := a.f
	a.gather(t, mode)
	x := at.Unix() - f.start
	var found []Bound
	add := func(b Bound) {
		if !slices.ContainsFunc(found, func(o Bound) bool { return o.Reason == b.Reason }) {
			found = append(found, b)
		}
	}
	if !f.in.Tasks[t].Modes[mode].Allows(rcpsp.Time(x)) {
		add(f.ownBound(t, mode, x))
	}
	for _, b := range a.blocks {
		if b.lo <= x && x <= b.hi {
			add(f.bound(t, mode, b, x))
		}
	}
	if len(found) == 0 {
		if b, ok := a.ruleBound(t, mode, x); ok {
			add(b)
		}
	}
	return found
}
