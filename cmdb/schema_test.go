package cmdb

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite the JSON Schema from the structs")

var schemaFile = filepath.Join("schema", "snapshot.schema.json")

// TestSchema keeps the JSON Schema equal to the structs: their fields, their types, what New allows,
// and the comments as descriptions. After a wanted change: go test ./cmdb -run TestSchema -update
func TestSchema(t *testing.T) {
	docs := comments(t)
	defs := object{}
	for _, typ := range []reflect.Type{reflect.TypeFor[CI](), reflect.TypeFor[Group](), reflect.TypeFor[Relation](), reflect.TypeFor[RelationType]()} {
		defs = append(defs, member{typ.Name(), structure(t, typ, docs)})
	}
	doc := object{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "Slackwater snapshot of a CMDB"}}
	doc = append(append(doc, structure(t, reflect.TypeFor[Snapshot](), docs)...), member{"$defs", defs})
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(doc); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(schemaFile, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(schemaFile)
	if err != nil || !bytes.Equal(bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n")), b.Bytes()) {
		t.Errorf("%s is not what the structs say (%v); if the change is wanted, run\n\tgo test ./cmdb -run TestSchema -update", schemaFile, err)
	}
}

// limits are what New asks of single values, by type and field.
var limits = map[string]object{
	"Snapshot.Version":    {{"const", Version}},
	"CI.ID":               {{"minLength", 1}},
	"CI.Criticality":      {{"minimum", 0}, {"maximum", 5}},
	"CI.Confidence":       {{"minimum", 0}, {"maximum", 100}},
	"Relation.From":       {{"minLength", 1}},
	"Relation.To":         {{"minLength", 1}},
	"Relation.Type":       {{"minLength", 1}},
	"Relation.Confidence": {{"minimum", 0}, {"maximum", 100}},
	"RelationType.Name":   {{"minLength", 1}},
	"RelationType.Weight": {{"minimum", 0}, {"maximum", 100}},
	"RelationType.Depth":  {{"minimum", 0}, {"maximum", math.MaxInt32}},
	"Group.ID":            {{"minLength", 1}},
	"Group.Members":       {{"minItems", 1}},
	"Group.Need":          {{"minimum", 0}},
	"Group.NeedPercent":   {{"minimum", 0}, {"maximum", 100}},
	"Group.NeedZones":     {{"minimum", 0}},
	"CI.Status":           {{"enum", []any{nil, "", Live, Planned, Retired, Unknown}}},
	"Group.Mode":          {{"enum", []any{nil, "", Active, PrimaryStandby}}},
	"RelationType.Impact": {{"enum", []Direction{ToFrom, FromTo, BothWays, NoImpact}}},
}

func structure(t *testing.T, typ reflect.Type, docs map[string]string) object {
	var properties object
	required := []string{}
	for i := range typ.NumField() {
		f := typ.Field(i)
		key := typ.Name() + "." + f.Name
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		must := options == "" && (typ != reflect.TypeFor[Snapshot]() || f.Name == "Version") // a snapshot without a list has none of it
		kind := func(name string) any {                                                      // null is as good as nothing
			if must {
				return name
			}
			return []string{name, "null"}
		}
		var s object
		if doc := docs[key]; doc != "" {
			s = object{{"description", doc}}
		}
		switch {
		case f.Type == reflect.TypeFor[time.Time]():
			s = append(s, member{"type", kind("string")}, member{"format", "date-time"})
		case f.Type == reflect.TypeFor[Duration]():
			s = append(s, member{"type", kind("string")}, member{"pattern", `^\+?P(\d+W)?(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$`})
		case f.Type.Kind() == reflect.String:
			s = append(s, member{"type", kind("string")})
		case f.Type.Kind() == reflect.Int:
			s = append(s, member{"type", kind("integer")})
		case f.Type.Kind() == reflect.Map:
			s = append(s, member{"type", kind("object")}, member{"additionalProperties", object{{"type", []string{"string", "null"}}}})
		case f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.String:
			s = append(s, member{"type", kind("array")}, member{"items", object{{"type", "string"}, {"minLength", 1}}})
		case f.Type.Kind() == reflect.Slice:
			s = append(s, member{"type", kind("array")}, member{"items", object{{"$ref", "#/$defs/" + f.Type.Elem().Name()}}})
		default:
			t.Fatalf("no schema for %s", key)
		}
		properties = append(properties, member{tag, append(s, limits[key]...)})
		if must {
			required = append(required, tag)
		}
	}
	out := object{{"type", "object"}, {"properties", properties}, {"required", required}, {"additionalProperties", false}}
	if doc := docs[typ.Name()]; doc != "" {
		out = append(object{{"description", doc}}, out...)
	}
	return out
}

// comments reads those of the structs of the package.
func comments(t *testing.T) map[string]string {
	docs := map[string]string{}
	say := func(groups ...*ast.CommentGroup) string {
		for _, c := range groups {
			if c != nil {
				return strings.Join(strings.Fields(strings.NewReplacer("[", "", "]", "").Replace(c.Text())), " ")
			}
		}
		return ""
	}
	for _, file := range []string{"ci.go", "group.go", "relationtype.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range decl.Specs {
				typ, ok := spec.(*ast.TypeSpec)
				if !ok {
					continue
				}
				docs[typ.Name.Name] = say(decl.Doc, typ.Doc)
				if st, ok := typ.Type.(*ast.StructType); ok {
					for _, field := range st.Fields.List {
						for _, name := range field.Names {
							docs[typ.Name.Name+"."+name.Name] = say(field.Doc, field.Comment)
						}
					}
				}
			}
		}
	}
	return docs
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

// TestSchemaFitsReader spoils one value of a written snapshot: what the schema refuses the reader refuses,
// and what is wrong with a value by itself the schema refuses too.
func TestSchemaFitsReader(t *testing.T) {
	b, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(b, &schema); err != nil {
		t.Fatal(err)
	}
	// What the reader refuses and a schema cannot: it concerns several values.
	several := regexp.MustCompile(`names no|also the|repeats|joins|no known relation type|the inverse of|contains itself|to the \d+ (members|zones)|must be 1 or absent|must be absent|has no zone|not negative`)
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		s.CIs[0].OutageAllowance, s.CIs[0].LastSeen, s.CIs[0].Attributes = Duration(time.Hour), time.Unix(1e9, 0).UTC(), map[string]string{"team": "a"}
		for i := range s.Relations {
			s.Relations[i].Confidence = rapid.IntRange(0, 100).Draw(r, "confidence")
		}
		var text bytes.Buffer
		if err := mustNew(r, s).Write(&text); err != nil {
			r.Fatal(err)
		}
		var doc any
		if err := json.Unmarshal(text.Bytes(), &doc); err != nil {
			r.Fatal(err)
		}
		if err := fits(schema, schema, doc, "snapshot"); err != nil {
			r.Fatalf("%v\n%s", err, text.String())
		}
		doc = spoil(r, doc)
		spoilt, err := json.Marshal(doc)
		if err != nil {
			r.Fatal(err)
		}
		_, err = Read(bytes.NewReader(spoilt))
		no := fits(schema, schema, doc, "snapshot")
		if no != nil && err == nil {
			r.Fatalf("the reader takes what the schema refuses: %v\n%s", no, spoilt)
		}
		if no == nil && err != nil && !several.MatchString(err.Error()) {
			r.Fatalf("the schema takes what the reader refuses: %v\n%s", err, spoilt)
		}
	})
}

// spoil changes one value somewhere in a document.
func spoil(r *rapid.T, v any) any {
	another := func() any {
		return rapid.SampledFrom([]any{nil, true, 7.0, 101.0, -1.0, 0.5, "", "text", "PT1H", "2026-01-01T00:00:00Z", []any{}, []any{"a"}, map[string]any{}, map[string]any{"id": "x"}}).Draw(r, "value")
	}
	switch v := v.(type) {
	case map[string]any:
		keys := slices.Sorted(maps.Keys(v))
		switch what := rapid.IntRange(0, 5).Draw(r, "what"); {
		case len(keys) == 0 || what == 0:
			v[rapid.SampledFrom([]string{"colour", "id", "ID", "need", "team"}).Draw(r, "field")] = another()
		case what == 1:
			delete(v, rapid.SampledFrom(keys).Draw(r, "field"))
		default:
			k := rapid.SampledFrom(keys).Draw(r, "field")
			v[k] = spoil(r, v[k])
		}
		return v
	case []any:
		if len(v) > 0 && rapid.IntRange(0, 4).Draw(r, "whole") > 0 {
			i := rapid.IntRange(0, len(v)-1).Draw(r, "element")
			v[i] = spoil(r, v[i])
			return v
		}
	}
	return another()
}

// fits is as much of JSON Schema as the schema uses.
func fits(root, s map[string]any, v any, path string) error {
	if ref, ok := s["$ref"].(string); ok {
		return fits(root, root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any), v, path)
	}
	if list, ok := s["enum"].([]any); ok && !slices.Contains(list, v) {
		return fmt.Errorf("%s: %v is not one of %v", path, v, list)
	}
	if c, ok := s["const"]; ok && c != v {
		return fmt.Errorf("%s: %v is not %v", path, v, c)
	}
	is := func(kind string) bool {
		list, _ := s["type"].([]any)
		return s["type"] == kind || slices.Contains(list, any(kind))
	}
	bad := func() error { return fmt.Errorf("%s: %v is no %v", path, v, s["type"]) }
	limit := func(name string, n float64, sign float64) error {
		if x, ok := s[name].(float64); ok && sign*n < sign*x {
			return fmt.Errorf("%s: %v breaks %s", path, v, name)
		}
		return nil
	}
	switch v := v.(type) {
	case nil:
		if !is("null") {
			return bad()
		}
		return nil
	case string:
		if !is("string") {
			return bad()
		}
		if p, ok := s["pattern"].(string); ok && !regexp.MustCompile(p).MatchString(v) {
			return bad()
		}
		if s["format"] == "date-time" {
			if _, err := time.Parse(time.RFC3339, v); err != nil {
				return bad()
			}
		}
		return limit("minLength", float64(len(v)), 1)
	case float64:
		if !is("integer") || v != math.Trunc(v) {
			return bad()
		}
		if err := limit("minimum", v, 1); err != nil {
			return err
		}
		return limit("maximum", v, -1)
	case []any:
		if !is("array") {
			return bad()
		}
		for i, x := range v {
			if err := fits(root, s["items"].(map[string]any), x, fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
		return limit("minItems", float64(len(v)), 1)
	case map[string]any:
		if !is("object") {
			return bad()
		}
		if list, ok := s["required"].([]any); ok {
			for _, name := range list {
				if _, ok := v[name.(string)]; !ok {
					return fmt.Errorf("%s: %s is missing", path, name)
				}
			}
		}
		properties, _ := s["properties"].(map[string]any)
		for name, x := range v {
			sub, ok := properties[name].(map[string]any)
			if !ok {
				if sub, ok = s["additionalProperties"].(map[string]any); !ok {
					return fmt.Errorf("%s: %s is unknown", path, name)
				}
			}
			if err := fits(root, sub, x, path+"."+name); err != nil {
				return err
			}
		}
		return nil
	}
	return bad()
}
