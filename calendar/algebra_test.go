package calendar

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// bitset is the dumb twin of Intervals: one bool a minute from epoch on.
type bitset [200]bool

var epoch = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

func minute(n int) time.Time { return epoch.Add(time.Duration(n) * time.Minute) }

func drawSet(t *rapid.T, name string) (Intervals, bitset) {
	var bits bitset
	var ivs []Interval
	for range rapid.IntRange(0, 12).Draw(t, name+" spans") {
		a := rapid.IntRange(0, len(bits)).Draw(t, name+" from")
		b := rapid.IntRange(0, min(20, len(bits)-a)).Draw(t, name+" length") + a
		ivs = append(ivs, Interval{minute(a), minute(b)})
		for i := a; i < b; i++ {
			bits[i] = true
		}
	}
	return Union(ivs...), bits
}

func (b *bitset) check(t *rapid.T, s Intervals, what string) {
	t.Helper()
	for i := range b {
		if s.Contains(minute(i)) != b[i] || s.Contains(minute(i).Add(30*time.Second)) != b[i] {
			t.Fatalf("%s: minute %d is %v, twin %v", what, i, !b[i], b[i])
		}
	}
	for i, sp := range s.spans {
		if sp.lo >= sp.hi || i > 0 && s.spans[i-1].hi >= sp.lo {
			t.Fatalf("%s is not canonical: %v", what, s.spans)
		}
	}
}

func TestAlgebraAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, x := drawSet(t, "a")
		b, y := drawSet(t, "b")
		x.check(t, a, "a")
		var union, both, less, not bitset
		total := time.Duration(0)
		for i := range x {
			union[i], both[i], less[i], not[i] = x[i] || y[i], x[i] && y[i], x[i] && !y[i], !x[i]
			if x[i] {
				total += time.Minute
			}
		}
		union.check(t, a.Union(b), "union")
		both.check(t, a.Intersect(b), "intersect")
		less.check(t, a.Subtract(b), "subtract")
		all := Interval{minute(0), minute(len(x))}
		not.check(t, a.Complement(all), "complement")
		if !a.Complement(all).Complement(all).Equal(a) {
			t.Fatal("the complement of the complement differs")
		}
		if a.Total() != total {
			t.Fatalf("total %v, twin %v", a.Total(), total)
		}
		from := rapid.IntRange(0, len(x)-1).Draw(t, "from")
		length := rapid.IntRange(0, 30).Draw(t, "d")
		d := time.Duration(length) * time.Minute
		fits := func(i int) bool {
			for k := range max(length, 1) {
				if i+k >= len(x) || !x[i+k] {
					return false
				}
			}
			return true
		}
		wantFit, found := 0, false
		for i := from; i < len(x) && !found; i++ {
			wantFit, found = i, fits(i)
		}
		got, ok := a.FirstFit(minute(from), d)
		if ok != found || ok && !got.Equal(minute(wantFit)) {
			t.Fatalf("first fit of %v from %d: %v %v, twin %d %v", d, from, got, ok, wantFit, found)
		}
		starts := slices.Collect(a.Fitting(d))
		for i := range x {
			in := slices.ContainsFunc(starts, func(iv Interval) bool { return iv.Contains(minute(i)) })
			if in != fits(i) {
				t.Fatalf("minute %d among the starts of %v: %v, twin %v", i, d, in, fits(i))
			}
		}
		iv := Interval{minute(from), minute(from).Add(d)}
		if got, want := a.Covers(iv), length == 0 || fits(from); got != want {
			t.Fatalf("covers %v: %v, twin %v", iv, got, want)
		}
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		var back Intervals
		if err := json.Unmarshal(text, &back); err != nil || !back.Equal(a) {
			t.Fatalf("JSON %s came back as %v (%v)", text, back, err)
		}
		var bulk [][]span
		for range rapid.IntRange(0, 9).Draw(t, "lists") {
			s, z := drawSet(t, "list")
			bulk = append(bulk, s.spans)
			for i := range z {
				union[i] = union[i] || z[i]
			}
		}
		union.check(t, Intervals{unionAll(append(bulk, a.spans, b.spans))}, "union of all")
	})
}

// TestTimelineAgainstTwin checks every query of a timeline over a set with seconds, so
// that bulk union takes both its ways.
func TestTimelineAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var dates []rdate
		var bits bitset
		for range rapid.IntRange(0, 60).Draw(t, "spans") {
			a := rapid.IntRange(0, len(bits)-1).Draw(t, "from")
			n := rapid.IntRange(1, min(12, len(bits)-a)).Draw(t, "length")
			at := moment{stamp: stamp{wall: minute(a).Unix(), utc: true}}
			dates = append(dates, rdate{moment: at, hasLength: true, length: Exactly(time.Duration(n) * time.Minute)})
			for i := a; i < a+n; i++ {
				bits[i] = true
			}
		}
		starts := Recurrence{&recurrenceSet{zone: time.UTC, start: stamp{wall: epoch.Unix(), utc: true}, rdates: dates}}
		c := Calendar{ID: "c", Default: DefaultClosed}
		if len(dates) > 0 {
			c.Windows = []Window{{ID: "w", Kind: Maintenance, Starts: starts, Length: Exactly(time.Minute)}}
		}
		all := Interval{minute(0), minute(len(bits))}
		k, err := c.Compile(all)
		if err != nil {
			t.Fatal(err)
		}
		line := k.For(Subject{})
		bits.check(t, line.Intervals(), "timeline")
		from := rapid.IntRange(0, len(bits)-1).Draw(t, "from")
		next := func(i int, want bool) (time.Time, bool) {
			for ; i < len(bits); i++ {
				if bits[i] == want {
					return minute(i), true
				}
			}
			return time.Time{}, false
		}
		same := func(what string, got time.Time, ok bool, want time.Time, wantOK bool) {
			t.Helper()
			if ok != wantOK || !got.Equal(want) {
				t.Fatalf("%s from %d: %v %v, twin %v %v", what, from, got, ok, want, wantOK)
			}
		}
		at := minute(from)
		got, ok := line.NextOpen(at)
		want, wantOK := next(from, true)
		same("next open", got, ok, want, wantOK)
		got, ok = line.NextClose(at)
		want, wantOK = next(from, false)
		same("next close", got, ok, want, wantOK)
		until, _ := next(from, !bits[from])
		if s := line.At(at); s.Open != bits[from] || !s.Until.Equal(until) {
			t.Fatalf("at %d: %+v, twin %v until %v", from, s, bits[from], until)
		}
		d := time.Duration(rapid.IntRange(0, 40).Draw(t, "d")) * time.Minute
		got, ok = line.FirstFit(at, d)
		want, wantOK = line.Intervals().FirstFit(at, d)
		same("first fit", got, ok, want, wantOK)
		if !slices.Equal(slices.Collect(line.Fitting(d)), slices.Collect(line.Intervals().Fitting(d))) {
			t.Fatal("fitting differs")
		}
		to := rapid.IntRange(from, len(bits)).Draw(t, "to")
		total := time.Duration(0)
		for i := from; i < to; i++ {
			if bits[i] {
				total += time.Minute
			}
		}
		if got := line.Total(Interval{at, minute(to)}); got != total {
			t.Fatalf("total of %d to %d: %v, twin %v", from, to, got, total)
		}
		// Forward: the first minute by whose beginning d has passed; backward: the last.
		n := rapid.IntRange(1, 40).Draw(t, "n")
		left, i := n, from
		for ; i < len(bits) && left > 0; i++ {
			if bits[i] {
				left--
			}
		}
		want, wantOK = minute(i), left == 0
		if !wantOK {
			want = time.Time{}
		}
		got, ok = line.Advance(at, time.Duration(n)*time.Minute)
		same("advance", got, ok, want, wantOK)
		left, i = n, from
		for ; i > 0 && left > 0; i-- {
			if bits[i-1] {
				left--
			}
		}
		want, wantOK = minute(i), left == 0
		if !wantOK {
			want = time.Time{}
		}
		got, ok = line.Advance(at, -time.Duration(n)*time.Minute)
		same("advance back", got, ok, want, wantOK)
	})
}

func TestMaxTreeAgainstScan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Int64Range(1, 20), 0, 70).Draw(t, "values")
		tree := newMaxTree(len(values))
		for i, v := range values {
			tree.leaf(i, v)
		}
		tree.fill()
		for from := range len(values) {
			for v := int64(1); v <= 21; v++ {
				want := -1
				for i := from; i < len(values); i++ {
					if values[i] >= v {
						want = i
						break
					}
				}
				if got := tree.first(from, v); got != want {
					t.Fatalf("first of at least %d from %d in %v: %d, want %d", v, from, values, got, want)
				}
			}
		}
	})
}

func TestEdgesOfTime(t *testing.T) {
	far := Interval{time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)}
	s := Union(far)
	if s.Len() != 1 || s.Total() != 1<<63-1 || !s.Covers(far) {
		t.Errorf("the longest interval: %v, total %v", slices.Collect(s.All()), s.Total())
	}
	if got, ok := s.FirstFit(epoch, 1<<63-1); ok {
		t.Errorf("292 years from 2026 fit at %v before 2262", got)
	}
	if got, ok := s.FirstFit(epoch, 24*time.Hour); !ok || !got.Equal(epoch) {
		t.Errorf("a day fits at %v %v", got, ok)
	}
	if !Union(Interval{}, Interval{epoch, epoch}, Interval{epoch, epoch.Add(-1)}).Empty() {
		t.Error("empty intervals make a set")
	}
}
