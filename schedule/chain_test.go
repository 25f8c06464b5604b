package schedule

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
)

// chainTwin follows a chain as the documentation of CriticalChains words it: starts are
// tried one after the other and judged by Check, and all pairs of activities are looked at.
type chainTwin struct {
	p    *Problem // lowered
	at   map[string]Assignment
	step time.Duration
}

func (w *chainTwin) act(id string) *Activity {
	return &w.p.Activities[slices.IndexFunc(w.p.Activities, func(a Activity) bool { return a.ID == id })]
}

func (w *chainTwin) mode(id string) Mode {
	for _, m := range w.act(id).modes() {
		if m.ID == w.at[id].Mode {
			return m
		}
	}
	panic("no mode of " + id)
}

// alone says whether an activity may start at an instant with nothing else around.
func (w *chainTwin) alone(id string, start time.Time) bool {
	a, m := *w.act(id), w.mode(id)
	cal := w.p.calendarOf(&a, &m)
	a.Modes, a.Demands, a.Duration, a.Calendar = nil, nil, m.Duration, or(cal, AlwaysOpen)
	a.Parts = nil
	q := &Problem{Zone: w.p.Zone, Horizon: w.p.Horizon, Calendars: w.p.Calendars, Activities: []Activity{a}}
	for _, r := range w.p.DateRules {
		if slices.Contains(r.Activities, id) {
			r.Activities = []string{id}
			q.DateRules = append(q.DateRules, r)
		}
	}
	end := start.Add(m.Duration.Std())
	if c := w.p.calendarNamed(cal); c != nil && a.Pause != NoPause && m.Duration > 0 {
		open, err := c.Open(calendar.Interval{Start: start, End: w.p.Horizon.End}, a.Subject())
		if err != nil {
			panic(err)
		}
		left := m.Duration.Std()
		for iv := range open.All() {
			if end = iv.Start.Add(left); left <= iv.Duration() {
				left = 0
				break
			}
			left -= iv.Duration()
		}
		if left > 0 {
			return false
		}
	}
	found, err := Check(q, &Plan{Assignments: []Assignment{{Activity: id, Start: start, End: end}}})
	if err != nil {
		panic(err)
	}
	return Sound(found)
}

// could returns the first start from an instant on, before where it is; else where it is.
func (w *chainTwin) could(id string, from time.Time) time.Time {
	for s := w.p.Horizon.Start; s.Before(w.at[id].Start); s = s.Add(w.step) {
		if !s.Before(from) && w.alone(id, s) {
			return s
		}
	}
	return w.at[id].Start
}

func (w *chainTwin) shares(a, b string) []string {
	var out []string
	for _, x := range w.mode(a).Demands {
		for _, y := range w.mode(b).Demands {
			if x.Resource == y.Resource {
				out = append(out, "resource "+x.Resource)
			}
		}
	}
	for _, x := range w.p.Exclusions {
		if slices.Contains(x.Activities, a) && slices.Contains(x.Activities, b) {
			out = append(out, strings.TrimSpace("exclusion "+or(x.ID, x.At)))
		}
	}
	for _, g := range w.p.Groups {
		in := func(id string) bool {
			x := w.act(id)
			return slices.ContainsFunc(g.Members, func(m GroupMember) bool {
				return slices.Contains(m.Activities, id) || m.CI != "" && slices.Contains(x.CIs, m.CI) && (x.Effect == Outage || x.Effect == Soaking)
			})
		}
		if in(a) && in(b) {
			out = append(out, "group "+g.ID)
		}
	}
	slices.Sort(out)
	return out
}

func (w *chainTwin) chain(last string) []string {
	var out []string
	seen := map[string]bool{}
	for cur := last; cur != ""; {
		seen[cur] = true
		here := w.at[cur]
		length := here.End.Sub(here.Start)
		pred, ready := "", w.p.Horizon.Start
		for _, x := range w.p.Precedences {
			o, ok := w.at[x.From]
			if x.To != cur || !ok || seen[x.From] {
				continue
			}
			r := map[PrecedenceType]time.Time{"": o.End, FinishStart: o.End, StartStart: o.Start, FinishFinish: o.End.Add(-length), StartFinish: o.Start.Add(-length)}[x.Type].Add(x.MinLag.Std())
			if pred == "" || r.After(ready) || r.Equal(ready) && x.From < pred {
				pred, ready = x.From, r
			}
		}
		could := w.could(cur, ready)
		next, why := "", ""
		if could.Before(here.Start) {
			for id, o := range w.at {
				if id == cur || seen[id] || !o.End.After(could) || o.End.After(here.Start) || !o.End.After(o.Start) {
					continue
				}
				s := w.shares(cur, id)
				if len(s) > 0 && (next == "" || cmp.Or(o.End.Compare(w.at[next].End), cmp.Compare(next, id)) > 0) {
					next, why = id, s[0]
				}
			}
		}
		if next == "" && pred != "" && w.could(cur, w.p.Horizon.Start).Before(here.Start) {
			next, why = pred, "precedence"
		}
		wait := time.Duration(0)
		if next != "" {
			wait = max(0, here.Start.Sub(w.at[next].End))
		}
		out = append(out, fmt.Sprint(cur, " ", why, " ", wait))
		cur = next
	}
	slices.Reverse(out)
	return out
}

func TestCriticalChainsTwin(t *testing.T) {
	links, kinds := 0, map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		low := mustLower(t, p)
		w := &chainTwin{p: low, at: map[string]Assignment{}, step: 10 * time.Minute}
		if low.Tick > 0 {
			w.step = low.Tick.Std()
		}
		plan := &Plan{}
		hours := int(p.Horizon.Duration() / w.step)
		for i := range low.Activities {
			a := &low.Activities[i]
			m := rapid.SampledFrom(a.modes()).Draw(t, "mode")
			start := p.Horizon.Start.Add(time.Duration(rapid.IntRange(0, hours).Draw(t, "start")) * w.step)
			as := Assignment{Activity: a.ID, Mode: m.ID, Start: start, End: start.Add(m.Duration.Std())}
			if rapid.IntRange(0, 9).Draw(t, "left out") > 0 {
				plan.Assignments = append(plan.Assignments, as)
				w.at[a.ID] = as
			}
		}
		var ids []string
		for _, as := range plan.Assignments {
			ids = append(ids, as.Activity)
		}
		got, err := CriticalChains(p, plan, append(ids, "nobody")...)
		if err != nil {
			t.Fatal(err)
		}
		if got[len(ids)] != nil {
			t.Fatalf("a chain to nobody: %v", got[len(ids)])
		}
		for i, id := range ids {
			var said []string
			for _, l := range got[i] {
				said = append(said, fmt.Sprint(l.Activity, " ", l.Why, " ", l.Wait.Std()))
				word, _, _ := strings.Cut(l.Why, " ")
				kinds[word]++
				links++
			}
			if want := w.chain(id); !slices.Equal(said, want) {
				t.Fatalf("chain to %s:\n%s\nthe twin says\n%s", id, strings.Join(said, "\n"), strings.Join(want, "\n"))
			}
		}
	})
	for _, k := range []string{"", "precedence", "resource", "exclusion", "group"} {
		if kinds[k] == 0 && links > 500 {
			t.Errorf("among %d links none is tied by %q", links, k)
		}
	}
}
