package schedule

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// solved is the outcome of a run as bytes: the plan, or the error.
func solved(t *rapid.T, p *Problem, o Options) (string, *Plan) {
	plan, err := Solve(context.Background(), p, &o)
	if err != nil {
		if !errors.Is(err, ErrInfeasible) && !errors.Is(err, ErrNoPlan) && !errors.Is(err, ErrInvalid) {
			t.Fatal(err)
		}
		return err.Error(), nil
	}
	var b stringWriter
	if err := plan.Write(&b); err != nil {
		t.Fatal(err)
	}
	return string(b), plan
}

// TestSameBytes solves twice, on one processor and on two, and with what was found as
// the limit of work.
func TestSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		o := Options{Seed: uint64(rapid.IntRange(0, 3).Draw(t, "seed")), MaxWork: 5_000}
		before, _ := p.document(t)
		one := runtime.GOMAXPROCS(1)
		a, _ := solved(t, p, o)
		runtime.GOMAXPROCS(2)
		b, _ := solved(t, p, o)
		runtime.GOMAXPROCS(one)
		if a != b {
			t.Fatalf("two runs differ:\n%s\n%s", a, b)
		}
		if after, _ := p.document(t); after != before {
			t.Fatalf("Solve changed its problem:\n%s\n%s", before, after)
		}
	})
}

func (p *Problem) document(t *rapid.T) (string, error) {
	var b stringWriter
	err := p.Write(&b)
	return string(b), err
}

// TestShuffledLists puts every list of the problem into another order: the plan stays
// the same.
func TestShuffledLists(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		q := clone(t, p)
		shuffle(t, reflect.ValueOf(q).Elem())
		o := Options{MaxWork: 5_000}
		_, a := solved(t, p, o)
		_, b := solved(t, q, o)
		if (a == nil) != (b == nil) {
			t.Fatalf("one has a plan, the other not:\n%s", text(p))
		}
		if a == nil {
			return
		}
		if !reflect.DeepEqual(a.Tiers, b.Tiers) || !reflect.DeepEqual(a.Assignments, b.Assignments) {
			t.Fatalf("plans differ:\n%+v\n%+v\n%s", a, b, text(p))
		}
	})
}

// shuffle permutes the slices in v.
func shuffle(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			shuffle(t, v.Elem())
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() || v.Type().PkgPath() != reflect.TypeFor[Problem]().PkgPath() && v.Type().Name() != "Calendar" {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				shuffle(t, v.Field(i))
			}
		}
	case reflect.Slice:
		if v.Type() == reflect.TypeFor[[]Part]() {
			return // an order in time
		}
		for i := range v.Len() {
			shuffle(t, v.Index(i))
		}
		if n := v.Len(); n > 1 {
			order := rapid.Permutation(indices(n)).Draw(t, "order")
			old := reflect.MakeSlice(v.Type(), n, n)
			reflect.Copy(old, v)
			for i, k := range order {
				v.Index(i).Set(old.Index(k))
			}
		}
	}
}

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}
