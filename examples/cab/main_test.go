package main

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/slackwater-go/slackwater/internal/testkit/golden"
)

func TestPack(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), nil, &out); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, "testdata/pack.md", out.String())
}

func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	bad := dir + "/board.json"
	if err := os.WriteFile(bad, []byte(`{"id": "cab", "meeting": "weekly"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"-problem", dir + "/missing.json"}, {"-board", bad}, {"-rules", bad}} {
		if err := run(context.Background(), args, &bytes.Buffer{}); err == nil {
			t.Errorf("%v is accepted", args)
		}
	}
}
