package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// maxDepth bounds the nesting of a document.
const maxDepth = 100

// A scanner walks a JSON text (RFC 8259) value by value. It exists because
// encoding/json tells neither where a fault of meaning is nor the path to it, takes
// unknown case and repeated keys for granted, and replaces broken UTF-8 silently.
type scanner struct {
	data  []byte
	off   int
	depth int
}

// A syntaxError ends the reading of a document.
type syntaxError struct {
	off     int
	problem string
}

func (e *syntaxError) Error() string { return e.problem }

func (s *scanner) fail(format string, args ...any) error {
	return &syntaxError{s.off, fmt.Sprintf(format, args...)}
}

// space skips white space.
func (s *scanner) space() {
	for s.off < len(s.data) {
		switch s.data[s.off] {
		case ' ', '\t', '\n', '\r':
			s.off++
		default:
			return
		}
	}
}

// peek returns the first byte of the next token, 0 at the end.
func (s *scanner) peek() byte {
	s.space()
	if s.off == len(s.data) {
		return 0
	}
	return s.data[s.off]
}

// found describes what stands at the offset.
func (s *scanner) found() string {
	if s.off >= len(s.data) {
		return "the end of the text"
	}
	r, _ := utf8.DecodeRune(s.data[s.off:])
	return fmt.Sprintf("%q", r)
}

func (s *scanner) expect(c byte, where string) error {
	if s.peek() != c {
		return s.fail("expected %q %s, found %s", rune(c), where, s.found())
	}
	s.off++
	return nil
}

// object calls member for each key, placed before its value. keyAt is the offset of the key.
func (s *scanner) object(member func(key string, keyAt int) error) error {
	return s.list('{', '}', "in the object", func() error {
		if s.peek() != '"' {
			return s.fail("expected a field name in double quotes, found %s", s.found())
		}
		at := s.off
		key, err := s.text()
		if err != nil {
			return err
		}
		if err := s.expect(':', "after the field name"); err != nil {
			return err
		}
		return member(key, at)
	})
}

// array calls element for each element, placed before it.
func (s *scanner) array(element func() error) error {
	return s.list('[', ']', "in the array", element)
}

func (s *scanner) list(open, end byte, where string, item func() error) error {
	if err := s.expect(open, ""); err != nil {
		return err
	}
	if s.depth++; s.depth > maxDepth {
		return s.fail("is nested deeper than %d levels", maxDepth)
	}
	for first := true; ; first = false {
		c := s.peek()
		if c == end && first {
			break
		}
		if err := item(); err != nil {
			return err
		}
		if c = s.peek(); c == end {
			break
		} else if c != ',' {
			return s.fail("expected ',' or %q %s, found %s", rune(end), where, s.found())
		}
		s.off++
		if c = s.peek(); c == end {
			return s.fail("there is a ',' before %q: remove it", rune(end))
		}
	}
	s.off++
	s.depth--
	return nil
}

// text reads a string.
func (s *scanner) text() (string, error) {
	start := s.off
	plain := true
	for i := start + 1; i < len(s.data); i++ {
		switch c := s.data[i]; {
		case c == '"':
			raw := s.data[start : i+1]
			if !utf8.Valid(raw) {
				return "", s.fail("the text is not UTF-8")
			}
			if plain {
				s.off = i + 1
				return string(raw[1 : len(raw)-1]), nil
			}
			var out string
			if err := json.Unmarshal(raw, &out); err != nil {
				return "", s.fail("the text has a bad escape: write \\\\ for a backslash")
			}
			s.off = i + 1
			return out, nil
		case c == '\\':
			plain = false
			i++
		case c < 0x20:
			s.off = i
			return "", s.fail("a control character stands in a text: write it as an escape such as \\n, or close the quotes")
		}
	}
	return "", s.fail("the text that begins here has no closing quotes")
}

// number reads a number and returns its text.
func (s *scanner) number() (string, error) {
	start, i := s.off, s.off
	digits := func() bool {
		from := i
		for i < len(s.data) && s.data[i] >= '0' && s.data[i] <= '9' {
			i++
		}
		return i > from
	}
	if i < len(s.data) && s.data[i] == '-' {
		i++
	}
	ok := true
	if i < len(s.data) && s.data[i] == '0' {
		i++
	} else {
		ok = digits()
	}
	if ok && i < len(s.data) && s.data[i] == '.' {
		i++
		ok = digits()
	}
	if ok && i < len(s.data) && (s.data[i] == 'e' || s.data[i] == 'E') {
		i++
		if i < len(s.data) && (s.data[i] == '+' || s.data[i] == '-') {
			i++
		}
		ok = digits()
	}
	if !ok {
		return "", s.fail("expected a value, found %s", s.found())
	}
	s.off = i
	return string(s.data[start:i]), nil
}

// word reads true, false or null.
func (s *scanner) word() (string, error) {
	for _, w := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(s.data[s.off:], []byte(w)) {
			s.off += len(w)
			return w, nil
		}
	}
	return "", s.fail("expected a value, found %s", s.found())
}

// skip reads any value and forgets it.
func (s *scanner) skip() error {
	var err error
	switch c := s.peek(); c {
	case '{':
		err = s.object(func(string, int) error { return s.skip() })
	case '[':
		err = s.array(s.skip)
	case '"':
		_, err = s.text()
	case 't', 'f', 'n':
		_, err = s.word()
	default:
		_, err = s.number()
	}
	return err
}

// end makes sure that nothing follows.
func (s *scanner) end() error {
	if s.peek() != 0 || s.off < len(s.data) {
		return s.fail("something follows the document: found %s", s.found())
	}
	return nil
}

// position turns an offset into line and column, both from 1; columns count code points.
func position(data []byte, off int) (line, column int) {
	off = min(off, len(data))
	line = 1 + bytes.Count(data[:off], []byte{'\n'})
	return line, 1 + utf8.RuneCount(data[bytes.LastIndexByte(data[:off], '\n')+1:off])
}
