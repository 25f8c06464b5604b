package risk

import (
	"bytes"
	"encoding/json"
	"testing"
)

func FuzzReadModel(f *testing.F) {
	b, err := json.Marshal(Default())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"version":1,"memory":{"kinds":[{"kind":"a","parent":"a","strength":1}]}}`))
	f.Add([]byte("{\"version\":\n2"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ReadModel(bytes.NewReader(b))
		if err != nil {
			return
		}
		r, err := m.Rater(nil)
		if err != nil {
			t.Fatalf("a model that was read does not rate: %v", err)
		}
		l, err := r.LogOdds(&Change{ID: "c", Team: "t", CIs: []string{"a"}, Start: epoch})
		if err != nil || !finite(l.Float()) {
			t.Fatalf("rates %v, %v", l, err)
		}
	})
}

func FuzzLogOddsJSON(f *testing.F) {
	f.Add("0.5")
	f.Add("-1e-7")
	f.Add("1e400")
	f.Fuzz(func(t *testing.T, s string) {
		var l LogOdds
		if json.Unmarshal([]byte(s), &l) != nil {
			return
		}
		b, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		var back LogOdds
		if err := json.Unmarshal(b, &back); err != nil || back != l {
			t.Fatalf("%s reads as %v, prints %s, reads as %v", s, l, b, back)
		}
	})
}
