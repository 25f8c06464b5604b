package schedule

import (
	"bytes"
	"encoding"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
)

var update = flag.Bool("update", false, "rewrite the JSON Schemas from the structs")

// TestSchemas keeps the JSON Schemas equal to the structs: their fields, their types,
// the values of enumerations, and the comments as descriptions. After a wanted change:
// go test ./schedule -run TestSchemas -update
func TestSchemas(t *testing.T) {
	for name, root := range map[string]reflect.Type{"problem": reflect.TypeFor[Problem](), "plan": reflect.TypeFor[Plan](), "conflicts": reflect.TypeFor[[]Conflict]()} {
		g := newSchemaMaker(t)
		doc := object{
			{"$schema", "https://json-schema.org/draft/2020-12/schema"},
			{"title", "Slackwater " + name},
		}
		doc = append(doc, g.schema(root)...)
		var defs object
		for len(g.queue) > 0 {
			next := g.queue[0]
			g.queue = g.queue[1:]
			defs = append(defs, member{next.String(), g.structure(next)})
		}
		slices.SortFunc(defs, func(a, b member) int { return strings.Compare(a.name, b.name) })
		doc = append(doc, member{"$defs", defs})
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(doc); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("schema", name+".schema.json")
		if *update {
			if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil || !bytes.Equal(bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n")), b.Bytes()) {
			t.Errorf("%s is not what the structs say (%v); if the change is wanted, run\n\tgo test ./schedule -run TestSchemas -update", file, err)
		}
	}
}

// TestSchemasFit checks written problems and plans against the schemas, and that a
// misspelt field does not pass.
func TestSchemasFit(t *testing.T) {
	problem, plan := readSchema(t, "problem"), readSchema(t, "plan")
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		p.Releases = []Release{{ID: "r", Due: p.Horizon.End, Stages: []Stage{{ID: "s", Kind: StageCanary, After: []string{}, Parts: []Part{{Implement, Hour}}}}}}
		doc := jsonValue(t, p)
		if err := fits(problem, problem, doc, "problem"); err != nil {
			t.Fatalf("%v\n%s", err, text(p))
		}
		doc.(map[string]any)["activites"] = nil
		if fits(problem, problem, doc, "problem") == nil {
			t.Fatal("an unknown field passes")
		}
		q := &Plan{Version: 1, Status: Optimal, Assignments: []Assignment{{Activity: "a", Start: p.Horizon.Start, End: p.Horizon.End}},
			Goals: []GoalValue{{Goal: Goal{Measure: Moved}, Value: 1}}, Tiers: []TierValue{{Value: 2}}}
		if err := fits(plan, plan, jsonValue(t, q), "plan"); err != nil {
			t.Fatal(err)
		}
	})
}

func readSchema(t *testing.T, name string) map[string]any {
	b, err := os.ReadFile(filepath.Join("schema", name+".schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func jsonValue(t *rapid.T, v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// fits is as much of JSON Schema as our schemas use.
func fits(root, s map[string]any, v any, path string) error {
	if ref, ok := s["$ref"].(string); ok {
		return fits(root, root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any), v, path)
	}
	if any, ok := s["enum"].([]any); ok && !slices.Contains(any, v) {
		return fmt.Errorf("%s: %v is not one of %v", path, v, any)
	}
	kinds := map[string]bool{}
	switch k := s["type"].(type) {
	case string:
		kinds[k] = true
	case []any:
		for _, x := range k {
			kinds[x.(string)] = true
		}
	}
	switch v := v.(type) {
	case nil:
		if !kinds["null"] {
			return fmt.Errorf("%s: is null", path)
		}
	case string:
		if !kinds["string"] {
			return fmt.Errorf("%s: is a text", path)
		}
	case bool:
		if !kinds["boolean"] {
			return fmt.Errorf("%s: is a boolean", path)
		}
	case float64:
		if !kinds["number"] && !(kinds["integer"] && v == float64(int64(v))) {
			return fmt.Errorf("%s: is the number %v", path, v)
		}
	case []any:
		if !kinds["array"] {
			return fmt.Errorf("%s: is an array", path)
		}
		for i, x := range v {
			if err := fits(root, s["items"].(map[string]any), x, fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
	case map[string]any:
		if !kinds["object"] {
			return fmt.Errorf("%s: is an object", path)
		}
		for _, name := range s["required"].([]any) {
			if _, ok := v[name.(string)]; !ok {
				return fmt.Errorf("%s: %s is missing", path, name)
			}
		}
		for name, x := range v {
			sub, ok := s["properties"].(map[string]any)[name].(map[string]any)
			if !ok {
				return fmt.Errorf("%s: %s is unknown", path, name)
			}
			if err := fits(root, sub, x, path+"."+name); err != nil {
				return err
			}
		}
	}
	return nil
}

// An object keeps the order of its members.
type (
	object []member
	member struct {
		name  string
		value any
	}
)

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Quote(m.name) + ":")
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// A schemaMaker writes schemas of types, with the comments of their source.
type schemaMaker struct {
	t     *testing.T
	queue []reflect.Type
	seen  map[reflect.Type]bool
	docs  map[string]string   // "schedule.Problem", "schedule.Problem.Tick"
	enums map[string][]string // the constants of a string type
}

func newSchemaMaker(t *testing.T) *schemaMaker {
	g := &schemaMaker{t: t, seen: map[reflect.Type]bool{}, docs: map[string]string{}, enums: map[string][]string{}}
	g.source("schedule", ".")
	g.source("calendar", filepath.Join("..", "calendar"))
	return g
}

// source reads comments and constants.
func (g *schemaMaker) source(pkg, dir string) {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		g.t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			g.t.Fatal(err)
		}
		for _, d := range f.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if pkg != "schedule" {
						continue // its comments are its own affair
					}
					g.docs[pkg+"."+spec.Name.Name] = sentence(decl.Doc, spec.Doc)
					if st, ok := spec.Type.(*ast.StructType); ok {
						for _, field := range st.Fields.List {
							for _, name := range field.Names {
								g.docs[pkg+"."+spec.Name.Name+"."+name.Name] = sentence(field.Doc, field.Comment)
							}
						}
					}
				case *ast.ValueSpec:
					typ, ok := spec.Type.(*ast.Ident)
					if !ok || decl.Tok != token.CONST || len(spec.Values) != 1 {
						continue
					}
					if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
						v, _ := strconv.Unquote(lit.Value)
						g.enums[pkg+"."+typ.Name] = append(g.enums[pkg+"."+typ.Name], v)
					}
				}
			}
		}
	}
}

func sentence(groups ...*ast.CommentGroup) string {
	for _, c := range groups {
		if c != nil {
			return strings.Join(strings.Fields(strings.NewReplacer("[", "", "]", "").Replace(c.Text())), " ")
		}
	}
	return ""
}

func (g *schemaMaker) schema(t reflect.Type) object {
	switch {
	case t.Kind() == reflect.Pointer:
		return g.schema(t.Elem())
	case t == reflect.TypeFor[time.Time]():
		return object{{"type", "string"}, {"format", "date-time"}}
	case t == reflect.TypeFor[Duration]():
		return object{{"type", "string"}, {"pattern", `^[+-]?PT(\d+H)?(\d+M)?(\d+(\.\d{1,9})?S)?$`}}
	case t == reflect.TypeFor[calendar.Step]() || t == reflect.TypeFor[calendar.Interval]():
	case reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return object{{"type", "string"}}
	}
	switch t.Kind() {
	case reflect.Struct:
		if !g.seen[t] {
			g.seen[t] = true
			g.queue = append(g.queue, t)
		}
		return object{{"$ref", "#/$defs/" + t.String()}}
	case reflect.Slice:
		return object{{"type", []string{"array", "null"}}, {"items", g.schema(t.Elem())}}
	case reflect.String:
		if values := g.enums[t.String()]; len(values) > 0 && t.Name() != "string" {
			return object{{"type", "string"}, {"enum", unique(append(values, ""))}}
		}
		return object{{"type", "string"}}
	case reflect.Bool:
		return object{{"type", "boolean"}}
	case reflect.Float64:
		return object{{"type", "number"}}
	case reflect.Uint64:
		return object{{"type", "integer"}, {"minimum", 0}}
	case reflect.Int, reflect.Int64:
		return object{{"type", "integer"}}
	}
	g.t.Fatalf("no schema for %v", t)
	return nil
}

func (g *schemaMaker) structure(t reflect.Type) object {
	var properties object
	required := []string{}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		for i := range t.NumField() {
			f := t.Field(i)
			tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case f.Anonymous && tag == "":
				walk(f.Type)
				continue
			case tag == "-" || !f.IsExported():
				continue
			case tag == "":
				g.t.Fatalf("%v.%s has no JSON name", t, f.Name)
			}
			if strings.Contains(f.Type.String(), "time.Duration") {
				g.t.Errorf("%v.%s would be written in nanoseconds: use Duration", t, f.Name)
			}
			s := g.schema(f.Type)
			if doc := g.docs[t.String()+"."+f.Name]; doc != "" {
				s = append(object{{"description", doc}}, s...)
			}
			properties = append(properties, member{tag, s})
			if options == "" && !defaulted(t, f.Name) {
				required = append(required, tag)
			}
		}
	}
	walk(t)
	out := object{{"type", "object"}, {"properties", properties}, {"required", required}, {"additionalProperties", false}}
	if doc := g.docs[t.String()]; doc != "" {
		out = append(object{{"description", doc}}, out...)
	}
	return out
}

// defaulted names fields that are always written and need not be read.
func defaulted(t reflect.Type, field string) bool {
	switch t {
	case reflect.TypeFor[Problem](), reflect.TypeFor[Plan]():
		return field == "Version"
	case reflect.TypeFor[calendar.Profile]():
		return field == "Base"
	case reflect.TypeFor[GroupMember]():
		return true
	}
	return false
}
