package records

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
)

// readCSV reads a table whose first row names its columns. The delimiter is the one of
// comma, semicolon and tab that the first row has most of.
func readCSV(data []byte, opts *Options, faults *faults) *File {
	head, _, _ := bytes.Cut(data, []byte("\n"))
	comma, most := ',', -1
	for _, c := range ",;\t" {
		if n := bytes.Count(head, []byte(string(c))); n > most {
			comma, most = c, n
		}
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = comma, -1, true
	f := &File{Format: CSV}
	var at [fields]int
	for n := 0; ; n++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad := (*csv.ParseError)(nil); errors.As(err, &bad) {
			faults.add(bad.Line, bad.Column, fmt.Sprintf("row %d", n+1), "%v: check the quotes", bad.Err)
			break
		}
		if n == 0 {
			at, f.Unread = assign(slices.Clone(row))
			for _, k := range []field{fID, fStart, fEnd} {
				if at[k] < 0 {
					faults.add(1, 1, "header", "has no column for the %s: name one %q", fieldNames[k], columns[k])
				}
			}
			if len(faults.errs) > 0 {
				return f
			}
			slices.Sort(f.Unread)
			continue
		}
		var v [fields]value
		for k, c := range at {
			if c >= 0 && c < len(row) {
				line, column := r.FieldPos(c)
				v[k] = value{row[c], line, column}
			}
		}
		line, _ := r.FieldPos(0)
		for _, k := range []field{fID, fStart, fEnd} { // a short row still has a place
			if v[k].line == 0 {
				v[k].line = line
			}
		}
		if rec, ok := f.record(fmt.Sprintf("row %d", n+1), &v, opts.zone(), faults); ok {
			f.Records = append(f.Records, rec)
		}
	}
	return f
}
