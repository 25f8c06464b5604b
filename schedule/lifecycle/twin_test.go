package lifecycle

import (
	"slices"
	"strings"
	"sync"
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

type twinState struct {
	letter byte
	state  State
}

// twinTables holds, by state, the verbs and next states that lead out of it.
var twinTables = sync.OnceValue(func() map[twinState]map[Verb]State {
	all := map[twinState]map[Verb]State{}
	for _, letter := range []byte("NSEU") {
		for _, from := range strings.Fields("draft detected assessment approval authorised scheduled implementing review closed rejected cancelled") {
			all[twinState{letter, State(from)}] = twinRead(letter, State(from))
		}
	}
	return all
})

func twinSteps(letter byte, from State) map[Verb]State { return twinTables()[twinState{letter, from}] }

func twinRead(letter byte, from State) map[Verb]State {
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

var berlinZone = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return loc
})

// berlin returns the beginning of a day there.
func berlin(t time.Time) time.Time {
	loc := berlinZone()
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
