package cmdb

// Direction says which way an outage travels along a relation "From Type To".
type Direction string

const (
	ToFrom   Direction = "to-from" // From fails when To fails: From depends on To
	FromTo   Direction = "from-to" // To fails when From fails: To depends on From
	BothWays Direction = "both"    // either fails with the other
	NoImpact Direction = "none"    // neither; the relation is kept, and no outage travels it
)

// A RelationType is a kind of relation. Types are data: a snapshot brings its own.
type RelationType struct {
	Name    string    `json:"name"`              // read "From Name To"
	Inverse string    `json:"inverse,omitempty"` // read "To Inverse From"
	Impact  Direction `json:"impact"`

	// Weight is the percentage of an outage that crosses, 1 to 100; 0 means 100. It scales
	// [Hit.Strength] and decides nothing else.
	Weight int `json:"weight,omitempty"`

	// Depth, where positive, stops an outage: it crosses a relation of this type only as one of
	// the first Depth steps from where it began. With Depth 1 a "connects-to" reaches the direct
	// neighbours and goes no further.
	Depth int `json:"depth,omitempty"`
}

// Names of the relation types in [DefaultRelationTypes].
const (
	DependsOn    = "depends-on"
	RunsOn       = "runs-on"
	HostedOn     = "hosted-on"
	PartOf       = "part-of"
	MemberOf     = "member-of"
	ConnectsTo   = "connects-to"
	ProvidesAPI  = "provides-api"
	ConsumesAPI  = "consumes-api"
	Calls        = "calls"
	PoweredBy    = "powered-by"
	LocatedIn    = "located-in"
	BacksUp      = "backs-up"
	ReplicatesTo = "replicates-to"
	OwnedBy      = "owned-by"
	ManagedBy    = "managed-by"
)

// DefaultRelationTypes returns the catalogue that every snapshot starts from, in order of name.
// The slice is the caller's.
func DefaultRelationTypes() []RelationType {
	return []RelationType{
		{Name: BacksUp, Inverse: "backed-up-by", Impact: NoImpact},
		{Name: Calls, Inverse: "called-by", Impact: ToFrom},
		{Name: ConnectsTo, Inverse: ConnectsTo, Impact: BothWays, Depth: 1},
		{Name: ConsumesAPI, Inverse: "api-consumed-by", Impact: ToFrom},
		{Name: DependsOn, Inverse: "used-by", Impact: ToFrom},
		{Name: HostedOn, Inverse: "hosts", Impact: ToFrom},
		{Name: LocatedIn, Inverse: "location-of", Impact: ToFrom},
		{Name: ManagedBy, Inverse: "manages", Impact: NoImpact},
		{Name: MemberOf, Inverse: "has-member", Impact: FromTo},
		{Name: OwnedBy, Inverse: "owns", Impact: NoImpact},
		{Name: PartOf, Inverse: "has-part", Impact: FromTo},
		{Name: PoweredBy, Inverse: "powers", Impact: ToFrom},
		{Name: ProvidesAPI, Inverse: "api-provided-by", Impact: FromTo},
		{Name: ReplicatesTo, Inverse: "replica-of", Impact: NoImpact},
		{Name: RunsOn, Inverse: "runs", Impact: ToFrom},
	}
}
