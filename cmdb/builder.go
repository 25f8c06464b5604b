package cmdb

import (
	"math"
	"strings"
	"time"
)

// A Builder makes a graph piece by piece, without a [Snapshot] in between: for large estates and
// for programs that hold theirs in another form. CIs, relations and groups may come in any
// order. The zero Builder is not usable, see [NewBuilder]; neither is one after
// [Builder.Graph]. It is not safe for concurrent use.
type Builder struct {
	types []RelationType // the catalogue, by name
	kinds map[string]TypeRef

	cis     ciList
	ids     []string // of cis, apart from them: looking an ID up should not miss the cache twice
	byID    index
	indexed int     // CIs, from the first, that are in byID; what came in order of ID waits until it is asked for
	mixed   bool    // CIs did not come in order of ID
	at      []int32 // by CI: as the how-manieth it was added; -1 while it is only named
	adds    int
	named   int   // CIs that are only named
	last    int32 // the CI that Ref returned last

	rels  []relation // in CIs as numbered here; kind -1 is unknown
	odd   bool       // some relation is of no known type, or joins a CI to itself
	about []int32    // by relation: its provenance, a position in notes; nil while none has any
	notes []provenance
	known map[provenance]int32

	groups []Group
	faults faults
	mend   *Import // told of what can be mended; nil: that is a fault as well
}

// A Ref is a CI in a [Builder].
type Ref int32

// A TypeRef is a relation type in a [Builder].
type TypeRef int32

// relation is a Relation in numbers.
type relation struct{ from, kind, to int32 }

// provenance is what a Relation says of itself.
type provenance struct {
	source     string
	confidence int
	seen       int64 // Unix seconds, meaningful if dated
	dated      bool
}

// maxItems bounds CIs and relations, which are numbered in 32 bits with room for gates and mirrors.
const maxItems = math.MaxInt32 / 4

// NewBuilder returns an empty builder whose relation types are those of [DefaultRelationTypes]
// with types in addition or in their place.
func NewBuilder(types ...RelationType) *Builder {
	b := &Builder{known: map[provenance]int32{{}: 0}, notes: make([]provenance, 1)}
	b.catalogue(types)
	return b
}

// Ref returns the CI of that ID, which may be added later. If it never is, [Builder.Graph]
// reports the relations that name it.
func (b *Builder) Ref(id string) Ref {
	if int(b.last) < len(b.ids) && b.ids[b.last] == id {
		return Ref(b.last) // relations often come by the CI that they begin at
	}
	b.index()
	p, slot := b.byID.find(id, b.ids)
	if p < 0 {
		p = b.name(strings.Clone(id), slot)
	}
	b.last = p
	return Ref(p)
}

// refs returns the CIs of up to lookahead IDs, -1 for those that have not come.
func (b *Builder) refs(ids [][]byte, out []int32) {
	b.index()
	b.byID.findAll(ids, b.ids, out)
}

// name enters a CI that is not added yet.
func (b *Builder) name(id string, slot int) int32 {
	b.mixed = b.mixed || !b.follows(id)
	b.named++
	return b.enter(CI{ID: id}, slot, -1)
}

// follows reports whether an ID is behind all others that came, which came in order.
func (b *Builder) follows(id string) bool {
	return !b.mixed && (len(b.ids) == 0 || b.ids[len(b.ids)-1] < id)
}

// index enters the CIs into byID that wait.
func (b *Builder) index() {
	if b.indexed < len(b.ids) {
		b.byID.addAll(b.ids, b.indexed)
		b.indexed = len(b.ids)
	}
}

// enter makes a CI the next; a slot below 0 leaves it to index.
func (b *Builder) enter(c CI, slot, at int) int32 {
	p := int32(len(b.ids))
	if p == maxItems {
		b.faults.addf("cis", "has more CIs than this package can number")
		return 0
	}
	b.cis.add(int(p), &c)
	b.ids = append(doubled(b.ids), c.ID)
	b.at = append(doubled(b.at), int32(at))
	if slot >= 0 {
		b.byID.add(p, slot, b.ids)
		b.indexed++
	}
	return p
}

// Add adds a CI. The n-th one added is cis[n] in the faults that [Builder.Graph] reports.
func (b *Builder) Add(c CI) Ref {
	i := b.adds
	b.adds++
	if !c.plain() && b.checkCI(i, c) && b.mend != nil {
		c = b.mend.repaired(c)
	}
	if b.follows(c.ID) {
		return Ref(b.enter(c, -1, i))
	}
	b.index()
	p, slot := b.byID.find(c.ID, b.ids)
	switch {
	case p < 0:
		b.mixed = true
		p = b.enter(c, slot, i)
	case b.at[p] < 0:
		*b.cis.at(p), b.at[p] = c, int32(i)
		b.named--
	case b.mend != nil:
		at := b.cis.at(p)
		*at = b.mend.joined(*at, c)
	default:
		b.faults.addf(path("cis", i)+".id", "%q is also the id of cis[%d]; merge the two or rename one", shorten(c.ID), b.at[p])
	}
	return Ref(p)
}

// Type returns the relation type of that name.
func (b *Builder) Type(name string) TypeRef {
	if k, ok := b.kinds[name]; ok {
		return k
	}
	return -1
}

// Relate adds a relation "from kind to". The n-th one added is relations[n] in the faults that
// [Builder.Graph] reports.
func (b *Builder) Relate(from Ref, kind TypeRef, to Ref) {
	if len(b.rels) == maxItems {
		b.faults.addf("relations", "has more relations than this package can number")
		return
	}
	b.rels = append(doubled(b.rels), relation{int32(from), int32(kind), int32(to)})
	b.odd = b.odd || from == to || kind < 0
	if b.about != nil {
		b.about = append(b.about, 0)
	}
}

// AddRelation adds a relation by the names in it.
func (b *Builder) AddRelation(r Relation) {
	i := len(b.rels)
	kind := b.Type(r.Type)
	if kind < 0 {
		kind, r = b.unknownType(i, r)
	}
	if r.Confidence < 0 || r.Confidence > 100 {
		b.flaw(path("relations", i)+".confidence", "must be a percentage from 1 to 100, or 0 for not stated, is %d", r.Confidence)
		r.Confidence = 0
	}
	from := b.Ref(r.From)
	b.Relate(from, kind, b.Ref(r.To))
	b.last = int32(from) // the next will begin there rather than end here
	if r.Source == "" && r.Confidence == 0 && r.LastSeen.IsZero() || len(b.rels) == i {
		return
	}
	p := provenanceOf(&r)
	n, ok := b.known[p]
	if !ok {
		n = int32(len(b.notes))
		b.notes = append(b.notes, p)
		b.known[p] = n
	}
	if b.about == nil {
		b.about = make([]int32, len(b.rels))
	}
	b.about[i] = n
}

// AddGroup adds a redundancy group. The n-th one added is groups[n] in the faults that
// [Builder.Graph] reports.
func (b *Builder) AddGroup(gr Group) { b.groups = append(b.groups, gr) }

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

// flaw reports a fault, or tells it to the import that mends it.
func (b *Builder) flaw(at, format string, args ...any) {
	if b.mend != nil {
		b.mend.note(BadValue, "", at+" "+format, args...)
		return
	}
	b.faults.addf(at, format, args...)
}
