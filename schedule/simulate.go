package schedule

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// A DistributionKind names a family of distributions.
type DistributionKind string

const (
	FixedLength DistributionKind = ""           // always as planned
	Uniform     DistributionKind = "uniform"    // from Min to Max
	Triangular  DistributionKind = "triangular" // from Min to Max, most often Mode
	LogNormal   DistributionKind = "lognormal"  // half of the time above Median, spread by Sigma
)

// A Distribution says how long work takes, as a multiple of what is planned.
type Distribution struct {
	Kind   DistributionKind `json:"kind,omitempty"`
	Min    float64          `json:"min,omitempty"`
	Mode   float64          `json:"mode,omitempty"`
	Max    float64          `json:"max,omitempty"`
	Median float64          `json:"median,omitempty"`
	Sigma  float64          `json:"sigma,omitempty"` // standard deviation of the logarithm
}

// Uncertainty is what is not known about an activity.
type Uncertainty struct {
	Duration Distribution `json:"duration,omitzero"`
	// Failure is the probability that it is backed out at its end, which takes its [BackOut] and
	// [Recheck] parts, or else Rollback times its duration. What follows it then does not run.
	Failure  float64 `json:"failure,omitempty"`
	Rollback float64 `json:"rollback,omitempty"`
	// BackOut says how long a back-out takes, as a multiple of that and by itself; the zero
	// Distribution: it stretches as the work did.
	BackOut Distribution `json:"backOut,omitzero"`
}

// SimulationOptions say what is simulated. Uncertainty is looked up by activity, then by
// action (of stages, their kind), then Default. Nil is the zero SimulationOptions, in
// which all goes as planned.
type SimulationOptions struct {
	Runs       int                    `json:"runs,omitempty"` // default 1,000
	Seed       uint64                 `json:"seed,omitempty"`
	Default    Uncertainty            `json:"default,omitzero"`
	ByAction   map[string]Uncertainty `json:"byAction,omitempty"`
	ByActivity map[string]Uncertainty `json:"byActivity,omitempty"`
	// Correlation, from 0 to 1, is that of the durations of one team in the Gaussian copula, or,
	// with ByCI, of one CI (the first that an activity names).
	Correlation float64 `json:"correlation,omitempty"`
	ByCI        bool    `json:"byCI,omitempty"`
	// By is until when an activity, a release or a train should be done; default: the due date,
	// of several the last.
	By map[string]time.Time `json:"by,omitempty"`
	// Confidence is that of go/no-go times and of the quantile named End; default 0.95.
	Confidence float64 `json:"confidence,omitempty"`
}

// A Chance is an estimated probability with the bounds of its 95 % confidence interval
// (Wilson 1927).
type Chance struct {
	P    float64 `json:"p"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// A Simulation is what happened to a plan in many runs.
type Simulation struct {
	Runs       int       `json:"runs"`
	Seed       uint64    `json:"seed"`
	Activities []Outcome `json:"activities"`         // in the order of the plan
	Releases   []Outcome `json:"releases,omitempty"` // by ID
	Trains     []Outcome `json:"trains,omitempty"`   // by ID; done when all their releases are
}

// An Outcome is what happened to one activity, release or train. Quantiles are over the runs in
// which it was carried out.
type Outcome struct {
	ID      string    `json:"id"`
	Ran     Chance    `json:"ran"`               // nothing before it failed
	Failed  Chance    `json:"failed"`            // it was backed out
	Overrun Chance    `json:"overrun"`           // it ended after its window closed; of a release: any of its stages did
	By      time.Time `json:"by,omitzero"`       // the date of Done
	Done    Chance    `json:"done"`              // carried out, not backed out, and ended by then
	Median  time.Time `json:"median,omitzero"`   // of its end
	End     time.Time `json:"end,omitzero"`      // it ended by then with SimulationOptions.Confidence
	Closes  time.Time `json:"closes,omitzero"`   // when its window closes
	GoBy    time.Time `json:"goBy,omitzero"`     // the latest start that keeps to the window with the confidence asked for
	Decide  time.Time `json:"decideBy,omitzero"` // the latest end of its decision part from which a back-out as planned fits the window
	NoWay   time.Time `json:"noReturn,omitzero"` // when its decision ends as planned: from here it cannot be left half-done
}

// Simulate runs a plan many times with random durations and failures. Work starts as
// planned, or, where what comes before it is late, as soon as that allows: by a precedence,
// at the same CI (an exclusion), or on a resource that is too small for both. That three
// together may need more than there is, is not looked at again. A window is the stretch of
// open time in which work is planned to start. What is random of work that pauses is how long
// it takes as a whole, its pauses included.
//
// Each activity draws from a stream of its own that depends on Seed, the run and its ID
// only, so two plans of one problem are compared under the same luck (common random
// numbers). Same input, same bytes. It costs time and 4 bytes for each run of each activity.
func Simulate(ctx context.Context, p *Problem, plan *Plan, opts *SimulationOptions) (*Simulation, error) {
	o := SimulationOptions{}
	if opts != nil {
		o = *opts
	}
	if o.Runs == 0 {
		o.Runs = 1000
	}
	if o.Confidence == 0 {
		o.Confidence = 0.95
	}
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("schedule: options: %w", err)
	}
	low, _, err := p.prepareUntil(ctx)
	if err != nil {
		return nil, wrap(ctx, err)
	}
	s := &simulating{ctx: ctx, p: low, o: &o, releases: p.Releases}
	if err := s.prepare(plan); err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	if err := s.runs(); err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	return s.outcomes(), nil
}

// Validate returns all faults, each a [*ValidationError], joined.
func (o *SimulationOptions) Validate() error {
	var l faultList
	share := func(path string, v float64) {
		if math.IsNaN(v) || v < 0 || v > 1 {
			l.addf(path, "must be from 0 to 1, is %v", v)
		}
	}
	if o.Runs < 0 || o.Runs > 10_000_000 {
		l.addf("runs", "must be from 0 to 10,000,000, is %d", o.Runs)
	}
	share("correlation", o.Correlation)
	share("confidence", o.Confidence)
	one := func(path string, u Uncertainty) {
		share(path+".failure", u.Failure)
		const most = 1000
		number := func(path string, v float64) {
			if math.IsNaN(v) || v < 0 || v > most {
				l.addf(path, "must be from 0 to %d, is %v", most, v)
			}
		}
		number(path+".rollback", u.Rollback)
		for i, d := range []Distribution{u.Duration, u.BackOut} {
			path := path + []string{".duration", ".backOut"}[i]
			number(path+".min", d.Min)
			number(path+".mode", d.Mode)
			number(path+".max", d.Max)
			number(path+".median", d.Median)
			number(path+".sigma", d.Sigma)
			switch d.Kind {
			case FixedLength, LogNormal:
				if d.Sigma > 5 {
					l.addf(path+".sigma", "must be at most 5, is %v", d.Sigma)
				}
			case Uniform, Triangular:
				if d.Min > d.Max || d.Kind == Triangular && (d.Mode < d.Min || d.Mode > d.Max) {
					l.addf(path, "must have min ≤ mode ≤ max, has %v, %v, %v", d.Min, d.Mode, d.Max)
				}
			default:
				l.addf(path+".kind", "%s is not one of %q, %q, %q or absent", quote(string(d.Kind)), Uniform, Triangular, LogNormal)
			}
		}
	}
	one("default", o.Default)
	for list, m := range map[string]map[string]Uncertainty{"byAction": o.ByAction, "byActivity": o.ByActivity} {
		for k, u := range m {
			one(list+"."+k, u)
		}
	}
	return l.err()
}

// chance estimates a probability from k of n.
func chance(k, n int) Chance {
	if n == 0 {
		return Chance{High: 1}
	}
	const z = 1.959963984540054
	p, m := float64(k)/float64(n), float64(n)
	mid := p + z*z/(2*m)
	half := z * math.Sqrt(float64(p*(1-p))/m+z*z/(4*m*m))
	return Chance{P: p, Low: max(0, (mid-half)/(1+z*z/m)), High: min(1, (mid+half)/(1+z*z/m))}
}

// closing returns when the open time in which an activity is planned to start ends.
func (p *Problem) closing(a *Activity, x *Assignment) (time.Time, bool) {
	var m *Mode
	if i := slices.IndexFunc(a.Modes, func(m Mode) bool { return m.ID == x.Mode }); i >= 0 {
		m = &a.Modes[i]
	}
	c := p.calendarNamed(p.calendarOf(a, m))
	if c == nil || a.Pause != NoPause {
		return time.Time{}, false
	}
	open, err := c.Open(calendar.Interval{Start: x.Start.Add(-time.Second), End: x.Start.AddDate(0, 0, 40)}, a.Subject())
	if err != nil {
		return time.Time{}, false
	}
	for iv := range open.All() {
		if iv.Contains(x.Start) {
			return iv.End, iv.End.Before(x.Start.AddDate(0, 0, 40))
		}
	}
	return time.Time{}, false
}

// worked returns when so much of the working time of an activity has passed as planned. Of a mode
// that takes longer or less long than the parts together, each part has its share.
func (p *Problem) worked(a *Activity, x *Assignment, d Duration) time.Time {
	var m *Mode
	if i := slices.IndexFunc(a.Modes, func(m Mode) bool { return m.ID == x.Mode }); i >= 0 {
		m = &a.Modes[i]
		d = Duration(float64(d) / float64(total(a.Parts)) * float64(m.Duration))
	}
	c := p.calendarNamed(p.calendarOf(a, m))
	if c == nil || a.Pause == NoPause {
		return x.Start.Add(d.Std())
	}
	open, err := c.Open(x.Interval(), a.Subject())
	if err != nil {
		return x.Start.Add(d.Std())
	}
	for iv := range open.All() {
		if d <= Duration(iv.Duration()) {
			return iv.Start.Add(d.Std())
		}
		d -= Duration(iv.Duration())
	}
	return x.End
}
