package schedule

import (
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// A CustomRule is a requirement or a cost in the user's own code, for what this package
// has no word for. It has at least one of three functions:
//
//   - Forbids says whether an activity must not start at an instant.
//   - Cost is a price of starting at an instant, for the goal [CustomCosts].
//   - Judge looks at a whole plan, or at the part of one that is decided, and returns
//     activities that clash.
//
// All verbs keep to it: [Solve] and what builds on it return no plan that breaks it,
// [Check] and [Checker] report a breach as a conflict of kind [CustomBreach], [Explain]
// names it where it is part of the reason, and a [SlotFinder] offers no slot that breaks
// it. Only its ID, name, activities and step are JSON: after [ReadProblem] the functions
// have to be set, and until then every verb refuses the problem, so that no rule is lost
// on the way.
//
// # Functions
//
// A function must be deterministic: a pure function of its arguments. It must not keep or
// change them, and as everything here may be called from several goroutines where verbs
// are. One that panics ends the verb with a [*CustomError]; so does one that names an
// activity that does not exist.
//
// # What is proved
//
// Forbids and Cost become part of the instance, like calendars: their price is one call
// for each Step at which the activity may start. What Judge says becomes known one refused
// plan at a time (a lazy nogood, as in Feydy, Somogyi and Stuckey 2011), so a rule that
// refuses most plans wants Partial, which refuses them early. Optimality and infeasibility
// are proved with Judge as without, on the grid of [Problem.Tick] (Plan.OnGrid says so):
// only for the other requirements is it known that the grid loses nothing. A certificate
// (Options.Proof) of a problem with a Judge claims nothing, and one worker solves it,
// whatever Options.Workers says.
type CustomRule struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"` // for sentences; default: the ID

	// Activities are those that Forbids and Cost are about; default: all.
	Activities []string `json:"activities,omitempty"`
	// Step is how long an answer of Forbids and Cost holds: they are asked at the start of
	// the horizon and every Step after it, and the answer is that of all starts until the
	// next. Default: a quarter of an hour.
	Step Duration `json:"step,omitempty"`

	Forbids func(a *Activity, start time.Time) bool  `json:"-"`
	Cost    func(a *Activity, start time.Time) int64 `json:"-"`

	// Judge returns the clashes of a plan, nothing to accept it. The plan is complete,
	// unless Partial is set.
	Judge func(plan *Draft) []Clash `json:"-"`
	// Partial has Judge called with parts of plans too, where the rest is not decided yet.
	// A clash must then hold however the rest is decided. It prunes the search far
	// more than judgements of complete plans; in problems of more than 3,000 activities only
	// complete plans are judged.
	Partial bool `json:"partial,omitempty"`
}

// A Clash is a set of activities whose places in a plan (the start, the mode, or that it is
// left out) break a rule together, whatever the places of all others are. The fewer it
// names and the more starts it covers, the more it tells the solver.
type Clash struct {
	Activities []string // none: all that are decided
	// Starts, if given, holds for each of Activities the starts that clash alike while the
	// others of the set start within theirs, such as the whole day where the rule speaks
	// of days. The zero Interval stands for the start that it has.
	Starts []calendar.Interval
	Reason string // a clause for people, such as "they need the same crane"; may be empty
}

// A CustomError says that a function of a [CustomRule] failed.
type CustomError struct {
	Rule    string // ID
	Problem string
	Cause   any // what the function panicked with; nil where it did not
}

func (e *CustomError) Error() string {
	return fmt.Sprintf("custom rule %s %s", quote(e.Rule), e.Problem)
}

// Unwrap returns the cause if it is an error.
func (e *CustomError) Unwrap() error {
	err, _ := e.Cause.(error)
	return err
}

const (
	defaultStep = 15 * Minute
	// mostAsked bounds the calls of Forbids and Cost of all rules of a problem.
	mostAsked = 50_000_000
)

// title is what the rule is called in sentences.
func (r *CustomRule) title() string { return or(r.Name, r.ID) }

func (r *CustomRule) step() int64 {
	if r.Step > 0 {
		return int64(r.Step / Second)
	}
	return int64(defaultStep / Second)
}

// guard calls f, a function of the rule, and turns a panic into an error.
func (r *CustomRule) guard(f func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &CustomError{Rule: r.ID, Problem: fmt.Sprintf("panicked: %v", v), Cause: v}
		}
	}()
	f()
	return nil
}

// judge asks Judge, if there is one to ask, and checks what it answers.
func (r *CustomRule) judge(d *Draft) ([]Clash, error) {
	if r.Judge == nil || !r.Partial && !d.Complete() {
		return nil, nil
	}
	var out []Clash
	if err := r.guard(func() { out = r.Judge(d) }); err != nil {
		return nil, err
	}
	for _, c := range out {
		if c.Starts != nil && len(c.Starts) != len(c.Activities) {
			return nil, &CustomError{Rule: r.ID, Problem: fmt.Sprintf("gives %d starts for %d activities of a clash", len(c.Starts), len(c.Activities))}
		}
		for k, id := range c.Activities {
			switch t, ok := d.find(id); {
			case !ok:
				return nil, &CustomError{Rule: r.ID, Problem: fmt.Sprintf("names %s in a clash, which is no activity", quote(id))}
			case d.state[t] == undecided:
				return nil, &CustomError{Rule: r.ID, Problem: fmt.Sprintf("names %s in a clash, of which nothing is decided", quote(id))}
			case c.Starts != nil && d.state[t] == present && c.Starts[k] != (calendar.Interval{}) && !c.Starts[k].Contains(d.at[t].Start):
				return nil, &CustomError{Rule: r.ID, Problem: fmt.Sprintf("says that starts of %s clash among which is not the one it has", quote(id))}
			}
		}
	}
	return out, nil
}

// customRules checks what the document says about rules.
func (v *validator) customRules() {
	ids := newIDs(v.l, "a custom rule")
	for i := range v.p.Custom {
		r := &v.p.Custom[i]
		path := v.item("custom", i)
		ids.add(path+".id", r.ID)
		v.l.duration(path+".step", r.Step)
		for k, id := range r.Activities {
			v.activityIDs.refer(v.item(path+".activities", k), id, true)
		}
	}
	for i := range v.p.Goals {
		g := &v.p.Goals[i]
		path := v.item("goals", i) + ".custom"
		if g.Measure == CustomCosts {
			ids.refer(path, g.Custom, true)
		} else if g.Custom != "" {
			v.l.addf(path, "has a meaning for %q only: remove it", CustomCosts)
		}
	}
}

// bound says which rules of a problem have no functions: a document cannot have them.
func (p *Problem) bound() error {
	var l faultList
	for i := range p.Custom {
		if r := &p.Custom[i]; r.Judge == nil && r.Forbids == nil && r.Cost == nil {
			l.addf(pathOf("custom", i), "has no function: set Judge, Forbids or Cost of the rule %s after reading the problem", quote(r.ID))
		}
	}
	for i, g := range p.Goals {
		if r := p.customRule(g.Custom); g.Measure == CustomCosts && r != nil && r.Cost == nil {
			l.addf(fmt.Sprintf("goals[%d].custom", i), "is the rule %s, which has no Cost: set it", quote(g.Custom))
		}
	}
	return l.err()
}

// customRule returns the rule of an ID, or nil.
func (p *Problem) customRule(id string) *CustomRule {
	for i := range p.Custom {
		if p.Custom[i].ID == id {
			return &p.Custom[i]
		}
	}
	return nil
}

// about says which activities a rule is about; nil: all.
func (r *CustomRule) about() map[string]bool {
	if len(r.Activities) == 0 {
		return nil
	}
	out := make(map[string]bool, len(r.Activities))
	for _, id := range r.Activities {
		out[id] = true
	}
	return out
}
