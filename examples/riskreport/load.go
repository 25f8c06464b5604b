package main

import (
	"bufio"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/risk"
)

// maxBytes bounds what is read of a history, so that a hostile gzip file ends.
const maxBytes = 2 << 30

// A frame is a CSV file in memory, by column.
type frame struct {
	index   map[string]int
	rows    [][]string
	derived map[string][]value
}

// readFrame reads CSV, gzipped or not.
func readFrame(r io.Reader) (*frame, error) {
	br := bufio.NewReader(r)
	var in io.Reader = br
	if magic, _ := br.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		zr, err := gzip.NewReader(br)
		if err != nil {
			return nil, fmt.Errorf("history: %w", err)
		}
		in = zr
	}
	limited := &io.LimitedReader{R: in, N: maxBytes}
	cr := csv.NewReader(limited)
	cr.ReuseRecord = false
	header, err := cr.Read()
	if err == io.EOF {
		return nil, errors.New("history: is empty; it needs a header line and rows")
	} else if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	f := &frame{index: map[string]int{}, derived: map[string][]value{}}
	for i, name := range header {
		name = strings.TrimPrefix(name, "\ufeff")
		if _, dup := f.index[name]; dup {
			return nil, fmt.Errorf("history: line 1: column %q stands twice", name)
		}
		f.index[name] = i
	}
	for {
		rec, err := cr.Read()
		if err == io.EOF {
			break
		} else if err != nil {
			return nil, fmt.Errorf("history: %w", err)
		}
		f.rows = append(f.rows, rec)
	}
	if limited.N <= 0 {
		return nil, fmt.Errorf("history: longer than %d bytes", maxBytes)
	}
	return f, nil
}

func (f *frame) lookup(name string) (func(i int) value, bool) {
	if d, ok := f.derived[name]; ok {
		return func(i int) value { return d[i] }, true
	}
	c, ok := f.index[name]
	if !ok {
		return nil, false
	}
	return func(i int) value { return cell(f.rows[i][c]) }, true
}

func (f *frame) last(name string) (float64, bool) {
	get, ok := f.lookup(name)
	if !ok {
		return 0, false
	}
	most := math.Inf(-1)
	for i := range f.rows {
		if x := get(i).num; x > most {
			most = x
		}
	}
	return most, true
}

func (f *frame) expr(field, src string) (expr, error) {
	p := &parser{src: src, lookup: f.lookup, last: f.last}
	e, err := p.parse()
	if err != nil {
		return nil, fmt.Errorf("spec: %s: %q: %w", field, src, err)
	}
	return e, nil
}

// derive fills the columns of d, walking the rows of each group in file order.
func (f *frame) derive(d Derived, field string) error {
	src, step := d.Next, -1
	if d.Previous != "" {
		src, step = d.Previous, 1
	}
	e, err := f.expr(field, src)
	if err != nil {
		return err
	}
	of := expr(func(int) value { return number(1) })
	if d.Of != "" {
		if of, err = f.expr(field+".of", d.Of); err != nil {
			return err
		}
	}
	var by []func(int) value
	for _, name := range d.By {
		get, ok := f.lookup(name)
		if !ok {
			return fmt.Errorf("spec: %s.by: the history has no column %q", field, name)
		}
		by = append(by, get)
	}
	out := make([]value, len(f.rows))
	seen := map[string]value{}
	var key strings.Builder
	for n := range f.rows {
		i := n
		if step < 0 {
			i = len(f.rows) - 1 - n
		}
		key.Reset()
		for _, get := range by {
			key.WriteString(get(i).text)
			key.WriteByte(0)
		}
		v, ok := seen[key.String()]
		if !ok {
			v = value{num: math.NaN()}
		}
		out[i] = v
		if isTrue(of(i)) {
			seen[key.String()] = e(i)
		}
	}
	f.derived[d.Name] = out
	return nil
}

// load turns a history and its spec into outcomes in time order, and the schema for them.
func load(r io.Reader, s *Spec) ([]risk.Outcome, *risk.Schema, error) {
	f, err := readFrame(r)
	if err != nil {
		return nil, nil, err
	}
	for i, d := range s.Derive {
		if err := f.derive(d, fmt.Sprintf("derive[%d]", i)); err != nil {
			return nil, nil, err
		}
	}
	c, err := compile(f, s)
	if err != nil {
		return nil, nil, err
	}
	var list []risk.Outcome
	for i := range f.rows {
		if c.filter != nil && !isTrue(c.filter(i)) {
			continue
		}
		o, err := c.outcome(i, len(list))
		if err != nil {
			return nil, nil, fmt.Errorf("history: row %d: %w", i+1, err)
		}
		list = append(list, o)
	}
	sort.SliceStable(list, func(a, b int) bool { return list[a].Start.Before(list[b].Start) })
	return list, c.schema(), nil
}

// compiled is a spec bound to the columns of a frame.
type compiled struct {
	spec                           *Spec
	filter, time, label, known, id expr
	entities, features             []expr
}

func compile(f *frame, s *Spec) (*compiled, error) {
	c := &compiled{spec: s}
	var faults []error
	bind := func(field, src string) expr {
		if src == "" {
			return nil
		}
		e, err := f.expr(field, src)
		faults = append(faults, err)
		return e
	}
	c.filter = bind("filter", s.Filter)
	c.time = bind("time", s.Time)
	c.label = bind("label", s.Label)
	c.known = bind("known", s.Known)
	c.id = bind("id", s.ID)
	for i, e := range s.Entities {
		c.entities = append(c.entities, bind(fmt.Sprintf("entities[%d].column", i), e.Column))
	}
	for i, ft := range s.Features {
		src := ft.Value
		if src == "" {
			src = ft.Name
		}
		c.features = append(c.features, bind(fmt.Sprintf("features[%d].value", i), src))
	}
	return c, errors.Join(faults...)
}

func (c *compiled) outcome(i, n int) (risk.Outcome, error) {
	var o risk.Outcome
	o.ID = fmt.Sprintf("row-%d", i+1)
	if c.id != nil {
		o.ID = c.id(i).text
	}
	var err error
	if c.time != nil {
		if o.Start, err = instant(c.time(i).num); err != nil {
			return o, fmt.Errorf("time: %w", err)
		}
		if o.KnownAt, err = instant(c.known(i).num); err != nil {
			return o, fmt.Errorf("known: %w", err)
		}
	} else {
		day := 86400.0
		at := float64(n) / c.spec.RowsPerDay * day
		if o.Start, err = instant(at); err == nil {
			o.KnownAt, err = instant(at + math.Max(0, c.known(i).num)*day)
		}
		if err != nil {
			return o, fmt.Errorf("known: %w", err)
		}
	}
	o.Failed = isTrue(c.label(i))
	o.Entities = make(map[string][]string, len(c.entities))
	for j, e := range c.spec.Entities {
		o.Entities[e.Kind] = names(c.entities[j](i).text, e)
	}
	o.Factors = make(map[string]float64, len(c.features))
	for j, ft := range c.spec.Features {
		if x := c.features[j](i).num; !math.IsNaN(x) {
			o.Factors[ft.Name] = x
		}
	}
	return o, nil
}

// names splits a cell into entity names; missing ones are left out.
func names(text string, e Entity) []string {
	parts := []string{text}
	if e.Split != "" {
		parts = strings.Split(text, e.Split)
	}
	out := parts[:0]
	for _, p := range parts {
		if e.Until != "" {
			p, _, _ = strings.Cut(p, e.Until)
		}
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

func instant(seconds float64) (time.Time, error) {
	if !(math.Abs(seconds) < 1e11) {
		return time.Time{}, fmt.Errorf("%v is not a number of Unix seconds", seconds)
	}
	return time.Unix(int64(math.Floor(seconds)), 0).UTC(), nil
}

// schema describes the outcomes to package risk.
func (c *compiled) schema() *risk.Schema {
	s := &risk.Schema{Zone: c.spec.Zone, NoSlot: c.time == nil}
	if c.spec.Slot != nil {
		s.NoSlot = !*c.spec.Slot
	}
	for _, e := range c.spec.Entities {
		s.Entities = append(s.Entities, risk.EntityKind{Kind: e.Kind, Parent: e.Parent})
	}
	for _, f := range c.spec.Features {
		scale := risk.Log
		if f.Linear {
			scale = risk.Linear
		}
		s.Factors = append(s.Factors, risk.GivenFactor{Name: f.Name, Role: f.Role, Scale: scale, Monotone: f.Monotone})
	}
	return s
}
