package risk

import (
	"context"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestNoLeak permutes all outcomes that became known after a date: no forecast made up to
// that date may change.
func TestNoLeak(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		history := invented(rapid.IntRange(60, 400).Draw(t, "n"), rapid.Uint64().Draw(t, "seed"))
		n := len(history)
		date := history[rapid.IntRange(n/4, n-1).Draw(t, "row")].Start
		var later []int
		for i := range history {
			if history[i].KnownAt.After(date) {
				later = append(later, i)
			}
		}
		other := append([]Outcome(nil), history...)
		perm := rapid.Permutation(later).Draw(t, "permutation")
		for x, i := range later {
			other[i].Failed = history[perm[x]].Failed
		}
		if rapid.Bool().Draw(t, "flip") {
			for _, i := range later {
				other[i].Failed = !other[i].Failed
			}
		}
		a, b := forecasts(t, history), forecasts(t, other)
		for i := range history {
			if !history[i].Start.After(date) && a[i] != b[i] {
				t.Fatalf("forecast %d of %d, made on %v, changes with outcomes known after %v: %v and %v", i, n, history[i].Start, date, a[i], b[i])
			}
		}
	})
}

func forecasts(t interface{ Fatal(...any) }, history []Outcome) []float64 {
	tab, err := newTable(context.Background(), history, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := newRoller(newDesign(tab), pool(findings(), nil))
	if err := r.roll(len(history)/2, 4, 5*86400); err != nil {
		t.Fatal(err)
	}
	return r.p
}

// TestTheLeakTestCanFail plants a leak: outcomes said to be known at once, though they are not.
func TestTheLeakTestCanFail(t *testing.T) {
	history := invented(400, 3)
	tab, err := newTable(context.Background(), history, nil)
	if err != nil {
		t.Fatal(err)
	}
	copy(tab.known, tab.start)
	a := newDesign(tab).base
	tab.failed[100] = !tab.failed[100]
	b := newDesign(tab).base
	if a[101] == b[101] {
		t.Error("a leaked outcome does not show")
	}
}

// TestModelForetellsLikeTheReplay holds the two ways to the same number against each other:
// the replay by column, and a fitted model that reads its memory.
func TestModelForetellsLikeTheReplay(t *testing.T) {
	history := invented(700, 9)
	cut := 600
	past := history[:cut]
	asOf := time.Time{}
	for _, o := range past {
		if o.KnownAt.After(asOf) {
			asOf = o.KnownAt
		}
	}
	next := history[cut]
	next.Start = asOf.Add(5 * time.Hour)
	next.KnownAt = next.Start.Add(time.Hour)
	m, err := Fit(context.Background(), past, nil)
	if err != nil {
		t.Fatal(err)
	}
	rater, err := m.Rater(nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := rater.LogOdds(&next.Change)
	if err != nil {
		t.Fatal(err)
	}
	tab, err := newTable(context.Background(), append(append([]Outcome(nil), past...), next), nil)
	if err != nil {
		t.Fatal(err)
	}
	r := newRoller(newDesign(tab), pool(findings(), nil))
	short, _ := newTable(context.Background(), past, nil)
	r2 := newRoller(newDesign(short), r.shipped)
	if err := r2.roll(cut, trainWindows, 1); err != nil {
		t.Fatal(err)
	}
	if err := r2.refit(cut, cut, asOf.Unix()); err != nil {
		t.Fatal(err)
	}
	f := r2.last
	cols := r.d.all(f.shrink)
	eta, crowd := f.beta[0], 0.0
	for c := range cols {
		cols[c].Center, cols[c].Spread = f.cols[c].Center, f.cols[c].Spread
		share := f.beta[c+1] * cols[c].z(cut)
		if kind, _ := cols[c].Source.of(); kind == CrowdIn {
			crowd += share // the future's crowd is not in a memory
			continue
		}
		eta += share
	}
	if math.Abs(got.Float()-eta) > 1e-4 {
		t.Errorf("the model says %v, the replay %v (crowd %v apart)", got, eta, crowd)
	}
}
