package cp

// A Var is an integer variable or, with its lowest bit set, the negation of one.
type Var int32

// Neg returns the negation of v.
func (v Var) Neg() Var { return v ^ 1 }

// An Atom is the fact Var >= Bound.
type Atom struct {
	Bound int64
	Var   Var
}

// AtLeast is the fact v >= b.
func AtLeast(v Var, b int64) Atom { return Atom{b, v} }

// AtMost is the fact v <= b.
func AtMost(v Var, b int64) Atom { return Atom{-b, v ^ 1} }

// Not is the negation of a, also a fact.
func (a Atom) Not() Atom { return Atom{1 - a.Bound, a.Var ^ 1} }

// A Source names the constraint that an inference comes from. What the number means
// is agreed between who posts rules and who reads the inferences.
type Source uint32

// A Rule names a filtering algorithm, for proofs and for switching it off.
type Rule uint8

// Rules.
const (
	RuleNone        Rule = iota
	RuleLag              // a lag, or one order of a pair
	RuleOrder            // an order that a pair's windows exclude
	RuleCycle            // lags that form a cycle of positive length
	RuleTimeTable        // compulsory parts against the capacity
	RuleEnergy           // energy of a window against the capacity
	RuleEdge             // edge-finding over energy and time-table
	RuleDisjunctive      // tasks that must not overlap
	RuleMode             // modes, starts and ends of one task
	RuleBudget           // use against the limit of a budget
	RuleGroup            // members out of a redundancy group
	RuleSameSpan         // tasks that share a span
	RuleClause           // a given clause: links, exactly one mode
	RuleCost             // the cost of one task
	RuleSum              // a sum of costs
	RuleReject           // a complete assignment that a check refused
	RuleFlow             // convex costs of points in time against lags and orders
	RuleBound            // a bound of the objective: assumed, not inferred
)

// A Cause is where an inference comes from: a constraint, a rule, and where the rule looked,
// as it says by itself. Seen belongs to the store.
type Cause struct {
	Source Source
	Rule   Rule
	Seen   []Atom
}

// A Reason says why an entry of the trail holds: the kind in the low bits, and a
// payload that the kind's explainer understands.
type Reason uint32

const (
	kindBits = 3

	// Decided is the reason of decisions: there is none.
	Decided Reason = 0

	kindPremises = 1
	firstKind    = 2 // the kinds from here on are given out by Register
)

// IsDecision says whether the entry was decided, not inferred.
func (r Reason) IsDecision() bool { return r&(1<<kindBits-1) == 0 }

// Kind is the number that Register gave to the explainer of r.
func (r Reason) Kind() Reason { return r & (1<<kindBits - 1) }

// Payload is what the explainer gave to Tag.
func (r Reason) Payload() uint32 { return uint32(r >> kindBits) }

// Tag makes a lazy reason of an explainer's kind.
func Tag(kind Reason, payload uint32) Reason { return Reason(payload)<<kindBits | kind }

// An Entry of the trail is a fact, with what the bound was before.
type Entry struct {
	Bound int64
	Var   Var
	Prev  int32 // the entry of Var before this one, -1 for entries of the root
	Why   Reason
	Level int32
}

// An Explainer turns its own lazy reasons into premises.
type Explainer interface {
	// Explain appends the premises of implied, which the entry with this payload
	// implies. The state is that of just before the entry or any earlier one at
	// which the premises hold.
	Explain(dst []Atom, payload uint32, implied Atom) []Atom
	// Origin names the source and the rule of the payload.
	Origin(payload uint32) (Source, Rule)
}

// A Sink hears every inference that analysis uses, when it is used: a proof writer,
// or a checker. A conflict has no implied fact: Var is -1.
type Sink interface {
	Inference(why Cause, premises []Atom, implied Atom)
	Nogood(facts []Atom)
}
