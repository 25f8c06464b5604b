package ics

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// An Item is a [*Property] or a [*Component]: what files and components are made of.
type Item interface{ item() }

func (*Property) item()  {}
func (*Component) item() {}

// A File is everything that was read, in its order. Usually it holds one
// component, VCALENDAR; some hold several, some bare events.
type File struct {
	Items []Item

	head, tail string // byte order mark; empty lines at the end
	eol        string // of the first line
}

// A Component is what stands between BEGIN and END: properties and components in
// the order of the file.
type Component struct {
	Name  string
	Items []Item

	begin, end *Property
}

// Parse reads a file with the default [Options].
func Parse(r io.Reader) (*File, error) { return Options{}.Parse(r) }

// Parse reads a file. It either returns all of it or, joined, all faults found:
// see [Error].
func (o Options) Parse(r io.Reader) (*File, error) {
	o = o.withDefaults()
	lx := newLexer(r, o)
	b := builder{file: &File{}, depth: o.MaxDepth}
	for len(b.errs) < o.MaxFaults {
		raw, err := lx.next()
		if err != nil {
			b.errs = append(b.errs, err)
			break
		}
		if leadingBlank(raw) == len(raw) {
			b.file.tail = raw
			b.finish()
			break
		}
		if b.file.eol == "" {
			b.file.eol = endOf(raw)
		}
		p, err := readLine(raw, lx.first, o)
		if err == nil {
			err = b.add(p)
		}
		if err != nil {
			b.errs = append(b.errs, err)
		}
		if errors.Is(err, ErrLimit) {
			break
		}
	}
	if len(b.errs) >= o.MaxFaults {
		b.errs = append(b.errs, fmt.Errorf("%w: stopped after %d faults", ErrInvalid, len(b.errs)))
	}
	if len(b.errs) > 0 {
		return nil, errors.Join(b.errs...)
	}
	if lx.bom {
		b.file.head = byteOrderMark
	}
	return b.file, nil
}

// endOf returns the line end that raw ends with, that of the RFC when it has none.
func endOf(raw string) string {
	if strings.HasSuffix(raw, "\n") && !strings.HasSuffix(raw, "\r\n") {
		return "\n"
	}
	return "\r\n"
}

type builder struct {
	file  *File
	open  []*Component
	depth int
	errs  []error
}

func (b *builder) add(p *Property) error {
	switch {
	case p.Is("BEGIN"):
		c := &Component{Name: strings.TrimSpace(p.Value), begin: p}
		if n := nameLen(c.Name); n == 0 || n < len(c.Name) {
			return p.errorAt(0, "a component name has letters, digits and hyphens")
		}
		b.put(c)
		if b.open = append(b.open, c); len(b.open) > b.depth {
			err := p.errorAt(0, fmt.Sprintf("components inside each other %d deep; raise the limit in Options if the file is meant", len(b.open)))
			err.limit = true
			return err
		}
	case p.Is("END"):
		name := strings.TrimSpace(p.Value)
		if len(b.open) == 0 {
			return p.errorAt(0, fmt.Sprintf("END:%s without its BEGIN", clip(name)))
		}
		c := b.open[len(b.open)-1]
		if !strings.EqualFold(c.Name, name) {
			// Close the nearest that matches, so that one lost END is one fault.
			i := lastIndex(b.open, name)
			if i >= 0 {
				b.open = b.open[:i]
			}
			return p.errorAt(0, fmt.Sprintf("END:%s, but %s of line %d is open; write END:%s before it", clip(name), clip(c.Name), c.begin.line, clip(c.Name)))
		}
		c.end = p
		b.open = b.open[:len(b.open)-1]
	default:
		b.put(p)
	}
	return nil
}

func lastIndex(open []*Component, name string) int {
	for i, c := range slices.Backward(open) {
		if strings.EqualFold(c.Name, name) {
			return i
		}
	}
	return -1
}

func (b *builder) put(it Item) {
	if len(b.open) == 0 {
		b.file.Items = append(b.file.Items, it)
		return
	}
	c := b.open[len(b.open)-1]
	c.Items = append(c.Items, it)
}

func (b *builder) finish() {
	for _, c := range b.open {
		b.errs = append(b.errs, c.begin.errorAt(0, fmt.Sprintf("%s is never closed; write END:%s", clip(c.Name), clip(c.Name))))
	}
}

// Components walks the components of this name ("" for all) at the top of the file.
func (f *File) Components(name string) iter.Seq[*Component] { return components(f.Items, name) }

// Is reports whether the component has this name, without regard to case.
func (c *Component) Is(name string) bool { return strings.EqualFold(c.Name, name) }

// Line returns the line of the file on which the component begins, 0 for one that was not read.
func (c *Component) Line() int {
	if c.begin == nil {
		return 0
	}
	return c.begin.line
}

// Components walks the components of this name ("" for all) directly inside c.
func (c *Component) Components(name string) iter.Seq[*Component] { return components(c.Items, name) }

// Properties walks the properties of this name ("" for all) of c.
func (c *Component) Properties(name string) iter.Seq[*Property] {
	return func(yield func(*Property) bool) {
		for _, it := range c.Items {
			if p, ok := it.(*Property); ok && (name == "" || p.Is(name)) && !yield(p) {
				return
			}
		}
	}
}

// Property returns the first property of this name, nil when there is none.
func (c *Component) Property(name string) *Property {
	for p := range c.Properties(name) {
		return p
	}
	return nil
}

func components(items []Item, name string) iter.Seq[*Component] {
	return func(yield func(*Component) bool) {
		for _, it := range items {
			if c, ok := it.(*Component); ok && (name == "" || c.Is(name)) && !yield(c) {
				return
			}
		}
	}
}
