package risk

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestMetricsAgreeWithTheirDefinitions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "n")
		p := rapid.SliceOfN(rapid.OneOf(rapid.Float64Range(0, 1), rapid.SampledFrom([]float64{0.1, 0.5})), n, n).Draw(t, "p")
		y := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "failed")
		m := Measure(p, y)
		wins, pairs, brier, fails := 0.0, 0.0, 0.0, 0.0
		for i := range p {
			brier += (p[i] - indicator(y[i])) * (p[i] - indicator(y[i]))
			fails += indicator(y[i])
			for j := range p {
				if y[i] && !y[j] {
					pairs++
					if p[i] > p[j] {
						wins++
					} else if p[i] == p[j] {
						wins += 0.5
					}
				}
			}
		}
		auc := 0.5
		if pairs > 0 {
			auc = wins / pairs
		}
		if math.Abs(m.AUC-auc) > 1e-12 || math.Abs(m.Brier-brier/float64(n)) > 1e-12 {
			t.Fatalf("AUC %v want %v, Brier %v want %v", m.AUC, auc, m.Brier, brier/float64(n))
		}
		inBins, lastGate := 0, 0.0
		for _, b := range m.Bins {
			inBins += b.N
			if b.Low > b.Happened+1e-12 || b.High < b.Happened-1e-12 {
				t.Fatalf("band %v–%v misses its share %v", b.Low, b.High, b.Happened)
			}
		}
		if inBins != n {
			t.Fatalf("bins hold %d of %d", inBins, n)
		}
		for _, c := range m.Catch {
			if c.Share < lastGate-1e-12 || c.Share > 1+1e-12 {
				t.Fatalf("catch curve falls or passes 1: %v", m.Catch)
			}
			lastGate = c.Share
		}
		if m.ECE < 0 || m.ECE > 1 || m.ECEWidth > 1 || m.Precision < 0 || m.Precision > 1+1e-12 {
			t.Fatalf("out of range: %+v", m)
		}
	})
}

func TestMeasureByHand(t *testing.T) {
	m := Measure([]float64{0.9, 0.8, 0.2, 0.1}, []bool{true, false, true, false})
	for name, x := range map[string][2]float64{
		"AUC":       {m.AUC, 0.75}, // 3 of 4 pairs
		"Brier":     {m.Brier, (0.01 + 0.64 + 0.64 + 0.01) / 4},
		"log loss":  {m.LogLoss, -(math.Log(.9) + math.Log(.2) + math.Log(.2) + math.Log(.9)) / 4},
		"precision": {m.Precision, (1 + 2.0/3) / 2},
		"ECE":       {m.ECE, (0.1 + 0.8 + 0.8 + 0.1) / 4},
		"catch 50":  {m.Catch[3].Share, 0.5},
	} {
		if math.Abs(x[0]-x[1]) > 1e-12 {
			t.Errorf("%s = %v, want %v", name, x[0], x[1])
		}
	}
	if z := Measure(nil, nil); z.N != 0 || z.AUC != 0 {
		t.Errorf("metrics of nothing: %+v", z)
	}
}

// toldOf gives log-odds with their outcomes, one a minute, without a level of their own.
func toldOf(eta []float64, failed []bool) *foretold {
	f := &foretold{eta: eta, failed: failed}
	for i := range eta {
		f.w = append(f.w, 1)
		f.at = append(f.at, float64(i)/(365*1440))
	}
	return f
}

// TestCalibrationFindsAPlantedMap distorts true log-odds and asks for the way back.
func TestCalibrationFindsAPlantedMap(t *testing.T) {
	reg, truth := planted(20000, 4, 21)
	var eta []float64
	for i := range reg.y {
		eta = append(eta, 2*dot(reg.x[i*reg.d:i*reg.d+reg.d], truth)+0.7)
	}
	c := calibrate(toldOf(eta, reg.y))
	if math.Abs(c.b-0.5) > 0.05 || math.Abs(c.a+0.35) > 0.12 {
		t.Errorf("map is %.3f + %.3f·η, planted −0.35 + 0.5·η", c.a, c.b)
	}
	if c := calibrate(&foretold{level: -3}); c.a != -3 || c.b != 1 {
		t.Errorf("without forecasts the map is %+v", c)
	}
}

// TestNoiseIsNotCalibratedIntoAReversal: a ranking worse than chance is ignored, not turned round.
func TestNoiseIsNotCalibratedIntoAReversal(t *testing.T) {
	reg, truth := planted(5000, 3, 2)
	var eta []float64
	for i := range reg.y {
		eta = append(eta, -dot(reg.x[i*reg.d:i*reg.d+reg.d], truth))
	}
	if c := calibrate(toldOf(eta, reg.y)); c.b != 0 {
		t.Errorf("slope is %v", c.b)
	}
}

// TestLevelFollowsChangesAndForgetsBursts: a level that has moved for good is followed; a
// single burst leaves it where it was.
func TestLevelFollowsChangesAndForgetsBursts(t *testing.T) {
	run := func(shift func(k int) float64) float64 {
		var list []block
		for k := range 30 {
			list = append(list, block{at: float64(k) / 10, shift: shift(k), v: 0.1})
		}
		level, spread := nextLevel(list)
		if !(spread > 0 && spread < levelSpread) {
			t.Errorf("variance of the level: %v", spread)
		}
		return level
	}
	wobble := func(k int) float64 { return 0.2 * float64(k%3-1) }
	if l := run(wobble); math.Abs(l) > 0.15 {
		t.Errorf("a steady level of 0 is taken for %v", l)
	}
	if l := run(func(k int) float64 { return wobble(k) + 1.5*indicator(k >= 15) }); math.Abs(l-1.5) > 0.3 {
		t.Errorf("a level that moved to 1.5 is taken for %v", l)
	}
	if l := run(func(k int) float64 { return wobble(k) + 3*indicator(k == 25) }); math.Abs(l) > 0.3 {
		t.Errorf("after a burst a level of 0 is taken for %v", l)
	}
	if l, s := nextLevel(nil); l != 0 || s != levelSpread {
		t.Errorf("without blocks: %v ± %v", l, s)
	}
}
