package cmdb

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestLinkAgainstStatements looks through all relations as they are stated, between every
// two CIs.
func TestLinkAgainstStatements(t *testing.T) {
	linked, grouped := 0, 0
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		g, tw := mustNew(r, s), newTwin(s)
		for _, a := range tw.cis {
			near := map[string]bool{}
			for b, d := range g.Impacted(a) {
				near[b] = d == 1
			}
			for _, b := range append([]string{"nowhere"}, tw.cis...) {
				type way struct {
					short       int // 1: of a type that does not go far
					name, reads string
				}
				var ways []way
				for _, rel := range s.Relations {
					typ := tw.types[rel.Type]
					if a == b || tw.covered(b, a) {
						continue
					}
					if rel.From == a && rel.To == b && (typ.Impact == FromTo || typ.Impact == BothWays) {
						ways = append(ways, way{min(typ.Depth, 1), typ.Name, typ.Name})
					}
					if rel.From == b && rel.To == a && (typ.Impact == ToFrom || typ.Impact == BothWays) {
						inverse := typ.Inverse
						if inverse == "" {
							inverse = "inverse of " + typ.Name
						}
						ways = append(ways, way{min(typ.Depth, 1), typ.Name, inverse})
					}
				}
				got := g.Link(a, b)
				switch {
				case len(ways) > 0:
					first := slices.MinFunc(ways, func(x, y way) int {
						return cmp.Or(cmp.Compare(x.short, y.short), cmp.Compare(x.name, y.name), cmp.Compare(x.reads, y.reads))
					})
					if got != first.reads {
						r.Fatalf("%s %q %s, want %q of %v", a, got, b, first.reads, ways)
					}
					linked++
				case (got != "") != (near[b] && a != b):
					r.Fatalf("%s %q %s, which it brings down in one step: %v", a, got, b, near[b])
				case got != "":
					if !slices.ContainsFunc(s.Groups, func(gr Group) bool { return got == "through "+gr.ID && slices.Contains(tw.dependentsOf(&gr), b) }) {
						r.Fatalf("%s %q %s, which is no group that it relies on", a, got, b)
					}
					grouped++
				}
			}
		}
	})
	t.Logf("%d steps by relations, %d by groups", linked, grouped)
	if linked == 0 || grouped == 0 {
		t.Error("one of the two ways is never taken")
	}
}
