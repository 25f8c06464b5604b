package records

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// maxNesting bounds how deep values may nest.
const maxNesting = 16

// readJSON reads a list of objects, or one under "result" (the table interface of that
// tool) or "records" (its list export). A field may be an object whose "display_value"
// and "value" say the same thing for people and for programs.
func readJSON(data []byte, faults *faults) *File {
	f := &File{Format: JSON}
	s := &scanner{dec: json.NewDecoder(bytes.NewReader(data)), pos: lines{data: data}}
	unread := map[string]bool{}
	s.list(func(n int) {
		names, values := s.object()
		at, left := assign(names)
		for _, u := range left {
			unread[u] = true
		}
		var v [fields]value
		for k, c := range at {
			if c >= 0 {
				v[k] = values[c]
			}
		}
		if v[fID].line == 0 {
			v[fID].line, v[fID].column = s.line, s.column
		}
		if s.err != nil {
			return
		}
		if rec, ok := f.record(fmt.Sprintf("[%d]", n), &v, time.UTC, faults); ok {
			f.Records = append(f.Records, rec)
		}
	})
	if s.err != nil {
		line, column := (&lines{data: data}).at(int(s.dec.InputOffset()))
		faults.add(line, column, "document", "%s", s.err)
	}
	for u := range unread {
		f.Unread = append(f.Unread, u)
	}
	slices.Sort(f.Unread)
	return f
}

// A scanner walks a JSON document token by token. After a fault it does nothing.
type scanner struct {
	dec          *json.Decoder
	pos          lines
	line, column int // of the last token
	err          error
}

func (s *scanner) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

func (s *scanner) token() json.Token {
	if s.err != nil {
		return nil
	}
	t, err := s.dec.Token()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		s.fail("%v: close what is open, quote what is text", err)
		return nil
	}
	off := int(s.dec.InputOffset())
	if text, ok := t.(string); ok {
		off -= len(text) + 2 // exact but for escapes, and on the right line in any case
	} else {
		off--
	}
	s.line, s.column = s.pos.at(max(off, s.pos.off))
	return t
}

// list finds the list of records and calls f in front of each.
func (s *scanner) list(f func(n int)) {
	switch t := s.token(); t {
	case json.Delim('{'):
		for s.err == nil && s.dec.More() {
			if key, _ := s.token().(string); key == "result" || key == "records" {
				if s.token() != json.Delim('[') {
					s.fail("%q must be a list of changes", key)
				}
				s.items(f)
				return
			}
			s.skip()
		}
		s.fail("there is no list \"result\" or \"records\"")
	case json.Delim('['):
		s.items(f)
	}
}

func (s *scanner) items(f func(n int)) {
	for n := 0; s.err == nil && s.dec.More(); n++ {
		f(n)
	}
	s.token()
}

// object reads one flat object; values that are lists join with semicolons.
func (s *scanner) object() (names []string, values []value) {
	if t := s.token(); t != json.Delim('{') {
		s.fail("a change must be an object, such as {\"number\": \"CHG1\"}")
		return nil, nil
	}
	for s.err == nil && s.dec.More() {
		name, _ := s.token().(string)
		names = append(names, name)
		v := s.value(0)
		v.line, v.column = max(v.line, s.line), max(v.column, 1)
		values = append(values, v)
	}
	s.token()
	return names, values
}

func (s *scanner) value(depth int) value {
	if depth > maxNesting {
		s.fail("values nest deeper than %d levels", maxNesting)
		return value{}
	}
	t := s.token()
	v := value{line: s.line, column: s.column}
	switch t := t.(type) {
	case string:
		v.text = t
	case json.Delim:
		if t == '[' {
			var parts []string
			for s.err == nil && s.dec.More() {
				parts = append(parts, s.value(depth+1).text)
			}
			v.text = strings.Join(parts, ";")
		} else {
			v.text = s.pair(depth)
		}
		s.token()
	case nil:
	default:
		v.text = fmt.Sprint(t)
	}
	return v
}

// pair reads the inside of {"display_value": ..., "value": ...}: times for programs,
// all else for people.
func (s *scanner) pair(depth int) string {
	var display, program string
	for s.err == nil && s.dec.More() {
		name, _ := s.token().(string)
		switch v := s.value(depth + 1); name {
		case "display_value":
			display = v.text
		case "value":
			program = v.text
		}
	}
	if _, err := instant(program, time.UTC); err == nil || display == "" {
		return program
	}
	return display
}

// skip reads one value of any kind without recursion.
func (s *scanner) skip() {
	depth := 0
	for s.err == nil {
		switch s.token() {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth <= 0 {
			return
		}
	}
}
