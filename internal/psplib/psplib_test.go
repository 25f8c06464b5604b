package psplib

import (
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/internal/testkit/oracle"
	"github.com/slackwater-go/slackwater/internal/validate"
)

// TestTiny reads one small file of each format and solves it by enumeration.
func TestTiny(t *testing.T) {
	for file, want := range map[string]struct {
		format   Format
		makespan int64
	}{
		"tiny.sm":  {SingleMode, 10},
		"tiny.mm":  {MultiMode, 7},
		"tiny.sch": {TimeLags, 7},
		"tiny.txt": {JobShop, 6},
	} {
		data, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		p, err := Read(data)
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		in := p.Instance()
		if err := in.Validate(); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		best := oracle.Best(in)
		if p.Format != want.format || best == nil || in.Value(best)[0] != want.makespan {
			t.Errorf("%s is %s with best %v, want %v", file, p.Format, best, want)
		}
	}
}

func TestFaultsNameTheirLine(t *testing.T) {
	sm, err := os.ReadFile("testdata/tiny.sm")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "is empty"},
		{"prose", "what is this file about", "line 1: is none of the formats"},
		{"a successor that is not there", strings.Replace(string(sm), "1           4", "1           9", 1), "line 15: names successor 9"},
		{"a negative duration", strings.Replace(string(sm), "1     3       2", "1    -3       2", 1), "must not be negative"},
		{"a missing mode", strings.Replace(string(sm), "  6      1     0       0    0\n", "", 1), "where a mode should stand"},
		{"no capacities", string(sm[:len(sm)-120]), "lacks the heading"},
		{"an overflowing number", "1 1\n0 99999999999999999999\n", "line 2: holds"},
		{"more jobs than lines", "100000 1\n0 1\n", "ends early"},
		{"too many machines", "1 99999999\n", "at most"},
		{"time lags cut short", "30 5 0 0\n0 1 0\n", "ends early"},
		{"a lag count out of range", "0 0 0 0\n0 1 4611686018427387904\n1 1 0\n0 1 0\n1 1 0\n0\n", "line 2"},
	} {
		_, err := Read([]byte(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, validate.ErrInvalid) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

// TestLibraries reads every file of the public libraries.
func TestLibraries(t *testing.T) {
	root := os.Getenv("SLACKWATER_DATA")
	if root == "" {
		t.Skip("SLACKWATER_DATA names no folder with the public libraries")
	}
	for _, c := range []struct {
		pattern string
		format  Format
	}{{"psplib/*/*.sm", SingleMode}, {"mrcpsp/*/*.mm", MultiMode}, {"rcpsp-max/*/*.sch", TimeLags}, {"jobshop/*.txt", JobShop}} {
		files, err := filepath.Glob(filepath.Join(root, c.pattern))
		if err != nil || len(files) == 0 {
			t.Errorf("%s: %d files, %v", c.pattern, len(files), err)
		}
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			p, err := Read(data)
			if err != nil {
				t.Errorf("%s: %v", f, err)
				continue
			}
			if err := p.Instance().Validate(); err != nil || p.Format != c.format {
				t.Errorf("%s: format %s, %v", f, p.Format, err)
			}
		}
	}
	f, err := os.Open(filepath.Join(root, "jobshop", "bounds.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if rows, err := csv.NewReader(f).ReadAll(); err != nil || len(rows) < 10 {
		t.Errorf("bounds.csv: %d rows, %v", len(rows), err)
	}
}

func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/tiny.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Read(data)
		if err != nil {
			if !errors.Is(err, validate.ErrInvalid) {
				t.Fatalf("error %v is of no kind", err)
			}
			return
		}
		if err := p.Instance().Validate(); err != nil {
			t.Fatalf("a project that was read makes no instance: %v", err)
		}
	})
}
