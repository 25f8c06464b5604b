package lifecycle_test

import (
	"context"
	"fmt"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/lifecycle"
	"github.com/slackwater-go/slackwater/schedule/strategy"
)

func ExampleCheckSoaks() {
	canary := strategy.Strategy{Kind: strategy.Canary, CIs: []string{"a", "b"}, Deploy: strategy.Work{Duration: schedule.Hour},
		Soak: strategy.Soak{Duration: 24 * schedule.Hour, ShortenBy: "release-manager"}}
	stages, err := canary.Stages()
	if err != nil {
		panic(err)
	}
	soaks, err := canary.Soaks()
	if err != nil {
		panic(err)
	}
	var rules []lifecycle.SoakRule
	for _, x := range soaks {
		rules = append(rules, lifecycle.SoakRule{Release: "R", Stage: x.Stage, Duration: x.Soak.Duration, Calendar: x.Soak.Calendar, ShortenBy: x.Soak.ShortenBy})
	}
	stages[1].Duration = 4 * schedule.Hour // somebody is in a hurry
	p := &schedule.Problem{Horizon: calendar.Interval{Start: at(12, 1, 0), End: at(12, 8, 0)}, Releases: []schedule.Release{{ID: "R", Stages: stages}}}
	plan, err := schedule.Solve(context.Background(), p, nil)
	if err != nil {
		panic(err)
	}
	roster := &lifecycle.Roster{Groups: map[string][]string{"release-manager": {"rita"}}}
	var decided []lifecycle.Shortening
	for _, who := range []string{"ann", "rita"} {
		found, err := lifecycle.CheckSoaks(p, plan, rules, decided, roster)
		if err != nil {
			panic(err)
		}
		for _, x := range found {
			fmt.Printf("%s: %s\n", x.Stage, x.Reason)
		}
		decided = append(decided, lifecycle.Shortening{Release: "R", Stage: "soak-1", To: 4 * schedule.Hour, By: who, At: at(12, 1, 2), Reason: "no errors in the canary"})
	}
	found, err := lifecycle.CheckSoaks(p, plan, rules, decided, roster)
	fmt.Println(len(found), err)
	// Output:
	// soak-1: the soak takes PT4H of the PT24H it should: nobody decided that it may be
	// soak-1: the soak takes PT4H of the PT24H it should: ann is no release-manager, who may shorten it
	// 0 <nil>
}
