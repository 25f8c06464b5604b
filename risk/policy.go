package risk

import (
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// A Handling is what a level of risk asks for.
type Handling struct {
	Level    Level    `json:"level"`
	Approval []string `json:"approval,omitempty"` // roles that must approve, in order; none: pre-approved
	Lead     Span     `json:"lead,omitzero"`      // least time between submission and start
	Soak     Span     `json:"soak,omitzero"`      // least time of watching before the next wave
}

// A Policy decides approval path, lead time and soak by level.
type Policy struct {
	Handlings []Handling `json:"handlings"` // one for each level, from Low to VeryHigh
}

// DefaultPolicy returns a policy on the cautious side of common practice: pre-approved, peer,
// change manager, change advisory board.
func DefaultPolicy() *Policy {
	const hour, day = Span(time.Hour), Span(24 * time.Hour)
	return &Policy{Handlings: []Handling{
		{Low, nil, 0, hour / 4},
		{Medium, []string{"peer"}, day, hour},
		{High, []string{"peer", "change-manager"}, 3 * day, 4 * hour},
		{VeryHigh, []string{"change-manager", "change-advisory-board"}, 7 * day, day},
	}}
}

// Validate reports every fault: a level missing or out of order, a negative time, and a
// higher level that asks for less lead or soak than a lower one.
func (p *Policy) Validate() error {
	var l validate.List
	levels := Levels()
	if len(p.Handlings) != len(levels) {
		l.Addf("handlings", "must be %d, one for each level, are %d", len(levels), len(p.Handlings))
	}
	for i, h := range p.Handlings {
		path := indexed("handlings", i)
		if i < len(levels) && h.Level != levels[i] {
			l.Addf(path+".level", "must be %q, is %q", levels[i], h.Level)
		}
		if h.Lead < 0 || h.Soak < 0 {
			l.Addf(path, "must not have a negative lead or soak")
		}
		if i > 0 && (h.Lead < p.Handlings[i-1].Lead || h.Soak < p.Handlings[i-1].Soak) {
			l.Addf(path, "must not ask for less lead or soak than a lower level")
		}
		for j, role := range h.Approval {
			if role == "" {
				l.Addf(fmt.Sprintf("%s.approval[%d]", path, j), "is empty")
			}
		}
	}
	return l.Err()
}

// For returns what the policy asks of a level; ok is false where it does not know the level.
func (p *Policy) For(level Level) (h Handling, ok bool) {
	for _, h := range p.Handlings {
		if h.Level == level {
			return h, true
		}
	}
	return Handling{}, false
}
