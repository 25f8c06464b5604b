package report_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/testkit/golden"
	"github.com/slackwater-go/slackwater/schedule/report"
)

func small(t testing.TB) *report.Timeline {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	at := func(day, hour int) time.Time { return time.Date(2026, 10, day, hour, 0, 0, 0, zone) }
	iv := func(d1, h1, d2, h2 int) calendar.Interval {
		return calendar.Interval{Start: at(d1, h1), End: at(d2, h2)}
	}
	return &report.Timeline{
		Title: "Two weeks <with> a clock change", Subtitle: "27 & more", Zone: zone, Span: iv(19, 0, 33, 0),
		Facts:  []report.Fact{{Name: "Releases", Value: "2"}},
		Shades: []report.Shade{{Interval: iv(24, 22, 25, 4), Kind: report.Open, Label: "Saturday night"}, {Interval: iv(28, 0, 31, 0), Kind: report.Frozen, Label: "Freeze \"Q3\""}},
		Rows: []report.Row{
			{Label: "Upgrade", Detail: "orders-db", Group: "Payments", Tags: []string{"normal"}, Level: "Very high", Bars: []report.Bar{
				{Interval: iv(24, 22, 25, 1), Label: "implement", Critical: true}, {Interval: iv(25, 1, 25, 2), Label: "verify", Kind: report.Verify, Conflict: true},
				{Interval: iv(25, 2, 25, 4), Label: "back-out", Kind: report.BackOut}, {Interval: iv(25, 4, 26, 4), Label: "soak", Kind: report.Soak}}},
			{Label: "Patch", Group: "Platform", Tags: []string{"standard"}, Level: "Low", Bars: []report.Bar{{Interval: iv(20, 9, 20, 9), Label: "milestone", Moved: true}, {Interval: iv(1, 9, 2, 9), Label: "long ago"}}},
			{Label: "Nothing yet"},
		},
		Sections: []report.Section{{Title: "Why there", Intro: "Because.", Items: []string{"a < b"}}},
	}
}

func TestGolden(t *testing.T) {
	var b bytes.Buffer
	if err := report.WriteHTML(&b, small(t)); err != nil {
		t.Fatal(err)
	}
	// Where it changed, look at it in a browser first.
	golden.Check(t, filepath.Join("testdata", "timeline.html"), b.String())
}

// Nothing of the input reaches the page unescaped, and nothing on the page needs a network.
func TestSafe(t *testing.T) {
	evil := `"><script>alert(1)</script><img src=x onerror=y>&`
	tl := small(t)
	tl.Title, tl.Subtitle = evil, evil
	tl.Facts = []report.Fact{{Name: evil, Value: evil}}
	tl.Shades[1].Label = evil
	tl.Shades[1].Interval = tl.Span
	tl.Sections = []report.Section{{Title: evil, Intro: evil, Items: []string{evil}}}
	r := &tl.Rows[0]
	r.Label, r.Detail, r.Group, r.Level, r.When, r.Tags = evil, evil, evil, evil, evil, []string{evil, "b"}
	r.Bars[0].Label = evil
	var b bytes.Buffer
	if err := report.WriteHTML(&b, tl); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	if strings.Contains(page, "<script>alert") || strings.Contains(page, "<img") {
		t.Error("input reached the page unescaped")
	}
	if n := strings.Count(page, "<script"); n != 2 { // the second is data
		t.Errorf("%d scripts", n)
	}
	b.Reset()
	if err := report.WriteHTML(&b, small(t)); err != nil {
		t.Fatal(err)
	}
	if m := regexp.MustCompile(`(?i)(src=|href="[^#]|url\([^#%]|@import|https?:)`).FindString(inline.Replace(b.String())); m != "" {
		t.Errorf("the page refers outside: %q", m)
	}
}

// inline takes away what looks like an address and is none: a picture in the page itself
// and the name of its language.
var inline = strings.NewReplacer(`url("data:image/svg+xml,`, "", "xmlns='http://www.w3.org/2000/svg'", "")

// Bars lie where their time says: on the pixel grid of the chart, never outside it.
func TestBarsAreInPlace(t *testing.T) {
	start := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	tl := &report.Timeline{Span: calendar.Interval{Start: start, End: start.Add(960 * time.Hour)}}
	for i := 0; i < 960; i += 90 {
		at := start.Add(time.Duration(i) * time.Hour)
		tl.Rows = append(tl.Rows, report.Row{Label: fmt.Sprint(i), Bars: []report.Bar{{Interval: calendar.Interval{Start: at, End: at.Add(50 * time.Hour)}, Label: "x"}}})
	}
	var b bytes.Buffer
	if err := report.WriteHTML(&b, tl); err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`class="bar b-work" x="([0-9.]+)" y="8" width="([0-9.]+)"`).FindAllStringSubmatch(b.String(), -1)
	if len(found) != len(tl.Rows) {
		t.Fatalf("%d bars drawn, want %d", len(found), len(tl.Rows))
	}
	for i, m := range found {
		want := fmt.Sprint(i * 90)
		width := "50"
		if i*90+50 > 960 {
			width = fmt.Sprint(960 - i*90)
		}
		if m[1] != want || m[2] != width {
			t.Errorf("bar %d at %s wide %s, want %s and %s", i, m[1], m[2], want, width)
		}
	}
}

// The zero Timeline is a page.
func TestZero(t *testing.T) {
	var b bytes.Buffer
	if err := report.WriteHTML(&b, &report.Timeline{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "<title>Forward schedule of change</title>") || !strings.HasSuffix(b.String(), "</html>\n") {
		t.Error("the empty page is not whole")
	}
}

func ExampleWriteHTML() {
	start := time.Date(2026, 11, 28, 22, 0, 0, 0, time.UTC)
	t := &report.Timeline{
		Title: "Saturday night",
		Span:  calendar.Interval{Start: start, End: start.Add(6 * time.Hour)},
		Rows: []report.Row{{Label: "Upgrade the orders database", Bars: []report.Bar{
			{Interval: calendar.Interval{Start: start, End: start.Add(2 * time.Hour)}, Label: "implement"},
		}}},
	}
	var page bytes.Buffer
	if err := report.WriteHTML(&page, t); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Contains(page.String(), "<td>Sat 28 Nov 22:00 – Sun 29 Nov 00:00</td>"))
	// Output: true
}

func BenchmarkWriteHTML2000(b *testing.B) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	tl := &report.Timeline{Span: calendar.Interval{Start: start, End: start.AddDate(1, 0, 0)}}
	for i := range 2000 {
		at := start.Add(time.Duration(i) * 4 * time.Hour)
		row := report.Row{Label: fmt.Sprintf("Release %d", i), Group: fmt.Sprint("Team ", i/200), Level: "Low"}
		for k := range 6 {
			row.Bars = append(row.Bars, report.Bar{Interval: calendar.Interval{Start: at.Add(time.Duration(k*8) * time.Hour), End: at.Add(time.Duration(k*8+6) * time.Hour)}, Label: "stage"})
		}
		tl.Rows = append(tl.Rows, row)
	}
	b.ReportAllocs()
	for b.Loop() {
		var out bytes.Buffer
		if err := report.WriteHTML(&out, tl); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(out.Len()))
	}
}
