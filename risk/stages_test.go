package risk

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/internal/prng"
)

func lognormal(r *prng.Rand, model string, n int, median, spread float64) []StageTime {
	var out []StageTime
	for range n {
		out = append(out, StageTime{model, Implement, time.Duration(median * math.Exp(spread*gauss(r)) * float64(time.Minute))})
	}
	return out
}

func TestDurationsRecoverPlantedTruthDespiteAbsurdEntries(t *testing.T) {
	r := prng.New(1)
	h := lognormal(r, "patch", 90, 30, 0.4)
	h = append(h, lognormal(r, "upgrade", 400, 120, 0.6)...)
	h = append(h, StageTime{"patch", Implement, 90 * 24 * time.Hour}, StageTime{"patch", Implement, time.Nanosecond})
	d, err := FitDurations(h)
	if err != nil {
		t.Fatal(err)
	}
	patch, _ := d.Of("patch", Implement)
	upgrade, _ := d.Of("upgrade", Implement)
	if m := time.Duration(patch.Median).Minutes(); m < 26 || m > 42 {
		t.Errorf("patch: median %v minutes, planted 30", m)
	}
	if m := time.Duration(upgrade.Median).Minutes(); m < 108 || m > 130 {
		t.Errorf("upgrade: median %v minutes, planted 120", m)
	}
	if q, want := upgrade.Quantile(0.9).Minutes(), 120*math.Exp(0.6*1.2816); math.Abs(q/want-1) > 0.15 {
		t.Errorf("upgrade: 90 %% within %v minutes, planted %v", q, want)
	}
}

func TestDurationsShrinkWhatIsThin(t *testing.T) {
	d, err := FitDurations(append(lognormal(prng.New(2), "many", 500, 60, 0.5), StageTime{"once", Implement, 10 * time.Hour}))
	if err != nil {
		t.Fatal(err)
	}
	once, _ := d.Of("once", Implement)
	if m := time.Duration(once.Median).Minutes(); m < 60 || m > 90 {
		t.Errorf("one observation of 600 minutes moves the median to %v", m)
	}
	never, ok := d.Of("never", Implement)
	if all, _ := d.Of("many", Implement); !ok || math.Abs(time.Duration(never.Median).Minutes()/time.Duration(all.Median).Minutes()-1) > 0.05 {
		t.Errorf("a model never seen has median %v", never.Median)
	}
	if _, ok := d.Of("many", Verify); ok {
		t.Error("a stage never seen has a distribution")
	}
}

func TestDurationQuantilesRise(t *testing.T) {
	d, err := FitDurations(lognormal(prng.New(3), "m", 150, 45, 0.7))
	if err != nil {
		t.Fatal(err)
	}
	e, _ := d.Of("m", Implement)
	last := time.Duration(0)
	for p := -0.1; p < 1.1; p += 0.001 {
		q := e.Quantile(p)
		if q < last || q <= 0 {
			t.Fatalf("quantile %v is %v after %v", p, q, last)
		}
		last = q
	}
}

func TestDurationFaults(t *testing.T) {
	if _, err := FitDurations([]StageTime{{"m", Implement, 0}, {"m", "", time.Hour}, {"m", Verify, -1}}); !errors.Is(err, ErrInvalid) {
		t.Errorf("error is %v", err)
	}
	if d, err := FitDurations(nil); err != nil {
		t.Error(err)
	} else if _, ok := d.Of("m", Implement); ok {
		t.Error("durations out of nothing")
	}
}
