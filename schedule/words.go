package schedule

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/slackwater-go/slackwater/calendar"
)

// words writes the parts of sentences: names for people, times in the zone of the
// problem, lengths with their units.
type words struct {
	loc   *time.Location
	named map[string]*Activity
}

func wordsOf(low *Problem) words {
	w := words{named: make(map[string]*Activity, len(low.Activities))}
	w.loc, _ = low.location()
	for i := range low.Activities {
		w.named[low.Activities[i].ID] = &low.Activities[i]
	}
	return w
}

func quoted(name string) string { return "“" + name + "”" }

// who names an activity.
func (w *words) who(id string) string {
	if a := w.named[id]; a != nil {
		return quoted(or(a.Name, a.ID))
	}
	return quoted(id)
}

// whos names some of many.
func (w *words) whos(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = w.who(id)
	}
	return someOf(names)
}

// someOf lists all of a few names, and the first of many.
func someOf(names []string) string {
	const show = 3
	if len(names) > show+1 {
		return strings.Join(names[:show], ", ") + fmt.Sprintf(" and %d more", len(names)-show)
	}
	return joined(names)
}

func joined(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

// when writes an instant, such as "Sat 19 Dec 2026 22:00 CET".
func (w *words) when(t time.Time) string { return whenIn(w.loc, t) }

func whenIn(loc *time.Location, t time.Time) string {
	if t = t.In(loc); t.Second() != 0 {
		return t.Format("Mon 2 Jan 2006 15:04:05 MST")
	}
	return t.Format("Mon 2 Jan 2006 15:04 MST")
}

// during writes a span, such as "Sat 19 Dec 2026 22:00–23:30 CET".
func (w *words) during(iv calendar.Interval) string { return duringIn(w.loc, iv) }

func duringIn(loc *time.Location, iv calendar.Interval) string {
	a, b := iv.Start.In(loc), iv.End.In(loc)
	if a.Equal(b) {
		return whenIn(loc, a)
	}
	const day = "Mon 2 Jan 2006"
	if a.Format(day+"MST") == b.Format(day+"MST") {
		clock := "15:04"
		if a.Second() != 0 || b.Second() != 0 {
			clock = "15:04:05"
		}
		return a.Format(day+" "+clock) + "–" + b.Format(clock+" MST")
	}
	return whenIn(loc, a) + " to " + whenIn(loc, b)
}

// lengthOf writes a length, such as "2 d 3 h 30 min".
func lengthOf(d time.Duration) string {
	if d < 0 {
		return "minus " + lengthOf(-d)
	}
	if d < 48*time.Hour {
		return Duration(d).words()
	}
	days := fmt.Sprintf("%d d", d/(24*time.Hour))
	if d %= 24 * time.Hour; d > 0 {
		days += " " + Duration(d).words()
	}
	return days
}

func capital(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[n:]
}

// count writes a number with its noun: "1 change", "3 changes".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// asSentence makes a clause a sentence, and leaves a sentence as it is.
func asSentence(text string) string { return capital(strings.TrimSuffix(text, ".")) + "." }

// because adds the reason that people gave, in brackets.
func because(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + reason + ")"
}
