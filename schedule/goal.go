package schedule

// A Goal is one term of the objective, which is minimised. Goals of a lower tier are
// settled before those of a higher one; within a tier the sum of Weight times value
// counts.
type Goal struct {
	Measure Measure `json:"measure"`
	Weight  int64   `json:"weight,omitempty"` // default 1
	Tier    int     `json:"tier,omitempty"`   // 0 or more; gaps are allowed
	Custom  string  `json:"custom,omitempty"` // ID of a [CustomRule], for [CustomCosts]
	Budget  string  `json:"budget,omitempty"` // ID, for [PeakPeriod] and [OverBudget]
}

// A Measure is a number that a plan has. Times count in seconds, and sums over
// activities multiply by Activity.Weight where it says so.
type Measure string

const (
	Unscheduled  Measure = "unscheduled"   // sum of the prices of what is left out
	Tardiness    Measure = "tardiness"     // sum of weight times the time from Due to the end, where that is later
	Moved        Measure = "moved"         // sum of the weights of the activities that do not start as preferred
	Shift        Measure = "shift"         // sum of weight times the time between the start and the preferred one
	LargestShift Measure = "largest-shift" // the largest time between a start and the preferred one
	StartCosts   Measure = "start-costs"   // sum of StartCost at the starts
	CustomCosts  Measure = "custom-costs"  // sum of what the Cost of a [CustomRule] says of the starts
	Fairness     Measure = "fairness"      // the largest sum of StartCost of one team
	ModePrice    Measure = "mode-price"    // sum of the prices of the modes
	PeakRisk     Measure = "peak-risk"     // the most risk points that run at one instant
	PeakPeriod   Measure = "peak-period"   // the most that is used of a budget in one period
	OverBudget   Measure = "over-budget"   // sum over the periods of a budget of what is used beyond the limit; for those that are soft
	Completion   Measure = "completion"    // sum of weight times the time from the start of the horizon to the end
	Makespan     Measure = "makespan"      // the time from the start of the horizon to the last end

	// For repair; they are of the activities that Options.Baseline places, whatever their weight.
	Dropped         Measure = "dropped"          // sum of the prices of those that are left out now
	NoticeMoves     Measure = "moves-in-notice"  // how many move though they start less than their notice from Options.Now
	VoidedApprovals Measure = "voided-approvals" // how many move though they are approved
	MoveCount       Measure = "moves"            // how many move, or are left out
	ShiftSum        Measure = "shift-sum"        // sum of the times between their starts, then and now
)

// DefaultGoals are those of a problem without goals: leave out as little as possible,
// be late as little as possible, then be done early.
func DefaultGoals() []Goal {
	return []Goal{
		{Measure: Unscheduled, Tier: 0},
		{Measure: Tardiness, Tier: 1},
		{Measure: Makespan, Tier: 2},
	}
}

// weight returns the goal's weight with its default.
func (g *Goal) weight() int64 {
	if g.Weight == 0 {
		return 1
	}
	return g.Weight
}
