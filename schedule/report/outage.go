package report

import (
	"fmt"
	"io"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// A ServiceOutage is the projected outage of one service: what cmdb's ServiceOutages
// returns, as plain data.
type ServiceOutage struct {
	Service   string              `json:"service"`
	Outages   []calendar.Interval `json:"outages"`
	Total     schedule.Duration   `json:"total"`
	InHours   schedule.Duration   `json:"inHours"`             // of it, within the hours of service
	Allowance schedule.Duration   `json:"allowance,omitempty"` // 0: none is agreed
	Over      bool                `json:"over,omitempty"`      // InHours is more than the allowance
}

// WriteOutages writes the projected service outage as a table for terminals.
func (s *Schedule) WriteOutages(w io.Writer) error {
	zone := s.zone()
	t := textTable{head: []string{"Service", "Outages", "In all", "In service hours", "Allowance", "First"}}
	for i := range s.Outages {
		o := &s.Outages[i]
		first := "—"
		if len(o.Outages) > 0 {
			first = when(o.Outages[0], zone)
		}
		t.add(o.Service, fmt.Sprint(len(o.Outages)), Length(o.Total.Std()), Length(o.InHours.Std()), o.allowance(), first)
	}
	return t.write(w)
}

func (o *ServiceOutage) allowance() string {
	switch {
	case o.Over:
		return Length(o.Allowance.Std()) + ", EXCEEDED by " + Length(o.InHours.Std()-o.Allowance.Std())
	case o.Allowance > 0:
		return Length(o.Allowance.Std())
	}
	return "none agreed"
}

func (o *ServiceOutage) words(zone *time.Location) string {
	if len(o.Outages) == 0 {
		return o.Service + ": none; allowance " + o.allowance()
	}
	text := fmt.Sprintf("%s: %s in %s (%s in service hours; allowance %s), ", o.Service, Length(o.Total.Std()), Count(len(o.Outages), "outage", "outages"), Length(o.InHours.Std()), o.allowance())
	for i, iv := range o.Outages {
		if i == 5 {
			return text + fmt.Sprintf("; and %d more", len(o.Outages)-i)
		}
		if i > 0 {
			text += "; "
		}
		text += when(iv, zone)
	}
	return text
}
