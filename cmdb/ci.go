package cmdb

import "time"

// A CI is a configuration item: a service, an application, a database, a host, a switch.
// Only ID is required. Empty fields are unknown, and [Audit] can say which of them are missing.
type CI struct {
	ID          string `json:"id"`
	Name        string `json:"name,omitempty"`
	Class       string `json:"class,omitempty"`       // "service", "database", "host", ...
	Service     string `json:"service,omitempty"`     // the service it belongs to, any name
	Environment string `json:"environment,omitempty"` // "production", "test", ...
	Location    string `json:"location,omitempty"`    // where it stands: site, room, rack
	Zone        string `json:"zone,omitempty"`        // failure zone: what fails together
	Owner       string `json:"owner,omitempty"`       // team or person that answers for it
	Criticality int    `json:"criticality,omitempty"` // 0 (none stated) to 5 (vital)
	Status      Status `json:"status,omitempty"`      // empty means live

	ServiceHours    string   `json:"serviceHours,omitempty"`    // name of a calendar of the user's; empty means always
	OutageAllowance Duration `json:"outageAllowance,omitempty"` // outage that the service level agreement allows in its period

	Attributes map[string]string `json:"attributes,omitempty"`

	Source     string    `json:"source,omitempty"`     // which feed reported it
	Confidence int       `json:"confidence,omitempty"` // percent that the record is right, 1 to 100; 0 means not stated
	LastSeen   time.Time `json:"lastSeen,omitzero"`    // when a source last confirmed it
}

// Status says where a CI stands in its life.
type Status string

const (
	Live    Status = "live"
	Planned Status = "planned"
	Retired Status = "retired"
	Unknown Status = "unknown" // named by a relation that was imported, described by no source
)

// A Relation says "From Type To": {web-1 runs-on host-7}.
// The [RelationType] of that name says which end fails with the other.
type Relation struct {
	From string `json:"from"`
	Type string `json:"type"`
	To   string `json:"to"`

	Source     string    `json:"source,omitempty"`     // which feed reported it
	Confidence int       `json:"confidence,omitempty"` // percent that it is right, 1 to 100; 0 means not stated
	LastSeen   time.Time `json:"lastSeen,omitzero"`    // when a source last confirmed it, kept to the second
}

// A Snapshot is the JSON form of a graph. It is plain data and may be wrong in any way;
// [New] accepts only what is consistent, [Audit] says what is not.
type Snapshot struct {
	Version       int            `json:"version"` // 1
	CIs           []CI           `json:"cis"`
	RelationTypes []RelationType `json:"relationTypes,omitempty"` // in addition to, or in place of, those of DefaultRelationTypes
	Relations     []Relation     `json:"relations"`
	Groups        []Group        `json:"groups,omitempty"`
}

// Version is the snapshot version that this package writes. It reads version 1 and no other.
const Version = 1
