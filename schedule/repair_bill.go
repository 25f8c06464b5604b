package schedule

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// A Bill is what it asks of people to go from one plan to another: whom to tell what,
// and what to have approved.
type Bill struct {
	Tell    []Telling    `json:"tell,omitempty"`    // by name, last what nobody is named for
	Approve []Reapproval `json:"approve,omitempty"` // by activity; for one, that of its move comes first
	Words   []string     `json:"words"`             // sentences, with times in the zone of the problem
}

// A Telling is what one team, or one owner of releases, has to be told.
type Telling struct {
	To    string `json:"to,omitempty"` // "": no team and no owner is named
	Moves []Move `json:"moves"`        // by activity
}

// A Reapproval is an approval that is needed because of a move.
type Reapproval struct {
	Activity  string            `json:"activity"`
	Name      string            `json:"name,omitempty"`
	Change    string            `json:"change,omitempty"` // the request for change
	Type      string            `json:"type,omitempty"`   // change type, by which the level of approval goes
	Why       ReapprovalWhy     `json:"why"`
	Was       time.Time         `json:"was,omitzero"`        // the start that was approved
	Until     time.Time         `json:"until,omitzero"`      // the new start: it is needed by then
	Approvers []string          `json:"approvers,omitempty"` // roles, any of which may approve, where a freeze names them
	Window    string            `json:"window,omitempty"`    // ID of that freeze
	Reason    string            `json:"reason,omitempty"`    // that the freeze gives
	During    calendar.Interval `json:"during,omitzero"`     // its occurrence
}

// A ReapprovalWhy says why an approval is needed.
type ReapprovalWhy string

const (
	ApprovedElsewhere ReapprovalWhy = "moved"     // it was approved for another time
	ApprovalLapses    ReapprovalWhy = "left-out"  // it was approved and is left out: once it is planned again
	FreezeApproval    ReapprovalWhy = "in-freeze" // its new time is in a freeze that asks for an extra approval
)

// BillOf returns the bill of going from one plan of p to another, such as from the plan in
// force to its [Repair]. Every change of [Moves] is told to its team and to the owner of its
// release, work that comes in included; now decides notice periods. What lay in a freeze before
// and starts at another time in it needs the approval of the freeze anew.
//
// Errors are those of [Check]; a plan that is nil is empty.
func BillOf(p *Problem, from, to *Plan, now time.Time) (*Bill, error) {
	if from == nil {
		from = &Plan{}
	}
	if to == nil {
		to = &Plan{}
	}
	low, _, err := p.prepare()
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	moves, err := Moves(low, from, to, now)
	if err != nil {
		return nil, err
	}
	graded, err := Check(low, to)
	if err != nil {
		return nil, err
	}
	w, out := wordsOf(low), &Bill{}
	out.tell(p, &w, moves)
	for i := range moves {
		out.approve(&w, &moves[i], graded)
	}
	out.say(&w)
	return out, nil
}

// String returns the sentences of the bill, one a line.
func (b *Bill) String() string { return strings.Join(b.Words, "\n") }

func (b *Bill) tell(p *Problem, w *words, moves []Move) {
	owner := make(map[string]string, len(p.Releases))
	for i := range p.Releases {
		owner[p.Releases[i].ID] = p.Releases[i].Owner
	}
	told := map[string]int{}
	for i := range moves {
		names := []string{moves[i].Team}
		if a := w.named[moves[i].Activity]; a != nil {
			names = append(names, owner[a.From.Release])
		}
		names = slices.DeleteFunc(unique(names), func(name string) bool { return name == "" })
		if len(names) == 0 {
			names = []string{""}
		}
		for _, name := range names {
			k, ok := told[name]
			if !ok {
				k = len(b.Tell)
				told[name] = k
				b.Tell = append(b.Tell, Telling{To: name})
			}
			b.Tell[k].Moves = append(b.Tell[k].Moves, moves[i])
		}
	}
	slices.SortFunc(b.Tell, func(x, y Telling) int {
		if (x.To == "") != (y.To == "") {
			return -cmp.Compare(x.To, y.To)
		}
		return cmp.Compare(x.To, y.To)
	})
}

func (b *Bill) approve(w *words, m *Move, graded []Conflict) {
	a := w.named[m.Activity]
	if a == nil {
		return
	}
	r := Reapproval{Activity: a.ID, Name: a.Name, Change: a.Change, Type: a.Type, Until: m.To.Start}
	if m.VoidsApproval {
		x := r
		x.Why, x.Was = ApprovedElsewhere, m.From.Start
		if m.To.Start.IsZero() {
			x.Why = ApprovalLapses
		}
		b.Approve = append(b.Approve, x)
	}
	for i := range graded {
		c := &graded[i]
		if c.Kind != InFreeze || !slices.Contains(c.Activities, a.ID) {
			continue
		}
		for _, e := range c.Evidence {
			if e.Rule == "needs-approval" {
				x := r
				x.Why, x.Approvers, x.Window, x.Reason, x.During = FreezeApproval, e.Approvers, e.Window, e.Text, e.Occurrence
				b.Approve = append(b.Approve, x)
			}
		}
	}
}

func (b *Bill) say(w *words) {
	add := func(format string, args ...any) { b.Words = append(b.Words, fmt.Sprintf(format, args...)) }
	if len(b.Tell) == 0 {
		add("Nobody has to be told anything, and nothing has to be approved again.")
		return
	}
	for i := range b.Tell {
		n := &b.Tell[i]
		what := make([]string, len(n.Moves))
		for k := range n.Moves {
			what[k] = w.moved(&n.Moves[k])
			if n.Moves[k].InNotice {
				what[k] += ", inside its notice period"
			}
		}
		whom := "Tell " + n.To
		if n.To == "" {
			whom = "Find out whom to tell, since no team or owner is named"
		}
		add("%s: %s.", whom, strings.Join(what, "; "))
	}
	for i := range b.Approve {
		x := &b.Approve[i]
		switch who := w.who(x.Activity); x.Why {
		case ApprovedElsewhere:
			add("Have %s approved again before %s: its approval was for %s.", who, w.when(x.Until), w.when(x.Was))
		case ApprovalLapses:
			add("%s is left out and its approval, for %s, lapses: have it approved again once it is planned.", who, w.when(x.Was))
		case FreezeApproval:
			add("Have %s approved by %s before %s: it runs in the freeze %s, %s.", who, strings.Join(x.Approvers, " or "), w.when(x.Until),
				quoted(or(x.Reason, x.Window)), w.during(x.During))
		}
	}
	if len(b.Approve) == 0 {
		add("Nothing has to be approved again.")
	}
}
