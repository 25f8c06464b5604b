package cmdb

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// An Import makes a graph of dirty data. What can be mended is mended, and everything that was is
// in the report with its place: nothing is left out in silence. The readers of foreign formats
// are made of it.
//
//   - A relation that names a CI which no source describes keeps it as a CI of status unknown.
//   - A CI that comes twice is joined: the first source keeps what it said, the second fills gaps.
//   - A relation that comes twice, or relates a CI to itself, is dropped.
//   - Relation types may be spelled in any of the usual ways ("dependsOn", "Depends on",
//     "depends_on", "Depends on::Used by") or be the inverse of a known one. A type that is not known is kept
//     as one that carries no outage.
//   - A value out of range is taken for not stated; a CI or relation without an ID is dropped.
type Import struct {
	b        *Builder
	report   ImportReport
	alias    map[string]string
	file     string
	files    []string
	at       place
	places   []place // by relation
	spelled  map[string]meaning
	lastType string   // as plainRelation had it last,
	lastKind *meaning // and what it means
	unknown  map[string]bool
	dangles  map[string]bool
}

// meaning is the relation type that a spelling stands for.
type meaning struct {
	kind TypeRef
	swap bool
}

// place is a line of a file.
type place struct{ file, line int32 }

// ImportReport says what an import found. Findings are in the order of the input as far as that
// makes sense, a thousand at most.
type ImportReport struct {
	CIs       int             `json:"cis"`       // in the graph, including unknown ones
	Unknown   int             `json:"unknown"`   // of these, named by relations only
	Relations int             `json:"relations"` // in the graph
	Groups    int             `json:"groups"`
	Findings  []ImportFinding `json:"findings,omitempty"`
	Omitted   int             `json:"omitted,omitempty"` // findings beyond those
}

// An ImportFinding is one thing that was not as it should be.
type ImportFinding struct {
	Kind    FindingKind `json:"kind"`
	Where   string      `json:"where"`
	Problem string      `json:"problem"`
}

// FindingKind sorts what an import finds.
type FindingKind string

const (
	Dangling          FindingKind = "dangling"           // a CI that a relation names and nobody describes
	DuplicateCI       FindingKind = "duplicate-ci"       // joined
	DuplicateRelation FindingKind = "duplicate-relation" // dropped
	SelfLoop          FindingKind = "self-loop"          // dropped
	UnknownType       FindingKind = "unknown-type"       // kept, carries no outage
	BadValue          FindingKind = "bad-value"          // taken for not stated
	NotUnderstood     FindingKind = "not-understood"     // left out
)

// Count returns how many findings of a kind are listed.
func (r *ImportReport) Count(k FindingKind) int {
	n := 0
	for _, f := range r.Findings {
		if f.Kind == k {
			n++
		}
	}
	return n
}

// NewImport returns an empty import whose relation types are those of [DefaultRelationTypes] with
// types in addition or in their place.
func NewImport(types ...RelationType) *Import {
	im := &Import{b: NewBuilder(types...), alias: map[string]string{}, spelled: map[string]meaning{}, unknown: map[string]bool{}, dangles: map[string]bool{}}
	im.b.mend = im
	return im
}

// Alias makes spelling stand for the relation type, or inverse of one, named name.
func (im *Import) Alias(spelling, name string) { im.alias[spelling] = name }

// At says where in the source the next things stand, for the report.
func (im *Import) At(file string, line int) {
	if file != im.file || len(im.files) == 0 {
		im.file = file
		im.files = append(im.files, file)
	}
	im.at = place{int32(len(im.files) - 1), int32(min(max(line, 0), 1<<31-1))}
}

// Add adds a CI. One without an ID is dropped.
func (im *Import) Add(c CI) {
	if c.ID == "" || !utf8.ValidString(c.ID) {
		im.note(NotUnderstood, "", "a CI without a usable id (%q) is left out", shorten(c.ID))
		return
	}
	im.b.Add(c)
}

// AddRelation adds a relation. One that names nothing at an end is dropped.
func (im *Import) AddRelation(r Relation) {
	if r.From == "" || r.To == "" || !utf8.ValidString(r.From) || !utf8.ValidString(r.To) {
		im.note(NotUnderstood, "", "a relation %q from %q to %q is left out", shorten(r.Type), shorten(r.From), shorten(r.To))
		return
	}
	im.places = append(doubled(im.places), im.at)
	im.b.AddRelation(r)
}

// plainRelation adds a relation of which nothing else is said, between CIs that have come.
func (im *Import) plainRelation(p int32, kind []byte, q int32) {
	b := im.b
	if im.lastKind == nil || im.lastType != string(kind) {
		m := meaning{kind: b.Type(string(kind))}
		if m.kind < 0 {
			m = im.meaning(string(kind))
		}
		im.lastType, im.lastKind = string(kind), &m
	}
	if im.lastKind.swap {
		p, q = q, p
	}
	im.places = append(doubled(im.places), im.at)
	b.Relate(Ref(p), im.lastKind.kind, Ref(q))
}

// AddGroup adds a redundancy group, which must be right: groups decide what counts as safe, so
// nothing about them is guessed.
func (im *Import) AddGroup(gr Group) { im.b.AddGroup(gr) }

// Note records something of the source that has no place in the graph.
func (im *Import) Note(problem string) { im.note(NotUnderstood, "", "%s", problem) }

// Graph returns the graph and what was found. It fails where groups or relation types are wrong.
func (im *Import) Graph() (*Graph, *ImportReport, error) {
	g, err := im.b.Graph()
	if err != nil {
		return nil, &im.report, err
	}
	times := make([]int, len(g.types))
	for _, rel := range im.b.rels {
		times[rel.kind]++
	}
	for k, t := range g.types {
		if im.unknown[t.Name] {
			im.note(UnknownType, "relation types", "%q is not in the catalogue; its %d relation(s) carry no outage", shorten(t.Name), times[k])
		}
	}
	r := &im.report
	r.CIs, r.Groups = g.Len(), len(g.groups)
	for i := range int32(len(g.ids)) {
		if g.ci(i).Status == Unknown {
			r.Unknown++
		}
	}
	r.Relations = len(im.b.rels)
	return g, r, nil
}

func (im *Import) note(kind FindingKind, where, format string, args ...any) {
	if len(im.report.Findings) >= maxFaults {
		im.report.Omitted++
		return
	}
	if at := im.at.text(im.files); where == "" {
		where = at
	}
	im.report.Findings = append(im.report.Findings, ImportFinding{kind, where, fmt.Sprintf(format, args...)})
}

func (p place) text(files []string) string {
	if int(p.file) >= len(files) {
		return "input"
	}
	return fmt.Sprintf("%s:%d", files[p.file], p.line)
}

// line names the place of a relation.
func (im *Import) line(i int) string { return im.places[i].text(im.files) }

// move is told that relation i is now relation j.
func (im *Import) move(i, j int) { im.places[j] = im.places[i] }

// dangling is told, once a relation, of a CI that nobody described.
func (im *Import) dangling(i int, id string) {
	if !im.dangles[id] {
		im.dangles[id] = true
		im.note(Dangling, im.line(i), "%q is named and nowhere described; kept with status %q", shorten(id), Unknown)
	}
}

// repaired returns c without what was reported.
func (im *Import) repaired(c CI) CI {
	if c.Criticality < 0 || c.Criticality > 5 {
		c.Criticality = 0
	}
	if c.Confidence < 0 || c.Confidence > 100 {
		c.Confidence = 0
	}
	c.OutageAllowance = max(c.OutageAllowance, 0)
	switch c.Status {
	case "", Live, Planned, Retired, Unknown:
	default:
		c.Status = ""
	}
	return c
}

// joined fills the gaps of a CI with what a later record of it says.
func (im *Import) joined(old, more CI) CI {
	var differ []string
	fill := func(name string, a *string, b string) {
		if *a == "" {
			*a = b
		} else if b != "" && *a != b {
			differ = append(differ, name)
		}
	}
	fill("name", &old.Name, more.Name)
	fill("class", &old.Class, more.Class)
	fill("service", &old.Service, more.Service)
	fill("environment", &old.Environment, more.Environment)
	fill("location", &old.Location, more.Location)
	fill("zone", &old.Zone, more.Zone)
	fill("owner", &old.Owner, more.Owner)
	fill("status", (*string)(&old.Status), string(more.Status))
	fill("serviceHours", &old.ServiceHours, more.ServiceHours)
	fill("source", &old.Source, more.Source)
	if old.Criticality == 0 {
		old.Criticality = more.Criticality
	}
	if old.OutageAllowance == 0 {
		old.OutageAllowance = more.OutageAllowance
	}
	if old.Confidence == 0 {
		old.Confidence = more.Confidence
	}
	if more.LastSeen.After(old.LastSeen) {
		old.LastSeen = more.LastSeen
	}
	if len(more.Attributes) > 0 {
		all := maps.Clone(more.Attributes)
		for _, k := range slices.Sorted(maps.Keys(old.Attributes)) {
			if v, ok := all[k]; ok && v != old.Attributes[k] {
				differ = append(differ, "attributes."+k)
			}
			all[k] = old.Attributes[k]
		}
		old.Attributes = all
	}
	if len(differ) == 0 {
		im.note(DuplicateCI, "", "%q comes again and is joined", shorten(old.ID))
	} else {
		im.note(DuplicateCI, "", "%q comes again and is joined; the first word stands for %s", shorten(old.ID), strings.Join(differ, ", "))
	}
	return old
}

// kindOf finds the relation type that r means, and turns r round where it states the inverse. A
// type that it does not know becomes one that carries no outage.
func (im *Import) kindOf(r Relation) (TypeRef, Relation) {
	m := im.meaning(r.Type)
	if m.swap {
		r.From, r.To = r.To, r.From
	}
	return m.kind, r
}

func (im *Import) meaning(spelling string) meaning {
	m, ok := im.spelled[spelling]
	if !ok {
		m = im.understand(spelling)
		im.spelled[spelling] = m
	}
	return m
}

func (im *Import) understand(spelling string) meaning {
	b := im.b
	if name, ok := im.alias[spelling]; ok {
		spelling = name
	}
	first, _, _ := strings.Cut(spelling, "::")
	for _, name := range [...]string{spelling, first, kebab(first)} {
		if k, ok := b.kinds[name]; ok {
			return meaning{k, false}
		}
		for k, t := range b.types {
			if t.Inverse == name && name != "" {
				return meaning{TypeRef(k), true}
			}
		}
	}
	if !utf8.ValidString(spelling) || spelling == "" {
		spelling = "unknown"
	}
	im.unknown[spelling] = true
	if k, ok := b.kinds[spelling]; ok {
		return meaning{k, false}
	}
	k := TypeRef(len(b.types))
	b.types = append(b.types, RelationType{Name: spelling, Impact: NoImpact})
	b.kinds[spelling] = k
	return meaning{k, false}
}

// kebab turns "dependsOn", "depends_on" and "Depends on" into "depends-on".
func kebab(s string) string {
	var b strings.Builder
	lower := false
	for _, r := range s {
		switch {
		case unicode.IsUpper(r):
			if lower {
				b.WriteByte('-')
			}
			b.WriteRune(unicode.ToLower(r))
			lower = false
		case r == '_' || r == ' ' || r == '-':
			b.WriteByte('-')
			lower = false
		default:
			b.WriteRune(r)
			lower = true
		}
	}
	return b.String()
}
