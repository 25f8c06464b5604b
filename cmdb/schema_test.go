package cmdb

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/testkit/golden"
	"github.com/slackwater-go/slackwater/internal/testkit/jsonschema"
)

var schemaFile = filepath.Join("schema", "snapshot.schema.json")

// An object keeps the order of its members.
type (
	object = jsonschema.Object
	member = jsonschema.Member
)

// TestSchema keeps the JSON Schema equal to the structs: their fields, their types, what New allows,
// and the comments as descriptions. After a wanted change: go test ./cmdb -run TestSchema -update
func TestSchema(t *testing.T) {
	docs := jsonschema.Parse(t, "ci.go", "group.go", "relationtype.go").Docs
	defs := object{}
	for _, typ := range []reflect.Type{reflect.TypeFor[CI](), reflect.TypeFor[Group](), reflect.TypeFor[Relation](), reflect.TypeFor[RelationType]()} {
		defs = append(defs, member{typ.Name(), structure(t, typ, docs)})
	}
	doc := object{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "Slackwater snapshot of a CMDB"}}
	doc = append(append(doc, structure(t, reflect.TypeFor[Snapshot](), docs)...), member{"$defs", defs})
	golden.Check(t, schemaFile, jsonschema.Text(t, doc))
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

// TestSchemaFitsReader spoils one value of a written snapshot: what the schema refuses the reader refuses,
// and what is wrong with a value by itself the schema refuses too.
func TestSchemaFitsReader(t *testing.T) {
	schema := jsonschema.Read(t, schemaFile)
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
		if err := jsonschema.Fits(schema, doc); err != nil {
			r.Fatalf("%v\n%s", err, text.String())
		}
		doc = spoil(r, doc)
		spoilt, err := json.Marshal(doc)
		if err != nil {
			r.Fatal(err)
		}
		_, err = Read(bytes.NewReader(spoilt))
		no := jsonschema.Fits(schema, doc)
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
