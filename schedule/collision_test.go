package schedule

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
)

// A wiring says which CIs fail next with a CI.
type wiring map[string][]string

func (w wiring) Impacted(ci string) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		level, seen := []string{ci}, map[string]bool{ci: true}
		for d := 0; len(level) > 0; d++ {
			slices.Sort(level)
			var next []string
			for _, x := range level {
				if !yield(x, d) {
					return
				}
				for _, y := range w[x] {
					if !seen[y] {
						seen[y] = true
						next = append(next, y)
					}
				}
			}
			level = next
		}
	}
}

// A labelled wiring knows what some of its steps are.
type labelled struct {
	wiring
	links map[string]string
}

func (l labelled) Link(from, to string) string { return l.links[from+">"+to] }

// TestCollisionsSayTheirSteps wants what a topology knows of the steps of a path with it, in
// the conflict and in its sentence, and nothing where none is known.
func TestCollisionsSayTheirSteps(t *testing.T) {
	w := wiring{"db-1": {"api"}, "api": {"shop"}}
	for _, c := range []struct {
		links map[string]string
		want  []string
		says  string
	}{
		{map[string]string{"db-1>api": "used-by", "api>shop": "through web-tier"}, []string{"used-by", "through web-tier"}, "by db-1 —used by→ api —through web-tier→ shop."},
		{map[string]string{"api>shop": "part-of"}, []string{"", "part-of"}, "by db-1 → api —part of→ shop."},
		{nil, nil, "by db-1 → api → shop."},
	} {
		p := working("db-1", "shop")
		if err := p.ExcludeCollisions(labelled{w, c.links}, 2); err != nil {
			t.Fatal(err)
		}
		found, err := Check(p, &Plan{Assignments: []Assignment{{Activity: "0-db-1", Start: at(1, 1), End: at(1, 2)}, {Activity: "1-shop", Start: at(1, 1), End: at(1, 2)}}})
		if err != nil || len(found) != 1 || found[0].Kind != RelatedCIOverlap {
			t.Fatal(found, err)
		}
		if m := found[0].Members; m[0].Activity != "0-db-1" || !slices.Equal(m[0].Links, c.want) || m[1].Links != nil || !strings.HasSuffix(found[0].Reason, c.says) {
			t.Errorf("%+v: %s", m, found[0].Reason)
		}
		p.Exclusions[0].Paths[0].Links = []string{"used-by"} // of two steps
		if err := p.Validate(); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "exclusions[0].paths[0].links") {
			t.Error(err)
		}
	}
}

func working(cis ...string) *Problem {
	p := &Problem{Horizon: calendar.Interval{Start: at(1, 0), End: at(2, 0)}}
	for i, ci := range cis {
		p.Activities = append(p.Activities, Activity{ID: fmt.Sprintf("%d-%s", i, ci), CIs: []string{ci}, Duration: Hour})
	}
	return p
}

func TestExcludeCollisions(t *testing.T) {
	// db <- api <- shop, db <- batch
	w := wiring{"db": {"api", "batch"}, "api": {"shop"}}
	p := working("db", "api", "shop", "batch", "db", "unknown", "unknown")
	p.Activities[4].Effect = Soaking
	if err := p.ExcludeCollisions(w, 2); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, x := range p.Exclusions {
		line := string(x.Kind) + " at " + x.At + ":"
		for _, path := range x.Paths {
			line += " " + path.Activity + "(" + strings.Join(path.CIs, ">") + ")"
		}
		got = append(got, line)
	}
	want := []string{
		"related-ci at api: 0-db(db>api) 1-api(api)",
		"related-ci at batch: 0-db(db>batch) 3-batch(batch)",
		"related-ci at shop: 0-db(db>api>shop) 1-api(api>shop) 2-shop(shop)",
		"same-ci at unknown: 5-unknown(unknown) 6-unknown(unknown)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if err := p.ExcludeCollisions(w, -1); !errors.Is(err, ErrInvalid) {
		t.Errorf("a negative distance: %v", err)
	}
}

// TestExcludeCollisionsAgainstPairs compares the sets with a look at every pair.
func TestExcludeCollisionsAgainstPairs(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e", "f"}
	rapid.Check(t, func(t *rapid.T) {
		w := wiring{}
		for _, x := range names {
			w[x] = rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 2, rapid.ID).Draw(t, "next of "+x)
		}
		cis := rapid.SliceOfN(rapid.SampledFrom(names), 1, 7).Draw(t, "work")
		distance := rapid.IntRange(0, 3).Draw(t, "distance")
		p := working(cis...)
		if err := p.ExcludeCollisions(w, distance); err != nil {
			t.Fatal(err)
		}
		near := func(x, y string) bool {
			for z, d := range w.Impacted(x) {
				if z == y {
					return d <= distance
				}
			}
			return false
		}
		for i := range cis {
			for j := range i {
				a, b := p.Activities[i].ID, p.Activities[j].ID
				want := near(cis[i], cis[j]) || near(cis[j], cis[i])
				got := slices.ContainsFunc(p.Exclusions, func(x Exclusion) bool {
					return slices.Contains(x.Activities, a) && slices.Contains(x.Activities, b)
				})
				if got != want {
					t.Fatalf("%s and %s exclude each other: %v, want %v, with %v at distance %d", a, b, got, want, w, distance)
				}
			}
		}
		for _, x := range p.Exclusions {
			for _, path := range x.Paths {
				for k := 1; k < len(path.CIs); k++ {
					if !slices.Contains(w[path.CIs[k-1]], path.CIs[k]) {
						t.Fatalf("%v is no path of %v", path, w)
					}
				}
				if path.CIs[len(path.CIs)-1] != x.At || len(path.CIs) > distance+1 {
					t.Fatalf("%v does not lead to %s within %d", path, x.At, distance)
				}
			}
		}
		if err := p.Validate(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestExcludeServices(t *testing.T) {
	p := working("a", "b", "c")
	p.Activities[0].Services, p.Activities[1].Services = []string{"pay", "pay"}, []string{"pay", "mail"}
	if err := p.ExcludeServices(); err != nil {
		t.Fatal(err)
	}
	if len(p.Exclusions) != 1 || p.Exclusions[0].At != "pay" || !slices.Equal(p.Exclusions[0].Activities, []string{"0-a", "1-b"}) {
		t.Errorf("got %+v", p.Exclusions)
	}
}

func TestApplyRisk(t *testing.T) {
	p := shop()
	p.Activities = []Activity{{ID: "patch", Duration: Hour, Calendar: AlwaysOpen}}
	points := RaterFunc(func(a *Activity) (int64, error) {
		if a.From.Stage == "canary" {
			return 2, nil
		}
		return 5, nil
	})
	for range 2 { // again replaces
		if err := p.ApplyRisk(points, 8); err != nil {
			t.Fatal(err)
		}
	}
	low, err := p.Lower()
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]int64{"patch": 5, "db/deploy": 5, "db/deploy/prepare": 0, "shop/canary": 2, "db/review": 0} {
		a := &low.Activities[slices.IndexFunc(low.Activities, func(a Activity) bool { return a.ID == id })]
		var demand int64
		for _, d := range a.Demands {
			demand += d.Amount
		}
		if a.Risk != want || demand != want {
			t.Errorf("%s has risk %d and demands %d, want %d", id, a.Risk, demand, want)
		}
	}
	if n := len(p.Resources); n != 1 || p.Resources[0].Capacity.Base != 8 {
		t.Errorf("%d resources: %+v", n, p.Resources)
	}
	if err := p.ApplyRisk(points, 4); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "has 5 risk points by itself") {
		t.Errorf("work above the budget: %v", err)
	}
	if err := p.ApplyRisk(points, 0); err != nil || len(p.Resources) > 0 {
		t.Errorf("no budget: %v, %+v", err, p.Resources)
	}
	broken := errors.New("no history")
	if err := p.ApplyRisk(RaterFunc(func(*Activity) (int64, error) { return 0, broken }), 0); !errors.Is(err, broken) {
		t.Errorf("an error of the rater: %v", err)
	}
}
