package cmdb

import (
	"math"
	"unicode/utf8"
)

// plain reports that a CI has nothing that could be wrong.
func (c *CI) plain() bool {
	return c.ID != "" && c.Criticality == 0 && c.Confidence == 0 && c.OutageAllowance == 0 && c.Status == "" && utf8.ValidString(c.ID)
}

// checkCI reports what is wrong with a CI by itself.
func (b *Builder) checkCI(i int, c CI) (bad bool) {
	report := func(field, format string, args ...any) {
		bad = true
		b.flaw(path("cis", i)+field, format, args...)
	}
	switch {
	case c.ID == "":
		report(".id", "must not be empty")
	case !utf8.ValidString(c.ID):
		report(".id", "is not valid UTF-8: %q", shorten(c.ID))
	}
	if c.Criticality < 0 || c.Criticality > 5 {
		report(".criticality", "must be from 0 to 5, is %d", c.Criticality)
	}
	if c.Confidence < 0 || c.Confidence > 100 {
		report(".confidence", "must be a percentage from 1 to 100, or 0 for not stated, is %d", c.Confidence)
	}
	if c.OutageAllowance < 0 {
		report(".outageAllowance", "must not be negative, is %s", c.OutageAllowance)
	}
	switch c.Status {
	case "", Live, Planned, Retired, Unknown:
	default:
		report(".status", "must be %q, %q, %q or %q, is %q", Live, Planned, Retired, Unknown, shorten(string(c.Status)))
	}
	return bad
}

// catalogue merges and checks the relation types.
func (b *Builder) catalogue(more []RelationType) {
	f := &b.faults
	seen := map[string]int{}
	for i, t := range more {
		at := path("relationTypes", i)
		checkID(f, at+".name", t.Name)
		if j, ok := seen[t.Name]; ok {
			f.addf(at+".name", "%q is also the name of relationTypes[%d]; drop one", shorten(t.Name), j)
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
	b.types = mergeTypes(more)
	b.kinds = make(map[string]TypeRef, len(b.types))
	for i, t := range b.types {
		b.kinds[t.Name] = TypeRef(i)
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

// unknownType says what to do about a relation whose type is not in the catalogue.
func (b *Builder) unknownType(i int, r Relation) (TypeRef, Relation) {
	if b.mend != nil {
		return b.mend.kindOf(r)
	}
	at := path("relations", i) + ".type"
	for _, t := range b.types {
		if t.Inverse == r.Type && r.Type != "" {
			b.faults.addf(at, "is %q, the inverse of %q: swap from and to and say %q", r.Type, t.Name, t.Name)
			return -1, r
		}
	}
	b.faults.addf(at, "is no known relation type: %q; add it to relationTypes", shorten(r.Type))
	return -1, r
}

// retype replaces the catalogue under relations that are of default types.
func (b *Builder) retype(more []RelationType) {
	old := b.types
	b.catalogue(more)
	for i := range b.rels {
		b.rels[i].kind = int32(b.kinds[old[b.rels[i].kind].Name])
	}
}
