package itop_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/cmdb"
	"github.com/slackwater-go/slackwater/cmdb/itop"
)

const set = `<?xml version="1.0"?>
<Set>
<Farm id="7"><name>Farm</name></Farm>
<Hypervisor id="9"><name>esx-1</name><farm_id>7</farm_id></Hypervisor>
<Hypervisor id="10"><name>esx-2</name><farm_id>7</farm_id></Hypervisor>
<VirtualMachine id="12"><name>vm</name><virtualhost_id>7</virtualhost_id><business_criticity>high</business_criticity></VirtualMachine>
<lnkApplicationSolutionToFunctionalCI id="1"><applicationsolution_id>27</applicationsolution_id><functionalci_id>12</functionalci_id></lnkApplicationSolutionToFunctionalCI>
<ApplicationSolution id="27"><name>CRM</name></ApplicationSolution>
<Contract id="1"/>
</Set>`

func ExampleRead() {
	g, rep, err := itop.Read(itop.File{Name: "data.xml", Reader: strings.NewReader(set)})
	if err != nil {
		log.Fatal(err)
	}
	im, err := g.Impact(cmdb.Query{}, "Hypervisor:9", "Hypervisor:10")
	if err != nil {
		log.Fatal(err)
	}
	for _, h := range im.Hits {
		fmt.Println(h.Distance, h.CI)
	}
	fmt.Println(rep.Findings[0].Problem)
	// Output:
	// 0 Hypervisor:10
	// 0 Hypervisor:9
	// 1 Farm:7
	// 2 VirtualMachine:12
	// 3 ApplicationSolution:27
	// 1 object(s) of class Contract are no CIs or relations of CIs
}

func TestRefuses(t *testing.T) {
	for _, in := range []string{"", "<Set>", "<Get/>", "</Set>", "<Set><a id='1'", "<Set>\xff"} {
		if _, _, err := itop.Read(itop.File{Name: "x", Reader: strings.NewReader(in)}); !errors.Is(err, cmdb.ErrInvalid) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// The sample data: every CI and relation that is known of it is there.
func TestRealSample(t *testing.T) {
	dir := os.Getenv("SLACKWATER_DATA")
	if dir == "" {
		t.Skip("SLACKWATER_DATA does not name the data folder")
	}
	dir = filepath.Join(dir, "cmdb", "itop-sample")
	names, err := filepath.Glob(filepath.Join(dir, "src", "*.xml"))
	if err != nil || len(names) == 0 {
		t.Fatal(err, "no files")
	}
	var files []itop.File
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, itop.File{Name: filepath.Base(n), Reader: bytes.NewReader(b)})
	}
	g, rep, err := itop.Read(files...)
	if err != nil {
		t.Fatal(err)
	}
	rows := func(name string) [][]string {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		all, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return all[1:]
	}
	for _, n := range rows("nodes.csv") {
		if _, ok := g.CI(n[0]); !ok {
			t.Errorf("%s is missing", n[0])
		}
	}
	var pairs []string
	for r := range g.Relations() {
		pairs = append(pairs, r.From+" "+r.To)
	}
	for _, e := range rows("edges.csv") {
		if !slices.Contains(pairs, e[0]+" "+e[1]) {
			t.Errorf("%s %s %s is missing", e[0], e[2], e[1])
		}
	}
	if g.Len() != 36 || rep.Relations != 34 || rep.Unknown != 0 || rep.Groups != 1 {
		t.Errorf("%d CIs, %d relations, %d unknown, %d groups", g.Len(), rep.Relations, rep.Unknown, rep.Groups)
	}
}

// A field in many pieces, and one that is stated many times, take no longer than their length.
func TestPieces(t *testing.T) {
	for name, in := range map[string]string{
		"comments": "<name>" + strings.Repeat("a<!-- -->", 200_000) + "</name>",
		"repeated": "<name>" + strings.Repeat("a</name><name>", 200_000) + "</name>",
	} {
		g, _, err := itop.Read(itop.File{Name: name, Reader: strings.NewReader(`<Set><Server id="1">` + in + "</Server></Set>")})
		if err != nil {
			t.Fatal(err)
		}
		want := "a"
		if name == "comments" {
			want = strings.Repeat("a", 200_000)
		}
		if c, _ := g.CI("Server:1"); c.Name != want {
			t.Errorf("%s: the name has %d bytes, want %d", name, len(c.Name), len(want))
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(set))
	f.Fuzz(func(t *testing.T, in []byte) {
		g, _, err := itop.Read(itop.File{Name: "fuzz", Reader: bytes.NewReader(in)})
		if err != nil {
			return
		}
		if _, err := cmdb.New(g.Snapshot()); err != nil {
			t.Fatal(err)
		}
	})
}
