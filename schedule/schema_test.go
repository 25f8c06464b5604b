package schedule

import (
	"encoding"
	"encoding/json"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/testkit/golden"
	"github.com/slackwater-go/slackwater/internal/testkit/jsonschema"
)

// An object keeps the order of its members.
type (
	object = jsonschema.Object
	member = jsonschema.Member
)

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
		slices.SortFunc(defs, func(a, b member) int { return strings.Compare(a[0].(string), b[0].(string)) })
		doc = append(doc, member{"$defs", defs})
		golden.Check(t, filepath.Join("schema", name+".schema.json"), jsonschema.Text(t, doc))
	}
}

// TestSchemasFit checks written problems and plans against the schemas, and that a
// misspelt field does not pass.
func TestSchemasFit(t *testing.T) {
	problem, plan := jsonschema.Read(t, filepath.Join("schema", "problem.schema.json")), jsonschema.Read(t, filepath.Join("schema", "plan.schema.json"))
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		p.Releases = []Release{{ID: "r", Due: p.Horizon.End, Stages: []Stage{{ID: "s", Kind: StageCanary, After: []string{}, Parts: []Part{{Implement, Hour}}}}}}
		doc := jsonValue(t, p)
		if err := jsonschema.Fits(problem, doc); err != nil {
			t.Fatalf("%v\n%s", err, text(p))
		}
		doc.(map[string]any)["activites"] = nil
		if jsonschema.Fits(problem, doc) == nil {
			t.Fatal("an unknown field passes")
		}
		q := &Plan{Version: 1, Status: Optimal, Assignments: []Assignment{{Activity: "a", Start: p.Horizon.Start, End: p.Horizon.End}},
			Goals: []GoalValue{{Goal: Goal{Measure: Moved}, Value: 1}}, Tiers: []TierValue{{Value: 2}}}
		if err := jsonschema.Fits(plan, jsonValue(t, q)); err != nil {
			t.Fatal(err)
		}
	})
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
	own := jsonschema.Parse(t, sources(t, ".")...)
	for name, doc := range own.Docs { // the comments of other packages are their own affair
		g.docs["schedule."+name] = doc
	}
	for name, values := range own.Enums {
		g.enums["schedule."+name] = values
	}
	for name, values := range jsonschema.Parse(t, sources(t, filepath.Join("..", "calendar"))...).Enums {
		g.enums["calendar."+name] = values
	}
	return g
}

// sources are the files of a package without its tests.
func sources(t *testing.T, dir string) []string {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(files, func(file string) bool { return strings.HasSuffix(file, "_test.go") })
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
