package backstage_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/cmdb"
	"github.com/slackwater-go/slackwater/cmdb/backstage"
)

const catalog = `
kind: Component
metadata: {name: Shop, title: The shop}
spec:
  type: service
  owner: web
  system: retail
  dependsOn: [resource:db, component:other/cart]
  dependencyOf: [component:portal]
  providesApis: [orders]
  consumesApis: [payments]
---
kind: Resource
metadata: {name: db}
spec: {owner: group:default/data}
---
kind: API
metadata: {name: orders}
---
kind: Location
spec: {target: ./more.yaml, targets: ["https://example.com/x.yaml"]}
---
kind: Weather
`

func ExampleRead() {
	g, rep, err := backstage.Read(backstage.Options{}, backstage.File{Name: "catalog.yaml", Reader: strings.NewReader(catalog)})
	if err != nil {
		log.Fatal(err)
	}
	for ci, distance := range g.Impacted("resource:db") {
		fmt.Println(distance, ci)
	}
	fmt.Println(rep.Unknown, "named and not described")
	// Output:
	// 0 resource:db
	// 1 component:shop
	// 2 api:orders
	// 2 component:portal
	// 2 system:retail
	// 6 named and not described
}

func relations(g *cmdb.Graph) (out []string) {
	for r := range g.Relations() {
		out = append(out, r.From+" "+r.Type+" "+r.To)
	}
	return out
}

func TestLocations(t *testing.T) {
	open := func(name string) (io.ReadCloser, error) {
		if name != "dir/more.yaml" {
			return nil, errors.New("there is no " + name)
		}
		return io.NopCloser(strings.NewReader("kind: Group\nmetadata: {name: web}\nspec: {parent: all, members: [ann]}\n---\nkind: Location\nspec: {targets: [more.yaml, gone.yaml]}")), nil
	}
	g, rep, err := backstage.Read(backstage.Options{Open: open}, backstage.File{Name: "dir/catalog.yaml", Reader: strings.NewReader(catalog)})
	if err != nil {
		t.Fatal(err)
	}
	if got := relations(g); !slices.Contains(got, "group:web child-of group:all") || !slices.Contains(got, "user:ann belongs-to group:web") || !slices.Contains(got, "component:portal depends-on component:shop") {
		t.Error(got)
	}
	// The address, the unknown kind, and the file that is gone.
	if n := rep.Count(cmdb.NotUnderstood); n != 3 {
		t.Errorf("%d not understood: %v", n, rep.Findings)
	}
}

func TestHostile(t *testing.T) {
	laughs := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'z'; c++ {
		laughs += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.Repeat(fmt.Sprintf("*%c,", c-1), 8)+fmt.Sprintf("*%c", c-1))
	}
	for name, in := range map[string]string{
		"billion laughs": laughs + "kind: Component\nmetadata: {name: a}\nspec: {dependsOn: *z}\n",
		"broken UTF-8":   "kind: \xff\xfe",
		"deep":           strings.Repeat("[", 100_000),
		"wrong types":    "kind: Component\nmetadata: 7\n",
		"a scalar":       "hello",
	} {
		g, rep, err := backstage.Read(backstage.Options{}, backstage.File{Name: name, Reader: strings.NewReader(in)})
		if err != nil || g.Len() != 0 || rep.Count(cmdb.NotUnderstood) == 0 {
			t.Errorf("%s: %v, %+v", name, err, rep)
		}
	}
}

// A real catalogue: 96 entities, 9 of them described twice, 101 relations, 6 dangling references.
func TestRealCatalogue(t *testing.T) {
	dir := os.Getenv("SLACKWATER_DATA")
	if dir == "" {
		t.Skip("SLACKWATER_DATA does not name the data folder")
	}
	var files []backstage.File
	for _, name := range []string{"groups.yaml", "crds.yaml", "charts.yaml"} {
		b, err := os.ReadFile(filepath.Join(dir, "cmdb", "giantswarm-backstage", "src", name))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, backstage.File{Name: name, Reader: bytes.NewReader(b)})
	}
	g, rep, err := backstage.Read(backstage.Options{}, files...)
	if err != nil {
		t.Fatal(err)
	}
	members, users := 0, 0
	for r := range g.Relations() {
		if r.Type == "belongs-to" {
			members++
		}
	}
	for c := range g.All() {
		if strings.HasPrefix(c.ID, "user:") {
			users++
		}
	}
	// Users are members of groups and nowhere described; the known counts leave them out.
	if g.Len()-rep.Unknown != 96 || rep.Count(cmdb.DuplicateCI) != 9 || rep.Relations-members != 101 || rep.Unknown-users != 6 {
		t.Errorf("%d entities, %d twice, %d relations, %d dangling", g.Len()-rep.Unknown, rep.Count(cmdb.DuplicateCI), rep.Relations-members, rep.Unknown-users)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(catalog))
	f.Fuzz(func(t *testing.T, in []byte) {
		g, _, err := backstage.Read(backstage.Options{}, backstage.File{Name: "fuzz", Reader: bytes.NewReader(in)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cmdb.New(g.Snapshot()); err != nil {
			t.Fatal(err)
		}
	})
}
