package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/report"
)

func secondsOf(v int64) time.Duration { return time.Duration(v) * time.Second }

// write puts plan.json, schedule.html and schedule.ics into a folder.
func (o *organisation) write(dir string, plan *schedule.Plan) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	t, err := o.timeline(plan)
	if err != nil {
		return err
	}
	for name, write := range map[string]func(f *os.File) error{
		"plan.json":     func(f *os.File) error { return plan.Write(f) },
		"schedule.html": func(f *os.File) error { return report.WriteHTML(f, t) },
		"schedule.ics":  func(f *os.File) error { return o.writeICS(f, plan) },
	} {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if err := write(f); err != nil {
			f.Close()
			return fmt.Errorf("%s: %w", f.Name(), err)
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

// timeline draws the plan with its windows and freezes.
func (o *organisation) timeline(plan *schedule.Plan) (*report.Timeline, error) {
	lines := o.lines(plan)
	end := o.problem.Horizon.Start
	for _, a := range plan.Assignments {
		if a.End.After(end) {
			end = a.End
		}
	}
	day := end.In(o.zone)
	end = time.Date(day.Year(), day.Month(), day.Day()+2, 0, 0, 0, 0, o.zone)
	if end.After(o.problem.Horizon.End) {
		end = o.problem.Horizon.End
	}
	t := &report.Timeline{Title: o.stated.Name, Zone: o.zone, Span: calendar.Interval{Start: o.problem.Horizon.Start, End: end},
		Subtitle: "Forward schedule of change. " + verdict(plan)}
	late := 0
	for _, l := range lines {
		if strings.HasPrefix(l.margin(), "LATE") {
			late++
		}
	}
	t.Facts = []report.Fact{{Name: "Releases", Value: fmt.Sprint(len(lines))}, {Name: "Activities", Value: fmt.Sprint(len(plan.Assignments))},
		{Name: "Conflicts", Value: "0"}, {Name: "Late", Value: fmt.Sprint(late)}, {Name: "Left out", Value: fmt.Sprint(len(plan.Unscheduled))}, {Name: "Proof", Value: string(plan.Status)}}
	if err := o.shades(t); err != nil {
		return nil, err
	}
	acts := o.activities()
	byTeam := slices.Clone(lines)
	slices.SortStableFunc(byTeam, func(a, b *line) int { return strings.Compare(a.team, b.team) })
	for _, l := range byTeam {
		row := report.Row{Label: l.name, Detail: l.id + " · " + strings.Join(l.cis, ", "), Group: l.team, Level: sentence(l.level)}
		if l.name == "" {
			row.Label, row.Detail = l.id, strings.Join(l.cis, ", ")
		}
		if l.kind != "" {
			row.Tags = []string{l.kind}
		}
		if !l.left {
			row.When, row.Note = span(l.delivers.Start, l.delivers.End, o.zone), l.margin()
		}
		for _, as := range l.activities {
			row.Bars = append(row.Bars, bars(acts[as.Activity], as)...)
		}
		t.Rows = append(t.Rows, row)
	}
	reasons, err := o.reasons(plan, lines)
	if err != nil {
		return nil, err
	}
	if len(reasons) > 0 {
		t.Sections = append(t.Sections, report.Section{Title: "Why there", Intro: "What breaks if a release goes one window earlier.", Items: reasons})
	}
	manual, err := o.manualConflicts()
	if err != nil {
		return nil, err
	}
	if len(manual) > 0 {
		s := report.Section{Title: "What was wrong with the plan made by hand", Intro: "Found by the same judge that passed the plan above."}
		for _, c := range manual {
			s.Items = append(s.Items, c.Reason)
		}
		t.Sections = append(t.Sections, s)
	}
	return t, nil
}

// bars draws an activity, part by part where its parts are known.
func bars(a *schedule.Activity, as schedule.Assignment) []report.Bar {
	kinds := map[schedule.PartKind]report.BarKind{schedule.Prepare: report.Prepare, schedule.Implement: report.Work, schedule.Verify: report.Verify,
		schedule.Decide: report.Verify, schedule.BackOut: report.BackOut, schedule.Recheck: report.BackOut}
	if len(a.Parts) > 0 && a.Pause == schedule.NoPause {
		var out []report.Bar
		at := as.Start
		for _, part := range a.Parts {
			next := at.Add(part.Duration.Std())
			out = append(out, report.Bar{Interval: calendar.Interval{Start: at, End: next}, Label: a.Name + ", " + string(part.Kind), Kind: kinds[part.Kind]})
			at = next
		}
		return out
	}
	kind := report.Work
	switch {
	case a.Effect == schedule.Soaking:
		kind = report.Soak
	case a.Effect == schedule.Detached && as.End.Sub(as.Start) < 2*time.Hour:
		kind = report.Meeting
	case a.Effect == schedule.Detached:
		kind = report.Prepare
	}
	return []report.Bar{{Interval: as.Interval(), Label: a.Name, Kind: kind}}
}

// shades draws the calendar that most of the delivering work keeps to.
func (o *organisation) shades(t *report.Timeline) error {
	uses := map[string]int{}
	for i := range o.problem.Activities {
		a := &o.problem.Activities[i]
		if a.Effect == schedule.Outage {
			id := a.Calendar
			if id == "" {
				id = o.problem.Calendar
			}
			uses[id]++
		}
	}
	best := -1
	for i, c := range o.problem.Calendars {
		if uses[c.ID] > 0 && (best < 0 || uses[c.ID] > uses[o.problem.Calendars[best].ID]) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	c := &o.problem.Calendars[best]
	kinds := map[calendar.Kind]report.ShadeKind{calendar.Maintenance: report.Open, calendar.Freeze: report.Frozen, calendar.Blackout: report.Blackout}
	whole := calendar.Calendar{ID: c.ID}
	for _, w := range c.Windows {
		// What concerns a few only, such as emergencies or one service, would hide the rest.
		if len(w.Scope.Types) == 0 && len(w.Scope.Services) == 0 && len(w.Scope.CIs) == 0 {
			w.Scope = calendar.Scope{}
			whole.Windows = append(whole.Windows, w)
		}
	}
	for w, iv := range whole.Occurrences(t.Span, calendar.Subject{}) {
		label := w.Reason
		if label == "" {
			label = strings.ReplaceAll(w.ID, "-", " ")
		}
		t.Shades = append(t.Shades, report.Shade{Interval: iv, Kind: kinds[w.Kind], Label: label})
	}
	return nil
}

func sentence(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
