package picture_test

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
	"github.com/slackwater-go/slackwater/cmdb/picture"
)

// fanOut is an estate in which the switch brings n CIs down over four layers.
func fanOut(t interface{ Fatal(...any) }, n int) (*cmdb.Graph, *cmdb.Impact) {
	s := cmdb.Snapshot{Version: 1, CIs: []cmdb.CI{{ID: "switch-7", Class: "switch", Owner: "network"}}}
	classes := []string{"host", "virtual machine", "application", "service"}
	var last []string
	before := []string{"switch-7"}
	for i := range n {
		layer := min(3, i*4/n)
		if i > 0 && layer != min(3, (i-1)*4/n) {
			before, last = last, nil
		}
		id := fmt.Sprintf("%s %04d <b>", classes[layer], i)
		s.CIs = append(s.CIs, cmdb.CI{ID: id, Class: classes[layer], Criticality: (i * 7 % 11) / 2, Owner: fmt.Sprint("team ", i%9)})
		s.Relations = append(s.Relations, cmdb.Relation{From: id, Type: cmdb.RunsOn, To: before[i*13%len(before)]})
		last = append(last, id)
	}
	s.CIs = append(s.CIs, cmdb.CI{ID: "portal", Criticality: 5}, cmdb.CI{ID: "spare"})
	s.Groups = []cmdb.Group{
		{ID: "portal pair", Members: []string{s.CIs[n/2].ID, s.CIs[n/2+1].ID}, Dependents: []string{"portal"}},
		{ID: "with a spare", Members: []string{s.CIs[n/2].ID, "spare"}, Dependents: []string{s.CIs[n].ID}},
	}
	g, err := cmdb.New(s)
	if err != nil {
		t.Fatal(err)
	}
	im, err := g.Impact(cmdb.Query{}, "switch-7")
	if err != nil {
		t.Fatal(err)
	}
	return g, im
}

// The page shows every CI once, needs nothing from elsewhere, and escapes what it is given. With
// SLACKWATER_PICTURES naming a folder the pages stay there to be looked at.
func TestHTML(t *testing.T) {
	for _, n := range []int{30, 300, 3000} {
		g, im := fanOut(t, n)
		var b, again bytes.Buffer
		if err := errors.Join(picture.HTML(&b, g, im, picture.Options{}), picture.HTML(&again, g, im, picture.Options{})); err != nil {
			t.Fatal(err)
		}
		page := b.String()
		if boxes := strings.Count(page, `<g class="ci `); boxes != len(im.Hits) || boxes < n {
			t.Errorf("%d CIs: %d boxes", n, boxes)
		}
		for _, bad := range []string{"<b>", "src=", "href=", "@import", "url("} {
			if strings.Contains(page, bad) {
				t.Errorf("%d CIs: the page contains %q", n, bad)
			}
		}
		for _, want := range []string{"portal pair: 2 of 2 down, needs 1, fails", "with a spare: 1 of 2 down, needs 1, holds", `class="line way"`} {
			if !strings.Contains(page, want) {
				t.Errorf("%d CIs: the page lacks %q", n, want)
			}
		}
		if !bytes.Equal(b.Bytes(), again.Bytes()) {
			t.Errorf("%d CIs: two pages differ", n)
		}
		if dir := os.Getenv("SLACKWATER_PICTURES"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("impact-%d.html", n)), b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	g, im := fanOut(t, 30)
	if err := picture.HTML(failing{}, g, im, picture.Options{}); err == nil {
		t.Error("a writer that fails is not reported")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func ExampleText() {
	g, err := cmdb.New(cmdb.Snapshot{Version: 1,
		CIs: []cmdb.CI{{ID: "shop", Criticality: 5}, {ID: "web-1"}, {ID: "web-2"}, {ID: "host"}},
		Relations: []cmdb.Relation{
			{From: "shop", Type: cmdb.DependsOn, To: "web-1"}, {From: "shop", Type: cmdb.DependsOn, To: "web-2"},
			{From: "web-1", Type: cmdb.RunsOn, To: "host"}, {From: "web-2", Type: cmdb.RunsOn, To: "host"},
		},
		Groups: []cmdb.Group{{ID: "web", Members: []string{"web-1", "web-2"}}},
	})
	if err != nil {
		log.Fatal(err)
	}
	im, err := g.Impact(cmdb.Query{}, "host")
	if err != nil {
		log.Fatal(err)
	}
	if err := picture.Text(os.Stdout, g, im, picture.Options{}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// Impact of host
	// 3 CI(s) fail with host, at up to 2 step(s).
	//
	// 0 step(s) away: 1 CI(s)
	//   host
	//
	// 1 step(s) away: 2 CI(s)
	//   web-1                                 runs-on host
	//   web-2                                 runs-on host
	//
	// 2 step(s) away: 1 CI(s)
	//   shop                           *****  with group web
	//
	// Groups
	//   web                            2 of 2 down, needs 1: FAILS
	//
	// host > web-2 > shop
}
