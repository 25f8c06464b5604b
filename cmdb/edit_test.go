package cmdb

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// anyEdit draws an edit of a graph that Apply takes.
func anyEdit(r *rapid.T, s Snapshot) Edit {
	var e Edit
	for _, rel := range s.Relations {
		switch rapid.IntRange(0, 7).Draw(r, "fate") {
		case 0:
			e.Unrelate = append(e.Unrelate, rel)
		case 1:
			rel.Confidence = rapid.IntRange(0, 100).Draw(r, "confidence")
			e.Relate = append(e.Relate, rel)
		}
	}
	for range rapid.IntRange(0, 2).Draw(r, "more") {
		rel := Relation{From: anyCI(r, s, "from"), Type: rapid.SampledFrom([]string{DependsOn, PartOf, ConnectsTo, OwnedBy, "near"}).Draw(r, "type"), To: anyCI(r, s, "to"), Source: "edit"}
		same := func(x Relation) bool { return x.From == rel.From && x.Type == rel.Type && x.To == rel.To }
		if rel.From != rel.To && !slices.ContainsFunc(e.Unrelate, same) && !slices.ContainsFunc(e.Relate, same) {
			e.Relate = append(e.Relate, rel)
		}
	}
	if rapid.Bool().Draw(r, "ci") {
		i := rapid.IntRange(0, len(s.CIs)-1).Draw(r, "which")
		c := s.CIs[i]
		c.Owner = "someone else"
		e.SetCIs = append(e.SetCIs, c)
	}
	if rapid.IntRange(0, 5).Draw(r, "new") == 0 && s.CIs[len(s.CIs)-1].ID != "new" {
		e.SetCIs = append(e.SetCIs, CI{ID: "new"})
		e.Relate = append(e.Relate, Relation{From: "new", Type: DependsOn, To: s.CIs[0].ID})
	}
	return e
}

// A chain of edits gives what building the edited snapshot gives, the old graphs stay as they
// were, and Diff finds the way from one to the next.
func TestEditsEqualRebuilding(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		if rapid.Bool().Draw(r, "no groups") {
			s.Groups = nil
		}
		g := mustNew(r, s)
		for range rapid.IntRange(1, 4).Draw(r, "edits") {
			before := g.Snapshot()
			e := anyEdit(r, before)
			h, err := g.Apply(e)
			if err != nil {
				r.Fatal(err)
			}
			want := mustNew(r, g.edited(&e))
			if diff := cmp.Diff(want.Snapshot(), h.Snapshot()); diff != "" {
				r.Fatalf("%+v: %s", e, diff)
			}
			tw := newTwin(h.Snapshot())
			ci := anyCI(r, h.Snapshot(), "ask")
			got := map[string]int{}
			for id, d := range h.Impacted(ci) {
				got[id] = d
			}
			if diff := cmp.Diff(tw.impact(Query{}, ci), got); diff != "" {
				r.Fatalf("Impacted(%s) after %+v: %s", ci, e, diff)
			}
			if diff := cmp.Diff(want.Cycles(), h.Cycles()); diff != "" {
				r.Fatal(diff)
			}
			x, y := anyCI(r, h.Snapshot(), "x"), anyCI(r, h.Snapshot(), "y")
			c1, _ := want.Collide(x, y)
			c2, _ := h.Collide(x, y)
			if diff := cmp.Diff(c1, c2); diff != "" {
				r.Fatal(diff)
			}
			if diff := cmp.Diff(before, g.Snapshot()); diff != "" {
				r.Fatalf("the old graph changed: %s", diff)
			}
			back, err := h.Apply(h.Diff(g))
			if err != nil {
				r.Fatal(err)
			}
			if diff := cmp.Diff(before, back.Snapshot()); diff != "" {
				r.Fatalf("Diff does not lead back: %s", diff)
			}
			flat, err := h.Compact()
			if err != nil || !cmp.Equal(flat.Snapshot(), h.Snapshot()) || flat.Edited() != 0 {
				r.Fatal("Compact changes the graph", err)
			}
			g = h
		}
	})
}

func TestApplyRefuses(t *testing.T) {
	g := mustNew(t, shop())
	for name, e := range map[string]Edit{
		"a relation of nothing":  {Relate: []Relation{{From: "shop", Type: DependsOn, To: "moon"}}},
		"an unknown type":        {Relate: []Relation{{From: "shop", Type: "likes", To: "db"}}},
		"a self-loop":            {Relate: []Relation{{From: "shop", Type: DependsOn, To: "shop"}}},
		"no such relation":       {Unrelate: []Relation{{From: "db", Type: DependsOn, To: "shop"}}},
		"a CI still related":     {DropCIs: []string{"db"}},
		"no such CI":             {DropCIs: []string{"moon"}},
		"no such group":          {DropGroups: []string{"moon"}},
		"a criticality":          {SetCIs: []CI{{ID: "db", Criticality: 7}}},
		"a confidence":           {Relate: []Relation{{From: "shop", Type: DependsOn, To: "db", Confidence: 101}}},
		"a relation named twice": {Relate: []Relation{{From: "shop", Type: DependsOn, To: "db"}, {From: "shop", Type: DependsOn, To: "db"}}},
	} {
		if _, err := g.Apply(e); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// Readers of every generation go on while edits are made; the race detector watches.
func TestEditsUnderReaders(t *testing.T) {
	s := newSynthetic(2000, 6000, 1)
	g := s.build(t)
	want := ids(g, s.ids[s.hub()])
	generations := make(chan *Graph, 64)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for h := range generations {
				for range h.Impacted(s.ids[s.hub()]) {
				}
				if got := ids(g, s.ids[s.hub()]); !slices.Equal(got, want) {
					t.Error("the first graph changed")
				}
			}
		})
	}
	h := g
	for i := range 200 {
		r := Relation{From: s.ids[s.from[i]], Type: DependsOn, To: s.ids[s.to[i]]}
		next, err := h.Apply(Edit{Unrelate: []Relation{r}})
		if err != nil {
			t.Fatal(err)
		}
		h = next
		generations <- h
	}
	close(generations)
	wg.Wait()
	if h.Edited() != 200 {
		t.Errorf("%d edits", h.Edited())
	}
}

// BenchmarkEdit changes one relation of the estate after another, each in a new graph. The worst is reported too.
func BenchmarkEdit(b *testing.B) {
	s := large()
	g := s.build(b)
	i := 0
	worst := time.Duration(0)
	for b.Loop() {
		start := time.Now()
		h, err := g.Apply(Edit{Unrelate: []Relation{{From: s.ids[s.from[i]], Type: DependsOn, To: s.ids[s.to[i]]}}})
		if err != nil {
			b.Fatal(err)
		}
		worst = max(worst, time.Since(start))
		g = h
		i++
	}
	b.ReportMetric(float64(worst.Microseconds()), "worst-us")
}
