// Package words says in words what reports and figures have in numbers.
package words

import (
	"fmt"
	"time"
)

// Length says how long a stretch of time is, in its two largest units: "1 d 9 h". Days have 24 hours.
func Length(d time.Duration) string {
	if d < 0 {
		return "-" + Length(-max(d, -1<<63+1))
	}
	units := []struct {
		name string
		size time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"min", time.Minute}, {"s", time.Second}}
	for i, u := range units {
		if d < u.size {
			continue
		}
		out := fmt.Sprintf("%d %s", d/u.size, u.name)
		if i+1 < len(units) {
			if rest := d % u.size / units[i+1].size; rest > 0 {
				out += fmt.Sprintf(" %d %s", rest, units[i+1].name)
			}
		}
		return out
	}
	return "0 s"
}
