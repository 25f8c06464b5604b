package lifecycle_test

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/lifecycle"
)

func ExampleRoster_Available() {
	r := lifecycle.Roster{
		People: []lifecycle.Person{
			{ID: "ann", Absences: []calendar.Interval{{Start: at(12, 24, 0), End: at(12, 28, 0)}}},
			{ID: "bob", Hours: "office", OnCall: []calendar.Interval{{Start: at(12, 25, 0), End: at(12, 26, 0)}}},
		},
		Groups: map[string][]string{"dba": {"bob", "ann"}},
		Calendars: []calendar.Calendar{{ID: "office", Windows: []calendar.Window{{ID: "hours", Kind: calendar.Maintenance,
			Starts: calendar.MustParseRecurrence("DTSTART;TZID=Europe/Berlin:20261130T090000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"), Length: calendar.Exactly(8 * time.Hour)}}}},
	}
	night := calendar.Interval{Start: at(12, 25, 20), End: at(12, 25, 22)}
	for _, who := range r.Expand([]string{"dba"}) {
		there, err := r.Available(who, night)
		fmt.Println(who, r.Absent(who, night.Start), there, err)
	}
	// Output:
	// ann true false <nil>
	// bob false true <nil>
}

func ExampleGovernance_Takes() {
	g := house()
	b := lifecycle.Board{ID: "cab", Length: schedule.Hour, CutOff: 2, Items: []lifecycle.ItemRule{{Length: 10 * schedule.Minute}},
		Meetings: calendar.MustParseRecurrence("DTSTART;TZID=Europe/Berlin:20261203T100000\nRRULE:FREQ=WEEKLY;BYDAY=TH")}
	meetings, err := g.Meetings(&b, calendar.Interval{Start: at(12, 1, 0), End: at(12, 8, 0)})
	if err != nil {
		fmt.Println(err)
		return
	}
	m := &meetings[0]
	fmt.Println(m.CutOff, g.Takes(m, at(12, 1, 16)), g.Takes(m, at(12, 2, 8)))
	// Output:
	// 2026-12-01 true false
}

func ExampleReadChange() {
	_, err := lifecycle.ReadChange(strings.NewReader(`{"version": 1, "id": "CHG-1", "type": "normal", "requester": "ann", "stat": "draft"}`))
	fmt.Println(err)
	// Output:
	// lifecycle: line 1, column 69: stat: unknown field; did you mean "state"?
}

func ExamplePack_WriteMarkdown() {
	g := house()
	c := approved(g)
	pack := g.Evidence(&c, nil, nil, lifecycle.Head{}, at(12, 2, 0))
	var page, data strings.Builder
	fmt.Println(pack.WriteMarkdown(&page), pack.WriteJSON(&data))
	title, _, _ := strings.Cut(page.String(), "\n")
	fmt.Fprintln(os.Stdout, title)
	fmt.Println(data.String()[:1])
	// Output:
	// <nil> <nil>
	// # Evidence for CHG-1 Shop 5.0
	// {
}

func ExampleRules_Compile() {
	r := lifecycle.DefaultRules()
	r.Zone = "Europe/Berlin"
	r.Panels[0].Need = -1
	_, err := r.Compile(year)
	fmt.Println(err)
	// Output:
	// lifecycle: panels[0]: needs people (of) and at least one approval (need), has 1 and -1
}
