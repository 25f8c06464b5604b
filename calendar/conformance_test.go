package calendar

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// dataDir returns the folder of foreign data, or skips the test.
func dataDir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("SLACKWATER_DATA")
	if dir == "" {
		t.Skip("SLACKWATER_DATA is unset: the foreign conformance data is not part of the module")
	}
	return filepath.Join(dir, "calendar")
}

// conformanceCase is one expectation of a foreign test suite, see the data's own README.
type conformanceCase struct {
	ID            string            `json:"id"`
	Rule          string            `json:"rule"`
	Rules         []string          `json:"rules"`
	Start         string            `json:"dtstart"`
	Starts        []string          `json:"dtstarts"`
	Zone          string            `json:"tz"`
	Value         string            `json:"value"`
	Expect        []string          `json:"expect"`
	ExpectUTC     []string          `json:"expect_utc"`
	ExpectCount   *int              `json:"expect_count"`
	ExpectAt      map[string]string `json:"expect_at"`
	ExpectError   string            `json:"expect_error"`
	Complete      bool              `json:"complete"`
	RDate         []string          `json:"rdate"`
	ExDate        []string          `json:"exdate"`
	ExRules       []string          `json:"exrules"`
	Tags          []string          `json:"tags"`
	Level         string            `json:"level"`
	Include       bool              `json:"include_dtstart"`
	IncludesStart bool              `json:"includes_dtstart"`
	Window        *struct{ From, To, Semantics string }
	Query         *struct {
		Method string
		Args   []any
		Inc    *bool
	}
	From string `json:"from"`
}

func loadCases(t testing.TB) []conformanceCase {
	b, err := os.ReadFile(filepath.Join(dataDir(t), "conformance", "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []conformanceCase
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	return cases
}

// text writes the case as content lines.
func (c *conformanceCase) text() string {
	var b strings.Builder
	stampLine := func(name, v string) {
		switch {
		case len(v) == 8:
			fmt.Fprintf(&b, "%s;VALUE=DATE:%s\n", name, v)
		case strings.HasSuffix(v, "Z") || c.Zone == "":
			fmt.Fprintf(&b, "%s:%s\n", name, v)
		case c.Zone == "UTC":
			fmt.Fprintf(&b, "%s:%sZ\n", name, v)
		default:
			fmt.Fprintf(&b, "%s;TZID=%s:%s\n", name, c.Zone, v)
		}
	}
	start := c.Start
	if start == "" && len(c.RDate) > 0 {
		start = c.RDate[0]
	}
	stampLine("DTSTART", start)
	rules := c.Rules
	if rules == nil && c.Rule != "" {
		rules = []string{c.Rule}
	}
	for _, r := range rules {
		b.WriteString("RRULE:" + r + "\n")
	}
	for _, v := range c.RDate {
		stampLine("RDATE", v)
	}
	for _, v := range c.ExDate {
		stampLine("EXDATE", v)
	}
	for _, r := range c.ExRules {
		b.WriteString("EXRULE:" + r + "\n")
	}
	return b.String()
}

// run returns "" where the case gives what it expects.
func (c *conformanceCase) run() string {
	p := Parser{IncludeStart: c.Include, RollDates: true}
	r, err := p.Recurrence(c.text())
	if c.ExpectError != "" {
		if err == nil {
			return "accepted, expected an error: " + c.ExpectError
		}
		return ""
	}
	if err != nil {
		return "rejected: " + err.Error()
	}
	r = r.In(time.UTC)
	layout := "20060102T150405"
	if c.Value == "DATE" {
		layout = "20060102"
	}
	loc := r.Location()
	within := Interval{time.Date(1, 1, 1, 0, 0, 0, 0, loc), time.Date(10000, 1, 2, 0, 0, 0, 0, loc)}
	parse := func(s string) time.Time {
		s, _, _ = strings.Cut(s, "[") // a zone name after an offset
		for _, l := range []string{"20060102T150405Z", "20060102T150405", "20060102", time.RFC3339, "2006-01-02T15:04:05.000Z"} {
			if t, err := time.ParseInLocation(l, s, loc); err == nil {
				if l == "20060102T150405" || l == "20060102" {
					return resolve(t.UTC().Add(offset(t)).Unix(), loc)
				}
				return t
			}
		}
		return time.Time{}
	}
	if c.From != "" {
		within.Start = parse(c.From)
	}
	if c.Window != nil {
		within.Start = parse(c.Window.From)
		within.End = parse(c.Window.To)
		if strings.HasSuffix(c.Window.Semantics, "]") {
			within.End = within.End.Add(1)
		}
	}
	limit, last := 100_000, false
	if c.Query != nil {
		arg := func(i int) time.Time { s, _ := c.Query.Args[i].(string); return parse(s) }
		inc := false
		for _, a := range c.Query.Args {
			if b, ok := a.(bool); ok {
				inc = b
			}
		}
		if c.Query.Inc != nil {
			inc = *c.Query.Inc
		}
		nudge := time.Duration(1)
		if inc {
			nudge = 0
		}
		switch c.Query.Method {
		case "after_inclusive_list":
			within.Start = arg(0)
		case "between":
			within = Interval{arg(0).Add(nudge), arg(1).Add(1 - nudge)}
		case "after":
			within.Start, limit = arg(0).Add(nudge), 1
		case "before":
			within.End, last = arg(0).Add(1-nudge), true
		default:
			return "skip: query " + c.Query.Method + fmt.Sprint(c.Query.Args)
		}
	}
	if !c.Complete && c.ExpectCount == nil && c.Query == nil {
		limit = len(c.Expect)
	}
	var got, gotUTC []string
	for at := range r.Starts(within) {
		if len(got) == limit {
			break
		}
		got = append(got, at.Format(layout))
		gotUTC = append(gotUTC, at.UTC().Format("20060102T150405Z"))
	}
	if last && len(got) > 1 {
		got, gotUTC = got[len(got)-1:], gotUTC[len(gotUTC)-1:]
	}
	if c.ExpectCount != nil && len(got) != *c.ExpectCount {
		return fmt.Sprintf("%d occurrences, want %d", len(got), *c.ExpectCount)
	}
	for k, want := range c.ExpectAt {
		var i int
		fmt.Sscan(k, &i)
		if i >= len(got) || got[i] != want {
			return fmt.Sprintf("occurrence %d of %v is not %s", i, got, want)
		}
	}
	if c.Expect != nil && !slices.Equal(got, c.Expect) {
		return fmt.Sprintf("got  %s\n\twant %s", short(got), short(c.Expect))
	}
	if c.ExpectUTC != nil && !slices.Equal(gotUTC, c.ExpectUTC) {
		return fmt.Sprintf("UTC got  %s\n\twant %s", short(gotUTC), short(c.ExpectUTC))
	}
	return ""
}

func short(list []string) string {
	if len(list) > 14 {
		return fmt.Sprint(list[:14], "... ", len(list))
	}
	return fmt.Sprint(list)
}

// disputes are the classes of cases on which foreign engines do not agree, with what this
// package does; the package doc says why. A case belongs to the first class whose test holds.
var disputes = []struct {
	class string
	holds func(c *conformanceCase) bool
}{
	{"RSCALE and SKIP of RFC 7529: rejected", func(c *conformanceCase) bool { return slices.Contains(c.Tags, "rscale") }},
	{"BYEASTER, not of the RFC: rejected", func(c *conformanceCase) bool { return slices.Contains(c.Tags, "byeaster") }},
	{"parts that 3.3.10 forbids together: rejected", func(c *conformanceCase) bool { return slices.Contains(c.Tags, "rfc-invalid") }},
	{"BYWEEKNO without a day part: the weekday of DTSTART", func(c *conformanceCase) bool {
		return strings.Contains(c.Rule, "BYWEEKNO") && !strings.Contains(c.Rule, "BYDAY")
	}},
	{"YEARLY;BYMONTHDAY without BYMONTH: every month", func(c *conformanceCase) bool {
		return strings.Contains(c.Rule, "FREQ=YEARLY") && strings.Contains(c.Rule, "BYMONTHDAY") && !strings.Contains(c.Rule, "BYMONTH=")
	}},
	{"DTSTART that no rule selects: not an occurrence", func(c *conformanceCase) bool {
		r, err := ParseRecurrence(c.text())
		return err == nil && r.stray(time.UTC)
	}},
	{"other", func(*conformanceCase) bool { return true }},
}

// TestConformance runs the recurrence cases of foreign test suites: those on which engines agree
// must pass, apart from calendars other than the Gregorian and rules that the RFC forbids; the
// others are counted by class.
func TestConformance(t *testing.T) {
	type tally struct{ pass, all int }
	counts := map[string]*tally{}
	count := func(class string, pass bool) {
		if counts[class] == nil {
			counts[class] = &tally{}
		}
		counts[class].all++
		if pass {
			counts[class].pass++
		}
	}
	must := 0
	for _, c := range loadCases(t) {
		fault := c.run()
		level := c.Level == "unanimous" || c.Level == "majority"
		if level && !slices.Contains(c.Tags, "rscale") && !slices.Contains(c.Tags, "rfc-invalid") {
			must++
			count("must pass", fault == "")
			if fault != "" {
				t.Errorf("%s: %v\n%s\t%s", c.ID, c.Tags, c.text(), fault)
			}
			continue
		}
		count(c.Level, fault == "")
		if c.Level == "disputed" {
			for _, d := range disputes {
				if d.holds(&c) {
					count("disputed: "+d.class, fault == "")
					break
				}
			}
		}
		if fault != "" && testing.Verbose() {
			t.Logf("%s %s: %v\n%s\t%s", c.Level, c.ID, c.Tags, c.text(), fault)
		}
	}
	if must < 200 {
		t.Errorf("only %d cases that must pass", must)
	}
	for _, class := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%3d of %3d  %s", counts[class].pass, counts[class].all, class)
	}
}

func TestClockChangeConformance(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(dataDir(t), "conformance", "dst_resolution.json"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ TZ, Kind, Local, UTC string }
	if err := json.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	wrong := 0
	for _, c := range cases {
		loc, err := time.LoadLocation(c.TZ)
		if err != nil {
			t.Fatal(err)
		}
		wall, err := time.Parse("2006-01-02T15:04:05", c.Local)
		if err != nil {
			t.Fatal(err)
		}
		if got := resolve(wall.Unix(), loc).UTC().Format(time.RFC3339); got != c.UTC {
			wrong++
			t.Errorf("%s %s %s = %s, want %s", c.TZ, c.Kind, c.Local, got, c.UTC)
		}
		if at, _ := newZoneTable(loc).walk().instant(wall.Unix()); time.Unix(at, 0).UTC().Format(time.RFC3339) != c.UTC {
			t.Errorf("zoneWalk %s %s %s, want %s", c.TZ, c.Kind, c.Local, c.UTC)
		}
	}
	t.Logf("%d of %d clock changes", len(cases)-wrong, len(cases))
}
