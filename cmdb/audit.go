package cmdb

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// AuditRules say what a good CMDB looks like. The zero rules ask for what every CMDB needs and
// know no classes, and no time, so that nothing is stale.
type AuditRules struct {
	Now           time.Time // when the audit is made; zero means that age is not checked
	StaleAfter    Duration  // a record not seen for so long is stale; 0 means 60 days
	MinConfidence int       // percent; what states less confidence is found; 0 means nothing is

	Classes   []ClassRule   // by class; empty means that classes are not checked
	Relations []AllowedPair // which classes a relation type may join; a type without any may join all
	Unique    []string      // fields that no two live CIs may share: "attributes.serial"
	Protected []string      // environments that must not depend on others; empty means "production"
	Templates []Template    // values that must be as stated
	Certified string        // field with the date of the last certification; empty means none is asked for
	CertifyBy Duration      // which must not be longer ago than this

	Open    []Work        // changes that are not yet done: R5, G5
	Changes []Discrepancy // what [Reconcile] found; nil means that it was not asked: A3
}

// A ClassRule is the schema of a class. A class has the rules of its parents too.
type ClassRule struct {
	Class       string
	Parent      string
	Required    []string            // fields: "owner", "attributes.serial"
	Recommended []string            // fields
	Identifiers [][]string          // fields that identify a CI, the best rule first; C6 and R3
	Attributes  []string            // attributes that it may have; empty means any
	Values      map[string][]string // values that a field may have
	StaleAfter  Duration            // in place of that of the rules
	Relations   []string            // types of which it must have at least one relation each, either way
	SingleHost  bool                // runs on, or is hosted on, one CI at most
	Optional    bool                // may stand without any relation
}

// An AllowedPair says that a relation type may join From to To, classes or their parents.
type AllowedPair struct {
	Type, From, To string
	Max            int // relations of the type from one CI at most; 0 means no limit
}

// A Template says which value a field must have.
type Template struct {
	Class string // or a parent of it; empty means all
	Field string
	Value string
}

// Severity says whether a finding makes answers wrong or just worse.
type Severity string

const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// A Finding is one thing that an audit found. Check is one of:
//
// Completeness: C1 required field missing; C2 recommended field missing; C3 no owner; C4 no
// criticality; C5 neither location nor environment; C6 no identifying fields; C7 service that
// relies on nothing; C8 class without rules.
//
// Correctness: R1 orphan; R2 stale; R3 duplicate by identity; R4 name of nothing; R5 retired with
// live relations or an open change; R6 retired, yet in use or seen; R7 impossible date; R8 value that must be unique;
// R9 nearly the same name; R10 unknown attribute; R11 value not allowed; R12 low confidence.
//
// Relations: L1 an end is missing; L2 stated twice; L3 stale, or an end is; L4 self-loop; L5 types of CI that
// it may not join; L6 wrong way round; L7 circle of containment or hosting (error) or of dependencies
// (warning); L8 two hosts; L9 too many; L10 stated both ways; L11 protected environment depends on
// another; L12 depends on a CI of lower criticality; L13 low confidence; L14 unknown type.
//
// Redundancy: G1 needs more members than it has; G2 needs none; G3 member repeated, or alone; G4 members
// share a single point; G5 too few members are live, or would be during an open change; G6 nothing depends on it.
//
// Compliance: A1 value differs from the template; A2 certification overdue; A3 unauthorised change.
type Finding struct {
	Check    string   `json:"check"`
	Severity Severity `json:"severity"`
	Path     string   `json:"path"`            // in the snapshot: "cis[3]"
	CIs      []string `json:"cis,omitempty"`   // the CIs concerned, the one to mend first
	Group    string   `json:"group,omitempty"` // or the group
	Problem  string   `json:"problem"`
}

// A Report is the outcome of an audit.
type Report struct {
	Findings  []Finding `json:"findings"`            // by check, then by path as the snapshot has it
	Omitted   int       `json:"omitted,omitempty"`   // findings beyond the 100,000 listed
	Scores    []Score   `json:"scores"`              // the whole, then by class, owner, service
	Offenders []Offense `json:"offenders,omitempty"` // the CIs with most errors and warnings, ten at most
}

// A Score is the share of tests passed in percent, or -1 where nothing was tested.
type Score struct {
	By           string `json:"by"` // "all", "class", "owner" or "service"
	Name         string `json:"name"`
	CIs          int    `json:"cis"`
	Completeness int    `json:"completeness"` // required fields count 60 %, recommended ones 40 %
	Correctness  int    `json:"correctness"`
	Compliance   int    `json:"compliance"`
}

// An Offense is a CI with how often it was found.
type Offense struct {
	CI       string `json:"ci"`
	Errors   int    `json:"errors"`
	Warnings int    `json:"warnings"`
}

const maxFindings = 100_000

// auditor makes one audit.
type auditor struct {
	s        *Snapshot
	rules    *AuditRules
	classes  map[string]*ClassRule
	at       map[string]int // first CI of an ID
	degree   []int          // relations of each CI that name it
	stale    []bool
	has      map[[2]string]bool // CI and type of relation; made when first asked for
	out      []Finding
	omitted  int
	tests    []tested // by CI
	errors   []int
	warnings []int
	types    map[string]RelationType
	inverse  map[string]string
	open     map[string][]string      // by CI: the changes that are not yet done
	changed  map[string][]Discrepancy // by CI: those unauthorised
}

// tested counts tests of a CI: required, recommended, correctness, compliance.
type tested struct{ made, passed [4]int }

// Audit checks a snapshot, which may be as dirty as it likes, and scores it. Of several CIs or
// relations that clash, all but the first in the list are found.
//
// Cost: about linear; names are compared only where they begin or end alike.
func Audit(s Snapshot, rules AuditRules) Report {
	a := auditor{s: &s, rules: &rules, classes: map[string]*ClassRule{}, at: map[string]int{}, types: map[string]RelationType{}, inverse: map[string]string{}}
	n := len(s.CIs)
	a.degree, a.stale, a.tests, a.errors, a.warnings = make([]int, n), make([]bool, n), make([]tested, n), make([]int, n), make([]int, n)
	for i := range rules.Classes {
		a.classes[rules.Classes[i].Class] = &rules.Classes[i]
	}
	for _, t := range mergeTypes(s.RelationTypes) {
		a.types[t.Name] = t
		a.inverse[t.Inverse] = t.Name
	}
	for i := range s.CIs {
		if _, ok := a.at[s.CIs[i].ID]; !ok {
			a.at[s.CIs[i].ID] = i
		}
	}
	for _, r := range s.Relations {
		for _, end := range [...]string{r.From, r.To} {
			if i, ok := a.at[end]; ok {
				a.degree[i]++
			}
		}
	}
	a.open, a.changed = map[string][]string{}, map[string][]Discrepancy{}
	for _, w := range rules.Open {
		for _, ci := range unique(w.CIs) {
			a.open[ci] = append(a.open[ci], w.ID)
		}
	}
	for _, d := range rules.Changes {
		if d.Kind == Unauthorised {
			a.changed[d.CI] = append(a.changed[d.CI], d)
		}
	}
	for i := range s.CIs {
		a.completeness(i)
		a.correctness(i)
		a.compliance(i)
	}
	a.identities()
	a.names()
	a.relations()
	a.circles()
	a.groups()
	slices.SortStableFunc(a.out, func(x, y Finding) int { return cmp.Compare(checkRank(x.Check), checkRank(y.Check)) })
	rep := Report{Findings: a.out, Omitted: a.omitted, Scores: a.scores(), Offenders: a.offenders()}
	if rep.Findings == nil {
		rep.Findings = []Finding{}
	}
	return rep
}

func checkRank(id string) int {
	n := 0
	for _, c := range id[1:] {
		n = 10*n + int(c-'0')
	}
	return slices.Index([]byte("CRLGA"), id[0])*100 + n
}

// found records a finding against CIs by position.
func (a *auditor) found(check string, sev Severity, at string, cis []int, group, format string, args ...any) {
	for _, i := range cis {
		if sev == Error {
			a.errors[i]++
		} else {
			a.warnings[i]++
		}
	}
	if len(a.out) == maxFindings {
		a.omitted++
		return
	}
	f := Finding{Check: check, Severity: sev, Path: at, Group: group, Problem: fmt.Sprintf(format, args...)}
	for _, i := range cis {
		f.CIs = append(f.CIs, a.s.CIs[i].ID)
	}
	a.out = append(a.out, f)
}

// test counts a test of a CI and records a finding where it fails.
func (a *auditor) test(kind, i int, ok bool, check string, sev Severity, format string, args ...any) {
	a.tests[i].made[kind]++
	if ok {
		a.tests[i].passed[kind]++
		return
	}
	a.found(check, sev, path("cis", i), []int{i}, "", format, args...)
}

const (
	required = iota
	recommended
	correct
	compliant
)

// lineage calls f with the rule of a class and of its parents.
func (a *auditor) lineage(class string, f func(*ClassRule)) {
	for range len(a.classes) + 1 { // a circle of parents ends too
		c, ok := a.classes[class]
		if !ok {
			return
		}
		f(c)
		class = c.Parent
	}
}

// is reports whether a class is another or has it among its parents.
func (a *auditor) is(class, of string) bool {
	yes := class == of || of == ""
	a.lineage(class, func(c *ClassRule) { yes = yes || c.Class == of || c.Parent == of })
	return yes
}

// field returns a field of a CI by name.
func field(c *CI, name string) string {
	switch name {
	case "id":
		return c.ID
	case "name":
		return c.Name
	case "class":
		return c.Class
	case "service":
		return c.Service
	case "environment":
		return c.Environment
	case "location":
		return c.Location
	case "zone":
		return c.Zone
	case "owner":
		return c.Owner
	case "status":
		return string(c.Status)
	case "serviceHours":
		return c.ServiceHours
	case "source":
		return c.Source
	case "criticality":
		if c.Criticality > 0 {
			return fmt.Sprint(c.Criticality)
		}
		return ""
	case "outageAllowance":
		if c.OutageAllowance > 0 {
			return c.OutageAllowance.String()
		}
		return ""
	}
	const prefix = "attributes."
	if len(name) > len(prefix) && name[:len(prefix)] == prefix {
		return c.Attributes[name[len(prefix):]]
	}
	return ""
}
