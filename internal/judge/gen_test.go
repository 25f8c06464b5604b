package judge

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"pgregory.net/rapid"
)

// Small cases live on a grid of slots that begins two hours before clocks go back in
// Berlin, so that local windows around it have a long hour.
const slot = 15 * time.Minute

var origin = clockChange

var (
	clockChange = time.Date(2026, 10, 24, 23, 0, 0, 0, time.UTC)
	// chunkEdge has the end of a chunk of occurrences in its middle.
	chunkEdge = time.Unix(0, 325*chunkLength).Add(-32 * slot).UTC()
)

// startAt moves the grid for the rest of a test.
func startAt(t *testing.T, when time.Time) {
	before := origin
	origin = when
	t.Cleanup(func() { origin = before })
}

const slots = 64 // activities start in the first ones

func at(n int) time.Time { return origin.Add(time.Duration(n) * slot) }

func between(a, b int) calendar.Interval { return calendar.Interval{Start: at(a), End: at(b)} }

func berlin(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// once is the recurrence of one start, in Berlin's local time.
func onceText(start time.Time, loc *time.Location, rule string) string {
	text := "DTSTART;TZID=Europe/Berlin:" + start.In(loc).Format("20060102T150405")
	if rule != "" {
		text += "\nRRULE:" + rule
	}
	return text
}

func recurrence(text string) calendar.Recurrence {
	var r calendar.Recurrence
	if err := r.UnmarshalText([]byte(text)); err != nil {
		panic(err)
	}
	return r
}

// cases sets how many cases a property is tried with in the long run of the project.
func cases(t *testing.T, n int) {
	t.Helper()
	if os.Getenv("SLACKWATER_LONG") == "" {
		return
	}
	f := flag.Lookup("rapid.checks")
	before := f.Value.String()
	if err := f.Value.Set(strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Value.Set(before) })
}

type gen struct {
	t   *rapid.T
	loc *time.Location
}

func (g gen) int(name string, lo, hi int) int { return rapid.IntRange(lo, hi).Draw(g.t, name) }
func (g gen) one(name string, of ...string) string {
	return rapid.SampledFrom(of).Draw(g.t, name)
}
func (g gen) chance(name string, percent int) bool { return g.int(name, 1, 100) <= percent }
func (g gen) some(name string, percent int, of ...string) (out []string) {
	for _, v := range of {
		if g.chance(name, percent) {
			out = append(out, v)
		}
	}
	return out
}

func (g gen) calendar(id string) *calendar.Calendar {
	c := &calendar.Calendar{ID: id, Zone: "Europe/Berlin"}
	if g.chance("closed", 15) {
		c.Default = calendar.DefaultClosed
	}
	for i := range g.int("windows", 0, 4) {
		w := calendar.Window{
			ID:     fmt.Sprintf("%s-w%d", id, i),
			Kind:   rapid.SampledFrom([]calendar.Kind{calendar.Maintenance, calendar.Maintenance, calendar.Blackout, calendar.Freeze}).Draw(g.t, "kind"),
			Length: calendar.Exactly(time.Duration(g.int("length", 1, 30)) * slot),
		}
		rule := ""
		if g.chance("daily", 40) {
			rule = "FREQ=DAILY"
		}
		w.Starts = recurrence(onceText(at(g.int("from", -4, slots)), g.loc, rule))
		if g.chance("scoped", 25) {
			w.Scope.CIs = []string{g.one("ci", "a", "b", "c")}
		}
		w.Overrun = g.chance("overrun", 20)
		switch w.Kind {
		case calendar.Maintenance:
			if g.chance("cut off", 25) {
				w.CutOff = calendar.Exactly(time.Duration(g.int("cut", 1, 4)) * slot)
			}
		case calendar.Freeze:
			w.Exempt = g.some("exempt", 30, "standard", "emergency")
			w.Grade = rapid.SampledFrom([]calendar.Grade{"", "", calendar.Approval, calendar.Advisory}).Draw(g.t, "grade")
		}
		c.Windows = append(c.Windows, w)
	}
	if len(c.Windows) > 0 && g.chance("override", 20) {
		from := g.int("lift", 0, slots)
		c.Overrides = append(c.Overrides, calendar.Override{
			ID: "o-" + id, Who: "Ada", Reason: "agreed", From: at(from), Expires: at(from + g.int("for", 1, 20)),
			AnyTime: g.chance("any time", 50), Lifts: []string{c.Windows[0].ID},
		})
	}
	return c
}

var modeIDs = []string{"", "fast", "slow"}

func (g gen) activity(i int) Activity {
	a := Activity{
		ID:      fmt.Sprintf("t%d", i),
		Subject: calendar.Subject{CIs: g.some("cis", 50, "a", "b", "c"), Type: g.one("type", "standard", "normal", "emergency")},
		Pauses:  g.chance("pauses", 25), Hold: g.chance("hold", 40), Optional: g.chance("optional", 30),
	}
	a.Calendar = g.one("calendar", "", "c0", "c1")
	a.Duration = time.Duration(g.int("duration", 0, 8)) * slot
	a.Demands = g.demands()
	if g.chance("modes", 25) {
		for _, id := range modeIDs[1:] {
			a.Modes = append(a.Modes, Mode{ID: id, Calendar: g.one("calendar", "", "", "c0", "c1"), Duration: time.Duration(g.int("duration", 0, 8)) * slot, Demands: g.demands()})
		}
	}
	if g.chance("not before", 20) {
		a.NotBefore = at(g.int("nb", 0, slots))
	}
	if g.chance("not after", 20) {
		a.NotAfter = at(g.int("na", 0, slots+8))
	}
	if g.chance("pinned", 15) {
		a.Pinned = at(g.int("pin", 0, slots))
	}
	return a
}

func (g gen) demands() (out []Demand) {
	for _, r := range g.some("resources", 50, "r0", "r1") {
		out = append(out, Demand{r, int64(g.int("amount", 0, 3))})
	}
	return out
}

func (g gen) profile(lo, hi int) calendar.Profile {
	p := calendar.Profile{Base: int64(g.int("base", lo, hi))}
	for n := g.int("step", -10, slots); n >= 0 && n < slots; n += g.int("gap", 1, 20) {
		end := n + g.int("length", 1, 10)
		p.Steps = append(p.Steps, calendar.Step{Interval: between(n, end), Value: int64(g.int("value", lo, hi))})
		n = end
	}
	return p
}

// genCase makes a case with a bit of everything.
func (g gen) genCase() *Case {
	c := &Case{Zone: g.loc, Calendars: []*calendar.Calendar{g.calendar("c0"), g.calendar("c1")}}
	if g.chance("horizon", 50) {
		c.Horizon = between(g.int("from", 0, 4), g.int("to", slots-10, slots+10))
	}
	n := g.int("activities", 1, 7)
	ids := make([]string, n)
	for i := range n {
		c.Activities = append(c.Activities, g.activity(i))
		ids[i] = c.Activities[i].ID
	}
	any := func() string { return g.one("activity", ids...) }
	for i := range g.int("precedences", 0, 4) {
		p := Precedence{ID: fmt.Sprintf("p%d", i), From: any(), To: any(),
			Type:   PrecedenceType(g.one("type", "", "FS", "SS", "FF", "SF")),
			MinLag: time.Duration(g.int("min", -10, 10)) * slot}
		if g.chance("max", 40) {
			lag := p.MinLag + time.Duration(g.int("max", 0, 30))*slot
			p.MaxLag = &lag
		}
		c.Precedences = append(c.Precedences, p)
	}
	for i := range g.int("links", 0, 2) {
		c.Links = append(c.Links, Link{ID: fmt.Sprintf("l%d", i), If: any(), Then: any()})
	}
	for i, kind := range []Kind{"", TeamOverload} {
		c.Resources = append(c.Resources, Resource{ID: fmt.Sprintf("r%d", i), Kind: kind, Capacity: g.profile(1, 6)})
	}
	for i := range g.int("exclusions", 0, 3) {
		x := Exclusion{ID: fmt.Sprintf("x%d", i), At: "ci" + fmt.Sprint(i),
			Kind: rapid.SampledFrom([]Kind{"", SameCI, RelatedCI, RelatedCI, SameService}).Draw(g.t, "kind")}
		for _, id := range g.some("members", 60, ids...) {
			path := []string{x.At}
			if g.chance("remote", 50) {
				path = []string{"near " + id, x.At}
			}
			var links []string
			if len(path) > 1 && g.chance("linked", 50) {
				links = []string{rapid.SampledFrom([]string{"", "used-by", "runs"}).Draw(g.t, "link")}
			}
			x.Members = append(x.Members, ExclusionMember{Activity: id, Path: path, Links: links})
		}
		for j := range g.int("incidents", -3, 2) {
			from := g.int("from", 0, slots)
			x.Members = append(x.Members, ExclusionMember{Incident: fmt.Sprintf("outage %d", j), Path: make([]string, g.int("path", 1, 2)),
				During: []calendar.Interval{between(from, from+g.int("for", 1, 20))}})
		}
		c.Exclusions = append(c.Exclusions, x)
	}
	for i := range g.int("groups", 0, 3) {
		gr := Group{ID: fmt.Sprintf("g%d", i), Allowed: g.profile(0, 2), Defined: g.chance("defined", 30)}
		for j := range g.int("members", 1, 4) {
			m := GroupMember{Name: fmt.Sprintf("g%d-m%d", i, j)}
			for _, id := range g.some("outage", 40, ids...) {
				m.Outages = append(m.Outages, Outage{id, time.Duration(g.int("soak", 0, 4)) * slot})
			}
			if g.chance("down", 20) {
				from := g.int("from", 0, slots)
				m.Down = append(m.Down, between(from, from+g.int("for", 1, 20)))
			}
			for k := range i {
				if g.chance("nested", 30) {
					m.Groups = append(m.Groups, fmt.Sprintf("g%d", k))
				}
			}
			gr.Members = append(gr.Members, m)
		}
		c.Groups = append(c.Groups, gr)
	}
	for i := range g.int("budgets", 0, 2) {
		b := Budget{ID: fmt.Sprintf("b%d", i), Unit: "min"}
		for n := 0; n < slots; n += 20 {
			b.Periods = append(b.Periods, Period{Span: between(n, n+g.int("long", 10, 20)), Limit: int64(g.int("limit", 0, 8))})
		}
		for _, id := range g.some("uses", 60, ids...) {
			b.Uses = append(b.Uses, Use{Activity: id, Mode: g.one("mode", "", "", "fast"), Amount: int64(g.int("amount", 0, 5))})
		}
		c.Budgets = append(c.Budgets, b)
	}
	for i := range g.int("bundles", 0, 2) {
		b := Bundle{ID: fmt.Sprintf("u%d", i), Activities: g.some("bundled", 50, ids...),
			AllOrNothing: g.chance("all", 50), SameWindow: g.chance("same", 70)}
		if g.chance("spans", 50) {
			for n := 0; n < slots; n += 16 {
				b.Spans = append(b.Spans, between(n, n+g.int("long", 1, 16)))
			}
		} else {
			b.Calendar = "c0"
		}
		c.Bundles = append(c.Bundles, b)
	}
	for i := range g.int("date rules", 0, 2) {
		d := DateRule{ID: fmt.Sprintf("d%d", i), Kind: rapid.SampledFrom([]Kind{LeadTime, Notice, Approval}).Draw(g.t, "kind"),
			Activities: g.some("ruled", 50, ids...)}
		if g.chance("from", 60) {
			d.From = at(g.int("from", 0, slots))
		}
		if g.chance("until", 60) {
			d.Until = at(g.int("until", 0, slots))
		}
		c.DateRules = append(c.DateRules, d)
	}
	return c
}

// assignment makes a place for an activity, mostly of the right length.
func (g gen) assignment(c *Case, a *Activity) Assignment {
	as := Assignment{Activity: a.ID, Start: at(g.int("start", 0, slots))}
	d := a.Duration
	if len(a.Modes) > 0 {
		m := rapid.SampledFrom(a.Modes).Draw(g.t, "mode")
		as.Mode, d = m.ID, m.Duration
		if m.Calendar != "" {
			b := *a
			b.Calendar = m.Calendar
			a = &b
		}
	}
	if g.chance("wrong length", 5) {
		d += slot
	}
	as.End = as.Start.Add(d)
	if a.Pauses {
		as.End = as.Start
		for n := 0; d > 0 && n < 3*slots; n++ {
			if twinOpen(c, a, as.End) {
				d -= slot
			}
			as.End = as.End.Add(slot)
		}
	}
	switch {
	case g.chance("odd", 2):
		as.Mode = "odd"
	case g.chance("backwards", 2):
		as.End = as.Start.Add(-slot)
	case g.chance("no time", 2):
		as.Start = time.Time{}
	}
	return as
}

func (g gen) plan(c *Case) *Plan {
	p := &Plan{}
	for i := range c.Activities {
		a := &c.Activities[i]
		switch {
		case g.chance("left out", 8):
			p.LeftOut = append(p.LeftOut, a.ID)
		case g.chance("forgotten", 5):
		default:
			p.Assignments = append(p.Assignments, g.assignment(c, a))
		}
	}
	if g.chance("twice", 4) && len(p.Assignments) > 0 {
		as := p.Assignments[0]
		as.Start = as.Start.Add(slot)
		p.Assignments = append(p.Assignments, as)
	}
	if g.chance("stranger", 4) {
		p.Assignments = append(p.Assignments, Assignment{Activity: "nobody", Start: at(0), End: at(1)})
	}
	return p
}
