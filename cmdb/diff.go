package cmdb

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Diff returns the edit that turns g into h: Apply on g gives a graph equal to h.
//
// Cost: linear in both.
func (g *Graph) Diff(h *Graph) Edit {
	var e Edit
	a, b := slices.Collect(g.All()), slices.Collect(h.All())
	merge(a, b, func(x, y CI) int { return strings.Compare(x.ID, y.ID) }, func(x *CI, y *CI) {
		switch {
		case y == nil:
			e.DropCIs = append(e.DropCIs, x.ID)
		case x == nil || !equalCI(x, y):
			e.SetCIs = append(e.SetCIs, *y)
		}
	})
	byName := func(x, y Relation) int {
		return cmp.Or(cmp.Compare(x.From, y.From), cmp.Compare(x.Type, y.Type), cmp.Compare(x.To, y.To))
	}
	merge(slices.Collect(g.Relations()), slices.Collect(h.Relations()), byName, func(x *Relation, y *Relation) {
		switch {
		case y == nil:
			e.Unrelate = append(e.Unrelate, Relation{From: x.From, Type: x.Type, To: x.To})
		case x == nil || provenanceOf(x) != provenanceOf(y):
			e.Relate = append(e.Relate, *y)
		}
	})
	merge(g.groups, h.groups, func(x, y Group) int { return strings.Compare(x.ID, y.ID) }, func(x *Group, y *Group) {
		switch {
		case y == nil:
			e.DropGroups = append(e.DropGroups, x.ID)
		case x == nil || !equalGroup(x, y):
			e.SetGroups = append(e.SetGroups, *y)
		}
	})
	merge(g.types, h.types, func(x, y RelationType) int { return strings.Compare(x.Name, y.Name) }, func(x *RelationType, y *RelationType) {
		if y != nil && (x == nil || *x != *y) {
			e.SetTypes = append(e.SetTypes, *y)
		}
	})
	return e
}

// merge calls f with each element of either sorted list and its like in the other, nil where
// there is none.
func merge[T any](a, b []T, compare func(x, y T) int, f func(x, y *T)) {
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case j == len(b) || i < len(a) && compare(a[i], b[j]) < 0:
			f(&a[i], nil)
			i++
		case i == len(a) || compare(a[i], b[j]) > 0:
			f(nil, &b[j])
			j++
		default:
			f(&a[i], &b[j])
			i++
			j++
		}
	}
}

func equalCI(x, y *CI) bool {
	a, b := *x, *y
	if !a.LastSeen.Equal(b.LastSeen) || !maps.Equal(a.Attributes, b.Attributes) {
		return false
	}
	return a.ID == b.ID && a.Name == b.Name && a.Class == b.Class && a.Service == b.Service && a.Environment == b.Environment &&
		a.Location == b.Location && a.Zone == b.Zone && a.Owner == b.Owner && a.Criticality == b.Criticality && a.Status == b.Status &&
		a.ServiceHours == b.ServiceHours && a.OutageAllowance == b.OutageAllowance && a.Source == b.Source && a.Confidence == b.Confidence
}

func equalGroup(x, y *Group) bool {
	return x.Mode == y.Mode && x.Need == y.Need && x.NeedPercent == y.NeedPercent && x.NeedZones == y.NeedZones &&
		slices.Equal(x.Members, y.Members) && slices.Equal(x.Dependents, y.Dependents)
}
