package lifecycle

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// A Verdict is what somebody decides on a panel.
type Verdict string

const (
	Approve  Verdict = "approve"
	Refuse   Verdict = "reject"
	Withdraw Verdict = "withdraw" // takes back what they had decided
)

// A Decision is one verdict of one person on one panel.
type Decision struct {
	Panel   string    `json:"panel"`
	By      string    `json:"by"`
	For     string    `json:"for,omitempty"` // whom By stands in for; default: By
	Verdict Verdict   `json:"verdict"`
	At      time.Time `json:"at"`
	Reason  string    `json:"reason,omitempty"`
	// Fingerprint is what was decided on. Who decides may say what they saw: if the
	// terms have changed since, the decision is refused. Covers says which aspects.
	Fingerprint string    `json:"fingerprint,omitempty"`
	Covers      []Aspect  `json:"covers,omitempty"`
	Expires     time.Time `json:"expires,omitzero"` // default: what the panel rule says
	Voided      time.Time `json:"voided,omitzero"`  // when what it covers was changed, and by whom
	VoidedBy    string    `json:"voidedBy,omitempty"`
}

// Of returns whose vote a decision is.
func (d *Decision) Of() string { return or(d.For, d.By) }

// A Panel is a group of people whose approval a change needs.
type Panel struct {
	ID     string   `json:"id"`
	Name   string   `json:"name,omitempty"`
	Level  int      `json:"level,omitempty"`
	Of     []string `json:"of"` // people, sorted
	Need   int      `json:"need"`
	Veto   []string `json:"veto,omitempty"`
	Covers []Aspect `json:"covers,omitempty"`
	Freeze string   `json:"freeze,omitempty"` // ID of the window that asks for it
	valid  time.Duration
}

// Panels returns whose approval a change needs at an instant, by level and ID: those of
// the rules for its type, risk and scope, and one for each occurrence of a freeze with
// grade [calendar.Approval] that its planned time touches; without planned time, the
// instant. They follow from the change: a freeze that it no longer touches asks nobody.
func (g *Governance) Panels(c *Change, at time.Time) []Panel {
	var out []Panel
	s := c.Terms.Subject(c.Type)
	for i := range g.rules.Panels {
		r := &g.rules.Panels[i]
		if !slices.Contains(r.Types, c.Type) || c.Terms.Risk < r.MinRisk || !r.Scope.Matches(&s) {
			continue
		}
		out = append(out, Panel{ID: r.ID, Name: or(r.Name, r.ID), Level: r.Level, Of: g.rules.Roster.Expand(r.Of), Need: r.Need,
			Veto: g.rules.Roster.Expand(r.Veto), Covers: r.Covers, valid: r.Valid.Std()})
	}
	if g.open != nil {
		iv := c.Planned
		if iv.Empty() {
			iv = calendar.Interval{Start: at, End: at.Add(time.Second)}
		}
		for _, o := range g.open.For(s).Obligations(iv) {
			if o.Grade != calendar.Approval {
				continue
			}
			id := fmt.Sprintf("freeze/%s/%s/%s", o.Calendar, o.Window, o.During.Start.UTC().Format("20060102T150405Z"))
			out = append(out, Panel{ID: id, Name: or(o.Reason, o.Window), Of: g.rules.Roster.Expand(o.Approvers), Need: 1, Freeze: o.Window})
		}
	}
	slices.SortStableFunc(out, func(a, b Panel) int {
		if a.Level != b.Level {
			return a.Level - b.Level
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

// A Ruling is where a panel stands.
type Ruling string

const (
	RulingOpen     Ruling = "open"
	RulingApproved Ruling = "approved"
	RulingRejected Ruling = "rejected"
	RulingStuck    Ruling = "stuck" // too few are left who are there or have somebody who stands in
)

// A PanelStanding is where one panel stands at an instant.
type PanelStanding struct {
	Panel   Panel     `json:"panel"`
	Ruling  Ruling    `json:"ruling"`
	For     []string  `json:"for,omitempty"`     // whose approvals count
	By      []string  `json:"by,omitempty"`      // who gave them
	Against []string  `json:"against,omitempty"` // whose rejections count
	Waiting []string  `json:"waiting,omitempty"` // who can still decide, stand-ins included
	Until   time.Time `json:"until,omitzero"`    // when the ruling falls short because approvals expire
}

// A Standing is where the approval of a change stands at an instant.
type Standing struct {
	Approved bool            `json:"approved"`
	Rejected bool            `json:"rejected,omitempty"`
	Level    int             `json:"level,omitempty"` // the lowest that has not approved
	Until    time.Time       `json:"until,omitzero"`  // when the first approval that it needs expires
	Panels   []PanelStanding `json:"panels"`
}

// String says what is missing.
func (s Standing) String() string {
	if s.Approved {
		return "approved"
	}
	if len(s.Panels) == 0 {
		return "no panel rule concerns it; a change that nobody is to approve is not approved"
	}
	var parts []string
	for i := range s.Panels {
		p := &s.Panels[i]
		if p.Ruling != RulingApproved {
			parts = append(parts, fmt.Sprintf("%s has %d of %d approvals (%s)", p.Panel.Name, len(p.For), p.Panel.Need, p.Ruling))
		}
	}
	return strings.Join(parts, "; ")
}

// A countGuard says whether a decision counts at an instant.
type countGuard struct {
	name  Guard
	check func(c *Change, p *Panel, d *Decision, at time.Time) bool
}

// Reasons for which a decision no longer counts, or never did.
const (
	GuardVoid        Guard = "void"        // what it covers was changed
	GuardFingerprint Guard = "fingerprint" // it was given on other terms than there are
	GuardExpiry      Guard = "expiry"      // it has expired
)

func countGuards() []countGuard {
	return []countGuard{
		{GuardVoid, func(_ *Change, _ *Panel, d *Decision, _ time.Time) bool { return d.Voided.IsZero() }},
		{GuardFingerprint, func(c *Change, p *Panel, d *Decision, _ time.Time) bool { return d.Fingerprint == c.Decides(p) }},
		{GuardExpiry, func(_ *Change, _ *Panel, d *Decision, at time.Time) bool {
			return d.Expires.IsZero() || at.Before(d.Expires)
		}},
	}
}

// Decides returns the fingerprint of what a panel decides on: its aspects of the terms,
// and the type of the change.
func (c *Change) Decides(p *Panel) string { return c.Type + " " + c.Terms.Fingerprint(p.Covers...) }

// Standing says where the approval of a change stands at an instant. It is approved when
// every panel is; a change of a type other than standard that no panel concerns is not.
func (g *Governance) Standing(c *Change, at time.Time) Standing {
	panels := g.Panels(c, at)
	s := Standing{Approved: len(panels) > 0 || preapproving(c.Type)}
	for i := range panels {
		p := g.standing(c, &panels[i], at)
		s.Panels = append(s.Panels, p)
		if p.Ruling != RulingApproved {
			s.Approved = false
			if l := p.Panel.Level; l > 0 && (s.Level == 0 || l < s.Level) {
				s.Level = l
			}
		}
		s.Rejected = s.Rejected || p.Ruling == RulingRejected
		if !p.Until.IsZero() && (s.Until.IsZero() || p.Until.Before(s.Until)) {
			s.Until = p.Until
		}
	}
	return s
}

func (g *Governance) standing(c *Change, p *Panel, at time.Time) PanelStanding {
	out := PanelStanding{Panel: *p, Ruling: RulingOpen}
	latest := map[string]*Decision{} // by whose vote it is
	for i := range c.Decisions {
		d := &c.Decisions[i]
		if d.Panel == p.ID && !d.At.After(at) {
			latest[d.Of()] = d
		}
	}
	var ends []time.Time
	veto := false
	for _, who := range p.Of {
		d, ok := latest[who]
		if !ok || slices.ContainsFunc(g.counts, func(q countGuard) bool { return !q.check(c, p, d, at) }) {
			out.Waiting = append(out.Waiting, who)
			continue
		}
		switch d.Verdict {
		case Approve:
			out.For = append(out.For, who)
			out.By = append(out.By, d.By)
			ends = append(ends, d.Expires)
		case Refuse:
			out.Against = append(out.Against, who)
			veto = veto || slices.Contains(p.Veto, who)
		default:
			out.Waiting = append(out.Waiting, who)
		}
	}
	there := 0
	for _, who := range out.Waiting {
		if !g.rules.Roster.Absent(who, at) || slices.ContainsFunc(g.rules.Roster.Delegations, func(d Delegation) bool {
			return g.rules.Roster.mayStandFor(d.To, who, p.ID, at) && !g.rules.Roster.Absent(d.To, at)
		}) {
			there++
		}
	}
	switch {
	case veto || len(p.Of)-len(out.Against) < p.Need:
		out.Ruling = RulingRejected
	case len(out.For) >= p.Need:
		out.Ruling = RulingApproved
		out.Until = falls(ends, p.Need)
	case len(out.For)+there < p.Need:
		out.Ruling = RulingStuck
	}
	return out
}

// falls returns when fewer than need of the approvals are left; zero: never.
func falls(ends []time.Time, need int) time.Time {
	slices.SortFunc(ends, func(a, b time.Time) int { // those that never expire last
		if a.IsZero() != b.IsZero() {
			if a.IsZero() {
				return 1
			}
			return -1
		}
		return a.Compare(b)
	})
	return ends[len(ends)-need]
}

// Guards of [Governance.Decide], besides those of every step.
const (
	GuardMember  Guard = "member"     // who decides is, or stands in for, a member of the panel
	GuardDecides Guard = "decides"    // panels decide in this state
	GuardPanel   Guard = "panel"      // the change needs the panel
	GuardVerdict Guard = "verdict"    // it is a verdict, and a rejection says why
	GuardLevel   Guard = "level"      // all lower levels have approved
	GuardOwn     Guard = "own-change" // nobody decides on what they asked for or carry out
	GuardOnce    Guard = "once"       // nobody gives two approvals on one panel
	GuardSeen    Guard = "seen"       // the terms are those that who decides has seen
	GuardStandIn Guard = "stand-in"   // there is a delegation for who stands in
)

type voteGuard struct {
	name  Guard
	check func(g *Governance, c *Change, p *Panel, d *Decision) string
}

func voteGuards() []voteGuard {
	return []voteGuard{
		{GuardDecides, func(g *Governance, c *Change, _ *Panel, _ *Decision) string {
			if m := g.models[c.Type]; m == nil || !slices.Contains(m.Decides, c.State) {
				return fmt.Sprintf("nobody decides in state %s", c.State)
			}
			return ""
		}},
		{GuardHold, func(_ *Governance, c *Change, _ *Panel, _ *Decision) string {
			if c.OnHold {
				return "it is on hold"
			}
			return ""
		}},
		{GuardOrder, func(_ *Governance, c *Change, _ *Panel, d *Decision) string { return c.inOrder(d.At) }},
		{GuardVerdict, func(_ *Governance, _ *Change, _ *Panel, d *Decision) string {
			switch {
			case d.Verdict != Approve && d.Verdict != Refuse && d.Verdict != Withdraw:
				return fmt.Sprintf("%q is no verdict", d.Verdict)
			case d.Verdict == Refuse && d.Reason == "":
				return "a rejection says why"
			}
			return ""
		}},
		{GuardMember, func(_ *Governance, _ *Change, p *Panel, d *Decision) string {
			if d.By == "" || !slices.Contains(p.Of, d.Of()) {
				return fmt.Sprintf("%q is not on %s", d.Of(), p.Name)
			}
			return ""
		}},
		{GuardStandIn, func(g *Governance, _ *Change, p *Panel, d *Decision) string {
			if d.Of() != d.By && !g.rules.Roster.mayStandFor(d.By, d.Of(), p.ID, d.At) {
				return fmt.Sprintf("no delegation lets %s stand in for %s on %s then", d.By, d.For, p.Name)
			}
			return ""
		}},
		{GuardOwn, func(_ *Governance, c *Change, _ *Panel, d *Decision) string {
			for _, who := range []string{d.By, d.Of()} {
				if who == c.Requester || who == c.Terms.Implementer {
					return fmt.Sprintf("%s asked for it or carries it out and does not decide on it", who)
				}
			}
			return ""
		}},
		{GuardLevel, func(g *Governance, c *Change, p *Panel, d *Decision) string {
			for _, x := range g.Standing(c, d.At).Panels {
				if x.Panel.Level > 0 && x.Panel.Level < p.Level && x.Ruling != RulingApproved {
					return fmt.Sprintf("%s decides first", x.Panel.Name)
				}
			}
			return ""
		}},
		{GuardOnce, func(g *Governance, c *Change, p *Panel, d *Decision) string {
			s := g.standing(c, p, d.At)
			for i, by := range s.By {
				if d.Verdict == Approve && by == d.By && s.For[i] != d.Of() {
					return fmt.Sprintf("%s has given an approval on %s for %s already", by, p.Name, s.For[i])
				}
			}
			return ""
		}},
		{GuardSeen, func(_ *Governance, c *Change, p *Panel, d *Decision) string {
			if d.Fingerprint != "" && d.Fingerprint != c.Decides(p) {
				return "the terms are no longer those that were seen"
			}
			return ""
		}},
	}
}

// Decide records a decision, with the fingerprint of what it is on, or returns every
// reason why it is refused. The latest decision of each member counts. Decisions expire
// as the panel rule says; an earlier Expires stands.
func (g *Governance) Decide(c Change, d Decision) (Change, error) {
	panels := g.Panels(&c, d.At)
	i := slices.IndexFunc(panels, func(p Panel) bool { return p.ID == d.Panel })
	if i < 0 {
		return Change{}, fmt.Errorf("lifecycle: %w", &RefusedError{c.ID, GuardPanel, fmt.Sprintf("it needs no approval of %q", d.Panel)})
	}
	p := &panels[i]
	var errs []error
	for _, q := range g.votes {
		if problem := q.check(g, &c, p, &d); problem != "" {
			errs = append(errs, &RefusedError{c.ID, q.name, problem})
		}
	}
	if len(errs) > 0 {
		return Change{}, fmt.Errorf("lifecycle: decide: %w", errors.Join(errs...))
	}
	next := c.clone()
	d.Fingerprint, d.Covers, d.Voided, d.VoidedBy = c.Decides(p), slices.Clone(p.Covers), time.Time{}, ""
	if last := d.At.Add(p.valid); p.valid > 0 && (d.Expires.IsZero() || last.Before(d.Expires)) {
		d.Expires = last
	}
	next.Decisions = append(next.Decisions, d)
	return next, nil
}
