package proof

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWriteAndRead(t *testing.T) {
	var buf bytes.Buffer
	w := NewWriter(&buf)
	w.Var(1, Start, 4)
	w.Var(2, Order, 4, 5)
	w.Var(3, Tier, 0)
	w.Var(4, Span, 1)
	w.Atom(1, 1, false, 17)
	w.Atom(2, 2, true, 0)
	w.Nogood(1, []int64{1, 2})
	w.Delete(1)
	w.Nogood(2, nil)
	w.Solution([]Place{{0, 0, 3}, {1, -1, 0}})
	w.Settle(0, -7)
	w.Inference(Witness{Rule: Energy, Of: OfResource, Index: 3, Task: NoTask, Lo: -2, Hi: 9}, []int64{1, 2})
	w.Inference(Witness{Rule: Sequence, Of: OfSet, Task: 4}, nil)
	w.Part([]int64{4, 0})
	w.Inference(Witness{Rule: Flow, Of: OfTier, Index: 1, Task: NoTask, Terms: []int64{7}, Lags: []Amount{{1, 2, 5}}}, []int64{1})
	w.Conclude(Optimal, 7, -2)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	const want = `p slackwater 1
v 1 start 4
v 2 order 4 5
v 3 tier 0
v 4 span 1
a 1 1 >= 17
a 2 2 <= 0
n 1 1 2
d 1
n 2
s 0=0@3 1=-1@0
t 0 -7
i energy resource 3 - -2 9 1 2
i sequence set 0 4 0 0
b 4 0
i flow tier 1 1 7 1 1 2 5 1
c optimal 7 -2
`
	if d := cmp.Diff(want, buf.String()); d != "" {
		t.Error(d)
	}
	var got []Step
	for s, err := range Read(&buf) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, s)
	}
	steps := []Step{
		{Line: 2, Kind: Var, ID: 1, Meaning: Start, Args: []int64{4}},
		{Line: 3, Kind: Var, ID: 2, Meaning: Order, Args: []int64{4, 5}},
		{Line: 4, Kind: Var, ID: 3, Meaning: Tier, Args: []int64{0}},
		{Line: 5, Kind: Var, ID: 4, Meaning: Span, Args: []int64{1}},
		{Line: 6, Kind: Atom, ID: 1, Var: 1, Bound: 17},
		{Line: 7, Kind: Atom, ID: 2, Var: 2, AtMost: true},
		{Line: 8, Kind: Nogood, ID: 1, Args: []int64{1, 2}},
		{Line: 9, Kind: Delete, ID: 1},
		{Line: 10, Kind: Nogood, ID: 2, Args: []int64{}},
		{Line: 11, Kind: Solution, Places: []Place{{0, 0, 3}, {1, -1, 0}}},
		{Line: 12, Kind: Settled, Bound: -7},
		{Line: 13, Kind: Inference, Witness: Witness{Rule: Energy, Of: OfResource, Index: 3, Task: NoTask, Lo: -2, Hi: 9}, Args: []int64{1, 2}},
		{Line: 14, Kind: Inference, Witness: Witness{Rule: Sequence, Of: OfSet, Task: 4}, Args: []int64{}},
		{Line: 15, Kind: Part, Args: []int64{4, 0}},
		{Line: 16, Kind: Inference, Witness: Witness{Rule: Flow, Of: OfTier, Index: 1, Task: NoTask, Terms: []int64{7}, Lags: []Amount{{1, 2, 5}}}, Args: []int64{1}},
		{Line: 17, Kind: Conclusion, Claim: Optimal, Args: []int64{7, -2}},
	}
	if d := cmp.Diff(steps, got); d != "" {
		t.Error(d)
	}
}

func TestReadNamesTheLine(t *testing.T) {
	for text, want := range map[string]string{
		"":                                          "line 1",
		"hello\n":                                   "line 1",
		Header + "\nq 1\n":                          "line 2",
		Header + "\n\nv 1\n":                        "line 3",
		Header + "\na 1 2 == 3\n":                   "line 2",
		Header + "\nn 99999999999999999999\n":       "line 2",
		Header + "\ns 0=1\n":                        "line 2",
		Header + "\nc maybe\n":                      "no claim",
		Header + "\nd\n":                            "line 2",
		Header + "\nt 0\n":                          "line 2",
		Header + "\nb\n":                            "needs tasks",
		Header + "\nb x\n":                          "no number",
		Header + "\ni energy resource 0 - 1\n":      "needs a rule",
		Header + "\ni magic resource 0 - 1 2\n":     "no rule",
		Header + "\ni flow tier 0 2 1 1\n":          "a flow needs",
		Header + "\ni flow tier 0 1 1 2 1 2 3 4\n":  "a flow needs",
		Header + "\ni flow tier 0 -1 1 2 1 2 3 4\n": "a flow needs",
		Header + "\ni flow tier 0 0 99 2 1 2 3\n":   "a flow needs",
		Header + "\ni flow tier 0 0 0\n":            "needs a rule",
		Header + "\ni energy task 0 - 1 2\n":        "no inferences",
		Header + "\ni energy resource 0 -1 1 2\n":   "no task",
		Header + "\ni energy resource - - 1 2\n":    "no number",
		Header + "\nn 1\nconclusion\n":              "line 3",
	} {
		var err error
		for _, e := range Read(strings.NewReader(text)) {
			err = e
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(Header + "\nv 1 start 0\na 1 1 >= 2\nn 1 1\ns 0=0@1\nv 2 sum 1 3\ni energy resource 0 - 1 2 1\ni sequence set 1 0 -1 2 1\nb 0 1\nt 0 3\nc optimal 3 4\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		n := 0
		for _, err := range Read(bytes.NewReader(data)) {
			if n++; err != nil {
				return
			}
		}
		if n > bytes.Count(data, []byte("\n"))+1 {
			t.Fatalf("%d steps from %d lines", n, bytes.Count(data, []byte("\n"))+1)
		}
	})
}
