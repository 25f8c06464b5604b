package schedule

import (
	"context"
	"fmt"
	"io"

	"github.com/slackwater-go/slackwater/internal/engine"
)

// A Claim is what a certificate proves.
type Claim string

const (
	ClaimNothing    Claim = "none"       // the run ended without a proof, or used what the certificate cannot say
	ClaimOptimal    Claim = "optimal"    // the plan that Solve returned is the best
	ClaimInfeasible Claim = "infeasible" // there is no plan
)

// VerifyProof reads the certificate that [Solve] wrote to Options.Proof for the same
// problem and options, and follows it step by step with code that shares nothing with
// the solver: what was learned is verified by reverse propagation (Goldberg and Novikov,
// 2003). The error names the first step that does not follow.
//
// A certificate speaks of the problem after its instants have become multiples of the
// tick, and as opts say: a Baseline and Now must be those of Solve. It covers every
// constraint and every goal, in any number of tiers: tier by tier, what is best there is
// proved before the next one is looked at. Exceptions are a [CustomRule] that judges
// plans, and goals that could pass 2^60: for these Solve writes a certificate that claims
// nothing, which VerifyProof reports or answers with an error that says what is not
// covered. While it writes one Solve works alone, whatever Options.Workers says, and does
// without some of the bounds that come before the search; it proves about as much in the
// same time.
func VerifyProof(p *Problem, opts *Options, log io.Reader) (Claim, error) {
	if opts == nil {
		opts = &Options{}
	}
	low, at, err := p.prepare()
	if err != nil {
		return ClaimNothing, fmt.Errorf("schedule: %w", err)
	}
	c, err := compile(context.Background(), low, at, opts)
	if err != nil {
		return ClaimNothing, fmt.Errorf("schedule: %w", err)
	}
	v, err := engine.Verify(c.in, log)
	if err != nil {
		return ClaimNothing, fmt.Errorf("schedule: certificate: %w", err)
	}
	switch string(v.Claim) {
	case "optimal":
		return ClaimOptimal, nil
	case "unsat":
		return ClaimInfeasible, nil
	}
	return ClaimNothing, nil
}
