package main

import (
	"context"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const small = `id,start,who,files,failed,after,late
a,1000,kim,x/1;y/2,TRUE,50,
b,2000,lee,x/1,FALSE,,3 High
c,3000,kim,,0,,
`

func smallSpec() *Spec {
	return &Spec{Name: "small", ID: "id", Time: "start", Label: "failed", Known: "start + if(missing(after), 500, after)",
		Derive:   []Derived{{Name: "next_start", Next: "start", By: []string{"who"}}, {Name: "before", Previous: "id", By: []string{"who"}}},
		Entities: []Entity{{Kind: "who", Column: "who"}, {Kind: "top", Column: "files", Split: ";", Until: "/"}, {Kind: "file", Column: "files", Split: ";", Parent: "top"}},
		Features: []Feature{{Name: "gap", Value: "next_start - start"}, {Name: "late", Value: "lead(late)"}}}
}

func TestLoad(t *testing.T) {
	list, schema, err := load(strings.NewReader(small), smallSpec())
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 3 || len(schema.Entities) != 3 || len(schema.Factors) != 2 {
		t.Fatalf("%d outcomes, schema %+v", len(list), schema)
	}
	a, b := list[0], list[1]
	if !a.Failed || a.ID != "a" || !a.KnownAt.Equal(time.Unix(1050, 0)) || a.Factors["gap"] != 2000 || strings.Join(a.Entities["top"], "") != "xy" || strings.Join(a.Entities["file"], "") != "x/1y/2" {
		t.Errorf("%+v", a)
	}
	if _, ok := b.Factors["gap"]; ok || b.Failed || b.Factors["late"] != 3 || !b.KnownAt.Equal(time.Unix(2500, 0)) {
		t.Errorf("%+v", b)
	}
}

func TestLoadFaults(t *testing.T) {
	spoil := func(f func(*Spec)) *Spec {
		s := smallSpec()
		f(s)
		return s
	}
	for name, c := range map[string]struct {
		history string
		spec    *Spec
		want    string
	}{
		"no such column":   {small, spoil(func(s *Spec) { s.Features[0].Value = "colour" }), `no column "colour"`},
		"bad expression":   {small, spoil(func(s *Spec) { s.Label = "failed ==" }), "unexpected end"},
		"bad filter":       {small, spoil(func(s *Spec) { s.Filter = "(failed" }), `expected ")"`},
		"unknown function": {small, spoil(func(s *Spec) { s.Label = "sqrt(failed)" }), `no function "sqrt"`},
		"time not known":   {small, spoil(func(s *Spec) { s.Time = "after" }), "row 2: time"},
		"empty":            {"", smallSpec(), "is empty"},
		"ragged":           {"id,start\n1\n", smallSpec(), "wrong number of fields"},
		"column twice":     {"id,id\n", smallSpec(), "stands twice"},
		"nested":           {small, spoil(func(s *Spec) { s.Label = strings.Repeat("(", 5000) + "1" }), "nested deeper"},
	} {
		if _, _, err := load(strings.NewReader(c.history), c.spec); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v does not say %q", name, err, c.want)
		}
	}
}

func TestExpressions(t *testing.T) {
	f := &frame{index: map[string]int{"n": 0, "s": 1, "e": 2}, rows: [][]string{{"6", "red", ""}, {"9", "4 Low", "x"}}, derived: map[string][]value{}}
	for src, want := range map[string]float64{
		"1 + 2 * 3": 7, "(1 + 2) * 3": 9, "-n / 2": -3, "2 - 1 - 1": 0, "n > 5 && s == 'red'": 1,
		"!(n == 6) || e == ''": 1, "if(n >= 6, 10, 20)": 10, "min(n, 2) + max(n, 7)": 9, "last(n)": 9,
		"missing(e)": 1, "s != 'blue'": 1, "n == '6'": 1, "e < 1 || e >= 1": 0, "1.5e1": 15, "- -2": 2, "!!1": 1,
	} {
		e, err := f.expr("test", src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got := e(0).num; got != want {
			t.Errorf("%s = %v, want %v", src, got, want)
		}
	}
	if e, err := f.expr("test", "lead(s)"); err != nil || e(1).num != 4 || !math.IsNaN(e(0).num) {
		t.Errorf("lead: %v", err)
	}
}

func TestSpecsInTheTreeAreRead(t *testing.T) {
	files, err := filepath.Glob("specs/*.json")
	if err != nil || len(files) < 6 {
		t.Fatalf("%d specs, %v", len(files), err)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readSpec(f); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		f.Close()
	}
	for _, bad := range []string{"", "{}", `{"name":"a","colour":1}`, `{"name":"a"} {}`, "[1]"} {
		if _, err := readSpec(strings.NewReader(bad)); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func FuzzExpression(f *testing.F) {
	f.Add("a == 'x' && last(a) > -1.5e3 || !missing(b)")
	f.Add("if(a,b,c")
	fr := &frame{index: map[string]int{"a": 0, "b": 1}, rows: [][]string{{"1", ""}}, derived: map[string][]value{}}
	f.Fuzz(func(t *testing.T, src string) {
		if e, err := fr.expr("fuzz", src); err == nil {
			e(0)
		}
	})
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte("id,start,who,files,failed,after,late\n\"a"))
	f.Add([]byte{0x1f, 0x8b, 8, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		list, _, err := load(strings.NewReader(string(b)), smallSpec())
		if err == nil {
			for i := 1; i < len(list); i++ {
				if list[i].Start.Before(list[i-1].Start) {
					t.Fatal("not in time order")
				}
			}
		}
	})
}

func FuzzSpec(f *testing.F) {
	f.Add(`{"name":"a","label":"x","known":"y","time":"z"}`)
	f.Fuzz(func(t *testing.T, src string) {
		if s, err := readSpec(strings.NewReader(src)); err == nil && s.Name == "" {
			t.Fatal("a spec without a name is accepted")
		}
	})
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := run(ctx, nil, io.Discard, io.Discard); err == nil {
		t.Error("a cancelled run succeeds")
	}
}
