package ics

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// ErrInvalid matches, through errors.Is, every fault in the content of a file.
var ErrInvalid = validate.ErrInvalid

// ErrLimit matches the fault of a file that is larger, longer or deeper than
// [Options] allows. It matches ErrInvalid too.
var ErrLimit = errors.New("limit exceeded")

// An Error is one fault at one place of a file. Several come joined.
type Error struct {
	Line    int    // first line is 1
	Column  int    // first character is 1; counts code points, and an octet that is no UTF-8 as one
	Problem string // what is wrong and how to mend it
	limit   bool
}

func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Problem)
}

// Is makes an Error match ErrInvalid and, where it is one, ErrLimit.
func (e *Error) Is(target error) bool {
	return target == ErrInvalid || e.limit && target == ErrLimit
}

// fault is an Error before its place in the file is known: off counts octets of
// the unfolded content.
type fault struct {
	off     int
	problem string
	limit   bool
}

func faultf(off int, format string, args ...any) *fault {
	return &fault{off: off, problem: fmt.Sprintf(format, args...)}
}

// place finds the line and column at which octet off of the unfolded content of
// raw stands, when raw begins on line first.
func place(raw string, first, off int) (line, column int) {
	lead := leadingBlank(raw)
	line, column = first+strings.Count(raw[:lead], "\n"), 1
	raw = strings.TrimSuffix(strings.TrimSuffix(raw, "\n"), "\r")
	for i, content := lead, 0; i < len(raw); {
		if n := lineEnd(raw[i:]); n > 0 {
			i, line, column = i+n, line+1, 1
			if i < len(raw) && isFold(raw[i]) { // the fold itself is not content
				i, column = i+1, 2
			}
			continue
		}
		_, n := utf8.DecodeRuneInString(raw[i:])
		if content+n > off {
			break
		}
		content, column, i = content+n, column+1, i+n
	}
	return line, column
}

// leadingBlank returns the length of the empty lines that s begins with.
func leadingBlank(s string) int {
	i := 0
	for n := lineEnd(s); n > 0; n = lineEnd(s[i:]) {
		i += n
	}
	return i
}

// lineEnd returns the length of the line end that s begins with, or 0. A carriage
// return alone is no line end (RFC 5545, 3.1).
func lineEnd(s string) int {
	switch {
	case len(s) > 0 && s[0] == '\n':
		return 1
	case len(s) > 1 && s[0] == '\r' && s[1] == '\n':
		return 2
	}
	return 0
}

func isFold(c byte) bool { return c == ' ' || c == '\t' }
