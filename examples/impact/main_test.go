package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/internal/testkit/golden"
)

func TestGolden(t *testing.T) {
	var out bytes.Buffer
	page := filepath.Join(t.TempDir(), "impact.html")
	if err := run(&out, io.Discard, []string{"-html", page}); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, filepath.Join("testdata", "golden.txt"), out.String())
	if b, err := os.ReadFile(page); err != nil || !bytes.Contains(b, []byte("</html>")) {
		t.Error("no page is written", err)
	}
}

func TestAnyFile(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	nodes, edges := write("nodes.csv", "id\na\n"), write("edges.csv", "from,to,type\na,b,depends_on\n")
	var out bytes.Buffer
	if err := run(&out, io.Discard, []string{"-nodes", nodes, "-edges", edges, "b"}); err != nil || !strings.Contains(out.String(), "dangling") || !strings.Contains(out.String(), "b > a") {
		t.Errorf("%v\n%s", err, out.String())
	}
	for _, tt := range []struct {
		args []string
		code int
		say  string
	}{
		{[]string{"-h"}, 0, "usage"},
		{[]string{"-graph", nodes, "a"}, 1, "nodes.csv: "},
		{[]string{"-graph", filepath.Join(dir, "gone"), "a"}, 1, "gone"},
		{[]string{"-nodes", write("bad.csv", "id\n\"a"), "a"}, 1, "bad.csv:2"},
		{[]string{"moon"}, 1, "moon"},
		{[]string{"-nodes", nodes}, 2, "name the CIs"},
		{[]string{"-graph", nodes, "-nodes", nodes, "a"}, 2, "-graph"},
		{[]string{"-depth", "-1"}, 2, "-depth"},
		{[]string{"-odd"}, 2, "-odd"},
	} {
		var stderr bytes.Buffer
		if code := command(io.Discard, &stderr, tt.args); code != tt.code || !strings.Contains(stderr.String(), tt.say) {
			t.Errorf("%v exits with %d and says %q", tt.args, code, stderr.String())
		}
	}
}
