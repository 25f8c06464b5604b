package calendar

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// starts lists the occurrences of text in 2026 as local readings, at most ten.
func starts(t *testing.T, p Parser, text string) string {
	t.Helper()
	r, err := p.Recurrence(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	r = r.In(time.UTC)
	var out []string
	for at := range r.Starts(Interval{time.Date(2026, 1, 1, 0, 0, 0, 0, r.Location()), time.Date(2027, 1, 1, 0, 0, 0, 0, r.Location())}) {
		if len(out) == 10 {
			break
		}
		layout := "01-02T15:04"
		if r.AllDay() {
			layout = "01-02"
		}
		out = append(out, at.Format(layout))
	}
	return strings.Join(out, " ")
}

// TestRecurrenceDecisions holds what the package doc decides where readers of the RFC differ.
func TestRecurrenceDecisions(t *testing.T) {
	const ny = "DTSTART;TZID=America/New_York:"
	tests := []struct {
		name, text, want string
		p                Parser
	}{
		{"no rule", "DTSTART:20260105T090000Z", "01-05T09:00", Parser{}},
		{"stray start", "DTSTART:20260105T090000Z\nRRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2", "01-06T09:00 01-13T09:00", Parser{}},
		{"stray start, included", "DTSTART:20260105T090000Z\nRRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2", "01-05T09:00 01-06T09:00", Parser{IncludeStart: true}},
		{"start that matches, included", "DTSTART:20260106T090000Z\nRRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=2", "01-06T09:00 01-13T09:00", Parser{IncludeStart: true}},
		{"yearly by month day", "DTSTART:20260115T090000Z\nRRULE:FREQ=YEARLY;BYMONTHDAY=15;COUNT=3", "01-15T09:00 02-15T09:00 03-15T09:00", Parser{}},
		{"week number without day", "DTSTART;VALUE=DATE:20260106\nRRULE:FREQ=YEARLY;BYWEEKNO=2,20", "01-06 05-12", Parser{}},
		{"first week begins in the old year", "DTSTART;VALUE=DATE:20241230\nRRULE:FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO,FR", "01-02", Parser{}},
		{"last week ends in the new year", "DTSTART;VALUE=DATE:20250101\nRRULE:FREQ=YEARLY;BYWEEKNO=-1;BYDAY=SU,MO", "12-28", Parser{}},
		{"plain and numbered weekdays", "DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=MONTHLY;BYDAY=MO,2TU;COUNT=6", "01-05 01-12 01-13 01-19 01-26 02-02", Parser{}},
		{"set position in the first week", "DTSTART;VALUE=DATE:20260107\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2;COUNT=2", "01-07 01-14", Parser{}},
		{"set position before the start", "DTSTART;VALUE=DATE:20260108\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2;COUNT=2", "01-14 01-21", Parser{}},
		{"until a date", ny + "20260105T230000\nRRULE:FREQ=DAILY;UNTIL=20260107", "01-05T23:00 01-06T23:00 01-07T23:00", Parser{}},
		{"until UTC", ny + "20260105T230000\nRRULE:FREQ=DAILY;UNTIL=20260107T035959Z", "01-05T23:00", Parser{}},
		{"until local", ny + "20260105T230000\nRRULE:FREQ=DAILY;UNTIL=20260106T230000", "01-05T23:00 01-06T23:00", Parser{}},
		{"count does not bound RDATE", "DTSTART:20260105T090000Z\nRRULE:FREQ=DAILY;COUNT=2\nRDATE:20260201T090000Z", "01-05T09:00 01-06T09:00 02-01T09:00", Parser{}},
		{"count before EXDATE", "DTSTART:20260105T090000Z\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:20260106T090000Z", "01-05T09:00 01-07T09:00", Parser{}},
		{"count and until", "DTSTART:20260105T090000Z\nRRULE:FREQ=DAILY;COUNT=3;UNTIL=20260106", "01-05T09:00 01-06T09:00", Parser{}},
		{"repeated part", "DTSTART:20260105T090000Z\nRRULE:FREQ=DAILY;COUNT=9;COUNT=1", "01-05T09:00", Parser{}},
		{"repeated value", "DTSTART:20260105T090000Z\nRRULE:FREQ=DAILY;BYHOUR=9,9,10;COUNT=3", "01-05T09:00 01-05T10:00 01-06T09:00", Parser{}},
		{"EXDATE beats RDATE", "DTSTART:20260105T090000Z\nRDATE:20260105T090000Z,20260106T090000Z\nEXDATE:20260106T090000Z", "01-05T09:00", Parser{}},
		{"EXDATE as a date", ny + "20260105T090000\nRRULE:FREQ=DAILY;BYHOUR=9,21;COUNT=6\nEXDATE;VALUE=DATE:20260106", "01-05T09:00 01-05T21:00 01-07T09:00 01-07T21:00", Parser{}},
		{"EXDATE in another zone", ny + "20260105T090000\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE;TZID=Europe/London:20260106T140000", "01-05T09:00", Parser{}},
		{"EXRULE", "DTSTART:20260105T090000Z\nRRULE:FREQ=DAILY;COUNT=4\nEXRULE:FREQ=DAILY;INTERVAL=2", "01-06T09:00 01-08T09:00", Parser{}},
		{"two rules", "DTSTART;VALUE=DATE:20260105\nRRULE:FREQ=WEEKLY;COUNT=3\nRRULE:FREQ=DAILY;COUNT=2", "01-05 01-06 01-12 01-19", Parser{}},
		{"second 60", "DTSTART:20260105T090060Z\nRRULE:FREQ=DAILY;BYSECOND=60;COUNT=1", "01-05T09:00", Parser{}},
		{"gap", ny + "20260307T023000\nRRULE:FREQ=DAILY;COUNT=3", "03-07T02:30 03-08T03:30 03-09T02:30", Parser{}},
		{"gap skipped", ny + "20260307T023000\nRRULE:FREQ=DAILY;COUNT=3", "03-07T02:30 03-09T02:30 03-10T02:30", Parser{SkipGaps: true}},
		{"only gaps, skipped", ny + "20260308T023000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", "", Parser{SkipGaps: true}},
		{"only gaps", ny + "20260308T023000\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", "03-08T03:30", Parser{}},
		{"gap, hourly", ny + "20260308T010000\nRRULE:FREQ=HOURLY;COUNT=4", "03-08T01:00 03-08T03:00 03-08T04:00", Parser{}},
		{"gap, half-hourly", ny + "20260308T013000\nRRULE:FREQ=MINUTELY;INTERVAL=30;COUNT=5", "03-08T01:30 03-08T03:00 03-08T03:30", Parser{}},
		{"lost day", "DTSTART;TZID=Pacific/Apia:20111229T090000\nRRULE:FREQ=DAILY;UNTIL=20111231", "", Parser{}},
		{"end of month", "DTSTART:20260131T090000Z\nRRULE:FREQ=MONTHLY;COUNT=3", "01-31T09:00 03-31T09:00 05-31T09:00", Parser{}},
		{"rolled date", "DTSTART;VALUE=DATE:20260230", "03-02", Parser{RollDates: true}},
		{"lower case, trailing semicolon, folded", "dtstart:20260105T090000z\r\nrrule:freq=daily;cou\r\n nt=2;", "01-05T09:00 01-06T09:00", Parser{}},
		{"quoted zone", "DTSTART;TZID=\"America/New_York\";VALUE=DATE-TIME:20260105T090000", "01-05T09:00", Parser{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := starts(t, tt.p, tt.text); got != tt.want {
				t.Errorf("%s\ngot  %s\nwant %s", tt.text, got, tt.want)
			}
			r, err := tt.p.Recurrence(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := starts(t, Parser{}, r.String()); got != tt.want {
				t.Errorf("its text form %s gives %s", r, got)
			}
		})
	}
}

func TestRecurrenceFaults(t *testing.T) {
	for text, want := range map[string]string{
		"RRULE:FREQ=DAILY":         "DTSTART is missing",
		"DTSTART:20260230T000000Z": "line 1: DTSTART",
		"DTSTART:20260101\n T000000Z\nRRULE:FREQ=DAI\n LY\n\nRRULE:FREQ=NO": "line 6: RRULE: FREQ",
		"DTSTART:20260101T250000Z":                                                "no such time",
		"DTSTART;TZID=Local:20260101T000000":                                      "unknown time zone",
		"DTSTART;TZID=Mars/Base:20260101T000000":                                  "unknown time zone \"Mars/Base\"",
		"DTSTART:20260101T000000Z\nRRULE:COUNT=3":                                 "FREQ is missing",
		"DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY;COUNT=0":                      "COUNT",
		"DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY;INTERVAL=0":                   "INTERVAL",
		"DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY;INTERVAL=9999999999999999999": "INTERVAL",
		"DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY;BYDAY=1MO":                    "numbered weekday",
		"DTSTART:20260101T000000Z\nRRULE:FREQ=MONTHLY;BYDAY=6MO":                  "at most 5",
		"DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY;BYSETPOS=1":                   "another BYxxx",
		"DTSTART:20260101T000000Z\nRRULE:FREQ=MONTHLY;BYWEEKNO=1":                 "BYWEEKNO",
		"DTSTART:20260101T000000Z\nRRULE:FREQ=YEARLY;BYEASTER=1":                  "unknown rule part",
		"DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY;BYHOUR=24,x":                  "BYHOUR",
		"DTSTART:20260101T000000Z\nSUMMARY:x":                                     "not a line of a recurrence",
		"DTSTART:20260101T000000Z\nDTSTART:20260101T000000Z":                      "second DTSTART",
		"DTSTART;VALUE=DATE:20260101T000000Z":                                     "VALUE=DATE",
		"DTSTART:20260101T000000Z\nRDATE;VALUE=PERIOD:20260101T000000Z/-PT1H":     "longer than nothing",
		"DTSTART;TZID=\"Europe/London:20260101T000000":                            "quote",
		"nonsense": "content line",
	} {
		_, err := ParseRecurrence(text)
		if err == nil || !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gave %v, want %s", text, err, want)
		}
	}
	_, err := ParseRecurrence("DTSTART:x\nRRULE:FREQ=SOMETIMES;COUNT=-1\nEXDATE:y")
	if err == nil || strings.Count(err.Error(), "\n") != 3 {
		t.Errorf("not all faults at once: %v", err)
	}
}

func TestFloatingRecurrencesNeedAZone(t *testing.T) {
	r := MustParseRecurrence("DTSTART:20260105T090000\nRRULE:FREQ=DAILY;COUNT=2")
	year := Interval{time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
	for at := range r.Starts(year) {
		t.Errorf("a floating recurrence starts at %v", at)
	}
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	for at := range r.In(tokyo).Starts(year) {
		if at.UTC().Hour() != 0 {
			t.Errorf("09:00 in Tokyo is %v", at.UTC())
		}
	}
	c := Calendar{ID: "c", Windows: []Window{{ID: "w", Kind: Blackout, Starts: r, Length: Exactly(time.Hour)}}}
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "time zone") {
		t.Error(err)
	}
	c.Zone = "Asia/Tokyo"
	if open, err := c.Open(year, Subject{}); err != nil || open.Contains(time.Date(2026, 1, 5, 0, 30, 0, 0, time.UTC)) {
		t.Error(err)
	}
}

func TestOnceKeepsTheZoneOfItsInstant(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{
		time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC).In(berlin), // 02:30 for the first time
		time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC).In(berlin), // and for the second, which only UTC can say
		time.Date(2026, 7, 1, 12, 0, 0, 0, time.FixedZone("X", 5400)),
		time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC),
	} {
		r := MustParseRecurrence(Once(at).String())
		if got, ok := r.Next(at.Add(-time.Hour)); !ok || !got.Equal(at) {
			t.Errorf("%v comes back as %v: %s", at, got, r)
		}
	}
	if got := Once(time.Date(2026, 7, 1, 12, 0, 0, 0, berlin)).String(); got != "DTSTART;TZID=Europe/Berlin:20260701T120000" {
		t.Error(got)
	}
}
