package schedule

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slackwater-go/slackwater/calendar"
)

func at(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }

// shop is a release of each kind of thing that lowering does.
func shop() *Problem {
	return &Problem{
		Horizon: calendar.Interval{Start: at(1, 0), End: at(30, 0)},
		Calendars: []calendar.Calendar{
			{ID: "nights", Windows: []calendar.Window{{ID: "night", Kind: calendar.Maintenance, Length: calendar.Exactly(6 * time.Hour),
				Starts: calendar.MustParseRecurrence("DTSTART:20261101T220000Z\nRRULE:FREQ=DAILY")}}},
			{ID: "office", Windows: []calendar.Window{{ID: "day", Kind: calendar.Maintenance, Length: calendar.Exactly(8 * time.Hour),
				Starts: calendar.MustParseRecurrence("DTSTART:20261102T090000Z\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR")}}},
		},
		Calendar: "nights",
		Policies: []Policy{{Type: Normal, LeadTime: 24 * Hour, Notice: 12 * Hour, Calendar: "office"}},
		Trains:   []Train{{ID: "november", Window: []calendar.Interval{{Start: at(9, 0), End: at(12, 0)}}}},
		Releases: []Release{
			{ID: "db", Name: "Database", Type: Normal, CIs: []string{"orders-db"}, Team: "data", Submitted: at(2, 9), Train: "november", Risk: 7, Due: at(10, 12),
				Stages: []Stage{
					{ID: "test", Kind: StageTest, Duration: 8 * Hour, Calendar: "office", Pause: PauseReleasing},
					{ID: "deploy", Kind: StageDeploy, Parts: []Part{{Prepare, Hour}, {Implement, 2 * Hour}, {Verify, 30 * Minute}, {BackOut, Hour}}},
					{ID: "review", Kind: StageReview, Duration: Hour, Calendar: "office"},
				}},
			{ID: "shop", Type: Standard, CIs: []string{"shop"}, Optional: true, Value: 50, Train: "november", NotAfter: at(20, 0),
				After: []ReleaseLink{{Release: "db", MinLag: 2 * Hour}},
				Stages: []Stage{
					{ID: "canary", Kind: StageCanary, Duration: Hour, CIs: []string{"shop-1"}},
					{ID: "soak", Kind: StageSoak, Duration: 24 * Hour},
					{ID: "wave-1", Kind: StageWave, After: []string{"soak"}, Duration: 2 * Hour},
					{ID: "wave-2", Kind: StageWave, After: []string{"soak"}, Duration: 2 * Hour, MinLag: Hour},
				}},
			{ID: "app", CIs: []string{"app"}, After: []ReleaseLink{{Release: "shop", OfStage: "canary"}},
				Stages: []Stage{{ID: "flag", Kind: StageFlag, Duration: Hour}}},
		},
	}
}

// TestLower writes out what the releases become.
func TestLower(t *testing.T) {
	p := shop()
	low, err := p.Lower()
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Activities) > 0 || len(p.Releases) != 3 || len(low.Releases) > 0 {
		t.Error("Lower changed its problem, or left releases")
	}
	var got []string
	for i := range low.Activities {
		a := &low.Activities[i]
		line := strings.Join([]string{a.ID, a.Duration.String(), low.calendarOf(a, nil), string(a.Effect), strings.Join(a.CIs, "+")}, " ")
		if a.Optional {
			line += " optional"
		}
		if !a.Due.IsZero() {
			line += " due"
		}
		if !a.NotAfter.IsZero() {
			line += " deadline"
		}
		got = append(got, line)
	}
	for _, c := range low.Precedences {
		got = append(got, c.ID+" "+c.MinLag.String())
	}
	for _, l := range low.Links {
		got = append(got, l.If+" needs "+l.Then)
	}
	for _, b := range low.Bundles {
		got = append(got, b.ID+": "+strings.Join(b.Activities, " "))
	}
	for _, r := range low.DateRules {
		got = append(got, r.ID+" from "+r.From.Format(time.RFC3339)+": "+strings.Join(r.Activities, " "))
	}
	want := []string{
		"db/test PT8H office none orders-db",
		"db/deploy/prepare PT1H  none orders-db",
		"db/deploy PT3H30M nights  orders-db due",
		"db/review PT1H office none orders-db",
		"shop/canary PT1H nights  shop-1 optional",
		"shop/soak PT24H  soaking shop optional",
		"shop/wave-1 PT2H nights  shop optional deadline",
		"shop/wave-2 PT2H nights  shop optional deadline",
		"app/flag PT1H nights  app",
		"db/deploy/prepare -> db/deploy PT0S",
		"db/test -> db/deploy/prepare PT0S",
		"db/deploy -> db/review PT0S",
		"shop/canary -> shop/soak PT0S",
		"shop/soak -> shop/wave-1 PT0S",
		"shop/soak -> shop/wave-2 PT1H",
		"db/deploy -> shop/canary PT2H",
		"shop/canary -> app/flag PT0S",
		"app/flag needs shop/canary",
		"release/shop: shop/canary shop/soak shop/wave-1 shop/wave-2",
		"train/november: db/deploy shop/canary",
		// Submitted on Monday at nine: three working days later.
		"lead-time/db from 2026-11-04T17:00:00Z: db/deploy",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	prices := int64(0)
	for i := range low.Activities {
		if a := &low.Activities[i]; a.Optional {
			prices += a.price()
		}
		if want := map[string]int64{"db/deploy": 7}[low.Activities[i].ID]; low.Activities[i].Risk != want {
			t.Errorf("%s has risk %d, want %d", low.Activities[i].ID, low.Activities[i].Risk, want)
		}
	}
	if prices != 50 {
		t.Errorf("leaving shop out costs %d, want 50", prices)
	}
}

// TestLoweredPlan plans the releases; the plan names release, stage and part.
func TestLoweredPlan(t *testing.T) {
	plan, err := Solve(context.Background(), shop(), &Options{MaxWork: 200_000})
	if err != nil {
		t.Fatal(err)
	}
	prep, ok := plan.Of("db/deploy/prepare")
	if want := (Provenance{"db", "deploy", Prepare}); !ok || prep.From != want {
		t.Errorf("got %+v, want %+v", prep.From, want)
	}
	deploy, _ := plan.Of("db/deploy")
	canary, _ := plan.Of("shop/canary")
	if deploy.Start.Before(at(9, 0)) || !deploy.Start.Before(at(12, 0)) || canary.Start.Before(deploy.End.Add(2*time.Hour)) {
		t.Errorf("deploy %v, canary %v", deploy, canary)
	}
}

// TestLoweredFaultsPointToReleases: what is wrong with a stage is reported at the stage.
func TestLoweredFaultsPointToReleases(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(p *Problem)
		want   string
	}{
		"unknown kind":       {func(p *Problem) { p.Releases[0].Stages[0].Kind = "deplyo" }, "releases[0].stages[0].kind: "},
		"stage of nothing":   {func(p *Problem) { p.Releases[1].Stages[2].After = []string{"soaks"} }, "releases[1].stages[2].after[0]: "},
		"release of nothing": {func(p *Problem) { p.Releases[1].After[0].Release = "dbs" }, "releases[1].after[0].release: "},
		"circle of stages":   {func(p *Problem) { p.Releases[1].Stages[0].After = []string{"wave-1"} }, "releases[1].stages: follow one another in a circle"},
		"circle of releases": {func(p *Problem) {
			p.Releases[1].Optional = false
			p.Releases[0].After = []ReleaseLink{{Release: "app"}}
		}, "is part of a circle"},
		"resource of nothing": {func(p *Problem) { p.Releases[0].Stages[1].Demands = []Demand{{"nobody", 1}} }, "releases[0].stages[1].demands[0].resource: "},
		"same ID":             {func(p *Problem) { p.Activities = []Activity{{ID: "app/flag"}} }, "releases[2].stages[0].id: "},
		"both lengths":        {func(p *Problem) { p.Releases[0].Stages[1].Duration = Hour }, "releases[0].stages[1].parts: stand beside"},
		"unknown train":       {func(p *Problem) { p.Releases[2].Train = "december" }, "releases[2].train: "},
	} {
		p := shop()
		tt.change(p)
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}

// TestDeliveryKinds: a release of every kind of stage has an effect for each.
func TestDeliveryKinds(t *testing.T) {
	n := 0
	for _, k := range []StageKind{StageBuild, StageTest, StageApproval, StageGate, StageDeploy, StageCanary, StagePilot, StageWave, StageSwitch, StageFlag, StageSoak, StageReview} {
		if !k.known() {
			t.Errorf("%s is not known", k)
		}
		if k.Delivers() != (k.effect() == Outage) {
			t.Errorf("%s delivers: %v, and its effect is %q", k, k.Delivers(), k.effect())
		}
		if k.Delivers() {
			n++
		}
	}
	if n != 6 || StageKind("x").known() {
		t.Errorf("%d kinds deliver, want 6", n)
	}
}
