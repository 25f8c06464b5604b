package lifecycle_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/lifecycle"
)

func at(month time.Month, day, hour int) time.Time {
	return time.Date(2026, month, day, hour, 0, 0, 0, time.UTC)
}

// year is the time for which the windows of the examples are known.
var year = calendar.Interval{Start: at(11, 1, 0), End: at(13, 31, 0)}

// house are the default rules with people, and a freeze that asks for an approval.
func house() *lifecycle.Governance {
	r := lifecycle.DefaultRules()
	r.Zone = "Europe/Berlin"
	r.Roster.Groups = map[string][]string{"service-owner": {"sam"}, "change-manager": {"mia", "max"}, "emergency-board": {"eve"}, "freeze-owner": {"fay"}}
	r.Roster.Delegations = []lifecycle.Delegation{{From: "sam", To: "sid", During: calendar.Interval{Start: at(12, 1, 0), End: at(12, 15, 0)}}}
	r.Windows = &calendar.Policy{Version: 1, Calendars: []calendar.Calendar{{ID: "org", Windows: []calendar.Window{{ID: "peak", Kind: calendar.Freeze,
		Grade: calendar.Approval, Approvers: []string{"freeze-owner"}, Reason: "peak trade", Starts: calendar.Once(at(12, 14, 0)), Length: calendar.Exactly(48 * time.Hour)}}}}}
	g, err := r.Compile(year)
	if err != nil {
		panic(err)
	}
	return g
}

// opened is a normal change that is submitted and assessed.
func opened(g *lifecycle.Governance) lifecycle.Change {
	c, err := g.Open("CHG-1", schedule.Normal, "ann", lifecycle.Terms{Name: "Shop 5.0", CIs: []string{"shop"}, Method: "rolling", BackOut: "redeploy 4.9",
		Window: calendar.Interval{Start: at(12, 9, 18), End: at(12, 18, 6)}, Implementer: "ivo", Reviewer: "rob"}, at(11, 30, 9), "")
	if err != nil {
		panic(err)
	}
	for _, a := range []lifecycle.Action{{Verb: lifecycle.Submit, At: at(11, 30, 10), Actor: "ann"}, {Verb: lifecycle.Assess, At: at(11, 30, 15), Actor: "mia", Risk: 20}} {
		if c, err = g.Apply(c, a); err != nil {
			panic(err)
		}
	}
	return c
}

// approved is opened, with the approvals that it needs.
func approved(g *lifecycle.Governance) lifecycle.Change {
	c := opened(g)
	for i, d := range []lifecycle.Decision{{Panel: "service-owner", By: "sid", For: "sam"}, {Panel: "change-manager", By: "mia"}} {
		d.Verdict, d.At = lifecycle.Approve, at(12, 1, 9+i)
		var err error
		if c, err = g.Decide(c, d); err != nil {
			panic(err)
		}
	}
	c, err := g.Apply(c, lifecycle.Action{Verb: lifecycle.Authorise, At: at(12, 1, 11), Actor: "mia"})
	if err != nil {
		panic(err)
	}
	return c
}

func ExampleGovernance_Apply() {
	g := house()
	c := approved(g)
	fmt.Println(c.State)
	_, err := g.Apply(c, lifecycle.Action{Verb: lifecycle.Schedule, At: at(12, 1, 12), Actor: "ann", Planned: calendar.Interval{Start: at(12, 4, 20), End: at(12, 4, 22)}})
	var no *lifecycle.RefusedError
	fmt.Println(errors.As(err, &no), errors.Is(err, lifecycle.ErrRefused))
	fmt.Println(err)
	c, err = g.Apply(c, lifecycle.Action{Verb: lifecycle.Schedule, At: at(12, 1, 12), Actor: "ann", Planned: calendar.Interval{Start: at(12, 10, 20), End: at(12, 10, 22)}})
	fmt.Println(c.State, err)
	// Output:
	// authorised
	// true true
	// lifecycle: schedule: CHG-1: planned: its time [2026-12-04T20:00:00Z, 2026-12-04T22:00:00Z) is not inside the window [2026-12-09T18:00:00Z, 2026-12-18T06:00:00Z) of its terms
	// CHG-1: lead-time: it needs 5 business days of lead time: to start then, submit it by 2026-11-27
	// scheduled <nil>
}

func ExampleGovernance_Decide() {
	g := house()
	c := opened(g)
	_, err := g.Decide(c, lifecycle.Decision{Panel: "change-manager", By: "mia", Verdict: lifecycle.Approve, At: at(12, 1, 9)})
	fmt.Println(err)
	c, err = g.Decide(c, lifecycle.Decision{Panel: "service-owner", By: "sid", For: "sam", Verdict: lifecycle.Approve, At: at(12, 1, 9)})
	fmt.Println(err, c.Decisions[0].Expires.Format(time.DateOnly))
	// Output:
	// lifecycle: decide: CHG-1: level: Service owner decides first
	// <nil> 2026-12-31
}

func ExampleGovernance_Standing() {
	g := house()
	c := approved(g)
	s := g.Standing(&c, at(12, 2, 0))
	fmt.Println(s, s.Until.Format(time.DateOnly))
	c.Planned = calendar.Interval{Start: at(12, 14, 20), End: at(12, 14, 22)} // touches the freeze
	fmt.Println(g.Standing(&c, at(12, 2, 0)))
	// Output:
	// approved 2026-12-31
	// peak trade has 0 of 1 approvals (open)
}

func ExampleGovernance_Panels() {
	g := house()
	c := opened(g)
	c.Planned = calendar.Interval{Start: at(12, 14, 20), End: at(12, 14, 22)}
	for _, p := range g.Panels(&c, at(12, 1, 0)) {
		fmt.Println(p.Level, p.ID, p.Need, p.Of)
	}
	// Output:
	// 0 freeze/org/peak/20261214T000000Z 1 [fay]
	// 1 service-owner 1 [sam]
	// 2 change-manager 1 [max mia]
}

func ExampleGovernance_Edit() {
	g := house()
	c := approved(g)
	t := c.Terms
	t.Notes = "see the wiki" // not what was approved
	c, _ = g.Edit(c, t, "ann", "a hint", at(12, 2, 9))
	fmt.Println(c.State)
	t.Method = "all at once" // the service owner's approval does not cover it
	c, _ = g.Edit(c, t, "ann", "faster", at(12, 2, 10))
	fmt.Println(c.State, c.Decisions[0].Voided.IsZero(), c.Decisions[1].VoidedBy)
	// Output:
	// authorised
	// approval true ann
}

func ExampleGovernance_Open() {
	g := house()
	c, err := g.Open("CHG-7", lifecycle.Unauthorised, "scanner", lifecycle.Terms{CIs: []string{"shop-db"}}, at(11, 27, 16), "index found that no change made")
	fmt.Println(c.State, err)
	for _, d := range c.Duties {
		fmt.Println(d.Due.Format("Mon 2 Jan 15:04 MST"), d.Name, "-", d.Owner)
	}
	// Output:
	// detected <nil>
	// Fri 27 Nov 20:00 UTC Assess the risk as it stands - change-manager
	// Tue 1 Dec 00:00 CET Ratify or back out - emergency-board
	// Sat 12 Dec 00:00 CET Find how it came about - change-manager
}

func ExampleGovernance_Discharge() {
	g := house()
	c, _ := g.Open("CHG-7", lifecycle.Unauthorised, "scanner", lifecycle.Terms{CIs: []string{"shop-db"}}, at(11, 27, 16), "")
	_, err := g.Discharge(c, "assess", "eve", "", at(11, 27, 17))
	fmt.Println(err)
	c, err = g.Discharge(c, "assess", "mia", "harmless", at(11, 27, 21))
	fmt.Println(err, c.Duties[0].Late(), c.Duties[1].Overdue(at(12, 1, 0)))
	// Output:
	// lifecycle: discharge: CHG-7: duty-owner: "Assess the risk as it stands" is for change-manager to do, not for "eve"
	// <nil> true true
}

func ExampleGovernance_Move() {
	g := house()
	r, _ := g.OpenRelease("R-1", "ann", []string{"CHG-1"}, at(11, 23, 9), "")
	states := map[string]lifecycle.State{"CHG-1": lifecycle.Approval}
	for _, v := range []lifecycle.Verb{lifecycle.Build, lifecycle.Test, lifecycle.Deploy} {
		next, err := g.Move(r, lifecycle.Action{Verb: v, At: at(11, 24, 9), Actor: "ann"}, states)
		if err != nil {
			fmt.Println(err)
			break
		}
		r = next
	}
	fmt.Println(r.State)
	// Output:
	// lifecycle: deploy: R-1: changes-ready: its change CHG-1 is in state approval and must be scheduled or further
	// test
}

func ExampleGovernance_LastDay() {
	g := house()
	lead, notice := g.Lead(schedule.Normal, 20)
	fmt.Println(g.LastDay(at(12, 10, 20), lead), g.LastDay(at(12, 10, 20), notice))
	// Output:
	// 2026-12-03 2026-12-07
}

func ExampleReadRules() {
	_, err := lifecycle.ReadRules(strings.NewReader(`{"version": 1, "duties": [{"id": "pir", "name": "Review", "types": ["emergncy"], "on": "implement", "owner": "mia"}]}`))
	fmt.Println(err)
	// Output:
	// lifecycle: line 1, column 27: duties[0]: needs either days (1 to 10,000) or within: every duty has a due date
	// line 1, column 68: duties[0].types: "emergncy" has no model
}

func cab() *lifecycle.Board {
	return &lifecycle.Board{ID: "cab", Length: schedule.Hour, CutOff: 2, Items: []lifecycle.ItemRule{{Length: 20 * schedule.Minute}},
		Meetings: calendar.MustParseRecurrence("DTSTART;TZID=Europe/Berlin:20261126T100000\nRRULE:FREQ=WEEKLY;BYDAY=TH")}
}

func rollout() *schedule.Problem {
	return &schedule.Problem{Horizon: calendar.Interval{Start: at(11, 23, 0), End: at(12, 21, 0)}, Releases: []schedule.Release{{
		ID: "R-1", Type: schedule.Normal, CIs: []string{"shop"}, Submitted: at(11, 25, 9), Due: at(12, 12, 0),
		Stages: []schedule.Stage{{ID: "build", Kind: schedule.StageBuild, Duration: 8 * schedule.Hour}, {ID: "go", Kind: schedule.StageDeploy, Duration: 2 * schedule.Hour}}}}}
}

func ExampleGovernance_Meetings() {
	meetings, err := house().Meetings(cab(), calendar.Interval{Start: at(11, 23, 0), End: at(12, 7, 0)})
	for _, m := range meetings {
		fmt.Println(m.During.Start.Format("Mon 2 Jan 15:04"), "submit by", m.CutOff)
	}
	fmt.Println(err)
	// Output:
	// Thu 26 Nov 10:00 submit by 2026-11-24
	// Thu 3 Dec 10:00 submit by 2026-12-01
	// <nil>
}

func ExampleGovernance_Agendas() {
	g, b := house(), cab()
	p, err := g.Seat(b, rollout())
	if err != nil {
		fmt.Println(err)
		return
	}
	plan := &schedule.Plan{Assignments: []schedule.Assignment{ // as schedule.Solve plans it
		{Activity: "R-1/build", Start: at(11, 23, 0), End: at(11, 23, 8)},
		{Activity: "R-1/cab", Start: at(12, 3, 9), End: at(12, 3, 9).Add(20 * time.Minute)},
		{Activity: "R-1/go", Start: at(12, 3, 10), End: at(12, 3, 12)},
	}}
	agendas, err := g.Agendas(b, p, plan, p.Horizon)
	for _, a := range agendas[:2] {
		fmt.Println(a.Meeting.During.Start.Format(time.DateOnly), "free", a.Free)
		for _, it := range a.Items {
			fmt.Println(it.At.Start.UTC().Format("15:04"), it.Release)
		}
	}
	fmt.Println(err)
	// Output:
	// 2026-11-26 free PT1H
	// 2026-12-03 free PT40M
	// 09:00 R-1
	// <nil>
}

func ExampleGovernance_Backwards() {
	all, err := house().Backwards(rollout(), nil, cab())
	d := all[0]
	fmt.Println("submit by", d.SubmitBy, "board", d.BoardBy.During.Start.Format(time.DateOnly), "announce by", d.AnnounceBy)
	fmt.Println("start by", d.StartBy.Format("2 Jan 15:04"), "deliver by", d.DeliverBy.Format("2 Jan 15:04"), "slack", d.SlackDays, "days")
	for _, l := range d.Chain {
		fmt.Printf("%s (%s)\n", l.Activity, l.Why)
	}
	fmt.Println(err)
	// Output:
	// submit by 2026-12-04 board 2026-12-10 announce by 2026-12-08
	// start by 11 Dec 14:00 deliver by 11 Dec 22:00 slack 14 days
	// R-1/build ()
	// R-1/go (precedence)
	// <nil>
}

func ExampleAssign() {
	r := &lifecycle.Roster{People: []lifecycle.Person{{ID: "ivo", Team: "web"}, {ID: "mia", Team: "web"}, {ID: "bo", Team: "data"}}}
	s := &lifecycle.Staffing{
		Seats: []lifecycle.Seat{{Role: "implementer", Need: 1, Of: []string{"ivo"}}, {Role: "approver", Need: 1, Of: []string{"ivo", "mia", "bo"}}},
		Rules: []lifecycle.SeparateRule{{ID: "four-eyes", Roles: []string{"implementer", "approver"}, Teams: true}},
	}
	out, err := lifecycle.Assign(s, r)
	fmt.Println(out.Seats[1].Taken[0].Person, err)
	s.Seats[1].Of = []string{"mia"}
	_, err = lifecycle.Assign(s, r)
	fmt.Println(err)
	// Output:
	// bo <nil>
	// lifecycle: no assignment of people satisfies the rules: implementer needs 1 of ivo; approver needs 1 of mia; rule four-eyes keeps implementer, approver apart, in different teams
}

func ExampleCheckStaffing() {
	s := &lifecycle.Staffing{
		Seats: []lifecycle.Seat{{Role: "implementer", Need: 1, Of: []string{"ivo"}, Taken: []lifecycle.Seated{{Person: "ivo"}}},
			{Role: "approver", Need: 2, Of: []string{"ivo", "mia"}, Taken: []lifecycle.Seated{{Person: "ivo"}}}},
		Rules: []lifecycle.SeparateRule{{ID: "four-eyes", Roles: []string{"implementer", "approver"}}},
	}
	breaches, err := lifecycle.CheckStaffing(s, &lifecycle.Roster{})
	for _, b := range breaches {
		fmt.Println(b.Rule, "-", b.Reason)
	}
	fmt.Println(err)
	// Output:
	// quorum - approver has 1 of 2
	// four-eyes - ivo is implementer and approver
	// <nil>
}

func ExampleGovernance_Staff() {
	g := house()
	c := opened(g)
	s := g.Staff(&c, []string{"ivo"}, []string{"ivo", "rob"}, calendar.Interval{}, calendar.Interval{})
	out, err := lifecycle.Assign(&s, &lifecycle.Roster{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, x := range out.Seats {
		fmt.Println(x.Role, x.Taken[0].Person)
	}
	// Output:
	// implementer ivo
	// reviewer rob
	// service-owner sam
	// change-manager max
}

func ExampleGovernance_Evidence() {
	g := house()
	c := approved(g)
	pack := g.Evidence(&c, nil, nil, lifecycle.Head{}, at(12, 2, 0))
	var b bytes.Buffer
	if err := pack.WriteMarkdown(&b); err != nil {
		fmt.Println(err)
		return
	}
	page := b.String()
	fmt.Println(page[:strings.Index(page, "## NIST SP 800-53 Rev. 5 CM-3 c")])
	// Output:
	// # Evidence for CHG-1 Shop 5.0
	//
	// normal change, authorised, as of 2026-12-02T00:00:00Z.
	//
	// ## Gaps
	//
	// - NIST SP 800-53 Rev. 5 CM-3 d: Approved changes are implemented: nothing is recorded
	// - NIST SP 800-53 Rev. 5 CM-3 e: Records are retained: nothing is recorded
	//
	// ## NIST SP 800-53 Rev. 5 CM-3 a: The change is of a type that is under control
	//
	// - Type: normal
	// - Requested by: ann
	// - Touches: shop
	//
	// ## NIST SP 800-53 Rev. 5 CM-4: Impact analysis before the change
	//
	// - Assessed: 2026-11-30 16:00 CET by mia, 20 points
	// - Back-out: redeploy 4.9
	//
	// ## NIST SP 800-53 Rev. 5 CM-3 b: Review, and approval or disapproval with regard to impact
	//
	// - Service owner: approved, 1 of 1 approvals
	// - Change manager: approved, 1 of 1 approvals
	// - 2026-12-01 10:00 CET approve by sid on service-owner for sam
	// - 2026-12-01 11:00 CET approve by mia on change-manager
}

func ExampleTermsOf() {
	plan := &schedule.Plan{Assignments: []schedule.Assignment{{Activity: "R-1/go", Start: at(12, 3, 10), End: at(12, 3, 12)}}}
	t, planned := lifecycle.TermsOf(&rollout().Releases[0], plan, 4*schedule.Hour)
	fmt.Println(planned)
	fmt.Println(t.Window, t.Fingerprint(lifecycle.AspectRisk)[:15])
	// Output:
	// [2026-12-03T10:00:00Z, 2026-12-03T12:00:00Z)
	// [2026-12-03T06:00:00Z, 2026-12-03T16:00:00Z) sha256:e83589e1
}

func ExampleGovernance_Seat() {
	p, err := house().Seat(cab(), rollout())
	if err != nil {
		fmt.Println(err)
		return
	}
	s := p.Releases[0].Stages[2]
	fmt.Println(s.ID, s.Kind, s.Duration, s.Calendar, s.After, "not before", s.NotBefore.Format(time.DateOnly))
	fmt.Println(p.Releases[0].Stages[1].After)
	// Output:
	// cab approval PT20M board/cab [build] not before 2026-12-03
	// [build cab]
}

func ExampleGovernance_LeadTimes() {
	p, err := house().LeadTimes(rollout())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range p.DateRules {
		fmt.Println(r.Name, "-", r.From.Format(time.DateOnly))
	}
	// Output:
	// 5 business days of lead time for normal changes of risk 0 - 2026-12-02
}

func ExampleGovernance_FirstDay() {
	d, ok := house().FirstDay(at(11, 28, 12), 1) // a Saturday
	fmt.Println(d, ok)
	// Output:
	// 2026-12-01 true
}
