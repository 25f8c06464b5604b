package schedule

import "strconv"

// origins says where the parts of a lowered problem stand in the document: those
// stated come first in each list, at their own index; those lowered follow.
type origins struct {
	activities, precedences, links, bundles, dateRules source
}

// A source gives the paths of the elements of one list from index stated on.
type source struct {
	lowered bool
	stated  int
	paths   []string
}

func (s *source) at(list string, i int) string {
	if !s.lowered || i < s.stated {
		return pathOf(list, i)
	}
	return s.paths[i-s.stated]
}

func (o *origins) activity(i int) string   { return o.activities.at("activities", i) }
func (o *origins) precedence(i int) string { return o.precedences.at("precedences", i) }
func (o *origins) link(i int) string       { return o.links.at("links", i) }
func (o *origins) bundle(i int) string     { return o.bundles.at("bundles", i) }
func (o *origins) dateRule(i int) string   { return o.dateRules.at("dateRules", i) }

func pathOf(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }
