package cmdb

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
)

// rowReader reads what a csv.Reader does, with the same errors, and faster: a line without
// quotes is cut at its commas where it stands in the buffer. A record with quotes is left
// to a csv.Reader, which is given no line more than it asks for.
type rowReader struct {
	r          io.Reader
	err        error // of r
	buf        []byte
	start, end int // what is read and not yet used
	line       int // lines used
	fields     int // of the first record, which all others must have; 0 before

	row    [][]byte
	quoted *csv.Reader
	lent   int // lines given to quoted
	given  []byte
	text   []byte
}

func newRowReader(r io.Reader) *rowReader {
	return &rowReader{r: r, buf: make([]byte, 1<<16)}
}

// nextLine returns the next line with its end, nil after the last.
func (t *rowReader) nextLine() []byte {
	for from := t.start; ; {
		if i := bytes.IndexByte(t.buf[from:t.end], '\n'); i >= 0 {
			line := t.buf[t.start : from+i+1]
			t.start = from + i + 1
			return line
		}
		if t.err != nil {
			line := t.buf[t.start:t.end]
			t.start = t.end
			if len(line) == 0 || t.err != io.EOF {
				return nil
			}
			return line
		}
		from = t.end - t.start
		copy(t.buf, t.buf[t.start:t.end])
		t.start, t.end = 0, from
		if t.end == len(t.buf) {
			t.buf = append(t.buf, make([]byte, len(t.buf))...)
		}
		n := 0
		for tries := 0; n == 0 && t.err == nil; tries++ {
			if n, t.err = t.r.Read(t.buf[t.end:]); tries == 100 && n == 0 && t.err == nil {
				t.err = io.ErrNoProgress
			}
		}
		t.end += n
	}
}

// read returns the next record, which is valid until the next call, and its line; io.EOF after the
// last.
func (t *rowReader) read() (row [][]byte, line int, err error) {
	for {
		text := t.nextLine()
		if text == nil {
			return nil, 0, t.err
		}
		t.line++
		if bytes.IndexByte(text, '"') >= 0 {
			return t.readQuoted(text)
		}
		if n := len(text); text[n-1] == '\n' {
			text = text[:n-1]
		}
		if n := len(text); n > 0 && text[n-1] == '\r' {
			text = text[:n-1]
		}
		if len(text) == 0 {
			continue
		}
		t.row = t.row[:0]
		for {
			i := bytes.IndexByte(text, ',')
			if i < 0 {
				break
			}
			t.row = append(t.row, text[:i])
			text = text[i+1:]
		}
		t.row = append(t.row, text)
		if t.fields == 0 {
			t.fields = len(t.row)
		}
		if len(t.row) != t.fields {
			return nil, 0, &csv.ParseError{StartLine: t.line, Line: t.line, Column: 1, Err: csv.ErrFieldCount}
		}
		return t.row, t.line, nil
	}
}

// ready reports whether the next call of read leaves what the last ones returned as it is: there is
// a line, without quotes and not empty.
func (t *rowReader) ready() bool {
	i := bytes.IndexByte(t.buf[t.start:t.end], '\n')
	if i < 0 {
		return false
	}
	line := bytes.TrimSuffix(t.buf[t.start:t.start+i], []byte("\r"))
	return len(line) > 0 && bytes.IndexByte(line, '"') < 0
}

// readQuoted reads the record that begins with a line.
func (t *rowReader) readQuoted(text []byte) (row [][]byte, line int, err error) {
	if t.quoted == nil {
		t.quoted = csv.NewReader(lender{t})
		t.quoted.ReuseRecord = true
	}
	t.quoted.FieldsPerRecord = t.fields
	t.given = text
	skipped := t.line - 1 - t.lent // lines that quoted has not seen
	t.lent++
	rec, err := t.quoted.Read()
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		pe.StartLine, pe.Line = pe.StartLine+skipped, pe.Line+skipped
	}
	if err != nil {
		return nil, 0, err
	}
	t.fields = len(rec)
	line, _ = t.quoted.FieldPos(0)
	t.row, t.text = t.row[:0], t.text[:0]
	for _, f := range rec {
		t.text = append(t.text, f...)
	}
	rest := t.text
	for _, f := range rec {
		t.row = append(t.row, rest[:len(f)])
		rest = rest[len(f):]
	}
	return t.row, line + skipped, nil
}

// lender gives lines to the csv.Reader, one at a call at most, so that it never has one that it does not use.
type lender struct{ t *rowReader }

func (l lender) Read(p []byte) (int, error) {
	t := l.t
	if len(t.given) == 0 {
		if t.given = t.nextLine(); t.given == nil {
			return 0, t.err
		}
		t.line++
		t.lent++
	}
	n := copy(p, t.given)
	t.given = t.given[n:]
	return n, nil
}
