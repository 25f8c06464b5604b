package ics

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// data returns a folder of the data that tests read, and skips without it.
func data(t testing.TB, elem ...string) string {
	t.Helper()
	root := os.Getenv("SLACKWATER_DATA")
	if root == "" {
		t.Skip("SLACKWATER_DATA names no folder of test data; the corpora are not part of the project")
	}
	return filepath.Join(append([]string{root, "calendar"}, elem...)...)
}

// hostile files are crashers found by fuzzing or broken on purpose, by their names.
var hostileFile = regexp.MustCompile(`(?i)fuzz|poc-|invalid|broken|bad_|_bad|parsing_error|exception|recur-errors|late-error|Index_Error|issue252`)

func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	root := data(t, "ics")
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == "README.md" {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		files[filepath.ToSlash(rel)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestCorpus reads every file of the corpora and counts what parses and what
// comes back octet for octet.
func TestCorpus(t *testing.T) {
	var fair, fairParsed, parsed, exact int
	for name, b := range corpus(t) {
		hostile := hostileFile.MatchString(name)
		if !hostile {
			fair++
		}
		f, err := Parse(bytes.NewReader(b))
		if err != nil {
			if !hostile {
				first, _, _ := strings.Cut(err.Error(), "\n")
				t.Logf("does not parse: %s: %s", name, first)
			}
			continue
		}
		parsed++
		if !hostile {
			fairParsed++
		}
		var out bytes.Buffer
		if err := f.Encode(&out); err != nil {
			t.Errorf("%s: parsed but not encoded: %v", name, err)
		}
		if bytes.Equal(out.Bytes(), b) {
			exact++
		} else {
			t.Logf("not exact: %s", name)
		}
	}
	t.Logf("fair files %d, parsed %d; of all %d parsed, %d round-trip exactly", fair, fairParsed, parsed, exact)
	if fairParsed*100 < fair*95 {
		t.Errorf("%d of %d fair files parse, want 95 %%", fairParsed, fair)
	}
	if exact*100 < parsed*99 {
		t.Errorf("%d of %d files round-trip, want 99 %%", exact, parsed)
	}
}
