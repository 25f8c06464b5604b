package document

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

type leaf struct {
	Name string    `json:"name"`
	At   time.Time `json:"at,omitzero"`
	N    int8      `json:"n,omitempty"`
}

// odd has an UnmarshalJSON that always fails.
type odd struct {
	Name string `json:"name"`
}

func (*odd) UnmarshalJSON([]byte) error {
	return errors.Join(errors.New("first"), errors.New("second"))
}

type tree struct {
	Leaves []leaf          `json:"leaves"`
	ByName map[string]leaf `json:"byName,omitempty"`
	Odd    *odd            `json:"odd,omitempty"`
}

func TestRead(t *testing.T) {
	const deep = "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
	tests := []struct {
		in   string
		want []string // line:column path: start of the problem
	}{
		{`{"leaves":[{"name":"a","at":"2026-01-01T00:00:00Z","n":-3}],"byName":{"b":{"name":"b"}}}`, nil},
		{"{\"leaves\":[\n {\"nmae\":1},\n {\"name\":2,\"n\":300}]}", []string{
			`2:3 leaves[0].nmae: unknown field; did you mean "name"?`, "3:10 leaves[1].name: must be a text", "3:16 leaves[1].n: must be a whole number of at most 8 bits"}},
		{`{"leaves":[],"leaves":[]}`, []string{"1:14 leaves: comes twice"}},
		{`{"byName":{"é":{"at":"x"},"é":{}}}`, []string{"1:22 byName.é.at: \"x\" is not an instant", "1:27 byName.é: comes twice"}},
		{`{"odd":{"name":"x"}}`, []string{"1:8 odd: first", "1:8 odd: second"}},
		{`{"leaves":null,"odd":null}`, nil},
		{`{"leaves":{}}`, []string{"1:11 leaves: must be an array, is an object"}},
		{`{"leaves":[{"x":1},]}`, []string{"1:13 leaves[0].x: unknown field", "1:20 leaves: there is a ','"}},
		{`{"":1}`, []string{`1:2 "": unknown field`}},
		{`{} 1`, []string{"1:4 document: something follows"}},
		{`{"x":` + deep, []string{"1:2 x: unknown field", "1:106 x: is nested deeper"}},
		{``, []string{"1:1 document: expected a value, found the end of the text"}},
	}
	for _, tt := range tests {
		var out tree
		err := Form{MaxBytes: 1 << 20}.Read(strings.NewReader(tt.in), &out, func() error { return nil })
		var got []string
		for _, e := range Flatten(err) {
			var place *Error
			if err == nil {
				break
			}
			if !errors.As(e, &place) || !errors.Is(e, validate.ErrInvalid) {
				t.Errorf("%s: %v is no Error", tt.in, e)
				continue
			}
			got = append(got, fmt.Sprintf("%d:%d %s: %s", place.Line, place.Column, place.Path, place.Problem))
		}
		same := len(got) == len(tt.want)
		for i := range min(len(got), len(tt.want)) {
			same = same && strings.HasPrefix(got[i], tt.want[i])
		}
		if !same {
			t.Errorf("%s\n got %q\nwant %q", tt.in, got, tt.want)
		}
	}
}

// TestPlain reads a type field by field that would otherwise read itself.
func TestPlain(t *testing.T) {
	var out tree
	f := Form{MaxBytes: 1 << 10, Plain: []reflect.Type{reflect.TypeFor[odd]()}}
	if err := f.Read(strings.NewReader(`{"odd":{"name":"x"}}`), &out, func() error { return nil }); err != nil || out.Odd.Name != "x" {
		t.Error(out, err)
	}
	if err := f.Read(strings.NewReader(strings.Repeat(" ", 1<<10+1)), &out, nil); !errors.Is(err, validate.ErrInvalid) {
		t.Error(err)
	}
}

// TestPlaces: what the validation complains of is found in the document, what is not there at
// the nearest value around it; faults come in the order of the document and end after a hundred.
func TestPlaces(t *testing.T) {
	var out tree
	read := func(check func() error) []error {
		return Flatten(Form{MaxBytes: 1 << 10}.Read(strings.NewReader("{\"leaves\":[{},\n{\"name\":\"b\"}]}"), &out, check))
	}
	got := read(func() error {
		var l validate.List
		l.Addf("leaves[1].name", "is bad")
		l.Addf("leaves[0].name", "is missing")
		l.Addf("byName", "is missing")
		return errors.Join(l.Err(), errors.New("general"))
	})
	want := "[line 1, column 1: byName: is missing line 1, column 1: document: general line 1, column 12: leaves[0].name: is missing line 2, column 9: leaves[1].name: is bad]"
	if fmt.Sprint(got) != want {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	got = read(func() error {
		var l validate.List
		for i := range 500 {
			l.Addf("leaves[0].name", "fault %d", i)
		}
		return l.Err()
	})
	if len(got) != MaxFaults+1 || !strings.Contains(got[MaxFaults].Error(), "400 more faults") {
		t.Errorf("%d faults, %v", len(got), got[len(got)-1])
	}
}

// TestPrefix: several faults behind a prefix are still several.
func TestPrefix(t *testing.T) {
	var v tree
	err := (Form{MaxBytes: 1 << 10}).Read(strings.NewReader("{}"), &v, func() error {
		var l validate.List
		l.Addf("leaves", "are missing")
		l.Addf("odd", "is missing")
		return fmt.Errorf("garden: %w", l.Err())
	})
	if n := len(Flatten(fmt.Errorf("read: %w", err))); n != 2 {
		t.Errorf("%d faults, want 2: %v", n, err)
	}
}

// TestOnward: faults of content come beside those of form, unless these are why.
func TestOnward(t *testing.T) {
	check := func() error {
		var l validate.List
		l.Addf("leaves[0].name", "is missing")
		l.Addf("leaves[1].name", "is missing")
		l.Addf("leaves[2].name", "is missing")
		l.Addf("leaves[3].name", "is missing")
		return l.Err()
	}
	in := `{"leaves":[{"nmae":"a"},{},{"name":7},{"what":1}]}`
	for onward, want := range map[bool]string{
		true: "[line 1, column 13: leaves[0].nmae: unknown field; did you mean \"name\"? line 1, column 25: leaves[1].name: is missing " +
			"line 1, column 36: leaves[2].name: must be a text in double quotes, is a number line 1, column 39: leaves[3].name: is missing line 1, column 40: leaves[3].what: unknown field; the fields are at, n, name]",
		false: "[line 1, column 13: leaves[0].nmae: unknown field; did you mean \"name\"? " +
			"line 1, column 36: leaves[2].name: must be a text in double quotes, is a number line 1, column 40: leaves[3].what: unknown field; the fields are at, n, name]",
	} {
		var out tree
		got := Flatten(Form{MaxBytes: 1 << 10, Onward: onward}.Read(strings.NewReader(in), &out, check))
		if fmt.Sprint(got) != want {
			t.Errorf("got  %v\nwant %v", got, want)
		}
	}
	var out tree
	if got := Flatten(Form{MaxBytes: 1 << 10, Onward: true}.Read(strings.NewReader(`{"leaves":[{"x":1}`), &out, check)); len(got) != 2 {
		t.Errorf("after a fault of syntax: %v", got)
	}
}
