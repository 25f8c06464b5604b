package outcome

import (
	"fmt"
	"io"
	"reflect"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/document"
	"github.com/slackwater-go/slackwater/internal/validate"
	"github.com/slackwater-go/slackwater/schedule"
)

// Version is the version of the JSON form of [History].
const Version = 1

// maxDocument bounds the size of a document.
const maxDocument = 128 << 20

// ErrInvalid matches, through errors.Is, every fault of a history.
var ErrInvalid = validate.ErrInvalid

// A ValidationError is one fault at one place.
type ValidationError = validate.Error

// A History is what happened in a period.
type History struct {
	Version     int                `json:"version"` // 1; 0 counts as 1
	Name        string             `json:"name,omitempty"`
	Zone        string             `json:"zone,omitempty"` // IANA zone whose days and weeks count; default UTC
	Period      calendar.Interval  `json:"period"`
	Deployments []Deployment       `json:"deployments"`      // each started in the period
	Windows     calendar.Intervals `json:"windows,omitzero"` // when work was allowed; empty: not known
	Freezes     calendar.Intervals `json:"freezes,omitzero"` // when work was forbidden; empty: not known
}

// A Deployment is one change that reached production, with what is known of it. An
// empty field means that the source does not say.
type Deployment struct {
	ID        string            `json:"id"` // of the activity of a plan, where there is one
	Service   string            `json:"service,omitempty"`
	Team      string            `json:"team,omitempty"`
	Type      string            `json:"type,omitempty"` // change type, such as [schedule.Normal]
	Ready     time.Time         `json:"ready,omitzero"` // lead time counts from here: the commit, or the first sign of the version
	Planned   calendar.Interval `json:"planned,omitzero"`
	Start     time.Time         `json:"start"`
	End       time.Time         `json:"end,omitzero"`
	Result    Result            `json:"result,omitempty"`
	BackedOut *bool             `json:"backedOut,omitempty"` // taken back; nil: not known
	Restored  time.Time         `json:"restored,omitzero"`   // when service was whole again after it failed or was backed out
	Cause     Cause             `json:"cause,omitempty"`
	Reviewed  bool              `json:"reviewed,omitempty"` // its post-implementation review has been held
}

// A Result says how a deployment went.
type Result string

const (
	Successful Result = "successful"
	WithIssues Result = "successful-with-issues" // it did its work and left something to mend, without immediate intervention
	Failed     Result = "failed"                 // it needed immediate intervention: a hotfix, a roll-back, a patch
	Cancelled  Result = "cancelled"              // it did not take place: counted nowhere
)

// A Cause says why a deployment was made.
type Cause string

const (
	PlannedWork Cause = "planned"
	Incident    Cause = "incident" // unplanned, because of an incident in production: DORA's rework
)

// ReadHistory decodes and validates a JSON document of up to 128 MiB, strictly: all faults come
// together, each with line, column and path, and unknown fields are among them.
func ReadHistory(r io.Reader) (*History, error) {
	h := new(History)
	form := document.Form{MaxBytes: maxDocument, Plain: []reflect.Type{reflect.TypeFor[calendar.Interval]()}}
	if err := form.Read(r, h, h.Validate); err != nil {
		return nil, fmt.Errorf("outcome: %w", err)
	}
	return h, nil
}

// Validate reports all faults of the history, each with its path.
func (h *History) Validate() error {
	var l validate.List
	if h.Version != 0 && h.Version != Version {
		l.Addf("version", "is %d: this library reads version %d", h.Version, Version)
	}
	if h.Period.Empty() {
		l.Addf("period", "is missing or empty: say which time the records cover")
	}
	if _, err := h.zone(); err != nil {
		l.Addf("zone", "%q is no IANA zone known here", h.Zone)
	}
	seen := make(map[string]int, len(h.Deployments))
	for i := range h.Deployments {
		d, path := &h.Deployments[i], fmt.Sprintf("deployments[%d]", i)
		if k, ok := seen[d.ID]; ok {
			l.Addf(path+".id", "is also that of deployments[%d]: number them", k)
		}
		seen[d.ID] = i
		if d.ID == "" {
			l.Addf(path+".id", "is missing")
		}
		switch d.Result {
		case "", Successful, WithIssues, Failed, Cancelled:
		default:
			l.Addf(path+".result", "%q is no result", d.Result)
		}
		switch d.Cause {
		case "", PlannedWork, Incident:
		default:
			l.Addf(path+".cause", "%q is neither %q nor %q", d.Cause, PlannedWork, Incident)
		}
		if d.Result == Cancelled {
			continue
		}
		if d.Start.IsZero() || !h.Period.Empty() && !h.Period.Contains(d.Start) {
			l.Addf(path+".start", "must lie in the period")
		}
		if !d.End.IsZero() && d.End.Before(d.Start) {
			l.Addf(path+".end", "is before the start")
		}
		if !d.Ready.IsZero() && d.Ready.After(d.Start) {
			l.Addf(path+".ready", "is after the start")
		}
		if !d.Restored.IsZero() && d.Restored.Before(d.Start) {
			l.Addf(path+".restored", "is before the start")
		}
		if d.Planned.End.Before(d.Planned.Start) {
			l.Addf(path+".planned", "ends before it starts")
		}
	}
	if err := l.Err(); err != nil {
		return fmt.Errorf("outcome: %w", err)
	}
	return nil
}

func (h *History) zone() (*time.Location, error) {
	if h.Zone == "" {
		return time.UTC, nil
	}
	return time.LoadLocation(h.Zone)
}

// Join notes what a plan had for the deployments that are activities of it, and returns
// those activities of the plan, in its order, that no deployment is for.
func (h *History) Join(plan *schedule.Plan) (missing []string) {
	at := make(map[string]int, len(h.Deployments))
	for i := range h.Deployments {
		at[h.Deployments[i].ID] = i
	}
	for _, a := range plan.Assignments {
		if i, ok := at[a.Activity]; ok {
			h.Deployments[i].Planned = a.Interval()
		} else {
			missing = append(missing, a.Activity)
		}
	}
	return missing
}
