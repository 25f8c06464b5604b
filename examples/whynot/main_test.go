package main

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"github.com/slackwater-go/slackwater/internal/testkit/golden"
)

func TestOutput(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, filepath.Join("testdata", "output.txt"), out.String())
}
