package schedule

import (
	"io"
	"log/slog"
	"time"
)

// Options tune a run. The zero Options, like nil, is deterministic, with one worker and no limit
// but the context: it runs until the plan is proved. A proof can take any time, above all where
// many changes are alike and too many for what there is, since no two of them can be
// told apart. Who cannot wait gives the context a deadline, or MaxWork where the result has to be the
// same on every machine: 10,000,000 are some seconds of one core. The plan
// is then the best so far with its gap.
type Options struct {
	Seed      uint64  `json:"seed,omitempty"`
	Workers   int     `json:"workers,omitempty"`   // default 1
	MaxWork   int64   `json:"maxWork,omitempty"`   // deterministic effort, see above; 0: no limit
	MaxMemory int64   `json:"maxMemory,omitempty"` // bytes that the search may hold; 0: no limit
	Gap       float64 `json:"gap,omitempty"`       // stop at this relative gap of the first unsettled tier; 0: prove
	// Reasons is how many minimal sets [Explanations] and [WhyNot] return at most; default
	// 10 and 1.
	Reasons int `json:"reasons,omitempty"`
	// Hint is a plan to start from. It need not keep to the constraints.
	Hint *Plan `json:"hint,omitempty"`
	// Baseline is what [Moved], [Shift] and [LargestShift] measure from, for the
	// activities that it places; the others keep their Preferred.
	Baseline *Plan `json:"baseline,omitempty"`
	// Now is when [Repair] repairs: what has started by then stays. [NoticeMoves]
	// measures from it too.
	Now time.Time `json:"now,omitzero"`
	// Hold makes [Repair] keep what starts less than so long after Now.
	Hold Duration `json:"hold,omitempty"`

	// Progress is called on each better plan or bound, and at the end of a run with the
	// work that it took, from the calling goroutine.
	Progress func(Progress) `json:"-"`
	Logger   *slog.Logger   `json:"-"` // nil: silent
	Proof    io.Writer      `json:"-"` // receives the certificate of optimality or infeasibility

	repair      bool // the goals are those of [Repair]
	feasibility bool // leave the goals out: any plan will do
}

// Progress is a snapshot of a running solve.
type Progress struct {
	Plan  *Plan       // best so far, or nil
	Tiers []TierValue // of Plan; without a plan only the bounds have a meaning
	Work  int64
}
