// Package golden compares what a test got with a file, which the flag -update rewrites.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Want returns the text of a golden file, which it writes anew with got under -update. Line
// ends are those of Unix, however the file was checked out.
func Want(t testing.TB, file, got string) string {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: run with -update", err)
	}
	return strings.ReplaceAll(string(want), "\r\n", "\n")
}

// Check fails the test where got is not what the file says, and shows the first line that differs.
func Check(t testing.TB, file, got string) {
	t.Helper()
	want := Want(t, file, got)
	if got == want {
		return
	}
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		var x, y string
		if i < len(w) {
			x = w[i]
		}
		if i < len(g) {
			y = g[i]
		}
		if x != y || i >= len(w) || i >= len(g) {
			t.Errorf("%s changed; explain why, then run with -update. Line %d is\n\t%s\nand was\n\t%s\nAll of it:\n%s", file, i+1, y, x, got)
			return
		}
	}
}
