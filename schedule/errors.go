package schedule

import (
	"errors"
	"fmt"
	"strings"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// Kinds of errors, for errors.Is.
var (
	ErrInvalid    = validate.ErrInvalid
	ErrInfeasible = errors.New("no plan exists")
	ErrNoPlan     = errors.New("no plan found within the limits")
)

// A ValidationError is one fault in one field of an input. All faults of an input are
// joined; errors.As finds the first.
type ValidationError = validate.Error

// An InfeasibleError says that no plan exists and which requirements cannot hold
// together; they need not be as few as possible: [Explain] finds the fewest, and
// [Relaxations] what would help. It matches [ErrInfeasible].
type InfeasibleError struct {
	Conflicts []Conflict
	// OnGrid says that the claim holds for starts on the grid of Problem.Tick only.
	OnGrid bool
}

func (e *InfeasibleError) Error() string {
	const show = 3
	var b strings.Builder
	b.WriteString("schedule: no plan exists")
	if e.OnGrid {
		b.WriteString(" with starts on this grid")
	}
	for i, c := range e.Conflicts {
		switch {
		case i == show:
			fmt.Fprintf(&b, "; and %d more", len(e.Conflicts)-show)
		case i > show:
			continue
		case i == 0:
			b.WriteString(": " + strings.TrimSuffix(c.Reason, "."))
		default:
			b.WriteString("; " + strings.TrimSuffix(c.Reason, "."))
		}
	}
	if len(e.Conflicts) > 1 {
		b.WriteString(" (Explain names the fewest that clash, Relaxations what would help)")
	}
	return b.String()
}

// Is makes it match ErrInfeasible.
func (e *InfeasibleError) Is(target error) bool { return target == ErrInfeasible }
