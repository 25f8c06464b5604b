package lifecycle

// A State is where a change or a release stands in its life.
type State string

// States of changes; the terms are those of ITIL.
const (
	Draft        State = "draft"
	Detected     State = "detected" // found in place without authorisation
	Assessment   State = "assessment"
	Approval     State = "approval" // its panels decide
	Authorised   State = "authorised"
	Scheduled    State = "scheduled"
	Implementing State = "implementing"
	Reviewing    State = "review"
	Closed       State = "closed"
	Rejected     State = "rejected"
	Cancelled    State = "cancelled"
)

// States of releases, besides review, closed and cancelled.
const (
	Planning  State = "plan"
	Building  State = "build"
	Testing   State = "test"
	Deploying State = "deploy"
)

// A Verb is what somebody does to a change or a release.
type Verb string

// Verbs on changes. Hold, Resume, Cancel and Close are verbs on releases too.
const (
	Open      Verb = "open" // its first entry; in no table
	Submit    Verb = "submit"
	Assess    Verb = "assess"
	Authorise Verb = "authorise"
	Reject    Verb = "reject"
	Revise    Verb = "revise"
	Void      Verb = "void" // what was approved has changed; [Governance.Edit] does it
	Schedule  Verb = "schedule"
	Announce  Verb = "announce"
	Implement Verb = "implement"
	Complete  Verb = "complete"
	BackOut   Verb = "back-out"
	Ratify    Verb = "ratify" // accept after the fact what nobody had authorised
	Close     Verb = "close"
	Cancel    Verb = "cancel"
	Hold      Verb = "hold"
	Resume    Verb = "resume"
)

// Verbs on releases.
const (
	Build  Verb = "build"
	Test   Verb = "test"
	Rework Verb = "rework"
	Deploy Verb = "deploy"
	Review Verb = "review"
)

// A Guard is a condition of a step.
type Guard string

// Guards of every step; no table lists them.
const (
	GuardStep   Guard = "step"   // the model has such a step from this state
	GuardActor  Guard = "actor"  // it says who acts
	GuardOrder  Guard = "order"  // it does not lie before the entry before it
	GuardHold   Guard = "hold"   // what is on hold is only resumed or cancelled
	GuardReason Guard = "reason" // rejecting, cancelling, holding, backing out, voiding, revising and reworking say why
)

// Guards of some steps, as the models say.
const (
	GuardTerms       Guard = "terms"       // it says what it touches, how it is done and how it is backed out
	GuardJustified   Guard = "justified"   // it says why it does not go the normal way
	GuardPreApproved Guard = "preapproved" // a template that is in force covers it
	GuardApproved    Guard = "approved"    // every panel that it needs has approved, and the approvals are in force
	GuardPlanned     Guard = "planned"     // it has a time, inside the window of its terms
	GuardLead        Guard = "lead-time"   // enough business days between submission and start
	GuardNotice      Guard = "notice"      // enough business days between announcement and start
	GuardOpen        Guard = "open"        // no window keeps it from running at that time
	GuardInTime      Guard = "in-time"     // it begins inside its planned time
	GuardSegregated  Guard = "segregated"  // who carries it out has not approved it
	GuardDuties      Guard = "duties"      // the duties that must come first are done
)

// Guards of some steps of releases, about the changes that it carries.
const (
	GuardChangesReady  Guard = "changes-ready"  // all that are not dropped are scheduled or further
	GuardChangesDone   Guard = "changes-done"   // none is still to be carried out
	GuardChangesClosed Guard = "changes-closed" // all are closed, rejected or cancelled
)

// A Step is one legal transition.
type Step struct {
	From   State   `json:"from"`
	Verb   Verb    `json:"verb"`
	To     State   `json:"to"`
	Guards []Guard `json:"guards,omitempty"`
}

// A Model is the table of the legal transitions of one change type, or of releases.
type Model struct {
	Of      string `json:"of"` // a change type, or "release"
	Initial State  `json:"initial"`
	Steps   []Step `json:"steps"`
	// Holds lists the states in which it may be put on hold, Decides those in which
	// panels decide, Edits those in which its terms may change.
	Holds   []State `json:"holds,omitempty"`
	Decides []State `json:"decides,omitempty"`
	Edits   []State `json:"edits,omitempty"`
}

// Step returns the step that a verb takes from a state.
func (m *Model) Step(from State, v Verb) (Step, bool) {
	for _, s := range m.Steps {
		if s.From == from && s.Verb == v {
			return s, true
		}
	}
	return Step{}, false
}

// Final says whether no step leads out of a state.
func (m *Model) Final(s State) bool {
	for _, x := range m.Steps {
		if x.From == s && x.To != s {
			return false
		}
	}
	return true
}
