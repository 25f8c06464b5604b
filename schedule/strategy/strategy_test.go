package strategy_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/strategy"
)

func work(d schedule.Duration) strategy.Work { return strategy.Work{Duration: d} }

func ids(stages []schedule.Stage) string {
	var out []string
	for _, s := range stages {
		out = append(out, s.ID)
	}
	return strings.Join(out, " ")
}

// Every kind gives its steps, and stages that a problem accepts and lowers.
func TestKinds(t *testing.T) {
	base := strategy.Strategy{CIs: []string{"a", "b", "c"}, Deploy: work(schedule.Hour), Verify: work(schedule.Hour), Switch: work(schedule.Minute),
		Soak: strategy.Soak{Duration: schedule.Hour}, Gate: strategy.Gate{Duration: schedule.Minute}, Environments: []strategy.Environment{{Name: "staging", Work: work(schedule.Hour), Soak: strategy.Soak{Duration: schedule.Hour}}}}
	for kind, want := range map[strategy.Kind]string{
		strategy.BigBang:   "deploy soak",
		strategy.Rolling:   "wave-1 wave-2 wave-3 soak-3",
		strategy.Canary:    "canary soak-1 gate-1 wave-2 soak-2 gate-2 wave-3 soak-3",
		strategy.Rings:     "wave-1 soak-1 gate-1 wave-2 soak-2 gate-2 wave-3 soak-3",
		strategy.BlueGreen: "green verify switch soak",
		strategy.Pilot:     "pilot soak-pilot gate-pilot deploy soak",
		strategy.FlagRamp:  "dark flag-1 soak-1 gate-1 flag-5 soak-5 gate-5 flag-25 soak-25 gate-25 flag-100 soak-100",
	} {
		s := base
		s.Kind = kind
		stages, err := s.Stages()
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		if got := ids(stages); got != "test-staging soak-staging "+want {
			t.Errorf("%s: %s", kind, got)
		}
		start := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
		p := &schedule.Problem{Releases: []schedule.Release{{ID: "R", Stages: stages}}}
		p.Horizon.Start, p.Horizon.End = start, start.AddDate(0, 1, 0)
		low, err := p.Lower()
		if err != nil {
			t.Errorf("%s: %v", kind, err)
			continue
		}
		delivered := map[string]bool{}
		for _, a := range low.Activities {
			i := slices.IndexFunc(stages, func(s schedule.Stage) bool { return s.ID == a.From.Stage })
			for _, ci := range a.CIs {
				delivered[ci] = delivered[ci] || stages[i].Kind.Delivers()
			}
		}
		if len(delivered) != 3 || !delivered["a"] || !delivered["b"] || !delivered["c"] {
			t.Errorf("%s delivers to %v", kind, delivered)
		}
	}
}

func TestFaults(t *testing.T) {
	s := strategy.Strategy{Kind: "hope", Waves: [][]string{{"a"}, {}, {"a"}}, Names: []string{"one"}, Percent: []int{5, 5}, Deploy: strategy.Work{Duration: -1}, Environments: []strategy.Environment{{}}, Soak: strategy.Soak{Duration: -1}, Gate: strategy.Gate{Duration: -1}}
	_, err := s.Stages()
	if !errors.Is(err, strategy.ErrInvalid) {
		t.Fatal(err)
	}
	for _, want := range []string{"kind:", "waves[1]", "waves[2][0]", "names:", "percent[1]", "percent:", "deploy.duration", "environments[0].name", "environments[0].work", "soak.duration", "gate.duration"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q lacks %s", err, want)
		}
	}
	s = strategy.Strategy{Kind: strategy.BigBang, CIs: []string{"a"}, Deploy: strategy.Work{Duration: 1, Modes: []schedule.Mode{{}}}, Environments: []strategy.Environment{{Name: "2", Work: work(1)}}, Version: 2}
	for _, want := range []string{"version: is 2", "deploy: has two of", "deploy.modes[0].id", "deploy.modes[0].duration", "environments[0].name"} {
		if err := s.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %s", err, want)
		}
	}
	s = strategy.Strategy{Kind: strategy.Canary, CIs: []string{"a"}, Deploy: work(1)}
	if err := s.Validate(); err == nil || !strings.Contains(err.Error(), "needs two") {
		t.Error(err)
	}
}

// Growing keeps every CI, in order, in parts of one wave that are as large as allowed.
func TestGrow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var waves [][]string
		n := 0
		for range rapid.IntRange(0, 6).Draw(t, "waves") {
			var w []string
			for range rapid.IntRange(0, 30).Draw(t, "cis") {
				w = append(w, fmt.Sprint(n))
				n++
			}
			waves = append(waves, w)
		}
		first, factor := rapid.IntRange(-1, 5).Draw(t, "first"), rapid.Float64Range(0, 4).Draw(t, "factor")
		grown := strategy.Grow(waves, first, factor)
		if !slices.Equal(slices.Concat(grown...), slices.Concat(waves...)) {
			t.Fatal("CIs were lost or moved")
		}
		allowed := float64(max(first, 1))
		for _, g := range grown {
			if float64(len(g)) > allowed || len(g) == 0 {
				t.Fatalf("%d CIs where %g are allowed", len(g), allowed)
			}
			allowed *= max(factor, 1)
			if !slices.ContainsFunc(waves, func(w []string) bool { return slices.Contains(w, g[0]) && slices.Contains(w, g[len(g)-1]) }) {
				t.Fatal("a wave joins two")
			}
		}
	})
}

func ExampleStrategy_Stages() {
	s := strategy.Strategy{Kind: strategy.Canary, Waves: [][]string{{"web-1"}, {"web-2", "web-3"}},
		Deploy: strategy.Work{Parts: []schedule.Part{{Kind: schedule.Implement, Duration: schedule.Hour}, {Kind: schedule.BackOut, Duration: schedule.Hour}}},
		Soak:   strategy.Soak{Duration: 16 * schedule.Hour, Calendar: "business-hours", ShortenBy: "release manager"},
		Gate:   strategy.Gate{Duration: 15 * schedule.Minute}}
	stages, err := s.Stages()
	if err != nil {
		fmt.Println(err)
	}
	for _, st := range stages {
		fmt.Println(st.ID, st.Kind, st.CIs, st.Name)
	}
	// Output:
	// canary canary [web-1] Canary
	// soak-1 soak [web-1] Soak (release manager may shorten it)
	// gate-1 gate [] Go on?
	// wave-2 wave [web-2 web-3] Wave 2 of 2
	// soak-2 soak [web-2 web-3] Soak (release manager may shorten it)
}

func ExampleStrategy_Validate() {
	s := strategy.Strategy{Kind: strategy.BigBang, CIs: []string{"ledger"}}
	fmt.Println(s.Validate())
	// Output: strategy: deploy: takes no time: state its duration, parts or modes
}

func ExampleRead() {
	s, err := strategy.Read(strings.NewReader(`{"version": 1, "kind": "blue-green", "cis": ["shop"], "deploy": {"duration": "PT1H"}, "verify": {"duration": "PT30M"}, "switch": {"duration": "PT5M"}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	stages, err := s.Stages()
	fmt.Println(ids(stages), err)
	_, err = strategy.Read(strings.NewReader(`{"kind": "canary", "wave": []}`))
	fmt.Println(err)
	// Output:
	// green verify switch <nil>
	// strategy: line 1, column 20: wave: unknown field; did you mean "waves"?
}

func FuzzRead(f *testing.F) {
	f.Add(`{"kind":"canary","cis":["a","b"],"deploy":{"duration":"PT1H"}}`)
	f.Add(`{"kind":"flag-ramp","percent":[1,100],"cis":["a"],"deploy":{"modes":[{"id":"m","duration":"PT1H"}]},"switch":{"parts":[{"kind":"back-out","duration":"PT1H"}]}}`)
	f.Fuzz(func(t *testing.T, doc string) {
		s, err := strategy.Read(strings.NewReader(doc))
		if err != nil {
			if !errors.Is(err, strategy.ErrInvalid) {
				t.Fatalf("%v is no fault of the input", err)
			}
			return
		}
		stages, err := s.Stages()
		if err != nil || len(stages) == 0 {
			t.Fatalf("a valid strategy has %d stages: %v", len(stages), err)
		}
		names := map[string]bool{}
		for _, st := range stages {
			if names[st.ID] {
				t.Fatalf("two stages %q", st.ID)
			}
			names[st.ID] = true
		}
	})
}

func ExampleGrow() {
	fmt.Println(strategy.Grow([][]string{{"db"}, {"a", "b", "c", "d", "e", "f"}}, 1, 2))
	// Output: [[db] [a b] [c d e f]]
}

func ExampleStrategy_Cut() {
	providersFirst := strategy.WaverFunc(func(ids ...string) ([][]string, error) { return [][]string{{"db"}, {"web-1", "web-2"}}, nil })
	s := strategy.Strategy{Kind: strategy.Rings, CIs: []string{"web-1", "web-2", "db"}, Deploy: strategy.Work{Duration: schedule.Hour}}
	err := s.Cut(providersFirst, 1, 1)
	fmt.Println(s.Waves, err)
	// Output: [[db] [web-1] [web-2]] <nil>
}

func ExampleWaverFunc_Waves() {
	one := strategy.WaverFunc(func(ids ...string) ([][]string, error) { return [][]string{ids}, nil })
	waves, err := one.Waves("a", "b")
	fmt.Println(waves, err)
	// Output: [[a b]] <nil>
}

func ExampleStrategy_Soaks() {
	s := strategy.Strategy{Kind: strategy.Canary, CIs: []string{"a", "b"}, Deploy: strategy.Work{Duration: schedule.Hour},
		Soak: strategy.Soak{Duration: 16 * schedule.Hour, Calendar: "business-hours", ShortenBy: "release-manager"}}
	soaks, err := s.Soaks()
	for _, x := range soaks {
		fmt.Println(x.Stage, x.Soak.Duration, "of", x.Soak.Calendar+", to be shortened by", x.Soak.ShortenBy)
	}
	fmt.Println(err)
	// Output:
	// soak-1 PT16H of business-hours, to be shortened by release-manager
	// soak-2 PT16H of business-hours, to be shortened by release-manager
	// <nil>
}
