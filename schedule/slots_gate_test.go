package schedule

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestGateAgrees asks a gate and the finder at random instants, and looks for changes of the
// answer minute by minute.
func TestGateAgrees(t *testing.T) {
	yes, no := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		plan, err := Solve(context.Background(), p, &Options{MaxWork: 2_000})
		if err != nil {
			return
		}
		f, err := NewSlotFinder(p, plan)
		if err != nil {
			t.Fatal(err)
		}
		id := rapid.SampledFrom(p.Activities).Draw(t, "which").ID
		g, err := f.Gate(id)
		if err != nil {
			t.Fatal(err)
		}
		at := p.Horizon.Start.Add(time.Duration(rapid.IntRange(-2*60, 74*60).Draw(t, "minute")) * time.Minute)
		got := g.At(at)
		why, err := f.Blocked(id, at)
		if err != nil {
			t.Fatal(err)
		}
		if got.May != (len(why) == 0) || len(got.Why()) != len(why) {
			t.Fatalf("%s: the gate says %v, the finder %v\n%s", id, got, why, text(p))
		}
		if yes++; !got.May {
			yes, no = yes-1, no+1
		}
		for x := at; x.Before(p.Horizon.End.Add(time.Hour)); x = x.Add(time.Minute) {
			changed := !got.Until.IsZero() && !x.Before(got.Until)
			why, err := f.Blocked(id, x)
			if err != nil {
				t.Fatal(err)
			}
			if same := (len(why) == 0) == got.May; same == changed {
				t.Fatalf("%s at %v: the answer %v holds until %v, but at %v it is %v", id, at, got.May, got.Until, x, why)
			}
			if changed {
				break
			}
		}
		if next, ok := g.Next(at); ok {
			if why, _ := f.Blocked(id, next); len(why) > 0 || next.Before(at) {
				t.Fatalf("next is %v, blocked by %v", next, why)
			}
		}
	})
	t.Logf("%d times yes, %d times no", yes, no)
}

// TestGateSpeaks looks at the sentences.
func TestGateSpeaks(t *testing.T) {
	p, plan := webShop()
	f, err := NewSlotFinder(p, plan)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Gate("nobody"); err == nil {
		t.Error("an unknown activity has a gate")
	}
	g, err := f.Gate("a-2")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		at   time.Time
		want string
	}{
		{plan.Assignments[0].Start, "“Deploy the shop” may not start Tue 24 Nov 2026 22:00 EET: “Deploy the shop” starts at least 30 min after “Upgrade the order database” has ended; “Upgrade the order database” is planned Tue 24 Nov 2026 22:00 EET to Wed 25 Nov 2026 00:00 EET. It may from Wed 25 Nov 2026 00:30 EET on."},
		{plan.Assignments[1].Start, "“Deploy the shop” may start Wed 25 Nov 2026 00:30 EET, and at the latest Wed 25 Nov 2026 03:00 EET."},
	} {
		got := g.At(x.at).String()
		colleagues(t, got)
		if got != x.want {
			t.Errorf("%s\nwant %s", got, x.want)
		}
	}
	if n := testing.AllocsPerRun(100, func() { g.At(plan.Assignments[1].Start) }); n > 0 {
		t.Errorf("an answer makes %v allocations", n)
	}
}

// BenchmarkGate asks whether one change may start, against 10,000 scheduled ones, in turn
// at instants with a yes and with a no, and compares with SlotFinder.Blocked.
func BenchmarkGate(b *testing.B) {
	p, plan := busy(b, 10_000)
	f, err := NewSlotFinder(p, plan)
	if err != nil {
		b.Fatal(err)
	}
	id := p.Activities[4321].ID
	g, err := f.Gate(id)
	if err != nil {
		b.Fatal(err)
	}
	yes, i := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		if g.At(p.Horizon.Start.Add(time.Duration(i%8000) * time.Hour)).May {
			yes++
		}
		i++
	}
	ours := float64(b.Elapsed()) / float64(b.N)
	began := time.Now()
	for k := range 100 {
		if _, err := f.Blocked(id, p.Horizon.Start.Add(time.Duration(k*80)*time.Hour)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(time.Since(began))/100/ours, "x-blocked")
	b.ReportMetric(float64(yes)/float64(b.N), "yes/question")
}
