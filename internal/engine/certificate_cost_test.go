package engine

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/proof"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/cputime"
)

// dress gives a project of a library what releases have: shifts in which work pauses, and
// starts within them; or optional tasks, whose absence costs, with links; or a redundancy
// group of groups and budgets by period.
func dress(in *rcpsp.Instance, kind string, seed uint64) *rcpsp.Instance {
	r := prng.New(seed)
	out := *in
	out.Tasks = append([]rcpsp.Task(nil), in.Tasks...)
	n := len(in.Tasks)
	for t := range out.Tasks {
		out.Tasks[t].Modes = append([]rcpsp.Mode(nil), in.Tasks[t].Modes...)
	}
	switch kind {
	case "calendars":
		out.Horizon *= 4
		var shifts []rcpsp.Span
		var starts []rcpsp.Range
		for day := rcpsp.Time(0); day*24 < out.Horizon; day++ {
			if day%7 < 5 {
				shifts = append(shifts, rcpsp.Span{Lo: day*24 + 8, Hi: day*24 + 18})
				starts = append(starts, rcpsp.Range{Lo: day*24 + 8, Hi: day*24 + 17})
			}
		}
		for t := range out.Tasks {
			m := &out.Tasks[t].Modes[0]
			m.Starts = []rcpsp.Range{{Lo: 0, Hi: out.Horizon}}
			if m.Duration > 0 && r.IntN(3) > 0 {
				m.Work, m.Hold, m.Starts = shifts, r.IntN(2) == 0, starts
			}
		}
	case "optional":
		late := rcpsp.Goal{Kind: rcpsp.Sum, Weight: 1}
		out.Goals = []rcpsp.Goal{late}
		makespan := in.Goals[0]
		makespan.Terms = append([]rcpsp.Term(nil), makespan.Terms...)
		for t := 1; t+1 < n; t++ {
			if out.Tasks[t].Optional = r.IntN(3) == 0; out.Tasks[t].Optional {
				out.Goals[0].Terms = append(out.Goals[0].Terms, rcpsp.Term{Task: rcpsp.TaskID(t), Absent: int64(2 + r.IntN(9))})
				if o := rcpsp.TaskID(1 + r.IntN(n-2)); r.IntN(2) == 0 {
					out.Links = append(out.Links, rcpsp.Link{If: rcpsp.TaskID(t), Then: o})
				}
			}
		}
		out.Goals[0].Terms = append(out.Goals[0].Terms, makespan.Terms...)
	case "groups":
		for range 3 {
			g := rcpsp.Group{Allowed: []rcpsp.Step{{Value: int64(1 + r.IntN(2))}}, Defined: len(out.Groups) < 2}
			for range 4 {
				m := rcpsp.Member{Tasks: []rcpsp.TaskID{rcpsp.TaskID(r.IntN(n)), rcpsp.TaskID(r.IntN(n))}}
				if k := len(out.Groups); k > 0 && r.IntN(2) == 0 {
					m.Groups = []int32{int32(r.IntN(k))}
				}
				g.Members = append(g.Members, m)
			}
			out.Groups = append(out.Groups, g)
		}
		b := rcpsp.Budget{}
		for at := rcpsp.Time(0); at <= out.Horizon; at += 10 {
			b.Periods = append(b.Periods, rcpsp.Period{Span: rcpsp.Span{Lo: at, Hi: at + 10}, Limit: 12})
		}
		for t := range n {
			b.Uses = append(b.Uses, rcpsp.Use{Task: rcpsp.TaskID(t), Mode: -1, Amount: int64(1 + r.IntN(3))})
		}
		out.Budgets = append(out.Budgets, b)
	}
	return &out
}

// A bill adds up what certificates cost.
type bill struct {
	claims                 map[proof.Claim]int
	bare, written, checked time.Duration
	bytes, nogoods, lemmas int
}

// certify runs in with a log, has it verified, and wants it to claim what the run does.
func (b *bill) certify(t *testing.T, name string, in *rcpsp.Instance, opt Options) {
	t.Helper()
	var log bytes.Buffer
	opt.Proof = &log
	begin := cputime.Now()
	res, err := Run(context.Background(), in, opt)
	if err != nil {
		t.Fatal(err)
	}
	b.written += cputime.Now() - begin
	b.bytes += log.Len()
	begin = cputime.Now()
	v, err := check.Proof(in, &log)
	if err != nil {
		t.Fatalf("%s: %v: %v", name, res.Status, err)
	}
	b.checked += cputime.Now() - begin
	if (v.Claim == proof.None) != (res.Status == Feasible || res.Status == Unknown) || v.Claim == proof.Optimal && !slices.Equal(v.Value, res.Value) {
		t.Errorf("%s: %v %v, certified %+v", name, res.Status, res.Value, v)
	}
	b.claims[v.Claim]++
	b.nogoods += v.Nogoods
	b.lemmas += v.Lemmas
}

func (b *bill) String() string {
	return fmt.Sprintf("%v, %d nogoods, %d inferences written, %d kB; solved in %v, with a log in %v, checked in %v", b.claims, b.nogoods, b.lemmas, b.bytes>>10,
		b.bare.Round(time.Millisecond), b.written.Round(time.Millisecond), b.checked.Round(time.Millisecond))
}

// TestCertificateCost has claims on projects of a library with all kinds of constraints
// verified, and says what a certificate costs: a few by default, thirty a kind, with the
// times, when SLACKWATER_LONG is set.
func TestCertificateCost(t *testing.T) {
	step, most, long := 200, int64(1_000_000), os.Getenv("SLACKWATER_LONG") != ""
	if long {
		step, most = 8, 10_000_000
	}
	for _, kind := range []string{"bare", "calendars", "optional", "groups"} {
		files, ins, _, _ := library(t, "psplib", "j30/*.sm", step)
		b := bill{claims: map[proof.Claim]int{}}
		for i := range ins {
			in := dress(ins[i], kind, uint64(i))
			opt := Options{Seed: 1, MaxWork: most, NoCore: true}
			if begin := cputime.Now(); long {
				if _, err := Run(context.Background(), in, opt); err != nil {
					t.Fatal(err)
				}
				b.bare += cputime.Now() - begin
			}
			b.certify(t, files[i]+", "+kind, in, opt)
		}
		t.Logf("%s: %v", kind, &b)
	}
}

// TestCertificateCostOfShops has claims about job shops verified, with and without the rules
// whose inferences the log has to say, and says what each costs: a few by default, all that
// are known to be proved soon when SLACKWATER_LONG is set.
func TestCertificateCostOfShops(t *testing.T) {
	step, most := 20, int64(300_000)
	if os.Getenv("SLACKWATER_LONG") != "" {
		step, most = 1, 40_000_000
	}
	for _, off := range [][]string{nil, {"disjunctive", "energy"}} {
		b := bill{claims: map[proof.Claim]int{}}
		for _, family := range []string{"ft*.txt", "la*.txt", "orb*.txt"} {
			files, ins, _, _ := library(t, "jobshop", family, step)
			for i, in := range ins {
				b.certify(t, files[i], in, Options{Seed: 1, MaxWork: most, NoCore: true, Off: off})
			}
		}
		t.Logf("without %q: %v", off, &b)
	}
}
