package main

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata/golden.csv")

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
	if *update {
		if err := os.WriteFile("testdata/golden.csv", got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/golden.csv")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("output\n%s\nwant\n%s", got, want)
	}
}

func TestUsageAndFaults(t *testing.T) {
	var out, diag bytes.Buffer
	if code := run(context.Background(), nil, &out, &diag); code != 2 || !strings.Contains(diag.String(), "usage") {
		t.Errorf("without arguments: exit status %d, %q", code, diag.String())
	}
	diag.Reset()
	if code := run(context.Background(), []string{"main.go", "missing"}, &out, &diag); code != 1 || !strings.Contains(diag.String(), "line 1") {
		t.Errorf("a file of no format: exit status %d, %q", code, diag.String())
	}
}
