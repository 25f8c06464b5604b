package engine

import (
	"context"
	"fmt"
	"testing"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
	"github.com/slackwater-go/slackwater/internal/testkit/gen"
)

// TestNeighbourhoodsRepeat ends heuristics that search neighbourhoods exactly at many
// places, by work and by the context, so also in the middle of such a search: the same
// limit, and the work that was done as the limit, give the same run.
func TestNeighbourhoodsRepeat(t *testing.T) {
	for name, in := range map[string]*rcpsp.Instance{"project": hard(3, 80), "portfolio": gen.Portfolio(400, 60, 1)} {
		tell := func(res Result, err error) string {
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(res.Status, res.Best, res.Value, res.Bound, res.Stats)
		}
		for k := range int64(3) {
			opt := Options{Seed: uint64(k), HeuristicOnly: true, MaxWork: 200_000 + k*104_729}
			first, err := Run(context.Background(), in, opt)
			if again := tell(Run(context.Background(), in, opt)); again != tell(first, err) {
				t.Errorf("%s: limit %d gives %v, then %v", name, opt.MaxWork, first.Value, again)
			}
			opt.MaxWork = first.Stats.Work
			if again := tell(Run(context.Background(), in, opt)); again != tell(first, nil) {
				t.Errorf("%s: work %d and value %v, with that as limit %v", name, opt.MaxWork, first.Value, again)
			}
		}
		for polls := int64(100); polls < 1000; polls += 611 {
			opt := Options{Seed: 1, HeuristicOnly: true, MaxWork: 1 << 40}
			cut, err := Run(after(polls), in, opt)
			opt.MaxWork = max(1, cut.Stats.Work)
			if again := tell(Run(context.Background(), in, opt)); again != tell(cut, err) {
				t.Errorf("%s: ended at poll %d with work %d and value %v, with that as limit %v", name, polls, opt.MaxWork, cut.Value, again)
			}
		}
	}
}
