package judge

import (
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

func slotAt(t time.Time) calendar.Interval { return calendar.Interval{Start: t, End: t.Add(slot)} }

func calendarOf(c *Case, id string) *calendar.Calendar {
	for _, k := range c.Calendars {
		if k.ID == id {
			return k
		}
	}
	return nil
}

func twinRestricted(k *calendar.Calendar, s calendar.Subject) bool {
	for _, w := range k.InScope(s) {
		if w.Kind == calendar.Maintenance {
			return true
		}
	}
	return k.Default == calendar.DefaultClosed
}

// twinAt looks at one slot: which closing windows cover it, and whether maintenance does.
func twinAt(k *calendar.Calendar, s calendar.Subject, t time.Time) (denied, allowed bool) {
	for w := range k.Occurrences(slotAt(t), s) {
		if w.Kind == calendar.Maintenance {
			allowed = true
		} else if w.Closes() {
			denied = true
		}
	}
	return denied, allowed || !twinRestricted(k, s)
}

func twinOpen(c *Case, a *Activity, t time.Time) bool {
	k := calendarOf(c, a.Calendar)
	if k == nil {
		return true
	}
	denied, allowed := twinAt(k, a.Subject, t)
	return !denied && allowed
}

// whole finds the occurrence of a window, before overrides, that covers the slot at t.
func whole(k *calendar.Calendar, s calendar.Subject, id string, t time.Time) calendar.Interval {
	bare := *k
	bare.Overrides = nil
	for w, iv := range bare.Occurrences(slotAt(t), s) {
		if w.ID == id {
			return iv
		}
	}
	panic("no such occurrence")
}

func closedKind(w *calendar.Window) Kind {
	if w.Kind == calendar.Freeze {
		return InFreeze
	}
	return InBlackout
}

func (w *twin) calendar(a *Activity, as Assignment) {
	k := calendarOf(w.c, a.Calendar)
	if k == nil {
		return
	}
	inside := func(win *calendar.Window, t time.Time, lo, hi time.Time) {
		w.share(fmt.Sprintf("%s %s %v", closedKind(win), win.ID, whole(k, a.Subject, win.ID, t)), a.ID, lo, hi)
	}
	for t := as.Start; t.Before(as.End); t = t.Add(slot) {
		for win, iv := range k.Occurrences(slotAt(t), a.Subject) {
			switch {
			case win.Kind == calendar.Maintenance:
			case !win.Closes():
				inside(win, t, t, t.Add(slot))
			case !a.Pauses && !(win.Overrun && as.Start.Before(iv.Start)):
				inside(win, t, t, t.Add(slot))
			}
		}
	}
	restricted := twinRestricted(k, a.Subject)
	_, allowed := twinAt(k, a.Subject, as.Start)
	outside := func(lo, hi time.Time) {
		from, to := "-", "-"
		for n := range 300 {
			t := as.Start.Add(-time.Duration(n+1) * slot)
			if _, ok := twinAt(k, a.Subject, t); ok {
				from = stamp(t.Add(slot))
				break
			}
		}
		for n := range 300 {
			t := as.Start.Add(time.Duration(n) * slot)
			if _, ok := twinAt(k, a.Subject, t); ok {
				to = stamp(t)
				break
			}
		}
		w.share(fmt.Sprintf("%s %s %s %s", OutsideWindow, k.ID, from, to), a.ID, lo, hi)
	}
	if as.Start.Equal(as.End) {
		deniedBefore, allowedBefore := twinAt(k, a.Subject, as.Start.Add(-slot))
		denied, _ := twinAt(k, a.Subject, as.Start)
		switch {
		case !denied && allowed || !deniedBefore && allowedBefore:
		case denied:
			for win := range k.Occurrences(slotAt(as.Start), a.Subject) {
				if win.Closes() {
					inside(win, as.Start, as.Start, as.Start)
				}
			}
		default:
			outside(as.Start, as.Start)
		}
		return
	}
	if a.Pauses {
		denied := false
		for win, iv := range k.Occurrences(slotAt(as.Start), a.Subject) {
			if win.Closes() {
				denied = true
				end := iv.End
				if as.End.Before(end) {
					end = as.End
				}
				inside(win, as.Start, as.Start, end)
			}
		}
		if denied {
			return
		}
		if !allowed {
			end := as.Start
			for end.Before(as.End) {
				if _, ok := twinAt(k, a.Subject, end); ok {
					break
				}
				end = end.Add(slot)
			}
			outside(as.Start, end)
			return
		}
	}
	if !restricted {
		return
	}
	usable, overrun := false, false
	cut := time.Time{}
	for win, iv := range k.Occurrences(slotAt(as.Start), a.Subject) {
		if win.Kind != calendar.Maintenance {
			continue
		}
		last := iv.End.Add(-win.CutOff.Exact)
		if !as.Start.After(last) {
			usable, overrun = true, overrun || win.Overrun
		} else if last.After(cut) {
			cut = last
		}
	}
	if allowed && !usable {
		w.say(ExceedsWindow, cut, as.Start, a.ID)
	}
	if a.Pauses || overrun {
		return
	}
	var lo, hi time.Time
	for t := as.Start; t.Before(as.End); t = t.Add(slot) {
		if _, ok := twinAt(k, a.Subject, t); !ok {
			if lo.IsZero() {
				lo = t
			}
			hi = t.Add(slot)
		}
	}
	switch {
	case lo.IsZero():
	case allowed:
		w.say(ExceedsWindow, lo, hi, a.ID)
	default:
		outside(lo, hi)
	}
}
