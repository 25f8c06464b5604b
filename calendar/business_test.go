package calendar

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// govHolidays reads the British government's own file.
func govHolidays(t *testing.T, division string) []Date {
	f, err := os.Open(filepath.Join(dataDir(t), "holidays", "uk_bank_holidays_govuk.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	days, err := ReadHolidaysJSON(f, division)
	if err != nil || len(days) < 80 {
		t.Fatalf("%d days: %v", len(days), err)
	}
	return days.Dates()
}

// TestHolidayRulesGiveTheBritishHolidays checks the rule helpers against the published days of
// England and Wales: the rules alone, and the days that Parliament moved or added as data.
func TestHolidayRulesGiveTheBritishHolidays(t *testing.T) {
	want := govHolidays(t, "england-and-wales")
	goodFriday, easterMonday := -2, 1
	rules := []HolidayRule{
		{Name: "New Year's Day", Month: time.January, Day: 1, Observed: NextFreeDay},
		{Name: "Good Friday", Easter: &goodFriday},
		{Name: "Easter Monday", Easter: &easterMonday},
		{Name: "Early May", Month: time.May, Nth: 1, Weekday: time.Monday},
		{Name: "Spring", Month: time.May, Nth: -1, Weekday: time.Monday},
		{Name: "Summer", Month: time.August, Nth: -1, Weekday: time.Monday},
		{Name: "Christmas Day", Month: time.December, Day: 25, Observed: NextFreeDay},
		{Name: "Boxing Day", Month: time.December, Day: 26, Observed: NextFreeDay},
	}
	got, err := HolidaysOf(rules, 2019, 2028)
	if err != nil {
		t.Fatal(err)
	}
	var missing, extra []string
	for _, d := range want {
		if !slices.Contains(got.Dates(), d) {
			missing = append(missing, d.String())
		}
	}
	for _, d := range got.Dates() {
		if !slices.Contains(want, d) {
			extra = append(extra, d.String())
		}
	}
	// VE Day 2020 moved the early May holiday; the Platinum Jubilee moved that of spring 2022 and added
	// one; the state funeral 2022 and the coronation 2023 added one each.
	if m := strings.Join(missing, " "); m != "2020-05-08 2022-06-02 2022-06-03 2022-09-19 2023-05-08" {
		t.Errorf("missing %s", m)
	}
	if e := strings.Join(extra, " "); e != "2020-05-04 2022-05-30" {
		t.Errorf("not holidays: %s", e)
	}
}

// TestEasterAgainstForeignTables checks every Easter of the tables that name one.
func TestEasterAgainstForeignTables(t *testing.T) {
	for _, file := range []struct{ name, day string }{{"countries_NL_COMMON.json", "Easter Sunday"}} {
		f, err := os.Open(filepath.Join(dataDir(t), "holidays", "vacanza", file.name))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		days, err := ReadHolidaysJSON(f, "")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, h := range days {
			if strings.Contains(h.Name, file.day) {
				if n++; Easter(h.Date.Year) != h.Date {
					t.Errorf("%v, table %v", Easter(h.Date.Year), h.Date)
				}
			}
		}
		if n < 50 {
			t.Errorf("only %d Easters in %s", n, file.name)
		}
	}
	for year, want := range map[int]string{2024: "2024-05-05", 2025: "2025-04-20", 2026: "2026-04-12", 2027: "2027-05-02"} {
		if got := OrthodoxEaster(year).String(); got != want {
			t.Errorf("Orthodox Easter %s, want %s", got, want)
		}
	}
}

// TestBusinessDaysAgainstTwin counts day by day.
func TestBusinessDaysAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first := Date{2026, 1, 1}
		var h Holidays
		for range rapid.IntRange(0, 20).Draw(t, "holidays") {
			h = append(h, Holiday{Date: first.AddDays(rapid.IntRange(0, 120).Draw(t, "holiday"))})
		}
		var weekend []time.Weekday
		if rapid.Bool().Draw(t, "other weekend") {
			weekend = []time.Weekday{time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekend")), time.Friday}
		}
		b, err := NewBusinessDays(h, weekend)
		if err != nil {
			t.Fatal(err)
		}
		if weekend == nil {
			weekend = []time.Weekday{time.Saturday, time.Sunday}
		}
		is := func(d Date) bool {
			return !slices.Contains(weekend, d.Weekday()) && !slices.ContainsFunc(h, func(x Holiday) bool { return x.Date == d })
		}
		d := first.AddDays(rapid.IntRange(0, 120).Draw(t, "day"))
		if b.Is(d) != is(d) {
			t.Fatalf("%v: %v", d, b.Is(d))
		}
		n := rapid.IntRange(-30, 30).Draw(t, "n")
		want := d
		for left := n; left > 0; {
			if want = want.AddDays(1); is(want) {
				left--
			}
		}
		for left := n; left < 0; {
			if want = want.AddDays(-1); is(want) {
				left++
			}
		}
		for n == 0 && !is(want) {
			want = want.AddDays(1)
		}
		if got, ok := b.Add(d, n); !ok || got != want {
			t.Fatalf("%v plus %d: %v %v, want %v", d, n, got, ok, want)
		}
		count := 0
		to := d.AddDays(rapid.IntRange(0, 60).Draw(t, "span"))
		for x := d; x != to; x = x.AddDays(1) {
			if is(x) {
				count++
			}
		}
		if b.Between(d, to) != count || b.Between(to, d) != -count {
			t.Fatalf("%v to %v: %d and %d, want %d", d, to, b.Between(d, to), b.Between(to, d), count)
		}
		last := b.Last(d, to, 3)
		for _, x := range last {
			if !is(x) || x.Compare(d) < 0 || x.Compare(to) >= 0 {
				t.Fatalf("%v among the last of %v to %v", x, d, to)
			}
		}
		if len(last) != min(3, count) || len(last) > 0 && b.Between(last[0], to) != len(last) {
			t.Fatalf("the last of %v to %v: %v", d, to, last)
		}
	})
}

func TestWorkingHoursLeaveOutHolidays(t *testing.T) {
	b, err := NewBusinessDays(Holidays{{Date: Date{2026, 4, 3}}, {Date: Date{2026, 4, 6}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := b.Hours("office", "Europe/London", At(9, 0), At(17, 30), 2026, 2026)
	if err != nil {
		t.Fatal(err)
	}
	loc := c.Windows[0].Starts.Location()
	for d := (Date{2026, 1, 1}); d.Year == 2026; d = d.AddDays(1) {
		open, err := c.Open(d.Span(loc), Subject{})
		if err != nil {
			t.Fatal(err)
		}
		want := time.Duration(0)
		if b.Is(d) {
			want = 8*time.Hour + 30*time.Minute
		}
		if open.Total() != want {
			t.Fatalf("%v has %v", d, open.Total())
		}
	}
}

func TestFiscalPeriods(t *testing.T) {
	f := FiscalYear{Start: time.April}
	for d := (Date{2025, 1, 1}); d.Year < 2027; d = d.AddDays(1) {
		year, from, to := f.Year(d)
		q, qFrom, qTo := f.Quarter(d)
		if d.Compare(from) < 0 || d.Compare(to) >= 0 || d.Compare(qFrom) < 0 || d.Compare(qTo) >= 0 || qFrom.Compare(from) < 0 || qTo.Compare(to) > 0 {
			t.Fatalf("%v: year %d %v to %v, quarter %d %v to %v", d, year, from, to, q, qFrom, qTo)
		}
		if want := (int(d.Month)+8)%12/3 + 1; q != want {
			t.Fatalf("%v is in quarter %d, want %d", d, q, want)
		}
	}
	if year, _, _ := (FiscalYear{Start: time.October, NamedByEnd: true}).Year(Date{2026, 11, 1}); year != 2027 {
		t.Errorf("fiscal year %d", year)
	}
}

func TestReadHolidays(t *testing.T) {
	want := Holidays{{Date{2026, 1, 1}, "New Year"}, {Date{2026, 12, 25}, "Christmas"}}
	for name, doc := range map[string]string{
		"list":   `[{"date":"2026-12-25","name":"Christmas"},{"date":"2026-01-01","title":"New Year"}]`,
		"object": `{"2026-12-25":"Christmas","2026-01-01":"New Year"}`,
		"gov":    `{"wales":{"division":"wales","events":[{"title":"Christmas","date":"2026-12-25","notes":"","bunting":true},{"title":"New Year","date":"2026-01-01"}]}}`,
	} {
		division := map[string]string{"gov": "wales"}[name]
		if got, err := ReadHolidaysJSON(strings.NewReader(doc), division); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
	if got, err := ReadHolidaysCSV(strings.NewReader("\ufeffdate,name\n2026-12-25,Christmas\n\n20260101,\"New Year\"\n")); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v %v", got, err)
	}
	_, err := ReadHolidaysCSV(strings.NewReader("2026-12-25,Christmas\n2026-13-01,x\nfoo\n"))
	if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "line 2") || !strings.Contains(err.Error(), "line 3") {
		t.Error(err)
	}
	for _, doc := range []string{`[{"name":"x"}]`, `[1]`, `{"x":"y"}`, ``} {
		if got, err := ReadHolidaysJSON(strings.NewReader(doc), ""); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v %v", doc, got, err)
		}
	}
}

func TestDurationText(t *testing.T) {
	for text, want := range map[string]string{
		"PT1H30M": "PT1H30M", "P2W": "P14D", "P1DT2H": "P1DT2H", "-PT15M": "-PT15M", "+P1D": "P1D", "PT90M": "PT1H30M", "PT0S": "PT0S", "PT0.25S": "PT0.25S", "p1d": "P1D", "P1W2D": "P9D",
	} {
		d, err := ParseDuration(text)
		if err != nil || d.String() != want {
			t.Errorf("%s is %v (%v), want %s", text, d, err, want)
		}
	}
	for _, text := range []string{"", "P", "PT", "1H", "PT1", "P1H", "PT1D", "PT1M1H", "P1DT", "PT-1H", "PT1.5H", "PT9223372037S1S", "P99999999D", "PT1.0000000001S", "P1DT1HT1M"} {
		if d, err := ParseDuration(text); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s is read as %v (%v)", text, d, err)
		}
	}
}

func FuzzReadHolidays(f *testing.F) {
	f.Add(`[{"date":"2026-12-25","name":"Christmas"}]`, "")
	f.Add(`{"2026-12-25":"Christmas"}`, "")
	f.Add(`{"wales":{"events":[{"title":"Christmas","date":"2026-12-25"}]}}`, "wales")
	f.Add(`{"divisions":{"wales":{"2026":[{"title":"Christmas","date":"25/12/2026"}],"title":"x"}}}`, "wales")
	f.Add("date,name\n2026-12-25,\"Christmas\"\n", "csv")
	f.Fuzz(func(t *testing.T, text, division string) {
		var days Holidays
		var err error
		if division == "csv" {
			days, err = ReadHolidaysCSV(strings.NewReader(text))
		} else {
			days, err = ReadHolidaysJSON(strings.NewReader(text), division)
		}
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		for i, d := range days {
			if !d.Date.Valid() || i > 0 && days[i-1].Date.Compare(d.Date) > 0 {
				t.Fatalf("%q gives %v", text, days)
			}
		}
	})
}
