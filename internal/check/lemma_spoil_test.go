package check_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/engine"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
)

// jobs is tasks in chains over machines that carry one each, and a crew that carries a few:
// what is proved of it takes sequences and energies. With two of them beside each other it
// falls into parts, for the sum of the ends counts.
func jobs(seed uint64, beside int) *rcpsp.Instance {
	r := prng.New(seed)
	in := &rcpsp.Instance{Horizon: 40}
	for k := range beside {
		at := rcpsp.ResourceID(len(in.Resources))
		for _, c := range []int64{1, 1, 1, 4} {
			in.Resources = append(in.Resources, rcpsp.Resource{Capacity: []rcpsp.Step{{Value: c}}})
		}
		for j := range 4 {
			first := r.IntN(3)
			for i := range 3 {
				m := rcpsp.Mode{Duration: rcpsp.Time(1 + r.IntN(5)), Starts: []rcpsp.Range{{Lo: 0, Hi: in.Horizon}}}
				m.Demands = []rcpsp.Demand{{Resource: at + rcpsp.ResourceID((first+i*(1+j%2))%3), Amount: 1}, {Resource: at + 3, Amount: int64(1 + r.IntN(2))}}
				t := rcpsp.TaskID(len(in.Tasks))
				in.Tasks = append(in.Tasks, rcpsp.Task{Modes: []rcpsp.Mode{m}})
				if i > 0 {
					in.Lags = append(in.Lags, rcpsp.Lag{From: t - 1, To: t, FromEnd: true})
				}
			}
		}
		makespan := gen.Makespan(12)
		for i := range makespan.Terms {
			makespan.Terms[i].Task += rcpsp.TaskID(12 * k)
		}
		in.Goals = append(in.Goals, makespan)
	}
	return in
}

// TestSpoiltLemmas changes one number, drops, doubles or swaps lines, of true logs that say
// inferences and parts: what is accepted all the same must claim what is true.
func TestSpoiltLemmas(t *testing.T) {
	refused, harmless := map[string]int{}, map[string]int{}
	for seed := range uint64(8) {
		in := jobs(seed, 1+int(seed%2))
		var log bytes.Buffer
		res, err := engine.Run(context.Background(), in, engine.Options{Proof: &log, Seed: seed})
		if err != nil || res.Status != engine.Optimal {
			t.Fatalf("seed %d: %v, %v", seed, res.Status, err)
		}
		if v, err := check.Proof(in, bytes.NewReader(log.Bytes())); err != nil || v.Claim != proof.Optimal {
			t.Fatalf("seed %d: %+v, %v", seed, v, err)
		}
		lines := strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n")
		r := prng.New(seed)
		var by [256][]int // lines by kind, so that each kind gets its share
		for i, l := range lines[1:] {
			by[l[0]] = append(by[l[0]], i+1)
		}
		for range 60 {
			kind := "vanisbtc"[r.IntN(8)]
			if len(by[kind]) == 0 {
				continue
			}
			i := by[kind][r.IntN(len(by[kind]))]
			w := strings.Fields(lines[i])
			spoilt := slices.Clone(lines)
			how := "changed"
			switch r.IntN(6) {
			case 0:
				spoilt, how = slices.Delete(spoilt, i, i+1), "dropped"
			case 1:
				spoilt, how = slices.Insert(spoilt, i, lines[i]), "doubled"
			case 2:
				j := by[kind][r.IntN(len(by[kind]))]
				spoilt[i], spoilt[j], how = spoilt[j], spoilt[i], "swapped"
			default:
				k := 1 + r.IntN(len(w)-1)
				var x int64
				if _, err := fmt.Sscan(w[k], &x); err != nil {
					continue
				}
				w[k] = fmt.Sprint(x + int64(r.IntN(7)-3))
				spoilt[i] = strings.Join(w, " ")
			}
			name := string(kind) + " " + how
			v, err := check.Proof(in, strings.NewReader(strings.Join(spoilt, "\n")))
			switch {
			case err != nil:
				refused[name]++
			case v.Claim == proof.Unsat || v.Claim == proof.Optimal && !slices.Equal(v.Value, res.Value):
				t.Fatalf("seed %d, %s, line %d, %q for %q: accepted as %+v, true is %v", seed, name, i+1, spoilt[i], lines[i], v, res.Value)
			default:
				harmless[name]++
			}
		}
	}
	t.Log("refused", refused)
	t.Log("harmless", harmless)
	for _, name := range []string{"i changed", "n changed", "b changed", "a changed", "s changed"} {
		if refused[name] < 3 {
			t.Errorf("%s: refused %d times only", name, refused[name])
		}
	}
}
