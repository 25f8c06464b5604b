package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// Timeline draws the schedule: rows by team, windows and freezes behind them, the
// critical chain with a heavy edge, arrows from releases to those that wait for them, conflicts
// and moves marked, and below the picture the conflicts, the chain and the projected outages in words. The span is cut to end
// with the second midnight after the last work; windows and freezes are those of
// [Schedule.Shades].
func (s *Schedule) Timeline() *Timeline {
	zone := s.zone()
	t := &Timeline{Title: s.Name, Zone: zone, Span: s.drawn(zone), Facts: s.facts()}
	t.Subtitle = "Forward schedule of change, " + t.Span.Start.In(zone).Format("2 January 2006") + " to " + t.Span.End.Add(-1).In(zone).Format("2 January 2006") + "."
	for _, sh := range s.Shades {
		if sh.Overlaps(t.Span) {
			t.Shades = append(t.Shades, sh)
		}
	}
	order := make([]*Entry, len(s.Entries))
	for i := range s.Entries {
		order[i] = &s.Entries[i]
	}
	slices.SortStableFunc(order, func(a, b *Entry) int { return strings.Compare(a.Team, b.Team) })
	after := s.after()
	for _, e := range order {
		t.Rows = append(t.Rows, e.row(zone, after[e.ID]))
	}
	for _, l := range s.Links {
		t.Arrows = append(t.Arrows, Arrow{From: l.From, To: l.To, Type: l.Type})
	}
	for i := 1; i < len(s.Chain); i++ {
		t.Arrows = append(t.Arrows, Arrow{From: s.Chain[i-1].Activity, To: s.Chain[i].Activity, Critical: true})
	}
	if len(s.Conflicts) > 0 {
		sec := Section{Title: "Conflicts", Intro: "What breaks a rule, as the independent judge found it."}
		for _, c := range s.Conflicts {
			sec.Items = append(sec.Items, c.Reason)
		}
		t.Sections = append(t.Sections, sec)
	}
	if len(s.Chain) > 1 {
		t.Sections = append(t.Sections, Section{Title: "Critical chain", Intro: "What holds the delivery with the least margin, step by step.", Items: s.chainWords(zone)})
	}
	if len(s.Outages) > 0 {
		sec := Section{Title: "Projected service outage"}
		for i := range s.Outages {
			sec.Items = append(sec.Items, s.Outages[i].words(zone))
		}
		t.Sections = append(t.Sections, sec)
	}
	return t
}

// after lists by entry the other entries that it waits for.
func (s *Schedule) after() map[string][]string {
	entry := map[string]string{}
	for i := range s.Entries {
		for _, st := range s.Entries[i].Steps {
			entry[st.Activity] = s.Entries[i].ID
		}
	}
	out := map[string][]string{}
	for _, l := range s.Links {
		from, to := entry[l.From], entry[l.To]
		if from != "" && to != "" && from != to && !slices.Contains(out[to], from) {
			out[to] = append(out[to], from)
		}
	}
	return out
}

// drawn is the span of the picture.
func (s *Schedule) drawn(zone *time.Location) calendar.Interval {
	end := s.Span.Start
	for i := range s.Entries {
		for _, st := range s.Entries[i].Steps {
			if st.During.End.After(end) {
				end = st.During.End
			}
		}
	}
	day := end.In(zone)
	end = time.Date(day.Year(), day.Month(), day.Day()+2, 0, 0, 0, 0, zone)
	if end.After(s.Span.End) {
		end = s.Span.End
	}
	return calendar.Interval{Start: s.Span.Start, End: end}
}

func (s *Schedule) facts() []Fact {
	steps := 0
	for i := range s.Entries {
		steps += len(s.Entries[i].Steps)
	}
	out := []Fact{{"Releases", fmt.Sprint(len(s.Entries))}, {"Activities", fmt.Sprint(steps)}, {"Conflicts", fmt.Sprint(len(s.Conflicts))},
		{"Late", fmt.Sprint(s.count((*Entry).Late))}, {"Left out", fmt.Sprint(s.count(func(e *Entry) bool { return e.LeftOut }))}}
	if s.Proof != "" {
		out = append(out, Fact{"Proof", string(s.Proof)})
	}
	return out
}

func (e *Entry) row(zone *time.Location, after []string) Row {
	r := Row{Label: e.title(), Group: e.Team, Level: sentence(e.Rating.Level)}
	var detail []string
	if e.Name != "" {
		detail = append(detail, e.ID)
	}
	if len(after) > 0 {
		detail = append(detail, "after "+strings.Join(after, ", "))
	}
	if len(e.CIs) > 0 {
		detail = append(detail, strings.Join(e.CIs, ", "))
	}
	r.Detail = strings.Join(detail, " · ")
	if e.Type != "" {
		r.Tags = []string{e.Type}
	}
	if !e.LeftOut {
		r.When, r.Note = when(e.Delivers, zone), e.Margin()
	}
	for i := range e.Steps {
		r.Bars = append(r.Bars, e.Steps[i].bars()...)
	}
	return r
}

// bars draws a step, part by part where its parts are known.
func (st *Step) bars() []Bar {
	kinds := map[schedule.PartKind]BarKind{schedule.Prepare: Prepare, schedule.Implement: Work, schedule.Verify: Verify,
		schedule.Decide: Verify, schedule.BackOut: BackOut, schedule.Recheck: BackOut}
	if len(st.parts) == 0 {
		return []Bar{{Interval: st.During, ID: st.Activity, Label: st.Name, Kind: st.Kind, Critical: st.Critical, Conflict: st.Conflict, Moved: st.Moved}}
	}
	var out []Bar
	at := st.During.Start
	for i, part := range st.parts {
		next := at.Add(part.Duration.Std())
		out = append(out, Bar{Interval: calendar.Interval{Start: at, End: next}, ID: st.Activity, Label: st.Name + ", " + string(part.Kind), Kind: kinds[part.Kind],
			Critical: st.Critical, Conflict: st.Conflict && i == 0, Moved: st.Moved && i == 0})
		at = next
	}
	return out
}

// mainShades returns the windows of the calendar that most of the work keeps to.
func mainShades(low *schedule.Problem) []Shade {
	uses := map[string]int{}
	for i := range low.Activities {
		a := &low.Activities[i]
		if a.Effect == schedule.Outage {
			id := a.Calendar
			if id == "" {
				id = low.Calendar
			}
			uses[id]++
		}
	}
	best := -1
	for i, c := range low.Calendars {
		if uses[c.ID] > 0 && (best < 0 || uses[c.ID] > uses[low.Calendars[best].ID]) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	return Shades(&low.Calendars[best], low.Horizon)
}

// Shades returns the occurrences of a calendar's windows that overlap a span, to be
// drawn behind rows: what concerns a few only, such as emergencies or one service, is
// left away, since it would hide the rest.
func Shades(c *calendar.Calendar, within calendar.Interval) []Shade {
	kinds := map[calendar.Kind]ShadeKind{calendar.Maintenance: Open, calendar.Freeze: Frozen, calendar.Blackout: Blackout}
	whole := calendar.Calendar{ID: c.ID}
	for _, w := range c.Windows {
		if len(w.Scope.Types) == 0 && len(w.Scope.Services) == 0 && len(w.Scope.CIs) == 0 {
			w.Scope = calendar.Scope{}
			whole.Windows = append(whole.Windows, w)
		}
	}
	var out []Shade
	for w, iv := range whole.Occurrences(within, calendar.Subject{}) {
		label := w.Reason
		if label == "" {
			label = strings.ReplaceAll(w.ID, "-", " ")
		}
		out = append(out, Shade{Interval: iv, Kind: kinds[w.Kind], Label: label})
	}
	return out
}

func (s *Schedule) chainWords(zone *time.Location) []string {
	var out []string
	for i, l := range s.Chain {
		name := l.Name
		if name == "" {
			name = l.Activity
		}
		text := name + ", " + when(l.During, zone)
		if i > 0 {
			switch {
			case l.Wait > 0 && l.Why == "precedence":
				text += ": follows the one before, after a wait of " + Length(l.Wait.Std())
			case l.Why == "precedence":
				text += ": follows the one before at once"
			}
		}
		if l.Why != "" && l.Why != "precedence" {
			text += ": begins when the one before frees " + l.Why
		}
		out = append(out, text)
	}
	return out
}
