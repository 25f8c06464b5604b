package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/validate"
	"github.com/slackwater-go/slackwater/schedule"
)

// A SoakRule says how long a stage is watched, at least, and who may decide on less.
type SoakRule struct {
	Release   string            `json:"release"`
	Stage     string            `json:"stage"`
	Duration  schedule.Duration `json:"duration"`
	Calendar  string            `json:"calendar,omitempty"`  // of the problem, of which open time counts; default: all time
	ShortenBy string            `json:"shortenBy,omitempty"` // role, group or person; default: nobody
}

// A Shortening is somebody's decision that a soak may be shorter.
type Shortening struct {
	Release string            `json:"release"`
	Stage   string            `json:"stage"`
	To      schedule.Duration `json:"to"` // no less than this, counted as its rule counts; 0: none is needed
	By      string            `json:"by"`
	For     string            `json:"for,omitempty"` // who delegated it to them
	At      time.Time         `json:"at"`
	Reason  string            `json:"reason"`
}

// A ShortSoak is a soak that a plan makes shorter than anybody decided who may.
type ShortSoak struct {
	Release string            `json:"release"`
	Stage   string            `json:"stage"`
	Asked   schedule.Duration `json:"asked"`
	Planned schedule.Duration `json:"planned"`
	Reason  string            `json:"reason"`
}

// CheckSoaks returns the soaks of a plan that are shorter than their rules ask, and that no
// decision covers, in the order of the rules; nil: none. What counts is the plan: the open time
// of the rule's calendar, or all time, between the start and the end of the soak. A soak that is not in the plan, of a
// release of which other stages are, has no time.
//
// A decision covers a soak that is no shorter than it says, if who decided has the role
// that may, or stands in by a [Delegation] for who has it (of panels, the role is meant), gave a
// reason, and did so no later than at the end of the soak.
func CheckSoaks(p *schedule.Problem, plan *schedule.Plan, rules []SoakRule, decided []Shortening, r *Roster) ([]ShortSoak, error) {
	var l validate.List
	var out []ShortSoak
	planned := map[string]bool{} // releases
	for i := range plan.Assignments {
		release, _, _ := strings.Cut(plan.Assignments[i].Activity, "/")
		planned[or(plan.Assignments[i].From.Release, release)] = true
	}
	for i := range rules {
		q := &rules[i]
		path := fmt.Sprintf("rules[%d]", i)
		if q.Release == "" || q.Stage == "" || q.Duration <= 0 {
			l.Addf(path, "needs release, stage and a duration")
			continue
		}
		cal := slices.IndexFunc(p.Calendars, func(c calendar.Calendar) bool { return c.ID == q.Calendar })
		if cal < 0 && q.Calendar != "" && q.Calendar != schedule.AlwaysOpen {
			l.Addf(path+".calendar", "the problem has no calendar %q", q.Calendar)
			continue
		}
		a, ok := plan.Of(q.Release + "/" + q.Stage)
		if !ok && !planned[q.Release] {
			continue
		}
		took := a.End.Sub(a.Start)
		if cal >= 0 && q.Calendar != "" {
			open, err := p.Calendars[cal].Open(a.Interval(), calendar.Subject{})
			if err != nil {
				l.Addf(path, "its time cannot be counted: %v", err)
				continue
			}
			took = open.Total()
		}
		short := ShortSoak{Release: q.Release, Stage: q.Stage, Asked: q.Duration, Planned: schedule.Duration(took)}
		if short.Planned >= q.Duration {
			continue
		}
		why := []string{"nobody decided that it may be"}
		covered := false
		for k := range decided {
			d := &decided[k]
			if d.Release != q.Release || d.Stage != q.Stage {
				continue
			}
			problem := q.uncovered(d, short.Planned, a.End, r)
			if problem == "" {
				covered = true
				break
			}
			if why[0] == "nobody decided that it may be" {
				why = nil
			}
			why = append(why, problem)
		}
		if !covered {
			short.Reason = fmt.Sprintf("the soak takes %s of the %s it should: %s", short.Planned, short.Asked, strings.Join(why, "; "))
			out = append(out, short)
		}
	}
	if err := l.Err(); err != nil {
		return nil, fmt.Errorf("lifecycle: %w", err)
	}
	return out, nil
}

// uncovered says why a decision does not cover a soak that takes some time until an end, zero where
// it is not planned.
func (q *SoakRule) uncovered(d *Shortening, takes schedule.Duration, end time.Time, r *Roster) string {
	who := or(d.For, d.By)
	switch {
	case q.ShortenBy == "":
		return "nobody may shorten it"
	case d.By == "" || d.At.IsZero() || d.Reason == "":
		return "a decision lacks who, when or why"
	case !slices.Contains(r.Expand([]string{q.ShortenBy}), who):
		return fmt.Sprintf("%s is no %s, who may shorten it", who, q.ShortenBy)
	case who != d.By && !r.mayStandFor(d.By, who, q.ShortenBy, d.At):
		return fmt.Sprintf("no delegation lets %s decide for %s on %s", d.By, who, d.At.Format(time.RFC3339))
	case !end.IsZero() && d.At.After(end):
		return fmt.Sprintf("%s decided on %s, after its end", d.By, d.At.Format(time.RFC3339))
	case takes < d.To:
		return fmt.Sprintf("%s allowed no less than %s", d.By, d.To)
	}
	return ""
}
