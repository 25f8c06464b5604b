package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/internal/testkit/golden"
	"github.com/slackwater-go/slackwater/schedule/outcome"
)

func prints(t *testing.T, name string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	if err := run(&out, args); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, filepath.Join("testdata", name), out.String())
}

func TestEmbedded(t *testing.T) { prints(t, "embedded.txt") }

func deploys(t *testing.T) string {
	dir := os.Getenv("SLACKWATER_DATA")
	if dir == "" {
		t.Skip("SLACKWATER_DATA does not name the folder of the data of others")
	}
	return filepath.Join(dir, "govuk", "deploys.csv.gz")
}

// A year of real deployments.
func TestGOVUK(t *testing.T) { prints(t, "govuk-2024.txt", "-deploys", deploys(t)) }

// The figures are those of a script that shares nothing with the program.
func TestScriptAgrees(t *testing.T) {
	path := deploys(t)
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3")
	}
	for _, year := range []int{2024, 2025} {
		said, err := exec.Command(python, filepath.Join("testdata", "figures.py"), path, fmt.Sprint(year)).Output()
		if err != nil {
			t.Fatal(err)
		}
		h, err := readPromotions(path, year)
		if err != nil {
			t.Fatal(err)
		}
		metrics, err := outcome.Measure(h, 0)
		if err != nil {
			t.Fatal(err)
		}
		m := map[outcome.MetricID]outcome.Metric{}
		for _, x := range metrics {
			m[x.ID] = x
		}
		lead, undo, share := m[outcome.LeadTime], m[outcome.TimeToBackOut], m[outcome.BackOutRate]
		ours := fmt.Sprintf("deployments %d\nper-week %.4f\nlead %.0f %.0f %d\nbacked-out %.0f\nback-out-time %.0f %.0f\n", len(h.Deployments), m[outcome.DeploymentFrequency].Value,
			lead.Value, lead.P90, lead.Of, share.Value*float64(share.Of), undo.Value, undo.P90)
		if ours != string(said) {
			t.Errorf("%d: the program says\n%sthe script\n%s", year, ours, said)
		}
	}
}

func TestBadInput(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deploys.csv")
	for text, want := range map[string]string{
		"ct,app\n": `no column "env"`,
		"ct,app,env,tag,rolled_back_to_older\nsoon,a,production,1,0\n": "line 2: ct",
		"": "EOF",
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := run(&bytes.Buffer{}, []string{"-deploys", path}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
