package compose_test

import (
	"bytes"
	"fmt"
	"log"
	"strings"
	"testing"

	"github.com/slackwater-go/slackwater/cmdb"
	"github.com/slackwater-go/slackwater/cmdb/compose"
)

const file = `
services:
  web:
    image: shop:1
    depends_on:
      app: {condition: service_healthy}
  app:
    depends_on: [db, cache]
    links: ["mail:smtp"]
    volumes: ["uploads:/data", "./src:/src"]
  db:
    volumes:
      - {type: volume, source: pgdata, target: /var/lib}
  cache: {}
  sidecar:
    network_mode: service:app
  mail:
volumes:
  pgdata:
  uploads:
`

func ExampleRead() {
	g, _, err := compose.Read(compose.File{Name: "compose.yaml", Reader: strings.NewReader(file)})
	if err != nil {
		log.Fatal(err)
	}
	for ci, distance := range g.Impacted("volume:pgdata") {
		fmt.Println(distance, ci)
	}
	// Output:
	// 0 volume:pgdata
	// 1 db
	// 2 app
	// 3 sidecar
	// 3 web
}

func TestRead(t *testing.T) {
	override := "services: {web: {depends_on: [app, gone]}, odd: {depends_on: {a: {b: [}}"
	g, rep, err := compose.Read(compose.File{Name: "a", Reader: strings.NewReader(file)}, compose.File{Name: "b", Reader: strings.NewReader("services: {web: {depends_on: [app, gone]}, odd: {depends_on: 7}}")}, compose.File{Name: "c", Reader: strings.NewReader(override)})
	if err != nil {
		t.Fatal(err)
	}
	if rep.Count(cmdb.Dangling) != 1 || rep.Count(cmdb.DuplicateCI) != 1 || rep.Count(cmdb.DuplicateRelation) != 1 || rep.Count(cmdb.NotUnderstood) != 2 {
		t.Errorf("%+v", rep.Findings)
	}
	if g.Len() != 10 || rep.Relations != 8 {
		t.Errorf("%d CIs, %d relations", g.Len(), rep.Relations)
	}
}

func TestHostile(t *testing.T) {
	laughs := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'z'; c++ {
		laughs += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.Repeat(fmt.Sprintf("*%c,", c-1), 8)+fmt.Sprintf("*%c", c-1))
	}
	for _, in := range []string{laughs + "services: {web: {depends_on: *z}}", strings.Repeat("{a: ", 50_000), "services: \xff", ""} {
		_, rep, err := compose.Read(compose.File{Name: "hostile", Reader: strings.NewReader(in)})
		if err != nil || rep.Count(cmdb.NotUnderstood) == 0 {
			t.Errorf("%.20q: %v, %+v", in, err, rep)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(file))
	f.Fuzz(func(t *testing.T, in []byte) {
		g, _, err := compose.Read(compose.File{Name: "fuzz", Reader: bytes.NewReader(in)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cmdb.New(g.Snapshot()); err != nil {
			t.Fatal(err)
		}
	})
}
