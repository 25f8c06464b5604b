package ics

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"
)

// TestParseErrors: every fault with its line and column.
func TestParseErrors(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"no colon", "BEGIN:VCALENDAR\r\nSUMMARY\r\nEND:VCALENDAR\r\n", "line 2, column 8: a colon and the value of SUMMARY are missing"},
		{"bad name", "A:1\nÜ:2\n", "line 2, column 1: a content line begins with a property name of letters, digits and hyphens"},
		{"bad name later", "A:1\nB C:2\n", `line 2, column 2: character " " in a property name; names have letters, digits and hyphens`},
		{"open quote", "DESC;X=é;\r\n Y=\"abc:1\r\n", `line 2, column 4: the quote is not closed`},
		{"parameter name", "A;=1:2\n", `line 1, column 3: character "=" in a parameter name; write NAME=value`},
		{"fold before anything", " A:1\n", "line 1, column 1: a content line begins with a property name of letters, digits and hyphens"},
		{"end alone", "\n\nEND:VEVENT\n", "line 3, column 5: END:VEVENT without its BEGIN"},
		{"wrong end", "BEGIN:A\nBEGIN:B\nEND:A\n", "line 3, column 5: END:A, but B of line 2 is open; write END:B before it"},
		{"never closed", "BEGIN:A\nX:1\n", "line 1, column 7: A is never closed; write END:A"},
		{"component name", "BEGIN:A B\n", "line 1, column 7: a component name has letters, digits and hyphens"},
		{"two faults", "A\nB\nC:1\n", "line 1, column 2: a colon and the value of A are missing\nline 2, column 2: a colon and the value of B are missing"},
		{"depth", strings.Repeat("BEGIN:A\n", 17), "line 17, column 7: components inside each other 17 deep; raise the limit in Options if the file is meant"},
	}
	for _, tt := range tests {
		f, err := Parse(strings.NewReader(tt.in))
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
		if f != nil || !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: a file beside an error, or an error of no kind", tt.name)
		}
	}
}

func TestLimits(t *testing.T) {
	tests := []struct {
		name, in string
		o        Options
	}{
		{"bytes", "A:1\nB:2\n", Options{MaxBytes: 7}},
		{"line", "A:123456789\n", Options{MaxLine: 8}},
		{"line of folds", "A:1\n 2\n 3\n", Options{MaxLine: 8}},
		{"line of 5000 octets", "A:" + strings.Repeat("x", 5000), Options{MaxLine: 4500}},
		{"empty lines", strings.Repeat("\n", 100), Options{MaxLine: 50}},
		{"lines", "A:1\nB:2\nC:3\n", Options{MaxLines: 2}},
		{"depth", "BEGIN:A\nBEGIN:B\nEND:B\nEND:A\n", Options{MaxDepth: 1}},
		{"parameters", "A;B=1;C=2;D=3:4\n", Options{MaxParams: 2}},
		{"values", "A;B=1,2,3:4\n", Options{MaxParams: 2}},
		{"kept broken does not lift limits", "A;B=1,2,3:4\n", Options{MaxParams: 2, KeepBroken: true}},
	}
	for _, tt := range tests {
		if _, err := tt.o.Parse(strings.NewReader(tt.in)); !errors.Is(err, ErrLimit) || !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v, want ErrLimit", tt.name, err)
		}
		if _, err := Parse(strings.NewReader(tt.in)); errors.Is(err, ErrLimit) {
			t.Errorf("%s: %v without the limit", tt.name, err)
		}
	}
	_, err := Options{MaxFaults: 3}.Parse(strings.NewReader(strings.Repeat("?\n", 10)))
	if n := len(strings.Split(err.Error(), "\n")); n != 4 || !strings.Contains(err.Error(), "stopped after 3 faults") {
		t.Errorf("%d lines of error: %v", n, err)
	}
	broken := errors.New("broken pipe")
	if _, err := Parse(io.MultiReader(strings.NewReader("A:1\n"), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("%v, want the reader's own error", err)
	}
}

// TestExact: files with every freedom of the format come back octet for octet.
func TestExact(t *testing.T) {
	for _, in := range []string{
		"", "\n\r\n", "A:1", "A:1\nB:2", "\ufeffBEGIN:A\r\nEND:A\r\n", "\ufeff", "begin:a\nEnd:A\n",
		"A;B=\"x;y:z\",w;C:v\r\n", "A;B:\n", "A;;B=1;:v\n", "A:1\n\n\n 2\n\nB:3\n\n", "A\n :1\n", "A:\x00\x01\xff\r\r\n",
		"BEGIN:A\nBEGIN:B\nX:1\nEND:B\nY:2\nBEGIN:B\nEND:B\nEND:A\nZ:3\n", "A;B=^n^^^'^x:1\n", "A;CN=5\" pipe:1\n", "A;CN=a\\;b\\,c;D=\\;E=1:v\n",
		"A:1\n \n\t\nB:2\n", "A:1\r\n\r\n\r\n 2\r\n",
	} {
		f, err := Parse(strings.NewReader(in))
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		var out bytes.Buffer
		if err := f.Encode(&out); err != nil || out.String() != in {
			t.Errorf("%q came back as %q (%v)", in, out.String(), err)
		}
	}
}

// TestEdit: a changed property is written by the rules, its neighbours as they were.
func TestEdit(t *testing.T) {
	const in = "BEGIN:VEVENT\nsummary ;x=1:a\n"
	if _, err := Parse(strings.NewReader(in)); err == nil {
		t.Error("a blank in a name was taken")
	}
	f, err := Parse(strings.NewReader("BEGIN:VEVENT\nsum\n mary;X=\"1\":a\\,b\nDTSTART:20\n 260101\nEND:VEVENT"))
	if err != nil {
		t.Fatal(err)
	}
	for c := range f.Components("") {
		p := c.Property("SUMMARY")
		if p.Text() != "a,b" || p.Param("x") != "1" || p.Line() != 2 || c.Line() != 1 {
			t.Errorf("read %+v", p)
		}
		p.SetText("one; two\nthree")
		p.SetParam("X", "a:b", "c\"d")
		p.SetParam("Y", "new")
		c.Items = append(c.Items, NewProperty("X-LONG", strings.Repeat("ü", 60)))
	}
	f.Items = append(f.Items, NewProperty("LAST", ""))
	want := "BEGIN:VEVENT\nsummary;X=\"a:b\",c^'d;Y=new:one\\; two\\nthree\nDTSTART:20\n 260101\n" +
		"X-LONG:" + strings.Repeat("ü", 34) + "\n " + strings.Repeat("ü", 26) + "\nEND:VEVENT\nLAST:\n"
	var out bytes.Buffer
	if err := f.Encode(&out); err != nil || out.String() != want {
		t.Errorf("%q (%v), want %q", out.String(), err, want)
	}
	bad := &File{Items: []Item{
		NewProperty("A B", "x"), NewProperty("A", "x\ny"), NewProperty("BEGIN", "x"), NewProperty("A", "", Param{"X", []string{"\x01"}}),
		&Component{Name: "a:b"}, (*Property)(nil), nil, (*Component)(nil),
	}}
	err = bad.Encode(&out)
	if err == nil || len(strings.Split(err.Error(), "\n")) != 9 || !errors.Is(err, ErrInvalid) {
		t.Errorf("faults of what cannot be written: %v", err)
	}
}

func TestKeepBroken(t *testing.T) {
	const in = "BEGIN:A\nno colon here\n folded\nB:1\nEND:A\n"
	f, err := Options{KeepBroken: true}.Parse(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Encode(&out); err != nil || out.String() != in {
		t.Errorf("%q (%v)", out.String(), err)
	}
	for c := range f.Components("A") {
		if p := c.Items[0].(*Property); p.Name != "" || p.Value != "no colon herefolded" {
			t.Errorf("kept %+v", p)
		}
	}
}

// TestLines reads one line at a time, and goes on behind faults.
func TestLines(t *testing.T) {
	var got []string
	for p, err := range (Options{}).Lines(strings.NewReader("A:1\nbroken\nB:2\n")) {
		if err != nil {
			got = append(got, err.Error())
			continue
		}
		got = append(got, p.Name+"="+p.Value)
	}
	want := []string{"A=1", "line 2, column 7: a colon and the value of broken are missing", "B=2"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	for range (Options{}).Lines(strings.NewReader("A:1\nB:2\n")) {
		break
	}
}

// genFile makes a file of anything that can be written.
func genFile(t *rapid.T) *File {
	name := rapid.StringMatching(`[A-Za-z][A-Za-z0-9-]{0,12}`).Filter(func(s string) bool {
		return !strings.EqualFold(s, "BEGIN") && !strings.EqualFold(s, "END")
	})
	text := rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune("abc,;:\\\"^' \t=nü€😀\n")), rapid.Rune()))
	property := rapid.Custom(func(t *rapid.T) Item {
		p := NewProperty(name.Draw(t, "name"), "")
		p.SetText(rapid.SliceOfN(text, 1, 3).Draw(t, "texts")...)
		for range rapid.IntRange(0, 2).Draw(t, "params") {
			values := rapid.SliceOfN(text.Filter(func(s string) bool {
				return !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' && r != '\t' && r != '\n' || r == 0x7f })
			}), 1, 3).Draw(t, "values")
			p.Params = append(p.Params, Param{name.Draw(t, "param"), values})
		}
		return p
	})
	var items func(depth int) []Item
	items = func(depth int) []Item {
		var list []Item
		for range rapid.IntRange(0, 3).Draw(t, "items") {
			if depth < 3 && rapid.Bool().Draw(t, "component") {
				list = append(list, &Component{Name: name.Draw(t, "component name"), Items: items(depth + 1)})
			} else {
				list = append(list, property.Draw(t, "property"))
			}
		}
		return list
	}
	return &File{Items: items(0)}
}

func dump(items []Item) string {
	var b strings.Builder
	for _, it := range items {
		switch it := it.(type) {
		case *Property:
			fmt.Fprintf(&b, "%s %q %q %q\n", it.Name, it.Params, it.Value, it.Texts())
		case *Component:
			fmt.Fprintf(&b, "%s {\n%s}\n", it.Name, dump(it.Items))
		}
	}
	return b.String()
}

// TestWrittenIsRead: what Encode writes, Parse reads as the same, in lines of at
// most 75 octets of valid UTF-8, and writes again as the same.
func TestWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := genFile(t)
		var out, again bytes.Buffer
		if err := f.Encode(&out); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(out.String(), "\r\n") {
			if len(line) > lineOctets || strings.ToValidUTF8(line, "") != line {
				t.Fatalf("line %q of %d octets", line, len(line))
			}
		}
		g, err := Parse(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
		if a, b := dump(f.Items), dump(g.Items); a != b {
			t.Fatalf("wrote\n%sread\n%s", a, b)
		}
		if err := g.Encode(&again); err != nil || !bytes.Equal(again.Bytes(), out.Bytes()) {
			t.Fatalf("wrote %q, then %q (%v)", out.String(), again.String(), err)
		}
	})
}

// naiveLines is the lexer's dumb twin: it unfolds the whole text at once.
func naiveLines(s string) []string {
	var lines []string
	for _, l := range strings.SplitAfter(strings.TrimPrefix(s, byteOrderMark), "\n") {
		l = strings.TrimSuffix(strings.TrimSuffix(l, "\n"), "\r")
		switch {
		case l == "":
		case len(lines) > 0 && (l[0] == ' ' || l[0] == '\t'):
			lines[len(lines)-1] += l[1:]
		default:
			lines = append(lines, l)
		}
	}
	return lines
}

// TestLexerAgainstTwin feeds soup of line ends, folds and text.
func TestLexerAgainstTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		piece := rapid.SampledFrom([]string{"\n", "\r\n", "\r", " ", "\t", "A:1", "B;C=\"", "ü", "x", byteOrderMark, strings.Repeat("y", 3000)})
		in := strings.Join(rapid.SliceOfN(piece, 0, 30).Draw(t, "pieces"), "")
		if strings.HasSuffix(in, "\r") {
			in += "x" // a lone CR at the end is content to one and a line end to the other
		}
		var got []string
		for p, err := range (Options{KeepBroken: true, MaxLine: 1 << 20}).Lines(iotest.OneByteReader(strings.NewReader(in))) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, unfold(p.raw))
		}
		if want := naiveLines(in); !slices.Equal(got, want) {
			t.Fatalf("%q: lines %q, want %q", in, got, want)
		}
	})
}

func TestTextEscapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("ab\\,;:nN\n\"^'"))).Draw(t, "text")
		p := &Property{}
		p.SetText(s)
		if got := p.Text(); got != s {
			t.Fatalf("%q read back as %q through %q", s, got, p.Value)
		}
		if got := caretDecode(caretEncode(s)); got != s {
			t.Fatalf("%q read back as %q through %q", s, got, caretEncode(s))
		}
	})
	p := &Property{Value: `a\,b,c\;d\\,\n\N\x\`}
	if got := p.Texts(); !slices.Equal(got, []string{"a,b", `c;d\`, "\n\n\\x\\"}) {
		t.Errorf("%q", got)
	}
	p.SetText("a\r\nb\rc\x01")
	if p.Value != `a\nb\nc ` {
		t.Errorf("%q", p.Value)
	}
}
