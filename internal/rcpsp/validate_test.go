package rcpsp_test

import (
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

func wellFormed() *rcpsp.Instance {
	steps := []rcpsp.Step{{Value: 1}, {From: 5, Value: 2}}
	mode := rcpsp.Mode{Duration: 2, Starts: []rcpsp.Range{{Lo: 0, Hi: 3}, {Lo: 5, Hi: 8}},
		Work: []rcpsp.Span{{Lo: 0, Hi: 4}, {Lo: 6, Hi: 10}}, Demands: []rcpsp.Demand{{Resource: 0, Amount: 1}}}
	return &rcpsp.Instance{
		Horizon:   10,
		Tasks:     []rcpsp.Task{{Modes: []rcpsp.Mode{mode}}, {Modes: []rcpsp.Mode{mode, {Duration: 1}}, Optional: true}},
		Lags:      []rcpsp.Lag{{From: 0, To: 1, FromEnd: true}},
		Resources: []rcpsp.Resource{{Capacity: steps}},
		NoOverlap: [][]rcpsp.TaskID{{0, 1}},
		Groups: []rcpsp.Group{{Members: []rcpsp.Member{{Tasks: []rcpsp.TaskID{0}}}, Allowed: steps, Defined: true},
			{Members: []rcpsp.Member{{Groups: []int32{0}}}, Allowed: steps}},
		Budgets:  []rcpsp.Budget{{Periods: []rcpsp.Period{{Span: rcpsp.Span{Hi: 10}, Limit: 3}}, Uses: []rcpsp.Use{{Task: 0, Mode: -1, Amount: 2}}}},
		SameSpan: []rcpsp.SameSpan{{Tasks: []rcpsp.TaskID{0, 1}, Spans: []rcpsp.Span{{Lo: 0, Hi: 5}, {Lo: 5, Hi: 10}}}},
		Links:    []rcpsp.Link{{If: 1, Then: 0}},
		Goals: []rcpsp.Goal{{Kind: rcpsp.Sum, Weight: 1, Terms: []rcpsp.Term{{Task: 0, Cost: []rcpsp.Piece{{From: 0, Value: 1, Slope: 2}}}}},
			{Kind: rcpsp.Peak, Tier: 1, Weight: 1}},
	}
}

func TestValidateAcceptsWellFormed(t *testing.T) {
	if err := wellFormed().Validate(); err != nil {
		t.Error(err)
	}
}

// TestValidateFindsEachFault plants one fault at a time.
func TestValidateFindsEachFault(t *testing.T) {
	const big = rcpsp.Limit + 1
	for want, plant := range map[string]func(*rcpsp.Instance){
		"Horizon is -1":                   func(in *rcpsp.Instance) { in.Horizon = -1 },
		"Horizon is 1125899906842625":     func(in *rcpsp.Instance) { in.Horizon = big },
		"Tasks[1] has no mode":            func(in *rcpsp.Instance) { in.Tasks[1].Modes = nil },
		"Modes[0].Duration is -1":         func(in *rcpsp.Instance) { in.Tasks[0].Modes[0].Duration = -1 },
		"Modes[0].Starts[1] is [4, 8]":    func(in *rcpsp.Instance) { in.Tasks[0].Modes[0].Starts = []rcpsp.Range{{Lo: 0, Hi: 3}, {Lo: 4, Hi: 8}} },
		"Modes[0].Starts[0] is [-1, 3]":   func(in *rcpsp.Instance) { in.Tasks[0].Modes[0].Starts = []rcpsp.Range{{Lo: -1, Hi: 3}} },
		"Modes[0].Work[1] is [4, 10)":     func(in *rcpsp.Instance) { in.Tasks[0].Modes[0].Work = []rcpsp.Span{{Lo: 0, Hi: 4}, {Lo: 4, Hi: 10}} },
		"names resource 7":                func(in *rcpsp.Instance) { in.Tasks[0].Modes[0].Demands = []rcpsp.Demand{{Resource: 7, Amount: 1}} },
		"Amount is 0":                     func(in *rcpsp.Instance) { in.Tasks[0].Modes[0].Demands = []rcpsp.Demand{{Resource: 0}} },
		"Lags[0] joins tasks 0 and 2":     func(in *rcpsp.Instance) { in.Lags[0].To = 2 },
		"Lags[0].Min":                     func(in *rcpsp.Instance) { in.Lags[0].Min = -big },
		"Resources[0].Capacity":           func(in *rcpsp.Instance) { in.Resources[0].Capacity = []rcpsp.Step{{From: 1}} },
		"Resources[0].Capacity[1]":        func(in *rcpsp.Instance) { in.Resources[0].Capacity = []rcpsp.Step{{}, {From: 3, Value: -1}} },
		"NoOverlap[0] holds task 1":       func(in *rcpsp.Instance) { in.NoOverlap[0] = []rcpsp.TaskID{1, 1} },
		"Members[0] names task -1":        func(in *rcpsp.Instance) { in.Groups[0].Members[0].Tasks[0] = -1 },
		"Members[0] names group 1":        func(in *rcpsp.Instance) { in.Groups[1].Members[0].Groups[0] = 1 },
		"Periods[0] is [3, 3)":            func(in *rcpsp.Instance) { in.Budgets[0].Periods[0].Span = rcpsp.Span{Lo: 3, Hi: 3} },
		"Periods[0].Limit is -1":          func(in *rcpsp.Instance) { in.Budgets[0].Periods[0].Limit = -1 },
		"Periods[0].Free is -1":           func(in *rcpsp.Instance) { in.Budgets[0].Periods[0].Free = -1 },
		"Uses[0].Mode is 1":               func(in *rcpsp.Instance) { in.Budgets[0].Uses[0].Mode = 1 },
		"SameSpan[0].Spans[1] is [4, 10)": func(in *rcpsp.Instance) { in.SameSpan[0].Spans[1].Lo = 4 },
		"Links[0] joins tasks 1 and 5":    func(in *rcpsp.Instance) { in.Links[0].Then = 5 },
		"no goal has tier 1":              func(in *rcpsp.Instance) { in.Goals[1].Tier = 2; in.Goals = append(in.Goals, in.Goals[0]) },
		"tiers up to 9":                   func(in *rcpsp.Instance) { in.Goals[1].Tier = 9 },
		"Goals[1].Of is 3":                func(in *rcpsp.Instance) { in.Goals[1].Of = 3 },
		"Goals[0].Kind is 77":             func(in *rcpsp.Instance) { in.Goals[0].Kind = 77 },
		"value of tier 0 could pass":      func(in *rcpsp.Instance) { in.Goals[0].Weight, in.Goals[0].Terms[0].Cost[0].Value = 1<<40, 1<<40 },
		"Terms[0].Cost[0] is from":        func(in *rcpsp.Instance) { in.Goals[0].Terms[0].Cost[0].Slope = big },
		"Goals[0].Terms[0].Absent":        func(in *rcpsp.Instance) { in.Goals[0].Terms[0].Absent = big },
	} {
		in := wellFormed()
		plant(in)
		if err := in.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Validate = %v, want %q", err, want)
		}
	}
}

func TestValidateListsAllFaults(t *testing.T) {
	in := wellFormed()
	in.Horizon, in.Lags[0].To, in.Links[0].If = -1, 9, -3
	err := in.Validate()
	for _, want := range []string{"Horizon", "Lags[0]", "Links[0]"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Validate = %v, want %q among it", err, want)
		}
	}
}
