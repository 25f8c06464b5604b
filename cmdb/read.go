package cmdb

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// Read decodes a [Snapshot] in JSON and builds the graph. Unknown fields are errors.
func Read(r io.Reader) (*Graph, error) {
	d := json.NewDecoder(r)
	d.DisallowUnknownFields()
	var s Snapshot
	if err := d.Decode(&s); err != nil {
		return nil, &validate.Error{Path: "(document)", Problem: fmt.Sprintf("is not a snapshot: %v", err)}
	}
	return New(s)
}
