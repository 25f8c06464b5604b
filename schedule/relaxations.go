package schedule

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// An EditKind is a kind of correction.
type EditKind string

const (
	EndEarlier    EditKind = "end-earlier"   // a blackout or freeze ends By earlier
	BeginLater    EditKind = "begin-later"   // a blackout or freeze begins By later
	Interrupt     EditKind = "interrupt"     // a blackout or freeze is split: lifted during Span, By long
	Exempt        EditKind = "exempt"        // one activity may run in a blackout or freeze
	AddWindow     EditKind = "add-window"    // one activity gets a maintenance window of its own, By long
	MoveDeadline  EditKind = "move-deadline" // By later
	AllowEarlier  EditKind = "allow-earlier" // a release date, By earlier
	Unpin         EditKind = "unpin"         // a fixed start becomes free
	WaiveDateRule EditKind = "waive-rule"    // a lead time, notice period or approval date
	ShortenLag    EditKind = "shorten-lag"   // a minimal lag, By shorter
	DropOrder     EditKind = "drop-order"    // a precedence
	ExtendLag     EditKind = "extend-lag"    // a maximal lag, By longer
	ShortenSoak   EditKind = "shorten-soak"  // By shorter
	AddCapacity   EditKind = "add-capacity"  // Amount more of a resource, during Span where what it has comes back
	AllowOverlap  EditKind = "allow-overlap" // those of an exclusion may overlap
	AllowOut      EditKind = "allow-out"     // Amount more members of a redundancy group out
	RaiseBudget   EditKind = "raise-budget"  // by Amount in each period
	DropLink      EditKind = "drop-link"     // one may go without the other
	LoosenBundle  EditKind = "loosen-bundle" // a bundle need not go together
	LeaveOut      EditKind = "leave-out"     // an activity, with all of its release
)

// A Price is what a correction costs: Fixed, and PerHour for each hour begun of By, for
// each unit of Amount where it has no length, or for each of both: two people more for
// three hours are six.
type Price struct {
	Fixed   int64 `json:"fixed"`
	PerHour int64 `json:"perHour,omitempty"`
}

// Prices are the prices of corrections by kind. A kind without one is not offered.
type Prices map[EditKind]Price

// DefaultPrices are points that order corrections by whom they hurt: dates of one's own
// and lags before windows, windows before freezes, freezes before protection of services,
// and leaving work out last.
func DefaultPrices() Prices {
	return Prices{
		MoveDeadline: {10, 1}, AllowEarlier: {10, 1}, Unpin: {15, 0}, ShortenLag: {10, 2}, ExtendLag: {10, 1}, ShortenSoak: {20, 2},
		AddWindow: {25, 5}, Exempt: {40, 5}, EndEarlier: {40, 4}, BeginLater: {40, 4}, Interrupt: {50, 4}, AddCapacity: {30, 5}, WaiveDateRule: {40, 0},
		RaiseBudget: {60, 0}, DropLink: {60, 0}, LoosenBundle: {60, 0}, AllowOverlap: {80, 0}, AllowOut: {100, 50}, DropOrder: {150, 0}, LeaveOut: {1000, 0},
	}
}

// RelaxOptions say which corrections are offered. Nil is the zero RelaxOptions.
type RelaxOptions struct {
	Limit  int    `json:"limit,omitempty"`  // how many sets; default 3
	Prices Prices `json:"prices,omitempty"` // nil: [DefaultPrices]
	// Steps are by how much dates, freezes and lags are tried to give way; default 1, 4, 12,
	// 24, 72 and 168 hours. What is found is then cut down to what is needed, to Least.
	Steps []Duration `json:"steps,omitempty"`
	Least Duration   `json:"least,omitempty"` // default 15 minutes
	// MaxSets bounds how many sets are looked at; default 3,000.
	MaxSets int     `json:"maxSets,omitempty"`
	Solver  Options `json:"solver,omitzero"` // of each run by itself
}

// An Edit is one concrete correction of a problem.
type Edit struct {
	Kind     EditKind `json:"kind"`
	Activity string   `json:"activity,omitempty"`
	Path     string   `json:"path,omitempty"` // of what changes in the document
	Calendar string   `json:"calendar,omitempty"`
	Window   string   `json:"window,omitempty"`
	// Span is the occurrence of the window; of an added window or capacity and of an
	// interruption, when it holds.
	Span    calendar.Interval `json:"span,omitzero"`
	By      Duration          `json:"by,omitempty"`
	Amount  int64             `json:"amount,omitempty"`
	Price   int64             `json:"price"`
	Grantor string            `json:"grantor"` // who can grant it
	Reason  string            `json:"reason"`  // a sentence that asks for it

	index int // of the element in its list of the lowered problem
}

// A Relaxation is a set of corrections after which a plan exists, and without any one of
// which none does.
type Relaxation struct {
	Edits []Edit `json:"edits"`
	Price int64  `json:"price"`
	Plan  *Plan  `json:"plan"` // one that keeps to the corrected problem

	corrected *Problem
}

// Corrected returns the lowered problem with the corrections made; Plan keeps to it.
func (r *Relaxation) Corrected() *Problem { return r.corrected }

// Relaxations returns the cheapest corrections of a problem without a plan, the cheapest
// first; nil where a plan exists. Among all sets of corrections by the kinds and steps
// offered, none is cheaper than the first one before amounts are cut down to what is
// needed, and so on; no set is part of another, and one that gives way at the same things
// as far but at another time counts as part.
//
// Capacity is added, and a blackout or freeze interrupted, for one of the steps long, at any
// multiple of the first step from the earliest time; an interruption leaves a first step of
// the window before and after it. Each occurrence is interrupted once, and each resource
// gets one amount for one span. Of the times that suffice one is taken. What is proven is
// that nothing on this grid is cheaper; spans are then cut, first at their end, then at
// their start, until neither can give way by Least more.
//
// It is a best-first search over sets of corrections (as in conflict-based search): where
// a set leaves no plan, a minimal reason for that is taken apart as [Explain] does, and
// only corrections that touch this reason are tried next. Errors are those of [Explain];
// where RelaxOptions.MaxSets or the solver's limits end it early, it returns what it has
// found and an error that matches [ErrNoPlan].
func Relaxations(ctx context.Context, p *Problem, opts *RelaxOptions) ([]Relaxation, error) {
	r, err := newRelaxing(ctx, p, opts)
	if err != nil {
		return nil, err
	}
	return r.run()
}

func newRelaxing(ctx context.Context, p *Problem, opts *RelaxOptions) (*relaxing, error) {
	o := RelaxOptions{}
	if opts != nil {
		o = *opts
	}
	if o.Limit == 0 {
		o.Limit = 3
	}
	if o.Prices == nil {
		o.Prices = DefaultPrices()
	}
	if len(o.Steps) == 0 {
		o.Steps = []Duration{Hour, 4 * Hour, 12 * Hour, 24 * Hour, 72 * Hour, 168 * Hour}
	}
	if o.Least == 0 {
		o.Least = 15 * Minute
	}
	if o.MaxSets == 0 {
		o.MaxSets = 3000
	}
	var l faultList
	if o.Limit < 0 {
		l.addf("limit", "must not be negative, is %d", o.Limit)
	}
	for i, s := range o.Steps {
		if s <= 0 || i > 0 && s <= o.Steps[i-1] {
			l.addf(fmt.Sprintf("steps[%d]", i), "must be positive and greater than the one before, is %v", s)
		}
	}
	if o.Least < 0 {
		l.addf("least", "must be positive, is %v", o.Least)
	}
	for _, k := range sortedKeys(o.Prices) {
		if x := o.Prices[k]; x.Fixed < 1 || x.PerHour < 0 || x.Fixed > maxNumber || x.PerHour > 1<<20 {
			l.addf("prices."+string(k), "must have a fixed part of 1 or more and no negative part")
		}
	}
	l.join("solver", o.Solver.Validate())
	if err := l.err(); err != nil {
		return nil, fmt.Errorf("schedule: options: %w", err)
	}
	low, at, err := p.prepareUntil(ctx)
	if err != nil {
		return nil, wrap(ctx, err)
	}
	r := &relaxing{ctx: ctx, p: low, at: at, o: &o, w: wordsOf(low), owners: map[string]string{}, titles: map[string]string{}}
	for i := range p.Releases {
		r.owners[p.Releases[i].ID], r.titles[p.Releases[i].ID] = p.Releases[i].Owner, p.Releases[i].Name
		// What leaves a release out as a whole is a bundle more.
		r.at.bundles.paths = append(r.at.bundles.paths, pathOf("releases", i))
	}
	r.fast = o.Solver
	r.fast.feasibility, r.fast.Proof, r.fast.Progress = true, nil, nil
	return r, nil
}

func sortedKeys(m Prices) []EditKind {
	out := make([]EditKind, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// price returns what an edit costs, and whether it is offered at all.
func (o *RelaxOptions) price(e *Edit) (int64, bool) {
	x, ok := o.Prices[e.Kind]
	hours := int64((e.By.Std() + time.Hour - 1) / time.Hour)
	if hours > 0 && e.Amount > 0 {
		if each := x.PerHour * hours; each > 0 && e.Amount > maxNumber/each {
			return x.Fixed + maxNumber, ok
		}
		return x.Fixed + x.PerHour*hours*e.Amount, ok
	}
	return x.Fixed + x.PerHour*(hours+e.Amount), ok
}
