package schedule

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/prng"
)

// TestBillOfEachRepair repairs random small disruptions, with teams and a freeze that asks
// for an approval, and writes down from the definition who is told what, and what needs
// an approval.
func TestBillOfEachRepair(t *testing.T) {
	count := map[string]int{}
	for seed := uint64(1); seed <= 150; seed++ {
		r := prng.New(seed)
		d := disturb(r, disruptions[int(seed)%len(disruptions)])
		if d == nil {
			continue
		}
		frozen := calendar.Interval{Start: d.p.Horizon.Start.Add(time.Duration(r.IntN(disturbedHours)) * time.Hour)}
		frozen.End = frozen.Start.Add(time.Duration(1+r.IntN(6)) * time.Hour)
		d.p.Calendars[0].Windows = append(d.p.Calendars[0].Windows, calendar.Window{ID: "soft", Kind: calendar.Freeze, Grade: calendar.Approval,
			Approvers: []string{"board", "director"}, Starts: calendar.Once(frozen.Start), Length: calendar.Exactly(frozen.Duration())})
		for i := range d.p.Activities {
			d.p.Activities[i].Team = []string{"", "web", "data"}[r.IntN(3)]
		}
		got, err := Repair(context.Background(), d.p, d.inForce, &Options{Now: d.now, Hold: d.hold})
		if errors.Is(err, ErrInfeasible) {
			continue
		}
		if err != nil {
			t.Fatal(seed, err)
		}
		bill, err := BillOf(d.p, d.inForce, got, d.now)
		if err != nil {
			t.Fatal(seed, err)
		}
		told := map[string][]string{}
		var approve []string
		var inNotice, voided, moved int64
		for _, a := range d.p.Activities { // in order of their IDs but for the emergency
			x, was := d.inForce.Of(a.ID)
			y, is := got.Of(a.ID)
			if x.Start.Equal(y.Start) {
				continue
			}
			line := fmt.Sprint(a.ID, " ", x.Start.Unix(), " ", y.Start.Unix(), " ", was && a.Notice > 0 && x.Start.Before(d.now.Add(a.Notice.Std())))
			if strings.HasSuffix(line, "true") {
				inNotice++
			}
			told[a.Team] = append(told[a.Team], line)
			if was {
				moved++
			}
			if was && a.Approved {
				voided++
				why := ApprovedElsewhere
				if !is {
					why = ApprovalLapses
				}
				approve = append(approve, fmt.Sprint(a.ID, " ", why, " ", x.Start.Unix(), " ", y.Start.Unix(), " []"))
			}
			if is && a.Calendar == "c" && y.Start.Before(frozen.End) && frozen.Start.Before(y.End) {
				approve = append(approve, fmt.Sprint(a.ID, " ", FreezeApproval, " ", time.Time{}.Unix(), " ", y.Start.Unix(), " [board director]"))
			}
		}
		gotTold := map[string][]string{}
		for i, n := range bill.Tell {
			if _, twice := gotTold[n.To]; twice || i > 0 && (bill.Tell[i-1].To == "" || n.To != "" && n.To < bill.Tell[i-1].To) {
				t.Fatalf("seed %d: %v is out of order", seed, bill.Tell)
			}
			for _, m := range n.Moves {
				gotTold[n.To] = append(gotTold[n.To], fmt.Sprint(m.Activity, " ", m.From.Start.Unix(), " ", m.To.Start.Unix(), " ", m.InNotice))
			}
			count[n.To]++
		}
		var gotApprove []string
		for _, x := range bill.Approve {
			gotApprove = append(gotApprove, fmt.Sprint(x.Activity, " ", x.Why, " ", x.Was.Unix(), " ", x.Until.Unix(), " ", x.Approvers))
			count[string(x.Why)]++
		}
		for _, list := range told {
			slices.Sort(list)
		}
		slices.SortStableFunc(approve, func(a, b string) int { return strings.Compare(strings.Fields(a)[0], strings.Fields(b)[0]) })
		if diff := cmp.Diff(told, gotTold) + cmp.Diff(approve, gotApprove); diff != "" {
			t.Fatalf("seed %d: %s\n%s\n%s", seed, diff, bill, text(d.p))
		}
		if inNotice != got.Tiers[1].Value || voided != got.Tiers[2].Value || moved != got.Tiers[3].Value {
			t.Fatalf("seed %d: the bill has %d inside their notice period, %d voided approvals, %d moves; the plan %+v", seed, inNotice, voided, moved, got.Tiers)
		}
	}
	t.Log(count)
	for _, k := range []string{"", "web", "data", string(ApprovedElsewhere), string(FreezeApproval)} {
		if count[k] < 5 {
			t.Errorf("only %d of %q", count[k], k)
		}
	}
}

// TestBillNamesOwners tells a change to its team and to the owner of its release, and says
// what lapses and what comes in.
func TestBillNamesOwners(t *testing.T) {
	start := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	hour := func(n int) time.Time { return start.Add(time.Duration(n) * time.Hour) }
	p := &Problem{Zone: "Europe/Berlin", Horizon: calendar.Interval{Start: start, End: hour(48)},
		Releases: []Release{
			{ID: "r1", Name: "Shop 7", Owner: "Ana", Team: "web", Approved: true, Optional: true, Stages: []Stage{{ID: "d", Name: "Deploy", Kind: StageDeploy, Duration: Hour}}},
			{ID: "r2", Name: "Search 3", Owner: "Ana", Team: "Ana", Stages: []Stage{{ID: "d", Name: "Deploy", Kind: StageDeploy, Duration: Hour}}},
		},
		Activities: []Activity{{ID: "x", Name: "Clean up", Duration: Hour}},
	}
	from := &Plan{Assignments: []Assignment{{Activity: "r1/d", Start: hour(2), End: hour(3)}, {Activity: "x", Start: hour(2), End: hour(3)}}}
	to := &Plan{Assignments: []Assignment{{Activity: "r2/d", Start: hour(4), End: hour(5)}, {Activity: "x", Start: hour(30), End: hour(31)}}}
	bill, err := BillOf(p, from, to, start)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Tell Ana: “Shop 7: Deploy” is left out; “Search 3: Deploy” is added, Mon 23 Nov 2026 05:00–06:00 CET.",
		"Tell web: “Shop 7: Deploy” is left out.",
		"Find out whom to tell, since no team or owner is named: “Clean up” moves from Mon 23 Nov 2026 03:00 CET to Tue 24 Nov 2026 07:00 CET.",
		"“Shop 7: Deploy” is left out and its approval, for Mon 23 Nov 2026 03:00 CET, lapses: have it approved again once it is planned.",
	}
	if diff := cmp.Diff(want, bill.Words); diff != "" {
		t.Error(diff)
	}
	if bill, err = BillOf(p, from, from, start); err != nil || len(bill.Tell)+len(bill.Approve) > 0 || bill.String() != "Nobody has to be told anything, and nothing has to be approved again." {
		t.Error(bill, err)
	}
	if bill, err = BillOf(p, nil, nil, start); err != nil || len(bill.Tell) > 0 {
		t.Error(bill, err)
	}
	if _, err = BillOf(nil, from, to, start); err == nil {
		t.Error("a problem that is nil is accepted")
	}
}
