// Package jsonschema is what the tests of JSON Schemas share: objects whose members keep their
// order, the comments of source files as descriptions, and a judge of documents by a schema.
package jsonschema

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"
)

// An Object keeps the order of its members, each a name and a value.
type (
	Object []Member
	Member = [2]any
)

// MarshalJSON writes the members in their order.
func (o Object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(m[0].(string)) + ":")
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(m[1]); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// Text is an object as a file has it.
func Text(t testing.TB, o Object) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Source is what Go files say beside code.
type Source struct {
	Docs  map[string]string   // comments of types and fields: "Problem", "Problem.Tick"
	Enums map[string][]string // the constants of a string type
}

// Parse reads Go files.
func Parse(t testing.TB, files ...string) Source {
	t.Helper()
	s := Source{map[string]string{}, map[string][]string{}}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if decl, ok := d.(*ast.GenDecl); ok {
				for _, spec := range decl.Specs {
					s.add(decl, spec)
				}
			}
		}
	}
	return s
}

func (s *Source) add(decl *ast.GenDecl, spec ast.Spec) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		s.Docs[spec.Name.Name] = sentence(decl.Doc, spec.Doc)
		if st, ok := spec.Type.(*ast.StructType); ok {
			for _, field := range st.Fields.List {
				for _, name := range field.Names {
					s.Docs[spec.Name.Name+"."+name.Name] = sentence(field.Doc, field.Comment)
				}
			}
		}
	case *ast.ValueSpec:
		typ, ok := spec.Type.(*ast.Ident)
		if !ok || decl.Tok != token.CONST || len(spec.Values) != 1 {
			return
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			v, _ := strconv.Unquote(lit.Value)
			s.Enums[typ.Name] = append(s.Enums[typ.Name], v)
		}
	}
}

// sentence is the first comment that there is, on one line and without the brackets of links.
func sentence(groups ...*ast.CommentGroup) string {
	for _, c := range groups {
		if c != nil {
			return strings.Join(strings.Fields(strings.NewReplacer("[", "", "]", "").Replace(c.Text())), " ")
		}
	}
	return ""
}

// Read reads a schema.
func Read(t testing.TB, file string) map[string]any {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
