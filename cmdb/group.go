package cmdb

// A Group is a redundancy group: its members cover for each other, and it is up as long as
// enough of them are.
//
// A group is no CI. What depends on it is listed in Dependents, or, where that is empty and no
// other group has it as a member, is every CI that relations make depend on two or more of its
// members. Relations by which a dependent depends on a member, or on a member of a nested
// group, are then covered: they carry no outage by themselves, the group decides.
//
// Need and NeedPercent both zero mean that one member is enough.
type Group struct {
	ID          string    `json:"id"`                    // unlike that of any CI
	Mode        GroupMode `json:"mode,omitempty"`        // empty means active
	Members     []string  `json:"members"`               // CIs or groups; for primary-standby the primary first
	Need        int       `json:"need,omitempty"`        // how many members must be up
	NeedPercent int       `json:"needPercent,omitempty"` // or which share of them, 1 to 100, rounded up to whole members
	NeedZones   int       `json:"needZones,omitempty"`   // in how many zones a member must be up; all members must be CIs with a zone
	Dependents  []string  `json:"dependents,omitempty"`  // CIs that fail when the group does
}

// GroupMode says how the members share the work.
type GroupMode string

const (
	Active         GroupMode = "active"          // all at once
	PrimaryStandby GroupMode = "primary-standby" // one works, the others wait: one up is enough, and no two are worked on at once
)

// need returns how many of the members must be up.
func (gr *Group) need() int {
	switch {
	case gr.Mode == PrimaryStandby:
		return 1
	case gr.NeedPercent > 0:
		return (len(gr.Members)*gr.NeedPercent + 99) / 100
	case gr.Need > 0:
		return gr.Need
	}
	return 1
}
