package schedule

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// An EmergencyQuery asks where an emergency change goes.
type EmergencyQuery struct {
	Activity Activity `json:"activity"` // not yet in the problem
	// Exclusions say what it must not overlap, besides all work on the CIs that it works on.
	Exclusions []Exclusion `json:"exclusions,omitempty"`
	Now        time.Time   `json:"now"`
	Within     Duration    `json:"within,omitempty"` // it has to start by then; default 24 hours
	// ApproveWithin and ReviewWithin are how soon after its end the approval and the review have
	// to follow; default 24 and 120 hours.
	ApproveWithin Duration `json:"approveWithin,omitempty"`
	ReviewWithin  Duration `json:"reviewWithin,omitempty"`
	Solver        Options  `json:"solver,omitzero"`
}

// An EmergencyAnswer says where an emergency change goes with the least harm, and what
// follows from that.
type EmergencyAnswer struct {
	Place  Assignment `json:"place"`
	Harm   int64      `json:"harm"`             // weight of the planned changes that become unsafe
	Unsafe []Conflict `json:"unsafe,omitempty"` // what clashes while the plan stays as it is
	// Free is the first start that disturbs nothing, if there is one later on.
	Free   time.Time `json:"free,omitzero"`
	Plan   *Plan     `json:"plan,omitempty"` // with it, the rest moved as little as possible
	Moves  []Move    `json:"moves,omitempty"`
	Tell   []string  `json:"tell,omitempty"` // teams
	Duties []Duty    `json:"duties"`
	Words  []string  `json:"words"`
}

// A Duty is something that has to be done by some time.
type Duty struct {
	What string    `json:"what"`
	By   time.Time `json:"by"`
}

// InsertEmergency finds the start of an emergency change, from Now on, that makes the least
// weight of planned changes unsafe, the earliest of those; then it repairs the plan around
// it ([Repair]). Work that has started by Now is not moved: a start that would need that is
// taken only if no other is there. Where no start keeps to the calendar and the dates of the
// change itself, the error is an [*InfeasibleError] that says why.
func InsertEmergency(ctx context.Context, p *Problem, plan *Plan, query EmergencyQuery) (*EmergencyAnswer, error) {
	low, _, err := p.prepare()
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	var l faultList
	l.instant("now", query.Now, true)
	l.duration("within", query.Within)
	l.duration("approveWithin", query.ApproveWithin)
	l.duration("reviewWithin", query.ReviewWithin)
	if err := l.err(); err != nil {
		return nil, fmt.Errorf("schedule: query: %w", err)
	}
	query.Within = cmp.Or(query.Within, 24*Hour)
	query.ApproveWithin, query.ReviewWithin = cmp.Or(query.ApproveWithin, 24*Hour), cmp.Or(query.ReviewWithin, 120*Hour)
	if plan == nil {
		plan = &Plan{}
	}
	q := *low
	a := query.Activity
	if a.Type == "" {
		a.Type = Emergency
	}
	if a.NotBefore.Before(query.Now) {
		a.NotBefore = query.Now.Truncate(time.Second)
		if a.NotBefore.Before(query.Now) {
			a.NotBefore = a.NotBefore.Add(time.Second)
		}
	}
	q.Activities = append(slices.Clone(low.Activities), a)
	q.Exclusions = append(slices.Clone(low.Exclusions), query.Exclusions...)
	for _, ci := range a.CIs {
		for i := range low.Activities {
			if o := &low.Activities[i]; o.works() && slices.Contains(o.CIs, ci) { // of two: the others may have been let overlap each other
				q.Exclusions = append(q.Exclusions, Exclusion{Kind: SameCI, At: ci, Activities: []string{a.ID, o.ID}})
			}
		}
	}
	if err := q.Validate(); err != nil {
		return nil, fmt.Errorf("schedule: query: %w", err)
	}
	e := &inserting{ctx: ctx, q: &q, plan: plan, query: &query, a: &a, out: &EmergencyAnswer{}}
	return e.run()
}

type inserting struct {
	ctx   context.Context
	q     *Problem
	plan  *Plan
	query *EmergencyQuery
	a     *Activity
	out   *EmergencyAnswer
}

// A place for an emergency, and what it disturbs.
type harmful struct {
	at     Assignment
	hard   int // conflicts that moving others does not end
	harm   int64
	unsafe []Conflict
}

func (e *inserting) run() (*EmergencyAnswer, error) {
	places, err := e.places()
	if err != nil {
		return nil, err
	}
	o := e.query.Solver
	o.Now = e.query.Now
	var last error
	for _, x := range places[:min(len(places), 5)] {
		pinned := e.q.with(e.a.ID, func(a *Activity) {
			a.Pinned = x.at.Start
			if x.at.Mode != "" {
				a.Modes = slices.DeleteFunc(slices.Clone(a.Modes), func(m Mode) bool { return m.ID != x.at.Mode })
			}
		})
		repaired, err := Repair(e.ctx, pinned.fromNow(e.plan, e.query.Now, e.a.ID), e.plan, &o)
		if errors.Is(err, ErrInfeasible) {
			last = err
			continue
		}
		if err != nil {
			return nil, err
		}
		e.out.Place, e.out.Harm, e.out.Unsafe, e.out.Plan = x.at, x.harm, x.unsafe, repaired
		moves, err := Moves(e.q, e.plan, repaired, e.query.Now)
		if err != nil {
			return nil, err
		}
		e.out.Moves = slices.DeleteFunc(moves, func(m Move) bool { return m.Activity == e.a.ID })
		e.duties()
		e.say()
		return e.out, nil
	}
	return nil, last
}

// places returns starts by harm: now, and wherever something that is in the way ends.
func (e *inserting) places() ([]harmful, error) {
	f, err := NewSlotFinder(e.q, e.plan)
	if err != nil {
		return nil, err
	}
	k, err := NewChecker(e.q, e.plan, nil)
	if err != nil {
		return nil, err
	}
	if answer, err := f.Find(e.a.ID, SlotQuery{From: e.query.Now, Limit: 1, Score: SlotScore{Lead: 1}}); err == nil && len(answer.Slots) > 0 {
		e.out.Free = answer.Slots[0].Start
	}
	t := rcpsp.TaskID(f.byID[e.a.ID])
	ask := &asking{f: f, q: SlotQuery{From: e.query.Now, Until: e.query.Now.Add(e.query.Within.Std())}}
	if err := ask.frame(); err != nil {
		return nil, err
	}
	var out []harmful
	for mode := range f.in.Tasks[t].Modes {
		m := &f.in.Tasks[t].Modes[mode]
		ask.gather(t, int32(mode))
		starts := clip(m.Starts, ask.from, ask.until)
		var tried []int64
		for _, r := range starts {
			tried = append(tried, int64(r.Lo))
			for _, b := range ask.blocks {
				if x := b.hi + 1; x > int64(r.Lo) && x <= int64(r.Hi) {
					tried = append(tried, x)
				}
			}
		}
		slices.Sort(tried)
		for _, x := range slices.Compact(tried) {
			end, ok := m.End(rcpsp.Time(x))
			if !ok || len(out) >= 1000 {
				continue
			}
			at := Assignment{Activity: e.a.ID, Mode: e.a.modes()[f.modes[t][mode]].ID, Start: f.instant(x).UTC(), End: f.instant(int64(end)).UTC()}
			out = append(out, e.harm(k, f, at))
		}
	}
	if len(out) == 0 {
		c := f.ofTask(t)
		c.Kind = NoSlot
		c.Reason = fmt.Sprintf("%s has no possible start within %s: %s", f.called(t), lengthOf(e.query.Within.Std()), f.limits(e.a))
		return nil, &InfeasibleError{Conflicts: []Conflict{c}}
	}
	slices.SortStableFunc(out, func(a, b harmful) int {
		return cmp.Or(cmp.Compare(a.hard, b.hard), cmp.Compare(a.harm, b.harm), a.at.Start.Compare(b.at.Start))
	})
	return out, nil
}

// harm puts the emergency somewhere and looks at what that breaks.
func (e *inserting) harm(k *Checker, f *SlotFinder, at Assignment) harmful {
	out := harmful{at: at}
	hurt := map[string]bool{}
	effect := k.Put(at)
	for _, x := range effect.Come {
		if x.Severity != Blocking {
			continue
		}
		others, movable := 0, false
		for _, id := range x.Activities {
			if id == e.a.ID {
				continue
			}
			others++
			p := f.places[f.byID[id]]
			if movable = movable || !f.instant(p.lo).Before(e.query.Now); !hurt[id] {
				hurt[id] = true
				out.harm += f.activityOf(rcpsp.TaskID(f.byID[id])).weight()
			}
		}
		out.unsafe = append(out.unsafe, x.Conflict)
		if others == 0 || !movable {
			out.hard++
		}
	}
	k.Remove(e.a.ID)
	return out
}

func (e *inserting) duties() {
	o := e.out
	w := wordsOf(e.q)
	duty := func(by time.Time, format string, args ...any) {
		o.Duties = append(o.Duties, Duty{fmt.Sprintf(format, args...), by})
	}
	var teams []string
	for i := range o.Moves {
		teams = append(teams, o.Moves[i].Team)
	}
	o.Tell = slices.DeleteFunc(unique(append(teams, e.a.Team)), func(t string) bool { return t == "" })
	duty(o.Place.Start, "record %s as an emergency change and name who decided it", w.who(e.a.ID))
	for i := range o.Moves {
		if m := &o.Moves[i]; m.VoidsApproval && !m.To.Start.IsZero() {
			duty(m.To.Start, "have %s approved again", w.who(m.Activity))
		}
	}
	duty(o.Place.End.Add(e.query.ApproveWithin.Std()), "have %s approved after the fact", w.who(e.a.ID))
	duty(o.Place.End.Add(e.query.ReviewWithin.Std()), "review %s: why it was needed, and what would have made it unnecessary", w.who(e.a.ID))
	slices.SortStableFunc(o.Duties, func(a, b Duty) int { return a.By.Compare(b.By) })
}

func (e *inserting) say() {
	o, w := e.out, wordsOf(e.q)
	add := func(format string, args ...any) { o.Words = append(o.Words, fmt.Sprintf(format, args...)) }
	add("%s does least harm %s.", w.who(e.a.ID), w.during(o.Place.Interval()))
	for _, c := range o.Unsafe {
		add("It makes this unsafe: %s", c.Reason)
	}
	if len(o.Unsafe) == 0 {
		add("Nothing that is planned becomes unsafe.")
	} else if !o.Free.IsZero() {
		add("The first time at which it disturbs nothing is %s.", w.when(o.Free))
	}
	for i := range o.Moves {
		add("%s.", capital(w.move(&o.Moves[i])))
	}
	if len(o.Tell) > 0 {
		add("To be told: %s.", joined(o.Tell))
	}
	for _, d := range o.Duties {
		add("By %s: %s.", w.when(d.By), d.What)
	}
}
