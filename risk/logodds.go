package risk

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// LogOdds is a number of natural log-odds in millionths. Contributions are integers so
// that they add up exactly, in any order and on any platform, to what is printed; a
// millionth changes the odds by one part in a million.
type LogOdds int64

// maxLogOdds bounds what one contribution may say; e**40 leaves every probability at 0 or 1.
const maxLogOdds = 40

// logOdds rounds x to millionths, half away from zero, within ±40.
func logOdds(x float64) LogOdds {
	switch {
	case x != x:
		return 0
	case x > maxLogOdds:
		x = maxLogOdds
	case x < -maxLogOdds:
		x = -maxLogOdds
	}
	return LogOdds(math.Round(float64(x * 1e6)))
}

// Float returns l as a float64.
func (l LogOdds) Float() float64 { return float64(l) / 1e6 }

// Probability returns the probability that the log-odds l stand for.
func (l LogOdds) Probability() float64 { return sigmoid(l.Float()) }

// Multiplier returns the factor by which l multiplies the odds of failure.
func (l LogOdds) Multiplier() float64 { return exp(l.Float()) }

// String prints all six decimals, with a sign: "+0.262300".
func (l LogOdds) String() string {
	sign, u := "+", uint64(l)
	if l < 0 {
		sign, u = "-", -u
	}
	return fmt.Sprintf("%s%d.%06d", sign, u/1e6, u%1e6)
}

// MarshalJSON writes a JSON number with six decimals.
func (l LogOdds) MarshalJSON() ([]byte, error) {
	return []byte(strings.TrimPrefix(l.String(), "+")), nil
}

// UnmarshalJSON reads a JSON number, rounded to millionths.
func (l *LogOdds) UnmarshalJSON(b []byte) error {
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return fmt.Errorf("log-odds: %w", err)
	}
	x, err := strconv.ParseFloat(n.String(), 64)
	if err != nil || !finite(x) || math.Abs(x) > 1e12 {
		return fmt.Errorf("log-odds: %q is not a number of log-odds", n)
	}
	*l = LogOdds(math.Round(x * 1e6))
	return nil
}
