package check

import (
	"sort"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A sharing keeps the tasks of a set that are present in one span: its index is a
// variable, of which bounds are known. Starts outside every span are no starts.
type sharing struct {
	which int32
	tasks []rcpsp.TaskID
	spans []rcpsp.Span
}

// sharings makes the variables of the sets.
func (g *network) sharings() {
	for i := range g.in.SameSpan {
		s := &g.in.SameSpan[i]
		g.shared = append(g.shared, sharing{g.variable(0, int64(max(1, len(s.Spans)))-1), s.Tasks, s.Spans})
	}
}

// within returns the starts that lie in spans of each set that holds task t.
func within(in *rcpsp.Instance, t int, starts []rcpsp.Range) []rcpsp.Range {
	for i := range in.SameSpan {
		for _, x := range in.SameSpan[i].Tasks {
			if int(x) != t {
				continue
			}
			var out []rcpsp.Range
			for _, r := range starts {
				for _, sp := range in.SameSpan[i].Spans {
					if lo, hi := max(r.Lo, sp.Lo), min(r.Hi, sp.Hi-1); lo <= hi {
						out = append(out, rcpsp.Range{Lo: lo, Hi: hi})
					}
				}
			}
			starts = out
		}
	}
	return starts
}

// run passes bounds between the starts and the index.
func (s *sharing) run(g *network) bool {
	if len(s.spans) == 0 {
		return true // no task of the set has a start
	}
	for _, t := range s.tasks {
		if !g.sure(int32(t)) {
			continue
		}
		est, lst := g.lb[2*t], -g.lb[2*g.tasks[t].late+1]
		first := sort.Search(len(s.spans), func(i int) bool { return int64(s.spans[i].Hi) > est })
		last := sort.Search(len(s.spans), func(i int) bool { return int64(s.spans[i].Lo) > lst }) - 1
		if !g.push(2*s.which, int64(first)) || !g.push(2*s.which+1, -int64(last)) {
			return false
		}
	}
	lo, hi := g.lb[2*s.which], -g.lb[2*s.which+1]
	for _, t := range s.tasks {
		if !g.push(int32(2*t), int64(s.spans[lo].Lo)) || !g.push(2*g.tasks[t].late+1, 1-int64(s.spans[hi].Hi)) {
			return false
		}
	}
	return true
}
