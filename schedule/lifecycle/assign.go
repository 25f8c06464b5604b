package lifecycle

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/slackwater-go/slackwater/calendar"
)

// maxTries bounds the people that one search tries on seats.
const maxTries = 1 << 20

// Assign returns the staffing with people on every seat, so that [CheckStaffing] finds
// no breach. Who sits already stays. People sit for themselves where they can and those
// that come first by ID are preferred. Where there is no assignment the error is an
// [*UnstaffedError] with a minimal set of reasons: seats, rules, absences and working
// hours of which none can be left out.
//
// It searches by depth, the seat with the fewest candidates first, and does not try a
// second of two people between whom no rule can tell. After about a million tries it
// gives up with [ErrTooHard].
func Assign(s *Staffing, r *Roster) (*Staffing, error) {
	return assign(s, r, maxTries)
}

func assign(s *Staffing, r *Roster, tries int) (*Staffing, error) {
	for i := range s.Seats {
		if seat := &s.Seats[i]; seat.Role == "" || seat.Need < 0 || seat.Need > 1000 ||
			slices.ContainsFunc(s.Seats[:i], func(x Seat) bool { return x.Role == seat.Role }) {
			return nil, fmt.Errorf("lifecycle: %w", &ValidationError{Path: fmt.Sprintf("seats[%d]", i), Problem: "needs a role of its own and a need of 0 to 1,000"})
		}
	}
	out, err := search(s, r, r, tries)
	if !errors.Is(err, ErrUnstaffed) {
		return out, err
	}
	return nil, reasons(s, r, tries)
}

// reasons drops one requirement after the other for as long as there is no assignment
// without it (the deletion filter of Chinneck and Dravnieks, 1991). What is left is
// minimal, for dropping a requirement never makes seats harder to fill.
func reasons(s *Staffing, r *Roster, tries int) error {
	var all []Reason
	for i := range s.Seats {
		x := &s.Seats[i]
		text := fmt.Sprintf("%s needs %d of %s", x.Role, x.Need, strings.Join(r.Expand(x.Of), ", "))
		if x.Skill != "" {
			text += " with the skill " + x.Skill
		}
		all = append(all, Reason{"seat", x.Role, text})
	}
	for i := range s.Rules {
		x := &s.Rules[i]
		text := fmt.Sprintf("rule %s keeps %s apart", x.ID, strings.Join(x.Roles, ", "))
		if x.Teams {
			text += ", in different teams"
		}
		if x.MaxPerTeam > 0 {
			text += fmt.Sprintf(", at most %d of a team", x.MaxPerTeam)
		}
		all = append(all, Reason{"rule", x.ID, text})
	}
	for i := range r.People {
		p := &r.People[i]
		if len(p.Absences) > 0 {
			all = append(all, Reason{"absence", p.ID, p.ID + " is away"})
		}
		if p.Hours != "" {
			all = append(all, Reason{"hours", p.ID, fmt.Sprintf("%s works in %s only", p.ID, p.Hours)})
		}
	}
	for i := len(all) - 1; i >= 0; i-- { // absences are the first to go: rules say more
		fewer := slices.Delete(slices.Clone(all), i, i+1)
		ls, lr := loosen(s, r, fewer)
		_, err := search(ls, r, lr, tries)
		switch {
		case errors.Is(err, ErrUnstaffed):
			all = fewer
		case err != nil:
			return err
		}
	}
	return fmt.Errorf("lifecycle: %w", &UnstaffedError{all})
}

// loosen keeps only the requirements listed. Its roster says who is there and nothing
// else: an absence that no longer counts must not end a delegation that rests on it.
func loosen(s *Staffing, r *Roster, keep []Reason) (*Staffing, *Roster) {
	kept := func(of, id string) bool {
		return slices.ContainsFunc(keep, func(x Reason) bool { return x.Of == of && x.ID == id })
	}
	ls, lr := &Staffing{}, *r
	for _, x := range s.Seats {
		if !kept("seat", x.Role) {
			x.Need = 0
		}
		ls.Seats = append(ls.Seats, x)
	}
	for _, x := range s.Rules {
		if kept("rule", x.ID) {
			ls.Rules = append(ls.Rules, x)
		}
	}
	lr.People = slices.Clone(r.People)
	for i := range lr.People {
		if p := &lr.People[i]; !kept("absence", p.ID) {
			p.Absences = nil
		}
		if p := &lr.People[i]; !kept("hours", p.ID) {
			p.Hours = ""
		}
	}
	return ls, &lr
}

// candidate is one way to fill a seat. People of one kind are the same to every rule.
type candidate struct {
	Seated
	kind string
}

// A hunt is one search for people.
type hunt struct {
	s     *Staffing
	r     *Roster
	order []int         // seats
	cands [][]candidate // by seat
	tries int
}

// search looks for people; who is there says the roster there, all else r.
func search(s *Staffing, r, there *Roster, tries int) (*Staffing, error) {
	h := &hunt{s: &Staffing{Seats: slices.Clone(s.Seats), Rules: s.Rules}, r: r, cands: make([][]candidate, len(s.Seats)), tries: tries}
	delegates := map[string]bool{} // who is part of a delegation is like nobody else
	for _, d := range r.Delegations {
		delegates[d.From], delegates[d.To] = true, true
	}
	seats := map[string][]byte{} // by person: the seats they fit
	for i := range h.s.Seats {
		seat := &h.s.Seats[i]
		seat.Taken = slices.Clone(seat.Taken)
		h.order = append(h.order, i)
		var list []Seated
		for _, who := range r.Expand(seat.Of) {
			list = append(list, Seated{Person: who})
		}
		for _, who := range r.Expand(seat.Of) {
			for _, d := range r.Delegations {
				if d.From == who && d.To != who && !slices.Contains(list, Seated{d.To, who}) {
					list = append(list, Seated{d.To, who})
				}
			}
		}
		for _, x := range list {
			ok, err := seat.there(x, there)
			if err != nil {
				return nil, fmt.Errorf("lifecycle: %w", err)
			}
			if !ok || seat.unfit(x, r) != "" {
				continue
			}
			h.cands[i] = append(h.cands[i], candidate{Seated: x})
			seats[x.Person] = fmt.Appendf(seats[x.Person], "%d,", i)
		}
	}
	for i := range h.s.Seats { // who sits somewhere already is like nobody else
		for _, x := range h.s.Seats[i].Taken {
			delegates[x.Person], delegates[x.Whose()] = true, true
		}
	}
	for i := range h.cands {
		for k := range h.cands[i] {
			c := &h.cands[i][k]
			if c.kind = string(seats[c.Person]) + r.team(c.Person); delegates[c.Person] || c.For != "" {
				c.kind = "" // not like others
			}
		}
	}
	slices.SortStableFunc(h.order, func(a, b int) int { return h.spare(a) - h.spare(b) })
	for i := range h.s.Rules {
		if len(h.s.breaches(&h.s.Rules[i], r)) > 0 {
			return nil, ErrUnstaffed
		}
	}
	ok, err := h.fill(0, 0)
	switch {
	case err != nil:
		return nil, fmt.Errorf("lifecycle: %w", err)
	case !ok:
		return nil, ErrUnstaffed
	}
	return h.s, nil
}

func (h *hunt) spare(seat int) int { return len(h.cands[seat]) - h.s.Seats[seat].Need }

// fill fills the seats from the k-th of the order on, with candidates from the i-th on.
func (h *hunt) fill(k, i int) (bool, error) {
	if k == len(h.order) {
		return true, nil
	}
	at := h.order[k]
	seat := &h.s.Seats[at]
	missing := seat.Need - len(seat.Taken)
	if missing <= 0 {
		return h.fill(k+1, 0)
	}
	tried := map[string]bool{}
	for ; i+missing <= len(h.cands[at]); i++ {
		c := h.cands[at][i]
		if !h.sits(c.Person) {
			if tried[c.kind] {
				continue
			}
			tried[c.kind] = c.kind != ""
		}
		if h.tries--; h.tries < 0 {
			return false, ErrTooHard
		}
		if slices.ContainsFunc(seat.Taken, func(y Seated) bool { return y.Person == c.Person || y.Whose() == c.Whose() }) {
			continue
		}
		seat.Taken = append(seat.Taken, c.Seated)
		if !slices.ContainsFunc(h.s.Rules, func(x SeparateRule) bool { return len(h.s.breaches(&x, h.r)) > 0 }) {
			if ok, err := h.fill(k, i+1); ok || err != nil {
				return ok, err
			}
		}
		seat.Taken = seat.Taken[:len(seat.Taken)-1]
	}
	return false, nil
}

// sits says whether somebody is on a seat or has it filled for them.
func (h *hunt) sits(who string) bool {
	for i := range h.s.Seats {
		if slices.ContainsFunc(h.s.Seats[i].Taken, func(x Seated) bool { return x.Person == who || x.Whose() == who }) {
			return true
		}
	}
	return false
}

// Staff returns the seats of a change: its implementer and reviewer, each out of a list,
// and those of its panels, to be there at times that the caller gives. Its rules keep
// who carries out, who reviews and who approves apart; panels may share people.
func (g *Governance) Staff(c *Change, implementers, reviewers []string, decide, work calendar.Interval) Staffing {
	s := Staffing{
		Seats: []Seat{{Role: "implementer", Need: 1, Of: implementers, During: work}, {Role: "reviewer", Need: 1, Of: reviewers}},
		Rules: []SeparateRule{{ID: "who carries out does not review", Roles: []string{"implementer", "reviewer"}}},
	}
	for _, p := range g.Panels(c, decide.Start) {
		of := slices.DeleteFunc(slices.Clone(p.Of), func(who string) bool { return who == c.Requester })
		s.Seats = append(s.Seats, Seat{Role: p.ID, Need: p.Need, Of: of, During: decide, Panel: p.ID})
		s.Rules = append(s.Rules, SeparateRule{ID: "who carries out is not on " + p.ID, Roles: []string{"implementer", p.ID}},
			SeparateRule{ID: "who reviews is not on " + p.ID, Roles: []string{"reviewer", p.ID}})
	}
	return s
}
