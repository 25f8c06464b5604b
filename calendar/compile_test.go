package calendar

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/teambition/rrule-go"

	"github.com/slackwater-go/slackwater/internal/testkit/cputime"
)

// manyWindows is the mix of the benchmark: 40 % weekly, 20 % daily, 30 % monthly by
// weekday, 10 % yearly, in five zones, from 2020 to 2025.
func manyWindows(n int) []Window {
	rnd := rand.New(rand.NewPCG(7, 11))
	zones := []string{"Europe/London", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "UTC"}
	var out []Window
	for i := range n {
		day := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rnd.IntN(2000))
		hour, minute := rnd.IntN(24), rnd.IntN(12)*5
		wd := func() string { return weekdayNames[rnd.IntN(7)] }
		var rule string
		switch k := i % 10; {
		case k < 4:
			rule = "FREQ=WEEKLY;BYDAY=" + wd()
		case k < 6:
			rule = "FREQ=DAILY"
		case k < 9:
			rule = fmt.Sprintf("FREQ=MONTHLY;BYDAY=%d%s", rnd.IntN(4)+1, wd())
		default:
			rule = fmt.Sprintf("FREQ=YEARLY;BYMONTH=%d;BYMONTHDAY=%d", rnd.IntN(12)+1, rnd.IntN(28)+1)
		}
		kind := Maintenance
		if i%5 == 4 {
			kind = Blackout
		}
		out = append(out, Window{
			ID:     fmt.Sprintf("w%04d", i),
			Kind:   kind,
			Starts: MustParseRecurrence(fmt.Sprintf("DTSTART;TZID=%s:%sT%02d%02d00\nRRULE:%s", zones[i%5], day.Format("20060102"), hour, minute, rule)),
			Length: Exactly(time.Duration(rnd.IntN(3)+1) * 5 * time.Minute),
		})
	}
	return out
}

func fiveYears() Interval {
	from := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	return Interval{from, from.AddDate(5, 0, 0)}
}

// naiveOpen is the way without this package: expand each rule with rrule-go, sort all
// occurrences, merge.
func naiveOpen(windows []Window, within Interval) []Interval {
	var open, closed []Interval
	for _, w := range windows {
		set, err := rrule.StrToRRuleSet(w.Starts.String())
		if err != nil {
			panic(err)
		}
		for _, at := range set.Between(within.Start, within.End, true) {
			iv := Interval{at, at.Add(w.Length.Exact)}
			if w.Kind == Maintenance {
				open = append(open, iv)
			} else {
				closed = append(closed, iv)
			}
		}
	}
	merge := func(ivs []Interval) []Interval {
		sort.Slice(ivs, func(i, j int) bool { return ivs[i].Start.Before(ivs[j].Start) })
		var out []Interval
		for _, iv := range ivs {
			if n := len(out) - 1; n >= 0 && !iv.Start.After(out[n].End) {
				if iv.End.After(out[n].End) {
					out[n].End = iv.End
				}
				continue
			}
			out = append(out, iv)
		}
		return out
	}
	open, closed = merge(open), merge(closed)
	var out []Interval
	for _, iv := range open {
		for len(closed) > 0 && !closed[0].End.After(iv.Start) {
			closed = closed[1:]
		}
		for _, c := range closed {
			if !c.Start.Before(iv.End) {
				break
			}
			if c.Start.After(iv.Start) {
				out = append(out, Interval{iv.Start, c.Start})
			}
			iv.Start = c.End
		}
		if !iv.Empty() {
			out = append(out, iv)
		}
	}
	return out
}

func BenchmarkCompile(b *testing.B) {
	windows := manyWindows(1000)
	c := &Calendar{ID: "bench", Windows: windows}
	within := fiveYears()
	full := func() *Timeline {
		k, err := c.Compile(within)
		if err != nil {
			b.Fatal(err)
		}
		return k.For(Subject{})
	}
	var t *Timeline
	for b.Loop() {
		t = full()
	}
	ours := quickest(5, func() { full() })
	n := 0
	theirs := quickest(2, func() { n = len(naiveOpen(windows, within)) })
	b.ReportMetric(float64(theirs)/float64(ours), "x-faster-than-naive")
	b.ReportMetric(float64(ours)/1e6, "cpu-ms")
	b.ReportMetric(float64(n), "naive-spans")
	b.ReportMetric(float64(t.all().len()), "spans")
	b.ReportMetric(float64(t.bytes())/float64(t.all().len()), "B/span")
}

// bytes returns the memory of the timeline's own arrays.
func (t *Timeline) bytes() int {
	l := t.all()
	n := 24*cap(l.spans) + 8*(cap(l.ends)+cap(l.sums)+cap(l.most)+cap(l.before)+cap(l.room.nodes))
	for _, s := range l.spans {
		n += 16 * len(s)
	}
	return n
}

// BenchmarkChangeOneWindow reports what a full compile costs in terms of one changed window of a thousand,
// with the question that follows: whether it is open at an instant and when it next fits, and the total of
// all five years, which needs the change everywhere. One window grows longer; of the other all
// occurrences move.
func BenchmarkChangeOneWindow(b *testing.B) {
	windows := manyWindows(1000)
	c := &Calendar{ID: "bench", Windows: windows}
	compile := func() *Compiled {
		k, err := c.Compile(fiveYears())
		if err != nil {
			b.Fatal(err)
		}
		k.For(Subject{})
		return k
	}
	k := compile()
	longer, moved := windows[500], windows[500]
	longer.Length.Exact += 5 * time.Minute
	moved.Starts = MustParseRecurrence("DTSTART;TZID=Europe/London:20200105T101500\nRRULE:FREQ=WEEKLY;BYDAY=TH")
	for _, bench := range []struct {
		name string
		w    Window
	}{{"longer", longer}, {"moved", moved}} {
		b.Run(bench.name, func(b *testing.B) {
			at := fiveYears().Start.AddDate(1, 2, 3)
			change := func(ask func(*Timeline)) func() {
				return func() {
					n, err := k.With("", bench.w)
					if err != nil {
						b.Fatal(err)
					}
					ask(n.For(Subject{}))
				}
			}
			instant := change(func(t *Timeline) { t.At(at); t.FirstFit(at, 20*time.Minute) })
			all := change(func(t *Timeline) { t.Total(fiveYears()) })
			for b.Loop() {
				instant()
			}
			const batch = 20
			cost := func(f func()) time.Duration {
				return quickest(15, func() {
					for range batch {
						f()
					}
				}) / batch
			}
			one, whole, full := cost(instant), cost(all), quickest(9, func() { compile() })
			b.ReportMetric(float64(full)/float64(one), "full/change-and-ask-of-an-instant")
			b.ReportMetric(float64(full)/float64(whole), "full/change-and-ask-of-all")
			b.ReportMetric(float64(one)/1e6, "cpu-ms")
		})
	}
}

// quickest returns the least processor time that f takes in n runs: the others were disturbed.
func quickest(n int, f func()) time.Duration {
	best := time.Duration(1<<63 - 1)
	for range n {
		start := cputime.Now()
		f()
		best = min(best, cputime.Now()-start)
	}
	return best
}

func TestCompileOfManyWindowsIsTheNaiveOne(t *testing.T) {
	windows := manyWindows(60)
	within := fiveYears()
	within.End = within.Start.AddDate(1, 0, 0)
	k, err := (&Calendar{ID: "c", Windows: windows}).Compile(within)
	if err != nil {
		t.Fatal(err)
	}
	got := k.For(Subject{}).Intervals()
	var want Intervals
	for _, iv := range naiveOpen(windows, within) {
		want = want.Union(Union(iv))
	}
	// rrule-go errs where clocks change, so leave those days out.
	var skip []Interval
	for _, day := range []string{"2027-03-14", "2027-03-28", "2027-04-03", "2027-10-02", "2027-10-31", "2027-11-07", "2026-11-21"} {
		d, _ := time.Parse("2006-01-02", day)
		skip = append(skip, Interval{d.AddDate(0, 0, -1), d.AddDate(0, 0, 2)})
	}
	got, want = got.Subtract(Union(skip...)), want.Subtract(Union(skip...)).Clip(within)
	if !got.Equal(want) {
		t.Error(cmp.Diff(slices.Collect(want.Subtract(got).All()), slices.Collect(got.Subtract(want).All())))
	}
}
