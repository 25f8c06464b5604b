package schedule

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// TestScaleSteps compares with the least value over the seconds of each tick.
func TestScaleSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tick := rcpsp.Time(rapid.IntRange(1, 7).Draw(t, "tick"))
		steps := []rcpsp.Step{{From: 0, Value: 3}}
		for range rapid.IntRange(0, 6).Draw(t, "steps") {
			last := steps[len(steps)-1]
			steps = append(steps, rcpsp.Step{From: last.From + rcpsp.Time(rapid.IntRange(1, 9).Draw(t, "gap")), Value: rapid.Int64Range(0, 5).Draw(t, "value")})
		}
		const whole = 60
		s := scaler{t: tick}
		got := s.steps(steps, whole)
		at := func(list []rcpsp.Step, k rcpsp.Time) int64 {
			v := list[0].Value
			for _, st := range list {
				if st.From <= k {
					v = st.Value
				}
			}
			return v
		}
		for k := rcpsp.Time(0); (k+1)*tick <= whole; k++ {
			want := at(steps, k*tick)
			for sec := k * tick; sec < (k+1)*tick; sec++ {
				want = min(want, at(steps, sec))
			}
			if v := at(got, k); v != want {
				t.Fatalf("%v on a tick of %d is %v: at tick %d it is %d, want %d", steps, tick, got, k, v, want)
			}
		}
		if len(got) == 0 || got[0].From != 0 {
			t.Fatalf("%v does not begin at 0", got)
		}
		for i := 1; i < len(got); i++ {
			if got[i].From <= got[i-1].From {
				t.Fatalf("%v is not sorted", got)
			}
		}
	})
}
