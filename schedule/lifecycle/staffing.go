package lifecycle

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/slackwater-go/slackwater/calendar"
)

// A Staffing says which seats a change has and who may not sit on which together.
type Staffing struct {
	Seats []Seat         `json:"seats"`
	Rules []SeparateRule `json:"rules,omitempty"`
}

// A Seat is a role in a change for so many people, such as two approvers of its board.
type Seat struct {
	Role   string            `json:"role"`
	Need   int               `json:"need"`            // the quorum
	Of     []string          `json:"of"`              // people and groups
	Skill  string            `json:"skill,omitempty"` // that each must have
	During calendar.Interval `json:"during,omitzero"` // when they must be there; zero: at any time
	Panel  string            `json:"panel,omitempty"` // of which delegations count; default: the role
	Taken  []Seated          `json:"taken,omitempty"` // who sits there already
}

// A Seated is one person on a seat, for themselves or for who delegated it to them.
type Seated struct {
	Person string `json:"person"`
	For    string `json:"for,omitempty"`
}

// Whose returns whose seat it is.
func (s Seated) Whose() string { return or(s.For, s.Person) }

// A SeparateRule keeps roles apart. The people of different roles it names are
// different people, and none of them stands in for one of another role. With Teams they are of different teams
// too. MaxPerTeam limits how many of all its roles are of one team.
type SeparateRule struct {
	ID         string   `json:"id"`
	Roles      []string `json:"roles"`
	Teams      bool     `json:"teams,omitempty"`
	MaxPerTeam int      `json:"maxPerTeam,omitempty"` // 0: no limit
}

// A Breach is one way in which seats go against the rules.
type Breach struct {
	Rule   string   `json:"rule"` // ID of the rule; "quorum", "eligible", "available" or "once" for what always holds
	Roles  []string `json:"roles,omitempty"`
	People []string `json:"people,omitempty"`
	Reason string   `json:"reason"`
}

// CheckStaffing says how the people on the seats (Taken) go against quorum, eligibility,
// availability and the rules, in the order of seats and rules; nil: not at all.
func CheckStaffing(s *Staffing, r *Roster) ([]Breach, error) {
	var out []Breach
	for i := range s.Seats {
		seat := &s.Seats[i]
		if len(seat.Taken) < seat.Need {
			out = append(out, Breach{"quorum", []string{seat.Role}, nil, fmt.Sprintf("%s has %d of %d", seat.Role, len(seat.Taken), seat.Need)})
		}
		for k, x := range seat.Taken {
			if slices.ContainsFunc(seat.Taken[:k], func(y Seated) bool { return x.Person == y.Person || x.Whose() == y.Whose() }) {
				out = append(out, Breach{"once", []string{seat.Role}, []string{x.Person}, fmt.Sprintf("%s sits as %s twice, or for somebody who does", x.Person, seat.Role)})
			}
			if why := seat.unfit(x, r); why != "" {
				out = append(out, Breach{"eligible", []string{seat.Role}, []string{x.Person}, why})
			}
			ok, err := seat.there(x, r)
			if err != nil {
				return nil, err
			}
			if !ok {
				out = append(out, Breach{"available", []string{seat.Role}, []string{x.Person}, fmt.Sprintf("%s is not there as %s in %s", x.Person, seat.Role, seat.During)})
			}
		}
	}
	for i := range s.Rules {
		out = append(out, s.breaches(&s.Rules[i], r)...)
	}
	return out, nil
}

// unfit says why somebody may not sit on a seat.
func (s *Seat) unfit(x Seated, r *Roster) string {
	if !slices.Contains(r.Expand(s.Of), x.Whose()) {
		return fmt.Sprintf("%s is none of those who may be %s", x.Whose(), s.Role)
	}
	if x.For != "" && x.For != x.Person && !r.mayStandFor(x.Person, x.For, or(s.Panel, s.Role), s.During.Start) {
		return fmt.Sprintf("no delegation lets %s stand in for %s as %s", x.Person, x.For, s.Role)
	}
	if p, ok := r.Person(x.Person); s.Skill != "" && (!ok || !slices.Contains(p.Skills, s.Skill)) {
		return fmt.Sprintf("%s lacks the skill %s that %s needs", x.Person, s.Skill, s.Role)
	}
	return ""
}

func (s *Seat) there(x Seated, r *Roster) (bool, error) {
	if s.During.Empty() {
		return true, nil
	}
	return r.Available(x.Person, s.During)
}

func (r *Roster) team(id string) string {
	if p, ok := r.Person(id); ok {
		return p.Team
	}
	return ""
}

// taken is one person on one seat.
type taken struct {
	role string
	Seated
}

func (s *Staffing) breaches(rule *SeparateRule, r *Roster) []Breach {
	var all []taken
	for i := range s.Seats {
		if slices.Contains(rule.Roles, s.Seats[i].Role) {
			for _, x := range s.Seats[i].Taken {
				all = append(all, taken{s.Seats[i].Role, x})
			}
		}
	}
	var out []Breach
	for j := range all {
		for i := range j {
			if why := rule.clash(all[i], all[j], r); why != "" {
				out = append(out, Breach{rule.ID, []string{all[i].role, all[j].role}, []string{all[i].Person, all[j].Person}, why})
			}
		}
		if team := r.team(all[j].Person); rule.MaxPerTeam > 0 && team != "" {
			n := 0
			for i := range j + 1 {
				if r.team(all[i].Person) == team {
					n++
				}
			}
			if n == rule.MaxPerTeam+1 {
				out = append(out, Breach{rule.ID, rule.Roles, nil, fmt.Sprintf("more than %d of %s are of team %s", rule.MaxPerTeam, strings.Join(rule.Roles, ", "), team)})
			}
		}
	}
	return out
}

// clash says why two people may not sit where they do.
func (rule *SeparateRule) clash(a, b taken, r *Roster) string {
	if a.role == b.role {
		return ""
	}
	for _, x := range []string{a.Person, a.Whose()} {
		for _, y := range []string{b.Person, b.Whose()} {
			if x == y {
				return fmt.Sprintf("%s is %s and %s", x, a.role, b.role)
			}
		}
	}
	if team := r.team(a.Person); rule.Teams && team != "" && team == r.team(b.Person) {
		return fmt.Sprintf("%s (%s) and %s (%s) are of one team, %s", a.Person, a.role, b.Person, b.role, team)
	}
	return ""
}

// ErrUnstaffed matches, through errors.Is, an [UnstaffedError].
var ErrUnstaffed = errors.New("no assignment of people satisfies the rules")

// ErrTooHard says that the search for people was given up; it proves nothing.
var ErrTooHard = errors.New("the search for people was given up")

// An UnstaffedError says why no people can be found: drop any one of the reasons and
// they can.
type UnstaffedError struct {
	Reasons []Reason
}

// A Reason is one requirement that takes part in there being no assignment.
type Reason struct {
	Of   string `json:"of"` // "seat", "rule", "absence" or "hours"
	ID   string `json:"id"` // role, rule or person
	Text string `json:"text"`
}

func (e *UnstaffedError) Error() string {
	var parts []string
	for _, r := range e.Reasons {
		parts = append(parts, r.Text)
	}
	return fmt.Sprintf("%v: %s", ErrUnstaffed, strings.Join(parts, "; "))
}

// Is makes it match ErrUnstaffed.
func (e *UnstaffedError) Is(target error) bool { return target == ErrUnstaffed }
