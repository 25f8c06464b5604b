package cmdb

import "unicode/utf8"

// Most of a large document is objects of a few short texts, each on a line. These are read at one
// go where they stand in the buffer as a whole. Whatever is not as plain as that, an escape, a number, a line break, a field
// that is not known or comes twice, is left to the scanner, from the beginning of the object: it
// knows what is wrong and where.

// quick is an object that is being read in that way.
type quick struct {
	buf    []byte
	pos    int
	values [11][]byte // by field; nil where it is not there
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

// fields reads the fields of an object. The number that field returns for a name is its place in values; it is
// negative for one that is not wanted.
func (q *quick) fields(field func(name []byte) int) bool {
	if q.next() != '{' {
		return false
	}
	clear(q.values[:])
	for {
		if q.next() != '"' {
			return false
		}
		name, ok := q.text()
		if !ok || q.next() != ':' || q.next() != '"' {
			return false
		}
		i := field(name)
		if i < 0 || q.values[i] != nil {
			return false
		}
		if q.values[i], ok = q.text(); !ok {
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

func relationField(name []byte) int {
	switch string(name) {
	case "from":
		return 0
	case "type":
		return 1
	case "to":
		return 2
	}
	return -1
}

func ciField(name []byte) int {
	switch string(name) {
	case "id":
		return 0
	case "name":
		return 1
	case "class":
		return 2
	case "service":
		return 3
	case "environment":
		return 4
	case "location":
		return 5
	case "zone":
		return 6
	case "owner":
		return 7
	case "status":
		return 8
	case "serviceHours":
		return 9
	case "source":
		return 10
	}
	return -1
}

// quickRelations are relations that were read ahead, so that their CIs could be found together.
type quickRelations struct {
	list  [lookahead / 2]quickRelation
	ids   [lookahead][]byte // from, to, from, to, ...
	refs  [lookahead]int32
	n, at int
	fills int // of the buffer that they stand in
}

type quickRelation struct {
	start, end int
	kind       []byte
}

// read reads ahead from where the scanner is.
func (r *quickRelations) read(s *scanner, b *Builder) {
	r.n, r.at, r.fills = 0, 0, s.fills
	q := quick{buf: s.buf[:s.end], pos: s.pos}
	for r.n < len(r.list) {
		start := q.pos
		if !q.fields(relationField) {
			break
		}
		from, kind, to := q.values[0], q.values[1], q.values[2]
		if from == nil || kind == nil || to == nil {
			break
		}
		r.ids[2*r.n], r.ids[2*r.n+1] = from, to
		r.list[r.n] = quickRelation{start, q.pos, kind}
		r.n++
		if q.nextLine() != ',' || q.nextLine() != '{' {
			break
		}
		q.pos--
	}
	b.refs(r.ids[:2*r.n], r.refs[:])
}

// nextLine is next, past line breaks too.
func (q *quick) nextLine() byte {
	for {
		if c := q.next(); c != '\n' && c != '\r' {
			return c
		}
	}
}

// quickRelation reads a relation between CIs that have come, of a type that is known, of which nothing else is said.
func (d *decoder) quickRelation() bool {
	s, r := d.s, &d.ahead
	if r.at == r.n || r.fills != s.fills || r.list[r.at].start != s.pos {
		r.read(s, d.b)
		if r.n == 0 {
			return false
		}
	}
	x, p, q := &r.list[r.at], r.refs[2*r.at], r.refs[2*r.at+1]
	r.at++
	k, ok := d.b.kinds[string(x.kind)]
	if !ok || p < 0 || q < 0 {
		return false
	}
	d.b.Relate(Ref(p), k, Ref(q))
	s.pos = x.end
	return true
}

// quickCI reads a CI of which only texts are said.
func (d *decoder) quickCI() bool {
	s := d.s
	q := quick{buf: s.buf[s.pos:s.end]}
	if !q.fields(ciField) {
		return false
	}
	v := &q.values
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
