package risk

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/internal/document"
)

// TestReadNamesEveryFault reads documents with several faults and wants each of them, where
// it stands and under its path.
func TestReadNamesEveryFault(t *testing.T) {
	model := func(s string) error { _, err := ReadModel(strings.NewReader(s)); return err }
	policy := func(s string) error { _, err := ReadPolicy(strings.NewReader(s)); return err }
	for _, c := range []struct {
		name string
		err  error
		want []string
	}{
		{"form", model("{\"version\": 1,\n \"intercept\": \"low\",\n \"colour\": 2,\n \"thresholds\": [1, 2],\n \"factors\": [{\"name\": 7}]}"),
			[]string{"line 2", "intercept", "line 3", "colour", "line 4", "thresholds: must have 3 elements", "factors[0].name"}},
		{"content", model(`{"version": 2, "intercept": 0, "factors": [{"name": "", "source": "moon", "weight": 1}], "impact": {"weights": [0,0,0,0,2], "decay": 3}, "thresholds": [3, 2, 1]}`),
			[]string{"version", "factors[0].name", "factors[0].source", "impact.weights[4]", "impact.decay", "thresholds[1]"}},
		{"end", model(`{"version": 1} {}`), []string{"document"}},
		{"nothing", model(""), []string{"line 1"}},
		{"policy", policy(`{"handlings": [{"level": "low", "lead": "tomorrow"}, {"level": 3}]}`), []string{"handlings[0].lead", "handlings[1].level"}},
		{"policy of too little", policy(`{"handlings": [{"level": "high"}]}`), []string{"handlings", "handlings[0].level"}},
	} {
		if c.err == nil || !errors.Is(c.err, ErrInvalid) {
			t.Errorf("%s: %v", c.name, c.err)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(c.err.Error(), w) {
				t.Errorf("%s: no %q in\n%v", c.name, w, c.err)
			}
		}
		var at *document.Error
		if !errors.As(c.err, &at) {
			t.Errorf("%s: no place in %v", c.name, c.err)
		}
	}
}

func TestPolicyRoundTrip(t *testing.T) {
	b, err := json.Marshal(DefaultPolicy())
	if err != nil {
		t.Fatal(err)
	}
	back, err := ReadPolicy(bytes.NewReader(b))
	if err != nil || !reflect.DeepEqual(back, DefaultPolicy()) {
		t.Errorf("%+v, %v", back, err)
	}
}
