package cmdb

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/prng"
)

// What is written is read again as it was, in whatever pieces it comes, and as encoding/json reads it.
func TestWriteRead(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := anyEstate(r)
		doubted(r, &s)
		s.CIs[0].Attributes = map[string]string{rapid.String().Draw(r, "key"): rapid.String().Draw(r, "value")}
		s.CIs[0].Name, s.CIs[0].OutageAllowance, s.CIs[0].LastSeen = "Zürich \"\n\\ \U0001f600", 90, auditTime
		g := mustNew(r, s)
		var b bytes.Buffer
		if err := g.Write(&b); err != nil {
			r.Fatal(err)
		}
		for _, in := range []io.Reader{bytes.NewReader(b.Bytes()), iotest.OneByteReader(bytes.NewReader(b.Bytes()))} {
			h, err := Read(in)
			if err != nil {
				r.Fatal(err, b.String())
			}
			if diff := cmp.Diff(g.Snapshot(), h.Snapshot()); diff != "" {
				r.Fatal(diff)
			}
		}
		var plain Snapshot
		if err := json.Unmarshal(b.Bytes(), &plain); err != nil {
			r.Fatal(err)
		}
		if diff := cmp.Diff(g.Snapshot(), mustNew(r, plain).Snapshot()); diff != "" {
			r.Fatal(diff)
		}
	})
}

// The lists may come in any order; relation types may come last.
func TestReadOrder(t *testing.T) {
	g, err := Read(strings.NewReader(`{"groups":[],"relations":[{"from":"a","type":"likes","to":"b"},{"from":"b","type":"depends-on","to":"a"}],
		"relationTypes":[{"name":"adores","impact":"none"},{"name":"likes","impact":"to-from"}],"cis":[{"id":"b"},{"id":"a"}],"version":1}`))
	if err != nil {
		t.Fatal(err)
	}
	if c := g.Cycles(); len(c) != 1 {
		t.Errorf("circles %v", c)
	}
}

func TestReadSaysWhere(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{``, `(document): line 1, column 1: must be an object, is the end`},
		{`[1]`, `(document): line 1, column 1: must be an object, is a list`},
		{`{"version":1,"cis":[{"id":"a"},` + "\n" + `  {"id":7}]}`, `cis[1].id: line 2, column 9: must be a text, is a number`},
		{`{"version":1,"cis":[{"id":"a","color":"red"}]}`, `cis[0]: line 1, column 39: has an unknown field "color"`},
		{`{"version":1,"version":1}`, `version: line 1, column 24: comes twice`},
		{`{"version":1.5}`, `version: line 1, column 15: must be a whole number, is 1.5`},
		{`{"version":99999999999999999999}`, `must be a whole number`},
		{`{"version":1} x`, `(document): line 1, column 15: has something after the document: 'x'`},
		{`{"version":1,"cis":[{"id":"a"`, `cis[0]: line 1, column 30: needs ',' or '}' after a field, has the end`},
		{`{"cis":[{"id":"` + "\xff" + `"}]}`, `is not valid UTF-8`},
		{`{"cis":[{"id":"a` + "\n" + `"}]}`, `control character`},
		{`{"cis":[{"id":"\q"}]}`, `bad escape`},
		{`{"cis":[{"id":"a","outageAllowance":"1 hour"}]}`, `cis[0].outageAllowance: line 1, column 45: "1 hour" is not a duration`},
		{`{"cis":[{"id":"a","lastSeen":"yesterday"}]}`, `cis[0].lastSeen`},
		{`{"cis":[{"id":"a","attributes":{"x":"1","x":"2"}}]}`, `cis[0].attributes.x: line 1, column 48: comes twice`},
		{`{"cis":` + strings.Repeat("[", 10000), `cis[0]: line 1, column 9: must be an object, is a list`},
		{`{"version":1,"cis":[{"id":"a"}],"relations":[{"from":"a","type":"likes","to":"a"}]}`, `relations[0].type: is no known relation type: "likes"`},
		{`{"cis":[]}`, `version: must be 1, is 0`},
		{`{"cis":n`, `cis: line 1, column 9: must be a list, is the end`},
		{`{"cis":nil}`, `cis: line 1, column 9: must be a list, is 'i'`},
		{`n`, `(document): line 1, column 1: must be an object, is 'n'`},
	} {
		_, err := Read(strings.NewReader(tt.in))
		if err == nil || !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.60s: %v, want %s", tt.in, err, tt.want)
		}
	}
	broken := errors.New("the disk is on fire")
	if _, err := Read(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("%v, want %v", err, broken)
	}
}

// A million CIs of one ID (a hundred thousand, unless SLACKWATER_LONG is set): a bounded error.
func TestReadManyDuplicates(t *testing.T) {
	n := 1_000_000
	if os.Getenv("SLACKWATER_LONG") == "" {
		n /= 10
	}
	in := io.MultiReader(strings.NewReader(`{"version":1,"cis":[`), &repeated{text: `{"id":"a"},`, left: n}, strings.NewReader(`{"id":"a"}]}`))
	_, err := Read(in)
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) || len(joined.Unwrap()) != maxFaults+1 {
		t.Errorf("%.200v", err)
	}
	if want := fmt.Sprintf("has %d more faults", n-maxFaults); err != nil && !strings.Contains(err.Error(), want) {
		t.Errorf("the error does not say %q", want)
	}
}

// repeated is a text many times over.
type repeated struct {
	text string
	left int
}

func (r *repeated) Read(p []byte) (int, error) {
	n := 0
	for r.left > 0 && n+len(r.text) <= len(p) {
		n += copy(p[n:], r.text)
		r.left--
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// Whatever Read takes, encoding/json takes and means the same by. A reader that gives one byte at a
// time gives the same, errors included.
func FuzzRead(f *testing.F) {
	s := shop()
	s.RelationTypes = []RelationType{{Name: "near", Impact: BothWays, Depth: 1, Weight: 20}}
	b, err := json.Marshal(s)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"version":1,"cis":[{"id":"a","attributes":{"k":"\u00e9"},"lastSeen":"2026-01-02T03:04:05Z","outageAllowance":"PT1H"}]}`))
	f.Add([]byte(`{"relations":[{"from":"a","type":"x","to":"a"}],"version":1,"cis":null}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		g, err := Read(bytes.NewReader(in))
		slow, err2 := Read(iotest.OneByteReader(bytes.NewReader(in)))
		if fmt.Sprint(err) != fmt.Sprint(err2) {
			t.Fatalf("%v, byte by byte %v", err, err2)
		}
		if err == nil && !cmp.Equal(g.Snapshot(), slow.Snapshot()) {
			t.Fatal("byte by byte it is another graph")
		}
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("%v is not ErrInvalid", err)
			}
			return
		}
		var s Snapshot
		if err := json.Unmarshal(in, &s); err != nil {
			t.Fatalf("encoding/json refuses: %v", err)
		}
		h, err := New(s)
		if err != nil {
			t.Fatalf("New refuses: %v", err)
		}
		if diff := cmp.Diff(g.Snapshot(), h.Snapshot()); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Any tables are read or refused with an error.
// Relation types without a name, and such as are no UTF-8, are of one type that carries no outage.
func TestUnknownTypes(t *testing.T) {
	g, rep, err := CSV{Nodes: strings.NewReader("id\na\nb\n"), Edges: strings.NewReader("from,to,type\na,b,\x82\nb,a,\na,b,unknown\n")}.Read()
	if err != nil || rep.Relations != 2 {
		t.Fatal(err, rep)
	}
	if _, err := New(g.Snapshot()); err != nil {
		t.Error(err)
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("id,class,attrs\na,service,k=v\nb,host,x\n"), []byte("source,target,type,confidence\na,b,runsOn,50\nb,c,likes,x\n"), []byte("node,k,members\na,1,b c\n"))
	f.Fuzz(func(t *testing.T, nodes, edges, groups []byte) {
		g, rep, err := CSV{Nodes: bytes.NewReader(nodes), Edges: bytes.NewReader(edges), Groups: bytes.NewReader(groups)}.Read()
		slow := func(in []byte) io.Reader { return iotest.OneByteReader(bytes.NewReader(in)) }
		h, rep2, err2 := CSV{Nodes: slow(nodes), Edges: slow(edges), Groups: slow(groups)}.Read()
		if fmt.Sprint(err) != fmt.Sprint(err2) {
			t.Fatalf("%v, byte by byte %v", err, err2)
		}
		if diff := cmp.Diff(rep, rep2); diff != "" {
			t.Fatalf("byte by byte the report is another:\n%s", diff)
		}
		if err != nil {
			return
		}
		if !cmp.Equal(g.Snapshot(), h.Snapshot()) {
			t.Fatal("byte by byte it is another graph")
		}
		if _, err := New(g.Snapshot()); err != nil {
			t.Fatalf("the import is not consistent: %v", err)
		}
		if rep.CIs != g.Len() {
			t.Fatalf("%d CIs, reported %d", g.Len(), rep.CIs)
		}
	})
}

// Rows are what encoding/csv reads, lines and errors included, however the input comes.
func FuzzRows(f *testing.F) {
	for _, in := range []string{"a,b\n1,2\n", "a,b\r\n\r\n1,2\r", "a,\"b\nc\"\n\n1,2\n\"x\"\"y\",\n3\n", "a\"b\n", "\"a\nb", "a,b\n\"1\",2,3\n", "a\n\"b\"x\n"} {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		sameRows(t, in, bytes.NewReader(in))
		sameRows(t, in, iotest.OneByteReader(bytes.NewReader(in)))
		sameRows(t, in, iotest.DataErrReader(bytes.NewReader(in)))
	})
}

func sameRows(t *testing.T, in []byte, r io.Reader) {
	t.Helper()
	theirs, ours := csv.NewReader(bytes.NewReader(in)), newRowReader(r)
	for {
		want, wantErr := theirs.Read()
		got, line, err := ours.read()
		if fmt.Sprint(err) != fmt.Sprint(wantErr) {
			t.Fatalf("%v, want %v", err, wantErr)
		}
		if err != nil {
			return
		}
		wantLine, _ := theirs.FieldPos(0)
		if line != wantLine || len(got) != len(want) {
			t.Fatalf("line %d has %q, want line %d, %q", line, got, wantLine, want)
		}
		for i := range got {
			if string(got[i]) != want[i] {
				t.Fatalf("line %d has %q, want %q", line, got, want)
			}
		}
	}
}

// Tables of many pages are read alike in whatever pieces they come: with unknown CIs, relations of the wrong form,
// inverses, quotes and empty lines in between, wherever the buffer ends.
func TestLargeTables(t *testing.T) {
	rnd := prng.New(2)
	nodes, edges := "id,class\n", "from,to,type\n"
	for i := range 1000 {
		nodes += fmt.Sprintf("ci %d,%s\n", i, []string{"host", `"a,b"`, ""}[rnd.IntN(3)])
	}
	var objects []string
	for range 5000 {
		from, to := rnd.IntN(1100), rnd.IntN(1100) // some are described nowhere
		kind := []string{"depends_on", "depends_on", "used-by", "runs-on", "odd"}[rnd.IntN(5)]
		edges += fmt.Sprintf([]string{"ci %d,ci %d,%s", "ci %d,\"ci %d\",%s"}[rnd.IntN(30)/29]+[]string{"\n", "\n", "\r\n", "\n\n", "\n\r\n"}[rnd.IntN(5)], from, to, kind)
		form := []string{`{"from":"ci %d","type":"%s","to":"ci %d"}`, `{ "to" : "ci %d" ,"type":"%s","from":"ci %d"}`, `{"from":"ci\u0020%d","type":"%s","to":"ci %d","confidence":7}`}[rnd.IntN(12)/5]
		objects = append(objects, fmt.Sprintf(form, from%1000, []string{"depends-on", "runs-on"}[rnd.IntN(2)], to%999+from%1000/999))
	}
	read := func(in string, size int) io.Reader {
		if size == 0 {
			return strings.NewReader(in)
		}
		return &pieces{[]byte(in), size}
	}
	slices.Sort(objects)
	doc := `{"cis":[`
	for i := range 1000 {
		doc += fmt.Sprintf(`{"id":"ci %d"},`, i)
	}
	doc = strings.TrimSuffix(doc, ",") + `],"relations":[` + strings.Join(objects, ",\n") + `],"version":1}`
	g, rep, err := CSV{Nodes: read(nodes, 0), Edges: read(edges, 0)}.Read()
	if err != nil {
		t.Fatal(err)
	}
	_, failed := Read(read(doc, 0))
	if rep.Relations < 4000 || rep.Unknown != 100 || failed == nil {
		t.Fatal(rep.Relations, rep.Unknown, failed)
	}
	for _, size := range []int{1, 4096} {
		h, other, err := CSV{Nodes: read(nodes, size), Edges: read(edges, size)}.Read()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(rep, other); diff != "" {
			t.Errorf("in pieces of %d:\n%s", size, diff)
		}
		if !bytes.Equal(written(t, g), written(t, h)) {
			t.Errorf("in pieces of %d it is another graph", size)
		}
		if _, err := Read(read(doc, size)); fmt.Sprint(err) != fmt.Sprint(failed) { // loops and repeats, by their numbers
			t.Errorf("in pieces of %d: %v, want %v", size, err, failed)
		}
	}
}

func written(t *testing.T, g *Graph) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := g.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// pieces gives some bytes at a time.
type pieces struct {
	in   []byte
	size int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.in) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), p.size)], p.in)
	p.in = p.in[n:]
	return n, nil
}

// Lines longer than any buffer, and quotes every so often, are read alike.
func TestLongRows(t *testing.T) {
	rnd := prng.New(1)
	var in bytes.Buffer
	for range 300 {
		for i := range 3 {
			text := strings.Repeat("x", rnd.IntN(200)*rnd.IntN(300))
			switch rnd.IntN(4) {
			case 0:
				text = `"` + text + `"`
			case 1:
				text = `"` + text + "\r\n,\"\"" + text + `"`
			}
			in.WriteString([]string{"", ",", ","}[i] + text)
		}
		in.WriteString([]string{"\n", "\r\n", "\n\n"}[rnd.IntN(3)])
	}
	sameRows(t, in.Bytes(), &in)
	failing := errors.New("the line is cut")
	if _, _, err := newRowReader(iotest.ErrReader(failing)).read(); !errors.Is(err, failing) {
		t.Error(err)
	}
	if _, _, err := newRowReader(stuck{}).read(); !errors.Is(err, io.ErrNoProgress) {
		t.Error(err)
	}
}

// stuck never gives anything.
type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }
