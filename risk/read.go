package risk

import (
	"fmt"
	"io"

	"github.com/slackwater-go/slackwater/internal/document"
)

// maxDocument bounds what is read: a model that remembers a million entities has some 200 MB.
const maxDocument = 1 << 30

// ReadModel reads a model as JSON and validates it. It is strict, since a factor that is
// misspelt must not become one that is dropped: unknown and repeated fields, data after the
// model and inputs over 1 GB are errors. All faults are reported together, each with line,
// column and path, and match [ErrInvalid].
func ReadModel(r io.Reader) (*Model, error) {
	m := new(Model)
	if err := (document.Form{MaxBytes: maxDocument}).Read(r, m, m.Validate); err != nil {
		return nil, fmt.Errorf("risk: model: %w", err)
	}
	return m, nil
}

// ReadPolicy reads a policy as JSON and validates it, as strictly as [ReadModel].
func ReadPolicy(r io.Reader) (*Policy, error) {
	p := new(Policy)
	if err := (document.Form{MaxBytes: maxDocument}).Read(r, p, p.Validate); err != nil {
		return nil, fmt.Errorf("risk: policy: %w", err)
	}
	return p, nil
}
