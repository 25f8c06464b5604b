package schedule

import (
	"fmt"
	"strings"

	"github.com/slackwater-go/slackwater/calendar"
)

// Requirements in words: clauses, which [asSentence] makes sentences of.

// sayLag says how one waits for the other.
func (c *compiled) sayLag(p *Precedence, most bool) string {
	// What To does, and what From does before it or afterwards.
	verb, done, does := "starts", "has ended", "ends"
	if p.Type == FinishFinish || p.Type == StartFinish {
		verb = "ends"
	}
	if p.Type == StartStart || p.Type == StartFinish {
		done, does = "has started", "starts"
	}
	from, to := c.who(p.From), c.who(p.To)
	lag := p.MinLag
	if most {
		lag = *p.MaxLag
	}
	var text string
	switch long := lengthOf(max(lag, -lag).Std()); {
	case most && lag > 0:
		text = fmt.Sprintf("%s %s at most %s after %s %s", to, verb, long, from, done)
	case most && lag < 0:
		text = fmt.Sprintf("%s %s at least %s before %s %s", to, verb, long, from, does)
	case most:
		text = fmt.Sprintf("%s %s no later than %s %s", to, verb, from, does)
	case lag > 0:
		text = fmt.Sprintf("%s %s at least %s after %s %s", to, verb, long, from, done)
	case lag < 0:
		text = fmt.Sprintf("%s %s at most %s before %s %s", to, verb, long, from, does)
	default:
		text = fmt.Sprintf("%s %s only once %s %s", to, verb, from, done)
	}
	return text + because(p.Reason)
}

// sayResource says who needs how much of what there is.
func (c *compiled) sayResource(r *Resource, users []string) string {
	users = c.matter(users)
	have := r.Capacity.Base
	for _, s := range r.Capacity.Steps {
		have = max(have, s.Value)
	}
	there := fmt.Sprintf("of which there are %s", units(have, r.Unit))
	switch {
	case r.Kind == NonRenewable && have == 1:
		there = "of which there is 1 in all"
	case r.Kind == NonRenewable:
		there = fmt.Sprintf("of which there are %s in all", units(have, r.Unit))
	case have == 0:
		there = "of which there is none"
	case have == 1:
		there = "of which there is 1"
	}
	switch {
	case len(r.Capacity.Steps) > 0:
		there += " at most, and less at times"
	case r.Calendar != "" && r.Calendar != AlwaysOpen:
		there += ", and only while " + quoted(r.Calendar) + " is open"
	}
	if len(users) == 0 {
		return fmt.Sprintf("work needs %s, %s", quoted(or(r.Name, r.ID)), there)
	}
	return fmt.Sprintf("%s %s %s, %s", c.whos(users), plural(len(users), "needs", "need"), quoted(or(r.Name, r.ID)), there)
}

func units(n int64, unit string) string { return strings.TrimSpace(fmt.Sprintf("%d %s", n, unit)) }

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// sayGroup says how many members may be out, and who takes some out.
func (c *compiled) sayGroup(g *RedundancyGroup, outages []string) string {
	outages = c.matter(outages)
	text := fmt.Sprintf("at most %d of the %d members of %s may be out at once", g.allowed(), len(g.Members), quoted(or(g.Name, g.ID)))
	if g.allowed() == 0 {
		text = fmt.Sprintf("none of the %d members of %s may be out", len(g.Members), quoted(or(g.Name, g.ID)))
	}
	if len(outages) > 0 {
		text += fmt.Sprintf(", and %s %s some out", c.whos(outages), plural(len(outages), "takes", "take"))
	}
	return text
}

// sayBudget says what a budget allows, and who draws on it.
func (c *compiled) sayBudget(b *Budget, users []string) string {
	users = c.matter(users)
	least, most := int64(0), int64(0)
	for i, p := range b.Periods {
		if i == 0 {
			least, most = p.Limit, p.Limit
		}
		least, most = min(least, p.Limit), max(most, p.Limit)
	}
	name := quoted(or(b.Name, b.ID))
	text := "the budget " + name + " is limited"
	switch {
	case len(b.Periods) == 1 && b.Periods[0].Name != "":
		text = fmt.Sprintf("the budget %s allows %s in %s", name, units(most, b.Unit), b.Periods[0].Name)
	case len(b.Periods) == 1:
		text = fmt.Sprintf("the budget %s allows %s", name, units(most, b.Unit))
	case len(b.Periods) > 1 && least == most:
		text = fmt.Sprintf("the budget %s allows %s in each period", name, units(most, b.Unit))
	case len(b.Periods) > 1:
		text = fmt.Sprintf("the budget %s allows from %d to %s in a period", name, least, units(most, b.Unit))
	}
	if len(users) > 0 {
		text += fmt.Sprintf(", and %s %s on it", c.whos(users), plural(len(users), "draws", "draw"))
	}
	return text
}

// called names a rule, by its kind where it has no name.
func (r *DateRule) called() string {
	if r.Name != "" {
		return r.Name
	}
	return "the " + strings.ReplaceAll(string(r.Kind), "-", " ")
}

// sayRule says which dates governance sets.
func (c *compiled) sayRule(r *DateRule) string {
	loc, _ := c.p.location()
	text := c.whos(c.matter(r.Activities))
	if !r.From.IsZero() {
		text += " must not start before " + whenIn(loc, r.From)
	}
	if !r.Until.IsZero() {
		if !r.From.IsZero() {
			text += " and"
		}
		text += " must end by " + whenIn(loc, r.Until)
	}
	return text + because(r.called())
}

// sayMaintenance says that work keeps to the maintenance windows of a calendar.
func (c *compiled) sayMaintenance(cal *calendar.Calendar, ids []string) string {
	if len(ids) == 0 {
		return fmt.Sprintf("%s is open in its maintenance windows only", quoted(cal.ID))
	}
	return fmt.Sprintf("%s %s only in the maintenance windows of %s", c.whos(ids), plural(len(ids), "runs", "run"), quoted(cal.ID))
}

// sayClosed says that nothing runs in a blackout or freeze, and when that is where it
// happens once.
func (c *compiled) sayClosed(w *calendar.Window, at calendar.Interval, ids []string) string {
	loc, _ := c.p.location()
	word := "blackout"
	if w.Kind == calendar.Freeze {
		word = "freeze"
	}
	text := fmt.Sprintf("nothing runs in the %s %s", word, quoted(or(w.Reason, w.ID)))
	if n := len(ids); n > 0 && n <= 2 {
		text = fmt.Sprintf("%s must not run in the %s %s", c.whos(ids), word, quoted(or(w.Reason, w.ID)))
	}
	if at != (calendar.Interval{}) {
		text += ", " + duringIn(loc, at)
	}
	return text
}
