// Package archtest enforces which package may import which.
package archtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/slackwater-go/slackwater"

// allowed is policy. A package may import, of this module and of others, exactly
// what is listed (the standard library is always allowed). Loosening a line needs
// a reason in the commit message; packages not listed fail the test.
//
// A line may name one package, or a tree of them with "/...". The longest match wins.
var allowed = map[string][]string{
	".": {},

	// Public packages. calendar, cmdb and risk know nothing of each other.
	"calendar":           {"internal/document", "internal/validate"},
	"calendar/ics":       {"calendar", "internal/validate"},
	"calendar/cron":      {"calendar", "internal/document", "internal/validate"},
	"cmdb":               {"internal/validate", "internal/prng", "gonum.org/v1/gonum/graph/..."},
	"cmdb/...":           {"cmdb", "internal/validate"},
	"cmdb/backstage":     {"cmdb", "internal/validate", "go.yaml.in/yaml/v3"},
	"cmdb/compose":       {"cmdb", "internal/validate", "go.yaml.in/yaml/v3"},
	"risk":               {"internal/document", "internal/validate", "internal/prng", "gonum.org/v1/gonum/..."},
	"schedule":           {"calendar", "internal/document", "internal/validate", "internal/prng", "internal/rcpsp", "internal/engine", "internal/judge"},
	"schedule/lifecycle": {"calendar", "schedule", "internal/document", "internal/validate"},
	"schedule/outcome":   {"calendar", "schedule", "internal/document", "internal/validate", "internal/words"},
	"schedule/strategy":  {"schedule", "internal/document", "internal/validate"},
	"schedule/records":   {"calendar", "calendar/ics", "schedule", "internal/validate"},
	"schedule/report":    {"calendar", "calendar/ics", "schedule", "internal/validate", "internal/words"},

	// Examples are the only place where all meet.
	"examples/psplib":     {"calendar", "schedule", "internal/psplib"},
	"examples/riskreport": {"risk", "internal/document", "internal/validate"},
	"examples/...":        {"calendar/...", "calendar", "cmdb/...", "cmdb", "risk", "schedule/...", "schedule", "examples/internal/shop"},

	// Bottoms.
	"internal":           {},
	"internal/validate":  {},
	"internal/document":  {"internal/validate"},
	"internal/invariant": {},
	"internal/prng":      {},
	"internal/words":     {},
	"internal/archtest":  {},

	// The waist and the engine room: a ladder, and nothing climbs down.
	"internal/rcpsp":     {},
	"internal/proof":     {},
	"internal/cp":        {"internal/proof", "internal/invariant"},
	"internal/nogood":    {"internal/cp", "internal/proof", "internal/invariant", "internal/prng"},
	"internal/propagate": {"internal/cp", "internal/rcpsp", "internal/proof", "internal/invariant"},
	"internal/search":    {"internal/cp", "internal/nogood", "internal/prng", "internal/invariant"},
	"internal/sgs":       {"internal/rcpsp", "internal/prng"},
	"internal/lns":       {"internal/rcpsp", "internal/prng"},
	"internal/engine": {"internal/rcpsp", "internal/proof", "internal/invariant", "internal/prng", "internal/cp",
		"internal/nogood", "internal/propagate", "internal/search", "internal/sgs", "internal/lns", "internal/check"},

	// The judges share no code with the judged.
	"internal/check": {"internal/rcpsp", "internal/proof"},
	"internal/judge": {"calendar"},

	// Readers of the public benchmark libraries, for examples/psplib and tests.
	"internal/psplib": {"internal/rcpsp", "internal/validate"},

	// Test support may see what it supports; nothing but tests may see it.
	"internal/cp/cptest":   {"internal/cp", "internal/check", "internal/rcpsp", "internal/testkit/..."},
	"internal/testkit/...": {"calendar", "cmdb", "schedule", "internal/rcpsp", "internal/check", "internal/prng", "pgregory.net/rapid", "github.com/google/go-cmp/..."},
}

// testOnly packages must not be imported by files other than tests.
var testOnly = []string{"internal/testkit/...", "internal/cp/cptest", "pgregory.net/rapid", "github.com/google/go-cmp/...", "github.com/teambition/rrule-go"}

func TestImports(t *testing.T) {
	root := moduleRoot(t)
	walkGo(t, root, func(pkg, file string) {
		rules, ok := lookup(pkg)
		if !ok {
			t.Errorf("package %s has no line in the table", pkg)
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Error(err)
			return
		}
		for _, spec := range f.Imports {
			imp := strings.Trim(spec.Path.Value, `"`)
			if first, _, _ := strings.Cut(imp, "/"); !strings.Contains(first, ".") {
				continue // standard library
			}
			imp = strings.TrimPrefix(imp, module+"/")
			if !matches(rules, imp) {
				t.Errorf("%s imports %s, which its layer may not", file, imp)
			}
			if matches(testOnly, imp) && !matches(testOnly, pkg) {
				t.Errorf("%s imports %s, which is for tests", file, imp)
			}
		}
	})
}

// TestNoCgo keeps the promise of a pure Go module.
func TestNoCgo(t *testing.T) {
	root := moduleRoot(t)
	walkGo(t, root, func(_, file string) {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Error(err)
			return
		}
		for _, spec := range f.Imports {
			if spec.Path.Value == `"C"` {
				t.Errorf("%s uses cgo", file)
			}
		}
	})
}

// walkGo calls f for every Go file of the module that is not a test.
func walkGo(t *testing.T, root string, f func(pkg, file string)) {
	t.Helper()
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && file != root) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		rel, _ := filepath.Rel(root, filepath.Dir(file))
		f(filepath.ToSlash(rel), file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func lookup(pkg string) ([]string, bool) {
	if r, ok := allowed[pkg]; ok {
		return r, true
	}
	for dir := pkg; dir != "."; dir = path.Dir(dir) {
		if r, ok := allowed[dir+"/..."]; ok {
			return r, true
		}
	}
	return nil, false
}

func matches(patterns []string, imp string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		prefix, tree := strings.CutSuffix(p, "/...")
		return imp == prefix || tree && strings.HasPrefix(imp, prefix+"/")
	})
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}
