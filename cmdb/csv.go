package cmdb

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// CSV is an estate in tables with a header line, as RFC 4180 has them. Columns may stand in any
// order; their names are not case-sensitive.
//
//   - Nodes: id; and name, class, service, environment, location, zone, owner, criticality,
//     status, serviceHours, outageAllowance, source, confidence, lastSeen. Every other column
//     becomes an attribute. A column attrs of the form "team=a;env=b" becomes attributes team and env,
//     any other text in it attribute attrs.
//   - Edges: source (or from), target (or to), type; and confidence, lastSeen, reportedBy (the feed).
//   - Groups: node, k, members (separated by spaces): the node fails when fewer than k of the
//     members are up. A group of one member becomes a relation "depends-on",
//     unless a larger group of the node has that member too.
//
// Any of the tables may be nil. What has a method Name, as an [os.File] does, is called by that in errors and
// findings, and "nodes", "edges" and "groups" otherwise. Times are those of RFC 3339, or dates, which mean midnight UTC.
type CSV struct {
	Nodes, Edges, Groups io.Reader

	Types []RelationType    // in addition to, or in place of, the default catalogue
	Alias map[string]string // spellings of relation types or their inverses: "childOf": "part-of"
}

// Read imports the tables; see [Import] for what is mended. It fails where a table is no CSV, has
// no usable header, or where groups or relation types are wrong.
func (c CSV) Read() (*Graph, *ImportReport, error) {
	im := NewImport(c.Types...)
	for _, spelling := range slices.Sorted(maps.Keys(c.Alias)) {
		im.Alias(spelling, c.Alias[spelling])
	}
	for _, t := range []struct {
		name string
		r    io.Reader
		read func(im *Import, t *table) error
	}{{"nodes", c.Nodes, readNodes}, {"edges", c.Edges, readEdges}, {"groups", c.Groups, readGroups}} {
		if t.r == nil {
			continue
		}
		tab, err := openTable(im, nameOf(t.r, t.name), t.r)
		if err == nil {
			err = t.read(im, tab)
		}
		if err != nil {
			return nil, &im.report, err
		}
	}
	return im.Graph()
}

// table is a CSV file with a header.
type table struct {
	im     *Import
	name   string
	r      *rowReader
	header []string
	column map[string]int // lower case
}

func openTable(im *Import, name string, r io.Reader) (*table, error) {
	t := &table{im: im, name: name, r: newRowReader(r), column: map[string]int{}}
	head, _, err := t.r.read()
	if errors.Is(err, io.EOF) {
		return nil, &validate.Error{Path: name, Problem: "is empty; give it a header line"}
	}
	if err != nil {
		return nil, t.fail(err)
	}
	for i, b := range head {
		h := strings.TrimSpace(strings.TrimPrefix(string(b), "\ufeff"))
		t.header = append(t.header, h)
		key := strings.ToLower(h)
		if _, ok := t.column[key]; ok {
			return nil, &validate.Error{Path: name + ":1", Problem: fmt.Sprintf("has two columns %q; drop one", shorten(h))}
		}
		t.column[key] = i
	}
	return t, nil
}

func (t *table) fail(err error) error {
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		return &validate.Error{Path: fmt.Sprintf("%s:%d:%d", t.name, pe.Line, pe.Column), Problem: pe.Err.Error()}
	}
	return fmt.Errorf("cmdb: reading %s: %w", t.name, err)
}

// need returns the column with one of the names.
func (t *table) need(names ...string) (int, error) {
	for _, n := range names {
		if i, ok := t.column[n]; ok {
			return i, nil
		}
	}
	return 0, &validate.Error{Path: t.name + ":1", Problem: fmt.Sprintf("has no column %s; it has %s",
		strings.Join(names, " or "), shorten(strings.Join(t.header, ", ")))}
}

// rows calls f with each record, which is valid during the call.
func (t *table) rows(f func(rec [][]byte)) error {
	for {
		rec, line, err := t.r.read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return t.fail(err)
		}
		t.im.At(t.name, line)
		f(rec)
	}
}

// plainEdges reads relations of which nothing else is said, some at a time so that their CIs can be found together.
func (t *table) plainEdges(from, kind, to int) error {
	im := t.im
	var kinds [lookahead / 2][]byte
	var lines [lookahead / 2]int
	var ids [lookahead][]byte
	var refs [lookahead]int32
	n := 0
	flush := func() {
		im.b.refs(ids[:2*n], refs[:])
		for i := range n {
			im.At(t.name, lines[i])
			if p, q := refs[2*i], refs[2*i+1]; p >= 0 && q >= 0 {
				im.plainRelation(p, kinds[i], q)
			} else {
				im.AddRelation(Relation{From: string(ids[2*i]), Type: string(kinds[i]), To: string(ids[2*i+1])})
			}
		}
		n = 0
	}
	for {
		rec, line, err := t.r.read()
		if err == nil {
			ids[2*n], ids[2*n+1], kinds[n], lines[n] = rec[from], rec[to], rec[kind], line
			n++
		}
		if err != nil || n == len(lines) || !t.r.ready() {
			flush()
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return t.fail(err)
		}
	}
}

// column3 returns three optional columns, -1 where there is none.
func (t *table) column3(a, b, c string) (int, int, int) {
	at := func(name string) int {
		if i, ok := t.column[name]; ok {
			return i
		}
		return -1
	}
	return at(a), at(b), at(c)
}

func optional(rec [][]byte, column int) string {
	if column < 0 {
		return ""
	}
	return string(bytes.TrimSpace(rec[column]))
}

func readNodes(im *Import, t *table) error {
	id, err := t.need("id")
	if err != nil {
		return err
	}
	set := make([]func(*CI, string), len(t.header))
	for i, h := range t.header {
		set[i] = nodeField(im, h)
	}
	words := interned{}
	var ids texts
	return t.rows(func(rec [][]byte) {
		var c CI
		for i, v := range rec {
			switch v = bytes.TrimSpace(v); {
			case len(v) == 0:
			case i == id:
				c.ID = ids.keep(v)
			default:
				set[i](&c, words.of(v))
			}
		}
		im.Add(c)
	})
}

// interned keeps one copy of texts that come again and again, and none of the record they stand in.
type interned map[string]string

func (in interned) of(b []byte) string {
	if t, ok := in[string(b)]; ok {
		return t
	}
	t := string(b)
	if len(in) < 1<<16 {
		in[t] = t
	}
	return t
}

// nodeField returns what a column does to a CI.
func nodeField(im *Import, header string) func(*CI, string) {
	bad := func(v, want string) { im.note(BadValue, "", "%s is %q, must be %s", header, shorten(v), want) }
	number := func(set func(*CI, int)) func(*CI, string) {
		return func(c *CI, v string) {
			n, err := strconv.Atoi(v)
			if err != nil {
				bad(v, "a number")
				return
			}
			set(c, n)
		}
	}
	switch strings.ToLower(header) {
	case "name":
		return func(c *CI, v string) { c.Name = v }
	case "class":
		return func(c *CI, v string) { c.Class = v }
	case "service":
		return func(c *CI, v string) { c.Service = v }
	case "environment":
		return func(c *CI, v string) { c.Environment = v }
	case "location":
		return func(c *CI, v string) { c.Location = v }
	case "zone":
		return func(c *CI, v string) { c.Zone = v }
	case "owner":
		return func(c *CI, v string) { c.Owner = v }
	case "source":
		return func(c *CI, v string) { c.Source = v }
	case "status":
		return func(c *CI, v string) { c.Status = Status(v) }
	case "servicehours":
		return func(c *CI, v string) { c.ServiceHours = v }
	case "criticality":
		return number(func(c *CI, n int) { c.Criticality = n })
	case "confidence":
		return number(func(c *CI, n int) { c.Confidence = n })
	case "outageallowance":
		return func(c *CI, v string) {
			if err := c.OutageAllowance.UnmarshalText([]byte(v)); err != nil {
				bad(v, "a duration such as PT1H30M")
			}
		}
	case "lastseen":
		return func(c *CI, v string) {
			if t, ok := parseTime(v); ok {
				c.LastSeen = t
			} else {
				bad(v, "a time such as 2026-03-29T01:00:00Z")
			}
		}
	case "attrs":
		return attributes
	}
	return func(c *CI, v string) { setAttribute(c, header, v) }
}

func setAttribute(c *CI, key, value string) {
	if c.Attributes == nil {
		c.Attributes = map[string]string{}
	}
	c.Attributes[key] = value
}

func attributes(c *CI, v string) {
	parts := strings.Split(v, ";")
	for _, p := range parts {
		if k, _, ok := strings.Cut(p, "="); !ok || strings.TrimSpace(k) == "" {
			setAttribute(c, "attrs", v)
			return
		}
	}
	for _, p := range parts {
		k, val, _ := strings.Cut(p, "=")
		setAttribute(c, strings.TrimSpace(k), strings.TrimSpace(val))
	}
}

// parseTime reads RFC 3339, or a date.
func parseTime(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly, time.DateTime} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

func readEdges(im *Import, t *table) error {
	from, err := t.need("source", "from")
	if err != nil {
		return err
	}
	to, err := t.need("target", "to")
	if err != nil {
		return err
	}
	kind, err := t.need("type")
	if err != nil {
		return err
	}
	words := interned{}
	source, confidence, seen := t.column3("reportedby", "confidence", "lastseen")
	if source < 0 && confidence < 0 && seen < 0 {
		return t.plainEdges(from, kind, to)
	}
	return t.rows(func(rec [][]byte) {
		r := Relation{From: string(rec[from]), Type: words.of(rec[kind]), To: string(rec[to])}
		if source >= 0 {
			r.Source = words.of(bytes.TrimSpace(rec[source]))
		}
		if v := optional(rec, confidence); v != "" {
			n, err := strconv.Atoi(v)
			if err != nil {
				im.note(BadValue, "", "confidence is %q, must be a number", shorten(v))
			}
			r.Confidence = n
		}
		if v := optional(rec, seen); v != "" {
			at, ok := parseTime(v)
			if !ok {
				im.note(BadValue, "", "lastSeen is %q, must be a time such as 2026-03-29T01:00:00Z", shorten(v))
			}
			r.LastSeen = at
		}
		im.AddRelation(r)
	})
}

func readGroups(im *Import, t *table) error {
	node, err := t.need("node")
	if err != nil {
		return err
	}
	k, err := t.need("k")
	if err != nil {
		return err
	}
	members, err := t.need("members")
	if err != nil {
		return err
	}
	type clause struct {
		at   place
		node string
		need int
		list []string
	}
	var clauses []clause
	spread := map[[2]string]bool{} // a node and a member of a group of two or more that it has
	err = t.rows(func(rec [][]byte) {
		cl := clause{im.at, string(rec[node]), 0, strings.Fields(string(rec[members]))}
		n, err := strconv.Atoi(string(rec[k]))
		if err != nil || n < 1 || n > len(cl.list) {
			im.note(NotUnderstood, "", "k is %q of %d members; the group is left out", shorten(string(rec[k])), len(cl.list))
			return
		}
		if slices.Contains(cl.list, cl.node) {
			im.note(NotUnderstood, "", "%q is a member of the group that it depends on; the group is left out", shorten(cl.node))
			return
		}
		cl.need = n
		if len(cl.list) > 1 {
			for _, m := range cl.list {
				spread[[2]string{cl.node, m}] = true
			}
		}
		clauses = append(clauses, cl)
	})
	for i, cl := range clauses {
		im.at = cl.at
		if len(cl.list) == 1 && !spread[[2]string{cl.node, cl.list[0]}] {
			im.AddRelation(Relation{From: cl.node, Type: DependsOn, To: cl.list[0]})
			continue
		}
		// A relation to a member would be covered by the larger group, so this one stays a group.
		im.AddGroup(Group{ID: fmt.Sprintf("%s#%d", cl.node, i+1), Members: cl.list, Need: cl.need, Dependents: []string{cl.node}})
	}
	return err
}
