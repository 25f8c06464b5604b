package engine

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
)

// shop is jobs of one task on each machine, in any order; where mixed, machines are sets
// that exclude overlaps, or resources with a break, tasks may be left out at a cost, have a
// slower mode or pause at night.
func shop(seed uint64, jobs, machines int, mixed bool) *rcpsp.Instance {
	r := prng.New(seed)
	in := &rcpsp.Instance{NoOverlap: make([][]rcpsp.TaskID, machines)}
	for range jobs * machines {
		in.Horizon += 6
	}
	var nights []rcpsp.Span
	for at := rcpsp.Time(0); at < in.Horizon; at += 10 {
		nights = append(nights, rcpsp.Span{Lo: at, Hi: at + 8})
	}
	goal := gen.Makespan(jobs * machines)
	for range machines {
		in.Resources = append(in.Resources, rcpsp.Resource{Capacity: []rcpsp.Step{{Value: 1}}})
	}
	for range jobs {
		order := make([]int, machines)
		for i := range order {
			k := r.IntN(i + 1)
			order[i], order[k] = order[k], i
		}
		for i, m := range order {
			t := rcpsp.TaskID(len(in.Tasks))
			mode := rcpsp.Mode{Duration: rcpsp.Time(1 + r.IntN(6)), Starts: []rcpsp.Range{{Lo: 0, Hi: in.Horizon}}}
			set := mixed && m%2 == 0
			if set {
				in.NoOverlap[m] = append(in.NoOverlap[m], t)
			} else {
				mode.Demands = []rcpsp.Demand{{Resource: rcpsp.ResourceID(m), Amount: 1}}
			}
			if mixed && r.IntN(5) == 0 {
				mode.Work, mode.Hold = nights, true
			}
			task := rcpsp.Task{Modes: []rcpsp.Mode{mode}}
			if mixed && r.IntN(5) == 0 {
				slow := mode
				slow.Duration += 2
				task.Modes = append(task.Modes, slow)
			}
			if mixed && r.IntN(6) == 0 {
				task.Optional, goal.Terms[t].Absent = true, int64(10+r.IntN(20))
			}
			in.Tasks = append(in.Tasks, task)
			if i > 0 {
				in.Lags = append(in.Lags, rcpsp.Lag{From: t - 1, To: t, FromEnd: true})
			}
		}
	}
	if mixed {
		in.Resources[1].Capacity = []rcpsp.Step{{Value: 1}, {From: 7, Value: 0}, {From: 9, Value: 1}}
	}
	in.Goals = []rcpsp.Goal{goal}
	return in
}

// tight is tasks of several modes that share resources whose capacity changes, so that
// energies matter.
func tight(seed uint64, n int) *rcpsp.Instance {
	in := hard(seed, n)
	r := prng.New(seed + 1)
	for t := range in.Tasks {
		first := in.Tasks[t].Modes[0]
		if r.IntN(4) == 0 {
			slow := first
			slow.Duration += rcpsp.Time(1 + r.IntN(2))
			slow.Demands = append([]rcpsp.Demand(nil), first.Demands...)
			for d := range slow.Demands {
				slow.Demands[d].Amount = 1
			}
			in.Tasks[t].Modes = append(in.Tasks[t].Modes, slow)
		}
		if r.IntN(8) == 0 {
			in.Tasks[t].Optional, in.Goals[0].Terms[t].Absent = true, int64(8+r.IntN(12))
		}
	}
	in.Resources[1].Capacity = []rcpsp.Step{{Value: 4}, {From: 6, Value: 3}, {From: 12, Value: 5}}
	return in
}

// TestCertificatesOfFarRules has claims verified where energies, sequences and flows are at work:
// the log says what they infer, whenever a nogood takes it.
func TestCertificatesOfFarRules(t *testing.T) {
	for _, kind := range []struct {
		name string
		make func(seed uint64) *rcpsp.Instance
		rule proof.Rule
	}{
		{"shops", func(seed uint64) *rcpsp.Instance { return shop(seed, 5, 4, false) }, proof.Sequence},
		{"mixed shops", func(seed uint64) *rcpsp.Instance { return shop(seed, 5, 4, true) }, proof.Sequence},
		{"energies", func(seed uint64) *rcpsp.Instance { return hard(seed, 11) }, proof.Energy},
		{"wishes", func(seed uint64) *rcpsp.Instance { return gen.WithSum(hard(seed, 9), gen.Disruption, seed) }, proof.Flow},
		{"wishes in shops", func(seed uint64) *rcpsp.Instance { return gen.WithSum(shop(seed, 3, 3, false), gen.Disruption, seed) }, proof.Flow},
		{"energies, modes and steps", func(seed uint64) *rcpsp.Instance { return tight(seed, 11) }, proof.Energy},
	} {
		claims, biting := map[proof.Claim]int{}, map[proof.Rule]int{}
		nogoods, lemmas := 0, 0
		for seed := range instances(24) {
			in := kind.make(seed)
			var log bytes.Buffer
			res, err := exactCertified(in, Options{Proof: &log, Seed: 2*seed + 1, NoCore: true, MaxWork: 5_000_000}, 1+int64(seed%3))
			if err != nil {
				t.Fatal(err)
			}
			for _, rule := range []proof.Rule{proof.Energy, proof.Sequence, proof.Flow} {
				if bytes.Contains(log.Bytes(), fmt.Appendf(nil, "\ni %s", rule)) {
					biting[rule]++
				}
			}
			v, err := check.Proof(in, &log)
			if err != nil {
				t.Fatalf("%s, seed %d: %v %v: %v", kind.name, seed, res.Status, res.Value, err)
			}
			claims[v.Claim]++
			nogoods, lemmas = nogoods+v.Nogoods, lemmas+v.Lemmas
		}
		t.Logf("%s: %v, %d nogoods, %d inferences written, of energy in %d, of sequences in %d, of flows in %d instances", kind.name, claims, nogoods, lemmas, biting[proof.Energy], biting[proof.Sequence], biting[proof.Flow])
		if claims[proof.Optimal] < 20 || biting[kind.rule] < 11 {
			t.Errorf("%s: %v, %v", kind.name, claims, biting)
		}
	}
}
