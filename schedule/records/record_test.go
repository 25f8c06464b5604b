package records_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/records"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

// The same two changes in the three formats are the same records.
func TestFormatsAgree(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	want := []records.Record{
		{ID: "CHG1", Title: "Upgrade, part 1", Type: "normal", Team: "platform", CIs: []string{"db-1", "db-2"}, Start: at("2026-06-06T21:00:00Z"), End: at("2026-06-06T23:30:00Z")},
		{ID: "CHG2", Title: "Patch", Type: "standard", CIs: []string{"web"}, Start: at("2026-12-05T22:00:00Z"), End: at("2026-12-06T00:00:00Z")},
	}
	files := map[records.Format]string{
		records.CSV: "Number,Short description,Type,Assignment group,Configuration item,Planned start date,Planned end date,State,Closed by\r\n" +
			"CHG1,\"Upgrade, part 1\",Normal Change,platform,db-1; db-2,2026-06-06 22:00:00,2026-06-07 00:30:00,Scheduled,\r\n" +
			"CHG3,Old,Normal,platform,web,2026-06-06 22:00:00,2026-06-07 00:30:00,Canceled,\r\n" +
			"CHG2,Patch,standard,,web,2026-12-05T22:00:00Z,2026-12-06T01:00:00+01:00,New,\r\n",
		records.JSON: `{"result": [
			{"number": "CHG1", "short_description": "Upgrade, part 1", "type": {"display_value": "Normal", "value": "normal"}, "assignment_group": {"display_value": "platform", "link": "x"},
			 "cmdb_ci": ["db-1", "db-2"], "start_date": {"display_value": "2026-06-06 22:00:00", "value": "2026-06-06 21:00:00"}, "end_date": "2026-06-06 23:30:00", "closed_by": ""},
			{"number": "CHG3", "start_date": "2026-06-06 21:00:00", "end_date": "2026-06-06 21:00:00", "state": "Cancelled"},
			{"number": "CHG2", "short_description": "Patch", "type": "standard", "cmdb_ci": "web", "start_date": "2026-12-05 22:00:00", "end_date": "2026-12-06 00:00:00"}]}`,
		records.ICalendar: strings.ReplaceAll(`BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
BEGIN:VEVENT
UID:CHG1
SUMMARY:Upgrade\, part 1
LOCATION:db-1\; db-2
CATEGORIES:Normal Change,platform
DTSTART;TZID=Europe/London:20260606T220000
DTEND;TZID=Europe/London:20260607T003000
END:VEVENT
BEGIN:VEVENT
UID:CHG3
STATUS:CANCELLED
DTSTART:20260606T220000Z
DTEND:20260606T230000Z
END:VEVENT
BEGIN:VEVENT
UID:CHG2
SUMMARY:Patch
LOCATION:web
CATEGORIES:standard
DTSTART:20261205T220000Z
DURATION:PT2H
END:VEVENT
END:VCALENDAR
`, "\n", "\r\n"),
	}
	for format, text := range files {
		f, err := records.Read(strings.NewReader(text), &records.Options{Zone: london})
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		if f.Format != format || f.Cancelled != 1 {
			t.Errorf("%s: read as %s with %d cancelled, want 1", format, f.Format, f.Cancelled)
		}
		for i := range f.Records {
			if f.Records[i].Line == 0 {
				t.Errorf("%s: record %d has no line", format, i)
			}
			f.Records[i].Line = 0
		}
		if d := cmp.Diff(want, f.Records); d != "" {
			t.Errorf("%s: (-want +got)\n%s", format, d)
		}
		if format != records.ICalendar && !cmp.Equal(f.Unread, []string{"Closed by"}) && !cmp.Equal(f.Unread, []string{"closed_by"}) {
			t.Errorf("%s: unread %q", format, f.Unread)
		}
	}
}

// Local times are those of RFC 5545, 3.3.5: in a gap the offset before it counts, a time that occurs twice is the first.
func TestLocalTimes(t *testing.T) {
	for _, c := range []struct{ zone, local, want string }{
		{"Europe/London", "2026-03-29 01:30:00", "2026-03-29T01:30:00Z"},    // skipped: 02:30 summer time
		{"Europe/London", "2026-10-25 01:30", "2026-10-25T00:30:00Z"},       // first of two
		{"America/New_York", "2026-03-08T02:30", "2026-03-08T07:30:00Z"},    // skipped: 03:30 daylight time
		{"America/New_York", "2026-11-01T01:30:00", "2026-11-01T05:30:00Z"}, // first of two
		{"Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03T15:45:00Z"}, // a gap of half an hour
		{"Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T14:45:00Z"},
		{"Asia/Kathmandu", "2026-04-05 01:45", "2026-04-04T20:00:00Z"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		f, err := records.Read(strings.NewReader("id,start,end\n1,"+c.local+",2027-01-01 00:00\n"), &records.Options{Zone: zone})
		if err != nil {
			t.Errorf("%s %s: %v", c.zone, c.local, err)
			continue
		}
		if got := f.Records[0].Start; !got.Equal(at(c.want)) {
			t.Errorf("%s %s = %s, want %s", c.zone, c.local, got.UTC().Format(time.RFC3339), c.want)
		}
	}
}

// All faults are reported together, each where it stands.
func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"no columns":  {"a,b\n1,2\n", []string{"line 1, column 1: header: has no column for the change", "column for the start", "column for the end"}},
		"rows":        {"id,start,end\n,2026-01-01 10:00,x\nB,01/02/2026 10:00,2026-01-01 10:00\nC,2026-01-02 10:00,2026-01-01 10:00\nD\n", []string{"line 2, column 1: row 2.change: is missing", "line 2, column 19: row 2.end: \"x\" is not a time", "line 3, column 3: row 3.start: \"01/02/2026 10:00\"", "line 4, column 20: row 4.end: \"2026-01-01 10:00\" is before the start", "line 5, column 1: row 5.start: is missing"}},
		"year":        {"id,start,end\nA,0001-01-01 10:00,2026-01-01 10:00\n", []string{"outside 1900 to 2200"}},
		"quote":       {"id,start,end\n\"A,2026-01-01 10:00,2026-01-01 10:00\n", []string{"check the quotes"}},
		"empty":       {" \n", []string{"is empty"}},
		"json":        {"[{\"number\": \"A\",\n\"start\": }]", []string{"line 2, column"}},
		"json shape":  {"{\"a\": 1}", []string{"no list \"result\" or \"records\""}},
		"json object": {"[1]", []string{"a change must be an object"}},
		"json deep":   {"[{\"a\": " + strings.Repeat("[", 10000) + "}]", []string{"nest deeper"}},
		"json skip":   {"{\"a\": " + strings.Repeat("[", 9000) + strings.Repeat("]", 9000) + "}", []string{"no list"}},
		"ics":         {"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:2026\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", []string{"line 3"}},
		"ics endless": {"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260101T000000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n", []string{"end the series with COUNT or UNTIL"}},
	} {
		_, err := records.Read(strings.NewReader(c.text), nil)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		if !errors.Is(err, schedule.ErrInvalid) {
			t.Errorf("%s: %v does not match ErrInvalid", name, err)
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v\nlacks %q", name, err, want)
			}
		}
	}
}

// A file that is far too large is refused before it is parsed.
func TestTooLarge(t *testing.T) {
	if _, err := records.Read(endless{}, nil); !errors.Is(err, schedule.ErrInvalid) {
		t.Errorf("an endless file: %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func FuzzRead(f *testing.F) {
	f.Add("id,start,end\nA,2026-01-01 10:00,2026-01-01 11:00\n")
	f.Add("[{\"number\": \"A\", \"start\": {\"value\": \"2026-01-01 10:00\"}, \"end\": [\"x\"]}]")
	f.Add("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:20260101T000000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, err := records.Read(strings.NewReader(text), nil)
		if err != nil {
			return
		}
		for _, r := range file.Records {
			if r.End.Before(r.Start) || r.Line < 1 {
				t.Errorf("%+v", r)
			}
		}
	})
}

// What is left out between two activities still keeps them in order, with the time that it takes.
func TestFrameKeepsOrderThroughWhatIsLeftOut(t *testing.T) {
	p := &schedule.Problem{
		Horizon: calendar.Interval{Start: at("2026-06-01T00:00:00Z"), End: at("2026-07-01T00:00:00Z")},
		Releases: []schedule.Release{
			{ID: "R1", Type: "normal", CIs: []string{"db"}, Stages: []schedule.Stage{
				{ID: "build", Kind: schedule.StageBuild, Duration: 8 * schedule.Hour},
				{ID: "deploy", Kind: schedule.StageDeploy, Duration: 2 * schedule.Hour},
				{ID: "soak", Kind: schedule.StageSoak, Duration: 24 * schedule.Hour},
			}},
			{ID: "R2", Type: "normal", CIs: []string{"web"}, Stages: []schedule.Stage{{ID: "deploy", Kind: schedule.StageDeploy, Duration: schedule.Hour}},
				After: []schedule.ReleaseLink{{Release: "R1", Reason: "web reads the new columns"}}},
		},
	}
	frame := func(second string) []schedule.Conflict {
		t.Helper()
		f, err := records.Read(strings.NewReader("change,start,end,ci\nR1,2026-06-06 22:00,2026-06-07 00:00,\nR2,"+second+",db\nCHG9,2026-06-20 10:00,2026-06-20 11:30,cache\n"), nil)
		if err != nil {
			t.Fatal(err)
		}
		fr, err := records.Frame(p, f.Records, records.Framing{})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(fr.Problem.Activities); n != 3 {
			t.Fatalf("%d activities, want 3", n)
		}
		if a := fr.Problem.Activities[2]; a.ID != "CHG9" || a.Duration != 90*schedule.Minute || !cmp.Equal(a.CIs, []string{"cache"}) {
			t.Errorf("a change of its own: %+v", a)
		}
		conflicts, err := schedule.Check(fr.Problem, fr.Plan)
		if err != nil {
			t.Fatal(err)
		}
		return conflicts
	}
	if c := frame("2026-06-08 00:00,2026-06-08 01:00"); len(c) != 0 {
		t.Errorf("after the soak: %v", c)
	}
	c := frame("2026-06-07 23:00,2026-06-08 00:00")
	if len(c) != 1 || c[0].Kind != schedule.OrderBreach || c[0].Amount != schedule.Hour || !strings.Contains(c[0].Reason, "web reads the new columns") {
		t.Errorf("an hour before the end of the soak: %+v", c)
	}
}

func ExampleRead() {
	file, err := records.Read(strings.NewReader("Number,Configuration item,Planned start date,Planned end date\nCHG1,web; db,2026-11-28 22:00:00,2026-11-29 00:00:00\n"), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	r := file.Records[0]
	fmt.Println(r.ID, r.CIs, r.Start.Format(time.RFC3339), r.End.Sub(r.Start))
	// Output: CHG1 [web db] 2026-11-28T22:00:00Z 2h0m0s
}

func ExampleFrame() {
	p := &schedule.Problem{
		Horizon:    calendar.Interval{Start: at("2026-11-23T00:00:00Z"), End: at("2026-12-07T00:00:00Z")},
		Calendar:   "nights",
		Calendars:  []calendar.Calendar{{ID: "nights", Windows: []calendar.Window{{ID: "night", Kind: calendar.Maintenance, Starts: calendar.MustParseRecurrence("DTSTART;TZID=Europe/London:20261123T220000\nRRULE:FREQ=DAILY"), Length: calendar.Exactly(6 * time.Hour)}}}},
		Activities: []schedule.Activity{{ID: "known", Duration: schedule.Hour}},
	}
	file, err := records.Read(strings.NewReader("change,title,ci,start,end\nCHG1,Patch,web,2026-11-28 09:00,2026-11-28 10:00\n"), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	framed, err := records.Frame(p, file.Records, records.Framing{})
	if err != nil {
		fmt.Println(err)
		return
	}
	conflicts, err := schedule.Check(framed.Problem, framed.Plan)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range conflicts {
		fmt.Println(c.Kind, c.Reason)
	}
	// Output: outside-window “Patch” starts when no maintenance window is open, Sat 28 Nov 2026 09:00 UTC; the last one closed Sat 28 Nov 2026 04:00 UTC; the next opens Sat 28 Nov 2026 22:00 UTC.
}
