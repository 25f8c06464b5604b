package schedule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A Contrast compares the place that a plan gives to an activity with one that somebody
// asks about.
type Contrast struct {
	Activity string     `json:"activity"`
	Planned  Assignment `json:"planned,omitzero"` // zero: it is not planned
	Asked    time.Time  `json:"asked"`
	// Breaks says what keeps it from starting there while all else stays as planned.
	Breaks []Bound `json:"breaks,omitempty"`
	// Plan has it there, with as little else moved as possible; nil where no plan has.
	Plan  *Plan      `json:"plan,omitempty"`
	Moves []Move     `json:"moves,omitempty"` // of others
	Costs []GoalCost `json:"costs,omitempty"` // what differs, by goal
	// Never holds, where no plan has it there, requirements that cannot hold together with
	// that start, as few as possible.
	Never []Conflict `json:"never,omitempty"`
	// Others are further such sets, where Options.Reasons asks for more than one.
	Others [][]Conflict `json:"others,omitempty"`
	Words  []string     `json:"words"` // the answer in sentences
}

// A GoalCost is what two plans reach for one goal.
type GoalCost struct {
	Goal   Goal  `json:"goal"`
	Before int64 `json:"before"`
	After  int64 `json:"after"`
}

// WhyNot answers why an activity is not at another time: it forces it there and says what
// breaks while all else stays, who would have to move to make way, what that costs by
// goal, or, if no plan has it there at all, why. Options are those of [Repair]; errors are
// those of [Repair], but an answer that there is no such plan is no error.
func WhyNot(ctx context.Context, p *Problem, plan *Plan, activity string, at time.Time, opts *Options) (*Contrast, error) {
	o := Options{}
	if opts != nil {
		o = *opts
	}
	f, err := NewSlotFinder(p, plan)
	if err != nil {
		return nil, err
	}
	out := &Contrast{Activity: activity, Asked: at}
	if out.Breaks, err = f.Blocked(activity, at); err != nil {
		return nil, err
	}
	if plan == nil {
		plan = &Plan{}
	}
	out.Planned, _ = plan.Of(activity)
	low, lines, err := p.prepareUntil(ctx)
	if err != nil {
		return nil, wrap(ctx, err)
	}
	if len(out.Breaks) == 0 {
		out.Plan = f.moved(plan, activity, at)
		out.Costs = goalCosts(low, plan, out.Plan)
		out.say(low)
		return out, nil
	}
	q := low.with(activity, func(a *Activity) { a.Pinned, a.Optional, a.Price = at, false, nil })
	alternative, err := Repair(ctx, q.fromNow(plan, o.Now, activity), plan, &o)
	var never *InfeasibleError
	switch {
	case errors.As(err, &never):
		o.Baseline = nil
		sets, err := newExplaining(ctx, q, lines, &o).sets(max(o.Reasons, 1))
		if err != nil && len(sets) == 0 {
			return nil, err
		}
		out.Never = never.Conflicts // what has started by Options.Now stands in the way
		if len(sets) > 0 {
			for _, set := range sets {
				asked(set, activity)
			}
			out.Never, out.Others = sets[0], sets[1:]
		}
	case err != nil:
		return nil, err
	default:
		out.Plan = alternative
		moves, err := Moves(low, plan, alternative, o.Now)
		if err != nil {
			return nil, err
		}
		out.Moves = slices.DeleteFunc(moves, func(m Move) bool { return m.Activity == activity })
		out.Costs = goalCosts(low, plan, alternative)
	}
	out.say(low)
	return out, nil
}

// asked says of the start that was asked for that it was.
func asked(set []Conflict, activity string) {
	for i := range set {
		k := &set[i]
		if k.Kind == PinMoved && k.Activities[0] == activity {
			k.Reason = strings.Replace(k.Reason, "is fixed to start at", "is to start at", 1)
		}
	}
}

// moved returns a plan with an activity at a start at which nothing blocks it, in the mode
// that it has if that allows it.
func (f *SlotFinder) moved(plan *Plan, activity string, at time.Time) *Plan {
	t := rcpsp.TaskID(f.byID[activity])
	a := &asking{f: f, until: int64(f.in.Horizon)}
	modes := make([]int32, 0, len(f.in.Tasks[t].Modes))
	if f.places[t].present {
		modes = append(modes, f.places[t].mode)
	}
	for k := range f.in.Tasks[t].Modes {
		modes = append(modes, int32(k))
	}
	k := slices.IndexFunc(modes, func(m int32) bool { return len(a.boundsAt(t, m, at)) == 0 })
	x := at.Unix() - f.start
	end, _ := f.in.Tasks[t].Modes[modes[k]].End(rcpsp.Time(x))
	act := f.activityOf(t)
	out := &Plan{Version: Version, Problem: plan.Problem, Status: Feasible,
		Unscheduled: slices.DeleteFunc(slices.Clone(plan.Unscheduled), func(id string) bool { return id == activity }),
		Assignments: slices.DeleteFunc(slices.Clone(plan.Assignments), func(x Assignment) bool { return x.Activity == activity })}
	out.Assignments = append(out.Assignments, Assignment{Activity: activity, Mode: act.modes()[f.modes[t][modes[k]]].ID, Start: at.UTC(), End: f.instant(int64(end)).UTC(), From: act.From})
	sortAssignments(out.Assignments)
	return out
}

// with returns a lowered problem with one activity changed.
func (p *Problem) with(id string, change func(*Activity)) *Problem {
	q := *p
	q.Activities = slices.Clone(p.Activities)
	if i := slices.IndexFunc(q.Activities, func(a Activity) bool { return a.ID == id }); i >= 0 {
		change(&q.Activities[i])
	}
	return &q
}

// fromNow keeps what has not started by now from being moved into the past. One activity,
// by ID, may be where it was asked for.
func (p *Problem) fromNow(plan *Plan, now time.Time, but string) *Problem {
	if now.IsZero() {
		return p
	}
	started := map[string]bool{but: true}
	for _, x := range plan.Assignments {
		if x.Start.Before(now) {
			started[x.Activity] = true
		}
	}
	rule := DateRule{ID: "not in the past", Kind: Notice, Name: "that is when the plan changes", From: now}
	for i := range p.Activities {
		if id := p.Activities[i].ID; !started[id] {
			rule.Activities = append(rule.Activities, id)
		}
	}
	if len(rule.Activities) == 0 || slices.ContainsFunc(p.DateRules, func(r DateRule) bool { return r.ID == rule.ID }) {
		return p
	}
	q := *p
	q.DateRules = append(slices.Clone(p.DateRules), rule)
	return &q
}

// goalCosts measures two plans by the goals of a lowered problem and returns what differs.
func goalCosts(low *Problem, before, after *Plan) []GoalCost {
	x := evaluation{p: low, plan: before, wishes: wishesOf(&Options{})}
	y := evaluation{p: low, plan: after, wishes: x.wishes}
	x.index()
	y.index()
	var out []GoalCost
	for _, g := range low.goals() {
		if c := (GoalCost{g, x.measure(&g), y.measure(&g)}); c.Before != c.After {
			out = append(out, c)
		}
	}
	return out
}

// words says what a goal's difference means.
func (c GoalCost) words() string {
	d, more := c.After-c.Before, "more"
	if d < 0 {
		d, more = -d, "less"
	}
	long := lengthOf(time.Duration(min(d, 1<<32)) * time.Second)
	switch c.Goal.Measure {
	case Unscheduled:
		return fmt.Sprintf("work worth %d %s is left out", d, more)
	case Tardiness:
		return fmt.Sprintf("%s %s of lateness, counted by weight", long, more)
	case Completion:
		return fmt.Sprintf("work ends %s %s, summed up by weight", long, map[string]string{"more": "later", "less": "earlier"}[more])
	case Makespan:
		return fmt.Sprintf("the last work ends %s %s", long, map[string]string{"more": "later", "less": "earlier"}[more])
	case Moved:
		return fmt.Sprintf("%d %s away from the preferred time, counted by weight", d, more)
	case Shift, LargestShift:
		return fmt.Sprintf("%s %s distance from the preferred times", long, more)
	case StartCosts:
		return fmt.Sprintf("%d %s for the hours it runs at", d, more)
	case CustomCosts:
		return fmt.Sprintf("%d %s by the rule %s", d, more, c.Goal.Custom)
	case Fairness:
		return fmt.Sprintf("%d %s unsocial hours for the team that has most of them", d, more)
	case ModePrice:
		return fmt.Sprintf("%d %s for how the work is done", d, more)
	case PeakRisk:
		return fmt.Sprintf("%d %s points of risk at the worst moment", d, more)
	case OverBudget:
		return fmt.Sprintf("%d %s beyond the limits of the budget %s", d, more, c.Goal.Budget)
	case PeakPeriod:
		return fmt.Sprintf("%d %s in the fullest period", d, more)
	}
	return fmt.Sprintf("%d %s of %s", d, more, strings.ReplaceAll(string(c.Goal.Measure), "-", " "))
}

func (c *Contrast) say(low *Problem) {
	w := wordsOf(low)
	add := func(format string, args ...any) { c.Words = append(c.Words, fmt.Sprintf(format, args...)) }
	if c.Planned.Start.IsZero() {
		add("%s is not planned.", w.who(c.Activity))
	} else {
		add("%s is planned %s.", w.who(c.Activity), w.during(c.Planned.Interval()))
	}
	at := w.when(c.Asked)
	for _, b := range c.Breaks {
		add("It cannot start %s as things stand: %s.", at, b.Reason)
	}
	if len(c.Breaks) == 0 {
		add("It could start %s with all else as planned.", at)
	}
	if c.Plan == nil {
		add("Nothing that others could do makes room for it there:")
		for i, set := range slices.Concat([][]Conflict{c.Never}, c.Others) {
			if i > 0 {
				add("Nor do these go together:")
			}
			for _, k := range set {
				add("%s", asSentence(k.Reason))
			}
		}
		return
	}
	if len(c.Breaks) > 0 {
		add("If others make way, %s.", movesInWords(&w, c.Moves))
	}
	w.costs(c.Costs, add)
}

func (w *words) costs(costs []GoalCost, add func(string, ...any)) {
	for _, g := range costs {
		add("That means: %s.", g.words())
	}
	if len(costs) == 0 {
		add("By the goals of the plan it costs nothing.")
	}
}

// movesInWords says who moves, as a clause.
func movesInWords(w *words, moves []Move) string {
	if len(moves) == 0 {
		return "nothing else has to move"
	}
	var out []string
	for _, m := range moves {
		out = append(out, w.move(&m))
	}
	return strings.Join(out, "; ")
}

func (w *words) move(m *Move) string {
	text := w.moved(m)
	var notes []string
	if m.InNotice {
		notes = append(notes, "inside its notice period")
	}
	if m.VoidsApproval {
		notes = append(notes, "has to be approved again")
	}
	if m.Team != "" {
		notes = append(notes, "tell "+m.Team)
	}
	if len(notes) > 0 {
		text += " (" + strings.Join(notes, ", ") + ")"
	}
	return text
}

// moved says the move alone.
func (w *words) moved(m *Move) string {
	switch {
	case m.To.Start.IsZero():
		return fmt.Sprintf("%s is left out", w.who(m.Activity))
	case m.From.Start.IsZero():
		return fmt.Sprintf("%s is added, %s", w.who(m.Activity), w.during(m.To.Interval()))
	default:
		return fmt.Sprintf("%s moves from %s to %s", w.who(m.Activity), w.when(m.From.Start), w.when(m.To.Start))
	}
}

// A Difference is what sets two plans of one problem apart.
type Difference struct {
	Moves []Move     `json:"moves,omitempty"`
	Costs []GoalCost `json:"costs,omitempty"`
	Words []string   `json:"words"`
}

// Compare returns what differs between two plans of p: what moves, what it costs by goal,
// and both in words. Now decides notice periods, see [Moves].
func Compare(p *Problem, from, to *Plan, now time.Time) (*Difference, error) {
	low, _, err := p.prepare()
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	if from == nil {
		from = &Plan{}
	}
	if to == nil {
		to = &Plan{}
	}
	moves, err := Moves(low, from, to, now)
	if err != nil {
		return nil, err
	}
	out := &Difference{Moves: moves, Costs: goalCosts(low, from, to)}
	w := wordsOf(low)
	if len(moves) == 0 {
		out.Words = []string{"Both plans start everything at the same time."}
	}
	for i := range moves {
		out.Words = append(out.Words, capital(w.move(&moves[i]))+".")
	}
	for _, g := range out.Costs {
		out.Words = append(out.Words, "That means: "+g.words()+".")
	}
	return out, nil
}
