package cmdb

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// scanner reads one JSON document piece by piece with a buffer of fixed size, so that memory is
// bounded by what is kept, and knows where it stands: errors name line, column and path.
// encoding/json does neither of the two, and reads a third as fast.
type scanner struct {
	r        io.Reader
	buf      []byte
	pos, end int
	fills    int
	line     int
	before   int // bytes of the line that are no longer in buf
	start    int // where the line begins in buf
	path     []step
	text     []byte // the string read last, if it did not stand in buf in one piece
	words    map[string]string
	err      error // of r
}

// step is one step of a path: a field, or an element of a list.
type step struct {
	name  string
	index int
}

func newScanner(r io.Reader) *scanner {
	return &scanner{r: r, buf: make([]byte, 1<<16), line: 1, words: map[string]string{}}
}

// fill reads more; it reports false at the end of the input.
func (s *scanner) fill() bool {
	if s.err != nil {
		return false
	}
	s.fills++
	s.before += s.end - s.start
	s.start, s.pos, s.end = 0, 0, 0
	for s.end == 0 && s.err == nil {
		s.end, s.err = s.r.Read(s.buf)
	}
	return s.end > 0
}

// peek returns the next byte that is no space, or 0 at the end.
func (s *scanner) peek() byte {
	for {
		for s.pos < s.end {
			switch c := s.buf[s.pos]; c {
			case '\n':
				s.line++
				s.start, s.before = s.pos+1, 0
			case ' ', '\t', '\r':
			default:
				return c
			}
			s.pos++
		}
		if !s.fill() {
			return 0
		}
	}
}

// raw returns the next byte as it is, 0 at the end.
func (s *scanner) raw() byte {
	if s.pos == s.end && !s.fill() {
		return 0
	}
	s.pos++
	return s.buf[s.pos-1]
}

// fail returns an error at the present place.
func (s *scanner) fail(format string, args ...any) error {
	if s.err != nil && !errors.Is(s.err, io.EOF) {
		return fmt.Errorf("cmdb: reading: %w", s.err)
	}
	var b bytes.Buffer
	for i, st := range s.path {
		if st.name == "" {
			fmt.Fprintf(&b, "[%d]", st.index)
			continue
		}
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(st.name)
	}
	if b.Len() == 0 {
		b.WriteString("(document)")
	}
	return &validate.Error{Path: b.String(), Problem: fmt.Sprintf("line %d, column %d: ", s.line, s.before+s.pos-s.start+1) + fmt.Sprintf(format, args...)}
}

// found names what stands at the present place, for errors.
func (s *scanner) found() string {
	switch c := s.peek(); {
	case c == 0:
		return "the end"
	case c == '{':
		return "an object"
	case c == '[':
		return "a list"
	case c == '"':
		return "a text"
	case c == '-' || c >= '0' && c <= '9':
		return "a number"
	default:
		return strconv.QuoteRune(rune(c))
	}
}

// object reads an object and calls f for each field, with the input at its value.
func (s *scanner) object(f func(key string) error) error {
	if s.null() {
		return nil
	}
	if s.peek() != '{' {
		return s.fail("must be an object, is %s", s.found())
	}
	s.pos++
	if s.peek() == '}' {
		s.pos++
		return nil
	}
	for {
		key, err := s.bytes()
		if err != nil {
			return err
		}
		name := s.word(key) // the next byte may overwrite key
		if s.peek() != ':' {
			return s.fail("needs ':' after a field name, has %s", s.found())
		}
		s.pos++
		s.path = append(s.path, step{name: name})
		s.peek()
		if err := f(name); err != nil {
			return err
		}
		s.path = s.path[:len(s.path)-1]
		switch s.peek() {
		case ',':
			s.pos++
		case '}':
			s.pos++
			return nil
		default:
			return s.fail("needs ',' or '}' after a field, has %s", s.found())
		}
	}
}

// list reads a list and calls f for each element.
func (s *scanner) list(f func() error) error {
	if s.null() {
		return nil
	}
	if s.peek() != '[' {
		return s.fail("must be a list, is %s", s.found())
	}
	s.pos++
	if s.peek() == ']' {
		s.pos++
		return nil
	}
	s.path = append(s.path, step{})
	for {
		s.peek()
		if err := f(); err != nil {
			return err
		}
		switch s.peek() {
		case ',':
			s.pos++
			s.path[len(s.path)-1].index++
		case ']':
			s.pos++
			s.path = s.path[:len(s.path)-1]
			return nil
		default:
			return s.fail("needs ',' or ']' after an element, has %s", s.found())
		}
	}
}

// null reads a null if there is one. As in encoding/json it leaves a field as it is.
func (s *scanner) null() bool {
	if s.peek() != 'n' {
		return false
	}
	for _, c := range []byte("null") {
		if s.pos == s.end && !s.fill() || s.buf[s.pos] != c {
			return false // an error follows, for no value begins here
		}
		s.pos++
	}
	return true
}

// bytes reads a text, which is valid until the next is read.
func (s *scanner) bytes() ([]byte, error) {
	if s.peek() != '"' {
		return nil, s.fail("must be a text, is %s", s.found())
	}
	s.pos++
	// Most texts stand in the buffer in one piece, without escapes.
	for i := s.pos; i < s.end; i++ {
		if c := s.buf[i]; c == '"' {
			text := s.buf[s.pos:i]
			s.pos = i + 1
			if !ascii(text) && !utf8.Valid(text) {
				return nil, s.fail("is not valid UTF-8: %q", shorten(string(text)))
			}
			return text, nil
		} else if c == '\\' || c < ' ' {
			break
		}
	}
	return s.slowText()
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// maxText bounds one text, which has to be in memory at once.
const maxText = 1 << 20

func (s *scanner) slowText() ([]byte, error) {
	s.text = append(s.text[:0], '"')
	for {
		c := s.raw()
		switch {
		case c == 0 && s.pos == s.end && s.err != nil:
			return nil, s.fail("ends within a text")
		case c < ' ':
			return nil, s.fail("has the control character %q in a text; write it as \\u%04x", rune(c), c)
		case len(s.text) > maxText:
			return nil, s.fail("has a text longer than %d bytes", maxText)
		}
		s.text = append(s.text, c)
		if c == '\\' {
			s.text = append(s.text, s.raw())
		}
		if c == '"' {
			break
		}
	}
	if !utf8.Valid(s.text) {
		return nil, s.fail("is not valid UTF-8: %q", shorten(string(s.text[1:len(s.text)-1])))
	}
	var out string
	if err := json.Unmarshal(s.text, &out); err != nil {
		return nil, s.fail("has a bad escape in a text: %v", err)
	}
	s.text = append(s.text[:0], out...)
	return s.text, nil
}

// str reads a text into p.
func (s *scanner) str(p *string) error {
	if s.null() {
		return nil
	}
	b, err := s.bytes()
	*p = string(b)
	return err
}

// common reads a text that comes again and again into p.
func (s *scanner) common(p *string) error {
	if s.null() {
		return nil
	}
	b, err := s.bytes()
	*p = s.word(b)
	return err
}

func (s *scanner) word(b []byte) string {
	switch string(b) { // the names of which there are millions
	case "id":
		return "id"
	case "from":
		return "from"
	case "type":
		return "type"
	case "to":
		return "to"
	case DependsOn:
		return DependsOn
	}
	if w, ok := s.words[string(b)]; ok {
		return w
	}
	w := string(b)
	if len(s.words) < 1<<16 {
		s.words[w] = w
	}
	return w
}

// number reads a whole number into p.
func (s *scanner) number(p *int) error {
	if s.null() {
		return nil
	}
	if c := s.peek(); c != '-' && (c < '0' || c > '9') {
		return s.fail("must be a number, is %s", s.found())
	}
	var digits [32]byte
	n := 0
	for {
		if s.pos == s.end && !s.fill() {
			break
		}
		c := s.buf[s.pos]
		if c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E' && (c < '0' || c > '9') {
			break
		}
		if n == len(digits) {
			return s.fail("has a number of more than %d digits", len(digits))
		}
		digits[n] = c
		n++
		s.pos++
	}
	text := string(digits[:n])
	v, err := strconv.Atoi(text)
	if err != nil || len(text) > 1 && (text[0] == '0' || text[0] == '-' && text[1] == '0') {
		return s.fail("must be a whole number, is %s", text)
	}
	*p = v
	return nil
}

// unmarshal reads a text into something that parses itself.
func (s *scanner) unmarshal(p interface{ UnmarshalText([]byte) error }) error {
	if s.null() {
		return nil
	}
	b, err := s.bytes()
	if err != nil {
		return err
	}
	if err := p.UnmarshalText(b); err != nil {
		return s.fail("%v", err)
	}
	return nil
}
