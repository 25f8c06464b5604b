package schedule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Validate returns all faults, each a [*ValidationError] with path and remedy, joined
// list by list; the first hundred in full. It does not ask whether a
// plan exists: a duration longer than the horizon is no fault, it has no plan. Every
// verb calls it. Cost: linear in the size of the problem.
//
// Only the functions of custom rules are not asked for, which a document cannot have: verbs
// report those that are missing.
func (p *Problem) Validate() error {
	_, _, err := p.validated(unstopped)
	return err
}

// prepare validates the problem and lowers it. The paths say where the parts of the
// lowered problem come from.
func (p *Problem) prepare() (*Problem, *origins, error) { return p.prepareUntil(context.Background()) }

// prepareUntil is prepare; when ctx ends while it looks at a large problem, its error is that
// of ctx.
func (p *Problem) prepareUntil(ctx context.Context) (*Problem, *origins, error) {
	low, at, err := p.validated(func() bool { return ctx.Err() != nil })
	if err == errStopped {
		err = ctx.Err()
	}
	if err == nil {
		err = p.bound()
	}
	return low, at, err
}

// errStopped says that a validation was stopped.
var errStopped = errors.New("stopped")

// validated returns errStopped where stop says so, which only a large problem asks.
//
// It looks twice where there are faults: first without writing the paths to what it looks
// at, which took most of the time, then with them.
func (p *Problem) validated(stop func() bool) (*Problem, *origins, error) {
	if p == nil {
		return nil, nil, &ValidationError{Path: "problem", Problem: "is nil: give one"}
	}
	v := newValidator(p, stop)
	v.l.quiet = true
	if v.all(); v.l.n > 0 && !v.stopped {
		v = newValidator(p, stop)
		v.all()
	}
	if v.stopped {
		return nil, nil, errStopped
	}
	return v.p, v.at, v.l.err()
}

// all looks at everything.
func (v *validator) all() {
	v.frame()
	v.calendars()
	v.resources()
	v.releases()
	if v.l.n == 0 {
		v.lower()
	}
	v.activities()
	if v.l.n == 0 || len(v.stated.Releases) == 0 { // else what refers to stages would refer to nothing
		v.constraints()
		v.sets()
		v.goals()
		v.customRules()
	}
	if v.l.n == 0 && !v.halted(0) {
		v.cycles()
	}
}

// halted says whether to stop, asked at every i-th of many.
func (v *validator) halted(i int) bool {
	v.stopped = v.stopped || i%2048 == 2047 && v.stop()
	return v.stopped
}

// item is the path of an element of a list, unless nothing is said.
func (v *validator) item(list string, i int) string {
	if v.l.quiet {
		return ""
	}
	return pathOf(list, i)
}

// place is the path of an element of a list that lowering extends, unless nothing is said.
func (v *validator) place(s *source, list string, i int) string {
	if v.l.quiet {
		return ""
	}
	return s.at(list, i)
}

// A validator checks a problem part by part: the release layer, then, lowered, the rest.
type validator struct {
	p      *Problem
	stated *Problem // p as it is given
	at     *origins
	l      *faultList

	stop    func() bool
	stopped bool

	calendarIDs, resourceIDs, activityIDs, groupIDs, budgetIDs *ids
	releaseIDs, trainIDs                                       *ids
	modes                                                      map[string][]Mode // of activities
}

func newValidator(p *Problem, stop func() bool) *validator {
	l := &faultList{}
	v := &validator{p: p, stated: p, l: l, at: &origins{}, stop: stop,
		calendarIDs: newIDs(l, "a calendar"),
		resourceIDs: newIDs(l, "a resource"),
		activityIDs: newIDs(l, "an activity").grow(len(p.Activities)),
		groupIDs:    newIDs(l, "a group"),
		budgetIDs:   newIDs(l, "a budget"),
		releaseIDs:  newIDs(l, "a release"),
		trainIDs:    newIDs(l, "a train"),
		modes:       map[string][]Mode{},
	}
	v.calendarIDs.seen[AlwaysOpen] = known{path: "the calendar that every problem has"}
	return v
}

func (v *validator) frame() {
	p, l := v.p, v.l
	if p.Version != 0 && p.Version != Version {
		l.addf("version", "is %d: this library reads version %d", p.Version, Version)
	}
	if _, err := p.location(); err != nil {
		l.addf("zone", "%v", err)
	}
	l.instant("horizon.start", p.Horizon.Start, true)
	l.instant("horizon.end", p.Horizon.End, true)
	if !p.Horizon.Start.IsZero() && !p.Horizon.End.IsZero() && p.Horizon.Empty() {
		l.addf("horizon", "is empty: its end must be after its start")
	}
	l.duration("tick", p.Tick)
	if p.Tick > 0 && !p.Horizon.Empty() && p.Tick.Std() > p.Horizon.Duration() {
		l.addf("tick", "is longer than the horizon")
	}
	if len(p.Activities)+len(p.Releases) == 0 {
		l.addf("activities", "there is nothing to schedule: add an activity or a release")
	}
}

// location returns the zone of the times in sentences.
func (p *Problem) location() (*time.Location, error) {
	if p.Zone == "" {
		return time.UTC, nil
	}
	if p.Zone == "Local" {
		return nil, fmt.Errorf("is \"Local\", which differs between machines: write an IANA name such as \"Europe/Helsinki\"")
	}
	loc, err := time.LoadLocation(p.Zone)
	if err != nil {
		return nil, fmt.Errorf("is %s, which is no IANA time zone, such as \"Europe/Helsinki\"", quote(p.Zone))
	}
	return loc, nil
}

func (v *validator) calendars() {
	for i := range v.p.Calendars {
		path := v.item("calendars", i)
		v.calendarIDs.add(path+".id", v.p.Calendars[i].ID)
		v.l.join(path, v.p.Calendars[i].Validate())
	}
	v.calendarIDs.refer("calendar", v.p.Calendar, false)
}

func (v *validator) resources() {
	for i := range v.p.Resources {
		r := &v.p.Resources[i]
		path := v.item("resources", i)
		v.resourceIDs.add(path+".id", r.ID)
		v.profile(path+".capacity", r.Capacity, true)
		v.calendarIDs.refer(path+".calendar", r.Calendar, false)
		switch r.Kind {
		case Renewable, Person, Team, Environment:
		case NonRenewable:
			if len(r.Capacity.Steps) > 0 || r.Calendar != "" {
				v.l.addf(path+".capacity", "a non-renewable resource has one amount for all time: use base alone, or a budget with periods")
			}
		default:
			v.l.addf(path+".kind", "%s is not one of %q, %q, %q, %q or absent", quote(string(r.Kind)), Person, Team, Environment, NonRenewable)
		}
	}
}

func (v *validator) activities() {
	for i := range v.p.Activities {
		if v.halted(i) {
			return
		}
		v.activity(i)
	}
}

func (v *validator) activity(i int) {
	a, l := &v.p.Activities[i], v.l
	path := v.place(&v.at.activities, "activities", i)
	v.activityIDs.add(path+".id", a.ID)
	if len(a.Modes) > 0 {
		v.modes[a.ID] = a.Modes
	}
	v.work(path, a.Duration, a.Demands, a.Modes)
	// Paths are written where there is something to say something of: most activities of a
	// large problem have few of these fields.
	if a.Calendar != "" {
		v.calendarIDs.refer(path+".calendar", a.Calendar, false)
	}
	v.pause(path, a.Pause)
	v.effect(path, a.Effect)
	for _, d := range [...]struct {
		field string
		at    time.Time
	}{{".notBefore", a.NotBefore}, {".notAfter", a.NotAfter}, {".due", a.Due}, {".preferred", a.Preferred}, {".pinned", a.Pinned}} {
		if !d.at.IsZero() {
			l.instant(path+d.field, d.at, false)
		}
	}
	if !a.NotBefore.IsZero() && !a.NotAfter.IsZero() && a.NotAfter.Before(a.NotBefore) {
		l.addf(path+".notAfter", "is before notBefore")
	}
	if a.Weight != 0 {
		l.number(path+".weight", a.Weight, 0)
	}
	if a.Price != nil {
		l.number(path+".price", *a.Price, 0)
		if !a.Optional {
			l.addf(path+".price", "has a meaning for optional activities only: set optional, or remove it")
		}
	}
	if a.Risk != 0 {
		l.number(path+".risk", a.Risk, 0)
	}
	if a.StartCost != nil {
		v.profile(path+".startCost", *a.StartCost, false)
	}
	if a.Notice != 0 {
		l.duration(path+".notice", a.Notice)
	}
	v.parts(path, a.Parts)
	if len(a.Parts) > 0 && len(a.Modes) == 0 && total(a.Parts) != a.Duration {
		l.addf(path+".parts", "add up to %v, and duration is %v", total(a.Parts), a.Duration)
	}
}

// work checks how long something takes and what of.
func (v *validator) work(path string, d Duration, demands []Demand, modes []Mode) {
	if d < 0 || d%Second != 0 {
		v.l.duration(path+".duration", d)
	}
	v.demands(path, demands)
	if len(modes) == 0 {
		return
	}
	if d != 0 || len(demands) > 0 {
		v.l.addf(path+".modes", "stand beside duration or demands: move these into the modes")
	}
	seen := newIDs(v.l, "a mode")
	for k := range modes {
		m := &modes[k]
		at := v.item(path+".modes", k)
		seen.add(at+".id", m.ID)
		v.l.duration(at+".duration", m.Duration)
		v.demands(at, m.Demands)
		v.calendarIDs.refer(at+".calendar", m.Calendar, false)
		v.l.number(at+".price", m.Price, 0)
	}
}

func (v *validator) demands(path string, demands []Demand) {
	var seen map[string]bool
	if len(demands) > 8 {
		seen = make(map[string]bool, len(demands))
	}
	for k, d := range demands {
		twice := seen[d.Resource]
		if seen != nil {
			seen[d.Resource] = true
		} else {
			twice = slices.ContainsFunc(demands[:k], func(x Demand) bool { return x.Resource == d.Resource })
		}
		if _, known := v.resourceIDs.seen[d.Resource]; known && !twice && 1 <= d.Amount && d.Amount <= maxNumber {
			continue // nothing to say
		}
		at := v.item(path+".demands", k)
		if v.resourceIDs.refer(at+".resource", d.Resource, true) && twice {
			v.l.addf(at+".resource", "%s comes twice: add the amounts up", quote(d.Resource))
		}
		v.l.number(at+".amount", d.Amount, 1)
	}
}

func (v *validator) parts(path string, parts []Part) {
	for k, part := range parts {
		at := v.item(path+".parts", k)
		v.l.duration(at+".duration", part.Duration)
		if !slices.Contains([]PartKind{Prepare, Implement, Verify, Decide, BackOut, Recheck}, part.Kind) {
			v.l.addf(at+".kind", "%s is not one of %q, %q, %q, %q, %q, %q", quote(string(part.Kind)), Prepare, Implement, Verify, Decide, BackOut, Recheck)
		}
	}
}

// total adds durations up, at most to the greatest.
func total(parts []Part) Duration {
	var sum Duration
	for _, p := range parts {
		if sum += p.Duration; sum < 0 {
			return 1<<63 - 1
		}
	}
	return sum
}

func (v *validator) pause(path string, p Pause) {
	switch p {
	case NoPause, PauseReleasing, PauseHolding:
	default:
		v.l.addf(path+".pause", "%s is not %q, %q or absent", quote(string(p)), PauseReleasing, PauseHolding)
	}
}

func (v *validator) effect(path string, e Effect) {
	switch e {
	case Outage, NoOutage, Soaking, Detached:
	default:
		v.l.addf(path+".effect", "%s is not %q, %q, %q or absent", quote(string(e)), NoOutage, Soaking, Detached)
	}
}
