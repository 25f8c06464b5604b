package jsonschema

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Fits says why a document, decoded into any, is not what a schema asks for; nil if it is. It knows as much of JSON
// Schema as the schemas of this module use.
func Fits(schema map[string]any, v any) error { return fits(schema, schema, v, "document") }

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
	switch v := v.(type) {
	case nil:
		if !is("null") {
			return bad()
		}
	case bool:
		if !is("boolean") {
			return bad()
		}
	case string:
		if !is("string") {
			return bad()
		}
		return fitsText(s, v, path)
	case float64:
		if !is("number") && (!is("integer") || v != math.Trunc(v)) {
			return bad()
		}
		return within(s, path, v, "minimum", "maximum")
	case []any:
		if !is("array") {
			return bad()
		}
		for i, x := range v {
			if err := fits(root, s["items"].(map[string]any), x, fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
		return within(s, path, float64(len(v)), "minItems", "")
	case map[string]any:
		if !is("object") {
			return bad()
		}
		return fitsObject(root, s, v, path)
	}
	return nil
}

func fitsText(s map[string]any, v, path string) error {
	if p, ok := s["pattern"].(string); ok && !regexp.MustCompile(p).MatchString(v) {
		return fmt.Errorf("%s: %q does not match %s", path, v, p)
	}
	if s["format"] == "date-time" {
		if _, err := time.Parse(time.RFC3339, v); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return within(s, path, float64(len(v)), "minLength", "")
}

func within(s map[string]any, path string, n float64, least, most string) error {
	if x, ok := s[least].(float64); ok && n < x {
		return fmt.Errorf("%s: %v is under the %s of %v", path, n, least, x)
	}
	if x, ok := s[most].(float64); ok && n > x {
		return fmt.Errorf("%s: %v is over the %s of %v", path, n, most, x)
	}
	return nil
}

func fitsObject(root, s, v map[string]any, path string) error {
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
