package cmdb

import (
	"errors"
	"slices"
	"testing"
)

func shop() Snapshot {
	return Snapshot{
		Version: 1,
		CIs:     []CI{{ID: "shop", Criticality: 5}, {ID: "web-1"}, {ID: "web-2"}, {ID: "web-3"}, {ID: "db"}, {ID: "host-1"}, {ID: "host-2"}},
		Relations: []Relation{
			{From: "shop", Type: DependsOn, To: "web-1"}, {From: "shop", Type: DependsOn, To: "web-2"}, {From: "shop", Type: DependsOn, To: "web-3"},
			{From: "web-1", Type: DependsOn, To: "db"}, {From: "web-2", Type: DependsOn, To: "db"}, {From: "web-3", Type: DependsOn, To: "db"},
			{From: "web-1", Type: RunsOn, To: "host-1"}, {From: "web-2", Type: RunsOn, To: "host-1"}, {From: "web-3", Type: RunsOn, To: "host-2"},
		},
		Groups: []Group{{ID: "web", Members: []string{"web-1", "web-2", "web-3"}, Need: 2}},
	}
}

func ids(g *Graph, id string) []string {
	var out []string
	for ci := range g.Impacted(id) {
		out = append(out, ci)
	}
	return out
}

func TestShop(t *testing.T) {
	g, err := New(shop())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		ci   string
		want []string
	}{
		{"db", []string{"db", "web-1", "web-2", "web-3", "shop"}},
		{"host-1", []string{"host-1", "web-1", "web-2", "shop"}},
		{"host-2", []string{"host-2", "web-3"}},
		{"nothing", nil},
	} {
		if got := ids(g, tt.ci); !slices.Equal(got, tt.want) {
			t.Errorf("Impacted(%s) = %v, want %v", tt.ci, got, tt.want)
		}
	}
	c, ok := g.Collide("web-1", "host-2")
	if !ok || c.Kind != RedundantPair || c.At != "web" || !slices.Equal(c.PathB, []string{"host-2", "web-3", "web"}) {
		t.Errorf("Collide = %+v, %v", c, ok)
	}
	w, err := g.Waves("shop", "web-1", "db", "host-1")
	if err != nil || len(w) != 3 || !slices.Equal(w[0], []string{"db", "host-1"}) {
		t.Errorf("Waves = %v, %v", w, err)
	}
	if n := len(slices.Collect(g.Relations())); n != 9 {
		t.Errorf("%d relations come back, want 9", n)
	}
}

func TestNewReportsAllFaults(t *testing.T) {
	_, err := New(Snapshot{Version: 2, CIs: []CI{{ID: ""}, {ID: "a"}, {ID: "a", Criticality: 9}},
		Relations: []Relation{{From: "a", Type: "likes", To: "z"}}})
	if !errors.Is(err, ErrInvalid) {
		t.Fatal(err)
	}
	t.Log(err)
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) || len(joined.Unwrap()) != 6 {
		t.Errorf("want 6 faults, got %v", err)
	}
}
