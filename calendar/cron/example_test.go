package cron_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/calendar/cron"
)

func ExampleParse() {
	s, err := cron.Parse("CRON_TZ=Europe/Berlin 30 2 * * sun")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s, "on the clock of", s.Location())

	_, err = cron.Parse("0 25 * * fri-mon")
	fmt.Println(err)
	_, err = cron.Parse("0 0 30 2 *")
	fmt.Println(errors.Is(err, cron.ErrNever))
	// Output:
	// CRON_TZ=Europe/Berlin 30 2 * * sun on the clock of Europe/Berlin
	// cron, column 3 (hour): "25" is not from 0 to 23
	// cron, column 10 (day of week): range fri-mon runs backwards; write fri-6,0-mon
	// true
}

// In the night to 29 March 2026 Berlin's clock skips 02:30.
func ExampleSchedule_Next() {
	s, err := cron.Parse("CRON_TZ=Europe/Berlin 30 2 * * *")
	if err != nil {
		fmt.Println(err)
		return
	}
	t := time.Date(2026, 3, 28, 0, 0, 0, 0, time.UTC)
	for range 3 {
		t, _ = s.Next(t)
		fmt.Println(t)
	}
	// Output:
	// 2026-03-28 02:30:00 +0100 CET
	// 2026-03-29 03:30:00 +0200 CEST
	// 2026-03-30 02:30:00 +0200 CEST
}

func ExampleSchedule_Prev() {
	s, err := cron.Parse("0 9 29 2 *")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s.Prev(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))
	// Output: 2024-02-29 09:00:00 +0000 UTC true
}

func ExampleSchedule_In() {
	s, err := cron.Parse("@daily")
	if err != nil {
		fmt.Println(err)
		return
	}
	tokyo := time.FixedZone("JST", 9*3600)
	fmt.Println(s.In(tokyo).Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))
	// Output: 2026-01-02 00:00:00 +0900 JST true
}

func ExampleSchedule_Location() {
	s, err := cron.Parse("@daily")
	fmt.Println(s.Location() == nil, s.In(time.UTC).Location(), err)
	// Output: true UTC <nil>
}

// Cron takes a day that matches either field, so two rules are needed.
func ExampleSchedule_Recurrences() {
	s, err := cron.Parse("CRON_TZ=Europe/London 0 9 13 * fri")
	if err != nil {
		fmt.Println(err)
		return
	}
	rules, err := s.Recurrences()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range rules {
		fmt.Println(r)
	}
	// Output:
	// DTSTART;TZID=Europe/London:20000113T090000
	// RRULE:FREQ=DAILY;BYMONTHDAY=13;BYHOUR=9;BYMINUTE=0;BYSECOND=0
	// DTSTART;TZID=Europe/London:20000107T090000
	// RRULE:FREQ=DAILY;BYDAY=FR;BYHOUR=9;BYMINUTE=0;BYSECOND=0
}

func ExampleSchedule_String() {
	s, err := cron.Parse("@weekly")
	fmt.Println(s.String(), err)
	// Output: @weekly <nil>
}

const project = `{"kind": "AppProject", "spec": {"syncWindows": [
	{"kind": "allow", "schedule": "0 22 * * *", "duration": "6h", "applications": ["web-*"], "manualSync": true},
	{"kind": "deny", "schedule": "0 0 24 12 *", "duration": "72h", "applications": ["*"]}
]}}`

func ExampleParseSyncWindows() {
	windows, err := cron.ParseSyncWindows([]byte(project))
	fmt.Println(len(windows), err)
	_, err = cron.ParseSyncWindows([]byte(`[{"kind": "allow", "schedule": "0 22 * * 7", "duration": "6"}]`))
	fmt.Println(err)
	// Output:
	// 2 <nil>
	// line 1, column 32: syncWindows[0].schedule: Argo CD does not read 7 as Sunday in "0 22 * * 7"; write 0
	// line 1, column 58: syncWindows[0].duration: "6" is no positive duration such as 1h30m
}

func ExampleSyncWindows_CanSync() {
	windows, err := cron.ParseSyncWindows([]byte(project))
	if err != nil {
		fmt.Println(err)
		return
	}
	noon := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	auto, _ := windows.CanSync(noon, false)
	manual, _ := windows.CanSync(noon, true)
	fmt.Println("automatic:", auto, "manual:", manual)
	// Output: automatic: false manual: true
}

func ExampleSyncWindows_Active() {
	windows, err := cron.ParseSyncWindows([]byte(project))
	if err != nil {
		fmt.Println(err)
		return
	}
	christmas := time.Date(2026, 12, 25, 23, 0, 0, 0, time.UTC)
	active, _ := windows.Active(christmas)
	for _, w := range active {
		fmt.Println(w.Kind, w.Schedule)
	}
	// Output:
	// allow 0 22 * * *
	// deny 0 0 24 12 *
}

func ExampleSyncWindows_InactiveAllows() {
	windows, err := cron.ParseSyncWindows([]byte(project))
	if err != nil {
		fmt.Println(err)
		return
	}
	waiting, _ := windows.InactiveAllows(time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC))
	fmt.Println(len(waiting))
	// Output: 1
}

func ExampleSyncWindows_For() {
	windows, err := cron.ParseSyncWindows([]byte(project))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(len(windows.For(cron.App{Name: "web-shop"})), len(windows.For(cron.App{Name: "batch"})))
	// Output: 2 1
}

func ExampleSyncWindows_Validate() {
	fmt.Println(cron.SyncWindows{{Kind: "allow", Schedule: "@daily", Duration: "1h"}}.Validate())
	// Output: syncWindows[0].schedule: Argo CD reads no macros such as "@daily"; write the five fields
}

func ExampleSyncWindows_Calendar() {
	windows, err := cron.ParseSyncWindows([]byte(project))
	if err != nil {
		fmt.Println(err)
		return
	}
	c, warnings, err := windows.Calendar()
	if err != nil {
		fmt.Println(err)
		return
	}
	days := calendar.Interval{Start: time.Date(2026, 12, 23, 0, 0, 0, 0, time.UTC), End: time.Date(2026, 12, 28, 0, 0, 0, 0, time.UTC)}
	open, err := c.Open(days, cron.App{Name: "web-shop"}.Subject(cron.AutoSync))
	if err != nil {
		fmt.Println(err)
		return
	}
	for span := range open.All() {
		fmt.Println(span)
	}
	fmt.Println(len(warnings), "warnings")
	// Output:
	// [2026-12-23T00:00:00Z, 2026-12-23T04:00:00Z)
	// [2026-12-23T22:00:00Z, 2026-12-24T00:00:00Z)
	// [2026-12-27T00:00:00Z, 2026-12-27T04:00:00Z)
	// [2026-12-27T22:00:00Z, 2026-12-28T00:00:00Z)
	// 0 warnings
}

func ExampleApp_Subject() {
	s := cron.App{Name: "web", Namespace: "prod", Cluster: "eu-1"}.Subject(cron.ManualSync)
	fmt.Println(s.Services, s.Environments, s.Regions, s.Action)
	// Output: [web] [prod] [eu-1] manual-sync
}

func ExampleWarning_String() {
	windows := cron.SyncWindows{{Kind: "allow", Schedule: "0 8 * * *", Duration: "1h"}}
	_, warnings, err := windows.Calendar()
	fmt.Println(warnings[0], err)
	// Output: syncWindows[0]: names no application, namespace or cluster; Argo CD applies it to nothing (no-scope) <nil>
}

const freezes = `[{"id": 1, "freeze_start": "0 23 * * 5", "freeze_end": "0 7 * * 1", "cron_timezone": "Europe/Berlin"}]`

func ExampleParseFreezePeriods() {
	periods, err := cron.ParseFreezePeriods([]byte(freezes))
	fmt.Println(periods[0].Start, periods[0].Zone, err)
	_, err = cron.ParseFreezePeriods([]byte(`[{"freeze_start": "0 0 0 * *", "freeze_end": "0 7 * * 1"}]`))
	fmt.Println(err)
	// Output:
	// 0 23 * * 5 Europe/Berlin <nil>
	// line 1, column 19: freezePeriods[0].freeze_start: cron, column 5 (day of month): "0" is not from 1 to 31
}

func ExampleFreezePeriods_Validate() {
	fmt.Println(cron.FreezePeriods{{Start: "0 23 * * 5", End: "0 7 * * 1", Zone: "Mars"}}.Validate())
	// Output: freezePeriods[0].cron_timezone: unknown time zone "Mars"; write an IANA name such as Europe/London
}

func ExampleFreezePeriods_Frozen() {
	periods, err := cron.ParseFreezePeriods([]byte(freezes))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(periods.Frozen(time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC)))
	// Output: true <nil>
}

func ExampleFreezePeriod_Spans() {
	august := cron.FreezePeriod{Start: "* * * 8 *", End: "* * * 10 *"}
	years := calendar.Interval{Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC)}
	for span := range august.Spans(years) {
		fmt.Println(span)
	}
	// Output:
	// [2026-08-01T00:00:00Z, 2026-10-01T00:00:00Z)
	// [2027-08-01T00:00:00Z, 2027-10-01T00:00:00Z)
}

func ExampleFreezePeriods_Calendar() {
	periods, err := cron.ParseFreezePeriods([]byte(freezes))
	if err != nil {
		fmt.Println(err)
		return
	}
	year := calendar.Interval{Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
	c, warnings, err := periods.Calendar(year)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, w := range c.Windows {
		fmt.Println(w.Kind, w.EndWall)
		fmt.Println(w.Starts)
	}
	fmt.Println(len(warnings), "warnings")
	// Output:
	// freeze +3 07:00
	// DTSTART;TZID=Europe/Berlin:20000107T230000
	// RRULE:FREQ=DAILY;BYDAY=FR;BYHOUR=23;BYMINUTE=0;BYSECOND=0
	// 0 warnings
}
