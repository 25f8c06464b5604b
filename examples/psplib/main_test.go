package main

import (
	"bytes"
	"context"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/internal/testkit/golden"
)

// times matches the two columns that differ from machine to machine or release to
// release: seconds and work.
var times = regexp.MustCompile(`(?m),[0-9.]+,[0-9]+$`)

// TestGolden solves one small instance of each format and one that has no schedule.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/tiny.*")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, "testdata/impossible.sch")
	var out, diag bytes.Buffer
	if code := run(context.Background(), files, &out, &diag); code != 0 {
		t.Fatalf("exit status %d: %s", code, diag.String())
	}
	got := times.ReplaceAll(out.Bytes(), []byte(",-,-"))
	golden.Check(t, filepath.Join("testdata", "golden.csv"), string(got))
}

func TestUsageAndFaults(t *testing.T) {
	var out, diag bytes.Buffer
	if code := run(context.Background(), nil, &out, &diag); code != 2 || !strings.Contains(diag.String(), "usage") {
		t.Errorf("without arguments: exit status %d, %q", code, diag.String())
	}
	for _, args := range [][]string{{"-limit", "-1s", "testdata/tiny.sm"}, {"-workers", "-1", "testdata/tiny.sm"}, {"-limit", "soon"}, {"-nonsense"}} {
		diag.Reset()
		if code := run(context.Background(), args, &out, &diag); code != 2 || diag.Len() == 0 {
			t.Errorf("%v: exit status %d, %q", args, code, diag.String())
		}
	}
	diag.Reset()
	if code := run(context.Background(), []string{"-h"}, &out, &diag); code != 0 || !strings.Contains(diag.String(), "-verify") {
		t.Errorf("-h: exit status %d, %q", code, diag.String())
	}
	if out.Len() > 0 {
		t.Errorf("wrong usage prints %q", out.String())
	}
	diag.Reset()
	if code := run(context.Background(), []string{"main.go", "missing"}, &out, &diag); code != 1 || !strings.Contains(diag.String(), "line 1") {
		t.Errorf("a file of no format: exit status %d, %q", code, diag.String())
	}
}

// TestWork: every line has the work that it took, whatever came of it.
func TestWork(t *testing.T) {
	for _, args := range [][]string{{"-limit", "1ns", "testdata/tiny.sm"}, {"testdata/impossible.sch"}, {"testdata/tiny.mm"}} {
		var out, diag bytes.Buffer
		if code := run(context.Background(), args, &out, &diag); code != 0 || diag.Len() > 0 {
			t.Fatalf("%v: exit status %d, %q", args, code, diag.String())
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		row := strings.Split(lines[1], ",")
		if len(lines) != 2 || len(row) != 6 {
			t.Fatalf("%v: %q", args, out.String())
		}
		switch work, ended := row[5], args[0] == "-limit"; {
		case ended && (row[1] != "unknown" || row[2] != "" || row[3] != ""):
			t.Errorf("%v: %q", args, lines[1])
		case !ended && work == "0" && row[1] != "infeasible":
			t.Errorf("%v: no work: %q", args, lines[1])
		}
	}
}

// TestVerify writes a certificate and follows it.
func TestVerify(t *testing.T) {
	dir := t.TempDir()
	var out, diag bytes.Buffer
	if code := run(context.Background(), []string{"-proof", dir, "-verify", "testdata/tiny.sm", "testdata/impossible.sch"}, &out, &diag); code != 0 {
		t.Fatalf("exit status %d: %s", code, diag.String())
	}
	if found, err := filepath.Glob(filepath.Join(dir, "*.proof")); err != nil || len(found) != 2 {
		t.Errorf("%v, %v", found, err)
	}
}
