package ics

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

const byteOrderMark = "\ufeff"

// Lines reads content lines (RFC 5545, 3.1) one at a time, BEGIN and END among
// them, and holds no more than one in memory. A line that cannot be read is
// yielded as an [Error] and the reader goes on behind it, up to
// [Options.MaxFaults]; a limit or an error of r ends it.
func (o Options) Lines(r io.Reader) iter.Seq2[*Property, error] {
	o = o.withDefaults()
	return func(yield func(*Property, error) bool) {
		lx := newLexer(r, o)
		faults := 0
		for {
			raw, err := lx.next()
			switch {
			case err != nil:
				yield(nil, err)
				return
			case leadingBlank(raw) == len(raw): // the end, perhaps with empty lines before it
				return
			}
			p, err := readLine(raw, lx.first, o)
			if err != nil {
				faults++
			}
			if !yield(p, err) || errors.Is(err, ErrLimit) {
				return
			}
			if faults >= o.MaxFaults {
				yield(nil, fmt.Errorf("%w: stopped after %d faults", ErrInvalid, faults))
				return
			}
		}
	}
}

// readLine reads one logical line that begins on line first.
func readLine(raw string, first int, o Options) (*Property, error) {
	p, f := parseContent(unfold(raw), o.MaxParams)
	if f != nil {
		line, column := place(raw, first, f.off)
		if !o.KeepBroken || f.limit {
			return nil, &Error{Line: line, Column: column, Problem: f.problem, limit: f.limit}
		}
		p = &Property{Value: unfold(raw)}
	}
	p.raw, p.line = raw, first+strings.Count(raw[:leadingBlank(raw)], "\n")
	return p, nil
}

// A lexer cuts a stream into logical lines: the empty lines before a content
// line, the line, and its continuations, exactly as they stand.
type lexer struct {
	r       *bufio.Reader
	o       Options
	buf     []byte // what the next logical line begins with: empty lines
	pending []byte // a physical line that was read ahead
	bytes   int64
	lines   int
	first   int // physical line on which the last logical line began
	after   int // physical line behind it
	bom     bool
}

func newLexer(r io.Reader, o Options) *lexer {
	return &lexer{r: bufio.NewReader(r), o: o, after: 1}
}

// next returns one logical line with the empty lines before it, or at the end
// of the stream only those, or nothing.
//
// An empty line inside a folded value (a writer that folded before it escaped)
// belongs to that value: nothing else could begin with a fold.
func (lx *lexer) next() (string, error) {
	lx.first = lx.after
	mark := 0 // where the content of this logical line ends in buf; 0 while there is none
	for {
		phys, err := lx.physical()
		switch {
		case err != nil:
			return "", err
		case len(phys) == 0 && mark == 0:
			return lx.cut(len(lx.buf)), nil
		case len(phys) == 0:
			return lx.cut(mark), nil
		case lineEnd(string(phys[:min(2, len(phys))])) == len(phys):
			lx.buf = append(lx.buf, phys...)
		case mark > 0 && !isFold(phys[0]):
			lx.pending = append(lx.pending, phys...)
			return lx.cut(mark), nil
		default:
			if mark == 0 {
				lx.lines++
			}
			lx.buf = append(lx.buf, phys...)
			mark = len(lx.buf)
		}
		switch {
		case len(lx.buf) > lx.o.MaxLine:
			return "", lx.limit("a content line of more than %d octets", lx.o.MaxLine)
		case lx.lines > lx.o.MaxLines:
			return "", lx.limit("more than %d content lines", lx.o.MaxLines)
		}
	}
}

// cut takes the first n octets out of the buffer.
func (lx *lexer) cut(n int) string {
	raw := string(lx.buf[:n])
	lx.buf = append(lx.buf[:0], lx.buf[n:]...)
	lx.after = lx.first + strings.Count(raw, "\n")
	return raw
}

// physical returns the next physical line with its end, which is valid until the
// next call; nothing at the end of the stream.
func (lx *lexer) physical() ([]byte, error) {
	if len(lx.pending) > 0 {
		phys := lx.pending
		lx.pending = lx.pending[:0]
		return phys, nil
	}
	phys, err := lx.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		long := append([]byte(nil), phys...)
		for errors.Is(err, bufio.ErrBufferFull) {
			phys, err = lx.r.ReadSlice('\n')
			if long = append(long, phys...); len(long) > lx.o.MaxLine {
				return nil, lx.limit("a content line of more than %d octets", lx.o.MaxLine)
			}
		}
		phys = long
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("line %d: %w", lx.after, err)
	}
	if lx.bytes += int64(len(phys)); lx.bytes > lx.o.MaxBytes {
		return nil, lx.limit("a file of more than %d octets", lx.o.MaxBytes)
	}
	if lx.bytes == int64(len(phys)) { // the first line
		rest, bom := bytes.CutPrefix(phys, []byte(byteOrderMark))
		lx.bom, phys = bom, rest
		if bom && len(phys) == 0 {
			return lx.physical()
		}
	}
	return phys, nil
}

func (lx *lexer) limit(format string, args ...any) error {
	return &Error{Line: lx.first, Column: 1, Problem: fmt.Sprintf(format, args...) + "; raise the limit in Options if the file is meant", limit: true}
}

// unfold returns the content of a logical line: without the empty lines before
// and inside it, the line ends, and the folds (RFC 5545, 3.1).
func unfold(raw string) string {
	raw = raw[leadingBlank(raw):]
	end := strings.IndexByte(raw, '\n')
	switch {
	case end < 0:
		return raw
	case end == len(raw)-1: // one physical line: no copy
		return strings.TrimSuffix(raw[:end], "\r")
	}
	var b strings.Builder
	b.Grow(len(raw))
	for first := true; raw != ""; first = false {
		line := raw
		if end = strings.IndexByte(raw, '\n'); end >= 0 {
			line, raw = strings.TrimSuffix(raw[:end], "\r"), raw[end+1:]
		} else {
			raw = ""
		}
		if !first && line != "" {
			line = line[1:]
		}
		b.WriteString(line)
	}
	return b.String()
}
