package main

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"github.com/slackwater-go/slackwater/internal/testkit/golden"
)

func TestEmbedded(t *testing.T) {
	var out bytes.Buffer
	if err := run(context.Background(), &out, nil); err != nil {
		t.Fatal(err)
	}
	golden.Check(t, filepath.Join("testdata", "embedded.txt"), out.String())
}
