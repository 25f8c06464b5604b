package schedule

import (
	"context"
	"slices"
	"testing"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// TestRelaxationsAgainstEnumeration corrects problems of every kind of requirement and
// enumerates all sets of corrections that cost less than an answer and hold no cheaper one:
// none leaves a plan, which enumeration of all plans says. A set is looked at only where no
// further correction could be paid for, since one that grants more leaves no fewer plans; what
// holds during a span is tried at every single place there is.
// Each answer leaves a plan, and none without any one of its corrections.
func TestRelaxationsAgainstEnumeration(t *testing.T) {
	problems := 17
	if slow() {
		problems = 400
	}
	answers, asked, looked, sizes, kinds := 0, 0, 0, map[int]int{}, map[EditKind]int{}
	for n := range problems {
		low, at := crowded(t, 11, n)
		o := &RelaxOptions{Steps: []Duration{2 * Hour, 6 * Hour}, Least: Hour}
		if n%2 == 1 { // other people's prices
			draw := prng.New(uint64(n))
			o.Prices = Prices{}
			for _, k := range sortedKeys(DefaultPrices()) {
				o.Prices[k] = Price{Fixed: int64(5 + draw.IntN(40)), PerHour: int64(draw.IntN(3))}
			}
			if n%4 == 1 { // where a freeze may well have a hole
				o.Prices[Interrupt] = Price{Fixed: 1, PerHour: 1}
			}
		}
		r, err := newRelaxing(context.Background(), low, o)
		if err != nil {
			t.Fatal(err)
		}
		possible := func(edits []Edit) bool {
			looked++
			return oracle.Feasible(compiledFor(t, r.corrected(edits), at).in)
		}
		found, err := r.cheapest()
		if err != nil {
			t.Fatalf("problem %d: %v\n%s", n, err, text(low))
		}
		if len(found) == 0 {
			t.Fatalf("problem %d: nothing helps\n%s", n, text(low))
		}
		for _, s := range found {
			edits := r.edits(s)
			if !possible(edits) {
				t.Fatalf("problem %d: %+v leaves no plan\n%s", n, edits, text(low))
			}
			for k := range edits {
				if possible(append(append([]Edit{}, edits[:k]...), edits[k+1:]...)) {
					t.Fatalf("problem %d: %s is not needed among %+v\n%s", n, edits[k].Kind, edits, text(low))
				}
			}
			x, err := r.finish(s)
			if err != nil {
				t.Fatalf("problem %d: %v", n, err)
			}
			if conflicts, err := Check(x.Corrected(), x.Plan); err != nil || !Sound(conflicts) {
				t.Fatalf("problem %d: the corrected problem: %v %v\n%+v\n%s", n, err, conflicts, x.Edits, text(low))
			}
			if !Sound(verdict(x.Corrected(), at, x.Plan)) || !possible(x.Edits) || x.Price > s.price {
				t.Fatalf("problem %d: cut down, %+v does not hold\n%s", n, x.Edits, text(low))
			}
		}
		all := &whyNot{units: unitsOf(low)}
		for i := range low.Activities {
			all.activities = append(all.activities, low.Activities[i].ID)
		}
		levers := r.leversOf(all)
		for rank := range found {
			price, cheaper := found[rank].price, 0
			open := func(s *relaxSet) bool {
				return s.price < price && !slices.ContainsFunc(found[:rank], func(f *relaxSet) bool { return f.part(s, r) })
			}
			var try func(from int, s *relaxSet)
			try = func(from int, s *relaxSet) {
				more := false
				for at := 0; at < len(levers) && cheaper <= 2_000; at++ {
					j := levers[at]
					k := s.level[j]
					if k == len(r.levers[j].steps) || s.rival(j, r) {
						continue
					}
					next := s.with(j, k+1, r)
					if !open(next) {
						continue
					}
					more = true
					if at >= from {
						try(at, next)
					}
				}
				if more || len(s.level) == 0 {
					return
				}
				everywhere(r, s, func(edits []Edit) bool {
					if cheaper++; possible(edits) {
						t.Fatalf("problem %d: %+v for %d leaves a plan, answer %d costs %d\n%s", n, edits, s.price, rank, price, text(low))
					}
					return cheaper <= 2_000
				})
			}
			try(0, &relaxSet{level: map[int]int{}})
			asked++
			if cheaper <= 2_000 {
				answers++
			}
		}
		sizes[len(found[0].level)]++
		for _, s := range found {
			for _, e := range r.edits(s) {
				kinds[e.Kind]++
			}
		}
	}
	t.Logf("%d problems, %d of %d answers are proved to be the cheapest, %d sets looked at, sizes %v, kinds %v", problems, answers, asked, looked, sizes, kinds)
	if slow() && (kinds[Interrupt] == 0 || kinds[AddCapacity] == 0) {
		t.Error("nothing is answered that holds during a span")
	}
	if answers*10 < asked*9 {
		t.Errorf("only %d of %d could be looked through", answers, asked)
	}
}

// everywhere yields the corrections of a set at every combination of single places, until it
// is told to stop.
func everywhere(r *relaxing, s *relaxSet, yield func([]Edit) bool) {
	levers := s.sorted()
	var put func(n int, edits []Edit) bool
	put = func(n int, edits []Edit) bool {
		if n == len(levers) {
			return yield(slices.Clone(edits))
		}
		e := r.levers[levers[n]].steps[s.level[levers[n]]-1]
		if !e.placed() {
			return put(n+1, append(edits, e))
		}
		room := e.Span
		for start := room.Start; ; start = start.Add(r.o.Steps[0].Std()) {
			end := start.Add(e.By.Std())
			if end.After(room.End) { // as late as it can be
				start, end = room.End.Add(-e.By.Std()), room.End
			}
			e.Span = calendar.Interval{Start: start, End: end}
			if !put(n+1, append(edits, e)) {
				return false
			}
			if end.Equal(room.End) {
				return true
			}
		}
	}
	put(0, nil)
}
