package cmdb

import "cmp"

// Link says in a word how an outage of one CI reaches another in a single step. It is read
// "from Link to": the name of the relation type where the relation is stated that way, such as
// "part-of", else its inverse, such as "used-by", or "inverse of " and the name where the type
// has none. Of several relations it takes one without a Depth first, and then the first by
// name. Where only a redundancy group leads there it is "through " and the group's ID; "" where
// nothing does, and for unknown CIs.
func (g *Graph) Link(from, to string) string {
	p, ok := g.number(from)
	q, ok2 := g.number(to)
	if !ok || !ok2 || p == q {
		return ""
	}
	best, reads := (*RelationType)(nil), ""
	row, codes := g.core.dependents.full(p)
	for i, w := range row {
		if w != q || codes[i] == groupCode {
			continue
		}
		code := &g.core.codes[codes[i]]
		t := &g.types[code.kind]
		text := t.Name
		switch {
		case code.reverse:
		case t.Inverse != "":
			text = t.Inverse
		default:
			text = "inverse of " + t.Name
		}
		if best == nil || cmp.Or(cmp.Compare(min(t.Depth, 1), min(best.Depth, 1)), cmp.Compare(t.Name, best.Name), cmp.Compare(text, reads)) < 0 {
			best, reads = t, text
		}
	}
	if best != nil {
		return reads
	}
	hit, err := g.Impact(Query{Depth: 1}, from)
	if err != nil {
		return ""
	}
	for i := range hit.Hits {
		if h := &hit.Hits[i]; h.CI == to && h.Group != "" {
			return "through " + h.Group
		}
	}
	return ""
}
