package judge

import (
	"slices"
	"strings"
	"time"
)

// An exclusion is an Exclusion with the spans of its members. Track 0 finds overlaps
// of members that touch the meeting place itself, or of all where the kind makes no
// difference; track 1 finds those in which another member takes part.
type exclusion struct {
	timeline
	src     *Exclusion
	members []ExclusionMember
}

const (
	trackDirect = iota
	trackRelated
)

// direct says whether member i touches the meeting place itself.
func (x *exclusion) direct(i int32) bool {
	return x.src.Kind != RelatedCI || len(x.members[i].Path) == 1
}

func (x *exclusion) find(s *state, track int, w span) []*raw {
	var direct, remote, work, directWork int64
	found := sweep(w, events(&x.list, w, &s.room), []step{{minInstant, 1}},
		func(e event) {
			d := int64(1)
			if !e.on {
				d = -1
			}
			isDirect, isWork := x.direct(e.tag), e.act >= 0
			if isDirect {
				direct += d
			} else {
				remote += d
			}
			if isWork {
				work += d
			}
			if isDirect && isWork {
				directWork += d
			}
		},
		func(limit int64) (int64, bool) {
			if track == trackDirect {
				return direct, directWork > 0 && direct > limit
			}
			return direct + remote, work > 0 && remote > 0 && direct+remote > limit
		})
	kind := x.src.Kind
	switch {
	case kind == "":
		kind = Exclusive
	case kind == RelatedCI && track == trackDirect:
		kind = SameCI
	}
	out := make([]*raw, 0, len(found))
	for _, st := range found {
		members := s.membersIn(&x.list, st.span, func(e entry) (path, links []string, ok bool) {
			return x.members[e.tag].Path, x.members[e.tag].Links, track == trackRelated || x.direct(e.tag)
		})
		var incidents []string
		for e := range x.list.overlapping(st.span) {
			if e.act < 0 && (track == trackRelated || x.direct(e.tag)) {
				incidents = append(incidents, x.members[e.tag].Incident)
			}
		}
		slices.Sort(incidents)
		var ids strings.Builder
		for i := range members {
			ids.WriteString(members[i].Activity)
			ids.WriteByte(0)
		}
		out = append(out, &raw{
			key:      causeKey{kind: kind, of: OfExclusion, unit: -1, sub: ids.String(), span: st.span},
			span:     st.span,
			severity: x.src.Severity,
			members:  members,
			amount:   Amount{Duration: time.Duration(st.length()), Need: st.worst().need, Have: 1, Unit: "at once"},
			evidence: Evidence{Of: OfExclusion, ID: x.src.ID, Rule: "no-overlap", At: x.src.At, Text: x.src.Why,
				Down: slices.Compact(incidents)},
			name: or(x.src.At, x.src.ID),
		})
	}
	return out
}
