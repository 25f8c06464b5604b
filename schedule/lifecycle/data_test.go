package lifecycle

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
)

// Every fault of rules is reported, with its path.
func TestRulesReportAllFaults(t *testing.T) {
	r := DefaultRules()
	r.Version, r.Zone = 9, "Mars/Olympus"
	r.Panels[0].Need, r.Panels[1].ID = 0, r.Panels[0].ID
	r.Panels[2].Covers = []Aspect{"colour"}
	r.Leads[0].Lead = -1
	r.Duties[0].Within = schedule.Hour
	r.Duties[1].Days = 0
	r.Templates = []Template{{ID: "T"}}
	r.Roster.People = []Person{{ID: "a", Hours: "nights"}, {ID: "a"}}
	r.Roster.Delegations = []Delegation{{From: "a", To: "a"}}
	r.Models = Models()
	r.Models[0].Steps = append(r.Models[0].Steps, Step{From: Draft, Verb: Submit, To: Closed, Guards: []Guard{"mood"}})
	err := r.Validate()
	if !errors.Is(err, ErrInvalid) {
		t.Fatal(err)
	}
	for _, want := range []string{"version:", "zone:", "panels[0]:", "panels[1].id:", "panels[2].covers:", "leads[0]:", "duties[0]:", "duties[1]:", "templates[0].expires:",
		"roster.people[0].hours:", "roster.people[1].id:", "roster.delegations[0]:", `has no guard "mood"`, "leads to a second state"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not reported in\n%v", want, err)
		}
	}
	if _, err := r.Compile(walkSpan()); err == nil {
		t.Error("faulty rules compile")
	}
}

// Rules and changes survive their JSON form; what it does not know is an error.
func TestJSON(t *testing.T) {
	r := walkRules()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	back, err := ReadRules(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(back)
	if err != nil || !bytes.Equal(text, again) {
		t.Errorf("%v\n%s\n%s", err, text, again)
	}
	g := walkGovernance(t)
	c, err := g.Open("C", schedule.Emergency, "ann", Terms{CIs: []string{"shop"}, Risk: 3, Window: calendar.Interval{Start: walkDay(12, 1), End: walkDay(12, 2)}}, walkDay(12, 1), "")
	if err != nil {
		t.Fatal(err)
	}
	if text, err = json.Marshal(c); err != nil {
		t.Fatal(err)
	}
	got, err := ReadChange(bytes.NewReader(text))
	if err != nil || !cmp.Equal(*got, c) {
		t.Errorf("%v %s", err, cmp.Diff(*got, c))
	}
	for _, bad := range []string{"", "{", `{"id":"C"}`, string(text) + "x", strings.Replace(string(text), `"state":"draft"`, `"state":"closed"`, 1), strings.Replace(string(text), `"id"`, `"idd"`, 1)} {
		if _, err := ReadChange(strings.NewReader(bad)); !errors.Is(err, ErrInvalid) {
			t.Errorf("%.60q is read: %v", bad, err)
		}
	}
}

func FuzzReadRules(f *testing.F) {
	text, err := json.Marshal(DefaultRules())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"models": [{"of": "normal", "initial": "draft"}], "panels": [{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ReadRules(bytes.NewReader(data))
		if err != nil {
			return
		}
		g, err := r.Compile(walkSpan())
		if err != nil {
			return
		}
		c, err := g.Open("C", schedule.Normal, "ann", Terms{CIs: []string{"shop"}}, walkDay(12, 1), "")
		if err != nil {
			return
		}
		for _, d := range c.Duties {
			if !d.Due.After(d.From) {
				t.Errorf("duty %+v", d)
			}
		}
		g.Standing(&c, walkDay(12, 2))
	})
}

// Availability: shifts in their zone, on-call beside them, absence above both.
func TestAvailability(t *testing.T) {
	hours := func(day, from, to int) calendar.Interval {
		return calendar.Interval{Start: walkDay(12, day).Add(time.Duration(from) * time.Hour), End: walkDay(12, day).Add(time.Duration(to) * time.Hour)}
	}
	r := Roster{
		Calendars: []calendar.Calendar{{ID: "tokyo", Windows: []calendar.Window{{ID: "day", Kind: calendar.Maintenance,
			Starts: calendar.MustParseRecurrence("DTSTART;TZID=Asia/Tokyo:20261201T090000\nRRULE:FREQ=DAILY"), Length: calendar.Exactly(8 * time.Hour)}}}},
		People: []Person{{ID: "yui", Supplier: "Kaze", Hours: "tokyo", OnCall: []calendar.Interval{hours(2, 8, 12)}, Absences: []calendar.Interval{hours(4, 0, 24)}}, {ID: "any"}},
	}
	for _, c := range []struct {
		who  string
		iv   calendar.Interval
		want bool
	}{
		{"yui", hours(2, 0, 8), true}, // 09:00 to 17:00 in Tokyo
		{"yui", hours(2, 0, 12), true}, {"yui", hours(2, 0, 13), false}, {"yui", hours(3, 0, 9), false},
		{"yui", hours(4, 1, 2), false}, {"any", hours(4, 1, 2), true}, {"nobody", hours(4, 1, 2), false},
	} {
		if got, err := r.Available(c.who, c.iv); got != c.want || err != nil {
			t.Errorf("%s in %s: %v %v", c.who, c.iv, got, err)
		}
	}
}

// The pack names what is missing, and text of a change cannot pose as markup.
func TestEvidenceGaps(t *testing.T) {
	g := walkGovernance(t)
	c, err := g.Open("C", Unauthorised, "scanner", Terms{Name: "x\n# All is well\n[a](b)<i>"}, walkDay(12, 1), "`found`")
	if err != nil {
		t.Fatal(err)
	}
	rec := []Record{{Index: 4, At: walkDay(12, 1), Actor: "scanner", Kind: RecordInput, Of: "C"}, {Index: 5, At: walkDay(12, 1), Actor: "z", Kind: RecordInput, Of: "D"}}
	p := g.Evidence(&c, nil, rec, Head{Records: 6, Hash: "ab"}, walkDay(12, 10))
	var md, js bytes.Buffer
	if err := errors.Join(p.WriteMarkdown(&md), p.WriteJSON(&js)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"CM-3 f: Assess the risk as it stands is overdue", "CM-3 f: Ratify or back out is overdue", "record 4,", "ISO/IEC 20000-1:2018 8.5.1.3", "AC-5", "CM-4"} {
		if !strings.Contains(md.String(), want) {
			t.Errorf("%q is not in\n%s", want, md.String())
		}
	}
	for _, bad := range []string{"\n# All", "](b)", "<i>", "`found`", "record 5,", "Find how it came about is overdue"} {
		if strings.Contains(strings.NewReplacer(`\]`, "", `\<`, "", "\\`", "").Replace(md.String()), bad) {
			t.Errorf("%q is in\n%s", bad, md.String())
		}
	}
	var back Pack
	if err := json.Unmarshal(js.Bytes(), &back); err != nil || !cmp.Equal(&back, p) {
		t.Errorf("%v %s", err, cmp.Diff(&back, p))
	}
}
