package document

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

const (
	// MaxFaults bounds how many faults are listed, so that a report stays readable
	// and hostile input cheap.
	MaxFaults = 100
	// maxMemory bounds the memory that list elements take: a document of three
	// bytes an element would otherwise grow two hundredfold.
	maxMemory = 1 << 28
)

// A fault is one problem at one place of a document.
type fault struct {
	off     int
	path    string
	problem string
	meant   string // the path of the field that a misspelt one is taken for
}

// A decoder fills values from a JSON text by the same rules as encoding/json, but
// strictly: field names match exactly, unknown and repeated ones are faults, and so is
// null where a value has no absence. It goes on after a fault of meaning and stops at
// one of syntax.
type decoder struct {
	scanner
	path   []string
	faults []fault
	more   int  // faults beyond MaxFaults
	broken bool // by a fault of syntax
	fields map[reflect.Type]map[string]int
	plain  []reflect.Type
	memory uintptr
}

// decode reads the whole of data into out, a pointer, and returns the faults.
func decode(data []byte, out any, plain []reflect.Type) *decoder {
	d := &decoder{scanner: scanner{data: data}, fields: map[reflect.Type]map[string]int{}, plain: plain}
	err := d.value(reflect.ValueOf(out).Elem())
	if err == nil {
		err = d.end()
	}
	if bad := (*syntaxError)(nil); errors.As(err, &bad) {
		d.broken = true
		d.more = 0 // what was found so far is listed, and then why reading stopped
		d.faults = append(d.faults[:min(len(d.faults), MaxFaults-1)], fault{off: bad.off, path: d.here(), problem: bad.problem})
	}
	return d
}

// here is the path of the value that is read.
func (d *decoder) here() string {
	if len(d.path) == 0 {
		return "document"
	}
	return strings.TrimPrefix(strings.Join(d.path, ""), ".")
}

// inside reads a value one step down the path. Where reading stops for good the path
// stays, for the fault that says why.
func (d *decoder) inside(step string, read func() error) error {
	d.path = append(d.path, step)
	err := read()
	if err == nil {
		d.path = d.path[:len(d.path)-1]
	}
	return err
}

func (d *decoder) faultf(off int, format string, args ...any) {
	if len(d.faults) == MaxFaults {
		d.more++
		return
	}
	d.faults = append(d.faults, fault{off: off, path: d.here(), problem: fmt.Sprintf(format, args...)})
}

var (
	textType = reflect.TypeFor[encoding.TextUnmarshaler]()
	jsonType = reflect.TypeFor[json.Unmarshaler]()
	timeType = reflect.TypeFor[time.Time]()
)

// value reads one value into v, which is settable.
func (d *decoder) value(v reflect.Value) error {
	c := d.peek()
	at := d.off
	t := v.Type()
	switch {
	case c == 'n' && (t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map):
		_, err := d.word()
		return err
	case t.Kind() == reflect.Pointer:
		v.Set(reflect.New(t.Elem()))
		return d.value(v.Elem())
	case slices.Contains(d.plain, t):
		return d.structValue(v, at)
	case reflect.PointerTo(t).Implements(textType):
		return d.textValue(v, at)
	case reflect.PointerTo(t).Implements(jsonType):
		if err := d.skip(); err != nil {
			return err
		}
		if err := v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(d.data[at:d.off]); err != nil {
			d.inner(at, err)
		}
		return nil
	}
	switch t.Kind() {
	case reflect.Struct:
		return d.structValue(v, at)
	case reflect.Slice:
		return d.sliceValue(v, at)
	case reflect.Array:
		return d.arrayValue(v, at)
	case reflect.Map:
		return d.mapValue(v, at)
	}
	return d.scalar(v, at)
}

// textValue reads a value that is written as text, such as an instant or a duration.
func (d *decoder) textValue(v reflect.Value, at int) error {
	if d.peek() != '"' {
		return d.mismatch(at, "a text in double quotes")
	}
	s, err := d.text()
	if err != nil {
		return err
	}
	if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s)); err != nil {
		if v.Type() == timeType {
			err = fmt.Errorf("%s is not an instant such as \"2026-11-22T22:00:00Z\" or \"2026-11-23T00:00:00+02:00\"", quote(s))
		}
		d.inner(at, err)
	}
	return nil
}

// inner records the faults that a value found in its own text. The word with which such a fault
// says what it is about ("duration: ...") adds nothing to the path; a place in the text does.
func (d *decoder) inner(at int, err error) {
	for _, e := range Flatten(err) {
		problem := e.Error()
		if v := (*validate.Error)(nil); errors.As(e, &v) && !strings.ContainsAny(v.Path, " .[") {
			problem = v.Problem
		}
		d.faultf(at, "%s", problem)
	}
}

func (d *decoder) structValue(v reflect.Value, at int) error {
	if d.peek() != '{' {
		return d.mismatch(at, "an object")
	}
	fields := d.fieldsOf(v.Type())
	var seen uint64 // by field; no type of the model has more than 64
	return d.object(func(key string, keyAt int) error {
		i, known := fields[key]
		name := key
		if key == "" {
			name = `""` // so that its path is no empty one
		}
		return d.inside("."+name, func() error {
			switch {
			case !known:
				best := suggest(key, fields)
				d.faultf(keyAt, "unknown field%s", instead(best, fields))
				if best != "" && d.more == 0 {
					d.faults[len(d.faults)-1].meant = strings.TrimSuffix(d.here(), key) + best
				}
				return d.skip()
			case seen&(1<<i) != 0:
				d.faultf(keyAt, "comes twice in one object: remove one")
				return d.skip()
			}
			seen |= 1 << i
			return d.value(v.Field(i))
		})
	})
}

func (d *decoder) sliceValue(v reflect.Value, at int) error {
	if d.peek() != '[' {
		return d.mismatch(at, "an array")
	}
	elem := v.Type().Elem()
	list := reflect.MakeSlice(v.Type(), 0, 0)
	err := d.array(func() error {
		return d.inside("["+strconv.Itoa(list.Len())+"]", func() error {
			if d.memory += elem.Size(); d.memory > maxMemory {
				return d.fail("the document is too large: its lists need more than %d MiB", maxMemory>>20)
			}
			n := list.Len()
			list = reflect.Append(list, reflect.Zero(elem))
			return d.value(list.Index(n))
		})
	})
	v.Set(list)
	return err
}

// arrayValue reads a list of a length that the type fixes.
func (d *decoder) arrayValue(v reflect.Value, at int) error {
	if d.peek() != '[' {
		return d.mismatch(at, "an array")
	}
	n := 0
	err := d.array(func() error {
		i := n
		if n++; i >= v.Len() {
			return d.skip()
		}
		return d.inside("["+strconv.Itoa(i)+"]", func() error { return d.value(v.Index(i)) })
	})
	if err == nil && n != v.Len() {
		d.faultf(at, "must have %d elements, has %d", v.Len(), n)
	}
	return err
}

func (d *decoder) mapValue(v reflect.Value, at int) error {
	if d.peek() != '{' {
		return d.mismatch(at, "an object")
	}
	v.Set(reflect.MakeMap(v.Type()))
	return d.object(func(key string, keyAt int) error {
		return d.inside("."+key, func() error {
			k := reflect.ValueOf(key).Convert(v.Type().Key())
			if v.MapIndex(k).IsValid() {
				d.faultf(keyAt, "comes twice in one object: remove one")
				return d.skip()
			}
			if d.memory += 64; d.memory > maxMemory {
				return d.fail("the document is too large: its lists need more than %d MiB", maxMemory>>20)
			}
			x := reflect.New(v.Type().Elem()).Elem()
			if err := d.value(x); err != nil {
				return err
			}
			v.SetMapIndex(k, x)
			return nil
		})
	})
}

func (d *decoder) scalar(v reflect.Value, at int) error {
	switch kind := v.Kind(); kind {
	case reflect.String:
		if d.peek() != '"' {
			return d.mismatch(at, "a text in double quotes")
		}
		s, err := d.text()
		v.SetString(s)
		return err
	case reflect.Bool:
		if c := d.peek(); c != 't' && c != 'f' {
			return d.mismatch(at, "true or false")
		}
		w, err := d.word()
		v.SetBool(w == "true")
		return err
	default:
		if c := d.peek(); c != '-' && (c < '0' || c > '9') {
			return d.mismatch(at, "a number")
		}
		text, err := d.number()
		if err != nil {
			return err
		}
		switch {
		case v.CanInt():
			n, err := strconv.ParseInt(text, 10, v.Type().Bits())
			if err != nil {
				d.faultf(at, "must be a whole number of at most %d bits, is %s", v.Type().Bits(), quote(text))
			}
			v.SetInt(n)
		case v.CanUint():
			n, err := strconv.ParseUint(text, 10, v.Type().Bits())
			if err != nil {
				d.faultf(at, "must be a whole number from 0 to 2^%d-1, is %s", v.Type().Bits(), quote(text))
			}
			v.SetUint(n)
		case v.CanFloat():
			n, err := strconv.ParseFloat(text, 64)
			if err != nil {
				d.faultf(at, "is out of range: %s", quote(text))
			}
			v.SetFloat(n)
		default:
			return d.fail("cannot be read into a %v", v.Type())
		}
		return nil
	}
}

// mismatch records that another kind of value stands here and goes on after it.
func (d *decoder) mismatch(at int, want string) error {
	var got string
	switch d.peek() {
	case '{':
		got = "an object"
	case '[':
		got = "an array"
	case '"':
		got = "a text"
	case 't', 'f':
		got = "true or false"
	case 'n':
		got = "null; leave the field out instead"
	default:
		got = "a number"
	}
	if err := d.skip(); err != nil {
		return err
	}
	d.faultf(at, "must be %s, is %s", want, got)
	return nil
}

// fieldsOf maps the JSON names of a struct type to its fields.
func (d *decoder) fieldsOf(t reflect.Type) map[string]int {
	if m, ok := d.fields[t]; ok {
		return m
	}
	m := map[string]int{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.IsExported() && name != "-" && name != "" {
			m[name] = i
		}
	}
	d.fields[t] = m
	return m
}

// suggest returns the known field that is meant, if one is close.
func suggest(key string, fields map[string]int) string {
	best, most := "", 3
	if len(key) > 40 {
		return best
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if n := Distance(strings.ToLower(key), strings.ToLower(name)); n < most && 2*n <= min(len(key), len(name)) {
			best, most = name, n
		}
	}
	return best
}

// instead says what to write for an unknown field.
func instead(best string, fields map[string]int) string {
	if best == "" {
		return "; the fields are " + strings.Join(slices.Sorted(maps.Keys(fields)), ", ")
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// Distance is the edit distance of Levenshtein, in bytes.
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
