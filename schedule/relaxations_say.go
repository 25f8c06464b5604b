package schedule

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slackwater-go/slackwater/calendar"
)

// grantor says who can grant an edit.
func (r *relaxing) grantor(e *Edit) string {
	owner := func(id string) string {
		a := r.w.named[id]
		switch {
		case r.owners[a.From.Release] != "":
			return r.owners[a.From.Release]
		case a.Team != "":
			return "team " + a.Team
		}
		return "the owner of " + r.w.who(id)
	}
	switch e.Kind {
	case EndEarlier, BeginLater, Interrupt, Exempt, AddWindow:
		c := r.p.calendarNamed(e.Calendar)
		if k := slices.IndexFunc(c.Windows, func(w calendar.Window) bool { return w.ID == e.Window }); k >= 0 {
			w := &c.Windows[k]
			if len(w.Approvers) > 0 {
				return strings.Join(w.Approvers, " or ")
			}
			return "the owner of the " + string(w.Kind) + " " + quoted(or(w.Reason, w.ID))
		}
		return "the owner of the calendar " + quoted(e.Calendar)
	case WaiveDateRule:
		return "change management"
	case ShortenLag, DropOrder, ExtendLag:
		return owner(r.p.Precedences[e.index].To)
	case AllowOverlap:
		x := &r.p.Exclusions[e.index]
		if x.At == "" {
			return "the owners of " + r.w.whos(x.Activities)
		}
		return "the owner of " + quoted(x.At)
	case DropLink:
		return owner(r.p.Links[e.index].If)
	case LoosenBundle:
		b := &r.p.Bundles[e.index]
		return "the owner of " + quoted(or(b.Name, b.ID))
	case AddCapacity:
		x := &r.p.Resources[e.index]
		return "who leads " + quoted(or(x.Name, x.ID))
	case AllowOut:
		g := &r.p.Groups[e.index]
		return "the owner of " + quoted(or(g.Name, g.ID))
	case RaiseBudget:
		b := &r.p.Budgets[e.index]
		return "the owner of the budget " + quoted(or(b.Name, b.ID))
	}
	return owner(e.Activity)
}

// say writes what an edit asks for.
func (r *relaxing) say(e *Edit) string {
	who := r.w.who
	window := func() string {
		c := r.p.calendarNamed(e.Calendar)
		for i := range c.Windows {
			if w := &c.Windows[i]; w.ID == e.Window {
				return string(w.Kind) + " " + quoted(or(w.Reason, w.ID))
			}
		}
		return quoted(e.Window)
	}
	by := lengthOf(e.By.Std())
	switch i := e.index; e.Kind {
	case EndEarlier:
		return fmt.Sprintf("End the %s %s earlier, %s.", window(), by, r.w.when(e.Span.End.Add(-e.By.Std())))
	case BeginLater:
		return fmt.Sprintf("Begin the %s %s later, %s.", window(), by, r.w.when(e.Span.Start.Add(e.By.Std())))
	case Interrupt:
		return fmt.Sprintf("Interrupt the %s for %s, %s.", window(), by, r.w.during(e.Span))
	case Exempt:
		return fmt.Sprintf("Let %s run in the %s.", who(e.Activity), window())
	case AddWindow:
		return fmt.Sprintf("Open a maintenance window of %s for %s, %s.", by, who(e.Activity), r.w.during(e.Span))
	case MoveDeadline:
		return fmt.Sprintf("Move the deadline of %s by %s to %s.", who(e.Activity), by, r.w.when(r.p.Activities[i].NotAfter.Add(e.By.Std())))
	case AllowEarlier:
		return fmt.Sprintf("Let %s start %s earlier, from %s on.", who(e.Activity), by, r.w.when(r.p.Activities[i].NotBefore.Add(-e.By.Std())))
	case Unpin:
		return fmt.Sprintf("Let %s start at another time than %s.", who(e.Activity), r.w.when(r.p.Activities[i].Pinned))
	case WaiveDateRule:
		d := &r.p.DateRules[i]
		return fmt.Sprintf("Waive %s for %s.", or(d.Name, strings.ReplaceAll(string(d.Kind), "-", " ")), r.w.whos(d.Activities))
	case ShortenLag:
		x := &r.p.Precedences[i]
		return fmt.Sprintf("Shorten the wait of %s between %s and %s by %s.", lengthOf(x.MinLag.Std()), who(x.From), who(x.To), by)
	case DropOrder:
		return fmt.Sprintf("Let %s go without waiting for %s.", who(r.p.Precedences[i].To), who(r.p.Precedences[i].From))
	case ExtendLag:
		x := &r.p.Precedences[i]
		return fmt.Sprintf("Let %s come %s later after %s than the %s allowed now.", who(x.To), by, who(x.From), lengthOf(x.MaxLag.Std()))
	case ShortenSoak:
		return fmt.Sprintf("Shorten %s by %s to %s.", who(e.Activity), by, lengthOf((r.p.Activities[i].Duration - e.By).Std()))
	case AddCapacity:
		x := &r.p.Resources[i]
		if e.placed() {
			return fmt.Sprintf("Add %d to %s for %s, %s.", e.Amount, quoted(or(x.Name, x.ID)), by, r.w.during(e.Span))
		}
		return fmt.Sprintf("Add %d to %s.", e.Amount, quoted(or(x.Name, x.ID)))
	case AllowOverlap:
		x := &r.p.Exclusions[i]
		return fmt.Sprintf("Let %s overlap.", r.w.whos(x.Activities))
	case AllowOut:
		g := &r.p.Groups[i]
		return fmt.Sprintf("Let %d more of %s be out at once.", e.Amount, quoted(or(g.Name, g.ID)))
	case RaiseBudget:
		b := &r.p.Budgets[i]
		return fmt.Sprintf("Raise the budget %s by %d.", quoted(or(b.Name, b.ID)), e.Amount)
	case DropLink:
		return fmt.Sprintf("Let %s go without %s.", who(r.p.Links[i].If), who(r.p.Links[i].Then))
	case LoosenBundle:
		b := &r.p.Bundles[i]
		return fmt.Sprintf("Let %s go apart.", quoted(or(b.Name, b.ID)))
	}
	if id := r.p.Activities[e.index].From.Release; id != "" {
		return fmt.Sprintf("Leave the release %s out.", quoted(or(r.titles[id], id)))
	}
	return fmt.Sprintf("Leave %s out.", who(e.Activity))
}
