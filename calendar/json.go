package calendar

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// decodeStrict decodes one JSON value and rejects unknown fields and what follows it.
func decodeStrict(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("text after the JSON value")
	}
	return nil
}

// MarshalJSON writes a list of intervals, [] for the empty set.
func (s Intervals) MarshalJSON() ([]byte, error) {
	list := make([]Interval, 0, len(s.spans))
	for iv := range s.All() {
		list = append(list, iv)
	}
	return json.Marshal(list)
}

// UnmarshalJSON reads a list of intervals in any order; they may overlap.
func (s *Intervals) UnmarshalJSON(b []byte) error {
	var list []Interval
	if err := decodeStrict(b, &list); err != nil {
		return err
	}
	*s = Union(list...)
	return nil
}
