package risk

import (
	"context"
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// BacktestOptions say how a backtest is run; nil and the zero value mean the recommended setting.
type BacktestOptions struct {
	Split     float64  `json:"split,omitempty"`      // share of the changes, in time, before the scored part; 0 means 0.7
	RefitDays float64  `json:"refit_days,omitempty"` // days between refits in the scored part; 0 means 60
	Without   []string `json:"without,omitempty"`    // sources whose shipped coefficients are not used, such as the history under test
	Cold      bool     `json:"cold,omitempty"`       // also score the cold start
}

// Validate reports every fault of o.
func (o *BacktestOptions) Validate() error {
	var l validate.List
	if o.Split != 0 && !(o.Split >= 0.1 && o.Split <= 0.95) {
		l.Addf("split", "must lie between 0.1 and 0.95, is %v", o.Split)
	}
	if o.RefitDays != 0 && !(o.RefitDays >= 1 && o.RefitDays <= 36500) {
		l.Addf("refit_days", "must lie between 1 and 36500, is %v", o.RefitDays)
	}
	return l.Err()
}

// The names of the models that a backtest compares.
const (
	PriorModel      = "prior"       // always the failure rate of the first part
	PlainModel      = "plain"       // baseline (i): the columns that changes state, log1p, standardised, L2 with λ = 1, fitted once
	PlainRatesModel = "plain-rates" // baseline (ii): the same with shrunk entity rates
	OursModel       = "slackwater"  // the model that [Fit] fits, refitted as time goes on
)

// A Report is the result of a backtest.
type Report struct {
	From     time.Time     `json:"from"`  // start of the first change
	Split    time.Time     `json:"split"` // start of the first scored change
	To       time.Time     `json:"to"`    // start of the last change
	Train    int           `json:"train"` // changes before the split
	Failures int           `json:"failures"`
	Models   []ModelReport `json:"models"` // prior, plain, plain-rates, slackwater
	Cold     []ColdStart   `json:"cold,omitempty"`
	Drift    []DriftPoint  `json:"drift"` // of slackwater, over the scored part
	Weights  []Weight      `json:"weights"`
	Rates    []Shrinkage   `json:"rates"`
	Low      bool          `json:"low_evidence"` // fewer failures known at the split than coefficients can be fitted to
}

// A ModelReport is how one model did on the scored part.
type ModelReport struct {
	Name string `json:"name"`
	Metrics
}

// A Weight is a coefficient of the last refit: log-odds per standard deviation.
type Weight struct {
	Factor string  `json:"factor"`
	Value  float64 `json:"value"`
}

// Model returns the report of the model of that name; ok is false where there is none.
func (r *Report) Model(name string) (m ModelReport, ok bool) {
	for _, m := range r.Models {
		if m.Name == name {
			return m, true
		}
	}
	return ModelReport{}, false
}

// Backtest replays a history in time order: the model is refitted as time goes on, each
// time with the outcomes known by then, and foretells the changes up to the next refit. It
// is compared with the constant prior and two baselines on the last part of the history.
// A nil Schema means everything that the history holds.
//
// It reports an error that matches [ErrInvalid] for a faulty history, and one for a
// history with fewer than 20 changes. The cost is that of one fit for each refit;
// ctx is polled every few thousand rows of every pass over them.
func Backtest(ctx context.Context, history []Outcome, s *Schema, o *BacktestOptions) (*Report, error) {
	if o == nil {
		o = &BacktestOptions{}
	}
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("options: %w", err)
	}
	t, err := newTable(ctx, history, s)
	if err != nil {
		return nil, err
	}
	train := int(orDefault(o.Split, 0.7) * float64(t.len()))
	if t.len() < 20 {
		return nil, &validate.Error{Path: "history", Problem: fmt.Sprintf("has %d changes; a backtest needs 20 at least", t.len())}
	}
	d := newDesign(t)
	rep := &Report{From: unix(t.start[0]), Split: unix(t.start[train]), To: unix(t.start[t.len()-1]), Train: train}
	for _, y := range t.failed {
		rep.Failures += int(indicator(y))
	}
	if err := rep.baselines(d, train); err != nil {
		return nil, err
	}
	r := newRoller(d, pool(findings(), o.Without))
	if err := r.roll(train, trainWindows, int64(orDefault(o.RefitDays, refitDays)*86400)); err != nil {
		return nil, err
	}
	rep.Models = append(rep.Models, ModelReport{OursModel, Measure(r.p[train:], t.failed[train:])})
	rep.Drift = drift(t, r.p, train)
	_, _, known := t.knownBy(t.start[train], train)
	rep.Low = known < lowEvidence
	rep.Rates = r.last.shrink
	for c, col := range r.last.cols {
		rep.Weights = append(rep.Weights, Weight{col.Name, r.last.beta[c+1]})
	}
	if o.Cold {
		if rep.Cold, err = coldStart(ctx, history, s, r.shipped, train); err != nil {
			return nil, err
		}
	}
	return rep, nil
}

const (
	trainWindows = 8   // refits before the split, for calibration
	refitDays    = 60  // days between refits after it
	lowEvidence  = 100 // failures below which coefficients are mostly the shipped ones
)

func orDefault(x, def float64) float64 {
	if x == 0 {
		return def
	}
	return x
}

func unix(s int64) time.Time { return time.Unix(s, 0).UTC() }

// baselines scores the constant prior and the plain regressions.
func (rep *Report) baselines(d *design, train int) error {
	failed := d.t.failed[train:]
	base := 0.0
	for _, y := range d.t.failed[:train] {
		base += indicator(y)
	}
	p := make([]float64, len(failed))
	for i := range p {
		p[i] = base / float64(train)
	}
	rep.Models = append(rep.Models, ModelReport{PriorModel, Measure(p, failed)})
	for i, name := range []string{PlainModel, PlainRatesModel} {
		p, err := d.plain(train, i == 1)
		if err != nil {
			return err
		}
		rep.Models = append(rep.Models, ModelReport{name, Measure(p, failed)})
	}
	return nil
}

// coldStart starts over at the split, with everything before it forgotten.
func coldStart(ctx context.Context, history []Outcome, s *Schema, ship shipped, train int) ([]ColdStart, error) {
	full, err := newTable(ctx, history, s)
	if err != nil {
		return nil, err
	}
	later := make([]Outcome, 0, len(history)-train)
	keep := make(map[string]bool, len(history)-train)
	for _, id := range full.ids[train:] {
		keep[id] = true
	}
	for _, o := range history {
		if keep[o.ID] {
			later = append(later, o)
		}
	}
	t, err := newTable(ctx, later, full.schema)
	if err != nil {
		return nil, err
	}
	return newDesign(t).coldStarts(ship, 0)
}
