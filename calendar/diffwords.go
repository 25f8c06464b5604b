package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Words says in sentences what a change of policy means: first what became of windows and
// overrides, then for each subject what opens, closes and needs another consent, with
// instants in an IANA zone. Windows are called by their reason, if they have one. Of more than
// three stretches it names the first three and counts the rest.
func (d *PolicyDiff) Words(zone string) ([]string, error) {
	loc, err := loadZone(zone)
	if err != nil {
		return nil, fmt.Errorf("unknown time zone %q; use an IANA name such as Europe/London", clip(zone))
	}
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	become := map[string]string{"added": "new", "removed": "gone", "changed": "changed"}
	for _, w := range d.Windows {
		what := "override"
		switch {
		case w.Kind == Maintenance || w.Kind == Blackout:
			what = string(w.Kind) + " window"
		case w.Kind != "":
			what = string(w.Kind)
		}
		name := w.Reason
		if name == "" {
			name = w.ID
		}
		add("The %s “%s” of the calendar “%s” is %s.", what, name, w.Calendar, become[w.Change])
	}
	for i := range d.Subjects {
		s := &d.Subjects[i]
		who := s.Subject.words()
		for _, x := range []struct {
			is   string
			when Intervals
		}{{"is open where it was closed", s.Opened}, {"is closed where it was open", s.Closed},
			{"needs a consent or has to heed a warning that it did not", s.Obliged}, {"no longer needs the consent that it did", s.Relieved}} {
			if !x.when.Empty() {
				add("%s %s: %s.", who, x.is, inWords(x.when, loc))
			}
		}
	}
	if len(d.Subjects) == 0 {
		add("For none of the subjects anything changes from %s to %s.", stampIn(d.Within.Start, loc), stampIn(d.Within.End, loc))
	}
	return out, nil
}

// words says which work a subject stands for.
func (s *Subject) words() string {
	var of []string
	list := func(noun string, values ...string) {
		values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
		if len(values) > 0 {
			of = append(of, noun+" “"+strings.Join(values, "”, “")+"”")
		}
	}
	list("type", s.Type)
	list("action", s.Action)
	list("CI", s.CIs...)
	list("class", s.Classes...)
	list("service", s.Services...)
	list("environment", s.Environments...)
	list("region", s.Regions...)
	list("tag", s.Tags...)
	if of == nil {
		return "Work that no scope names"
	}
	return "Work of " + strings.Join(of, ", ")
}

func inWords(set Intervals, loc *time.Location) string {
	const most = 3
	var first []string
	more, rest := 0, time.Duration(0)
	for iv := range set.All() {
		if len(first) < most {
			first = append(first, stampIn(iv.Start, loc)+" to "+stampIn(iv.End, loc))
			continue
		}
		more++
		rest += iv.Duration()
	}
	text := strings.Join(first, ", ")
	if more > 0 {
		text += fmt.Sprintf(" and %d more stretches of %s in all", more, hoursIn(rest))
	}
	return text
}

func stampIn(t time.Time, loc *time.Location) string {
	if t = t.In(loc); t.Second() != 0 {
		return t.Format("Mon 2 Jan 2006 15:04:05 MST")
	}
	return t.Format("Mon 2 Jan 2006 15:04 MST")
}

// hoursIn writes a length in hours and minutes.
func hoursIn(d time.Duration) string {
	if m := d % time.Hour / time.Minute; m != 0 {
		return fmt.Sprintf("%d h %d min", d/time.Hour, m)
	}
	return fmt.Sprintf("%d h", d/time.Hour)
}
