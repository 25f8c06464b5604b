package cmdb

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// Read reads a [Snapshot] in JSON and builds the graph, as [New] does. Unknown fields and fields
// that come twice are errors; errors name line, column and path. The lists may come in any order.
// Memory is bounded by the graph and a small buffer, whatever the input. Where r has a method Name,
// as an [os.File] does, errors begin with it.
func Read(r io.Reader) (*Graph, error) {
	b := NewBuilder()
	d := decoder{s: newScanner(r), b: b}
	if err := d.document(); err != nil {
		return nil, named(r, err)
	}
	g, err := b.Graph()
	return g, named(r, err)
}

// nameOf returns the name of a file that r is, or another.
func nameOf(r io.Reader, other string) string {
	if f, ok := r.(interface{ Name() string }); ok {
		return f.Name()
	}
	return other
}

// named puts the name of a file, if r is one, before each fault.
func named(r io.Reader, err error) error {
	name := nameOf(r, "")
	if err == nil || name == "" {
		return err
	}
	list := []error{err}
	if all, ok := err.(interface{ Unwrap() []error }); ok {
		list = all.Unwrap()
	}
	out := make([]error, len(list))
	for i, e := range list {
		var v *validate.Error
		if errors.As(e, &v) {
			out[i] = &validate.Error{Path: name + ": " + v.Path, Problem: v.Problem}
		} else {
			out[i] = fmt.Errorf("%s: %w", name, e)
		}
	}
	return errors.Join(out...)
}

// Write writes the graph as a [Snapshot] in JSON, one CI, relation or group a line, in canonical
// order: equal graphs give equal bytes.
func (g *Graph) Write(w io.Writer) error {
	s := g.Snapshot()
	out := writer{w: w}
	out.text(`{"version":1`)
	list := func(name string, n int, element func(i int) any) {
		out.text(",\n\"" + name + "\":[")
		for i := range n {
			if i > 0 {
				out.text(",")
			}
			out.text("\n")
			out.value(element(i))
		}
		out.text("]")
	}
	list("cis", len(s.CIs), func(i int) any { return &s.CIs[i] })
	if len(s.RelationTypes) > 0 {
		list("relationTypes", len(s.RelationTypes), func(i int) any { return &s.RelationTypes[i] })
	}
	list("relations", len(s.Relations), func(i int) any { return &s.Relations[i] })
	if len(s.Groups) > 0 {
		list("groups", len(s.Groups), func(i int) any { return &s.Groups[i] })
	}
	out.text("}\n")
	out.flush()
	return out.err
}

// writer gathers small pieces and keeps the first error.
type writer struct {
	w   io.Writer
	buf []byte
	err error
}

func (w *writer) text(s string) {
	w.buf = append(w.buf, s...)
	if len(w.buf) > 1<<16 {
		w.flush()
	}
}

func (w *writer) value(v any) {
	b, err := json.Marshal(v)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.text(string(b))
}

func (w *writer) flush() {
	if w.err == nil {
		_, w.err = w.w.Write(w.buf)
	}
	w.buf = w.buf[:0]
}

// decoder reads a snapshot into a builder.
type decoder struct {
	s     *scanner
	b     *Builder
	texts texts
	ahead quickRelations
}

// once reports a field that comes twice in one object.
type once uint32

func (o *once) see(s *scanner, bit int) error {
	if *o&(1<<bit) != 0 {
		return s.fail("comes twice")
	}
	*o |= 1 << bit
	return nil
}

func (d *decoder) unknown(key string, known string) error {
	d.s.path = d.s.path[:len(d.s.path)-1]
	return d.s.fail("has an unknown field %q; known are %s", shorten(key), known)
}

func (d *decoder) document() error {
	s, b := d.s, d.b
	version := 0
	var types []RelationType
	typed := false
	early := map[int]string{} // relations of types that had not come yet
	var seen once
	if s.peek() != '{' {
		return s.fail("must be an object, is %s", s.found())
	}
	err := s.object(func(key string) error {
		switch key {
		case "version":
			return firstOf(seen.see(s, 0), func() error { return s.number(&version) })
		case "cis":
			return firstOf(seen.see(s, 1), func() error { return s.list(d.ci) })
		case "relationTypes":
			return firstOf(seen.see(s, 2), func() error {
				err := s.list(func() error {
					t, err := d.relationType()
					types = append(types, t)
					return err
				})
				b.retype(types)
				typed = true
				return err
			})
		case "relations":
			return firstOf(seen.see(s, 3), func() error {
				return s.list(func() error {
					if d.quickRelation() {
						return nil
					}
					r, err := d.relation()
					if err == nil && !typed && b.Type(r.Type) < 0 {
						early[len(b.rels)] = r.Type
						r.Type = DependsOn // until the end of the document
					}
					if err == nil {
						b.AddRelation(r)
					}
					return err
				})
			})
		case "groups":
			return firstOf(seen.see(s, 4), func() error { return s.list(d.group) })
		}
		return d.unknown(key, "version, cis, relationTypes, relations, groups")
	})
	if err != nil {
		return err
	}
	if c := s.peek(); c != 0 || s.err != nil && s.err != io.EOF {
		return s.fail("has something after the document: %s", s.found())
	}
	for _, i := range slices.Sorted(maps.Keys(early)) {
		r := Relation{Type: early[i]}
		if b.rels[i].kind = int32(b.Type(r.Type)); b.rels[i].kind < 0 {
			b.odd = true
			b.unknownType(i, r)
		}
	}
	if version != Version {
		b.faults.addf("version", "must be %d, is %d", Version, version)
	}
	return nil
}

func firstOf(err error, f func() error) error {
	if err != nil {
		return err
	}
	return f()
}

func (d *decoder) ci() error {
	if d.quickCI() {
		return nil
	}
	s := d.s
	var c CI
	var seen once
	err := s.object(func(key string) error {
		var bit int
		var read func() error
		switch key {
		case "id":
			bit, read = 0, func() error { return s.str(&c.ID) }
		case "name":
			bit, read = 1, func() error { return s.str(&c.Name) }
		case "class":
			bit, read = 2, func() error { return s.common(&c.Class) }
		case "service":
			bit, read = 3, func() error { return s.common(&c.Service) }
		case "environment":
			bit, read = 4, func() error { return s.common(&c.Environment) }
		case "location":
			bit, read = 5, func() error { return s.common(&c.Location) }
		case "zone":
			bit, read = 6, func() error { return s.common(&c.Zone) }
		case "owner":
			bit, read = 7, func() error { return s.common(&c.Owner) }
		case "criticality":
			bit, read = 8, func() error { return s.number(&c.Criticality) }
		case "status":
			bit, read = 9, func() error { return s.common((*string)(&c.Status)) }
		case "serviceHours":
			bit, read = 10, func() error { return s.common(&c.ServiceHours) }
		case "outageAllowance":
			bit, read = 11, func() error { return s.unmarshal(&c.OutageAllowance) }
		case "attributes":
			bit, read = 12, func() error { return d.attributes(&c) }
		case "source":
			bit, read = 13, func() error { return s.common(&c.Source) }
		case "confidence":
			bit, read = 14, func() error { return s.number(&c.Confidence) }
		case "lastSeen":
			bit, read = 15, func() error { return s.unmarshal(&c.LastSeen) }
		default:
			return d.unknown(key, "id, name, class, service, environment, location, zone, owner, criticality, status, serviceHours, outageAllowance, attributes, source, confidence, lastSeen")
		}
		return firstOf(seen.see(s, bit), read)
	})
	if err == nil {
		d.b.Add(c)
	}
	return err
}

func (d *decoder) attributes(c *CI) error {
	return d.s.object(func(key string) error {
		var v string
		err := d.s.common(&v)
		if _, ok := c.Attributes[key]; ok && err == nil {
			return d.s.fail("comes twice")
		}
		setAttribute(c, key, v)
		return err
	})
}

func (d *decoder) relation() (Relation, error) {
	s := d.s
	var r Relation
	var seen once
	err := s.object(func(key string) error {
		var bit int
		var read func() error
		switch key {
		case "from":
			bit, read = 0, func() error { return s.str(&r.From) }
		case "type":
			bit, read = 1, func() error { return s.common(&r.Type) }
		case "to":
			bit, read = 2, func() error { return s.str(&r.To) }
		case "source":
			bit, read = 3, func() error { return s.common(&r.Source) }
		case "confidence":
			bit, read = 4, func() error { return s.number(&r.Confidence) }
		case "lastSeen":
			bit, read = 5, func() error { return s.unmarshal(&r.LastSeen) }
		default:
			return d.unknown(key, "from, type, to, source, confidence, lastSeen")
		}
		return firstOf(seen.see(s, bit), read)
	})
	return r, err
}

func (d *decoder) relationType() (RelationType, error) {
	s := d.s
	var t RelationType
	var seen once
	err := s.object(func(key string) error {
		var bit int
		var read func() error
		switch key {
		case "name":
			bit, read = 0, func() error { return s.str(&t.Name) }
		case "inverse":
			bit, read = 1, func() error { return s.str(&t.Inverse) }
		case "impact":
			bit, read = 2, func() error { return s.str((*string)(&t.Impact)) }
		case "weight":
			bit, read = 3, func() error { return s.number(&t.Weight) }
		case "depth":
			bit, read = 4, func() error { return s.number(&t.Depth) }
		default:
			return d.unknown(key, "name, inverse, impact, weight, depth")
		}
		return firstOf(seen.see(s, bit), read)
	})
	return t, err
}

func (d *decoder) group() error {
	s := d.s
	var gr Group
	var seen once
	names := func(list *[]string) func() error {
		return func() error {
			return s.list(func() error {
				var id string
				err := s.str(&id)
				*list = append(*list, id)
				return err
			})
		}
	}
	err := s.object(func(key string) error {
		var bit int
		var read func() error
		switch key {
		case "id":
			bit, read = 0, func() error { return s.str(&gr.ID) }
		case "mode":
			bit, read = 1, func() error { return s.str((*string)(&gr.Mode)) }
		case "members":
			bit, read = 2, names(&gr.Members)
		case "need":
			bit, read = 3, func() error { return s.number(&gr.Need) }
		case "needPercent":
			bit, read = 4, func() error { return s.number(&gr.NeedPercent) }
		case "needZones":
			bit, read = 5, func() error { return s.number(&gr.NeedZones) }
		case "dependents":
			bit, read = 6, names(&gr.Dependents)
		default:
			return d.unknown(key, "id, mode, members, need, needPercent, needZones, dependents")
		}
		return firstOf(seen.see(s, bit), read)
	})
	if err == nil {
		d.b.AddGroup(gr)
	}
	return err
}
