package judge

import (
	"strings"
	"time"
)

// An exclusion is an Exclusion with the spans of its members. Track 0 finds overlaps
// of members that touch the meeting place itself, or of all where the kind makes no
// difference; track 1 finds those in which another member takes part.
type exclusion struct {
	timeline
	src     *Exclusion
	index   int32
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
	var direct, remote int64
	found := sweep(w, events(&x.list, w), []step{{minInstant, 1}},
		func(e event) {
			n := &remote
			if x.direct(e.tag) {
				n = &direct
			}
			if e.on {
				*n++
			} else {
				*n--
			}
		},
		func(limit int64) (int64, bool) {
			if track == trackDirect {
				return direct, direct > limit
			}
			return direct + remote, remote > 0 && direct+remote > limit
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
		members := s.membersIn(&x.list, st.span, func(e entry) ([]string, bool) {
			return x.members[e.tag].Path, track == trackRelated || x.direct(e.tag)
		})
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
			evidence: Evidence{Of: OfExclusion, ID: x.src.ID, Rule: "no-overlap", At: x.src.At, Text: x.src.Why},
			name:     or(x.src.At, x.src.ID),
		})
	}
	return out
}
