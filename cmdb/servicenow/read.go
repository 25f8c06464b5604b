package servicenow

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/cmdb"
	"github.com/slackwater-go/slackwater/internal/validate"
)

// Tables are the exports; each may be nil. Whether it is CSV or JSON is seen by its first byte. What
// has a method Name, as an [os.File] does, is called by that in errors and findings.
type Tables struct {
	CIs       io.Reader // cmdb_ci, or a table that extends it
	Relations io.Reader // cmdb_rel_ci

	Types []cmdb.RelationType // in addition to, or in place of, those that come with the package
}

// types are those of the relation types of the platform that the default catalogue lacks.
func types() []cmdb.RelationType {
	return []cmdb.RelationType{
		{Name: "applicative-flow-to", Inverse: "applicative-flow-from", Impact: cmdb.ToFrom},
		{Name: "cluster-of", Inverse: "cluster", Impact: cmdb.ToFrom},
		{Name: "contains", Inverse: "contained-by", Impact: cmdb.FromTo},
		{Name: "exchanges-data-with", Inverse: "exchanges-data-with", Impact: cmdb.BothWays, Depth: 1},
		{Name: "instantiates", Inverse: "instantiated-by", Impact: cmdb.FromTo},
		{Name: "receives-data-from", Inverse: "sends-data-to", Impact: cmdb.ToFrom},
		{Name: "uses", Inverse: "used-by-user", Impact: cmdb.ToFrom},
		{Name: "virtualized-by", Inverse: "virtualizes", Impact: cmdb.ToFrom},
	}
}

// Read imports the tables. What is not understood is in the report, as [cmdb.Import] has it. It
// fails where a table is neither CSV nor JSON.
func Read(t Tables) (*cmdb.Graph, *cmdb.ImportReport, error) {
	im := cmdb.NewImport(append(types(), t.Types...)...)
	if t.CIs != nil {
		if err := records(im, nameOf(t.CIs, "cmdb_ci"), t.CIs, addCI); err != nil {
			return nil, nil, err
		}
	}
	if t.Relations != nil {
		if err := records(im, nameOf(t.Relations, "cmdb_rel_ci"), t.Relations, addRelation); err != nil {
			return nil, nil, err
		}
	}
	return im.Graph()
}

// nameOf returns the name of a file that r is, or another.
func nameOf(r io.Reader, other string) string {
	if f, ok := r.(interface{ Name() string }); ok {
		return f.Name()
	}
	return other
}

// records calls add with each record of a table.
func records(im *cmdb.Import, name string, r io.Reader, add func(*cmdb.Import, map[string]string)) error {
	var first [1]byte
	empty := 0 // lines before the first byte that counts
	for {
		n, err := io.ReadFull(r, first[:])
		if n == 0 {
			return &validate.Error{Path: name, Problem: fmt.Sprintf("is empty or cannot be read: %v", err)}
		}
		if c := first[0]; c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			break
		} else if c == '\n' && empty < 1<<20 {
			empty++
		}
	}
	whole := io.MultiReader(strings.NewReader(strings.Repeat("\n", empty)+string(first[:])), r)
	if first[0] == '{' || first[0] == '[' {
		return jsonRecords(im, name, whole, add)
	}
	return csvRecords(im, name, whole, add)
}

func csvRecords(im *cmdb.Import, name string, r io.Reader, add func(*cmdb.Import, map[string]string)) error {
	c := csv.NewReader(r)
	head, err := c.Read()
	for i := range head {
		head[i] = strings.TrimSpace(strings.TrimPrefix(head[i], "\ufeff"))
	}
	for err == nil {
		var rec []string
		if rec, err = c.Read(); err != nil {
			break
		}
		line, _ := c.FieldPos(0)
		im.At(name, line)
		fields := make(map[string]string, len(rec))
		for i, v := range rec {
			if v = strings.TrimSpace(v); v != "" {
				fields[head[i]] = v
			}
		}
		add(im, fields)
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	if pe := new(csv.ParseError); errors.As(err, &pe) {
		return &validate.Error{Path: fmt.Sprintf("%s:%d:%d", name, pe.Line, pe.Column), Problem: pe.Err.Error()}
	}
	return &validate.Error{Path: name, Problem: err.Error()}
}

// jsonRecords reads the list of records, one at a time. A reference is an object with a value and
// a display_value, or either alone.
func jsonRecords(im *cmdb.Import, name string, r io.Reader, add func(*cmdb.Import, map[string]string)) error {
	lines := &lineReader{r: r}
	d := json.NewDecoder(lines)
	fail := func(err error) error {
		at := d.InputOffset()
		if se := new(json.SyntaxError); errors.As(err, &se) {
			at = se.Offset - 1
		}
		return &validate.Error{Path: fmt.Sprintf("%s:%d", name, lines.at(at)), Problem: err.Error()}
	}
	for { // to the start of the first list
		t, err := d.Token()
		if err != nil {
			return fail(fmt.Errorf("has no list of records: %w", err))
		}
		if t == json.Delim('[') {
			break
		}
	}
	for d.More() {
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return fail(err)
		}
		im.At(name, lines.at(d.InputOffset()-int64(len(raw))))
		var rec map[string]any
		if err := json.Unmarshal(raw, &rec); err != nil {
			return fail(err)
		}
		fields := make(map[string]string, len(rec))
		for k, v := range rec {
			if text := flat(v); text != "" {
				fields[k] = text
			}
		}
		add(im, fields)
	}
	if _, err := d.Token(); err != nil {
		return fail(err)
	}
	return nil
}

// lineReader remembers where lines end.
type lineReader struct {
	r    io.Reader
	read int64
	ends []int64
}

func (l *lineReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	for i, c := range p[:n] {
		if c == '\n' {
			l.ends = append(l.ends, l.read+int64(i))
		}
	}
	l.read += int64(n)
	return n, err
}

// at returns the line that a byte is in, from 1.
func (l *lineReader) at(offset int64) int {
	i, _ := slices.BinarySearch(l.ends, offset)
	return i + 1
}

func flat(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case map[string]any:
		if s := flat(v["value"]); s != "" {
			return s
		}
		return flat(v["display_value"])
	case nil:
		return ""
	default:
		return fmt.Sprint(v)
	}
}

// take removes and returns the first of some fields that is there.
func take(fields map[string]string, names ...string) string {
	for _, n := range names {
		if v, ok := fields[n]; ok {
			delete(fields, n)
			return v
		}
	}
	return ""
}

func addCI(im *cmdb.Import, f map[string]string) {
	name := take(f, "name")
	c := cmdb.CI{ID: take(f, "sys_id"), Name: name}
	if c.ID == "" {
		c.ID = name
	}
	c.Class = take(f, "sys_class_name", "class")
	c.Environment = take(f, "environment", "used_for")
	c.Location = take(f, "location")
	c.Owner = take(f, "owned_by", "support_group", "assignment_group", "managed_by", "assigned_to")
	c.Source = take(f, "discovery_source")
	if v := take(f, "busines_criticality", "business_criticality"); v != "" {
		// "1 - most critical" to "4 - not critical"
		switch v[0] {
		case '1', '2', '3', '4':
			c.Criticality = int('6' - v[0])
		default:
			im.Note(fmt.Sprintf("criticality %q", v))
		}
	}
	switch strings.ToLower(f["install_status"]) {
	case "retired", "7", "absent", "100":
		c.Status = cmdb.Retired
	case "on order", "2", "pending install", "4":
		c.Status = cmdb.Planned
	}
	seen := take(f, "last_discovered")
	if seen == "" {
		seen = f["sys_updated_on"]
	}
	if seen != "" {
		if at, err := time.Parse(time.DateTime, seen); err == nil {
			c.LastSeen = at
		} else {
			im.Note(fmt.Sprintf("time %q", seen))
		}
	}
	if len(f) > 0 {
		c.Attributes = f
	}
	im.Add(c)
}

func addRelation(im *cmdb.Import, f map[string]string) {
	r := cmdb.Relation{From: take(f, "parent"), Type: take(f, "type"), To: take(f, "child")}
	take(f, "sys_id")
	if at, err := time.Parse(time.DateTime, f["sys_updated_on"]); err == nil {
		r.LastSeen = at
	}
	if r.From == "" || r.To == "" {
		im.Note(fmt.Sprintf("a relation without parent or child is left out; it has %s", strings.Join(slices.Sorted(maps.Keys(f)), ", ")))
		return
	}
	im.AddRelation(r)
}
