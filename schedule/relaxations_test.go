package schedule

import (
	"context"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestRelaxationsAreCheapest draws problems without a plan and enumerates all sets of
// corrections that are cheaper than the first answer: none of them leaves a plan. Each
// answer does, and no longer without any one of its corrections.
func TestRelaxationsAreCheapest(t *testing.T) {
	answers, looked, sizes, kinds := 0, 0, map[int]int{}, map[EditKind]int{}
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		p.Tick = 0
		o := &RelaxOptions{Limit: 2, Steps: []Duration{4 * Hour, 24 * Hour}, MaxSets: 60, Solver: Options{MaxWork: 5_000}}
		r, err := newRelaxing(context.Background(), p, o)
		if err != nil {
			t.Fatal(err)
		}
		found, err := r.cheapest()
		if err != nil && !errors.Is(err, ErrNoPlan) {
			t.Fatalf("%v\n%s", err, text(p))
		}
		if err != nil || len(found) == 0 || len(found[0].level) == 0 {
			return
		}
		answers++
		sizes[len(found[0].level)]++
		for _, s := range found {
			edits := r.edits(s)
			for k := range edits {
				kinds[edits[k].Kind]++
				rest := append(append([]Edit{}, edits[:k]...), edits[k+1:]...)
				if ok, err := r.possible(r.corrected(rest)); err == nil && ok {
					t.Fatalf("%v is not needed among %v\n%s", edits[k].Kind, edits, text(p))
				}
			}
			x, err := r.finish(s)
			if errors.Is(err, ErrNoPlan) {
				continue
			}
			if err != nil {
				t.Fatalf("%v with %+v\n%s", err, edits, text(p))
			}
			if !Sound(verdict(x.Corrected(), r.at, x.Plan)) {
				t.Fatal("the plan does not keep to the corrected problem")
			}
			for _, e := range x.Edits {
				if e.Grantor == "" || !strings.HasSuffix(e.Reason, ".") {
					t.Fatalf("an edit without words: %+v", e)
				}
			}
		}
		// All levers there are, and all sets of them below the price.
		all := &whyNot{units: unitsOf(r.p)}
		for i := range r.p.Activities {
			all.activities = append(all.activities, r.p.Activities[i].ID)
		}
		levers := r.leversOf(all)
		price, budget := found[0].price, 400
		var try func(from int, s *relaxSet)
		try = func(from int, s *relaxSet) {
			for n := from; n < len(levers) && budget > 0; n++ {
				j := levers[n]
				if s.rival(j, r) {
					continue
				}
				for k := range r.levers[j].steps {
					next := s.with(j, k+1, r)
					if next.price >= price {
						break
					}
					everywhere(r, next, func(edits []Edit) bool {
						budget--
						looked++
						if ok, err := r.possible(r.corrected(edits)); err == nil && ok {
							t.Fatalf("%+v for %d leaves a plan, the answer costs %d\n%s", edits, next.price, price, text(p))
						}
						return budget > 0
					})
					try(n+1, next)
				}
			}
		}
		try(0, &relaxSet{level: map[int]int{}})
	})
	t.Logf("%d answers, %d cheaper sets looked at, sizes %v, kinds %v", answers, looked, sizes, kinds)
}

// TestRelaxationsInWords takes a freeze and a deadline that clash.
func TestRelaxationsInWords(t *testing.T) {
	p := freezeAgainstDeadline()
	p.Activities[0].Team = "payments"
	got, err := Relaxations(context.Background(), p, nil)
	if err != nil || len(got) != 3 {
		t.Fatal(got, err)
	}
	for i, r := range got {
		if i > 0 && r.Price < got[i-1].Price {
			t.Error("not in order of price")
		}
		for _, e := range r.Edits {
			t.Log(r.Price, e.Reason, e.Grantor)
		}
	}
	q := freezeAgainstDeadline()
	q.Calendars = nil
	q.Activities[0].Calendar, q.Activities[1].Calendar = "", ""
	if got, err := Relaxations(context.Background(), q, nil); got != nil || err != nil {
		t.Error("corrections of a problem that has a plan", got, err)
	}
}
