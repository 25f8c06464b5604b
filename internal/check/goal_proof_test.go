package check_test

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
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

// twoTiers is three tasks on one machine: the makespan first, then twice the sum of when
// the third starts and three times when the first ends.
func twoTiers() *rcpsp.Instance {
	in := three()
	in.Goals = append(in.Goals, rcpsp.Goal{Kind: rcpsp.Sum, Tier: 1, Weight: 2, Terms: []rcpsp.Term{
		{Task: 2, Cost: []rcpsp.Piece{{Slope: 1}}},
		{Task: 0, OnEnd: true, Cost: []rcpsp.Piece{{Slope: 3}}},
	}})
	return in
}

// twoLog is a proof by hand: the makespan as in threeLog, but under the assumption that it
// is 6; then, with the first task before the third, both costs are at their least.
const twoLog = `p slackwater 1
v 0 start 0
v 1 start 1
v 2 start 2
v 3 goal 0
v 4 order 0 1
v 5 order 0 2
v 6 order 1 2
v 7 term 1 0 1
v 8 term 1 1 3
v 9 sum 7 8
s 0=0@0 1=0@2 2=0@4
a 1 4 >= 1
a 2 3 <= 6
a 3 5 >= 1
n 1 1 3 2
n 2 1 2
n 3 3 2
n 4 2
t 0 7
a 4 9 <= 3
n 5 4
s 0=0@0 1=0@5 2=0@2
n 6
c optimal 7 16
`

func TestTwoTiersByHand(t *testing.T) {
	v, err := check.Proof(twoTiers(), strings.NewReader(twoLog))
	if err != nil || v.Claim != proof.Optimal || !slices.Equal(v.Value, []int64{7, 16}) || v.Nogoods != 6 {
		t.Errorf("Proof = %+v, %v", v, err)
	}
}

// TestTwoTiersFaults plants one fault at a time into the proof by hand.
func TestTwoTiersFaults(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"t 0 7", "t 0 6", "the best solution has 7"},
		{"t 0 7", "t 0 8", "the best solution has 7"},
		{"t 0 7", "t 1 7", "tier 0 of 2 is next"},
		{"t 0 7", "t -1 7", "tier 0 of 2 is next"},
		{"t 0 7", "t 0 7\nt 0 7", "tier 1 of 2 is next"},
		{"t 0 7", "t 0 7\nt 1 20", "tier 1 of 2 is next"},
		{"t 0 7\n", "", "does not follow"},
		{"n 1 1 3 2", "t 0 7\nn 1 1 3 2", "could be better"},
		{"n 3 3 2\nn 4 2\nt 0 7\n", "n 3 3 2\nt 0 7\nn 4 2\n", ""}, // the nogoods by then say as much
		{"n 1 1 3 2", "n 1 1 3", "does not follow"},
		{"t 0 7", "t 0 7\nn 9 3", "does not follow"}, // true of tier 0 below 7 only
		{"n 3 3 2", "n 3 3", "does not follow"},
		{"n 5 4", "n 5 3", "does not follow"},
		{"n 5 4", "n 5 4 3", ""},
		{"a 4 9 <= 3", "a 4 9 <= 4", "does not follow"},
		{"c optimal 7 16", "c optimal 7 15", "is claimed"},
		{"c optimal 7 16", "c optimal 7 17", "is claimed"},
		{"c optimal 7 16", "c optimal 6 16", "is claimed"},
		{"c optimal 7 16", "c optimal 7", "is claimed"},
		{"c optimal 7 16", "c optimal", "is claimed"},
		{"c optimal 7 16", "c unsat", "after one"},
		{"s 0=0@0 1=0@2 2=0@4\n", "", "without a solution"},
		{"s 0=0@0 1=0@5 2=0@2\n", "", "does not follow"},
		{"s 0=0@0 1=0@5 2=0@2", "s 0=0@0 1=0@6 2=0@2", "does not follow"}, // worse in tier 0: it does not count
		{"v 3 goal 0", "v 3 goal 2", "not known"},
		{"v 3 goal 0", "v 3 tier 1", "name the goal"},
		{"v 3 goal 0", "v 3 tier 2", "no tier"},
		{"v 3 goal 0", "v 3 goal 0 1", "not known"},
		{"v 7 term 1 0 1", "v 7 term 1 2 1", "not known"},
		{"v 7 term 1 0 1", "v 7 term 0 0 1", "not known"},
		{"v 7 term 1 0 1", "v 7 term 1 -1 1", "not known"},
		{"v 7 term 1 0 1", "v 7 term 1 0 2", "multiples of 1, not of 2"},
		{"v 8 term 1 1 3", "v 8 term 1 1 1", "multiples of 3"},
		{"v 7 term 1 0 1", "v 7 term 1 0", "not known"},
		{"v 7 term 1 0 1", "v 7 group 1 0", "not known"},
		{"v 7 term 1 0 1", "v 7 period 1 0", "not known"},
		{"v 9 sum 7 8", "v 9 sum 7 7", "twice"},
		{"v 9 sum 7 8", "v 9 sum 7 4", "no part"},
		{"v 9 sum 7 8", "v 9 sum 7 11", "no part"},
	} {
		log := strings.Replace(twoLog, c.old, c.new, 1)
		if log == twoLog {
			t.Fatalf("%q is not in the log", c.old)
		}
		v, err := check.Proof(twoTiers(), strings.NewReader(log))
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%q for %q: %+v, %v; want %q", c.new, c.old, v, err, c.want)
		}
	}
}

// TestSumsStayWithinBounds adds up sums of sums until they would overflow.
func TestSumsStayWithinBounds(t *testing.T) {
	in := twoTiers()
	for i := range in.Goals[1].Terms {
		in.Goals[1].Terms[i].Cost = []rcpsp.Piece{{Value: 1 << 49, Slope: 1}}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nv 0 term 1 0 %d\nv 1 term 1 1 %d\n", proof.Header, 1, 1)
	for k := range 80 {
		fmt.Fprintf(&b, "v %d sum %d %d\n", k+2, k, k+1)
	}
	if _, err := check.Proof(in, strings.NewReader(b.String())); err == nil || !strings.Contains(err.Error(), "2^60") {
		t.Errorf("error %v", err)
	}
}

// certified solves an instance with goals in several tiers, and returns its log.
func certified(t interface{ Fatal(...any) }, in *rcpsp.Instance) (engine.Result, string) {
	var log bytes.Buffer
	res, err := engine.Run(context.Background(), in, engine.Options{Proof: &log, NoCore: true})
	if err != nil {
		t.Fatal(err)
	}
	return res, log.String()
}

// right fails unless what was accepted is so.
func right(t interface{ Fatalf(string, ...any) }, in *rcpsp.Instance, v check.Verdict, log string) {
	best := oracle.Best(in)
	switch {
	case v.Claim == proof.Unsat && best != nil, v.Claim == proof.Optimal && (best == nil || !slices.Equal(in.Value(best), v.Value)):
		t.Fatalf("accepted %+v of %+v, best is %+v\n%s", v, in, best, log)
	}
}

// TestPlantedFaultsInTiers changes true logs with several tiers where it must be noticed,
// or where what is accepted must still be so.
func TestPlantedFaultsInTiers(t *testing.T) {
	settled := regexp.MustCompile(`(?m)^t (\d+) (-?\d+)$`)
	value := regexp.MustCompile(`(-?\d+)\n$`)
	cap := regexp.MustCompile(`(?m)^a (\d+) \d+ <= .*$`)
	tried, before := map[string]int{}, ""
	for seed := range uint64(120) {
		in := gen.Seeded(seed, gen.Options{Tiers: 3})
		res, log := certified(t, in)
		reject := func(what, bad string) {
			tried[what]++
			if v, err := check.Proof(in, strings.NewReader(bad)); err == nil {
				t.Fatalf("seed %d: %s: accepted %+v\n%s\n%s", seed, what, v, log, bad)
			}
		}
		hardly := func(what, bad string) {
			if bad == log {
				return
			}
			tried[what]++
			if v, err := check.Proof(in, strings.NewReader(bad)); err == nil {
				right(t, in, v, bad)
			} else {
				tried[what+", rejected"]++
			}
		}
		hardly("the log of another instance", before)
		before = log
		if res.Status != engine.Optimal {
			continue
		}
		for _, d := range []int64{-1, 1} {
			reject("another value", value.ReplaceAllStringFunc(log, func(s string) string { return fmt.Sprintln(res.Value[len(res.Value)-1] + d) }))
			if m := settled.FindStringSubmatchIndex(log); m != nil {
				reject("a tier off by one", log[:m[4]]+fmt.Sprint(res.Value[0]+d)+log[m[5]:])
			}
		}
		hardly("solutions dropped", regexp.MustCompile(`(?m)^s .*\n`).ReplaceAllString(log, ""))
		if m := settled.FindString(log); m != "" {
			reject("a tier not settled", strings.Replace(log, m+"\n", "", 1))
			first := strings.Index(log, "\ns ")
			hardly("a tier settled too soon", log[:first+1]+m+"\n"+strings.Replace(log[first+1:], m+"\n", "", 1))
		}
		// The atom of a cap left out of the nogoods, as if they held without it.
		for _, m := range cap.FindAllStringSubmatch(log, -1) {
			hardly("a nogood without its cap", regexp.MustCompile(`(?m)^(n .*) `+m[1]+`( .*)?$`).ReplaceAllString(log, "$1$2"))
		}
	}
	t.Log(tried)
	for _, what := range []string{"another value", "a tier off by one", "a tier not settled", "the log of another instance, rejected",
		"solutions dropped, rejected", "a tier settled too soon, rejected", "a nogood without its cap, rejected"} {
		if tried[what] < 5 {
			t.Errorf("%s: %d times only", what, tried[what])
		}
	}
}

// TestSpoiltTiers changes, drops and doubles lines of true proofs at random, as
// TestSpoiltProofs does, with all goals and constraints.
func TestSpoiltTiers(t *testing.T) {
	rejected, accepted := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		in := gen.Draw(gen.Options{Tasks: 4, Tiers: 3}).Draw(t, "instance")
		_, log := certified(t, in)
		lines := spoil(t, strings.Split(strings.TrimSuffix(log, "\n"), "\n"))
		bad := strings.Join(lines, "\n")
		v, err := check.Proof(in, strings.NewReader(bad))
		if err != nil {
			rejected++
			return
		}
		accepted++
		right(t, in, v, bad)
	})
	t.Logf("%d rejected, %d accepted", rejected, accepted)
}

func FuzzTiers(f *testing.F) {
	f.Add([]byte(twoLog))
	f.Fuzz(func(t *testing.T, log []byte) {
		v, err := check.Proof(twoTiers(), bytes.NewReader(log))
		if err == nil && (v.Claim == proof.Unsat || v.Claim == proof.Optimal && !slices.Equal(v.Value, []int64{7, 16})) {
			t.Fatalf("accepted %+v", v)
		}
	})
}
