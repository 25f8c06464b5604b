package risk

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"
)

// polled is a context that ends when it has been asked so often.
type polled struct {
	context.Context
	most, asked int
}

func after(polls int) *polled { return &polled{Context: context.Background(), most: polls} }

func (p *polled) Err() error {
	if p.asked++; p.asked > p.most {
		return context.Canceled
	}
	return nil
}

// TestFitsEndWithTheirContext ends a fit, and a backtest with a cold start, at the first, the last and every
// so many-th time at which they ask whether to go on: each returns the context's error, with no result, and asks no more.
func TestFitsEndWithTheirContext(t *testing.T) {
	history := severe(160)
	for _, o := range invented(160, 1) {
		o.ID += "-invented"
		history = append(history, o)
	}
	for name, run := range map[string]func(ctx context.Context) (bool, error){
		"fit": func(ctx context.Context) (bool, error) {
			m, err := Fit(ctx, history, nil)
			return m != nil, err
		},
		"fit without failures enough": func(ctx context.Context) (bool, error) {
			m, err := Fit(ctx, history[:40], nil)
			return m != nil, err
		},
		"backtest": func(ctx context.Context) (bool, error) {
			r, err := Backtest(ctx, history, nil, &BacktestOptions{Split: 0.3, Cold: true})
			return r != nil, err
		},
	} {
		whole := after(math.MaxInt)
		if done, err := run(whole); err != nil || !done {
			t.Fatalf("%s: %v", name, err)
		}
		step := max(1, whole.asked/20)
		for n := 0; n < whole.asked; n++ {
			if n > 20 && n < whole.asked-5 && n%step != 0 {
				continue
			}
			ctx := after(n)
			done, err := run(ctx)
			if done || !errors.Is(err, context.Canceled) || ctx.asked != n+1 {
				t.Fatalf("%s, ended when asked for the %d. time of %d: result %v, error %v, asked %d times", name, n+1, whole.asked, done, err, ctx.asked)
			}
		}
	}
}

// TestEveryPassAsks counts how often each pass over the rows asks: once for each pollRows rows.
// Ended at the second time, it has done nothing of the rows beyond the first pollRows.
func TestEveryPassAsks(t *testing.T) {
	const blocks = 3
	n := (blocks-1)*pollRows + 5
	history := make([]Outcome, n)
	for i := range history {
		at := epoch.Add(time.Duration(i) * time.Minute)
		history[i] = Outcome{Change: Change{ID: fmt.Sprint(i), Team: fmt.Sprint(i), Start: at, Factors: map[string]float64{"size": 1}}, Failed: i%7 == 0, KnownAt: at.AddDate(1, 0, 0)}
		if i%7 == 0 {
			history[i].Severity = "bad"
		}
	}
	failures := slices.Clone(history)
	for i := range failures {
		failures[i].Failed, failures[i].Severity = true, "bad"
	}
	schema := &Schema{Entities: []EntityKind{{Kind: KindTeam}}, Factors: []GivenFactor{{Name: "size"}}, NoSlot: true}
	tab, err := newTable(context.Background(), history, schema)
	if err != nil {
		t.Fatal(err)
	}
	d := newDesign(tab)
	use := make([]bool, n)
	for i := range use {
		use[i] = true
	}
	cold := d.coldShrinkage()
	mean := slices.Repeat([]float64{0.1}, n)
	col := column{x: mean}
	reg := newRegression([]column{col}, tab.failed, use, nil)
	beta := []float64{0.1, 0.1}
	told := &foretold{eta: mean, failed: tab.failed, w: mean, at: mean}
	one := []block{{lo: 0, hi: n}}
	in := func(w *watch) *table {
		t := *tab
		t.watch = w
		return &t
	}
	on := func(w *watch) *design {
		e := *d
		e.t = in(w)
		return &e
	}
	of := func(w *watch) *evaluation {
		r := *reg
		r.watch = w
		return &evaluation{regression: &r}
	}
	by := func(w *watch) *foretold {
		f := *told
		f.watch = w
		return &f
	}
	filled := func(x []float64) (rows int) {
		for _, v := range x {
			rows += int(indicator(v != 0))
		}
		return rows
	}
	for name, c := range map[string]struct {
		passes int
		run    func(w *watch) (done int) // rows dealt with, -1 where a pass leaves no trace of each
	}{
		"schemaOf":     {1, func(w *watch) int { schemaOf(history, w); return -1 }},
		"checkHistory": {1, func(w *watch) int { _ = checkHistory(history, schema, w); return -1 }},
		"addKinds": {2 + 2, func(w *watch) int {
			t := &table{schema: schema, start: tab.start, watch: w}
			order := make([]int, n)
			for i := range order {
				order[i] = i
			}
			t.addKinds(history, order)
			if len(t.kinds) == 0 {
				return 0
			}
			return len(t.kinds[0].item)
		}},
		"remember": {1, func(w *watch) int {
			obs, _, _ := in(w).remember(math.MinInt64)
			rows := 0
			for _, v := range obs[0] {
				rows += int(indicator(v.sinceStart != 0))
			}
			return rows
		}},
		"remember to the end": {2, func(w *watch) int { in(w).remember(math.MaxInt64); return -1 }},
		"remembered": {1, func(w *watch) int {
			_, m, _ := tab.remember(math.MaxInt64)
			return len(in(w).remembered(m, cold, 0).kind(KindTeam).Entities)
		}},
		"knownBy": {1, func(w *watch) int {
			_, known, _ := in(w).knownBy(math.MaxInt64, n)
			return known
		}},
		"given":          {1, func(w *watch) int { return filled(on(w).given()[0].x) }},
		"rates":          {2 * 2, func(w *watch) int { return filled(on(w).rates(cold)[0]) }},
		"rateColumns":    {1, func(w *watch) int { return filled(on(w).rateColumns(1, mean)[0].x) }},
		"historyColumns": {1, func(w *watch) int { return filled(on(w).historyColumns(1)[1].x) }},
		"standard":       {1, func(w *watch) int { standard([]column{{x: mean}}, use, w); return -1 }},
		"newRegression":  {1, func(w *watch) int { return len(newRegression([]column{col}, tab.failed, use, w).y) }},
		"move": {1, func(w *watch) int {
			e := of(w)
			e.move(beta)
			return filled(e.p)
		}},
		"gradient": {2, func(w *watch) int { of(w).gradient(make([]float64, 2), beta); return -1 }},
		"curve": {1, func(w *watch) int {
			e := of(w)
			e.p, e.bend = mean, make([]float64, 4)
			e.curve()
			return int(math.Round(e.bend[0] / (0.1 * 0.9)))
		}},
		"constant":   {1, func(w *watch) int { constant(of(w).regression); return -1 }},
		"fitShift":   {2, func(w *watch) int { by(w).fitShift(&block{hi: n}, 0, 1); return -1 }},
		"slope":      {2, func(w *watch) int { by(w).slope(one, 0, 0.5); return -1 }},
		"blocks":     {1, func(w *watch) int { by(w).blocks(); return -1 }},
		"loss":       {1, func(w *watch) int { return int(math.Round(by(w).loss(calibration{}, one, 0) / (0.1 * math.Ln2))) }},
		"severities": {1 + 1, func(w *watch) int { severitiesOf(failures, []string{"bad"}, nil, math.MaxInt64, w); return -1 }},
	} {
		ctx := after(math.MaxInt)
		done := c.run(&watch{ctx: ctx})
		if ctx.asked < c.passes*blocks || done >= 0 && done != n {
			t.Errorf("%s: asked %d times in %d passes over %d rows; %d done", name, ctx.asked, c.passes, n, done)
		}
		ctx = after(1)
		if done := c.run(&watch{ctx: ctx}); ctx.asked != 2 || done > pollRows {
			t.Errorf("%s, ended at row %d: asked %d times, %d rows done", name, pollRows, ctx.asked, done)
		}
	}
}
