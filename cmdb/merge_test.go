package cmdb

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestMerge(t *testing.T) {
	serial := func(s string) map[string]string { return map[string]string{"serial": s} }
	discovery := Source{"discovery", Snapshot{Version: 1,
		CIs: []CI{
			{ID: "10.0.0.1", Name: "web-1", Class: "host", Attributes: serial("A-1"), Location: "rack 7", LastSeen: auditTime},
			{ID: "10.0.0.2", Name: "web-2", Class: "host", Attributes: serial("A-2")},
			{ID: "toner", Class: "printer"},
		},
		Relations: []Relation{{From: "10.0.0.1", Type: ConnectsTo, To: "10.0.0.2"}, {From: "toner", Type: ConnectsTo, To: "10.0.0.2"}}}}
	inventory := Source{"inventory", Snapshot{Version: 1,
		CIs: []CI{
			{ID: "WEB1", Name: "Web 1", Class: "host", Attributes: serial("a1"), Location: "room 3", Owner: "web"},
			{ID: "WEB2", Name: "WEB-2", Class: "host", Owner: "web"}, // no serial number: known by its name
			{ID: "shop", Class: "service"},
		},
		Relations: []Relation{{From: "shop", Type: RunsOn, To: "WEB1"}, {From: "shop", Type: RunsOn, To: "WEB2"}}}}
	rules := MergeRules{
		Identify:   []IdentityRule{{Class: "host", Fields: []string{"attributes.serial"}}, {Class: "host", Fields: []string{"name"}}},
		Precedence: []Precedence{{Sources: []string{"inventory", "discovery"}}, {Field: "location", Sources: []string{"discovery"}}},
		Refuse:     []Refusal{{"discovery", "printer"}},
	}
	g, rep, err := Merge(rules, discovery, inventory)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for r := range g.Relations() {
		got = append(got, r.From+" "+r.Type+" "+r.To+" by "+r.Source)
	}
	want := []string{"WEB1 connects-to WEB2 by discovery", "shop runs-on WEB1 by inventory", "shop runs-on WEB2 by inventory"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	web, _ := g.CI("WEB1")
	if web.Location != "rack 7" || web.Owner != "web" || web.Attributes["serial"] != "a1" || !web.LastSeen.Equal(auditTime) {
		t.Errorf("%+v", web)
	}
	if g.Len() != 3 || len(rep.Merged) != 2 || !slices.Equal(rep.Refused, []string{"discovery/toner"}) || len(rep.Dropped) != 1 {
		t.Errorf("%d CIs, %+v", g.Len(), rep)
	}
	if m := rep.Merged[0]; m.Rule != "attributes.serial" || len(m.Conflicts) != 3 || rep.Merged[1].Rule != "name" {
		t.Errorf("%+v", rep.Merged)
	}
	// The same name on two hosts with serial numbers: a record by name alone fits both.
	discovery.Snapshot.CIs[1].Name = "web-1"
	inventory.Snapshot.CIs[1].Name = "web-1"
	if _, rep, err = Merge(rules, discovery, inventory); err != nil || !slices.Equal(rep.Ambiguous, []string{"inventory/WEB2"}) {
		t.Errorf("%v %+v", err, rep)
	}
}

// An instance is known by its name and host, a schema by its name and instance: the same names elsewhere are
// others. One on two hosts, or within itself, is not known by that.
func TestMergeWithin(t *testing.T) {
	host := func(id, serial string) CI {
		return CI{ID: id, Class: "host", Attributes: map[string]string{"serial": serial}}
	}
	runs := func(from, to string) Relation { return Relation{From: from, Type: RunsOn, To: to} }
	discovery := Source{"discovery", Snapshot{Version: 1,
		CIs: []CI{host("h1", "1"), host("h2", "2"), {ID: "i1", Name: "main", Class: "instance"}, {ID: "i2", Name: "main", Class: "instance"},
			{ID: "s1", Name: "shop", Class: "schema"}, {ID: "s2", Name: "shop", Class: "schema", Owner: "dba"}, {ID: "both", Name: "both", Class: "instance"}},
		Relations: []Relation{runs("i1", "h1"), runs("i2", "h2"), runs("s1", "i1"), runs("s2", "i2"), runs("both", "h1"), runs("both", "h2")}}}
	inventory := Source{"inventory", Snapshot{Version: 1,
		CIs: []CI{host("H2", "2"), {ID: "I", Name: "Main", Class: "instance"}, {ID: "S", Name: "SHOP", Class: "schema", Owner: "shop team"}, {ID: "B", Name: "both", Class: "instance"},
			{ID: "x", Name: "x", Class: "instance"}, {ID: "y", Name: "x", Class: "instance"}},
		Relations: []Relation{{From: "I", Type: "Runs on", To: "H2"}, {From: "S", Type: "Runs on", To: "I"}, runs("B", "H2"), runs("x", "y"), runs("y", "x")}}}
	rules := MergeRules{Identify: []IdentityRule{
		{Class: "schema", Fields: []string{"name"}, Within: RunsOn},
		{Class: "instance", Fields: []string{"name"}, Within: RunsOn},
		{Class: "host", Fields: []string{"attributes.serial"}},
	}}
	_, rep, err := Merge(rules, discovery, inventory)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range rep.Merged {
		got = append(got, fmt.Sprint(m.Records, " by ", m.Rule))
	}
	want := []string{"[discovery/h2 inventory/H2] by attributes.serial", "[discovery/i2 inventory/I] by name runs-on", "[discovery/s2 inventory/S] by name runs-on"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	conflict := MergeConflict{Field: "owner", Kept: "dba", From: "discovery", Others: "inventory: shop team"}
	if c := rep.Merged[2].Conflicts; !slices.Contains(c, conflict) {
		t.Errorf("%+v", c)
	}
}

// Order changes nothing, and merging again what was merged changes nothing.
func TestMergeIsStable(t *testing.T) {
	rules := MergeRules{
		Identify:   []IdentityRule{{Fields: []string{"attributes.serial"}}, {Fields: []string{"name", "class"}}},
		Precedence: []Precedence{{Sources: []string{"s1", "s0"}}, {Field: "owner", Sources: []string{"s2"}}},
		Now:        auditTime, StaleAfter: Duration(60 * 60 * 1e9),
	}
	plain := rules.Identify
	rapid.Check(t, func(r *rapid.T) {
		rules.Identify = plain
		within := rapid.Bool().Draw(r, "within")
		if within {
			rules.Identify = slices.Insert(slices.Clone(plain), 1, IdentityRule{Fields: []string{"name"}, Within: DependsOn})
		}
		var sources []Source
		for k := range 3 {
			s := Snapshot{Version: 1}
			n := rapid.IntRange(1, 5).Draw(r, "cis")
			for i := range n {
				c := CI{ID: fmt.Sprintf("c%d", i), Class: "host", Name: rapid.SampledFrom([]string{"", "x", "y"}).Draw(r, "name"),
					Owner: rapid.SampledFrom([]string{"", "o1", "o2"}).Draw(r, "owner"), LastSeen: minute(-rapid.IntRange(0, 90).Draw(r, "seen"))}
				if serial := rapid.IntRange(0, 3).Draw(r, "serial"); serial > 0 {
					c.Attributes = map[string]string{"serial": fmt.Sprint(serial)}
				}
				s.CIs = append(s.CIs, c)
			}
			for range n {
				s.Relations = append(s.Relations, Relation{From: anyCI(r, s, "from"), Type: DependsOn, To: anyCI(r, s, "to")})
			}
			sources = append(sources, Source{fmt.Sprint("s", k), s})
		}
		g, rep, err := Merge(rules, sources...)
		if err != nil {
			r.Fatal(err)
		}
		other := rapid.Permutation(sources).Draw(r, "sources")
		for i := range other {
			other[i].Snapshot.CIs = rapid.Permutation(other[i].Snapshot.CIs).Draw(r, "cis")
			other[i].Snapshot.Relations = rapid.Permutation(other[i].Snapshot.Relations).Draw(r, "relations")
		}
		h, rep2, err := Merge(rules, other...)
		if err != nil {
			r.Fatal(err)
		}
		if diff := cmp.Diff(g.Snapshot(), h.Snapshot()) + cmp.Diff(rep.Merged, rep2.Merged) + cmp.Diff(rep.Ambiguous, rep2.Ambiguous); diff != "" {
			r.Fatalf("the order matters: %s", diff)
		}
		// Every record is in exactly one CI.
		total := 0
		for _, s := range sources {
			total += len(s.Snapshot.CIs)
		}
		for _, m := range rep.Merged {
			total -= len(m.Records) - 1
		}
		if total != g.Len() {
			r.Fatalf("%d CIs, want %d", g.Len(), total)
		}
		if len(rep.Ambiguous) > 0 || within {
			return
		}
		again, _, err := Merge(rules, Source{"merged", g.Snapshot()})
		if err != nil {
			r.Fatal(err)
		}
		if diff := cmp.Diff(g.Snapshot(), again.Snapshot()); diff != "" {
			r.Fatalf("merging again changes something: %s", diff)
		}
	})
}
