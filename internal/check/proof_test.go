package check_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/engine"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
)

// three is three tasks of length 2, 2 and 3 on one machine, and a makespan.
func three() *rcpsp.Instance {
	in := &rcpsp.Instance{Horizon: 9, Resources: []rcpsp.Resource{{Capacity: []rcpsp.Step{{Value: 1}}}}, Goals: []rcpsp.Goal{gen.Makespan(3)}}
	for _, d := range []rcpsp.Time{2, 2, 3} {
		in.Tasks = append(in.Tasks, rcpsp.Task{Modes: []rcpsp.Mode{{Duration: d, Starts: []rcpsp.Range{{Lo: 0, Hi: 9}}, Demands: []rcpsp.Demand{{Resource: 0, Amount: 1}}}}})
	}
	return in
}

// threeLog is a proof by hand: with the makespan at 6, whichever of the first two goes
// first, the third task finds no room.
const threeLog = `p slackwater 1
v 0 start 0
v 1 start 1
v 2 start 2
v 3 tier 0
v 4 order 0 1
v 5 order 0 2
v 6 order 1 2
s 0=0@0 1=0@2 2=0@4
a 1 4 >= 1
a 2 4 <= 0
a 3 5 >= 1
a 4 5 <= 0
a 5 6 >= 1
n 1 1 3
n 2 1
n 3 3
c optimal 7
`

func TestProofByHand(t *testing.T) {
	v, err := check.Proof(three(), strings.NewReader(threeLog))
	if err != nil || v.Claim != proof.Optimal || v.Value[0] != 7 || v.Nogoods != 3 {
		t.Errorf("Proof = %+v, %v", v, err)
	}
}

// TestProofFaults plants one fault at a time into the proof by hand.
func TestProofFaults(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"c optimal 7", "c optimal 6", "is claimed"},
		{"c optimal 7", "c unsat", "after one"},
		{"c optimal 7", "", "without a conclusion"},
		{"c optimal 7", "c optimal 7\nn 9 1", "after the conclusion"},
		{"s 0=0@0 1=0@2 2=0@4", "s 0=0@0 1=0@2 2=0@5", "does not follow"},
		{"s 0=0@0 1=0@2 2=0@4", "s 0=0@0 1=0@1 2=0@4", "breaks"},
		{"s 0=0@0 1=0@2 2=0@4", "s 0=0@0 1=0@2", "breaks"},
		{"s 0=0@0 1=0@2 2=0@4", "s 0=0@0 1=0@2 7=0@4", "not known"},
		{"s 0=0@0 1=0@2 2=0@4\n", "", "does not follow"},
		{"n 1 1 3", "n 1", "does not follow"},
		{"a 1 4 >= 1", "a 1 9 >= 1", "no variable"},
		{"a 2 4 <= 0", "a 1 4 <= 0", "there already"},
		{"n 1 1 3", "n 1 77", "no atom"},
		{"v 4 order 0 1", "v 4 order 0 0", "may overlap"},
		{"v 4 order 0 1", "v 3 order 0 1", "there already"},
		{"v 3 tier 0", "v 3 tier 1", "no tier"},
		{"v 0 start 0", "v 0 start 5", "no task"},
		{"v 0 start 0", "v 0 end 0", "its end is no variable"},
		{"v 0 start 0", "v 0 mode 0 0", "no choice of mode"},
		{"v 0 start 0", "v 0 span 0", "no set 0"},
		{"v 0 start 0", "v 0 start 0\nd 1", "no nogood"},
		{"n 3 3", "d 8", "no nogood"},
	} {
		log := strings.Replace(threeLog, c.old, c.new, 1)
		if log == threeLog {
			t.Fatalf("%q is not in the log", c.old)
		}
		if v, err := check.Proof(three(), strings.NewReader(log)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: %+v, %v; want %q", c.new, c.old, v, err, c.want)
		}
	}
}

// TestOrderOfTasksThatMayOverlap must not be accepted as a variable.
func TestOrderOfTasksThatMayOverlap(t *testing.T) {
	in := three()
	in.Resources[0].Capacity = append(in.Resources[0].Capacity, rcpsp.Step{From: 4, Value: 2})
	if _, err := check.Proof(in, strings.NewReader(threeLog)); err == nil || !strings.Contains(err.Error(), "may overlap") {
		t.Errorf("error %v", err)
	}
}

func TestUnsupported(t *testing.T) {
	in := three()
	in.Goals[0].Terms[0].Cost = []rcpsp.Piece{{Value: 1 << 50}}
	in.Goals[0].Weight = 1 << 11
	var u *check.Unsupported
	if _, err := check.Proof(in, strings.NewReader(threeLog)); !errors.As(err, &u) {
		t.Errorf("error %v, want Unsupported", err)
	}
}

// every draws instances with every kind of constraint and of goal.
func every() gen.Options { return gen.Options{Tasks: 4} }

// TestFalseNogoodIsRejected puts a nogood that excludes the best solution in front of a
// proof: it must not be accepted, whatever the instance.
func TestFalseNogoodIsRejected(t *testing.T) {
	tried := 0
	for seed := range uint64(400) {
		in := gen.Seeded(seed, every())
		best := oracle.Best(in)
		if best == nil {
			continue
		}
		tried++
		var b strings.Builder
		fmt.Fprintln(&b, proof.Header)
		args := ""
		away := in.Horizon + 1
		for k := range in.Tasks {
			at := away
			if best.Mode[k] >= 0 {
				at = best.Start[k]
			}
			fmt.Fprintf(&b, "v %d start %d\na %d %d >= %d\na %d %d <= %d\n", k, k, 2*k, k, at, 2*k+1, k, at)
			args += fmt.Sprintf(" %d %d", 2*k, 2*k+1)
		}
		fmt.Fprintf(&b, "n 1%s\nc none\n", args)
		if _, err := check.Proof(in, strings.NewReader(b.String())); err == nil || !strings.Contains(err.Error(), "does not follow") {
			t.Fatalf("seed %d: a nogood against %+v was accepted: %v", seed, best, err)
		}
	}
	if tried < 100 {
		t.Errorf("tried %d only", tried)
	}
}

// TestSpoiltProofs changes, drops and doubles lines of true proofs at random: a log that
// is accepted all the same must claim what is true.
func TestSpoiltProofs(t *testing.T) {
	rejected, accepted := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		in := gen.Draw(every()).Draw(t, "instance")
		var log bytes.Buffer
		if _, err := engine.Run(context.Background(), in, engine.Options{Proof: &log}); err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n")
		lines = spoil(t, lines)
		v, err := check.Proof(in, strings.NewReader(strings.Join(lines, "\n")))
		if err != nil {
			rejected++
			return
		}
		accepted++
		best := oracle.Best(in)
		switch {
		case v.Claim == proof.Unsat && best != nil, v.Claim == proof.Optimal && (best == nil || !slices.Equal(in.Value(best), v.Value)):
			t.Fatalf("accepted %+v of %+v, best is %+v\n%s", v, in, best, strings.Join(lines, "\n"))
		}
	})
	t.Logf("%d rejected, %d accepted", rejected, accepted)
	if rejected == 0 || accepted == 0 {
		t.Error("want some of both")
	}
}

// spoil makes one to three faults.
func spoil(t *rapid.T, lines []string) []string {
	for range rapid.IntRange(1, 3).Draw(t, "faults") {
		i := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
		switch w := strings.Fields(lines[i]); rapid.IntRange(0, 3).Draw(t, "fault") {
		case 0:
			lines = slices.Delete(slices.Clone(lines), i, i+1)
		case 1:
			lines = slices.Insert(slices.Clone(lines), i, lines[i])
		case 2:
			j := rapid.IntRange(0, len(lines)-1).Draw(t, "other")
			lines[i], lines[j] = lines[j], lines[i]
		default:
			if k := len(w) - 1; k > 0 {
				w[k] = fmt.Sprint(rapid.IntRange(-3, 12).Draw(t, "number"))
				lines[i] = strings.Join(w, " ")
			}
		}
		if len(lines) == 0 {
			return lines
		}
	}
	return lines
}

// FuzzProof reads any bytes as a log for one of several instances with constraints of all
// kinds: what is accepted must be true. It begins with true logs.
func FuzzProof(f *testing.F) {
	ins := []*rcpsp.Instance{three(), machine(), benches(), wishes()}
	values := [][]int64{{7}, {7}, {17, 7}, {4}}
	for k, log := range []string{threeLog, lemmaLog, benchesLog, wishesLog} {
		f.Add(uint8(k), []byte(log))
	}
	for seed := uint64(0); len(ins) < 15; seed++ {
		in := gen.Seeded(seed, every())
		var log bytes.Buffer
		res, err := engine.Run(context.Background(), in, engine.Options{Proof: &log, NoCore: true})
		if err != nil {
			f.Fatal(err)
		}
		if log.Len() < 200 || res.Status == engine.Infeasible {
			continue
		}
		f.Add(uint8(len(ins)), log.Bytes())
		ins, values = append(ins, in), append(values, in.Value(oracle.Best(in)))
	}
	f.Fuzz(func(t *testing.T, pick uint8, log []byte) {
		k := int(pick) % len(ins)
		v, err := check.Proof(ins[k], bytes.NewReader(log))
		if err == nil && (v.Claim == proof.Unsat || v.Claim == proof.Optimal && !slices.Equal(v.Value, values[k])) {
			t.Fatalf("accepted %+v", v)
		}
	})
}
