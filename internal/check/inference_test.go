package check_test

import (
	"testing"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// TestInference judges right inferences, and the same with a premise left out or a
// bound raised.
func TestInference(t *testing.T) {
	in := three()
	in.Horizon = 30
	for k := range in.Tasks {
		in.Tasks[k].Modes[0].Starts[0].Hi = 27
	}
	in.Lags = []rcpsp.Lag{{From: 0, To: 1, FromEnd: true, Min: 1}}
	j, err := check.NewJudge(in)
	if err != nil {
		t.Fatal(err)
	}
	for k := range int64(3) {
		if err := j.Variable(k, proof.Start, k); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Variable(3, proof.Tier, 0); err != nil {
		t.Fatal(err)
	}
	atLeast := func(v, b int64) check.Fact { return check.Fact{Var: v, Bound: b} }
	atMost := func(v, b int64) check.Fact { return check.Fact{Var: v, AtMost: true, Bound: b} }
	for _, c := range []struct {
		name     string
		premises []check.Fact
		implied  check.Fact
		want     bool
	}{
		{"a lag", []check.Fact{atLeast(0, 1)}, atLeast(1, 4), true},
		{"a lag, bound raised", []check.Fact{atLeast(0, 1)}, atLeast(1, 5), false},
		{"a lag, premise left out", nil, atLeast(1, 4), false},
		{"a lag backwards", []check.Fact{atMost(1, 5)}, atMost(0, 2), true},
		{"a lag backwards, too far", []check.Fact{atMost(1, 5)}, atMost(0, 1), false},
		{"a time-table", []check.Fact{atLeast(2, 2), atMost(2, 3), atLeast(0, 2)}, atLeast(0, 5), true},
		{"a time-table, premise left out", []check.Fact{atLeast(2, 2), atMost(2, 3)}, atLeast(0, 5), false},
		{"a time-table, bound raised", []check.Fact{atLeast(2, 2), atMost(2, 3), atLeast(0, 2)}, atLeast(0, 7), false},
		{"the makespan", []check.Fact{atLeast(2, 6)}, atLeast(3, 9), true},
		{"the makespan, bound raised", []check.Fact{atLeast(2, 6)}, atLeast(3, 10), false},
	} {
		if err := j.Inference(c.premises, &c.implied); (err == nil) != c.want {
			t.Errorf("%s: %v, want it accepted: %v", c.name, err, c.want)
		}
		premises := append(append([]check.Fact(nil), c.premises...), c.implied.Negation())
		if err := j.Inference(premises, nil); (err == nil) != c.want {
			t.Errorf("%s, as a conflict: %v, want it accepted: %v", c.name, err, c.want)
		}
	}
	if err := j.Inference([]check.Fact{atLeast(9, 1)}, nil); err == nil {
		t.Error("a variable without a name was accepted")
	}
	if err := j.Nogood([]check.Fact{atLeast(0, 0)}); err == nil {
		t.Error("a nogood that excludes everything was accepted")
	}
	if err := j.Nogood([]check.Fact{atMost(1, 2)}); err != nil {
		t.Error(err)
	}
}

// TestEnergyAndSequence judges inferences of energies and of sequences, and the same
// with a premise left out or a bound raised. Three tasks of lengths 2, 2 and 3 share a
// resource, one at a time.
func TestEnergyAndSequence(t *testing.T) {
	in := three()
	in.Horizon = 30
	for k := range in.Tasks {
		in.Tasks[k].Modes[0].Starts[0].Hi = 27
	}
	j, err := check.NewJudge(in)
	if err != nil {
		t.Fatal(err)
	}
	for k := range int64(3) {
		if err := j.Variable(k, proof.Start, k); err != nil {
			t.Fatal(err)
		}
	}
	within := func(lo, hi int64, tasks ...int64) (out []check.Fact) {
		for _, k := range tasks {
			out = append(out, check.Fact{Var: k, Bound: lo}, check.Fact{Var: k, AtMost: true, Bound: hi - int64(in.Tasks[k].Modes[0].Duration)})
		}
		return out
	}
	for _, c := range []struct {
		name             string
		premises         []check.Fact
		implied          *check.Fact
		energy, sequence bool
	}{
		{"too much for a window", within(3, 9, 0, 1, 2), nil, true, true},
		{"a window that is just large enough", within(3, 10, 0, 1, 2), nil, false, false},
		{"a premise left out", within(3, 9, 0, 1, 2)[1:], nil, false, false},
		{"edge-finding", append(within(3, 9, 0, 1), check.Fact{Var: 2, Bound: 3}), &check.Fact{Var: 2, Bound: 7}, true, true},
		{"edge-finding, bound raised", append(within(3, 9, 0, 1), check.Fact{Var: 2, Bound: 3}), &check.Fact{Var: 2, Bound: 8}, false, false},
		{"edge-finding, window moved", append(within(3, 10, 0, 1), check.Fact{Var: 2, Bound: 3}), &check.Fact{Var: 2, Bound: 7}, false, false},
		{"not first", []check.Fact{{Var: 0, Bound: 4}, {Var: 0, AtMost: true, Bound: 8}, {Var: 1, Bound: 4}, {Var: 1, AtMost: true, Bound: 8}, {Var: 2, Bound: 4}}, &check.Fact{Var: 2, Bound: 6}, true, true},
		{"not first, bound raised", []check.Fact{{Var: 0, Bound: 4}, {Var: 0, AtMost: true, Bound: 8}, {Var: 1, Bound: 4}, {Var: 1, AtMost: true, Bound: 8}, {Var: 2, Bound: 4}}, &check.Fact{Var: 2, Bound: 9}, false, false},
	} {
		if err := j.Energy(c.premises, c.implied); (err == nil) != c.energy {
			t.Errorf("%s: %v, want it accepted for its energy: %v", c.name, err, c.energy)
		}
		if err := j.Sequence(c.premises, c.implied); (err == nil) != c.sequence {
			t.Errorf("%s: %v, want it accepted for its sequences: %v", c.name, err, c.sequence)
		}
	}
}
