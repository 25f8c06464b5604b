package cmdb

import "unicode/utf8"

// Most of a large document is objects of a few short texts, each on a line. These are read at one
// go where they stand in the buffer as a whole. Whatever is not as plain as that, an escape, a number, a line break, a field
// that is not known or comes twice, is left to the scanner, from the beginning of the object: it
// knows what is wrong and where.

// quick is an object that is being read in that way.
type quick struct {
	buf []byte
	pos int
}

// next returns the next byte that is neither space nor tab, 0 at the end of the buffer.
func (q *quick) next() byte {
	for q.pos < len(q.buf) {
		c := q.buf[q.pos]
		q.pos++
		if c != ' ' && c != '\t' {
			return c
		}
	}
	return 0
}

// text reads a text after its first quote.
func (q *quick) text() ([]byte, bool) {
	for i := q.pos; i < len(q.buf); i++ {
		switch c := q.buf[i]; {
		case c == '"':
			text := q.buf[q.pos:i]
			q.pos = i + 1
			return text, true
		case c < ' ' || c >= utf8.RuneSelf || c == '\\':
			return nil, false
		}
	}
	return nil, false
}

// fields reads the fields of an object into what f returns for each name, nil for one that
// is not wanted, or was there before.
func (q *quick) fields(f func(name []byte) *[]byte) bool {
	if q.next() != '{' {
		return false
	}
	for {
		if q.next() != '"' {
			return false
		}
		name, ok := q.text()
		if !ok || q.next() != ':' || q.next() != '"' {
			return false
		}
		value := f(name)
		if value == nil {
			return false
		}
		if *value, ok = q.text(); !ok {
			return false
		}
		switch q.next() {
		case ',':
		case '}':
			return true
		default:
			return false
		}
	}
}

// fresh returns a pointer to a value that was not read yet.
func fresh(v *[]byte) *[]byte {
	if *v != nil {
		return nil
	}
	return v
}

// quickRelation reads a relation between CIs that have come, of a type that is known, of which nothing else is said.
func (d *decoder) quickRelation() bool {
	s := d.s
	q := quick{buf: s.buf[s.pos:s.end]}
	var from, kind, to []byte
	ok := q.fields(func(name []byte) *[]byte {
		switch string(name) {
		case "from":
			return fresh(&from)
		case "type":
			return fresh(&kind)
		case "to":
			return fresh(&to)
		}
		return nil
	})
	if !ok || kind == nil {
		return false
	}
	k, ok := d.b.kinds[string(kind)]
	if !ok {
		return false
	}
	p, ok := d.b.refBytes(from)
	if !ok {
		return false
	}
	r, ok := d.b.refBytes(to)
	if !ok {
		return false
	}
	d.b.last = int32(p) // the next will begin there rather than end here
	d.b.Relate(p, k, r)
	s.pos += q.pos
	return true
}

// quickCI reads a CI of which only texts are said.
func (d *decoder) quickCI() bool {
	s := d.s
	q := quick{buf: s.buf[s.pos:s.end]}
	var v [11][]byte
	ok := q.fields(func(name []byte) *[]byte {
		switch string(name) {
		case "id":
			return fresh(&v[0])
		case "name":
			return fresh(&v[1])
		case "class":
			return fresh(&v[2])
		case "service":
			return fresh(&v[3])
		case "environment":
			return fresh(&v[4])
		case "location":
			return fresh(&v[5])
		case "zone":
			return fresh(&v[6])
		case "owner":
			return fresh(&v[7])
		case "status":
			return fresh(&v[8])
		case "serviceHours":
			return fresh(&v[9])
		case "source":
			return fresh(&v[10])
		}
		return nil
	})
	if !ok {
		return false
	}
	c := CI{ID: d.texts.keep(v[0]), Name: d.texts.keep(v[1])}
	for i, p := range [...]*string{&c.Class, &c.Service, &c.Environment, &c.Location, &c.Zone, &c.Owner, (*string)(&c.Status), &c.ServiceHours, &c.Source} {
		if len(v[i+2]) > 0 {
			*p = s.word(v[i+2])
		}
	}
	d.b.Add(c)
	s.pos += q.pos
	return true
}
