package judge

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/slackwater-go/slackwater/calendar"
)

// Sentences are for the people who own the plan: they speak of names where there are
// names, give times in the zone of the case, and say by how much.

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func quote(name string) string { return "“" + name + "”" }

// when writes an instant, such as "Sat 19 Dec 2026 22:00 CET".
func (s *state) when(n int64) string {
	t := toTime(n).In(s.zone)
	return day(t) + " " + clock(t) + " " + t.Format("MST")
}

func day(t time.Time) string { return t.Format("Mon 2 Jan 2006") }

func clock(t time.Time) string {
	switch {
	case t.Nanosecond() != 0:
		return t.Format("15:04:05.999999999")
	case t.Second() != 0:
		return t.Format("15:04:05")
	}
	return t.Format("15:04")
}

// during writes a span, such as "Sat 19 Dec 2026 22:00–23:30 CET".
func (s *state) during(iv calendar.Interval) string {
	a, b := iv.Start.In(s.zone), iv.End.In(s.zone)
	if a.Equal(b) {
		return s.when(toInstant(a))
	}
	if day(a) == day(b) && a.Format("MST") == b.Format("MST") {
		return day(a) + " " + clock(a) + "–" + clock(b) + " " + a.Format("MST")
	}
	return s.when(toInstant(a)) + " to " + s.when(toInstant(b))
}

// length writes a duration exactly, such as "1 h 30 min".
func length(d time.Duration) string {
	if d < 0 {
		return "minus " + length(-max(d, -maxInstant))
	}
	if d == 0 {
		return "0 min"
	}
	var parts []string
	part := func(n time.Duration, unit string) {
		if n > 0 {
			parts = append(parts, strconv.FormatInt(int64(n), 10)+" "+unit)
		}
	}
	if d >= 48*time.Hour {
		part(d/(24*time.Hour), "d")
		d %= 24 * time.Hour
	}
	part(d/time.Hour, "h")
	part(d%time.Hour/time.Minute, "min")
	if rest := d % time.Minute; rest > 0 {
		parts = append(parts, strconv.FormatFloat(rest.Seconds(), 'f', -1, 64)+" s")
	}
	return strings.Join(parts, " ")
}

// list names some of many: “A”, “B” and 3 more.
func list(names []string) string {
	const show = 4
	if len(names) > show+1 {
		return strings.Join(names[:show], ", ") + " and " + strconv.Itoa(len(names)-show) + " more"
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

func (s *state) nameOf(id string) string {
	if k, ok := s.byID[id]; ok {
		return quote(s.acts[k].name())
	}
	return quote(id)
}

func (s *state) who(ms []Member) string {
	names := make([]string, len(ms))
	for i := range ms {
		names[i] = s.nameOf(ms[i].Activity)
	}
	return list(names)
}

// plural picks the verb for the members.
func plural(ms []Member, one, many string) string {
	if len(ms) == 1 {
		return one
	}
	return many
}

func because(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

func units(n int64, unit string) string {
	if unit == "" {
		return strconv.FormatInt(n, 10)
	}
	return strconv.FormatInt(n, 10) + " " + unit
}

func capital(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[n:]
}

// sentence writes Finding.Reason.
func (s *state) sentence(f *Finding, raws []*raw) string {
	e := &f.Evidence[0]
	switch f.Kind {
	case InBlackout, InFreeze:
		return s.sayClosed(f, e)
	case OutsideWindow:
		return s.sayOutside(f, e)
	case ExceedsWindow:
		return s.sayExceeds(f, e)
	case SameCI, RelatedCI, SameService, Exclusive:
		return s.sayOverlap(f, raws)
	case OrderBreach, LagExceeded:
		return s.sayLag(f, raws[0])
	case SplitBundle:
		return s.sayBundle(f, raws[0])
	case RedundancyBreach:
		text := fmt.Sprintf("%s %s too much of %s out, %s: %d out, and at most %d may be.", s.who(f.Members),
			plural(f.Members, "takes", "together take"), quote(raws[0].name), s.during(f.Span), f.Amount.Need, f.Amount.Have)
		if len(e.Down) > 0 {
			text += " Already down: " + list(e.Down) + "."
		}
		return text
	case BudgetExceeded:
		return s.sayBudget(f, raws[0])
	case LeadTime, Notice, Approval, TooEarly, TooLate, PinMoved:
		return s.sayDate(f, raws[0])
	case CustomBreach:
		return s.sayCustom(f, raws[0])
	case Missing:
		return s.sayMissing(f, raws[0])
	case Malformed:
		return s.sayMalformed(f, raws[0])
	}
	return fmt.Sprintf("%s %s %s of %s at once, %s, but there %s.", s.who(f.Members), plural(f.Members, "needs", "together need"),
		units(f.Amount.Need, f.Amount.Unit), quote(raws[0].name), s.during(f.Span), areThere(f.Amount.Have))
}

func areThere(n int64) string {
	switch {
	case n <= 0:
		return "is none"
	case n == 1:
		return "is only 1"
	}
	return "are only " + strconv.FormatInt(n, 10)
}

func (s *state) sayClosed(f *Finding, e *Evidence) string {
	what := "blackout"
	if f.Kind == InFreeze {
		what = "freeze"
	}
	text := fmt.Sprintf("%s %s in the %s %s, %s", s.who(f.Members), plural(f.Members, "runs", "run"), what,
		quote(or(e.Text, e.Window)), s.during(e.Occurrence))
	if f.Amount.Duration > 0 {
		most := ""
		if len(f.Members) > 1 {
			most = "up to "
		}
		text += ", for " + most + length(f.Amount.Duration)
	}
	switch e.Rule {
	case "needs-approval":
		text += "; that needs an extra approval"
		if len(e.Approvers) > 0 {
			text += " by " + strings.Join(e.Approvers, " or ")
		}
	case "advisory":
		text += "; that is allowed, but advised against"
	}
	return text + "."
}

func (s *state) sayOutside(f *Finding, e *Evidence) string {
	text := fmt.Sprintf("%s %s when no maintenance window is open, ", s.who(f.Members), plural(f.Members, "starts", "start"))
	if len(f.Members) == 1 {
		text += s.when(toInstant(f.Members[0].Span.Start))
	} else {
		text += s.during(f.Span)
	}
	if !e.Occurrence.Start.IsZero() {
		text += "; the last one closed " + s.when(toInstant(e.Occurrence.Start))
	}
	if !e.Occurrence.End.IsZero() {
		text += "; the next opens " + s.when(toInstant(e.Occurrence.End))
	}
	return text + "."
}

func (s *state) sayExceeds(f *Finding, e *Evidence) string {
	who := s.who(f.Members)
	if e.Rule == "cut-off" {
		return fmt.Sprintf("%s starts %s, %s after the last start that the window %s allows, %s.", who,
			s.when(toInstant(f.Span.End)), length(f.Amount.Duration), quote(or(e.Text, e.Window)), s.when(toInstant(e.LimitAt)))
	}
	return fmt.Sprintf("%s does not fit the maintenance window %s, which closes %s: %s of the work is outside.", who,
		quote(or(e.Text, e.Window)), s.when(toInstant(e.LimitAt)), length(f.Amount.Duration))
}

func (s *state) sayOverlap(f *Finding, raws []*raw) string {
	var at []string
	for _, r := range raws {
		if r.evidence.At != "" {
			at = append(at, quote(r.evidence.At))
		}
	}
	where := ""
	if len(at) > 0 {
		where = list(at)
	}
	who, span := s.who(f.Members), s.during(f.Span)+" ("+length(f.Amount.Duration)+")"
	if down := f.Evidence[0].Down; len(down) > 0 {
		text := fmt.Sprintf("%s %s with %s, %s", who, plural(f.Members, "collides", "collide"), list(down), span)
		if where != "" {
			text += ", at " + where
		}
		return text + "." + s.sayPath(f)
	}
	switch f.Kind {
	case SameCI:
		return fmt.Sprintf("%s work on %s at the same time, %s.", who, or(where, "the same CI"), span)
	case SameService:
		if where == "" {
			return fmt.Sprintf("%s work on the same service at the same time, %s.", who, span)
		}
		return fmt.Sprintf("%s work on the service %s at the same time, %s.", who, where, span)
	case RelatedCI:
		return fmt.Sprintf("%s run at the same time, %s, and meet at %s.", who, span, or(where, "the same CI")) + s.sayPath(f)
	}
	if where != "" {
		where = " at " + where
	}
	return fmt.Sprintf("%s must not run at the same time%s%s, but do, %s.", who, where, because(f.Evidence[0].Text), span)
}

// sayPath tells the way of the first member that has one.
func (s *state) sayPath(f *Finding) string {
	for i := range f.Members {
		if m := &f.Members[i]; len(m.Path) > 1 {
			return fmt.Sprintf(" What %s changes reaches it by %s.", s.nameOf(m.Activity), pathOf(m))
		}
	}
	return ""
}

// pathOf writes a path with its links, such as "storage —used by→ db → shop".
func pathOf(m *Member) string {
	var b strings.Builder
	for i, ci := range m.Path {
		if i > 0 {
			link := ""
			if i <= len(m.Links) && m.Links[i-1] != "" {
				link = "—" + m.Links[i-1]
				if !strings.Contains(link, " ") { // the name of a type, such as "used-by"
					link = strings.ReplaceAll(link, "-", " ")
				}
			}
			b.WriteString(" " + link + "→ ")
		}
		b.WriteString(ci)
	}
	return b.String()
}

func (s *state) sayLag(f *Finding, r *raw) string {
	e := &r.evidence
	from, to := quote(r.names[0]), quote(r.names[1])
	ends := map[string][2]string{ // from which end of the first, to which end of the second
		"": {"end", "start"}, "FS": {"end", "start"}, "SS": {"start", "start"}, "FF": {"end", "end"}, "SF": {"start", "end"},
	}[r.names[2]]
	mark := "the " + ends[0] + " of " + from
	verb := ends[1]
	limit := "before " + mark
	if f.Kind == LagExceeded {
		limit = "later than " + mark
	}
	switch {
	case e.Limit > 0 && f.Kind == OrderBreach:
		limit = "until " + length(e.Limit) + " after " + mark
	case e.Limit > 0:
		limit = "later than " + length(e.Limit) + " after " + mark
	case e.Limit < 0 && f.Kind == OrderBreach:
		limit = "earlier than " + length(-max(e.Limit, -maxInstant)) + " before " + mark
	case e.Limit < 0:
		limit = "later than " + length(-max(e.Limit, -maxInstant)) + " before " + mark
	}
	early := "early"
	if f.Kind == LagExceeded {
		early = "late"
	}
	return fmt.Sprintf("%s %ss %s too %s: it must not %s %s, %s%s.", to, verb, length(f.Amount.Duration), early, verb, limit,
		s.when(toInstant(e.LimitAt)), because(e.Text))
}

func (s *state) sayBundle(f *Finding, r *raw) string {
	if r.evidence.Rule == "all-or-nothing" {
		quoted := make([]string, len(r.names))
		for i, n := range r.names {
			quoted[i] = quote(n)
		}
		return fmt.Sprintf("The bundle %s goes as a whole or not at all, but the plan leaves out %s.", quote(r.name), list(quoted))
	}
	if f.Amount.Have == 0 {
		return fmt.Sprintf("The bundle %s does not start in one of its windows: %s %s outside all of them.", quote(r.name), s.who(f.Members), plural(f.Members, "starts", "start"))
	}
	return fmt.Sprintf("The bundle %s does not start in one window: at most %d of its %d changes, %s, start in the same one.",
		quote(r.name), f.Amount.Have, f.Amount.Need, s.who(f.Members))
}

func (s *state) sayBudget(f *Finding, r *raw) string {
	text := fmt.Sprintf("%s %s %s of the budget %s, which allows %d", s.who(f.Members), plural(f.Members, "uses", "together use"),
		units(f.Amount.Need, f.Amount.Unit), quote(r.name), f.Amount.Have)
	if r.evidence.At != "" {
		text += " in " + r.evidence.At
	}
	if !r.evidence.Occurrence.Empty() {
		text += ", " + s.during(r.evidence.Occurrence)
	}
	return text + "."
}

func (s *state) sayDate(f *Finding, r *raw) string {
	who, at := s.who(f.Members), s.when(toInstant(r.evidence.LimitAt))
	by := length(f.Amount.Duration)
	if len(f.Members) > 1 {
		by = "up to " + by
	}
	starts, ends := plural(f.Members, "starts", "start"), plural(f.Members, "ends", "end")
	switch r.evidence.Rule {
	case "not-before":
		return fmt.Sprintf("%s %s %s too early: not before %s.", who, starts, by, at)
	case "not-after":
		return fmt.Sprintf("%s %s %s too late: the deadline is %s.", who, ends, by, at)
	case "pinned":
		return fmt.Sprintf("%s %s %s away from its pinned start, %s.", who, starts, by, at)
	case "horizon":
		if f.Kind == TooEarly {
			return fmt.Sprintf("%s %s %s before the time that is planned for, which begins %s.", who, starts, by, at)
		}
		return fmt.Sprintf("%s %s %s after the time that is planned for, which ends %s.", who, ends, by, at)
	}
	what := map[Kind]string{LeadTime: "lead time", Notice: "notice", Approval: "approval"}[f.Kind]
	if r.evidence.Rule == "until" {
		return fmt.Sprintf("%s %s %s after the %s %s runs out, %s.", who, ends, by, what, quote(r.name), at)
	}
	return fmt.Sprintf("%s %s %s too early for the %s %s: not before %s.", who, starts, by, what, quote(r.name), at)
}

func (s *state) sayMissing(f *Finding, r *raw) string {
	switch r.evidence.Rule {
	case "needs":
		return fmt.Sprintf("%s is planned without %s, which it needs%s.", quote(r.names[0]), quote(r.names[1]), because(r.evidence.Text))
	case "not-optional":
		return fmt.Sprintf("%s is left out, but it is not optional.", s.who(f.Members))
	}
	return fmt.Sprintf("%s is not planned.", s.who(f.Members))
}

func (s *state) sayMalformed(f *Finding, r *raw) string {
	e, who := &r.evidence, s.who(f.Members)
	if e.Of != OfActivity && e.Of != OfPlan || len(f.Members) == 0 {
		return capital(e.Text) + "."
	}
	switch e.Rule {
	case "unknown-activity":
		return fmt.Sprintf("The plan names an activity %s that does not exist.", who)
	case "planned-and-left-out":
		return fmt.Sprintf("%s is both planned and left out.", who)
	case "planned-twice":
		return fmt.Sprintf("%s is planned %d times.", who, f.Amount.Need)
	case "mode-missing":
		return fmt.Sprintf("%s can be done in several ways, and the plan does not say which.", who)
	case "mode-unknown":
		return fmt.Sprintf("%s cannot be done in the way %s that the plan names.", who, quote(e.At))
	case "time-missing":
		return fmt.Sprintf("%s has no start or no end.", who)
	case "time-unusable":
		return fmt.Sprintf("%s is planned outside the years 1850 to 2129.", who)
	case "ends-before-start":
		return fmt.Sprintf("%s ends before it starts.", who)
	case "too-long":
		return fmt.Sprintf("%s lasts more than ten years.", who)
	case "calendar-too-fine":
		return fmt.Sprintf("%s cannot be judged: its calendar has more than %d window occurrences while it runs.", who, maxAsked)
	case "working-time":
		if e.Actual == e.Limit {
			return fmt.Sprintf("%s ends while it pauses: its work is done %s earlier.", who, length(f.Amount.Duration))
		}
		return fmt.Sprintf("%s needs %s of working time, but %s lie between its start and its end, %s.", who,
			length(e.Limit), length(e.Actual), s.during(f.Span))
	}
	return fmt.Sprintf("%s takes %s, but the plan gives it %s, %s.", who, length(e.Limit), length(e.Actual), s.during(f.Span))
}
