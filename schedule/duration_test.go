package schedule

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDurationText(t *testing.T) {
	for text, want := range map[string]Duration{
		"PT0S": 0, "PT1H30M": 90 * Minute, "-PT15M": -15 * Minute, "PT24H": 24 * Hour, "+PT5S": 5 * Second,
		"PT0.5S": Second / 2, "PT1M0.000000001S": Minute + 1, "PT90M": 90 * Minute,
	} {
		got, err := ParseDuration(text)
		if err != nil || got != want {
			t.Errorf("ParseDuration(%q) = %v, %v, want %v", text, got, err, want)
		}
	}
	for text, why := range map[string]string{
		"": "not a duration", "PT": "not a duration", "P1D": "days or weeks", "P2W": "days or weeks", "PT1M1H": "not a duration",
		"PT1H1H": "not a duration", "PT1.5H": "decimal point", "PT.S": "digits", "PT1": "not a duration", "1h": "not a duration",
		"PT99999999999H": "292 years", "PT2562047H60M": "292 years", "PT1.0000000001S": "decimal point", "--PT1S": "not a duration",
		"PT-1S": "not a duration", "PTé": "not a duration", "PT1ſ": "not a duration", "PT..5S": "decimal point",
	} {
		if d, err := ParseDuration(text); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("ParseDuration(%q) = %v, %v, want an error with %q", text, d, err, why)
		}
	}
}

// TestDurationRoundTrip writes and reads, and compares with the standard library's own
// text where that has the same letters.
func TestDurationRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Duration(rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(t, "d"))
		got, err := ParseDuration(d.String())
		if err != nil || got != d {
			t.Fatalf("%d writes as %s and reads as %d, %v", d, d, got, err)
		}
		std, err := time.ParseDuration(strings.ToLower(strings.Replace(d.String(), "PT", "", 1)))
		if err != nil || std != d.Std() {
			t.Fatalf("%s is %v to the standard library, want %v (%v)", d, std, d.Std(), err)
		}
	})
}
