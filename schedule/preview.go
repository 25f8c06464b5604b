package schedule

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// A FreezeQuery proposes a blackout or freeze.
type FreezeQuery struct {
	Calendar string          `json:"calendar"` // ID of the calendar that it is added to
	Window   calendar.Window `json:"window"`
	Days     int             `json:"days,omitempty"` // how far boundaries are tried, each way; default 3
	Thaw     *Thaw           `json:"thaw,omitempty"` // how fast work may come back after it; nil: no limit
	Solver   Options         `json:"solver,omitzero"`
}

// A Preview says what a proposed blackout, freeze or policy would do to a plan.
type Preview struct {
	Displaced []Assignment `json:"displaced,omitempty"` // work that is planned where it would be closed
	// Plan keeps to the proposal and moves as little as possible; nil where there is none.
	Plan   *Plan      `json:"plan,omitempty"`
	Moves  []Move     `json:"moves,omitempty"`
	Late   []string   `json:"late,omitempty"`  // activities that miss their due date in Plan and not before
	Never  []Conflict `json:"never,omitempty"` // why there is no such plan
	Costs  []GoalCost `json:"costs,omitempty"`
	Busier []DayLoad  `json:"busier,omitempty"` // days with more starts than before, in order
	// Begins and Ends are the displaced work if only that boundary moved, Shifts if both did.
	Begins []Boundary `json:"begins,omitempty"`
	Ends   []Boundary `json:"ends,omitempty"`
	Shifts []Boundary `json:"shifts,omitempty"`
	// Best is the shift of the whole that displaces least, the smallest of such.
	Best  Boundary `json:"best,omitzero"`
	Words []string `json:"words"`
}

// A Boundary is a proposal with a boundary moved by Days, which may be negative.
type Boundary struct {
	Days      int   `json:"days"`
	Displaced int   `json:"displaced"`
	Weight    int64 `json:"weight"` // of what is displaced
}

// A DayLoad counts starts on one day in the zone of the problem.
type DayLoad struct {
	Day    calendar.Date `json:"day"`
	Before int           `json:"before"`
	After  int           `json:"after"`
}

// PreviewFreeze says what a proposed blackout or freeze would displace, where the work
// would go with the least harm ([Repair]), what that costs, and which boundaries would
// hurt less. Errors are those of Repair; that no plan exists is an answer.
func PreviewFreeze(ctx context.Context, p *Problem, plan *Plan, query FreezeQuery) (*Preview, error) {
	low, _, err := p.prepare()
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	k := slices.IndexFunc(low.Calendars, func(c calendar.Calendar) bool { return c.ID == query.Calendar })
	var l faultList
	switch {
	case k < 0:
		l.addf("calendar", "no calendar is called %s", quote(query.Calendar))
	case !query.Window.Closes():
		l.addf("window", "closes nothing: its kind must be %q, or %q without another grade than %q", calendar.Blackout, calendar.Freeze, calendar.Prohibit)
	}
	if query.Days < 0 || query.Days > 366 {
		l.addf("days", "must be from 0 to 366, is %d", query.Days)
	}
	if query.Thaw != nil {
		query.Thaw.check(&l)
	}
	if err := l.err(); err != nil {
		return nil, fmt.Errorf("schedule: query: %w", err)
	}
	if query.Days == 0 {
		query.Days = 3
	}
	if plan == nil {
		plan = &Plan{}
	}
	q := *low
	q.Calendars = slices.Clone(low.Calendars)
	q.Calendars[k].Windows = append(slices.Clone(q.Calendars[k].Windows), query.Window)
	if err := q.Validate(); err != nil {
		return nil, fmt.Errorf("schedule: query: %w", err)
	}
	if query.Thaw != nil {
		with, err := q.withThaw(&q.Calendars[k], &query.Window, *query.Thaw)
		if err != nil {
			return nil, err
		}
		q = *with
	}
	v := &previewing{low: low, plan: plan, w: wordsOf(low), query: &query, out: &Preview{}}
	v.boundaries()
	if err := v.answer(ctx, &q, query.Solver); err != nil {
		return nil, err
	}
	v.say(fmt.Sprintf("The %s %s", query.Window.Kind, quoted(or(query.Window.Reason, query.Window.ID))), 1)
	return v.out, nil
}

type previewing struct {
	low   *Problem
	plan  *Plan
	w     words
	query *FreezeQuery
	out   *Preview
}

// spans returns the proposal with its boundaries moved.
func (v *previewing) spans(begin, end int) calendar.Intervals {
	c := v.low.calendarNamed(v.query.Calendar)
	around := calendar.Interval{Start: v.low.Horizon.Start.AddDate(0, 0, -v.query.Days), End: v.low.Horizon.End.AddDate(0, 0, v.query.Days)}
	var spans []calendar.Interval
	for _, iv := range occurrencesOf(c, &v.query.Window, around) {
		spans = append(spans, calendar.Interval{Start: v.moved(iv.Start, begin), End: v.moved(iv.End, end)})
	}
	return calendar.Union(spans...)
}

// moved returns t so many days later by the clock. An instant of an hour that the clock shows twice
// stays where it is with no days.
func (v *previewing) moved(t time.Time, days int) time.Time {
	if days == 0 {
		return t
	}
	return t.In(v.w.loc).AddDate(0, 0, days)
}

// lasts says whether anything is left of the proposal with its boundaries moved.
func (v *previewing) lasts(begin, end int) bool {
	return !v.spans(begin, end).Clip(v.low.Horizon).Empty()
}

// displaced returns the planned work inside the proposal with its boundaries moved.
func (v *previewing) displaced(begin, end int) ([]Assignment, int64) {
	c, set := v.low.calendarNamed(v.query.Calendar), v.spans(begin, end)
	var out []Assignment
	var weight int64
	for _, x := range v.plan.Assignments {
		a := v.w.named[x.Activity]
		if a == nil {
			continue
		}
		s := a.Subject()
		var m *Mode
		if i := slices.IndexFunc(a.Modes, func(m Mode) bool { return m.ID == x.Mode }); i >= 0 {
			m = &a.Modes[i]
		}
		if v.low.calendarOf(a, m) != c.ID || !v.query.Window.Concerns(&s) {
			continue
		}
		hit := set.Contains(x.Start)
		switch {
		case !x.Start.Before(x.End): // a milestone may lie where it begins
			hit = hit && set.Contains(x.Start.Add(-time.Nanosecond))
		case a.Pause == NoPause && !v.query.Window.Overrun: // others may pause there or run into it, but not start
			hit = hit || !set.Clip(x.Interval()).Empty()
		}
		if hit {
			out = append(out, x)
			weight += a.weight()
		}
	}
	return out, weight
}

func (v *previewing) boundaries() {
	o := v.out
	o.Displaced, _ = v.displaced(0, 0)
	for d := -v.query.Days; d <= v.query.Days; d++ {
		at := func(begin, end int) Boundary {
			list, weight := v.displaced(begin, end)
			return Boundary{Days: d, Displaced: len(list), Weight: weight}
		}
		o.Begins, o.Ends, o.Shifts = append(o.Begins, at(d, 0)), append(o.Ends, at(0, d)), append(o.Shifts, at(d, d))
	}
	abs := func(n int) int { return max(n, -n) }
	o.Best = o.Shifts[0]
	for _, b := range o.Shifts {
		if b.Weight < o.Best.Weight || b.Weight == o.Best.Weight && abs(b.Days) <= abs(o.Best.Days) {
			o.Best = b
		}
	}
}

// load finds what misses its due date and which days get busier.
func (v *previewing) load() {
	count := func(plan *Plan) (map[calendar.Date]int, map[string]bool) {
		days, late := map[calendar.Date]int{}, map[string]bool{}
		for _, x := range plan.Assignments {
			days[calendar.DateOf(x.Start.In(v.w.loc))]++
			if a := v.w.named[x.Activity]; a != nil && !a.Due.IsZero() && x.End.After(a.Due) {
				late[x.Activity] = true
			}
		}
		return days, late
	}
	before, wasLate := count(v.plan)
	after, isLate := count(v.out.Plan)
	for day, n := range after {
		if n > before[day] {
			v.out.Busier = append(v.out.Busier, DayLoad{day, before[day], n})
		}
	}
	slices.SortFunc(v.out.Busier, func(a, b DayLoad) int { return a.Day.Compare(b.Day) })
	for _, x := range v.out.Plan.Assignments {
		if isLate[x.Activity] && !wasLate[x.Activity] {
			v.out.Late = append(v.out.Late, x.Activity)
		}
	}
}

// say puts the answer into words; what is proposed is one thing or several.
func (v *previewing) say(what string, things int) {
	o := v.out
	add := func(format string, args ...any) { o.Words = append(o.Words, fmt.Sprintf(format, args...)) }
	displaces, keeps := "displaces", "No plan keeps to it:"
	if things > 1 {
		what, displaces, keeps = what+"s", "displace", "No plan keeps to them:"
	}
	if len(o.Displaced) == 0 {
		add("%s %s nothing that is planned.", what, displaces)
	} else {
		ids := make([]string, len(o.Displaced))
		for i := range o.Displaced {
			ids[i] = o.Displaced[i].Activity
		}
		add("%s %s %s: %s.", what, displaces, count(len(ids), "change"), v.w.whos(ids))
	}
	if o.Plan == nil {
		add("%s", keeps)
		for _, k := range o.Never {
			add("%s", asSentence(k.Reason))
		}
	}
	for i := range o.Moves {
		add("%s.", capital(v.w.move(&o.Moves[i])))
	}
	for _, id := range o.Late {
		x, _ := o.Plan.Of(id)
		add("%s misses its due date by %s.", v.w.who(id), lengthOf(x.End.Sub(v.w.named[id].Due)))
	}
	for _, d := range o.Busier {
		was := "none was"
		switch {
		case d.Before == 1:
			was = "1 was"
		case d.Before > 1:
			was = fmt.Sprintf("%d were", d.Before)
		}
		add("%s gets busier: %s where %s planned.", d.Day.In(v.w.loc).Format("Mon 2 Jan 2006"), count(d.After, "start"), was)
	}
	if v.query == nil { // no boundaries were tried
		return
	}
	now := len(o.Displaced)
	for _, b := range o.Begins {
		if b.Days > 0 && b.Displaced < now && v.lasts(b.Days, 0) {
			add("Beginning %s later would displace %d instead of %d.", count(b.Days, "day"), b.Displaced, now)
			break
		}
	}
	for i := len(o.Ends) - 1; i >= 0; i-- {
		if b := o.Ends[i]; b.Days < 0 && b.Displaced < now && v.lasts(0, b.Days) {
			add("Ending %s earlier would displace %d instead of %d.", count(-b.Days, "day"), b.Displaced, now)
			break
		}
	}
	if b := o.Best; b.Days != 0 {
		way := "later"
		if b.Days < 0 {
			way = "earlier"
		}
		shift := fmt.Sprintf("Moving the whole %s %s", count(max(b.Days, -b.Days), "day"), way)
		switch {
		case b.Displaced == 0:
			add("%s would displace nothing.", shift)
		case b.Displaced < now:
			add("%s would displace only %d.", shift, b.Displaced)
		default: // fewer they are not
			add("%s would displace work of less weight: %s.", shift, count(b.Displaced, "change"))
		}
	} else if now > 0 {
		add("No shift of up to %s displaces less.", count(v.query.Days, "day"))
	}
}
