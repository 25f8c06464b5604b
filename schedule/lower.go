package schedule

import (
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// Lower returns the problem with its releases expanded into activities, and no
// releases, trains or policies. It is a pure function: the same releases give the
// same activities, and p is not changed; the result shares what is not expanded with
// it. A problem without releases is returned as it is.
//
// A stage becomes the activity "release/stage"; what it prepares outside the window
// becomes "release/stage/prepare". Stages follow each other with a lag; the stages
// that deliver carry the due date, the deadline, the risk, and the date rules of the
// policy of the change type. An optional release becomes a bundle of all or nothing
// whose price is its value, a train one of the first stages that deliver.
//
// It returns the faults of [Problem.Validate].
func (p *Problem) Lower() (*Problem, error) {
	low, _, err := p.prepare()
	if err != nil {
		return nil, fmt.Errorf("schedule: %w", err)
	}
	return low, nil
}

// lower replaces the problem of the validator by its lowered form.
func (v *validator) lower() {
	if len(v.p.Releases) == 0 {
		return
	}
	low := *v.p
	low.Releases, low.Trains, low.Policies = nil, nil, nil
	low.Activities = slices.Clip(low.Activities)
	low.Precedences = slices.Clip(low.Precedences)
	low.Links = slices.Clip(low.Links)
	low.Bundles = slices.Clip(low.Bundles)
	low.DateRules = slices.Clip(low.DateRules)
	w := &lowering{p: v.p, low: &low, at: v.at, l: v.l, byID: map[string]*lowered{}}
	for list, src := range map[*source]int{
		&w.at.activities: len(low.Activities), &w.at.precedences: len(low.Precedences), &w.at.links: len(low.Links),
		&w.at.bundles: len(low.Bundles), &w.at.dateRules: len(low.DateRules),
	} {
		*list = source{lowered: true, stated: src}
	}
	for i := range v.p.Releases {
		if i%256 == 255 && v.halted(2047) {
			return
		}
		w.release(i)
	}
	for i := range v.p.Releases {
		w.joins(i)
	}
	w.trains()
	v.p = &low
}

// A lowering is the state of one expansion.
type lowering struct {
	p, low *Problem
	at     *origins
	l      *faultList
	byID   map[string]*lowered
}

// lowered is what became of a release. Activities are named by ID.
type lowered struct {
	r     *Release
	first []string // the head of each stage: its preparation, or itself
	main  []string // each stage itself
	index map[string]int
	// Sources follow nothing; sinks, reviews aside, are followed by nothing but
	// reviews; delivery holds the stages that deliver last.
	sources, sinks, delivery []int
	delivers                 []int // all that deliver
}

func (w *lowering) release(i int) {
	r := &w.p.Releases[i]
	x := &lowered{r: r, first: make([]string, len(r.Stages)), main: make([]string, len(r.Stages)), index: map[string]int{}}
	w.byID[r.ID] = x
	for k := range r.Stages {
		x.index[r.Stages[k].ID] = k
	}
	x.shape()
	for k := range r.Stages {
		w.stage(fmt.Sprintf("releases[%d].stages[%d]", i, k), x, k)
	}
	for k, before := range r.follows() {
		s := &r.Stages[k]
		for _, j := range before {
			w.precede(fmt.Sprintf("releases[%d].stages[%d]", i, k), Precedence{From: x.main[j], To: x.first[k],
				MinLag: s.MinLag, MaxLag: s.MaxLag, Reason: fmt.Sprintf("%s follows %s", s.title(), r.Stages[j].title())})
		}
	}
	w.policy(i, x)
	if r.Optional {
		var all []string
		for k := range r.Stages {
			if x.first[k] != x.main[k] {
				all = append(all, x.first[k])
			}
			all = append(all, x.main[k])
		}
		w.low.Bundles = append(w.low.Bundles, Bundle{ID: "release/" + r.ID, Name: r.title(), Activities: all, AllOrNothing: true})
		w.at.bundles.paths = append(w.at.bundles.paths, pathOf("releases", i))
	}
}

// shape finds the ends of the graph of stages.
func (x *lowered) shape() {
	n := len(x.r.Stages)
	follows := x.r.follows()
	followed, leads := make([]bool, n), make([]bool, n) // by a stage that is no review; by one that delivers, at any distance
	for k := range x.r.Stages {
		for _, j := range follows[k] {
			followed[j] = followed[j] || x.r.Stages[k].Kind != StageReview
		}
	}
	// Reach of delivering stages backwards; stages may be listed in any order.
	var back func(k int)
	back = func(k int) {
		for _, j := range follows[k] {
			if !leads[j] {
				leads[j] = true
				back(j)
			}
		}
	}
	for k := range x.r.Stages {
		if x.r.Stages[k].Kind.Delivers() {
			back(k)
		}
	}
	for k := range x.r.Stages {
		s := &x.r.Stages[k]
		if len(follows[k]) == 0 {
			x.sources = append(x.sources, k)
		}
		if !followed[k] && s.Kind != StageReview {
			x.sinks = append(x.sinks, k)
		}
		if s.Kind.Delivers() {
			x.delivers = append(x.delivers, k)
			if !leads[k] {
				x.delivery = append(x.delivery, k)
			}
		}
	}
	if len(x.sinks) == 0 { // nothing but reviews
		x.sinks = x.sources
	}
	if len(x.delivery) == 0 {
		x.delivery = x.sinks
	}
}

func (w *lowering) stage(path string, x *lowered, k int) {
	r, s := x.r, &x.r.Stages[k]
	main := Activity{
		ID: r.ID + "/" + s.ID, Name: r.title() + ": " + s.title(), Change: r.ID, From: Provenance{Release: r.ID, Stage: s.ID},
		Team: or(s.Team, r.Team), Type: r.Type, Action: or(s.Action, string(s.Kind)),
		CIs: r.CIs, Classes: r.Classes, Services: r.Services, Environment: or(s.Environment, r.Environment), Regions: r.Regions, Tags: r.Tags,
		Duration: s.Duration, Demands: s.Demands, Modes: s.Modes, Calendar: s.Calendar, Pause: s.Pause,
		NotBefore: s.NotBefore, NotAfter: s.NotAfter, Preferred: s.Preferred, Pinned: s.Pinned,
		Weight: r.Weight, Approved: r.Approved, Effect: s.Kind.effect(),
	}
	if s.CIs != nil {
		main.CIs, main.Classes = s.CIs, nil
	}
	if s.Regions != nil {
		main.Regions = s.Regions
	}
	if s.Effect != nil {
		main.Effect = *s.Effect
	}
	if main.Calendar == "" {
		if main.Calendar = AlwaysOpen; s.Kind.Delivers() {
			main.Calendar = r.Calendar
		}
	}
	if s.Kind.Delivers() {
		main.Risk = r.Risk
		if q := w.policyOf(r); q != nil {
			main.Notice = q.Notice
		}
	}
	if s.Risk != nil {
		main.Risk = *s.Risk
	}
	if slices.Contains(x.delivery, k) {
		main.Due = r.Due
		if !r.NotAfter.IsZero() && (main.NotAfter.IsZero() || r.NotAfter.Before(main.NotAfter)) {
			main.NotAfter = r.NotAfter
		}
	}
	if r.Optional {
		main.Optional = true
		var price int64
		if k == 0 {
			if price = r.Value; price == 0 {
				price = max(r.Weight, 1)
			}
		}
		main.Price = &price
	}
	x.first[k], x.main[k] = main.ID, main.ID
	head := &main
	if n := preparing(s.Parts); n > 0 {
		prep := main
		prep.ID, prep.Name = main.ID+"/prepare", main.Name+", preparation"
		prep.From.Part = Prepare
		prep.Duration, prep.Parts, prep.Effect, prep.Calendar = total(s.Parts[:n]), s.Parts[:n], Detached, AlwaysOpen
		prep.Due, prep.NotAfter, prep.Preferred, prep.Pinned, prep.Risk, prep.Notice = time.Time{}, time.Time{}, time.Time{}, time.Time{}, 0, 0
		prep.Demands = slices.DeleteFunc(slices.Clone(s.Demands), func(d Demand) bool { return d.Resource == RiskResource })
		if r.Optional {
			free := int64(0)
			prep.Price = &free
		}
		x.first[k] = prep.ID
		main.NotBefore = time.Time{} // the preparation holds it
		main.Duration, main.Parts = total(s.Parts[n:]), s.Parts[n:]
		head = &prep
	} else if len(s.Parts) > 0 {
		main.Duration, main.Parts = total(s.Parts), s.Parts
	}
	if slices.Contains(x.sources, k) && r.NotBefore.After(head.NotBefore) {
		head.NotBefore = r.NotBefore
	}
	if head != &main {
		w.add(path, *head)
	}
	w.add(path, main)
	if head != &main {
		w.precede(path, Precedence{From: head.ID, To: main.ID, Reason: "the preparation comes first"})
	}
}

// preparing returns how many parts come before the window.
func preparing(parts []Part) int {
	n := slices.IndexFunc(parts, func(p Part) bool { return p.Kind != Prepare })
	if n < 0 {
		return 0 // a stage of nothing but preparation is one piece
	}
	return n
}

func (w *lowering) add(path string, a Activity) {
	w.low.Activities = append(w.low.Activities, a)
	w.at.activities.paths = append(w.at.activities.paths, path)
}

func (w *lowering) precede(path string, c Precedence) {
	c.ID = c.From + " -> " + c.To
	w.low.Precedences = append(w.low.Precedences, c)
	w.at.precedences.paths = append(w.at.precedences.paths, path)
}

// joins lowers the links of a release to others.
func (w *lowering) joins(i int) {
	x := w.byID[w.p.Releases[i].ID]
	for k, link := range x.r.After {
		path := fmt.Sprintf("releases[%d].after[%d]", i, k)
		y := w.byID[link.Release]
		from, to := y.sinks, x.sources
		if link.OfStage != "" {
			from = []int{y.index[link.OfStage]}
		}
		if link.Stage != "" {
			to = []int{x.index[link.Stage]}
		}
		reason := or(link.Reason, fmt.Sprintf("%s follows %s", x.r.title(), y.r.title()))
		for _, a := range from {
			for _, b := range to {
				w.precede(path, Precedence{From: y.main[a], To: x.first[b], MinLag: link.MinLag, MaxLag: link.MaxLag, Reason: reason})
			}
		}
		if y.r.Optional {
			c := Link{ID: "release/" + x.r.ID + " needs " + y.r.ID, If: x.main[0], Then: y.main[0], Reason: reason}
			w.low.Links = append(w.low.Links, c)
			w.at.links.paths = append(w.at.links.paths, path)
		}
	}
}

// trains lowers each train to a bundle of the first stages that deliver.
func (w *lowering) trains() {
	for i := range w.p.Trains {
		t := &w.p.Trains[i]
		b := Bundle{ID: "train/" + t.ID, Name: or(t.Name, t.ID), Window: t.Window, Calendar: t.Calendar, AllOrNothing: true}
		for j := range w.p.Releases {
			r := &w.p.Releases[j]
			if x := w.byID[r.ID]; r.Train == t.ID {
				k := x.delivery[0]
				if len(x.delivers) > 0 {
					k = x.delivers[0]
				}
				b.Activities = append(b.Activities, x.main[k])
			}
		}
		if len(b.Activities) > 0 {
			w.low.Bundles = append(w.low.Bundles, b)
			w.at.bundles.paths = append(w.at.bundles.paths, pathOf("trains", i))
		}
	}
}

func (w *lowering) policyOf(r *Release) *Policy {
	i := slices.IndexFunc(w.p.Policies, func(q Policy) bool { return q.Type == r.Type })
	if i < 0 {
		return nil
	}
	return &w.p.Policies[i]
}

// policy lowers lead time and notice period to date rules.
func (w *lowering) policy(i int, x *lowered) {
	q := w.policyOf(x.r)
	if q == nil || len(x.delivers) == 0 {
		return
	}
	var who []string
	for _, k := range x.delivers {
		who = append(who, x.main[k])
	}
	rule := func(kind DateRuleKind, name string, since time.Time, d Duration) {
		if d == 0 || since.IsZero() {
			return
		}
		from, err := w.p.passes(q.Calendar, x.r.Type, since, d)
		if err != nil {
			w.l.join(pathOf("releases", i), err)
			return
		}
		w.low.DateRules = append(w.low.DateRules, DateRule{ID: string(kind) + "/" + x.r.ID, Kind: kind, Name: name, Activities: who, From: from})
		w.at.dateRules.paths = append(w.at.dateRules.paths, pathOf("releases", i))
	}
	rule(LeadTime, fmt.Sprintf("%s of lead time for %s changes", q.LeadTime.words(), or(x.r.Type, "untyped")), x.r.Submitted, q.LeadTime)
	rule(Notice, fmt.Sprintf("%s of notice for %s changes", q.Notice.words(), or(x.r.Type, "untyped")), x.r.Announced, q.Notice)
}

// passes returns when d of open time of a calendar has passed since an instant, the
// end of the horizon where that is later still.
func (p *Problem) passes(id, changeType string, since time.Time, d Duration) (time.Time, error) {
	if id == "" || id == AlwaysOpen {
		if until := since.Add(d.Std()); until.Before(p.Horizon.End) {
			return until, nil
		}
		return p.Horizon.End, nil
	}
	k := slices.IndexFunc(p.Calendars, func(c calendar.Calendar) bool { return c.ID == id })
	open, err := p.Calendars[k].Open(calendar.Interval{Start: since, End: p.Horizon.End}, calendar.Subject{Type: changeType})
	if err != nil {
		return time.Time{}, err
	}
	left := d.Std()
	for iv := range open.All() {
		if left <= iv.Duration() {
			return iv.Start.Add(left), nil
		}
		left -= iv.Duration()
	}
	return p.Horizon.End, nil
}

func (r *Release) title() string { return or(r.Name, r.ID) }
func (s *Stage) title() string   { return or(s.Name, s.ID) }

// or returns the first text that is not empty.
func or(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
