package words

import (
	"math"
	"testing"
	"time"
)

func TestLength(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                             "0 s",
		time.Second - 1:               "0 s",
		90 * time.Second:              "1 min 30 s",
		time.Hour + 59*time.Second:    "1 h",
		33 * time.Hour:                "1 d 9 h",
		-90 * time.Minute:             "-1 h 30 min",
		time.Duration(math.MinInt64):  "-106751 d 23 h",
		24*time.Hour + 30*time.Minute: "1 d",
	} {
		if got := Length(d); got != want {
			t.Errorf("%d is %q, want %q", d, got, want)
		}
	}
}
