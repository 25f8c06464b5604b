package engine

import (
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A Status says what a [Result] claims.
type Status uint8

const (
	Unknown    Status = iota // no solution found, none excluded
	Feasible                 // Best is a solution
	Optimal                  // Best is a solution and no other has a smaller value
	Infeasible               // there is no solution
)

func (s Status) String() string {
	switch s {
	case Unknown:
		return "unknown"
	case Feasible:
		return "feasible"
	case Optimal:
		return "optimal"
	case Infeasible:
		return "infeasible"
	}
	return fmt.Sprintf("Status(%d)", uint8(s))
}

// Options steer [Run]. The zero Options prove the best solution with one worker and
// no limit but the context.
type Options struct {
	Seed    uint64
	MaxWork int64 // deterministic effort; 0: no limit
	// MaxMemory is the most bytes that the search may hold, beyond the instance;
	// 0: no limit. Where it leaves no room for the exact search the heuristics work alone,
	// and where it leaves none for them either, only a hint is looked at.
	MaxMemory int64
	// Workers is how many work at once; 0, 1: one. With a Proof or a judgement of the
	// caller's there is one.
	Workers int
	Gap     float64 // stop at this relative gap of the first unsettled tier; 0: prove
	// Hint is a complete assignment: the first solution if it is one, else the
	// place where the search looks first.
	Hint  *rcpsp.Solution
	Proof io.Writer // receives the certificate, if not nil
	// Progress is called from Run's goroutine on each better solution or bound. Its
	// arguments must not be changed. False stops the run.
	Progress func(Event) bool
	// Reject judges a complete solution by rules that the instance does not hold:
	// it returns sets of tasks whose modes and starts together clash, and nothing to
	// accept. It must refuse the tasks of a set at those places whatever the others do, so
	// no part of the solver may rest on one solution being as good as another while it is
	// set.
	Reject func(*rcpsp.Solution) []Clash
	// RejectPart judges what is decided so far in the same way, and is asked besides
	// Reject. What it accepts it must accept any part of.
	RejectPart    func(s *rcpsp.Solution, decided []bool) []Clash
	HeuristicOnly bool     // leave out the exact search
	NoCore        bool     // do not look for a core: the caller wants to know no more than that there is no solution
	Off           []string // names of rules to leave out, to measure what they bring
}

// A Clash is a set of tasks that must not be where they are together.
type Clash struct {
	Tasks []rcpsp.TaskID // none: all, at their starts
	// Starts holds, by task of the set, all starts that clash alike; nil: those there are.
	// The starts there are lie in them. Those of absent tasks have no meaning.
	Starts []rcpsp.Range
}

// starts returns which starts of the k-th task clash.
func (c *Clash) starts(k int, s *rcpsp.Solution) rcpsp.Range {
	if c.Starts == nil {
		at := s.Start[c.Tasks[k]]
		return rcpsp.Range{Lo: at, Hi: at}
	}
	return c.Starts[k]
}

// An Event is what [Options.Progress] is told.
type Event struct {
	Best         *rcpsp.Solution // nil where none was found yet
	Value, Bound []int64
	Work         int64
}

// A Result is what [Run] found.
type Result struct {
	Status Status
	Best   *rcpsp.Solution // nil where none was found
	Value  []int64         // of Best, one a tier
	// Bound holds lower bounds, one a tier. Bound[0] holds for every solution,
	// Bound[k] for those whose lower tiers have the values in Value.
	Bound []int64
	// Core, of an infeasible instance, are constraints that cannot hold together,
	// not necessarily as few as possible.
	Core []rcpsp.ConstraintID
	// Refused says that Core cannot hold together with what Options.Reject refuses; by
	// itself it may.
	Refused bool
	Stats   Stats
}

// Stats counts effort. Work is deterministic: a run whose MaxWork is the Work of
// another, with the same input, does the same.
type Stats struct {
	Work, Conflicts, Decisions, Propagations, Restarts, Solutions int64
}

// validate reports what is wrong with the options for an instance of n tasks.
func (o *Options) validate(n int) error {
	var errs []error
	if o.MaxWork < 0 {
		errs = append(errs, fmt.Errorf("engine: MaxWork is %d: must not be negative", o.MaxWork))
	}
	if o.MaxMemory < 0 {
		errs = append(errs, fmt.Errorf("engine: MaxMemory is %d: must not be negative", o.MaxMemory))
	}
	if o.Workers < 0 {
		errs = append(errs, fmt.Errorf("engine: Workers is %d: must not be negative", o.Workers))
	}
	if math.IsNaN(o.Gap) || o.Gap < 0 {
		errs = append(errs, fmt.Errorf("engine: Gap is %v: must not be negative", o.Gap))
	}
	if h := o.Hint; h != nil && (len(h.Mode) != n || len(h.Start) != n) {
		errs = append(errs, fmt.Errorf("engine: Hint has %d modes and %d starts for %d tasks", len(h.Mode), len(h.Start), n))
	}
	return errors.Join(errs...)
}
