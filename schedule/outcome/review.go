package outcome

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/schedule"
)

// A Review is a deployment that is owed a post-implementation review, and why.
type Review struct {
	Deployment string    `json:"deployment"`
	Service    string    `json:"service,omitempty"`
	Start      time.Time `json:"start"`
	Why        []string  `json:"why"`
}

// Reviews lists, by start and then ID, the deployments that no review has been held of
// and that failed, left issues, were taken back, were emergencies, or took more than
// twice as long as planned.
func Reviews(h *History) []Review {
	var out []Review
	for i := range h.Deployments {
		d := &h.Deployments[i]
		if d.Reviewed || d.Result == Cancelled {
			continue
		}
		var why []string
		if d.Result == Failed || d.Result == WithIssues {
			why = append(why, string(d.Result))
		}
		if d.BackedOut != nil && *d.BackedOut {
			text := "taken back"
			if !d.Restored.IsZero() {
				text += " after " + length(d.Restored.Sub(d.Start).Seconds())
			}
			why = append(why, text)
		}
		if d.Type == schedule.Emergency {
			why = append(why, "emergency")
		}
		if !d.End.IsZero() && !d.Planned.Empty() && d.End.Sub(d.Start) > 2*d.Planned.Duration() {
			why = append(why, "took "+length(d.End.Sub(d.Start).Seconds())+" instead of "+length(d.Planned.Duration().Seconds()))
		}
		if len(why) > 0 {
			out = append(out, Review{d.ID, d.Service, d.Start, why})
		}
	}
	slices.SortFunc(out, func(a, b Review) int {
		return cmp.Or(a.Start.Compare(b.Start), strings.Compare(a.Deployment, b.Deployment))
	})
	return out
}

// A DurationSample is how long the work of one team took against its plan.
type DurationSample struct {
	Team   string    `json:"team,omitempty"`
	Ratios []float64 `json:"ratios"` // actual by planned duration, sorted
}

// Durations returns the actual by planned durations by team, sorted: what a simulation
// draws from in place of guesses. Teams without a record that has both are absent.
func Durations(h *History) []DurationSample {
	by := map[string][]float64{}
	for i := range h.Deployments {
		d := &h.Deployments[i]
		if d.Result != Cancelled && !d.End.IsZero() && !d.Planned.Empty() {
			by[d.Team] = append(by[d.Team], float64(d.End.Sub(d.Start))/float64(d.Planned.Duration()))
		}
	}
	var out []DurationSample
	for team, list := range by {
		slices.Sort(list)
		out = append(out, DurationSample{team, list})
	}
	slices.SortFunc(out, func(a, b DurationSample) int { return strings.Compare(a.Team, b.Team) })
	return out
}
