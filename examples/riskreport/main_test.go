package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/internal/testkit/golden"
)

func TestGolden(t *testing.T) {
	for name, args := range map[string][]string{"report.md": {"-cold"}, "report.csv": {"-csv"}} {
		var out bytes.Buffer
		if err := run(context.Background(), args, &out, io.Discard); err != nil {
			t.Fatal(err)
		}
		want := golden.Want(t, filepath.Join("testdata", name), out.String())
		// A fit may differ in the seventh digit between platforms, and with it a printed last one.
		if !alike(out.String(), want) {
			t.Errorf("%s changed; run with -update if this is wanted:\n%s", name, out.String())
		}
	}
}

// alike compares texts word by word; numbers may differ by a unit of their last digit printed.
func alike(a, b string) bool {
	split := func(r rune) bool { return strings.ContainsRune(" ,|\n×", r) }
	x, y := strings.FieldsFunc(a, split), strings.FieldsFunc(b, split)
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i] == y[i] {
			continue
		}
		u, err1 := strconv.ParseFloat(x[i], 64)
		v, err2 := strconv.ParseFloat(y[i], 64)
		unit := 1.0
		if _, frac, ok := strings.Cut(y[i], "."); ok {
			unit = math.Pow(10, -float64(len(frac)))
		}
		if err1 != nil || err2 != nil || math.Abs(u-v) > 1.01*unit {
			return false
		}
	}
	return true
}

func TestReportsAreWritten(t *testing.T) {
	dir := t.TempDir()
	if err := run(context.Background(), []string{"-out", dir}, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(page, []byte("<svg")); n != 4 || bytes.Contains(page, []byte("NaN")) || bytes.Contains(page, []byte("src=")) {
		t.Errorf("%d plots, or NaN, or something from elsewhere, in the page", n)
	}
	if _, err := os.Stat(filepath.Join(dir, "report.md")); err != nil {
		t.Error(err)
	}
}

func TestArguments(t *testing.T) {
	for _, c := range []struct {
		want int
		args []string
	}{
		{0, []string{"-h"}},
		{2, []string{"-history", "x.csv"}},
		{2, []string{"-spec", "x.json"}},
		{2, []string{"-split", "2"}},
		{2, []string{"-split", "-0.7"}},
		{2, []string{"-split", "NaN"}},
		{2, []string{"-split", "most"}},
		{2, []string{"extra"}},
		{2, []string{"-nonsense"}},
		{2, []string{"-csv", "-out", "x"}},
		{2, []string{"-coefficients", "-cold"}},
		{1, []string{"-history", "none.csv", "-spec", "none.json"}},
	} {
		err := run(context.Background(), c.args, io.Discard, io.Discard)
		if err == nil || status(err) != c.want {
			t.Errorf("%q: status %d (%v), want %d", c.args, status(err), err, c.want)
		}
	}
}

func TestSpecNamesEveryFault(t *testing.T) {
	for name, c := range map[string]struct {
		spec string
		want []string
	}{
		"form": {`{"name": 3, "labl": "x", "entities": [{"kind": "a", "column": "c", "split": 1}, 7], "features": {}, "slot": "yes", "rows_per_day": "many"}`,
			[]string{"column 10: name: must be a text", `column 13: labl: unknown field; did you mean "label"?`, "entities[0].split", "entities[1]: must be an object", "features: must be an array", "slot: must be true or false", "rows_per_day: must be a number"}},
		"content": {`{"name": "a,b", "rows_per_day": -1, "zone": "Mars", "slot": true, "entities": [{"kind": "a", "column": "c", "parent": "a"}, {"kind": "a"}], "features": [{"name": "f"}, {"name": "f"}, {}], "derive": [{"next": "x", "previous": "y"}]}`,
			[]string{"column 10: name: ", ": label: is missing", ": known: is missing", "column 33: rows_per_day: ", ": time: is missing", "column 45: zone: ", "column 61: slot: ", "entities[0].parent", "entities[1].column", "entities[1].kind", "features[1].name", "features[2].name", "derive[0].name", "derive[0]: needs"}},
		"syntax": {"{\n  \"name\": ,\n}", []string{"spec: line 2, column"}},
		"two":    {`{"name": "a"} {}`, []string{"spec: line 1"}},
	} {
		_, err := readSpec(strings.NewReader(c.spec))
		if err == nil {
			t.Errorf("%s is accepted", name)
			continue
		}
		for _, w := range c.want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%s: no %q in\n%v", name, w, err)
			}
		}
	}
}

// set is a public history and what must hold on it.
type set struct{ file, spec string }

var sets = []set{
	{"changes/openstack/openstack.csv.gz", "openstack"},
	{"govuk/deploys.csv.gz", "govuk"},
	{"changes/rabobank-incidents/detail_incident_at_open.csv.gz", "rabobank"},
	{"changes/wikimedia-mediawiki-config/changes.csv.gz", "wikimedia-mediawiki-config"},
}

// TestPublicHistories holds the model against the baselines on histories that nobody here
// wrote. All four take a minute: by default only the quickest is run.
func TestPublicHistories(t *testing.T) {
	dir := os.Getenv("SLACKWATER_DATA")
	if dir == "" {
		t.Skip("SLACKWATER_DATA names no folder of public data")
	}
	run1 := sets
	if os.Getenv("SLACKWATER_LONG") == "" {
		run1 = sets[:1]
	}
	var sum [2]map[string]float64
	sum[0], sum[1] = map[string]float64{}, map[string]float64{}
	for _, s := range run1 {
		m := figures(t, filepath.Join(dir, filepath.FromSlash(s.file)), filepath.Join("specs", s.spec+".json"))
		ours, plain, rates, prior := m["slackwater"], m["plain"], m["plain-rates"], m["prior"]
		t.Logf("%s: ours %v plain %v rates %v prior %v", s.spec, ours, plain, rates, prior)
		if ours["auc"] < rates["auc"]-0.005 || ours["brier"] > 1.005*rates["brier"] || ours["brier"] > 1.005*prior["brier"] {
			t.Errorf("%s: %v against %v and the prior %v", s.spec, ours, rates, prior)
		}
		if ours["auc"] <= plain["auc"] || ours["brier"] >= plain["brier"] {
			t.Errorf("%s: %v is not better than the plain baseline %v", s.spec, ours, plain)
		}
		for _, k := range []string{"auc", "brier", "ece"} {
			sum[0][k] += ours[k]
			sum[1][k] += rates[k]
		}
	}
	if sum[0]["auc"] <= sum[1]["auc"] || sum[0]["brier"] >= sum[1]["brier"] || sum[0]["ece"] > 0.7*sum[1]["ece"] {
		t.Errorf("on the mean: %v against %v", sum[0], sum[1])
	}
}

func figures(t *testing.T, history, spec string) map[string]map[string]float64 {
	t.Helper()
	var out bytes.Buffer
	if err := run(context.Background(), []string{"-csv", "-history", history, "-spec", spec}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]map[string]float64{}
	for _, r := range rows[1:] {
		m[r[1]] = map[string]float64{}
		for c := 2; c < len(r); c++ {
			x, err := strconv.ParseFloat(r[c], 64)
			if err != nil {
				t.Fatal(err)
			}
			m[r[1]][rows[0][c]] = x
		}
	}
	return m
}
