package schedule

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
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
	Proven bool       `json:"proven,omitempty"` // no start does less harm, and none sooner as little
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
// it ([Repair]). A start around which the plan cannot be repaired, such as one that needs
// work to move that has started by Now, is none. Where there is no start, the error is an
// [*InfeasibleError] that says why. The limits of Solver hold for each step of the search;
// where one of them leaves open whether a start with less harm would do, the answer is not
// Proven.
func InsertEmergency(ctx context.Context, p *Problem, plan *Plan, query EmergencyQuery) (*EmergencyAnswer, error) {
	low, _, err := p.prepareUntil(ctx)
	if err != nil {
		return nil, wrap(ctx, err)
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
	if o.Proven {
		add("%s does least harm %s.", w.who(e.a.ID), w.during(o.Place.Interval()))
	} else {
		add("%s does the least harm that was found in the time given %s.", w.who(e.a.ID), w.during(o.Place.Interval()))
	}
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
