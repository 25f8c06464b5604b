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

// ids returns the IDs of a list, or the paths of what has none: those of thousands of
// precedences without an ID are written at one go.
func (s *source) ids(list string, n int, id func(int) string) []string {
	out := make([]string, n)
	var text []byte
	var ends []int
	for i := range out {
		if out[i] = id(i); out[i] != "" {
			continue
		}
		if s.lowered && i >= s.stated {
			out[i] = s.at(list, i)
			continue
		}
		text = append(append(text, list...), '[')
		text = append(strconv.AppendInt(text, int64(i), 10), ']')
		ends = append(ends, len(text))
	}
	paths, from := string(text), 0
	for i := range out {
		if out[i] == "" {
			out[i], from, ends = paths[from:ends[0]], ends[0], ends[1:]
		}
	}
	return out
}

func (o *origins) activity(i int) string   { return o.activities.at("activities", i) }
func (o *origins) precedence(i int) string { return o.precedences.at("precedences", i) }
func (o *origins) link(i int) string       { return o.links.at("links", i) }
func (o *origins) bundle(i int) string     { return o.bundles.at("bundles", i) }
func (o *origins) dateRule(i int) string   { return o.dateRules.at("dateRules", i) }

func pathOf(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }
