package check_test

import (
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// machine is the tasks of three, of lengths 2, 2 and 3, on one machine, which is also a set
// that excludes overlaps, with room enough.
func machine() *rcpsp.Instance {
	in := three()
	in.Horizon = 30
	for k := range in.Tasks {
		in.Tasks[k].Modes[0].Starts[0].Hi = 27
	}
	in.NoOverlap = [][]rcpsp.TaskID{{0, 1, 2}}
	return in
}

// lemmaLog has one inference of each kind by hand: all three within [3, 9) are too much; with
// the first two within [3, 8) the third, which starts at 2 or later, starts at 7 or later,
// since it cannot end by 8; and with the first two starting from 4 to 9 and the third from 5
// on, so that it cannot be first, it starts at 6 or later.
const lemmaLog = `p slackwater 1
v 0 start 0
v 1 start 1
v 2 start 2
a 1 0 >= 3
a 2 0 <= 7
a 3 1 >= 3
a 4 1 <= 7
a 5 2 >= 3
a 6 2 <= 6
i energy resource 0 - 3 9 1 2 3 4 5 6
i sequence resource 0 - 3 9 1 2 3 4 5 6
i sequence set 0 - 3 9 1 2 3 4 5 6
n 1 1 2 3 4 5 6
a 7 0 <= 6
a 8 1 <= 6
a 9 2 >= 2
i sequence set 0 2 2 8 1 7 3 8 9 6
n 2 1 7 3 8 9 6
a 10 0 >= 4
a 11 0 <= 9
a 12 1 >= 4
a 13 1 <= 9
a 14 2 >= 5
a 15 2 <= 5
i sequence resource 0 2 0 0 10 11 12 13 14 15
n 3 10 11 12 13 14 15
c none
`

func TestLemmasByHand(t *testing.T) {
	v, err := check.Proof(machine(), strings.NewReader(lemmaLog))
	if err != nil || v.Nogoods != 3 || v.Lemmas != 5 {
		t.Errorf("Proof = %+v, %v", v, err)
	}
	// The nogoods need them.
	var bare []string
	for _, l := range strings.Split(lemmaLog, "\n") {
		if !strings.HasPrefix(l, "i ") {
			bare = append(bare, l)
		}
	}
	if _, err := check.Proof(machine(), strings.NewReader(strings.Join(bare, "\n"))); err == nil {
		t.Error("the nogoods follow without the inferences, so this tests nothing")
	}
}

// TestLemmaFaults plants one fault at a time into the inferences by hand.
func TestLemmaFaults(t *testing.T) {
	const energy, edge, last = "i energy resource 0 - 3 9 1 2 3 4 5 6", "i sequence set 0 2 2 8 1 7 3 8 9 6", "i sequence resource 0 2 0 0 10 11 12 13 14 15"
	for _, c := range []struct{ old, new, want string }{
		{energy, "i energy resource 0 - 3 10 1 2 3 4 5 6", "does not follow"}, // wrong windows
		{energy, "i energy resource 0 - 2 9 1 2 3 4 5 6", "does not follow"},
		{energy, "i energy resource 0 - 9 3 1 2 3 4 5 6", "does not follow"},
		{energy, "i energy resource 0 - 4 9 1 2 3 4 5 6", "does not follow"},
		{energy, "i energy resource 0 - -2000000000000000000 2000000000000000000 1 2 3 4 5 6", "too far away"},
		{energy, "i energy resource 1 - 3 9 1 2 3 4 5 6", "no resource 1"},
		{energy, "i energy set 1 - 3 9 1 2 3 4 5 6", "no set 1"},
		{energy, "i energy resource -1 - 3 9 1 2 3 4 5 6", "no resource"},
		{energy, "i energy resource 0 3 3 9 1 2 3 4 5 6", "no task 3"},
		{energy, "i energy resource 0 - 3 9 1 2 3 4", "does not follow"}, // facts left out
		{energy, "i energy resource 0 - 3 9 1 2 3 4 5", "does not follow"},
		{energy, "i energy resource 0 - 3 9 1 2 3 4 6", "does not follow"},
		{energy, "i energy resource 0 - 3 9", "does not follow"},
		{energy, "i energy resource 0 - 3 9 1 2 3 4 5 77", "no atom 77"},
		{"a 6 2 <= 6", "a 6 2 <= 7", "does not follow"}, // a bound moved
		{"a 1 0 >= 3", "a 1 0 >= 2", "does not follow"},
		{"a 1 0 >= 3", "a 1 1 >= 3", "does not follow"}, // another task's
		{edge, "i sequence set 0 - 2 8 1 7 3 8 9 6", "does not follow"},
		{edge, "i sequence set 0 1 2 8 1 7 3 8 9 6", "does not follow"},
		{edge, "i sequence set 0 2 2 9 1 7 3 8 9 6", "does not follow"},
		{edge, "i sequence set 0 2 8 2 1 7 3 8 9 6", "does not follow"},
		{edge, "i sequence set 0 2 2 8 1 7 3 8 6", "does not follow"},
		{"i sequence set 0 2 2 8 1 7 3 8 9 6", "i sequence set 0 2 2 8 1 7 3 8 9", "does not follow"},
		{"a 9 2 >= 2", "a 9 2 >= 1", "does not follow"},
		{"a 15 2 <= 5", "a 15 2 <= 6", "does not follow"},
		{last, "i sequence resource 0 0 0 0 10 11 12 13 14 15", "does not follow"},
		{last, "i sequence resource 0 2 0 0 10 11 12 13 15", "does not follow"},
		{"n 3 10", "n 4 10 11 12 13 14\nn 3 10", "does not follow"},
		{last, "i sequence resource 0 - 0 0 10 11 12 13 14 15", "does not follow"},
	} {
		log := strings.Replace(lemmaLog, c.old, c.new, 1)
		if log == lemmaLog {
			t.Fatalf("%q is not in the log", c.old)
		}
		if v, err := check.Proof(machine(), strings.NewReader(log)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: %+v, %v; want %q", c.new, c.old, v, err, c.want)
		}
	}
	// A lemma does not outlive the next nogood.
	late := strings.Replace(lemmaLog, "n 1 1 2 3 4 5 6\n", "a 20 0 >= 25\na 21 0 <= 24\nn 9 20 21\nn 1 1 2 3 4 5 6\n", 1)
	if _, err := check.Proof(machine(), strings.NewReader(late)); err == nil || !strings.Contains(err.Error(), "nogood 1 does not follow") {
		t.Errorf("a lemma was used for the nogood after the next: %v", err)
	}
}

// TestLemmasOfOtherInstances wants inferences refused where the instance is looser: a second
// unit, tasks that may take no time, may be left out, or may pause with the machine free.
func TestLemmasOfOtherInstances(t *testing.T) {
	if _, err := check.Proof(machine(), strings.NewReader(lemmaLog)); err != nil {
		t.Fatal(err)
	}
	for name, loosen := range map[string]func(in *rcpsp.Instance){
		"capacity":  func(in *rcpsp.Instance) { in.Resources[0].Capacity[0].Value = 2 },
		"step":      func(in *rcpsp.Instance) { in.Resources[0].Capacity = []rcpsp.Step{{Value: 1}, {From: 8, Value: 2}} },
		"demand":    func(in *rcpsp.Instance) { in.Tasks[1].Modes[0].Demands = nil },
		"presence":  func(in *rcpsp.Instance) { in.Tasks[0].Optional = true; in.NoOverlap = nil },
		"set":       func(in *rcpsp.Instance) { in.NoOverlap[0] = in.NoOverlap[0][:2] },
		"duration":  func(in *rcpsp.Instance) { in.Tasks[2].Modes[0].Duration = 2 },
		"zero":      func(in *rcpsp.Instance) { in.Tasks[0].Modes[0].Duration = 0 },
		"no sets":   func(in *rcpsp.Instance) { in.NoOverlap = nil },
		"no supply": func(in *rcpsp.Instance) { in.Resources = nil; dropDemands(in) },
		"a second mode": func(in *rcpsp.Instance) {
			short := in.Tasks[1].Modes[0]
			short.Duration = 1
			in.Tasks[1].Modes = append(in.Tasks[1].Modes, short)
		},
		"a pause": func(in *rcpsp.Instance) {
			in.Tasks[2].Modes[0].Work = []rcpsp.Span{{Lo: 0, Hi: 7}, {Lo: 9, Hi: 30}}
		},
	} {
		in := machine()
		loosen(in)
		if v, err := check.Proof(in, strings.NewReader(lemmaLog)); err == nil {
			t.Errorf("%s: accepted as %+v", name, v)
		}
	}
}

func dropDemands(in *rcpsp.Instance) {
	for t := range in.Tasks {
		in.Tasks[t].Modes[0].Demands = nil
	}
}
