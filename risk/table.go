package risk

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// A table is a validated history by column, in the order of starts. Names are interned,
// times are Unix seconds. It is built once and read by everything else.
type table struct {
	schema *Schema
	loc    *time.Location
	ids    []string
	start  []int64 // invariant: never falls
	known  []int64 // invariant: known[i] >= start[i]
	failed []bool
	given  [][]float64 // by factor of the schema, NaN where a change does not say
	kinds  []kindColumn
	watch  *watch // of all passes over the rows
}

// A kindColumn holds the entities of one kind: row i has item[off[i]:off[i+1]].
type kindColumn struct {
	EntityKind
	parent int // index in table.kinds, or -1
	names  []string
	off    []int32
	item   []int32
	up     []int32 // for each item its entity of the parent kind, or -1
}

func (t *table) len() int { return len(t.start) }

// maxFaults bounds how many faults of a history are listed.
const maxFaults = 20

// mostKinds bounds the factors and kinds of entities of a schema: each has a value for every row, so a
// history in which every change states a factor of its own would fill any memory.
const mostKinds = 1000

// newTable checks a history and turns it into columns. Every fault is reported, up to maxFaults.
func newTable(ctx context.Context, history []Outcome, s *Schema) (*table, error) {
	w := &watch{ctx: ctx}
	if s == nil {
		s = schemaOf(history, w)
	} else if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	if n := len(s.Factors) + len(s.Entities); n > mostKinds {
		return nil, &validate.Error{Path: "history", Problem: fmt.Sprintf("is to be read by %d factors and kinds of entities; a fit takes at most %d: list those to use in a schema", n, mostKinds)}
	}
	err := checkHistory(history, s, w)
	if ended := w.failed(); ended != nil {
		return nil, ended
	}
	if err != nil {
		return nil, err
	}
	order := make([]int, len(history))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(history[a].Start.Compare(history[b].Start), a-b) })
	t := &table{schema: s, given: make([][]float64, len(s.Factors)), watch: w}
	t.loc, _ = zone(s.Zone)
	for row, i := range order {
		if w.ended(row) {
			return nil, w.err
		}
		o := &history[i]
		t.ids = append(t.ids, o.ID)
		t.start = append(t.start, o.Start.Unix())
		t.known = append(t.known, knownAt(o).Unix())
		t.failed = append(t.failed, o.Failed)
		for j, f := range s.Factors {
			x, ok := o.Factors[f.Name]
			if !ok {
				x = math.NaN()
			}
			t.given[j] = append(t.given[j], x)
		}
	}
	t.addKinds(history, order)
	if err := w.failed(); err != nil {
		return nil, err
	}
	return t, nil
}

// knownAt is when an outcome counts; one without a date counts from the end of its change.
func knownAt(o *Outcome) time.Time {
	switch {
	case !o.KnownAt.IsZero():
		return o.KnownAt
	case !o.End.IsZero():
		return o.End
	}
	return o.Start
}

func checkHistory(history []Outcome, s *Schema, w *watch) error {
	var l validate.List
	faults := 0
	fault := func(i int, field, format string, args ...any) {
		if faults++; faults <= maxFaults {
			l.Addf(fmt.Sprintf("history[%d].%s", i, field), format, args...)
		}
	}
	ids := make(map[string]int, len(history))
	for i := range history {
		if w.ended(i) {
			break
		}
		o := &history[i]
		if o.ID == "" {
			fault(i, "id", "is missing")
		} else if j, dup := ids[o.ID]; dup {
			fault(i, "id", "%q is already history[%d]; count each change once", o.ID, j)
		} else {
			ids[o.ID] = i
		}
		switch year := o.Start.Year(); {
		case o.Start.IsZero():
			fault(i, "start", "is missing; a history needs times")
		case year < 1900 || year > 2500:
			fault(i, "start", "lies in the year %d", year)
		case knownAt(o).Before(o.Start):
			fault(i, "known_at", "lies before the start: an outcome cannot be known before its change")
		case knownAt(o).Year() > 2500:
			fault(i, "known_at", "lies in the year %d", knownAt(o).Year())
		}
		if o.Severity != "" && (!o.Failed || len(s.Severities) > 0 && !slices.Contains(s.Severities, o.Severity)) {
			fault(i, "severity", "must be one of the schema's %q, and of a failure, is %q", s.Severities, o.Severity)
		}
		for _, f := range s.Factors {
			x, ok := o.Factors[f.Name]
			if ok && (!finite(x) || f.Scale == Unit && (x < 0 || x > 1)) {
				fault(i, fmt.Sprintf("factors[%q]", f.Name), "must be a finite number%s, is %v; leave it out where it is not known", unitRange(f.Scale), x)
			}
		}
	}
	if faults > maxFaults {
		l.Addf("history", "has %d faults more", faults-maxFaults)
	}
	return l.Err()
}

// addKinds interns the entities of the schema, then of the slot.
func (t *table) addKinds(history []Outcome, order []int) {
	add := func(e EntityKind, namesOf func(i int) []string) {
		k := kindColumn{EntityKind: e, parent: -1, off: []int32{0}}
		index := map[string]int32{}
		for row, i := range order {
			if t.watch.ended(row) {
				return
			}
			for _, name := range namesOf(i) {
				id, ok := index[name]
				if !ok {
					id = int32(len(k.names))
					index[name] = id
					k.names = append(k.names, name)
				}
				k.item = append(k.item, id)
			}
			k.off = append(k.off, int32(len(k.item)))
		}
		t.kinds = append(t.kinds, k)
	}
	all := []string{kindAll}
	add(EntityKind{Kind: kindAll}, func(int) []string { return all })
	for _, e := range t.schema.Entities {
		add(e, func(i int) []string { return entityNames(&history[i].Change, e.Kind) })
	}
	if !t.schema.NoSlot {
		add(EntityKind{Kind: kindHour}, func(i int) []string { return hourName(history[i].Start.In(t.loc)) })
		add(EntityKind{Kind: kindWeekday}, func(i int) []string { return weekdayName(history[i].Start.In(t.loc)) })
	}
	if t.watch.failed() != nil {
		return // columns are cut short
	}
	for k := range t.kinds {
		if p := t.kinds[k].Parent; p != "" {
			t.kinds[k].parent = slices.IndexFunc(t.kinds, func(c kindColumn) bool { return c.Kind == p })
		}
		t.align(&t.kinds[k])
	}
}

func hourName(t time.Time) []string    { return []string{strconv.Itoa(t.Hour())} }
func weekdayName(t time.Time) []string { return []string{t.Weekday().String()} }

// align finds the parent entity of each item: the one at the same place where a change
// has as many parents as children, its only one where it has one, else none.
func (t *table) align(k *kindColumn) {
	k.up = make([]int32, len(k.item))
	for i := 0; i < t.len(); i++ {
		if t.watch.ended(i) {
			return
		}
		lo, hi := k.off[i], k.off[i+1]
		for j := lo; j < hi; j++ {
			k.up[j] = -1
			if k.parent < 0 {
				continue
			}
			p := &t.kinds[k.parent]
			switch plo, phi := p.off[i], p.off[i+1]; {
			case phi-plo == hi-lo:
				k.up[j] = plo + (j - lo)
			case phi-plo == 1:
				k.up[j] = plo
			}
		}
	}
}
