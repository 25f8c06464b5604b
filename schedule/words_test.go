package schedule

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// jargon are what those who own a plan should never have to read.
var jargon = regexp.MustCompile(`(?i)\b(solver|constraints?|infeasib\w+|feasib\w+|variables?|domains?|propagat\w+|clauses?|cores?|objectives?|tiers?|tasks?|instances?|ticks?|horizon|makespan|lags?|bounds?|optim\w+|minimal|maximal|cumulative|disjunctive|precedence|half-open|nil|null|true|false|units?|mode|activit(y|ies))\b|-breach|same-|start-costs|%!`)

// A reader checks sentences.
type reader struct {
	t     *testing.T
	p     *Problem
	heard map[string]int
}

// read checks one text of a verb; whole says that it has to be a sentence.
func (r *reader) read(verb string, whole bool, texts ...string) {
	r.t.Helper()
	for _, text := range texts {
		r.heard[verb]++
		bad := ""
		switch {
		case text == "":
			bad = "is empty"
		case strings.Contains(text, "id-"):
			bad = "names an ID"
		case strings.Contains(text, "UTC") || strings.Contains(text, "GMT") || regexp.MustCompile(`\d{4}-\d\d-\d\d`).MatchString(text):
			bad = "has a time that is not the reader's"
		case jargon.MatchString(text):
			bad = "speaks of " + jargon.FindString(text)
		case strings.Contains(text, "..") || strings.Contains(text, ";;") || strings.Contains(text, "  ") || strings.Contains(text, " ,") || strings.Contains(text, "““"):
			bad = "is put together badly"
		case strings.Count(text, "“") != strings.Count(text, "”"):
			bad = "has an open quotation"
		case whole && !regexp.MustCompile(`(?s)^[“A-Z].*[.:]$`).MatchString(text):
			bad = "is no sentence"
		}
		if bad != "" {
			r.t.Errorf("%s: %q %s\n%s", verb, text, bad, "")
		}
	}
}

func (r *reader) conflicts(verb string, list []Conflict) {
	r.t.Helper()
	for _, c := range list {
		r.read(verb, true, c.Reason)
	}
}

// TestWords lets every verb answer on problems whose things all have names, in the zone of
// Berlin, and reads what they say.
func TestWords(t *testing.T) {
	n := 17
	if slow() {
		n = 170
	}
	r := &reader{t: t, heard: map[string]int{}}
	for i := 0; i < n; i++ {
		low, _ := crowded(t, 99, i)
		r.p = low
		r.without(low)
		p, plan := roomy(t, i)
		r.p = p
		r.with(p, plan, prng.New(uint64(i)))
	}
	t.Log(r.heard)
	for _, verb := range []string{"Explain", "Solve", "Relaxations", "Grantor", "Check", "WhyNot", "Compare", "Bill", "Slots", "No slot", "Blocked", "Preview", "Emergency"} {
		if r.heard[verb] == 0 {
			t.Errorf("%s said nothing", verb)
		}
	}
}

// without reads the answers on a problem that has no plan.
func (r *reader) without(p *Problem) {
	r.t.Helper()
	sets, err := Explanations(context.Background(), p, &Options{Reasons: 3})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, set := range sets {
		r.conflicts("Explain", set)
	}
	_, err = Solve(context.Background(), p, nil)
	var never *InfeasibleError
	if !errors.As(err, &never) {
		r.t.Fatal(err)
	}
	r.conflicts("Solve", never.Conflicts)
	help, err := Relaxations(context.Background(), p, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, x := range help {
		for _, e := range x.Edits {
			r.read("Relaxations", true, e.Reason)
			r.read("Grantor", false, e.Grantor)
		}
	}
}

// with reads the answers on a plan.
func (r *reader) with(p *Problem, plan *Plan, draw *prng.Rand) {
	r.t.Helper()
	ctx := context.Background()
	hours := int(p.Horizon.Duration() / time.Hour)
	at := func() time.Time { return p.Horizon.Start.Add(time.Duration(draw.IntN(hours)) * time.Hour) }
	some := func() *Activity { return &p.Activities[draw.IntN(len(p.Activities))] }
	// A plan that is shaken breaks what can be broken.
	shaken := &Plan{}
	for _, a := range plan.Assignments {
		d := a.End.Sub(a.Start)
		switch draw.IntN(6) {
		case 0:
			continue
		case 1:
			a.End = a.End.Add(time.Hour)
		default:
			a.Start = at()
			a.End = a.Start.Add(d)
		}
		shaken.Assignments = append(shaken.Assignments, a)
	}
	found, err := Check(p, shaken)
	if err != nil {
		r.t.Fatal(err)
	}
	r.conflicts("Check", found)
	f, err := NewSlotFinder(p, plan)
	if err != nil {
		r.t.Fatal(err)
	}
	for range 3 {
		a := some()
		answer, err := f.Find(a.ID, SlotQuery{Limit: 3})
		if err != nil {
			r.t.Fatal(err)
		}
		for _, s := range answer.Slots {
			for _, b := range []Bound{s.Before, s.After} {
				r.read("Slots", false, b.Reason)
			}
		}
		from := at()
		if answer, err = f.Find(a.ID, SlotQuery{From: from, Until: from.Add(time.Hour)}); err == nil {
			r.conflicts("No slot", answer.None)
		}
		when := at()
		bounds, err := f.Blocked(a.ID, when)
		if err != nil {
			r.t.Fatal(err)
		}
		for _, b := range bounds {
			r.read("Blocked", false, b.Reason)
		}
		c, err := WhyNot(ctx, p, plan, a.ID, when, &Options{Reasons: 2})
		if err != nil {
			r.t.Fatal(err)
		}
		r.read("WhyNot", true, c.Words...)
		r.conflicts("WhyNot", c.Never)
	}
	d, err := Compare(p, plan, shaken, p.Horizon.Start)
	if err != nil {
		r.t.Fatal(err)
	}
	r.read("Compare", true, d.Words...)
	bill, err := BillOf(p, plan, shaken, p.Horizon.Start)
	if err != nil {
		r.t.Fatal(err)
	}
	r.read("Bill", true, bill.Words...)
	if len(p.Calendars) > 0 {
		v, err := PreviewFreeze(ctx, p, plan, FreezeQuery{Calendar: p.Calendars[0].ID, Days: 1, Window: calendar.Window{ID: "id-sales", Reason: "the sales", Kind: calendar.Freeze,
			Starts: calendar.Once(at()), Length: calendar.Exactly(4 * time.Hour)}})
		if err != nil {
			r.t.Fatal(err)
		}
		r.read("Preview", true, v.Words...)
		r.conflicts("Preview", v.Never)
	}
	x, err := InsertEmergency(ctx, p, plan, EmergencyQuery{Now: p.Horizon.Start.Add(time.Hour), Within: 4 * Hour,
		Activity: Activity{ID: "id-urgent", Name: "Replace the disk", Type: Emergency, CIs: []string{"x"}, Duration: Hour}})
	var never *InfeasibleError
	switch {
	case errors.As(err, &never):
		r.conflicts("Emergency", never.Conflicts)
	case err != nil && !errors.Is(err, ErrNoPlan):
		r.t.Fatal(err)
	case err == nil:
		r.read("Emergency", true, x.Words...)
	}
}

// roomy returns the n-th problem of the same kind that has a plan, with one.
func roomy(t *testing.T, n int) (*Problem, *Plan) {
	t.Helper()
	r := prng.New(4711).Split(uint64(n))
	for {
		p := crowd(r, themes[n%len(themes)])
		low, at, err := p.prepare()
		if err != nil {
			t.Fatal(err)
		}
		if c := compiledFor(t, low, at); combinations(c) < 60_000 && oracle.Feasible(c.in) {
			plan, err := Solve(context.Background(), low, nil)
			if err != nil {
				t.Fatal(err)
			}
			return low, plan
		}
	}
}
