package cmdb

import (
	"math"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// New builds a graph. It copies s and keeps nothing of it but the Attributes maps, which must
// not be changed afterwards. The order of the lists in s has no influence on any answer.
//
// It reports, each with its path and all of them together (up to a thousand): an unknown
// version; an ID that is empty, repeated or not UTF-8; a relation or group that names no CI of the snapshot;
// a relation that is repeated, or joins a CI to itself; an unknown relation type; a group that
// contains itself or cannot be met; numbers out of range. Every error matches [ErrInvalid].
// For data that is known to be dirty see [Audit] and [Clean].
//
// Cost: O(n log n) in CIs that do not come in order of ID, linear in everything else.
func New(s Snapshot) (*Graph, error) {
	b := builder{g: &Graph{}}
	b.version(s.Version)
	b.catalogue(s.RelationTypes)
	b.items(s.CIs)
	b.relations(s.Relations)
	b.groups(s.Groups)
	if err := b.faults.err(); err != nil {
		return nil, err
	}
	if err := b.build(); err != nil {
		return nil, err
	}
	return b.g, nil
}

// builder turns a snapshot into a graph, step by step.
type builder struct {
	g      *Graph
	faults faults
	input  []int32          // position in the input of each CI
	rels   []relation       // sorted later, by input order now
	at     []int32          // position in the input of rels
	kinds  map[string]int32 // relation type by name

	dependents [][]int32 // of each group
}

func (b *builder) version(v int) {
	if v != Version {
		b.faults.addf("version", "must be %d, is %d", Version, v)
	}
}

func (b *builder) items(cis []CI) {
	g := b.g
	if len(cis) > math.MaxInt32/4 {
		b.faults.addf("cis", "has %d CIs, more than this package can number", len(cis))
		return
	}
	b.input = make([]int32, len(cis))
	sorted := true
	for i := range cis {
		b.input[i] = int32(i)
		b.item(path("cis", i), &cis[i])
		sorted = sorted && (i == 0 || cis[i-1].ID < cis[i].ID)
	}
	if !sorted {
		slices.SortStableFunc(b.input, func(x, y int32) int { return strings.Compare(cis[x].ID, cis[y].ID) })
	}
	g.cis = make([]CI, len(cis))
	g.byID = newIndex(len(cis))
	for p, i := range b.input {
		g.cis[p] = cis[i]
		if p > 0 && g.cis[p-1].ID == cis[i].ID {
			b.faults.addf(path("cis", int(i))+".id", "%q is also the id of cis[%d]; merge the two or rename one", shorten(cis[i].ID), b.input[p-1])
		}
		if q, slot := g.byID.find(cis[i].ID, g.idOf); q < 0 {
			g.byID.table[slot] = int32(p) + 1
		}
	}
}

func (b *builder) item(at string, c *CI) {
	f := &b.faults
	checkID(f, at+".id", c.ID)
	if c.Criticality < 0 || c.Criticality > 5 {
		f.addf(at+".criticality", "must be from 0 to 5, is %d", c.Criticality)
	}
	if c.Confidence < 0 || c.Confidence > 100 {
		f.addf(at+".confidence", "must be a percentage from 1 to 100, or 0 for not stated, is %d", c.Confidence)
	}
	if c.OutageAllowance < 0 {
		f.addf(at+".outageAllowance", "must not be negative, is %s", c.OutageAllowance)
	}
	switch c.Status {
	case "", Live, Planned, Retired:
	default:
		f.addf(at+".status", "must be %q, %q or %q, is %q", Live, Planned, Retired, shorten(string(c.Status)))
	}
}

func checkID(f *faults, at, id string) {
	switch {
	case id == "":
		f.addf(at, "must not be empty")
	case !utf8.ValidString(id):
		f.addf(at, "is not valid UTF-8: %q", shorten(id))
	}
}

func (b *builder) relations(rs []Relation) {
	g := b.g
	if len(rs) > math.MaxInt32/4 {
		b.faults.addf("relations", "has %d relations, more than this package can number", len(rs))
		return
	}
	b.rels = make([]relation, 0, len(rs))
	b.at = make([]int32, 0, len(rs))
	for i := range rs {
		r := &rs[i]
		kind, known := b.kinds[r.Type]
		if !known {
			b.unknownType(path("relations", i)+".type", r)
		}
		from, okFrom := g.number(r.From)
		if !okFrom {
			b.faults.addf(path("relations", i)+".from", "names no CI: %q; add the CI or drop the relation", shorten(r.From))
		}
		to, okTo := g.number(r.To)
		if !okTo {
			b.faults.addf(path("relations", i)+".to", "names no CI: %q; add the CI or drop the relation", shorten(r.To))
		}
		if r.Confidence < 0 || r.Confidence > 100 {
			b.faults.addf(path("relations", i)+".confidence", "must be a percentage from 1 to 100, or 0 for not stated, is %d", r.Confidence)
		}
		if okFrom && from == to && okTo {
			b.faults.addf(path("relations", i), "joins %q to itself; drop it", shorten(r.From))
		}
		if known && okFrom && okTo {
			rel := relation{from, kind, to}
			b.rels = append(b.rels, rel)
			b.at = append(b.at, int32(i))
			if r.Source != "" || r.Confidence != 0 || !r.LastSeen.IsZero() {
				if g.info == nil {
					g.info = map[relation]provenance{}
				}
				g.info[rel] = provenanceOf(r)
			}
		}
	}
	b.repeats()
}

// unknownType says what to do about a relation whose type is not in the catalogue.
func (b *builder) unknownType(at string, r *Relation) {
	for _, t := range b.g.types {
		if t.Inverse == r.Type && r.Type != "" {
			b.faults.addf(at, "is %q, the inverse of %q: swap from and to and say %q", r.Type, t.Name, t.Name)
			return
		}
	}
	b.faults.addf(at, "is not a known relation type: %q; add it to relationTypes", shorten(r.Type))
}

// repeats finds relations that are stated twice. It sorts by counting, not comparing.
func (b *builder) repeats() {
	n := int32(len(b.g.cis))
	from, to := make([]int32, len(b.rels)), make([]int32, len(b.rels))
	for i, r := range b.rels {
		from[i], to[i] = r.from, int32(i)
	}
	rows := scatter(n, from, to, make([]uint8, len(from)))
	for v := range n {
		row := rows.row(v)
		slices.SortFunc(row, func(x, y int32) int {
			if c := compareRelations(b.rels[x], b.rels[y]); c != 0 {
				return c
			}
			return int(x) - int(y)
		})
		for i := 1; i < len(row); i++ {
			x, y := row[i-1], row[i]
			if b.rels[x] == b.rels[y] {
				b.faults.addf(path("relations", int(b.at[y])), "repeats relations[%d]; drop one", b.at[x])
			}
		}
	}
	sorted := make([]relation, 0, len(b.rels))
	for _, i := range rows.to {
		sorted = append(sorted, b.rels[i])
	}
	b.rels = sorted
}

// catalogue merges and checks the relation types.
func (b *builder) catalogue(more []RelationType) {
	f := &b.faults
	seen := map[string]int{}
	for i, t := range more {
		at := path("relationTypes", i)
		checkID(f, at+".name", t.Name)
		if j, ok := seen[t.Name]; ok {
			f.addf(at+".name", "%q is also the name of relationTypes[%d]", shorten(t.Name), j)
		} else {
			seen[t.Name] = i
		}
		switch t.Impact {
		case ToFrom, FromTo, BothWays, NoImpact:
		default:
			f.addf(at+".impact", "must be %q, %q, %q or %q, is %q", ToFrom, FromTo, BothWays, NoImpact, shorten(string(t.Impact)))
		}
		if t.Weight < 0 || t.Weight > 100 {
			f.addf(at+".weight", "must be a percentage from 1 to 100, or 0 for 100, is %d", t.Weight)
		}
		if t.Depth < 0 || t.Depth > math.MaxInt32 {
			f.addf(at+".depth", "must be a number of steps, or 0 for no limit, is %d", t.Depth)
		}
	}
	b.g.types = mergeTypes(more)
	b.kinds = make(map[string]int32, len(b.g.types))
	for i, t := range b.g.types {
		b.kinds[t.Name] = int32(i)
	}
}

// build makes the core of a snapshot without faults.
func (b *builder) build() error {
	g := b.g
	c := &g.core
	c.n = int32(len(g.cis))
	codes, err := b.codes()
	if err != nil {
		return err
	}
	covered := b.covered()
	var a arcs
	a.dep, a.prov, a.code = make([]int32, 0, len(b.rels)), make([]int32, 0, len(b.rels)), make([]uint8, 0, len(b.rels))
	for _, r := range b.rels {
		code := codes[r.kind]
		forward, backward := g.types[r.kind].Impact == ToFrom, g.types[r.kind].Impact == FromTo
		if g.types[r.kind].Impact == BothWays {
			forward, backward = true, true
		}
		if forward && covered[[2]int32{r.from, r.to}] {
			forward = false
		}
		if backward && covered[[2]int32{r.to, r.from}] {
			backward = false
		}
		switch {
		case forward && backward:
			a.add(r.from, r.to, code)
			a.add(r.to, r.from, code+1)
		case forward:
			a.add(r.from, r.to, code)
		case backward:
			a.add(r.to, r.from, code+2)
		default:
			g.still = append(g.still, r)
		}
	}
	b.gates(&a)
	c.providers, c.dependents = compress(c.n+int32(len(c.need)), a)
	c.scratch = &sync.Pool{}
	return nil
}

// codes numbers the relation types in use: a code for the arc from its From to its To, one for
// the mirror of that arc, one for the arc the other way.
func (b *builder) codes() (map[int32]uint8, error) {
	c := &b.g.core
	c.codes = []arcCode{{kind: -1, depth: math.MaxInt32}}
	used := make([]bool, len(b.g.types))
	for _, r := range b.rels {
		used[r.kind] = true
	}
	codes := map[int32]uint8{}
	for k, t := range b.g.types {
		if !used[k] || t.Impact == NoImpact {
			continue
		}
		if len(c.codes)+3 > 256 {
			b.faults.addf("relationTypes", "more than 85 types that carry outages are in use; join some")
			return nil, b.faults.err()
		}
		depth := int32(t.Depth)
		if depth == 0 {
			depth = math.MaxInt32
		} else {
			c.depths = true
		}
		kind := int32(k)
		codes[kind] = uint8(len(c.codes))
		c.codes = append(c.codes, arcCode{kind, false, false, depth}, arcCode{kind, true, true, depth}, arcCode{kind, true, false, depth})
	}
	return codes, nil
}

func provenanceOf(r *Relation) provenance {
	p := provenance{source: r.Source, confidence: r.Confidence}
	if !r.LastSeen.IsZero() {
		p.seen, p.dated = r.LastSeen.Unix(), true
	}
	return p
}

func (p provenance) fill(r *Relation) {
	r.Source, r.Confidence = p.source, p.confidence
	if p.dated {
		r.LastSeen = time.Unix(p.seen, 0).UTC()
	}
}
