package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// strict decodes a JSON document into a struct and reports every fault with its path: what is
// misspelt must not be dropped.
func strict(data []byte, into any) error {
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		if at := (*json.SyntaxError)(nil); errors.As(err, &at) {
			head := data[:min(int(at.Offset), len(data))]
			line := 1 + bytes.Count(head, []byte("\n"))
			return fmt.Errorf("line %d, column %d: %w", line, len(head)-bytes.LastIndexByte(head, '\n')-1, err)
		}
		return err
	}
	var faults []error
	decodeInto("", whole, reflect.ValueOf(into).Elem(), func(path, problem string) {
		faults = append(faults, fmt.Errorf("%s: %s", strings.TrimPrefix(path, "."), problem))
	})
	return errors.Join(faults...)
}

func decodeInto(path string, raw json.RawMessage, v reflect.Value, fault func(path, problem string)) {
	switch v.Kind() {
	case reflect.Struct:
		var fields map[string]json.RawMessage
		if json.Unmarshal(raw, &fields) != nil || fields == nil {
			fault(path, "must be an object")
			return
		}
		known := map[string]reflect.Value{}
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			known[name] = v.Field(i)
		}
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if f, ok := known[name]; ok {
				decodeInto(path+"."+name, fields[name], f, fault)
			} else {
				fault(path+"."+name, "is no field; the fields are "+strings.Join(slices.Sorted(maps.Keys(known)), ", "))
			}
		}
	case reflect.Slice:
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			fault(path, "must be a list")
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(list), len(list)))
		for i, x := range list {
			decodeInto(fmt.Sprintf("%s[%d]", path, i), x, v.Index(i), fault)
		}
	default:
		if string(raw) == "null" || json.Unmarshal(raw, v.Addr().Interface()) != nil {
			t := v.Type()
			if t.Kind() == reflect.Pointer {
				t = t.Elem()
			}
			want := map[reflect.Kind]string{reflect.String: "a text in double quotes", reflect.Bool: "true or false", reflect.Float64: "a number"}[t.Kind()]
			fault(path, fmt.Sprintf("must be %s, is %.40s", want, raw))
		}
	}
}
