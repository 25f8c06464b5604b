package records

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/schedule"
)

// A Framing says how records become activities. The zero Framing is valid.
type Framing struct {
	// Calendar is the ID of the calendar of changes that the problem does not know;
	// "" is the problem's own.
	Calendar string
	// Describe, if not nil, completes an activity whose CIs are known: classes,
	// services, environment and tags, as windows and freezes tell them apart. It returns
	// the CIs that it does not know.
	Describe func(a *schedule.Activity) (unknown []string)
}

// A Framed is a plan made by hand with the problem to judge it by.
type Framed struct {
	Problem *schedule.Problem
	Plan    *schedule.Plan
	Notes   []string // what was assumed or not understood, in the order of the records
}

// Frame puts records into a problem. A record whose change is an activity of p, or
// whose change (and stage) is a release of p with a stage that delivers, is that
// activity and keeps its needs, links and dates; the stages of a release that the
// records leave unsaid are used in their order. Any other record is a new activity that
// lasts as long as the record says. Activities of p that no record is for are left out;
// what they put between others in time is kept: A before B before C without B is A
// before C, with the time that B takes in between.
//
// Exclusions of p are kept among the activities that stay; for collisions through a CI
// graph call [schedule.Problem.ExcludeCollisions] on the result. It returns the faults
// of p, which must be valid.
func Frame(p *schedule.Problem, recs []Record, opts Framing) (*Framed, error) {
	low, err := p.Lower()
	if err != nil {
		return nil, err
	}
	fr := &framer{low: low, opts: opts, used: map[string]bool{}, out: &Framed{Plan: &schedule.Plan{Version: schedule.Version, Problem: p.Name}}}
	fr.index()
	q := *low
	q.Activities = nil
	seen := map[string]int{}
	for i := range recs {
		fr.suspect(p, &recs[i], seen)
		a := fr.activity(&recs[i])
		q.Activities = append(q.Activities, a)
		fr.out.Plan.Assignments = append(fr.out.Plan.Assignments, schedule.Assignment{Activity: a.ID, Mode: modeOf(&a), Start: recs[i].Start, End: recs[i].End, From: a.From})
		if recs[i].Start.Before(q.Horizon.Start) {
			q.Horizon.Start = recs[i].Start
		}
		if recs[i].End.After(q.Horizon.End) {
			q.Horizon.End = recs[i].End
		}
	}
	slices.SortStableFunc(fr.out.Plan.Assignments, func(a, b schedule.Assignment) int {
		return cmp.Or(a.Start.Compare(b.Start), cmp.Compare(a.Activity, b.Activity))
	})
	fr.restrict(&q)
	fr.out.Problem = &q
	return fr.out, nil
}

type framer struct {
	low     *schedule.Problem
	opts    Framing
	byID    map[string]int   // activities of low
	byName  map[string][]int // release → its activities that deliver, in order
	byStage map[string]int   // release and stage → activity
	types   map[string]bool  // change types of low
	used    map[string]bool
	out     *Framed
}

func (fr *framer) index() {
	fr.types = map[string]bool{}
	fr.byID, fr.byName, fr.byStage = map[string]int{}, map[string][]int{}, map[string]int{}
	for i := range fr.low.Activities {
		a := &fr.low.Activities[i]
		fr.byID[a.ID] = i
		fr.types[a.Type] = true
		if a.From.Release == "" || a.From.Part != "" {
			continue
		}
		fr.byStage[a.From.Release+"\x00"+a.From.Stage] = i
		if a.Effect == schedule.Outage {
			fr.byName[a.From.Release] = append(fr.byName[a.From.Release], i)
		}
	}
}

// suspect notes what is allowed and yet looks like a slip.
func (fr *framer) suspect(p *schedule.Problem, r *Record, seen map[string]int) {
	key := r.ID + "\x00" + r.Stage
	if first, again := seen[key]; again && r.Stage == "" && len(fr.byName[r.ID]) < 2 {
		fr.note("line %d: %s stands in line %d already; both are judged", r.Line, r.ID, first)
	}
	if _, again := seen[key]; !again {
		seen[key] = r.Line
	}
	if r.Start.Equal(r.End) {
		fr.note("line %d: %s ends when it starts, so it occupies no time and cannot collide", r.Line, r.ID)
	}
	if h := p.Horizon; r.End.Before(h.Start) || r.Start.After(h.End) {
		fr.note("line %d: %s lies outside the planned span, %s to %s; freezes and holidays may be missing there", r.Line, r.ID,
			h.Start.UTC().Format(time.DateOnly), h.End.UTC().Format(time.DateOnly))
	}
	switch r.Type {
	case "", schedule.Standard, schedule.Normal, schedule.Expedited, schedule.Emergency:
	default:
		if !fr.types[r.Type] {
			fr.note("line %d: %s has the type %q, which no release or policy has; windows and freezes for other types do not concern it", r.Line, r.ID, r.Type)
		}
	}
}

// activity finds or makes the activity of a record.
func (fr *framer) activity(r *Record) schedule.Activity {
	if i, ok := fr.find(r); ok {
		a := fr.low.Activities[i]
		fr.used[a.ID] = true
		a.Pinned = time.Time{}
		return a
	}
	a := schedule.Activity{ID: r.ID, Name: r.Title, Change: r.ID, Type: r.Type, Team: r.Team, CIs: r.CIs, Action: "deploy",
		Calendar: fr.opts.Calendar, Duration: schedule.Duration(r.End.Sub(r.Start))}
	if r.Stage != "" {
		a.ID += "/" + r.Stage
	}
	for n := 2; fr.used[a.ID]; n++ {
		a.ID = r.ID + "#" + strconv.Itoa(n)
	}
	fr.used[a.ID] = true
	if len(r.CIs) == 0 {
		fr.note("line %d: %s names no CI, so collisions with it cannot be seen", r.Line, r.ID)
	}
	if fr.opts.Describe != nil {
		if unknown := fr.opts.Describe(&a); len(unknown) > 0 {
			hint := ""
			if strings.Contains(strings.Join(unknown, ""), ",") {
				hint = "; several CIs are parted by ; or |"
			}
			fr.note("line %d: %s touches %s, which the CI graph does not know%s", r.Line, r.ID, strings.Join(unknown, " and "), hint)
		}
	}
	return a
}

func (fr *framer) note(format string, args ...any) {
	fr.out.Notes = append(fr.out.Notes, fmt.Sprintf(format, args...))
}

func (fr *framer) find(r *Record) (int, bool) {
	if i, ok := fr.byID[r.ID]; ok && !fr.used[r.ID] {
		return i, true
	}
	if r.Stage != "" {
		i, ok := fr.byStage[r.ID+"\x00"+r.Stage]
		return i, ok && !fr.used[fr.low.Activities[i].ID]
	}
	for _, i := range fr.byName[r.ID] {
		if !fr.used[fr.low.Activities[i].ID] {
			return i, true
		}
	}
	return 0, false
}

// modeOf picks the first mode of an activity with alternatives.
func modeOf(a *schedule.Activity) string {
	if len(a.Modes) > 0 {
		return a.Modes[0].ID
	}
	return ""
}

// restrict cuts the constraints of q down to the activities that it has.
func (fr *framer) restrict(q *schedule.Problem) {
	stays := map[string]bool{}
	for i := range q.Activities {
		stays[q.Activities[i].ID] = true
	}
	keep := func(ids []string) []string {
		return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !stays[id] })
	}
	q.Precedences = fr.contract(stays)
	q.Links = slices.DeleteFunc(slices.Clone(q.Links), func(l schedule.Link) bool { return !stays[l.If] || !stays[l.Then] })
	q.Exclusions = nil
	for _, x := range fr.low.Exclusions {
		if x.Activities = keep(x.Activities); len(x.Activities) > 1 {
			x.Paths = slices.DeleteFunc(slices.Clone(x.Paths), func(p schedule.Path) bool { return !stays[p.Activity] })
			q.Exclusions = append(q.Exclusions, x)
		}
	}
	q.Bundles = nil
	for _, b := range fr.low.Bundles {
		if b.Activities = keep(b.Activities); len(b.Activities) > 0 {
			q.Bundles = append(q.Bundles, b)
		}
	}
	q.DateRules = nil
	for _, d := range fr.low.DateRules {
		if d.Activities = keep(d.Activities); len(d.Activities) > 0 {
			q.DateRules = append(q.DateRules, d)
		}
	}
	q.Budgets = slices.Clone(q.Budgets)
	for i := range q.Budgets {
		q.Budgets[i].Uses = slices.DeleteFunc(slices.Clone(q.Budgets[i].Uses), func(u schedule.Use) bool { return !stays[u.Activity] })
	}
	q.Groups = slices.Clone(q.Groups)
	for i := range q.Groups {
		q.Groups[i].Members = slices.Clone(q.Groups[i].Members)
		for k := range q.Groups[i].Members {
			q.Groups[i].Members[k].Activities = keep(q.Groups[i].Members[k].Activities)
		}
	}
}

// contract returns the precedences among the activities that stay, those through
// left-out ones included. Only chains of finish-to-start are followed, and a left-out
// activity counts with its shortest working time, so nothing is asked for that p does not ask.
func (fr *framer) contract(stays map[string]bool) []schedule.Precedence {
	out := map[string][]int{} // left-out activity → precedences from it
	var kept []schedule.Precedence
	for i := range fr.low.Precedences {
		c := &fr.low.Precedences[i]
		switch {
		case stays[c.From] && stays[c.To]:
			kept = append(kept, *c)
		case !stays[c.From] && (c.Type == "" || c.Type == schedule.FinishStart):
			out[c.From] = append(out[c.From], i)
		}
	}
	for i := range fr.low.Precedences {
		c := &fr.low.Precedences[i]
		if !stays[c.From] || stays[c.To] || c.Type != "" && c.Type != schedule.FinishStart {
			continue
		}
		// Longest lags through what is left out; precedences have no cycles that gain time, and
		// a limit on the walk keeps others finite.
		lag := map[string]schedule.Duration{c.To: c.MinLag}
		reason := map[string]string{c.To: c.Reason} // of the last step, which is the nearest to what has to wait
		queue := []string{c.To}
		for steps := 0; len(queue) > 0 && steps < 4*len(fr.low.Precedences)+4; steps++ {
			b := queue[0]
			queue = queue[1:]
			through := lag[b] + shortest(&fr.low.Activities[fr.byID[b]])
			for _, j := range out[b] {
				d := &fr.low.Precedences[j]
				if have, ok := lag[d.To]; ok && have >= through+d.MinLag {
					continue
				}
				lag[d.To] = through + d.MinLag
				reason[d.To] = d.Reason
				if !stays[d.To] {
					queue = append(queue, d.To)
				}
			}
		}
		for _, a := range fr.low.Activities {
			if l, ok := lag[a.ID]; ok && stays[a.ID] && a.ID != c.From {
				kept = append(kept, schedule.Precedence{ID: c.From + " -> " + a.ID, From: c.From, To: a.ID, MinLag: l, Reason: reason[a.ID]})
			}
		}
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(kept, func(c schedule.Precedence) bool {
		if c.ID == "" {
			return false
		}
		again := seen[c.ID]
		seen[c.ID] = true
		return again
	})
}

func shortest(a *schedule.Activity) schedule.Duration {
	if len(a.Modes) == 0 {
		return a.Duration
	}
	d := a.Modes[0].Duration
	for _, m := range a.Modes[1:] {
		d = min(d, m.Duration)
	}
	return d
}
