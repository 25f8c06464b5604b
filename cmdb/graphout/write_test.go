package graphout_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"testing"

	"gonum.org/v1/gonum/graph/encoding"
	"gonum.org/v1/gonum/graph/encoding/dot"
	"gonum.org/v1/gonum/graph/multi"

	"github.com/slackwater-go/slackwater/cmdb"
	"github.com/slackwater-go/slackwater/cmdb/graphout"
)

func estate(t interface{ Fatal(...any) }) *cmdb.Graph {
	g, err := cmdb.New(cmdb.Snapshot{Version: 1,
		CIs:       []cmdb.CI{{ID: "shop", Name: `The "shop"`, Class: "service", Criticality: 5}, {ID: `db\`}, {ID: "a<b"}},
		Relations: []cmdb.Relation{{From: "shop", Type: cmdb.DependsOn, To: `db\`}, {From: `db\`, Type: cmdb.PartOf, To: "shop"}},
		Groups:    []cmdb.Group{{ID: "pair", Members: []string{`db\`, "a<b"}, Dependents: []string{"shop"}}}})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func ExampleDOT() {
	g, err := cmdb.New(cmdb.Snapshot{Version: 1,
		CIs:       []cmdb.CI{{ID: "app", Class: "application"}, {ID: "host", Class: "host"}},
		Relations: []cmdb.Relation{{From: "app", Type: cmdb.RunsOn, To: "host"}}})
	if err != nil {
		log.Fatal(err)
	}
	if err := graphout.DOT(os.Stdout, g); err != nil {
		log.Fatal(err)
	}
	// Output:
	// digraph cmdb {
	// 	"app" [label="app" class="application"]
	// 	"host" [label="host" class="host"]
	// 	"app" -> "host" [label="runs-on"]
	// }
}

func ExampleGraphML() {
	g, err := cmdb.New(cmdb.Snapshot{Version: 1, CIs: []cmdb.CI{{ID: "app"}}})
	if err != nil {
		log.Fatal(err)
	}
	var b strings.Builder
	if err := graphout.GraphML(&b, g); err != nil {
		log.Fatal(err)
	}
	fmt.Println(strings.Split(b.String(), "\n")[6])
	// Output:
	// <node id="app"><data key="label">app</data><data key="class"></data></node>
}

// dotGraph takes what a reader of DOT reads.
type dotGraph struct{ *multi.DirectedGraph }

func (g dotGraph) SetDOTID(string) {}
func (g dotGraph) DOTAttributeSetters() (a, b, c encoding.AttributeSetter) {
	return &encoding.Attributes{}, &encoding.Attributes{}, &encoding.Attributes{}
}

// Other readers read as many nodes and arrows as there are.
func TestOthersReadIt(t *testing.T) {
	g := estate(t)
	var b bytes.Buffer
	if err := graphout.DOT(&b, g); err != nil {
		t.Fatal(err)
	}
	d := dotGraph{multi.NewDirectedGraph()}
	if err := dot.UnmarshalMulti(b.Bytes(), d); err != nil {
		t.Fatal(err, b.String())
	}
	if n := d.Nodes().Len(); n != 4 {
		t.Errorf("DOT has %d nodes, want 4", n)
	}
	b.Reset()
	if err := graphout.GraphML(&b, g); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Nodes []struct {
			ID string `xml:"id,attr"`
		} `xml:"graph>node"`
		Edges []struct {
			Source string `xml:"source,attr"`
			Target string `xml:"target,attr"`
		} `xml:"graph>edge"`
	}
	if err := xml.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Nodes) != 4 || len(doc.Edges) != 5 || doc.Nodes[0].ID != "a<b" {
		t.Errorf("GraphML has %+v", doc)
	}
}

func TestWriteFails(t *testing.T) {
	broken := errors.New("the pipe is shut")
	for _, f := range []func(io.Writer, *cmdb.Graph) error{graphout.DOT, graphout.GraphML} {
		if err := f(failing{broken}, estate(t)); !errors.Is(err, broken) {
			t.Errorf("%v, want %v", err, broken)
		}
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
