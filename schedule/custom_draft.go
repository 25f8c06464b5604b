package schedule

import (
	"iter"
	"slices"
)

// A Draft is a plan in the making, as a [CustomRule] judges it. Of each activity it is
// decided to carry it out at some time, or decided to leave it out, or nothing is decided.
// A Draft is valid during the call only.
type Draft struct {
	ids   []string // sorted
	state []placeState
	at    []Assignment
	open  int // how many are undecided
}

type placeState uint8

const (
	undecided placeState = iota
	absent
	present
)

func newDraft(ids []string) *Draft {
	return &Draft{ids: ids, state: make([]placeState, len(ids)), at: make([]Assignment, len(ids)), open: len(ids)}
}

func (d *Draft) find(id string) (int, bool) { return slices.BinarySearch(d.ids, id) }

// set decides, or takes back, what becomes of activity t.
func (d *Draft) set(t int, s placeState, a Assignment) {
	if d.state[t] == undecided {
		d.open--
	}
	if s == undecided {
		d.open++
	}
	d.state[t], d.at[t] = s, a
}

// Complete says whether everything is decided.
func (d *Draft) Complete() bool { return d.open == 0 }

// Decided says whether it is decided what becomes of an activity, by ID.
func (d *Draft) Decided(activity string) bool {
	t, ok := d.find(activity)
	return ok && d.state[t] != undecided
}

// Of returns when and how an activity is carried out, and false where it is left out or
// nothing is decided.
func (d *Draft) Of(activity string) (Assignment, bool) {
	t, ok := d.find(activity)
	if !ok || d.state[t] != present {
		return Assignment{}, false
	}
	return d.at[t], true
}

// LeftOut says whether it is decided that an activity is not carried out.
func (d *Draft) LeftOut(activity string) bool {
	t, ok := d.find(activity)
	return ok && d.state[t] == absent
}

// All walks what is decided to be carried out, by ID.
func (d *Draft) All() iter.Seq[Assignment] {
	return func(yield func(Assignment) bool) {
		for t, s := range d.state {
			if s == present && !yield(d.at[t]) {
				return
			}
		}
	}
}
