package cmdb

// New builds a graph. It keeps nothing of s but the Attributes maps, which must not be changed
// afterwards. The order of the lists in s has no influence on any answer.
//
// It reports, each with its path and all of them together (up to a thousand): an unknown
// version; an ID that is empty, repeated or not UTF-8; a relation or group that names no CI of
// the snapshot; a relation that is stated twice, or joins a CI to itself; an unknown relation
// type; a group that contains itself or cannot be met; numbers out of range. Every error matches
// [ErrInvalid]. For data that is known to be dirty see [Audit] and [Import].
//
// Cost: linear, and O(n log n) in CIs that do not come in order of ID.
func New(s Snapshot) (*Graph, error) {
	b := NewBuilder(s.RelationTypes...)
	if s.Version != Version {
		b.faults.addf("version", "must be %d, is %d", Version, s.Version)
	}
	if len(s.CIs) <= maxItems && len(s.Relations) <= maxItems {
		b.Reserve(len(s.CIs), len(s.Relations))
	}
	for i := range s.CIs {
		b.Add(s.CIs[i])
	}
	for i := range s.Relations {
		b.AddRelation(s.Relations[i])
	}
	for i := range s.Groups {
		b.AddGroup(s.Groups[i])
	}
	return b.Graph()
}

// Reserve makes room for so many CIs and relations. It is called before anything is added, or not
// at all.
func (b *Builder) Reserve(cis, relations int) {
	b.ids = make([]string, 0, cis)
	b.at = make([]int32, 0, cis)
	b.byID = newIndex(cis)
	b.rels = make([]relation, 0, relations)
}
