package servicenow_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/cmdb"
	"github.com/slackwater-go/slackwater/cmdb/servicenow"
)

func ExampleRead() {
	g, _, err := servicenow.Read(servicenow.Tables{
		CIs: strings.NewReader("sys_id,name,sys_class_name,owned_by,busines_criticality\n" +
			"a1,Shop,cmdb_ci_service,Web team,1 - most critical\nb2,db-1,cmdb_ci_database,,\nc3,host-1,cmdb_ci_server,,\n"),
		Relations: strings.NewReader(`{"records": [
			{"parent": {"value": "a1", "display_value": "Shop"}, "type": "Depends on::Used by", "child": {"value": "b2"}},
			{"parent": "c3", "type": "Hosts::Hosted on", "child": "b2"}
		]}`),
	})
	if err != nil {
		log.Fatal(err)
	}
	for ci, distance := range g.Impacted("c3") {
		c, _ := g.CI(ci)
		fmt.Println(distance, c.Name, c.Criticality)
	}
	// Output:
	// 0 host-1 0
	// 1 db-1 0
	// 2 Shop 5
}

func TestRefuses(t *testing.T) {
	for _, in := range []string{"", "   ", "{}", `{"records": [{"name": "a"}`, `[7]`, "name,class\n\"a", "a,b\n1,2,3\n"} {
		if _, _, err := servicenow.Read(servicenow.Tables{CIs: strings.NewReader(in)}); !errors.Is(err, cmdb.ErrInvalid) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// file is a reader with a name.
type file struct {
	io.Reader
	name string
}

func (f file) Name() string { return f.name }

// Errors and findings name the file and the line.
func TestPlaces(t *testing.T) {
	for in, want := range map[string]string{
		"sys_id,name\n1,a\n2,\"b": "ci.csv:3",
		"\n\n{\"records\": [\n{\"sys_id\": \"1\"},\n{\"sys_id\": \"2\",}\n]}": "ci.csv:5",
	} {
		if _, _, err := servicenow.Read(servicenow.Tables{CIs: file{strings.NewReader(in), "ci.csv"}}); !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%q: %v, want %s", in, err, want)
		}
	}
	for in, want := range map[string]string{
		"\nsys_id,name,business_criticality\n1,a,\n2,b,x\n":                                   "ci.csv:4",
		"\n[\n{\"sys_id\": \"1\"},\n{\"sys_id\": \"2\",\n\"business_criticality\": \"x\"}\n]": "ci.csv:4",
	} {
		_, rep, err := servicenow.Read(servicenow.Tables{CIs: file{strings.NewReader(in), "ci.csv"}})
		if err != nil || len(rep.Findings) != 1 || rep.Findings[0].Where != want {
			t.Errorf("%q: %v %v, want %s", in, err, rep, want)
		}
	}
}

// A real export: 2,784 rows, told apart by name only, of which many are alike.
func TestRealExport(t *testing.T) {
	dir := os.Getenv("SLACKWATER_DATA")
	if dir == "" {
		t.Skip("SLACKWATER_DATA does not name the data folder")
	}
	f, err := os.Open(filepath.Join(dir, "cmdb", "servicenow-demo-ci", "cmdb_ci.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g, rep, err := servicenow.Read(servicenow.Tables{CIs: f})
	if err != nil {
		t.Fatal(err)
	}
	joined := rep.Count(cmdb.DuplicateCI) + rep.Omitted
	nameless := rep.Count(cmdb.NotUnderstood)
	if g.Len()+joined+nameless != 2784 {
		t.Errorf("%d CIs, %d joined, %d left out of 2784 rows", g.Len(), joined, nameless)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("sys_id,name\n1,a\n2,b\n"), []byte("parent,type,child\n1,Runs on::Runs,2\n"))
	f.Add([]byte(`{"result":[{"sys_id":"1"}]}`), []byte(`[{"parent":{"value":"1"},"child":"1","type":""}]`))
	f.Fuzz(func(t *testing.T, cis, rels []byte) {
		g, _, err := servicenow.Read(servicenow.Tables{CIs: bytes.NewReader(cis), Relations: bytes.NewReader(rels)})
		if err != nil {
			return
		}
		if _, err := cmdb.New(g.Snapshot()); err != nil {
			t.Fatal(err)
		}
	})
}
