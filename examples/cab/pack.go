package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/lifecycle"
)

// A pack is everything that the board of a month gets.
type pack struct {
	g         *lifecycle.Governance
	p         *schedule.Problem // with the board's seats
	b         *lifecycle.Board
	plan      *schedule.Plan
	conflicts []schedule.Conflict
	agendas   []lifecycle.Agenda
	deadlines map[string]lifecycle.Deadlines
	zone      *time.Location
}

// prepare seats the board, plans, and counts back. The calendars of the problem that have graded
// freezes are the windows of the rules.
func prepare(ctx context.Context, p *schedule.Problem, r *lifecycle.Rules, b *lifecycle.Board, work int64) (*pack, error) {
	k := pack{b: b, zone: time.UTC, deadlines: map[string]lifecycle.Deadlines{}}
	var err error
	if p.Zone != "" {
		if k.zone, err = time.LoadLocation(p.Zone); err != nil {
			return nil, err
		}
	}
	if r.Windows == nil {
		policy := calendar.Policy{Version: calendar.PolicyVersion}
		for _, c := range p.Calendars {
			if slices.ContainsFunc(c.Windows, func(w calendar.Window) bool { return w.Grade == calendar.Approval }) {
				policy.Calendars = append(policy.Calendars, c)
			}
		}
		if len(policy.Calendars) > 0 {
			r.Windows = &policy
		}
	}
	if k.g, err = r.Compile(p.Horizon); err != nil {
		return nil, err
	}
	if k.p, err = k.g.LeadTimes(p); err != nil {
		return nil, err
	}
	if k.p, err = k.g.Seat(b, k.p); err != nil {
		return nil, err
	}
	if k.plan, err = schedule.Solve(ctx, k.p, &schedule.Options{MaxWork: work}); err != nil {
		return nil, err
	}
	if k.conflicts, err = schedule.Check(k.p, k.plan); err != nil {
		return nil, err
	}
	if k.agendas, err = k.g.Agendas(b, k.p, k.plan, k.p.Horizon); err != nil {
		return nil, err
	}
	all, err := k.g.Backwards(k.p, k.plan, b)
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		k.deadlines[d.Release] = d
	}
	return &k, nil
}

// when says an instant in the zone of the problem; – is none.
func (k *pack) when(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.In(k.zone).Format("Mon 2 Jan 15:04")
}

// panels says whose approval a release needs where the plan puts it.
func (k *pack) panels(release string) string {
	r := &k.p.Releases[slices.IndexFunc(k.p.Releases, func(r schedule.Release) bool { return r.ID == release })]
	terms, planned := lifecycle.TermsOf(r, k.plan, 0)
	c := lifecycle.Change{Type: r.Type, Terms: terms, Planned: planned}
	var out []string
	for _, p := range k.g.Panels(&c, planned.Start) {
		text := fmt.Sprintf("%s (%d of %d)", p.Name, p.Need, len(p.Of))
		if p.Freeze != "" {
			text = fmt.Sprintf("**%s, for %s**", strings.Join(p.Of, " or "), p.Name)
		}
		out = append(out, text)
	}
	return strings.Join(out, ", ")
}

func (k *pack) write(w io.Writer) error {
	var b bytes.Buffer
	name := k.b.Name
	if name == "" {
		name = k.b.ID
	}
	fmt.Fprintf(&b, "# %s: %s\n\nTimes are those of %s. The plan is %s; findings: %d.\n", cell(name), cell(k.p.Name), k.zone, k.plan.Status, len(k.conflicts))
	for _, c := range k.conflicts {
		fmt.Fprintf(&b, "- %s\n", cell(c.String()))
	}
	for i := range k.agendas {
		k.meeting(&b, &k.agendas[i])
	}
	k.promises(&b)
	_, err := w.Write(b.Bytes())
	return err
}

func (k *pack) meeting(b *bytes.Buffer, a *lifecycle.Agenda) {
	m := &a.Meeting
	fmt.Fprintf(b, "\n## %s to %s\n\nSubmitted by %s. %d items, %s free.\n", k.when(m.During.Start), m.During.End.In(k.zone).Format("15:04"), m.CutOff, len(a.Items), words(a.Free))
	if len(a.Items) > 0 {
		b.WriteString("\n| time | change | type | risk | runs | approvals | slack |\n|---|---|---|---:|---|---|---:|\n")
	}
	for _, it := range a.Items {
		fmt.Fprintf(b, "| %s–%s | %s %s (%s) | %s | %d | %s–%s | %s | %s |\n", it.At.Start.In(k.zone).Format("15:04"), it.At.End.In(k.zone).Format("15:04"),
			it.Release, cell(it.Name), cell(it.Owner), it.Type, it.Risk, k.when(it.Delivers.Start), it.Delivers.End.In(k.zone).Format("15:04"), k.panels(it.Release), k.slack(it.Release))
	}
	list := func(title string, items []lifecycle.AgendaItem) {
		if len(items) == 0 {
			return
		}
		fmt.Fprintf(b, "\n%s\n\n", title)
		for _, it := range items {
			fmt.Fprintf(b, "- %s %s (%s), risk %d, %s\n", it.Release, cell(it.Name), cell(it.Owner), it.Risk, k.when(it.Delivers.Start))
		}
	}
	list("Pre-approved, to be told:", a.PreApproved)
	list("After the fact, to be looked at:", a.Retrospective)
}

func (k *pack) slack(release string) string {
	d := k.deadlines[release]
	if d.Slack < 0 {
		return "**late**"
	}
	return fmt.Sprintf("%d days", d.SlackDays)
}

func (k *pack) promises(b *bytes.Buffer) {
	b.WriteString("\n## Promises, counted back\n\n| change | promise | submit by | board by | announce by | start by | run by | slack | critical chain |\n|---|---|---|---|---|---|---|---:|---|\n")
	for i := range k.p.Releases {
		d := k.deadlines[k.p.Releases[i].ID]
		board := "–"
		if d.BoardBy != nil {
			board = k.when(d.BoardBy.During.Start)
		}
		var chain []string
		for _, l := range d.Chain {
			chain = append(chain, l.Activity)
		}
		note := strings.Join(chain, " → ")
		if d.Problem != "" {
			note += "; **" + cell(d.Problem) + "**"
		}
		fmt.Fprintf(b, "| %s %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", d.Release, cell(d.Name), k.when(d.Promise), d.SubmitBy, board, d.AnnounceBy,
			k.when(d.StartBy), k.when(d.DeliverBy), k.slack(d.Release), note)
	}
}

func words(d schedule.Duration) string { return fmt.Sprintf("%d min", d/schedule.Minute) }

// cell makes text plain inside a table.
func cell(s string) string {
	return strings.NewReplacer("\\", "\\\\", "|", "\\|", "\n", " ", "\r", " ", "*", "\\*", "_", "\\_", "`", "\\`", "<", "\\<", "[", "\\[").Replace(s)
}
