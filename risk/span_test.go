package risk

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSpanText(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"PT1H30M": 90 * time.Minute, "PT0S": 0, "P1D": 24 * time.Hour, "P2DT3H": 51 * time.Hour, "-PT5M": -5 * time.Minute, "PT0.5S": time.Second / 2,
	} {
		var s Span
		if err := s.UnmarshalText([]byte(text)); err != nil || time.Duration(s) != want {
			t.Errorf("%s reads as %v, %v", text, time.Duration(s), err)
		}
	}
	for _, text := range []string{"", "P", "PT", "1H", "P1W", "P1M", "PT1M1H", "PT1.5H", "PTxS", "PT99999999999999999H", "P1DT", "PT1H1H"} {
		var s Span
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is accepted as %v", text, time.Duration(s))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		// Up to 100 days every nanosecond is a float64 of its own.
		want := Span(rapid.Int64Range(-100*86400e9, 100*86400e9).Draw(t, "span"))
		var got Span
		if err := got.UnmarshalText([]byte(want.String())); err != nil || got != want {
			t.Fatalf("%v reads as %v, %v", want, got, err)
		}
	})
}

func FuzzSpan(f *testing.F) {
	f.Add("P1DT2H3M4.5S")
	f.Fuzz(func(t *testing.T, text string) {
		var s, back Span
		if s.UnmarshalText([]byte(text)) != nil {
			return
		}
		if err := back.UnmarshalText([]byte(s.String())); err != nil {
			t.Fatalf("%q reads as %v, which does not read: %v", text, s, err)
		}
	})
}
