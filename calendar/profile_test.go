package calendar

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestProfileAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const hours = 40
		p := Profile{Base: rapid.Int64Range(0, 2).Draw(t, "base")}
		var twin [hours]int64
		for i := range twin {
			twin[i] = p.Base
		}
		overlap := false
		var set [hours]bool
		for range rapid.IntRange(0, 6).Draw(t, "steps") {
			from := rapid.IntRange(0, hours-1).Draw(t, "from")
			to := rapid.IntRange(from+1, hours).Draw(t, "to")
			v := rapid.Int64Range(0, 3).Draw(t, "value")
			p.Steps = append(p.Steps, Step{Interval{jan(1, from), jan(1, to)}, v})
			for i := from; i < to; i++ {
				if overlap = overlap || set[i]; !set[i] {
					set[i], twin[i] = true, v
				}
			}
		}
		if err := p.Validate(); (err != nil) != overlap || err != nil && !errors.Is(err, ErrInvalid) {
			t.Fatalf("overlap %v: %v", overlap, err)
		}
		within := Interval{jan(1, rapid.IntRange(0, 20).Draw(t, "from")), jan(1, rapid.IntRange(21, hours).Draw(t, "to"))}
		at, last, first := within.Start, int64(-1), true
		for iv, v := range p.Over(within) {
			if !iv.Start.Equal(at) || iv.Empty() || !first && v == last {
				t.Fatalf("%v with %d after %v with %d", iv, v, at, last)
			}
			for h := iv.Start; h.Before(iv.End); h = h.Add(time.Hour) {
				if i := int(h.Sub(jan(1, 0)) / time.Hour); twin[i] != v || p.At(h) != v {
					t.Fatalf("hour %d: %d and %d, twin %d", i, v, p.At(h), twin[i])
				}
			}
			at, last, first = iv.End, v, false
		}
		if !at.Equal(within.End) {
			t.Fatalf("ends at %v, not %v", at, within.End)
		}
	})
}
