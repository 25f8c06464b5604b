package cmdb

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// Kinds of errors, for errors.Is.
var (
	ErrInvalid   = validate.ErrInvalid
	ErrUnknownCI = errors.New("unknown configuration item")
	ErrCycle     = errors.New("dependency cycle")
)

// An UnknownCIError names a CI that the graph does not have. It matches [ErrUnknownCI].
type UnknownCIError struct{ ID string }

func (e *UnknownCIError) Error() string        { return fmt.Sprintf("cmdb: unknown CI %q", e.ID) }
func (e *UnknownCIError) Is(target error) bool { return target == ErrUnknownCI }

// A CycleError lists the CIs that depend on each other in a circle: one component a circle or
// knot of circles, each sorted by ID, the components sorted by their first. It matches [ErrCycle].
type CycleError struct{ Components [][]string }

func (e *CycleError) Error() string {
	const show = 5
	var b strings.Builder
	fmt.Fprintf(&b, "cmdb: %d dependency cycle(s)", len(e.Components))
	for i, c := range e.Components {
		if i == show {
			b.WriteString(", ...")
			break
		}
		sep := ": "
		if i > 0 {
			sep = "; "
		}
		b.WriteString(sep)
		if len(c) > show {
			fmt.Fprintf(&b, "%s and %d more", strings.Join(c[:show], " "), len(c)-show)
		} else {
			b.WriteString(strings.Join(c, " "))
		}
	}
	return b.String()
}
func (e *CycleError) Is(target error) bool { return target == ErrCycle }

// maxFaults bounds the errors of one document, so that a hostile one cannot fill the memory.
const maxFaults = 1000

// faults collects at most maxFaults problems and counts the rest.
type faults struct {
	list validate.List
	n    int
}

func (f *faults) addf(path, format string, args ...any) {
	f.n++
	if f.n <= maxFaults {
		f.list.Addf(path, format, args...)
	}
}

func (f *faults) err() error {
	if f.n > maxFaults {
		f.list.Addf("(document)", "has %d more faults that are not listed; mend these first", f.n-maxFaults)
		f.n = 0
	}
	return f.list.Err()
}

// path names element i of a list.
func path(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }
