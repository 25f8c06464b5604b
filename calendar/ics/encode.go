package ics

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// lineOctets is the longest line that should be written, without its end (RFC 5545, 3.1).
const lineOctets = 75

// Encode writes the file. What was read and not changed since is written octet
// for octet as it was; new and changed lines are folded, quoted and ended by the
// rules (with the line end the file was read with, CRLF in a new one).
//
// It fails before it writes anything when a name or value could not be read
// back: a line end in a value, a name with a colon.
func (f *File) Encode(w io.Writer) error {
	e := encoder{eol: f.eol, head: len(f.head)}
	if e.eol == "" {
		e.eol = "\r\n"
	}
	e.b.WriteString(f.head)
	e.items(f.Items, "")
	e.b.WriteString(f.tail)
	if err := e.faults.Err(); err != nil {
		return err
	}
	_, err := w.Write(e.b.Bytes())
	return err
}

type encoder struct {
	b      bytes.Buffer
	eol    string
	head   int // octets of the byte order mark
	faults validate.List
}

func (e *encoder) items(items []Item, path string) {
	for i, it := range items {
		at := fmt.Sprintf("%sitems[%d]", path, i)
		switch it := it.(type) {
		case *Property:
			e.property(it, at)
		case *Component:
			e.component(it, at)
		default:
			e.faults.Addf(at, "is nil; an item is a *Property or a *Component")
		}
	}
}

func (e *encoder) component(c *Component, at string) {
	if c == nil {
		e.faults.Addf(at, "is nil")
		return
	}
	e.mark("BEGIN", c.Name, c.begin, at)
	e.items(c.Items, at+".")
	e.mark("END", c.Name, c.end, at)
}

// mark writes a BEGIN or END line: as read, unless the component was renamed.
func (e *encoder) mark(keyword, name string, read *Property, at string) {
	if read != nil && strings.EqualFold(strings.TrimSpace(read.Value), name) {
		e.line(read.raw)
		return
	}
	if n := nameLen(name); n == 0 || n < len(name) {
		e.faults.Addf(at, "component name %q; names have letters, digits and hyphens", name)
	}
	e.line(keyword + ":" + name + e.eol)
}

func (e *encoder) property(p *Property, at string) {
	if p == nil {
		e.faults.Addf(at, "is nil")
		return
	}
	if p.raw != "" {
		read, f := parseContent(unfold(p.raw), 1<<30)
		if f != nil { // kept by KeepBroken
			read = &Property{Value: unfold(p.raw)}
		}
		if p.same(read) {
			e.line(p.raw)
			return
		}
	}
	if p.Is("BEGIN") || p.Is("END") {
		e.faults.Addf(at, "a property cannot be named %s; use a Component", p.Name)
	}
	e.line(foldLine(e.content(p, at), e.eol))
}

// content returns the unfolded line.
func (e *encoder) content(p *Property, at string) string {
	var b strings.Builder
	e.name(&b, p.Name, at, "property")
	for _, q := range p.Params {
		b.WriteByte(';')
		e.name(&b, q.Name, at, "parameter")
		for i, v := range q.Values {
			if i == 0 {
				b.WriteByte('=')
			} else {
				b.WriteByte(',')
			}
			e.paramValue(&b, v, at, q.Name)
		}
	}
	if i := strings.IndexFunc(p.Value, func(r rune) bool { return r < utf8.RuneSelf && isControl(byte(r)) }); i >= 0 {
		e.faults.Addf(at, "value of %s has control character %q at octet %d; use SetText for text", p.Name, p.Value[i:i+1], i)
	}
	b.WriteByte(':')
	b.WriteString(p.Value)
	return b.String()
}

func (e *encoder) name(b *strings.Builder, name, at, what string) {
	if n := nameLen(name); n == 0 || n < len(name) {
		e.faults.Addf(at, "%s name %q; names have letters, digits and hyphens", what, name)
	}
	b.WriteString(name)
}

func (e *encoder) paramValue(b *strings.Builder, v, at, name string) {
	enc := caretEncode(v)
	for i := range len(enc) {
		if isControl(enc[i]) {
			e.faults.Addf(at, "value of parameter %s has control character %q", name, enc[i:i+1])
			break
		}
	}
	if strings.ContainsAny(enc, `:;,\`) { // a bare backslash would escape what follows, for Apple and for us
		enc = `"` + enc + `"`
	}
	b.WriteString(enc)
}

// line writes a whole line, and ends the one before it if the file did not.
func (e *encoder) line(s string) {
	if n := e.b.Len(); n > e.head && e.b.Bytes()[n-1] != '\n' {
		e.b.WriteString(e.eol)
	}
	e.b.WriteString(s)
}

// foldLine folds s at 75 octets, never inside a UTF-8 sequence, and ends it.
func foldLine(s, eol string) string {
	if len(s) <= lineOctets {
		return s + eol
	}
	var b strings.Builder
	b.Grow(len(s) + len(s)/lineOctets*4 + 2)
	room := lineOctets
	for len(s) > room {
		cut := room
		for cut > room-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
			cut--
		}
		if !utf8.RuneStart(s[cut]) { // no UTF-8 anyway
			cut = room
		}
		b.WriteString(s[:cut])
		b.WriteString(eol)
		b.WriteByte(' ')
		s = s[cut:]
		room = lineOctets - 1 // the fold counts
	}
	b.WriteString(s)
	b.WriteString(eol)
	return b.String()
}
