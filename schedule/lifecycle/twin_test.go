package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// twinTable holds every legal step of a change, written apart from the models. N stands
// for normal and expedited, S standard, E emergency, U unauthorised.
const twinTable = `
NE draft submit; N assessment; E approval
S draft submit; S authorised
NES draft cancel; NES cancelled
N assessment assess; N approval
N assessment reject; N rejected
N assessment revise; N draft
N assessment cancel; N cancelled
NE approval authorise; NE authorised
NE approval reject; NE rejected
N approval revise; N draft
N approval announce; N approval
NE approval cancel; NE cancelled
NS authorised announce; NS authorised
NS authorised schedule; NS scheduled
NE authorised void; NE approval
N authorised revise; N draft
NES authorised cancel; NES cancelled
NS scheduled announce; NS scheduled
NS scheduled schedule; NS scheduled
NS scheduled implement; NS implementing
N scheduled void; N approval
N scheduled revise; N draft
NS scheduled cancel; NS cancelled
E authorised implement; E implementing
NES implementing complete; NES review
NES implementing back-out; NES review
NESU review close; NESU closed
N rejected revise; N draft
U detected assess; U assessment
U assessment ratify; U review
U assessment back-out; U review`

// steps are the pairs of verb and next state that lead out of a state.
func twinSteps(letter byte, from State) map[Verb]State {
	out := map[Verb]State{}
	for _, line := range strings.Split(strings.TrimSpace(twinTable), "\n") {
		parts := strings.Split(line, ";")
		f := strings.Fields(parts[0])
		if strings.IndexByte(f[0], letter) < 0 || f[1] != string(from) {
			continue
		}
		for _, p := range parts[1:] {
			if to := strings.Fields(p); strings.IndexByte(to[0], letter) >= 0 {
				out[Verb(f[2])] = State(to[1])
			}
		}
	}
	return out
}

type twinVote struct {
	Decision
	terms Terms
	dead  bool
	ends  time.Time
}

type twinDuty struct {
	owner string
	due   time.Time
	apart bool
	done  bool
}

// A twin follows one change by the slowest way that could be written down.
type twin struct {
	kind                 string
	letter               byte
	state                State
	hold                 bool
	now                  time.Time
	first, terms         Terms
	submitted, announced time.Time
	planned              calendar.Interval
	votes                []twinVote
	duties               []twinDuty
	did                  string // who implemented
}

func newTwin(kind string, t Terms, now time.Time) *twin {
	w := &twin{kind: kind, letter: map[string]byte{"standard": 'S', "normal": 'N', "expedited": 'N', "emergency": 'E', "unauthorised": 'U'}[kind], state: Draft, now: now, first: t.clone(), terms: t.clone()}
	if kind == Unauthorised {
		w.state = Detected
	}
	w.owe(Open, now)
	return w
}

func in(s string, list string) bool { return s != "" && strings.Contains(" "+list+" ", " "+s+" ") }

// onward returns a verb that the table has from here.
func (w *twin) onward(draw func(int) int) Verb {
	if w.hold {
		return Resume
	}
	var good []Verb
	for v := range twinSteps(w.letter, w.state) {
		if !in(string(v), "cancel reject revise void") {
			good = append(good, v)
		}
	}
	if len(good) == 0 {
		return Revise
	}
	slices.Sort(good)
	return pick(draw, good)
}

// wanted returns a panel that has not approved and one of its members.
func (w *twin) wanted(draw func(int) int, at time.Time) (string, string) {
	for _, p := range w.panels(at) {
		if !w.passed(p, at) {
			return p, pick(draw, strings.Fields(twinMembers(p)))
		}
	}
	return pick(draw, walkPanels), pick(draw, walkPeople)
}

func twinMembers(panel string) string {
	switch panel {
	case "service-owner":
		return "sam"
	case "change-manager":
		return "ann mia"
	case "board":
		return "bo1 bo2 bo3"
	case "emergency-board":
		return "eve sid"
	case "freeze/org/peak/20261208T000000Z":
		return "fay ivo"
	}
	return ""
}

func (w *twin) panels(at time.Time) []string {
	var out []string
	switch w.kind {
	case "normal", "expedited":
		out = []string{"service-owner", "change-manager"}
		if w.kind == "normal" && w.terms.Risk >= 40 {
			out = append(out, "board")
		}
	case "emergency", "unauthorised":
		out = []string{"emergency-board"}
	}
	from, to := at, at.Add(time.Second)
	if w.planned.End.After(w.planned.Start) {
		from, to = w.planned.Start, w.planned.End
	}
	if from.Before(walkDay(12, 17)) && to.After(walkDay(12, 8)) {
		out = append(out, "freeze/org/peak/20261208T000000Z")
	}
	return out
}

// same says whether two terms agree on what a panel covers.
func twinSame(panel string, a, b Terms) bool {
	set := func(l []string) string {
		l = slices.Clone(l)
		slices.Sort(l)
		return strings.Join(l, " ")
	}
	if set(a.CIs) != set(b.CIs) || a.Risk != b.Risk || !a.Window.Start.Equal(b.Window.Start) || !a.Window.End.Equal(b.Window.End) {
		return false
	}
	return panel == "service-owner" || a.Method == b.Method && a.BackOut == b.BackOut && a.Template == b.Template &&
		a.Justification == b.Justification && a.Implementer == b.Implementer && a.Reviewer == b.Reviewer
}

// tally returns whose approvals and rejections count, and who gave the approvals.
func (w *twin) tally(panel string, at time.Time) (yes, by, no []string) {
	for _, who := range strings.Fields(twinMembers(panel)) {
		for i := len(w.votes) - 1; i >= 0; i-- {
			v := w.votes[i]
			if v.Panel != panel || v.At.After(at) || v.For != who && (v.For != "" || v.By != who) {
				continue
			}
			if !v.dead && twinSame(panel, v.terms, w.terms) && at.Before(v.ends) {
				switch v.Verdict {
				case Approve:
					yes, by = append(yes, who), append(by, v.By)
				case Refuse:
					no = append(no, who)
				}
			}
			break
		}
	}
	return yes, by, no
}

func (w *twin) passed(panel string, at time.Time) bool {
	yes, _, no := w.tally(panel, at)
	if panel == "board" {
		return len(yes) >= 2 && len(no) == 0 || len(yes) >= 2 && !slices.Contains(no, "bo3")
	}
	return len(yes) >= 1 && len(no) < len(strings.Fields(twinMembers(panel)))
}

func (w *twin) approved(at time.Time) bool {
	p := w.panels(at)
	for _, x := range p {
		if !w.passed(x, at) {
			return false
		}
	}
	return len(p) > 0 || w.kind == "standard"
}

func twinWork(d time.Time) bool {
	wd, md := d.Weekday(), d.Format("01-02")
	return wd != time.Saturday && wd != time.Sunday && md != "12-25" && md != "01-01"
}

func berlin(t time.Time) time.Time {
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	l := t.In(loc)
	return time.Date(l.Year(), l.Month(), l.Day(), 0, 0, 0, 0, loc)
}

// before says whether n business days lie between two instants.
func twinBefore(at, start time.Time, n int) bool {
	if at.After(start) {
		return false
	}
	d := berlin(start)
	for n > 0 {
		d = d.AddDate(0, 0, -1)
		if twinWork(d) {
			n--
		}
	}
	return !berlin(at).After(d)
}

func (w *twin) lead() (lead, notice int) {
	switch {
	case w.kind == "standard":
		return 0, 1
	case w.kind == "expedited":
		return 1, 1
	case w.kind == "normal" && w.terms.Risk >= 70:
		return 10, 5
	case w.kind == "normal":
		return 5, 3
	}
	return 0, 0
}

func twinOpen(from, to time.Time) bool {
	return !(from.Before(walkDay(12, 27)) && to.After(walkDay(12, 24))) && !from.Before(walkSpan().Start) && !to.After(walkSpan().End)
}

func (w *twin) touches() bool {
	return len(w.terms.CIs) > 0 && w.terms.Method != "" && w.terms.BackOut != ""
}

func (w *twin) covered(at time.Time) bool {
	return w.terms.Template == "T1" && at.Before(walkDay(12, 20)) && w.terms.Risk <= 20 &&
		(slices.Contains(w.terms.CIs, "shop") || slices.Contains(w.terms.CIs, "db"))
}

func (w *twin) apart(actor string, at time.Time) bool {
	if actor != w.terms.Implementer && !(w.terms.Implementer == "ops" && in(actor, "ivo mia sam")) || w.terms.Reviewer == w.terms.Implementer {
		return false
	}
	for _, p := range w.panels(at) {
		yes, by, _ := w.tally(p, at)
		for _, who := range append(yes, by...) {
			if who == actor || who == w.terms.Implementer {
				return false
			}
		}
	}
	return true
}

func (w *twin) apply(a Action) bool {
	to, ok := twinSteps(w.letter, w.state)[a.Verb]
	pausable := in(string(w.state), "draft assessment approval authorised scheduled") && w.kind != "unauthorised"
	if a.Verb == Hold && pausable && !w.hold || a.Verb == Resume && w.hold {
		to, ok = w.state, true
	}
	if !ok || a.Actor == "" || a.At.Before(w.now) || w.hold && a.Verb != Resume && a.Verb != Cancel ||
		in(string(a.Verb), "reject revise void back-out ratify cancel hold") && a.Reason == "" {
		return false
	}
	at := a.At
	lead, notice := w.lead()
	plan, announced := w.planned, w.announced
	if a.Verb == Schedule {
		plan = a.Planned
		if announced.IsZero() {
			announced = at
		}
	}
	hidden := w.planned
	w.planned = plan // what panels are needed depends on it
	switch a.Verb {
	case Submit:
		ok = w.touches() && (!in(w.kind, "expedited emergency") || w.terms.Justification != "") && (w.kind != "standard" || w.covered(at))
	case Authorise:
		ok = w.approved(at)
	case Ratify:
		ok = w.touches() && w.approved(at)
	case Schedule, Implement:
		if w.kind == "standard" {
			ok = w.covered(at)
		}
		if a.Verb == Implement || w.kind != "standard" {
			ok = ok && w.approved(at)
		}
		if w.kind != "emergency" {
			ok = ok && plan.Start.Before(plan.End) && !plan.Start.Before(w.terms.Window.Start) && !plan.End.After(w.terms.Window.End)
			ok = ok && (notice == 0 || !announced.IsZero() && twinBefore(announced, plan.Start, notice))
		}
		if a.Verb == Schedule {
			ok = ok && twinBefore(w.submitted, plan.Start, lead) && twinOpen(plan.Start, plan.End)
		} else {
			if w.kind != "emergency" {
				ok = ok && !at.Before(plan.Start) && at.Before(plan.End) && twinOpen(at, plan.End)
			}
			ok = ok && w.apart(a.Actor, at)
		}
	case Close:
		for _, d := range w.duties {
			ok = ok && d.done
		}
	}
	if !ok {
		w.planned = hidden
		return false
	}
	switch a.Verb {
	case Submit:
		w.submitted = at
	case Assess:
		t := w.terms.clone()
		t.Risk = a.Risk
		w.replace(t)
	case Announce:
		w.announced = at
	case Revise:
		w.planned, w.announced = calendar.Interval{}, time.Time{}
	case Implement:
		w.did = a.Actor
	case Hold:
		w.hold = true
	case Resume, Cancel:
		w.hold = false
	}
	w.state, w.now = to, at
	w.owe(a.Verb, at)
	return true
}

func (w *twin) replace(t Terms) {
	for i := range w.votes {
		if !twinSame(w.votes[i].Panel, w.terms, t) {
			w.votes[i].dead = true
		}
	}
	w.terms = t.clone()
}

func (w *twin) owe(v Verb, at time.Time) {
	days := func(n int) time.Time {
		d := berlin(at)
		for n > 0 {
			if d = d.AddDate(0, 0, 1); twinWork(d) {
				n--
			}
		}
		return d.AddDate(0, 0, 1)
	}
	add := func(owner string, due time.Time, apart bool) {
		w.duties = append(w.duties, twinDuty{owner, due, apart, false})
	}
	switch {
	case w.kind == "unauthorised" && v == Open:
		add("change-manager", at.Add(4*time.Hour), false)
		add("emergency-board", days(1), false)
		add("change-manager", days(10), false)
	case w.kind == "emergency" && v == Implement:
		add(w.terms.Implementer, days(1), false)
		add("change-manager", days(5), false)
		add("change-manager", days(5), true)
	case w.kind == "expedited" && v == Implement:
		add("change-manager", days(5), false)
	case in(w.kind, "normal expedited") && v == Complete && w.terms.Risk >= 70:
		add("change-manager", days(10), true)
	case in(w.kind, "standard normal expedited") && v == BackOut:
		add("change-manager", days(5), true)
	}
}

func (w *twin) decide(d Decision) bool {
	states := map[string]string{"standard": "authorised scheduled", "normal": "approval authorised scheduled", "expedited": "approval authorised scheduled",
		"emergency": "approval authorised", "unauthorised": "assessment"}[w.kind]
	who := d.For
	if who == "" {
		who = d.By
	}
	if !slices.Contains(w.panels(d.At), d.Panel) || !in(string(w.state), states) || w.hold || d.At.Before(w.now) || d.By == "" ||
		!in(string(d.Verdict), "approve reject withdraw") || d.Verdict == Refuse && d.Reason == "" || !in(who, twinMembers(d.Panel)) ||
		in(d.By, "ann "+w.terms.Implementer) || in(who, "ann "+w.terms.Implementer) || d.Fingerprint != "" {
		return false
	}
	if who != d.By {
		ok := who == "sam" && d.By == "sid" && !d.At.Before(walkDay(12, 1)) && d.At.Before(walkDay(12, 12)) ||
			who == "bo1" && d.By == "bo2" && !d.At.Before(walkDay(12, 1)) && d.At.Before(walkDay(12, 30)) ||
			who == "mia" && d.By == "sid" && d.Panel == "change-manager"
		if !ok {
			return false
		}
	}
	level := map[string]int{"service-owner": 1, "change-manager": 2, "board": 3, "emergency-board": 1}
	for _, p := range w.panels(d.At) {
		if level[p] > 0 && level[p] < level[d.Panel] && !w.passed(p, d.At) {
			return false
		}
	}
	yes, by, _ := w.tally(d.Panel, d.At)
	for i := range by {
		if d.Verdict == Approve && by[i] == d.By && yes[i] != who {
			return false
		}
	}
	v := twinVote{Decision: d, terms: w.terms.clone(), ends: walkDay(12, 31).AddDate(5, 0, 0)}
	if days := map[string]int{"service-owner": 12, "change-manager": 30, "board": 30, "emergency-board": 2}[d.Panel]; days > 0 {
		v.ends = d.At.Add(time.Duration(days) * 24 * time.Hour)
	}
	if !d.Expires.IsZero() && d.Expires.Before(v.ends) {
		v.ends = d.Expires
	}
	w.votes = append(w.votes, v)
	w.now = d.At
	return true
}

func (w *twin) edit(t Terms, actor, reason string, at time.Time) bool {
	states := "draft assessment approval authorised scheduled"
	if w.kind == "unauthorised" {
		states = "detected assessment"
	}
	if actor == "" || reason == "" || at.Before(w.now) || w.hold || !in(string(w.state), states) {
		return false
	}
	voids := false
	for _, v := range w.votes {
		voids = voids || !v.dead && !twinSame(v.Panel, w.terms, t)
	}
	w.replace(t)
	if voids {
		w.now = at
	}
	if in(string(w.state), "authorised scheduled") && w.kind != "standard" && !w.approved(at) {
		w.state, w.now = Approval, at
	}
	return true
}

func (w *twin) discharge(i int, by string, at time.Time) bool {
	d := &w.duties[i]
	people := d.owner + " " + map[string]string{"change-manager": "mia ann", "emergency-board": "eve sid", "ops": "ivo mia sam"}[d.owner]
	if at.Before(w.now) || d.done || !in(by, people) || d.apart && (by == w.did || by == w.terms.Implementer) {
		return false
	}
	d.done, w.now = true, at
	return true
}

// compare says where the change and the twin differ.
func (w *twin) compare(g *Governance, c *Change) string {
	if c.State != w.state || c.OnHold != w.hold || !c.Planned.Start.Equal(w.planned.Start) || !c.Planned.End.Equal(w.planned.End) {
		return fmt.Sprintf("code is in %s (hold %v), planned %s; twin in %s (hold %v), planned %s", c.State, c.OnHold, c.Planned, w.state, w.hold, w.planned)
	}
	if len(c.Duties) != len(w.duties) {
		return fmt.Sprintf("code has %d duties, twin %d", len(c.Duties), len(w.duties))
	}
	for i, d := range c.Duties {
		if d.Due.IsZero() || !d.Due.After(d.From) || !d.Due.Equal(w.duties[i].due) || d.Done.IsZero() == w.duties[i].done {
			return fmt.Sprintf("duty %+v, twin %+v", d, w.duties[i])
		}
	}
	for _, at := range []time.Time{w.now, w.now.Add(36 * time.Hour), w.now.Add(10 * 24 * time.Hour)} {
		if got, want := g.Standing(c, at).Approved, w.approved(at); got != want {
			return fmt.Sprintf("at %s code says approved %v, twin %v", at, got, want)
		}
	}
	return ""
}
