package judge

import (
	"slices"
	"time"
)

// A resource is a Resource with what the plan puts onto it.
type resource struct {
	timeline
	src      *Resource
	index    int32
	kind     Kind
	capacity []step
}

func (r *resource) find(s *state, _ int, w span) []*raw {
	var load int64
	found := sweep(w, events(&r.list, w, &s.room), r.capacity,
		func(e event) {
			if e.on {
				load = add(load, e.weight)
			} else {
				load = sub(load, e.weight)
			}
		},
		func(limit int64) (int64, bool) { return load, load > limit && load > 0 })
	out := make([]*raw, 0, len(found))
	for _, st := range found {
		top := st.worst()
		out = append(out, &raw{
			key:      causeKey{kind: r.kind, of: OfResource, unit: r.index, span: st.span},
			span:     st.span,
			severity: r.src.Severity,
			members:  s.membersIn(&r.list, st.span, nil),
			amount:   Amount{Duration: time.Duration(st.length()), Need: top.need, Have: top.have, Unit: r.src.Unit},
			evidence: Evidence{Of: OfResource, ID: r.src.ID, Rule: "capacity", Levels: st.evidenceLevels()},
			name:     or(r.src.Name, r.src.ID),
		})
	}
	return out
}

// membersIn returns the activities with an entry inside w that keep lets through,
// each with the hull of its entries there.
func (s *state) membersIn(list *spanList, w span, keep func(entry) (path, links []string, ok bool)) []Member {
	var out []Member
	for e := range list.overlapping(w) {
		if e.act < 0 {
			continue
		}
		var path, links []string
		if keep != nil {
			var ok bool
			if path, links, ok = keep(e); !ok {
				continue
			}
		}
		out = append(out, Member{Activity: s.acts[e.act].src.ID, Span: e.span.cut(w).interval(), Path: path, Links: links})
	}
	return slices.Clip(mergeMembers(out))
}
