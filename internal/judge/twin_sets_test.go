package judge

import (
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

func (w *twin) order() {
	for _, p := range w.c.Precedences {
		a, ok1 := w.present(p.From)
		b, ok2 := w.present(p.To)
		if !ok1 || !ok2 {
			continue
		}
		from, to := a.End, b.Start
		if p.Type == StartStart || p.Type == StartFinish {
			from = a.Start
		}
		if p.Type == FinishFinish || p.Type == StartFinish {
			to = b.End
		}
		lo, hi := from, to
		if hi.Before(lo) {
			lo, hi = hi, lo
		}
		switch lag := to.Sub(from); {
		case lag < p.MinLag:
			w.say(OrderBreach, lo, hi, p.From, p.To)
		case p.MaxLag != nil && lag > *p.MaxLag:
			w.say(LagExceeded, lo, hi, p.From, p.To)
		}
	}
	for _, l := range w.c.Links {
		if len(w.assigned(l.If)) > 0 && len(w.assigned(l.Then)) == 0 && w.activity(l.Then).Optional {
			as, ok := w.present(l.If)
			if !ok {
				as = Assignment{}
			}
			w.say(Missing, as.Start, as.End, l.If, l.Then)
		}
	}
}

func (w *twin) capacity() {
	for _, r := range w.c.Resources {
		kind := r.Kind
		if kind == "" {
			kind = Overload
		}
		w.lines = append(w.lines, w.over(kind, func(t time.Time) (who []string, bad bool) {
			var load int64
			for i := range w.c.Activities {
				a := &w.c.Activities[i]
				if !w.active(a.ID, t) || a.Pauses && !a.Hold && !twinOpen(w.c, a, t) {
					continue
				}
				as, _ := w.present(a.ID)
				m, _ := w.mode(a, as)
				for _, d := range m.Demands {
					if d.Resource == r.ID && d.Amount > 0 {
						load += d.Amount
						who = append(who, a.ID)
					}
				}
			}
			return who, load > r.Capacity.At(t)
		})...)
	}
	for _, b := range w.c.Budgets {
		for _, p := range b.Periods {
			var used int64
			var who []string
			for _, u := range b.Uses {
				as, ok := w.present(u.Activity)
				if ok && p.Span.Contains(as.Start) && (u.Mode == "" || u.Mode == as.Mode) && u.Amount > 0 {
					used += u.Amount
					who = append(who, u.Activity)
				}
			}
			if used > p.Limit {
				w.say(BudgetExceeded, p.Span.Start, p.Span.End, who...)
			}
		}
	}
	for i := range w.c.Groups {
		g := &w.c.Groups[i]
		if g.Defined {
			continue
		}
		w.lines = append(w.lines, w.over(RedundancyBreach, func(t time.Time) (who []string, bad bool) {
			n, who := w.out(g, t, true)
			incidents, _ := w.out(g, t, false)
			return who, n > g.Allowed.At(t) && n > incidents
		})...)
	}
}

func (w *twin) group(id string) *Group {
	for i := range w.c.Groups {
		if w.c.Groups[i].ID == id {
			return &w.c.Groups[i]
		}
	}
	panic(id)
}

// out counts the members of g that are out at t, with the plan or by incidents alone.
func (w *twin) out(g *Group, t time.Time, plan bool) (n int64, who []string) {
	for _, m := range g.Members {
		is := false
		for _, o := range m.Outages {
			as, ok := w.present(o.Activity)
			if plan && ok && as.Start.Before(as.End) && !t.Before(as.Start) && t.Before(as.End.Add(o.Soak)) {
				is = true
				who = append(who, o.Activity)
			}
		}
		for _, iv := range m.Down {
			is = is || iv.Contains(t)
		}
		for _, id := range m.Groups {
			if k, below := w.out(w.group(id), t, plan); k > w.group(id).Allowed.At(t) {
				is = true
				who = append(who, below...)
			}
		}
		if is {
			n++
		}
	}
	return n, who
}

func (w *twin) overlaps() {
	found := map[string]bool{} // the same activities over the same span at several places are one cause
	for _, x := range w.c.Exclusions {
		// An incident comes as "".
		running := func(t time.Time) (direct, remote []string) {
			for _, m := range x.Members {
				if m.Activity == "" && !slices.ContainsFunc(m.During, func(iv calendar.Interval) bool { return iv.Contains(t) }) ||
					m.Activity != "" && !w.active(m.Activity, t) {
					continue
				}
				if x.Kind == RelatedCI && len(m.Path) > 1 {
					remote = append(remote, m.Activity)
				} else {
					direct = append(direct, m.Activity)
				}
			}
			return direct, remote
		}
		work := func(who []string) []string {
			return slices.DeleteFunc(slices.Clone(who), func(id string) bool { return id == "" })
		}
		kind := x.Kind
		switch kind {
		case "":
			kind = Exclusive
		case RelatedCI:
			kind = SameCI
		}
		for _, line := range w.over(kind, func(t time.Time) ([]string, bool) {
			direct, _ := running(t)
			return work(direct), len(work(direct)) > 0 && len(direct) > 1
		}) {
			found[line] = true
		}
		for _, line := range w.over(RelatedCI, func(t time.Time) ([]string, bool) {
			direct, remote := running(t)
			all := append(direct, remote...)
			return work(all), len(remote) > 0 && len(all) > 1 && len(work(all)) > 0
		}) {
			found[line] = true
		}
	}
	for line := range found {
		w.lines = append(w.lines, line)
	}
}

func (w *twin) bundle(b *Bundle) {
	var planned, present []string
	for _, id := range b.Activities {
		if len(w.assigned(id)) > 0 {
			planned = append(planned, id)
		}
		if _, ok := w.present(id); ok {
			present = append(present, id)
		}
	}
	span := func() (lo, hi time.Time) {
		for _, id := range present {
			as, _ := w.present(id)
			if lo.IsZero() || as.Start.Before(lo) {
				lo = as.Start
			}
			if as.End.After(hi) {
				hi = as.End
			}
		}
		return lo, hi
	}
	lo, hi := span()
	if b.AllOrNothing && len(planned) > 0 && len(planned) < len(b.Activities) {
		w.say(SplitBundle, lo, hi, b.Activities...)
	}
	if !b.SameWindow || len(present) == 0 {
		return
	}
	open := func(id string, t time.Time) bool {
		if len(b.Spans) > 0 {
			return slices.ContainsFunc(b.Spans, func(iv calendar.Interval) bool { return iv.Contains(t) })
		}
		for win := range calendarOf(w.c, b.Calendar).Occurrences(slotAt(t), w.activity(id).Subject) {
			if win.Kind == calendar.Maintenance && !strings.HasPrefix(win.ID, "o-") {
				return true
			}
		}
		return false
	}
	if b.Calendar == "" && len(b.Spans) == 0 {
		return
	}
	start := func(id string) time.Time { as, _ := w.present(id); return as.Start }
	slices.SortFunc(present, func(x, y string) int { return start(x).Compare(start(y)) })
	in, apart := 0, false
	for i, id := range present {
		if open(id, start(id)) {
			in++
		}
		if i == 0 {
			continue
		}
		for t := start(present[i-1]); !t.After(start(id)); t = t.Add(slot) {
			apart = apart || !open(id, t) || !open(present[i-1], t)
		}
	}
	if apart || in < len(present) {
		w.say(SplitBundle, lo, hi, present...)
	}
}
