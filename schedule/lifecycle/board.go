package lifecycle

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/validate"
	"github.com/slackwater-go/slackwater/schedule"
)

// A Board is a change advisory board and when it meets.
type Board struct {
	ID       string              `json:"id"`
	Name     string              `json:"name,omitempty"`
	Meetings calendar.Recurrence `json:"meetings"` // starts, with zone
	Length   schedule.Duration   `json:"length"`
	Opening  schedule.Duration   `json:"opening,omitempty"` // before the first item: minutes, pre-approved changes
	// CutOff is how many business days before a meeting a change must be submitted, at
	// the latest on that day.
	CutOff int        `json:"cutOff,omitempty"`
	Items  []ItemRule `json:"items"`
	// PreApproved are the change types that are told to the board and not decided by it;
	// default: standard. Retrospective are those that it looks at after the fact;
	// default: emergency and unauthorised.
	PreApproved   []string `json:"preApproved,omitempty"`
	Retrospective []string `json:"retrospective,omitempty"`
}

// An ItemRule says how long the board takes for a change. Of the rules for a type, that
// with the greatest MinRisk that it reaches counts; Type "" is for all types.
type ItemRule struct {
	Type    string            `json:"type,omitempty"`
	MinRisk int64             `json:"minRisk,omitempty"`
	Length  schedule.Duration `json:"length"`
}

// A Meeting is one meeting of a board.
type Meeting struct {
	Board  string            `json:"board"`
	During calendar.Interval `json:"during"`
	CutOff calendar.Date     `json:"cutOff"` // the last day to submit a change for it
}

// maxMeetings bounds the meetings of one question.
const maxMeetings = 100_000

// Validate returns all faults of the board.
func (b *Board) Validate() error {
	var l validate.List
	if b.ID == "" {
		l.Addf("id", "is empty")
	}
	if b.Meetings.IsZero() {
		l.Addf("meetings", "is missing: give a recurrence such as DTSTART;TZID=Europe/Berlin:20261123T100000 with an RRULE")
	}
	if b.Length <= 0 || b.Opening < 0 || b.Opening >= b.Length {
		l.Addf("length", "must be positive and longer than the opening, is %s and %s", b.Length, b.Opening)
	}
	if b.CutOff < 0 || b.CutOff > 10_000 {
		l.Addf("cutOff", "must be 0 to 10,000 business days, is %d", b.CutOff)
	}
	if len(b.Items) == 0 {
		l.Addf("items", "is empty: say how long the board takes for a change")
	}
	for i, it := range b.Items {
		if it.Length <= 0 || it.Length > b.Length-b.Opening || it.Length%schedule.Second != 0 {
			l.Addf(fmt.Sprintf("items[%d].length", i), "must be whole seconds that fit a meeting, is %s", it.Length)
		}
	}
	if err := l.Err(); err != nil {
		return fmt.Errorf("lifecycle: board: %w", err)
	}
	return nil
}

// item returns how long the board takes for a change; 0: no rule.
func (b *Board) item(changeType string, risk int64) schedule.Duration {
	best, out := int64(-1), schedule.Duration(0)
	for _, it := range b.Items {
		if (it.Type == "" || it.Type == changeType) && it.MinRisk <= risk && it.MinRisk >= best {
			if it.MinRisk > best || it.Type != "" {
				best, out = it.MinRisk, it.Length
			}
		}
	}
	return out
}

func (b *Board) preApproved() []string {
	if b.PreApproved == nil {
		return []string{schedule.Standard}
	}
	return b.PreApproved
}

func (b *Board) retrospective() []string {
	if b.Retrospective == nil {
		return []string{schedule.Emergency, Unauthorised}
	}
	return b.Retrospective
}

// decides says whether changes of a type come before the board for a decision.
func (b *Board) decides(changeType string) bool {
	return !slices.Contains(b.preApproved(), changeType) && !slices.Contains(b.retrospective(), changeType)
}

// Meetings returns the meetings of a board that start within an interval, in order, each with its
// submit cut-off in business days. It fails on more than 100,000.
func (g *Governance) Meetings(b *Board, within calendar.Interval) ([]Meeting, error) {
	if err := b.Validate(); err != nil {
		return nil, err
	}
	var out []Meeting
	for at := range b.Meetings.Starts(within) {
		if len(out) == maxMeetings {
			return nil, fmt.Errorf("lifecycle: board %s meets more than %d times in %s: ask for less time", b.ID, maxMeetings, within)
		}
		out = append(out, Meeting{Board: b.ID, During: calendar.Interval{Start: at, End: at.Add(b.Length.Std())}, CutOff: g.LastDay(at, b.CutOff)})
	}
	return out, nil
}

// Takes says whether a change submitted at an instant is in time for a meeting.
func (g *Governance) Takes(m *Meeting, submitted time.Time) bool {
	return !submitted.IsZero() && submitted.Before(m.During.Start) && calendar.DateOf(submitted.In(g.zone)).Compare(m.CutOff) <= 0
}

// Seat returns a copy of a problem in which the board decides on its releases: each that
// is not approved yet and that the board decides on gets, before its first stages that deliver, a
// stage of kind [schedule.StageApproval] with the board's ID (one that is there is taken),
// as long as the board takes for it, in the calendar "board/ID" that is open during
// meetings, and with a demand on the resource "board/ID" that there is one of. The
// solver so plans no more items than fit, and none in a meeting whose cut-off its
// submission missed.
//
// A stage that delivers keeps what it followed besides; its lags then count from the
// decision too.
func (g *Governance) Seat(b *Board, p *schedule.Problem) (*schedule.Problem, error) {
	meetings, err := g.Meetings(b, p.Horizon)
	if err != nil {
		return nil, err
	}
	id := "board/" + b.ID
	out := *p
	out.Calendars, out.Resources, out.Releases = slices.Clone(p.Calendars), slices.Clone(p.Resources), slices.Clone(p.Releases)
	if slices.ContainsFunc(p.Calendars, func(c calendar.Calendar) bool { return c.ID == id }) || slices.ContainsFunc(p.Resources, func(r schedule.Resource) bool { return r.ID == id }) {
		return nil, fmt.Errorf("lifecycle: %w", &validate.Error{Path: "id", Problem: fmt.Sprintf("the problem has a calendar or resource %q already", id)})
	}
	cal := calendar.Calendar{ID: id, Default: calendar.DefaultClosed}
	for i, m := range meetings {
		start := m.During.Start.Add(b.Opening.Std())
		cal.Windows = append(cal.Windows, calendar.Window{ID: fmt.Sprintf("meeting-%d", i+1), Kind: calendar.Maintenance,
			Starts: calendar.Once(start), Length: calendar.Exactly(m.During.End.Sub(start))})
	}
	out.Calendars = append(out.Calendars, cal)
	out.Resources = append(out.Resources, schedule.Resource{ID: id, Name: or(b.Name, b.ID), Unit: "items at a time", Capacity: calendar.Profile{Base: 1}})
	var l validate.List
	for i := range out.Releases {
		r := &out.Releases[i]
		if r.Approved || !b.decides(r.Type) || !slices.ContainsFunc(r.Stages, func(s schedule.Stage) bool { return s.Kind.Delivers() }) {
			continue
		}
		length := b.item(r.Type, r.Risk)
		if length == 0 {
			l.Addf(fmt.Sprintf("releases[%d]", i), "no item rule says how long the board takes for a %s change with risk %d", or(r.Type, "untyped"), r.Risk)
			continue
		}
		stage := schedule.Stage{ID: b.ID, Name: or(b.Name, b.ID), Kind: schedule.StageApproval, Duration: length, Calendar: id,
			Demands: []schedule.Demand{{Resource: id, Amount: 1}}}
		if !r.Submitted.IsZero() {
			k := slices.IndexFunc(meetings, func(m Meeting) bool { return g.Takes(&m, r.Submitted) })
			if k < 0 {
				l.Addf(fmt.Sprintf("releases[%d].submitted", i), "no meeting of board %s in the horizon takes what is submitted on %s", b.ID, r.Submitted.Format(time.RFC3339))
				continue
			}
			stage.NotBefore = meetings[k].During.Start
		}
		if err := seat(r, stage); err != nil {
			l.Addf(fmt.Sprintf("releases[%d].stages", i), "%v", err)
		}
	}
	if err := l.Err(); err != nil {
		return nil, fmt.Errorf("lifecycle: %w", err)
	}
	return &out, nil
}

// seat puts the stage of a board before the first stages that deliver.
func seat(r *schedule.Release, stage schedule.Stage) error {
	r.Stages = slices.Clone(r.Stages)
	for k := range r.Stages {
		if s := &r.Stages[k]; s.ID == stage.ID {
			if s.Kind != schedule.StageApproval {
				return fmt.Errorf("the stage %q is there and is no approval", s.ID)
			}
			s.Duration, s.Calendar, s.Parts, s.Modes = stage.Duration, stage.Calendar, nil, nil
			s.Demands = append(slices.Clone(s.Demands), stage.Demands...)
			if stage.NotBefore.After(s.NotBefore) {
				s.NotBefore = stage.NotBefore
			}
			return nil
		}
	}
	// All stages say what they follow, so that one more changes nothing for the others.
	index := map[string]int{}
	for k := range r.Stages {
		index[r.Stages[k].ID] = k
		if r.Stages[k].After == nil {
			r.Stages[k].After = []string{}
			if k > 0 {
				r.Stages[k].After = []string{r.Stages[k-1].ID}
			}
		}
	}
	// after says whether a stage follows one that delivers, at any distance.
	memo := map[int]bool{}
	var after func(k, depth int) (bool, error)
	after = func(k, depth int) (bool, error) {
		if v, ok := memo[k]; ok {
			return v, nil
		}
		if depth > len(r.Stages) {
			return false, errors.New("the stages follow each other in a circle")
		}
		for _, id := range r.Stages[k].After {
			j, ok := index[id]
			if !ok {
				return false, fmt.Errorf("the stage %q follows %q, which is not there", r.Stages[k].ID, id)
			}
			yes := r.Stages[j].Kind.Delivers()
			if !yes {
				var err error
				if yes, err = after(j, depth+1); err != nil {
					return false, err
				}
			}
			if yes {
				memo[k] = true
				return true, nil
			}
		}
		memo[k] = false
		return false, nil
	}
	stage.After = []string{}
	for k := range r.Stages {
		s := &r.Stages[k]
		later, err := after(k, 0)
		if err != nil {
			return err
		}
		if !s.Kind.Delivers() || later {
			continue
		}
		for _, id := range s.After {
			if !slices.Contains(stage.After, id) {
				stage.After = append(stage.After, id)
			}
		}
		s.After = append(slices.Clone(s.After), stage.ID)
	}
	r.Stages = append(r.Stages, stage)
	return nil
}
