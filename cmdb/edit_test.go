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
		if rapid.Bool().Draw(r, "move") {
			c.Zone = "b"
		}
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
				if _, err2 := New(g.edited(&e)); err2 == nil || !slices.ContainsFunc(e.SetCIs, func(c CI) bool { return c.Zone == "b" }) {
					r.Fatalf("%+v: %v", e, err)
				}
				continue // the move takes a group's zones away
			}
			want := mustNew(r, g.edited(&e))
			if diff := cmp.Diff(want.Snapshot(), h.Snapshot()); diff != "" {
				r.Fatalf("%+v: %s", e, diff)
			}
			if len(e.DropCIs) == 0 && !slices.ContainsFunc(e.SetCIs, func(c CI) bool {
				p, ok := g.number(c.ID)
				return !ok || g.zoned(p)
			}) && h.Edited() != g.Edited()+len(e.SetCIs)+len(e.Relate)+len(e.Unrelate) {
				r.Fatalf("%+v built the graph anew", e)
			}
			for _, a := range [][2]*adjacency{{&want.core.providers, &h.core.providers}, {&want.core.dependents, &h.core.dependents}} {
				for v := range int32(len(want.core.providers.off) - 1) {
					to, codes := a[0].full(v)
					to2, codes2 := a[1].full(v)
					if !slices.Equal(to, to2) || !slices.Equal(codes, codes2) {
						r.Fatalf("%+v: row %d is %v %v, want %v %v", e, v, to2, codes2, to, codes)
					}
				}
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
	g := s.buildWith(t, 300)
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
		e := Edit{Unrelate: []Relation{r}}
		switch i % 3 { // i%3 == 0 drops a relation
		case 1:
			e = Edit{SetCIs: []CI{{ID: r.From, Owner: "someone"}}}
		case 2:
			e = Edit{Relate: []Relation{{From: r.From, Type: DependsOn, To: s.ids[s.to[3*i]], Source: "edit"}}}
			if r.From == s.ids[s.to[3*i]] {
				continue
			}
		}
		next, err := h.Apply(e)
		if err != nil {
			t.Fatal(err)
		}
		h = next
		generations <- h
	}
	close(generations)
	wg.Wait()
	if h.Edited() < 190 {
		t.Errorf("%d edits are held apart", h.Edited())
	}
	flat, err := h.Compact()
	if err != nil || !slices.Equal(ids(flat, s.ids[7]), ids(h, s.ids[7])) || !cmp.Equal(flat.Snapshot(), h.Snapshot()) {
		t.Error("Compact changes the graph", err)
	}
}

// BenchmarkEdit changes one relation of the estate after another, each in a new graph. The worst is
// reported too. With 100,000 groups many of the ends are members.
func BenchmarkEdit(b *testing.B) {
	b.Run("plain", func(b *testing.B) { benchmarkEdit(b, 0) })
	b.Run("groups", func(b *testing.B) { benchmarkEdit(b, 100_000) })
}

func benchmarkEdit(b *testing.B, groups int) {
	s := large()
	g := s.buildWith(b, groups)
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
