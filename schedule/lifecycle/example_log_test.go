package lifecycle_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/lifecycle"
)

func told(log *bytes.Buffer) {
	_ = lifecycle.ReadLog(log, func(r lifecycle.Record) error {
		fmt.Println(r.Index, r.Of, r.Kind, r.Actor, r.Reason)
		return nil
	})
}

func ExampleLog_Shortened() {
	var log bytes.Buffer
	l, _ := lifecycle.NewLog(&log, lifecycle.Head{})
	d := lifecycle.Shortening{Release: "R-1", Stage: "soak", To: 24 * schedule.Hour, By: "ann", At: at(12, 1, 9)}
	fmt.Println(l.Shortened(d))
	d.Reason = "no errors since Monday"
	fmt.Println(l.Shortened(d))
	told(&log)
	// Output:
	// lifecycle: the decision on stage soak of release R-1 lacks the stage, who, when or why
	// <nil>
	// 0 R-1 override ann no errors since Monday
}

func ExampleLog_Moved() {
	g := house()
	opened, _ := g.OpenRelease("R-1", "ann", nil, at(11, 23, 9), "winter")
	built, err := g.Move(opened, lifecycle.Action{Verb: lifecycle.Build, At: at(11, 24, 9), Actor: "bob"}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	var log bytes.Buffer
	l, _ := lifecycle.NewLog(&log, lifecycle.Head{})
	fmt.Println(l.Moved(nil, &opened), l.Moved(&opened, &built), l.Moved(&built, &opened))
	told(&log)
	// Output:
	// <nil> <nil> lifecycle: R-1 is no later state of R-1
	// 0 R-1 transition ann winter
	// 1 R-1 transition bob
}

func ExampleReadBoard() {
	b, err := lifecycle.ReadBoard(strings.NewReader(`{"id": "cab", "meetings": "DTSTART;TZID=Europe/Berlin:20270107T100000\nRRULE:FREQ=WEEKLY;BYDAY=TH", "length": "PT1H", "items": [{"length": "PT10M"}]}`))
	fmt.Println(b.ID, b.Length, err)
	_, err = lifecycle.ReadBoard(strings.NewReader(`{"id": "cab",
 "meetings": "DTSTART;TZID=Europe/Lodnon:20270107T100000", "lenght": "PT1H", "items": [{"length": "10 minutes"}]}`))
	fmt.Println(err)
	// Output:
	// cab PT1H <nil>
	// lifecycle: line 2, column 14: meetings: line 1: DTSTART: unknown time zone "Europe/Lodnon"; use an IANA name such as Europe/London
	// line 2, column 60: lenght: unknown field; did you mean "length"?
	// line 2, column 99: items[0].length: "10 minutes" is not a duration such as "PT1H30M" or "-PT15M"
}
