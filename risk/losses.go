package risk

import (
	"context"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// A Stake is what an outage of a node costs.
type Stake struct {
	Node          string  `json:"node"`
	Criticality   int     `json:"criticality,omitempty"`     // 1 to 5; 0 counts as 3
	CostPerMinute float64 `json:"cost_per_minute,omitempty"` // 0: the criticality is the cost of a minute
}

// A Loss is the outage of one node that a change may cause.
type Loss struct {
	Availability
	ExpectedMinutes float64 `json:"expected_minutes"` // P(down) × minutes within service hours
	WorstMinutes    float64 `json:"worst_minutes"`    // all of them, where the node can go down at all
	ExpectedCost    float64 `json:"expected_cost"`
	WorstCost       float64 `json:"worst_cost"`
}

// ServiceMinutes says how many minutes of [from, to) lie within the service hours of a node.
// Nil means around the clock.
type ServiceMinutes func(node string, from, to time.Time) float64

// Losses weighs the outages of a change that, if it fails, is backed out by to: each node is taken
// to be down from from to to with its chance in s, and only minutes within service hours count.
// ctx is polled as by [System.Outages]. Chances in s are given failure; multiply by P(failure) for the expectation beforehand.
func (s *System) Losses(ctx context.Context, from, to time.Time, stakes []Stake, hours ServiceMinutes, o *OutageOptions) ([]Loss, error) {
	var l validate.List
	if to.Before(from) {
		l.Addf("to", "lies before from")
	}
	names := make([]string, len(stakes))
	for i, k := range stakes {
		names[i] = k.Node
		if k.Criticality < 0 || k.Criticality > 5 || !(k.CostPerMinute >= 0) || !finite(k.CostPerMinute) {
			l.Addf(indexed("stakes", i), "needs a criticality from 0 to 5 and a cost that is not negative")
		}
	}
	if err := l.Err(); err != nil {
		return nil, err
	}
	if len(stakes) == 0 {
		return nil, s.Validate()
	}
	list, err := s.Outages(ctx, o, names...)
	if err != nil {
		return nil, err
	}
	out := make([]Loss, len(stakes))
	for i, k := range stakes {
		minutes := to.Sub(from).Minutes()
		if hours != nil {
			minutes = hours(k.Node, from, to)
		}
		cost := k.CostPerMinute
		if cost == 0 {
			cost = float64(k.Criticality)
			if k.Criticality == 0 {
				cost = 3
			}
		}
		worst := minutes
		if list[i].Exact && list[i].Down == 0 {
			worst = 0
		}
		expected := float64(list[i].Down * minutes)
		out[i] = Loss{list[i], expected, worst, float64(expected * cost), float64(worst * cost)}
	}
	return out, nil
}
