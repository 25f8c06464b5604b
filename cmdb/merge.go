package cmdb

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// A Source is what one feed says.
type Source struct {
	Name     string
	Snapshot Snapshot
}

// MergeRules say when records of several sources are the same CI, and whose word counts. Every
// rule may name a class; empty means all classes.
type MergeRules struct {
	Identify   []IdentityRule // the best rule first; none means that equal IDs are the same CI
	Precedence []Precedence
	Refuse     []Refusal
	Now        time.Time // when the merge is made; zero means that no record is stale
	StaleAfter Duration  // a record not seen for so long yields to any that is fresh; 0 means never
}

// An IdentityRule says that records of a class are the same CI if they agree in all the fields,
// but for case, spaces and punctuation.
//
// What has no identity of its own is known by where it is: with Within, the records must also each have one
// relation of that type, From the record, and these must lead to the same CI. "The instance of that name that
// runs on that host" has Within "runs-on". Such records are identified after what they are within, to any depth.
type IdentityRule struct {
	Class  string
	Fields []string // "attributes.serial", "name"
	Within string   // a relation type; empty means that the fields are enough
}

// A Precedence says whose word counts for a field. Rules that name the field go before those that
// name none, and of these the ones that name the class. Sources that a rule does not list come after
// those it does, by name.
type Precedence struct {
	Class   string
	Field   string // empty means all
	Sources []string
}

// A Refusal keeps records of a source out.
type Refusal struct {
	Source string
	Class  string
}

// MergeReport is the audit of a merge.
type MergeReport struct {
	Merged    []MergedCI   `json:"merged"`              // the CIs that more than one record went into, by ID
	Refused   []string     `json:"refused,omitempty"`   // "source/id": a rule keeps it out
	Ambiguous []string     `json:"ambiguous,omitempty"` // "source/id": a weaker rule fits several CIs, so that it stands by itself
	Renamed   []string     `json:"renamed,omitempty"`   // "source/id": another CI has the ID, so that it is called that
	Dropped   []string     `json:"dropped,omitempty"`   // relations and groups that name a record refused, or clash
	Import    ImportReport `json:"import"`              // what else was mended
}

// A MergedCI is a CI with where it comes from.
type MergedCI struct {
	ID        string          `json:"id"`
	Records   []string        `json:"records"` // "source/id", by precedence
	Rule      string          `json:"rule"`    // the rule that joined them
	Conflicts []MergeConflict `json:"conflicts,omitempty"`
}

// A MergeConflict is a field in which records differ.
type MergeConflict struct {
	Field  string `json:"field"`
	Kept   string `json:"kept"`
	From   string `json:"from"` // source
	Others string `json:"others"`
}

// Merge makes one graph of what several sources say. The order of sources or records changes
// nothing, and neither does merging again what was merged; only with rules that have a Within may that
// join more, for a CI then has the relations of all its records.
//
// Records are joined by the best rule first: those that agree in its fields are one CI. A record
// without these fields joins by a weaker rule the one CI that agrees, and stands by itself where
// several do. What is known by where it is comes after that: [IdentityRule]. For each field the word of the source with precedence counts, of records of one
// source the one seen last. Relations of all sources are kept, each once.
func Merge(rules MergeRules, sources ...Source) (*Graph, *MergeReport, error) {
	m := merger{rules: &rules, report: &MergeReport{Merged: []MergedCI{}}}
	if err := m.collect(sources); err != nil {
		return nil, m.report, err
	}
	m.identify()
	m.name()
	g, err := m.build(sources)
	return g, m.report, err
}

// merger does one merge.
type merger struct {
	rules   *MergeRules
	report  *MergeReport
	records []record
	byName  map[string]int    // "source/id" to record
	hosts   map[hosting][]int // by record and relation type: the records that it is within
	cis     [][]int           // the records of each CI, by precedence
	id      []string          // of each CI
	rule    []string
	of      []int // by record: its CI, -1 where refused
}

// hosting is a record and a relation type, folded.
type hosting struct {
	record int
	within string
}

type record struct {
	source string
	ci     CI
}

func (r *record) name() string { return r.source + "/" + r.ci.ID }

func (m *merger) collect(sources []Source) error {
	var f faults
	seen := map[string]int{}
	for i, s := range sources {
		if s.Name == "" || strings.Contains(s.Name, "/") {
			f.addf(path("sources", i)+".name", "must be a name without '/', is %q", shorten(s.Name))
		}
		if j, ok := seen[s.Name]; ok {
			f.addf(path("sources", i)+".name", "is that of sources[%d]", j)
		}
		seen[s.Name] = i
		for _, c := range s.Snapshot.CIs {
			m.records = append(m.records, record{s.Name, c})
		}
	}
	// One record of a source and ID is enough: the one seen last.
	slices.SortStableFunc(m.records, func(a, b record) int {
		return cmp.Or(cmp.Compare(a.source, b.source), cmp.Compare(a.ci.ID, b.ci.ID), b.ci.LastSeen.Compare(a.ci.LastSeen), cmp.Compare(fmt.Sprint(a.ci), fmt.Sprint(b.ci)))
	})
	m.records = slices.CompactFunc(m.records, func(a, b record) bool { return a.source == b.source && a.ci.ID == b.ci.ID })
	m.byName = map[string]int{}
	m.of = make([]int, len(m.records))
	for i := range m.records {
		r := &m.records[i]
		m.byName[r.name()] = i
		m.of[i] = -1
		for _, no := range m.rules.Refuse {
			if no.Source == r.source && (no.Class == "" || no.Class == r.ci.Class) {
				m.of[i] = -2
			}
		}
		if m.of[i] == -2 {
			m.report.Refused = append(m.report.Refused, r.name())
		}
	}
	m.hosts = map[hosting][]int{}
	for _, s := range sources {
		for _, r := range s.Snapshot.Relations {
			from, ok1 := m.byName[s.Name+"/"+r.From]
			to, ok2 := m.byName[s.Name+"/"+r.To]
			if ok1 && ok2 {
				at := hosting{from, fold(r.Type)}
				m.hosts[at] = append(m.hosts[at], to)
			}
		}
	}
	return f.err()
}

// compare orders records by whose word counts for a field.
func (m *merger) compare(a, b int, fieldName string) int {
	x, y := &m.records[a], &m.records[b]
	return cmp.Or(
		cmp.Compare(m.stale(x), m.stale(y)),
		cmp.Compare(m.rank(x, fieldName), m.rank(y, fieldName)),
		cmp.Compare(x.source, y.source),
		y.ci.LastSeen.Compare(x.ci.LastSeen),
		cmp.Compare(x.ci.ID, y.ci.ID))
}

func (m *merger) stale(r *record) int {
	if m.rules.Now.IsZero() || m.rules.StaleAfter <= 0 || r.ci.LastSeen.IsZero() || m.rules.Now.Sub(r.ci.LastSeen) <= time.Duration(m.rules.StaleAfter) {
		return 0
	}
	return 1
}

// rank returns the place of a source by the most special rule for the field and class.
func (m *merger) rank(r *record, fieldName string) int {
	best, special := -1, -1
	for _, p := range m.rules.Precedence {
		if p.Field != "" && p.Field != fieldName || p.Class != "" && p.Class != r.ci.Class {
			continue
		}
		s := 0
		if p.Field != "" {
			s += 2
		}
		if p.Class != "" {
			s++
		}
		if s > special {
			special = s
			if best = slices.Index(p.Sources, r.source); best < 0 {
				best = len(p.Sources)
			}
		}
	}
	return best
}

// name gives each CI the ID of its first record, or source/id where another CI has that.
func (m *merger) name() {
	wanted := map[string][]int{}
	for k, recs := range m.cis {
		id := m.records[recs[0]].ci.ID
		wanted[id] = append(wanted[id], k)
	}
	m.id = make([]string, len(m.cis))
	for _, id := range slices.Sorted(maps.Keys(wanted)) {
		ks := wanted[id]
		slices.SortFunc(ks, func(a, b int) int { return m.compare(m.cis[a][0], m.cis[b][0], "") })
		for i, k := range ks {
			m.id[k] = id
			if i > 0 {
				m.id[k] = m.records[m.cis[k][0]].name()
				m.report.Renamed = append(m.report.Renamed, m.id[k])
			}
		}
	}
}

// build puts the CIs together and relates them.
func (m *merger) build(sources []Source) (*Graph, error) {
	types := map[string]RelationType{}
	byName := slices.SortedFunc(slices.Values(sources), func(a, b Source) int { return cmp.Compare(a.Name, b.Name) })
	for _, s := range byName {
		for _, t := range s.Snapshot.RelationTypes {
			if first, ok := types[t.Name]; ok && first != t {
				m.report.Dropped = append(m.report.Dropped, s.Name+": relation type "+t.Name+" differs from that of another source")
			} else {
				types[t.Name] = t
			}
		}
	}
	var list []RelationType
	for _, n := range slices.Sorted(maps.Keys(types)) {
		list = append(list, types[n])
	}
	im := NewImport(list...)
	order := make([]int, len(m.cis))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(m.id[a], m.id[b]) })
	for _, k := range order {
		im.Add(m.join(k))
	}
	groups := map[string]bool{}
	for _, s := range byName {
		im.At(s.Name, 0)
		m.relate(im, s, groups)
	}
	g, rep, err := im.Graph()
	m.report.Import = *rep
	return g, err
}

func (m *merger) relate(im *Import, s Source, groups map[string]bool) {
	rename := func(id string) (string, bool) {
		i, ok := m.byName[s.Name+"/"+id]
		if !ok {
			return id, true // the import will say that nobody describes it
		}
		if m.of[i] < 0 {
			return id, false
		}
		return m.id[m.of[i]], true
	}
	relations := slices.Clone(s.Snapshot.Relations)
	slices.SortFunc(relations, func(a, b Relation) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Type, b.Type), cmp.Compare(a.To, b.To), cmp.Compare(b.Confidence, a.Confidence), b.LastSeen.Compare(a.LastSeen), cmp.Compare(a.Source, b.Source))
	})
	for _, r := range relations {
		from, ok1 := rename(r.From)
		to, ok2 := rename(r.To)
		if !ok1 || !ok2 {
			m.report.Dropped = append(m.report.Dropped, fmt.Sprintf("%s: relation %q %s %q", s.Name, r.From, r.Type, r.To))
			continue
		}
		r.From, r.To = from, to
		if r.Source == "" {
			r.Source = s.Name
		}
		im.AddRelation(r)
	}
	list := slices.Clone(s.Snapshot.Groups)
	slices.SortFunc(list, func(a, b Group) int { return cmp.Compare(a.ID, b.ID) })
	for _, gr := range list {
		good := !groups[gr.ID]
		swap := func(ids []string) []string {
			out := make([]string, len(ids))
			for i, id := range ids {
				var ok bool
				out[i], ok = rename(id)
				good = good && ok
			}
			return out
		}
		gr.Members, gr.Dependents = swap(gr.Members), swap(gr.Dependents)
		if !good {
			m.report.Dropped = append(m.report.Dropped, s.Name+": group "+gr.ID)
			continue
		}
		groups[gr.ID] = true
		im.AddGroup(gr)
	}
}
