package cmdb

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// join makes one CI of records: each field as the first record by precedence for it has it.
func (m *merger) join(k int) CI {
	recs := m.cis[k]
	first := m.records[recs[0]].ci
	out := CI{ID: m.id[k]}
	merged := MergedCI{ID: m.id[k], Rule: m.rule[k]}
	for _, i := range recs {
		merged.Records = append(merged.Records, m.records[i].name())
	}
	// choose returns the record whose word counts for a field that get reads; -1 where none has any.
	choose := func(name string, get func(*CI) string) int {
		order := slices.Clone(recs)
		slices.SortFunc(order, func(a, b int) int { return m.compare(a, b, name) })
		best := -1
		var others []string
		for _, i := range order {
			v := get(&m.records[i].ci)
			switch {
			case v == "":
			case best < 0:
				best = i
			case v != get(&m.records[best].ci):
				others = append(others, fmt.Sprintf("%s: %s", m.records[i].source, shorten(v)))
			}
		}
		if len(others) > 0 {
			merged.Conflicts = append(merged.Conflicts, MergeConflict{name, get(&m.records[best].ci), m.records[best].source, strings.Join(others, "; ")})
		}
		return best
	}
	pick := func(name string, set func(c *CI)) {
		if i := choose(name, func(c *CI) string { return field(c, name) }); i >= 0 {
			set(&m.records[i].ci)
		}
	}
	pick("name", func(c *CI) { out.Name = c.Name })
	pick("class", func(c *CI) { out.Class = c.Class })
	pick("service", func(c *CI) { out.Service = c.Service })
	pick("environment", func(c *CI) { out.Environment = c.Environment })
	pick("location", func(c *CI) { out.Location = c.Location })
	pick("zone", func(c *CI) { out.Zone = c.Zone })
	pick("owner", func(c *CI) { out.Owner = c.Owner })
	pick("status", func(c *CI) { out.Status = c.Status })
	pick("criticality", func(c *CI) { out.Criticality = c.Criticality })
	pick("serviceHours", func(c *CI) { out.ServiceHours = c.ServiceHours })
	pick("outageAllowance", func(c *CI) { out.OutageAllowance = c.OutageAllowance })
	keys := map[string]bool{}
	for _, i := range recs {
		for a := range m.records[i].ci.Attributes {
			keys[a] = true
		}
		if seen := m.records[i].ci.LastSeen; seen.After(out.LastSeen) {
			out.LastSeen = seen
		}
		out.Confidence = max(out.Confidence, m.records[i].ci.Confidence)
	}
	for _, a := range slices.Sorted(maps.Keys(keys)) {
		pick("attributes."+a, func(c *CI) { setAttribute(&out, a, c.Attributes[a]) })
	}
	if out.Source = first.Source; out.Source == "" {
		out.Source = m.records[recs[0]].source
	}
	if len(recs) > 1 {
		m.report.Merged = append(m.report.Merged, merged)
	}
	return out
}
