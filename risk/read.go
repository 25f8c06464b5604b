package risk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// maxModelBytes bounds what ReadModel reads.
const maxModelBytes = 1 << 30

// ReadModel reads a model as JSON and validates it. Unknown fields, data after the model and
// inputs over 1 GB are errors that match [ErrInvalid]; syntax errors give line and column.
func ReadModel(r io.Reader) (*Model, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxModelBytes+1))
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	if len(b) > maxModelBytes {
		return nil, &validate.Error{Path: "model", Problem: "is larger than 1 GB"}
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var m Model
	if err := d.Decode(&m); err != nil {
		return nil, &validate.Error{Path: position(b, d, err), Problem: err.Error()}
	}
	if rest := bytes.TrimSpace(b[d.InputOffset():]); len(rest) > 0 {
		return nil, &validate.Error{Path: position(b, d, nil), Problem: "holds data after the model"}
	}
	return &m, m.Validate()
}

// position names the line and column where decoding stopped.
func position(b []byte, d *json.Decoder, err error) string {
	at := d.InputOffset()
	switch e := err.(type) {
	case *json.SyntaxError:
		at = e.Offset
	case *json.UnmarshalTypeError:
		at = e.Offset
	}
	at = max(0, min(at, int64(len(b))))
	line := 1 + bytes.Count(b[:at], []byte("\n"))
	column := int(at) - bytes.LastIndexByte(b[:at], '\n')
	return fmt.Sprintf("line %d, column %d", line, column)
}
