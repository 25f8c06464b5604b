package archtest

import (
	"bytes"
	"flag"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden lists of the public API")

// TestAPI compares the exported declarations of every public package with its golden
// list, so that each change of the public surface shows in review. After a wanted
// change: go test ./internal/archtest -run TestAPI -update
func TestAPI(t *testing.T) {
	root := moduleRoot(t)
	packages := map[string][]string{}
	walkGo(t, root, func(pkg, file string) {
		if pkg == "." || strings.HasPrefix(pkg, "internal") || strings.HasPrefix(pkg, "examples") {
			return
		}
		packages[pkg] = append(packages[pkg], file)
	})
	dir := filepath.Join("testdata", "api")
	known := map[string]bool{}
	for pkg, files := range packages {
		name := strings.ReplaceAll(pkg, "/", "_") + ".txt"
		known[name] = true
		t.Run(pkg, func(t *testing.T) {
			got := surface(t, files)
			golden := filepath.Join(dir, name)
			if *update {
				if err := os.MkdirAll(dir, 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatalf("%v: run with -update", err)
			}
			if !bytes.Equal(got, bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))) {
				t.Errorf("the public API of %s changed; if this is wanted, run\n\tgo test ./internal/archtest -run TestAPI -update", pkg)
			}
		})
	}
	left, err := os.ReadDir(dir)
	if err != nil && !*update {
		t.Fatal(err)
	}
	for _, e := range left {
		if !known[e.Name()] {
			t.Errorf("%s lists a package that is gone", e.Name())
		}
	}
}

// surface prints the exported declarations of a package without comments and bodies, sorted.
func surface(t *testing.T, files []string) []byte {
	t.Helper()
	fset := token.NewFileSet()
	var decls []string
	for _, file := range files {
		f, err := parser.ParseFile(fset, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.FileExports(f)
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv != nil && !exportedReceiver(d.Recv) {
					continue
				}
				d.Body = nil
				decls = append(decls, render(t, fset, d))
			case *ast.GenDecl:
				if d.Tok == token.IMPORT {
					continue
				}
				for _, s := range d.Specs {
					if v, ok := s.(*ast.ValueSpec); ok && d.Tok == token.VAR {
						v.Values = nil
					}
				}
				decls = append(decls, render(t, fset, d))
			}
		}
	}
	slices.Sort(decls)
	return []byte(strings.Join(decls, "\n") + "\n")
}

func exportedReceiver(fl *ast.FieldList) bool {
	e := fl.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x.IsExported()
		default:
			return false
		}
	}
}

func render(t *testing.T, fset *token.FileSet, node any) string {
	t.Helper()
	var b bytes.Buffer
	if err := printer.Fprint(&b, fset, node); err != nil {
		t.Fatal(err)
	}
	lines := slices.DeleteFunc(strings.Split(b.String(), "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
	return strings.Join(lines, "\n")
}
