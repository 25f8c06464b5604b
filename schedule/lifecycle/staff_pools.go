package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// maxPools bounds the unions of crews of one problem. There are as many as the subsets
// of the crews at worst; few organisations come near a dozen.
const maxPools = 256

// A pool is the union of crews that have people in common.
type pool struct {
	id, name string
	of       []*crew
}

// takes returns how many people demands take out of a pool.
func (q *pool) takes(list []schedule.Demand) int64 {
	var sum int64
	for _, d := range list {
		if d.Amount > 0 && slices.ContainsFunc(q.of, func(c *crew) bool { return c.id == d.Resource }) {
			sum += min(d.Amount, 1<<40) // more than there are people
		}
	}
	return sum
}

// unions returns the unions that Hall's condition has to look at, by the number of crews
// that they were found from. Demands can be met at an instant if and only if no set of
// crews is asked for more people than it has (Hall, 1935, "On representatives of
// subsets"). A set that falls apart into two without common people says nothing beyond
// its parts, and of sets of the same people the greatest says most.
func unions(crews []*crew) []pool {
	// closed adds the crews that bring no more people, at no time. Somebody is there at the
	// same times in all crews; who stands in may do so for one panel and not for another.
	closed := func(list []int) []int {
		set := map[Seated][]calendar.Intervals{}
		for _, i := range list {
			for _, x := range crews[i].there {
				set[x.Seated] = append(set[x.Seated], x.during)
			}
		}
		brings := func(x presence) bool {
			had := set[x.Seated]
			return len(had) == 0 || x.For != "" && !slices.ContainsFunc(had, x.during.Equal)
		}
		var out []int
		for i, c := range crews {
			if !slices.ContainsFunc(c.there, brings) {
				out = append(out, i)
			}
		}
		return out
	}
	touch := make([][]bool, len(crews))
	for i, c := range crews {
		touch[i] = make([]bool, len(crews))
		people := map[string]bool{}
		for _, x := range c.there {
			people[x.Person] = true
		}
		for j, d := range crews {
			touch[i][j] = slices.ContainsFunc(d.there, func(x presence) bool { return people[x.Person] })
		}
	}
	seen := map[string]bool{}
	var queue [][]int
	add := func(list []int) {
		if len(queue) >= maxPools+len(crews) {
			return
		}
		list = closed(list)
		if key := fmt.Sprint(list); !seen[key] {
			seen[key] = true
			queue = append(queue, list)
		}
	}
	for i := range crews {
		add([]int{i})
	}
	for k := 0; k < len(queue); k++ {
		list := queue[k]
		for i := range crews {
			if !slices.Contains(list, i) && slices.ContainsFunc(list, func(j int) bool { return touch[i][j] }) {
				add(append(slices.Clip(list), i))
			}
		}
	}
	var out []pool
	for _, list := range queue {
		if len(list) < 2 || len(out) == maxPools {
			continue
		}
		var q pool
		var ids, names []string
		for _, i := range list {
			q.of = append(q.of, crews[i])
			ids, names = append(ids, crews[i].id), append(names, crews[i].name)
		}
		q.id, q.name = "people/"+strings.Join(ids, "+"), strings.Join(names, " or ")
		out = append(out, q)
	}
	return out
}

// headcount returns how many different people of some crews are there over time.
func headcount(crews []*crew) calendar.Profile {
	when := map[string]calendar.Intervals{}
	for _, c := range crews {
		for _, x := range c.there {
			when[x.Person] = when[x.Person].Union(x.during)
		}
	}
	type event struct {
		at time.Time
		by int64
	}
	var events []event
	for _, during := range when { // a sum, so the order of people does not show
		for iv := range during.All() {
			events = append(events, event{iv.Start, 1}, event{iv.End, -1})
		}
	}
	slices.SortFunc(events, func(a, b event) int { return a.at.Compare(b.at) })
	var out calendar.Profile
	var n int64
	for i := 0; i < len(events); {
		at := events[i].at
		before := n
		for ; i < len(events) && events[i].at.Equal(at); i++ {
			n += events[i].by
		}
		if n == before {
			continue
		}
		if before > 0 {
			out.Steps[len(out.Steps)-1].End = at
		}
		if n > 0 {
			out.Steps = append(out.Steps, calendar.Step{Interval: calendar.Interval{Start: at, End: at}, Value: n})
		}
	}
	return out
}

// wholeSeconds cuts spans to whole seconds, inwards.
func wholeSeconds(s calendar.Intervals) calendar.Intervals {
	var out []calendar.Interval
	exact := true
	for iv := range s.All() {
		from, until := iv.Start.Truncate(time.Second), iv.End.Truncate(time.Second)
		if from.Before(iv.Start) {
			from = from.Add(time.Second)
		}
		exact = exact && from.Equal(iv.Start) && until.Equal(iv.End)
		if from.Before(until) {
			out = append(out, calendar.Interval{Start: from, End: until})
		}
	}
	if exact {
		return s
	}
	return calendar.Union(out...)
}

// copyWork returns a copy of a problem whose demands can be replaced.
func copyWork(p *schedule.Problem) *schedule.Problem {
	out := *p
	out.Activities, out.Releases = slices.Clone(p.Activities), slices.Clone(p.Releases)
	for i := range out.Activities {
		out.Activities[i].Modes = slices.Clone(out.Activities[i].Modes)
	}
	for i := range out.Releases {
		r := &out.Releases[i]
		r.Stages = slices.Clone(r.Stages)
		for k := range r.Stages {
			r.Stages[k].Modes = slices.Clone(r.Stages[k].Modes)
		}
	}
	return &out
}

// eachDemands walks the lists of demands of a problem with their paths.
func eachDemands(p *schedule.Problem, f func(path string, list *[]schedule.Demand)) {
	modes := func(path string, list []schedule.Mode) {
		for k := range list {
			f(fmt.Sprintf("%s.modes[%d].demands", path, k), &list[k].Demands)
		}
	}
	for i := range p.Activities {
		path := fmt.Sprintf("activities[%d]", i)
		f(path+".demands", &p.Activities[i].Demands)
		modes(path, p.Activities[i].Modes)
	}
	for i := range p.Releases {
		for k := range p.Releases[i].Stages {
			path := fmt.Sprintf("releases[%d].stages[%d]", i, k)
			f(path+".demands", &p.Releases[i].Stages[k].Demands)
			modes(path, p.Releases[i].Stages[k].Modes)
		}
	}
}

// eachCalendar walks the calendars that a problem names, with the paths.
func eachCalendar(p *schedule.Problem, f func(path, id string)) {
	f("calendar", p.Calendar)
	modes := func(path string, list []schedule.Mode) {
		for k := range list {
			f(fmt.Sprintf("%s.modes[%d].calendar", path, k), list[k].Calendar)
		}
	}
	for i := range p.Activities {
		path := fmt.Sprintf("activities[%d]", i)
		f(path+".calendar", p.Activities[i].Calendar)
		modes(path, p.Activities[i].Modes)
	}
	for i := range p.Releases {
		f(fmt.Sprintf("releases[%d].calendar", i), p.Releases[i].Calendar)
		for k := range p.Releases[i].Stages {
			path := fmt.Sprintf("releases[%d].stages[%d]", i, k)
			f(path+".calendar", p.Releases[i].Stages[k].Calendar)
			modes(path, p.Releases[i].Stages[k].Modes)
		}
	}
	for i := range p.Trains {
		f(fmt.Sprintf("trains[%d].calendar", i), p.Trains[i].Calendar)
	}
	for i := range p.Policies {
		f(fmt.Sprintf("policies[%d].calendar", i), p.Policies[i].Calendar)
	}
	for i := range p.Bundles {
		f(fmt.Sprintf("bundles[%d].calendar", i), p.Bundles[i].Calendar)
	}
	for i := range p.Resources {
		f(fmt.Sprintf("resources[%d].calendar", i), p.Resources[i].Calendar)
	}
}
