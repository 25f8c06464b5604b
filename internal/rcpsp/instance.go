package rcpsp

import "iter"

type (
	// TaskID is an index into Instance.Tasks.
	TaskID int32
	// ResourceID is an index into Instance.Resources.
	ResourceID int32
	// Time is a number of ticks after the start of the horizon.
	Time int64
)

// Limit bounds every number of an instance.
const Limit = 1 << 50

// An Instance is read-only once built, and safe for concurrent use.
type Instance struct {
	Horizon   Time // every present task ends at or before it
	Tasks     []Task
	Lags      []Lag
	Resources []Resource
	NoOverlap [][]TaskID // sets of which no two present tasks overlap
	Groups    []Group
	Budgets   []Budget
	SameSpan  []SameSpan
	Links     []Link
	Goals     []Goal
}

// A Task is carried out once, in one of its modes, or, if Optional, left out.
type Task struct {
	Modes    []Mode // at least one
	Optional bool
}

// A Mode is one way to carry out a task.
type Mode struct {
	Duration Time    // ticks of work
	Starts   []Range // allowed starts: sorted, disjoint, not adjacent; empty: the mode is impossible
	// Work, if not nil, is the working time during which the mode advances:
	// sorted, disjoint, not adjacent. It pauses in between, and its end is the
	// first instant by which Duration ticks of working time have passed. Nil: it
	// runs without a break.
	Work []Span
	// Hold keeps the demands during pauses; without it they are given back while
	// the task pauses. It has no meaning where Work is nil.
	Hold    bool
	Demands []Demand // by Resource, each at most once
}

type (
	// A Range of start times is inclusive at both ends.
	Range struct{ Lo, Hi Time }

	// A Span of time is half-open.
	Span struct{ Lo, Hi Time }

	// A Demand is what a mode takes of a renewable resource while it runs.
	Demand struct {
		Resource ResourceID
		Amount   int64 // positive
	}

	// A Step is the value from From on, until the next step.
	Step struct {
		From  Time
		Value int64
	}
)

// A Resource is renewable: what a task takes it gives back at its end.
type Resource struct {
	// Capacity over time: sorted by From, the first at 0; never negative.
	Capacity []Step
}

// A Lag keeps t(To) - t(From) >= Min when both are present, where t is the start,
// or the end if so marked. All four precedence types are lags; a maximal lag is a
// lag the other way with a negative Min.
type Lag struct {
	From, To       TaskID
	FromEnd, ToEnd bool
	Min            Time
}

// A Group is a redundancy group: at each instant at most Allowed of its members
// may be out.
type Group struct {
	Members []Member
	// Allowed over time, which already accounts for what is down for other
	// reasons: sorted by From, the first at 0; never negative.
	Allowed []Step
	// A Defined group is no requirement itself; it only says when a member of
	// another group is out.
	Defined bool
}

// A Member of a group is out while at least one of its tasks occupies the instant,
// or while one of the groups in Groups has more members out than it allows.
type Member struct {
	Tasks  []TaskID
	Groups []int32 // indices into Instance.Groups, each smaller than the index of the group that holds the member
}

// A Budget limits what is used up in each period: a task counts in the period that
// holds its start. One period over the whole horizon makes it a non-renewable
// resource of the literature.
type Budget struct {
	Periods []Period // sorted, disjoint
	Uses    []Use
}

// A Period of a budget.
type Period struct {
	Span
	Limit int64
	Free  int64 // up to which use is free of cost, for Excess
}

// A Use is what a present task takes of a budget.
type Use struct {
	Task   TaskID
	Mode   int32 // index of the mode that uses it; -1: every mode
	Amount int64 // positive
}

// SameSpan keeps all present tasks of a set together: all start in one and the
// same span.
type SameSpan struct {
	Tasks []TaskID
	Spans []Span // sorted, disjoint
}

// A Link says that If may be present only where Then is present.
type Link struct{ If, Then TaskID }

// A GoalKind says how the terms of a goal combine.
type GoalKind uint8

const (
	Sum        GoalKind = iota + 1 // the sum of all terms
	Max                            // the largest term, at least 0
	MaxGroup                       // the largest sum of the terms of one Group, at least 0
	Peak                           // the largest use at one instant of the renewable resource Of
	PeakPeriod                     // the largest use in one period of the budget Of
	Excess                         // the sum over the periods of the budget Of of what is used beyond Free
)

// A Goal is one part of the objective, which is minimised tier by tier: the value of
// a tier is the sum of Weight times value over its goals, and a lower tier is
// settled before a higher one is looked at.
type Goal struct {
	Kind   GoalKind
	Tier   int // tiers are 0, 1, 2, ... without gaps
	Weight int64
	Terms  []Term // for Sum, Max, MaxGroup
	Of     int32  // for Peak: a ResourceID; for PeakPeriod and Excess: an index into Budgets
}

// A Term is a cost that depends on when one task starts or ends.
type Term struct {
	Task   TaskID
	Group  int32   // for MaxGroup
	OnEnd  bool    // Cost is a function of the end, not of the start
	Cost   []Piece // sorted by From; 0 before the first
	Absent int64   // the cost when the task is left out
}

// A Piece is a linear stretch: Value + Slope*(t-From) for t from From up to the next
// piece.
type Piece struct {
	From  Time
	Value int64
	Slope int64
}

// A ConstraintID names a constraint of an instance, for proofs and conflicts.
type ConstraintID struct {
	Kind  ConstraintKind
	Index int32
}

// A ConstraintKind says which list of an instance a ConstraintID points into.
type ConstraintKind uint8

const (
	KindTask      ConstraintKind = iota + 1 // Tasks[Index]: presence, mode domain, start domain, horizon
	KindLag                                 // Lags
	KindResource                            // Resources
	KindNoOverlap                           // NoOverlap
	KindGroup                               // Groups
	KindBudget                              // Budgets
	KindSameSpan                            // SameSpan
	KindLink                                // Links
	KindGoal                                // Goals
)

// Constraints walks all constraints of an instance in a fixed order: by kind, then index.
func (in *Instance) Constraints() iter.Seq[ConstraintID] {
	return func(yield func(ConstraintID) bool) {
		for _, l := range []struct {
			kind ConstraintKind
			n    int
		}{
			{KindTask, len(in.Tasks)}, {KindLag, len(in.Lags)}, {KindResource, len(in.Resources)},
			{KindNoOverlap, len(in.NoOverlap)}, {KindGroup, len(in.Groups)}, {KindBudget, len(in.Budgets)},
			{KindSameSpan, len(in.SameSpan)}, {KindLink, len(in.Links)}, {KindGoal, len(in.Goals)},
		} {
			for i := range l.n {
				if !yield(ConstraintID{l.kind, int32(i)}) {
					return
				}
			}
		}
	}
}

// Tiers returns the number of tiers.
func (in *Instance) Tiers() int {
	n := 0
	for i := range in.Goals {
		n = max(n, in.Goals[i].Tier+1)
	}
	return n
}
