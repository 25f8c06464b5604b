package judge

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestAmendEqualsJudge edits many activities at one go, some of them twice, and asks for the
// report of a full judgement.
func TestAmendEqualsJudge(t *testing.T) {
	cases(t, 2000)
	loc := berlin(t)
	rapid.Check(t, func(t *rapid.T) {
		g := gen{t, loc}
		c := g.genCase()
		k := NewChecker(c, g.plan(c))
		for range g.int("times", 1, 3) {
			p := &Plan{}
			for range g.int("edits", 0, 8) {
				a := &c.Activities[g.int("which", 0, len(c.Activities)-1)]
				switch {
				case g.chance("leave out", 15):
					p.LeftOut = append(p.LeftOut, a.ID)
				case g.chance("stranger", 5):
					p.Assignments = append(p.Assignments, Assignment{Activity: "somebody", Start: at(1), End: at(2)})
				default:
					p.Assignments = append(p.Assignments, g.assignment(c, a))
				}
			}
			if !k.Amend(p, func() bool { return false }) {
				t.Fatal("it stopped by itself")
			}
			got := k.Report()
			if diff := cmp.Diff(Judge(c, k.Plan()), got); diff != "" {
				t.Fatalf("full judgement and amendment differ (-full +amended):\n%s", diff)
			}
			if (k.Blocked() == nil) != got.Clean() {
				t.Fatalf("blocked: %v, clean: %v", k.Blocked(), got.Clean())
			}
		}
	})
}

// TestStopIsHeard ends the judgement of a large plan, and an amendment of all of it, at each
// question in turn: nothing is asked after that, and enough is asked.
func TestStopIsHeard(t *testing.T) {
	c, p := portfolio(t, 3000)
	q := &Plan{}
	for _, as := range p.Assignments {
		as.Start, as.End = as.Start.Add(24*time.Hour), as.End.Add(24*time.Hour)
		q.Assignments = append(q.Assignments, as)
	}
	asked := 0
	k := NewCheckerUntil(c, p, func() bool { asked++; return false })
	if k == nil || asked < 20 {
		t.Fatalf("asked %d times", asked)
	}
	for last := 1; last <= asked; last += 1 + asked/10 {
		n := 0
		if NewCheckerUntil(c, p, func() bool { n++; return n >= last }) != nil || n != last {
			t.Errorf("told to stop at question %d of %d, it went on to %d", last, asked, n)
		}
	}
	asked = 0
	if !k.Amend(q, func() bool { asked++; return false }) || asked < 20 {
		t.Fatalf("asked %d times", asked)
	}
	if diff := cmp.Diff(Judge(c, q), k.Report()); diff != "" {
		t.Fatal(diff)
	}
	for last := 1; last <= asked; last += 1 + asked/8 {
		n := 0
		if k := NewChecker(c, p); k.Amend(q, func() bool { n++; return n >= last }) || n != last {
			t.Errorf("told to stop at question %d of %d, it went on to %d", last, asked, n)
		}
	}
}
