package report

import (
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// A ChainLink is one activity of the critical chain, with what ties it to the link
// before it.
type ChainLink struct {
	Activity string            `json:"activity"`
	Name     string            `json:"name,omitempty"`
	During   calendar.Interval `json:"during"`
	Why      string            `json:"why,omitempty"`  // "precedence", "resource ID", "exclusion ID"; "" for the first
	Wait     schedule.Duration `json:"wait,omitempty"` // between the two, beyond the lag: the next could have started that much earlier as far as this link goes
}

// criticalChain walks back from the work that has the least margin to its due date or
// deadline (where nothing has one, from the work that ends last), each time to what
// holds it: the predecessor that releases it last, or work that ends at the very
// instant at which this starts and shares a resource or an exclusion with it. That is
// the critical sequence of Wiest (1964), Goldratt's critical chain, with waits for
// calendars left visible.
func criticalChain(low *schedule.Problem, plan *schedule.Plan, acts map[string]*schedule.Activity) []ChainLink {
	at := make(map[string]*schedule.Assignment, len(plan.Assignments))
	ends := map[int64][]*schedule.Assignment{}
	var last *schedule.Assignment
	var least time.Duration
	promised := false
	for i := range plan.Assignments {
		as := &plan.Assignments[i]
		a := acts[as.Activity]
		if a == nil {
			continue
		}
		at[as.Activity] = as
		ends[as.End.Unix()] = append(ends[as.End.Unix()], as)
		until := a.Due
		if until.IsZero() {
			until = a.NotAfter
		}
		switch {
		case !until.IsZero():
			if m := until.Sub(as.End); !promised || m < least {
				last, least, promised = as, m, true
			}
		case !promised && (last == nil || as.End.After(last.End)):
			last = as
		}
	}
	if last == nil {
		return nil
	}
	into := map[string][]*schedule.Precedence{}
	for i := range low.Precedences {
		x := &low.Precedences[i]
		into[x.To] = append(into[x.To], x)
	}
	shared := sharing(low, acts)
	var back []ChainLink
	seen := map[string]bool{}
	for cur := last; cur != nil && !seen[cur.Activity]; {
		seen[cur.Activity] = true
		link := ChainLink{Activity: cur.Activity, Name: acts[cur.Activity].Name, During: cur.Interval()}
		var next *schedule.Assignment
		var released time.Time
		for _, x := range into[cur.Activity] {
			p := at[x.From]
			if p == nil || seen[x.From] {
				continue
			}
			if t := release(x, p, cur); next == nil || t.After(released) {
				next, released, link.Why = p, t, "precedence"
			}
		}
		if next == nil || released.Before(cur.Start) {
			for _, p := range ends[cur.Start.Unix()] {
				if why := shared(p.Activity, cur.Activity); why != "" && !seen[p.Activity] && p.Start.Before(p.End) {
					next, released, link.Why = p, cur.Start, why
					break
				}
			}
		}
		if next != nil {
			link.Wait = schedule.Duration(cur.Start.Sub(released))
		}
		back = append(back, link)
		cur = next
	}
	out := make([]ChainLink, 0, len(back))
	for i := len(back) - 1; i >= 0; i-- {
		out = append(out, back[i])
	}
	return out
}

// release is the earliest start that a precedence leaves its second activity, given
// where the first one is.
func release(x *schedule.Precedence, from, to *schedule.Assignment) time.Time {
	length := to.End.Sub(to.Start)
	switch x.Type {
	case schedule.StartStart:
		return from.Start.Add(x.MinLag.Std())
	case schedule.StartFinish:
		return from.Start.Add(x.MinLag.Std() - length)
	case schedule.FinishFinish:
		return from.End.Add(x.MinLag.Std() - length)
	}
	return from.End.Add(x.MinLag.Std())
}

// sharing returns a function that says what two activities share: a resource that both
// demand in some mode, or an exclusion.
func sharing(low *schedule.Problem, acts map[string]*schedule.Activity) func(a, b string) string {
	member := map[string]map[string]bool{}
	for i := range low.Exclusions {
		x := &low.Exclusions[i]
		for _, a := range x.Activities {
			if member[a] == nil {
				member[a] = map[string]bool{}
			}
			id := x.ID
			if id == "" {
				id = x.At
			}
			member[a]["exclusion "+id] = true
		}
	}
	demands := func(id string) map[string]bool {
		out := map[string]bool{}
		a := acts[id]
		for _, d := range a.Demands {
			out[d.Resource] = true
		}
		for _, m := range a.Modes {
			for _, d := range m.Demands {
				out[d.Resource] = true
			}
		}
		return out
	}
	return func(a, b string) string {
		da, db := demands(a), demands(b)
		for i := range low.Resources {
			if id := low.Resources[i].ID; da[id] && db[id] {
				return "resource " + id
			}
		}
		why := ""
		for x := range member[a] {
			if member[b][x] && (why == "" || x < why) {
				why = x
			}
		}
		return why
	}
}
