package check_test

import (
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// wishes is two tasks of length 2, one after the other, that both want to start at 4: a tick
// off costs 3 and 2. The best is 4, with the second at 6.
func wishes() *rcpsp.Instance {
	in := &rcpsp.Instance{Horizon: 20, Lags: []rcpsp.Lag{{From: 0, To: 1, FromEnd: true}}}
	goal := rcpsp.Goal{Kind: rcpsp.Sum, Weight: 1}
	for t, w := range []int64{3, 2} {
		in.Tasks = append(in.Tasks, rcpsp.Task{Modes: []rcpsp.Mode{{Duration: 2, Starts: []rcpsp.Range{{Lo: 0, Hi: 20}}}}})
		goal.Terms = append(goal.Terms, rcpsp.Term{Task: rcpsp.TaskID(t), Cost: []rcpsp.Piece{{Value: 4 * w, Slope: -w}, {From: 4, Slope: w}}})
	}
	in.Goals = []rcpsp.Goal{goal}
	return in
}

// wishesLog bounds the goal by a flow of 2 over the lag: that comes to 2 * 2 for the lag, 8
// for the first, at 4, and -8 for the second, from 4 on.
const wishesLog = `p slackwater 1
v 0 start 0
v 1 start 1
v 2 term 0 0 3
v 3 term 0 1 2
v 4 goal 0
a 1 4 <= 3
i flow tier 0 2 2 3 1 0 1 2 1
n 1 1
s 0=0@4 1=0@6
c optimal 4
`

func TestFlowLemmaByHand(t *testing.T) {
	v, err := check.Proof(wishes(), strings.NewReader(wishesLog))
	if err != nil || v.Claim != proof.Optimal || v.Value[0] != 4 || v.Lemmas != 1 {
		t.Errorf("Proof = %+v, %v", v, err)
	}
}

// TestFlowLemmaFaults plants one fault at a time, into the log or by an instance that is
// looser.
func TestFlowLemmaFaults(t *testing.T) {
	const flow = "i flow tier 0 2 2 3 1 0 1 2 1"
	for _, c := range []struct{ old, new, want string }{
		{flow, "i flow tier 0 2 2 3 1 0 1 1 1", "does not follow"}, // wrong amounts
		{flow, "i flow tier 0 2 2 3 1 0 1 3 1", "does not follow"},
		{flow, "i flow tier 0 2 2 3 1 0 1 0 1", "no amount"},
		{flow, "i flow tier 0 2 2 3 1 0 1 -2 1", "no amount"},
		{flow, "i flow tier 0 2 2 3 1 0 1 1152921504606846976 1", "does not follow"},
		{flow, "i flow tier 0 2 2 3 2 0 1 1152921504606846976 0 1 1152921504606846976 1", "does not follow"},
		{flow, "i flow tier 0 2 2 3 1 1 0 2 1", "does not follow"}, // a lag that is none
		{flow, "i flow tier 0 2 2 3 1 0 0 2 1", "does not follow"},
		{flow, "i flow tier 0 2 2 3 1 0 9 2 1", "no amount"},
		{flow, "i flow tier 0 2 2 3 0 1", "does not follow"},
		{flow, "i flow tier 0 1 2 1 0 1 2 1", "does not follow"}, // a cost left out
		{flow, "i flow tier 0 1 3 1 0 1 2 1", "does not follow"},
		{flow, "i flow tier 0 3 2 3 3 1 0 1 2 1", "or twice"},
		{flow, "i flow tier 0 2 2 4 1 0 1 2 1", "is no cost"},
		{flow, "i flow tier 0 2 2 0 1 0 1 2 1", "is no cost"},
		{flow, "i flow tier 1 2 2 3 1 0 1 2 1", "no tier 1"},
		{flow, "i flow tier -1 2 2 3 1 0 1 2 1", "no tier"},
		{flow, "i flow tier 0 2 2 3 1 0 1 2", "does not follow"}, // the fact left out
		{"a 1 4 <= 3", "a 1 4 <= 4", "does not follow"},
	} {
		log := strings.Replace(wishesLog, c.old, c.new, 1)
		if log == wishesLog {
			t.Fatalf("%q is not in the log", c.old)
		}
		if v, err := check.Proof(wishes(), strings.NewReader(log)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: %+v, %v; want %q", c.new, c.old, v, err, c.want)
		}
	}
	for name, loosen := range map[string]func(in *rcpsp.Instance){
		"no lag":   func(in *rcpsp.Instance) { in.Lags = nil },
		"less lag": func(in *rcpsp.Instance) { in.Lags[0].Min = -1 },
		"presence": func(in *rcpsp.Instance) { in.Tasks[0].Optional = true },
		"a mode":   func(in *rcpsp.Instance) { in.Tasks[0].Modes = append(in.Tasks[0].Modes, short(in.Tasks[0].Modes[0])) },
		"free hours": func(in *rcpsp.Instance) {
			in.Goals[0].Terms[1].Cost = []rcpsp.Piece{{Value: 8, Slope: -2}, {From: 4, Slope: 2}, {From: 6}}
		},
	} {
		in := wishes()
		loosen(in)
		if v, err := check.Proof(in, strings.NewReader(wishesLog)); err == nil || !strings.Contains(err.Error(), "flow of tier") {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
}

func short(m rcpsp.Mode) rcpsp.Mode {
	m.Duration = 1
	return m
}
