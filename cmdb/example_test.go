package cmdb_test

import (
	"errors"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/cmdb"
)

// webShop is a shop on three web servers, of which two suffice, on two hosts.
func webShop() *cmdb.Graph {
	g, err := cmdb.Read(strings.NewReader(`{
		"version": 1,
		"cis": [
			{"id": "shop", "class": "service", "criticality": 5, "outageAllowance": "PT30M"},
			{"id": "web-1"}, {"id": "web-2"}, {"id": "web-3"},
			{"id": "db", "criticality": 4},
			{"id": "host-1"}, {"id": "host-2"}
		],
		"relations": [
			{"from": "shop", "type": "depends-on", "to": "web-1"},
			{"from": "shop", "type": "depends-on", "to": "web-2"},
			{"from": "shop", "type": "depends-on", "to": "web-3"},
			{"from": "web-1", "type": "depends-on", "to": "db", "confidence": 95},
			{"from": "web-2", "type": "depends-on", "to": "db", "confidence": 95},
			{"from": "web-3", "type": "depends-on", "to": "db", "confidence": 30},
			{"from": "web-1", "type": "runs-on", "to": "host-1"},
			{"from": "web-2", "type": "runs-on", "to": "host-1"},
			{"from": "web-3", "type": "runs-on", "to": "host-2"}
		],
		"groups": [
			{"id": "web", "members": ["web-1", "web-2", "web-3"], "need": 2}
		]
	}`))
	if err != nil {
		log.Fatal(err)
	}
	return g
}

func ExampleNew() {
	_, err := cmdb.New(cmdb.Snapshot{
		Version:   1,
		CIs:       []cmdb.CI{{ID: "app"}, {ID: "app", Criticality: 9}},
		Relations: []cmdb.Relation{{From: "app", Type: "used-by", To: "db"}},
	})
	fmt.Println(errors.Is(err, cmdb.ErrInvalid))
	fmt.Println(err)
	// Output:
	// true
	// cis[1].criticality: must be from 0 to 5, is 9
	// cis[1].id: "app" is also the id of cis[0]; merge the two or rename one
	// relations[0].type: is "used-by", the inverse of "depends-on": swap from and to and say "depends-on"
	// relations[0].to: names no CI: "db"; add the CI or drop the relation
}

func ExampleRead() {
	_, err := cmdb.Read(strings.NewReader(`{"version": 1, "cis": [{"id": "app", "colour": "red"}]}`))
	fmt.Println(err)
	// Output:
	// cis[0]: line 1, column 48: has an unknown field "colour"; known are id, name, class, service, environment, location, zone, owner, criticality, status, serviceHours, outageAllowance, attributes, source, confidence, lastSeen
}

func ExampleGraph_Impacted() {
	g := webShop()
	for ci, distance := range g.Impacted("host-1") {
		fmt.Println(distance, ci)
	}
	// Output:
	// 0 host-1
	// 1 web-1
	// 1 web-2
	// 2 shop
}

func ExampleGraph_Dependencies() {
	for ci, distance := range webShop().Dependencies("web-3") {
		fmt.Println(distance, ci)
	}
	// Output:
	// 0 web-3
	// 1 db
	// 1 host-2
}

func ExampleGraph_Impact() {
	im, err := webShop().Impact(cmdb.Query{}, "host-2", "web-1")
	if err != nil {
		log.Fatal(err)
	}
	for _, h := range im.Path("shop") {
		fmt.Printf("%d %s %q %q\n", h.Distance, h.CI, h.Relation, h.Group)
	}
	for _, gr := range im.Groups {
		fmt.Printf("%s: %d of %d down, needs %d\n", gr.ID, gr.Down, gr.Of, gr.Need)
	}
	// Output:
	// 0 host-2 "" ""
	// 1 web-3 "runs-on" ""
	// 2 shop "" "web"
	// web: 2 of 3 down, needs 2
}

func ExampleGraph_Collide() {
	g := webShop()
	c, _ := g.Collide("web-1", "host-2")
	fmt.Println(c.Kind, "at", c.At)
	fmt.Println(strings.Join(c.PathA, " > "))
	fmt.Println(strings.Join(c.PathB, " > "))
	// Output:
	// redundant-pair at web
	// web-1 > web
	// host-2 > web-3 > web
}

func ExampleGraph_Exclusions() {
	xs, err := webShop().Exclusions(cmdb.CollisionRule{}, []cmdb.Work{
		{ID: "patch-host", CIs: []string{"host-1"}},
		{ID: "move-db", CIs: []string{"db"}},
		{ID: "new-shop", CIs: []string{"shop"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, x := range xs {
		fmt.Println(x.At, x.Works, "against", x.Against)
	}
	// Output:
	// shop [move-db new-shop patch-host] against [move-db new-shop patch-host]
}

func ExampleGraph_Waves() {
	waves, err := webShop().Waves("shop", "web-1", "web-2", "web-3", "db")
	fmt.Println(waves, err)
	// Output:
	// [[db] [web-1 web-2 web-3] [shop]] <nil>
}

func ExampleRollout_Waves() {
	waves, err := cmdb.Rollout{}.Waves(webShop(), "shop", "web-1", "web-2", "web-3", "db")
	fmt.Println(waves, err)
	// Output:
	// [[db] [web-1] [web-2] [web-3] [shop]] <nil>
}

func ExampleGraph_Cycles() {
	g, err := cmdb.New(cmdb.Snapshot{Version: 1,
		CIs:       []cmdb.CI{{ID: "a"}, {ID: "b"}, {ID: "c"}},
		Relations: []cmdb.Relation{{From: "a", Type: cmdb.Calls, To: "b"}, {From: "b", Type: cmdb.Calls, To: "a"}, {From: "c", Type: cmdb.Calls, To: "a"}}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(g.Cycles())
	_, err = g.Waves("a", "b", "c")
	fmt.Println(errors.Is(err, cmdb.ErrCycle), err)
	// Output:
	// [[a b]]
	// true cmdb: 1 dependency cycle(s): a b
}

func ExampleGraph_SinglePoints() {
	points, err := webShop().SinglePoints("shop")
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range points {
		fmt.Println(strings.Join(p.Path, " > "))
	}
	// Output:
	// db > web-2 > shop
	// host-1 > web-2 > shop
}

func ExampleGraph_FalseGroups() {
	fmt.Println(webShop().FalseGroups())
	// Output:
	// [{web [db host-1]}]
}

func ExampleGraph_Dominators() {
	doms, err := webShop().Dominators("web-3")
	fmt.Println(doms, err)
	// Output:
	// [{db web-3} {host-2 web-3}] <nil>
}

func ExampleGraph_Articulation() {
	cis, bridges := webShop().Articulation()
	fmt.Println(cis, bridges)
	// Output:
	// [web-3] [{host-2 web-3}]
}

func ExampleGraph_Apply() {
	g := webShop()
	h, err := g.Apply(cmdb.Edit{SetCIs: []cmdb.CI{{ID: "db", Owner: "storage"}}})
	if err != nil {
		log.Fatal(err)
	}
	before, _ := g.CI("db")
	after, _ := h.CI("db")
	fmt.Printf("%q %q\n", before.Owner, after.Owner)
	fmt.Println(len(g.Diff(h).SetCIs))
	// Output:
	// "" "storage"
	// 1
}

func ExampleGraph_Doubts() {
	doubts, err := webShop().Doubts(cmdb.DoubtRule{Below: 50}, []cmdb.Work{
		{ID: "move-db", CIs: []string{"db"}},
		{ID: "new-web", CIs: []string{"web-3"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range doubts {
		fmt.Println(d.Score, d.Relation.From, d.Relation.Type, d.Relation.To, d.Decisions)
	}
	// Output:
	// 70 web-3 depends-on db [{move-db new-web}]
}

func ExampleGraph_Cautious() {
	suspect := cmdb.Relation{From: "db", Type: cmdb.RunsOn, To: "host-2", Confidence: 20}
	k, err := webShop().Cautious(cmdb.DoubtRule{Suspects: []cmdb.Relation{suspect}}, 1)
	if err != nil {
		log.Fatal(err)
	}
	for ci := range k.Impacted("host-2") {
		fmt.Println(ci)
	}
	// Output:
	// host-2
	// db
	// web-3
	// web-1
	// web-2
	// shop
}

func ExampleGraph_ServiceOutages() {
	at := func(text string) time.Time {
		t, err := time.Parse(time.RFC3339, text)
		if err != nil {
			log.Fatal(err)
		}
		return t
	}
	out, err := webShop().ServiceOutages([]cmdb.PlannedWork{
		{ID: "patch-web-1", CIs: []string{"web-1"}, Start: at("2026-03-01T22:00:00Z"), End: at("2026-03-01T23:00:00Z")},
		{ID: "patch-host-2", CIs: []string{"host-2"}, Start: at("2026-03-01T22:20:00Z"), End: at("2026-03-02T00:00:00Z")},
	}, nil, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range out {
		fmt.Println(s.Service, s.Total, "allowed", s.Allowance, "over:", s.Over, s.Outages[0].Works, "joint:", s.Outages[0].Joint)
	}
	// Output:
	// shop PT40M allowed PT30M over: true [patch-host-2 patch-web-1] joint: true
}

func ExampleReconcile() {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	plan := []cmdb.PlannedWork{{ID: "patch", CIs: []string{"web-1", "web-2"}, Start: noon, End: noon.Add(time.Hour)}}
	seen := []cmdb.Observation{
		{CI: "web-1", At: noon.Add(30 * time.Minute)},
		{CI: "db", At: noon.Add(40 * time.Minute), What: "version 15 to 16"},
	}
	out, err := cmdb.Reconcile(plan, seen, 0, noon.Add(24*time.Hour))
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range out {
		fmt.Println(d.Kind, d.CI, d.Work, d.What)
	}
	// Output:
	// unauthorised db  version 15 to 16
	// not-executed web-2 patch
}

func ExampleAudit() {
	rep := cmdb.Audit(cmdb.Snapshot{Version: 1,
		CIs:       []cmdb.CI{{ID: "shop", Owner: "web", Criticality: 5, Location: "Oslo"}, {ID: "db", Owner: "web", Criticality: 2, Location: "Oslo"}},
		Relations: []cmdb.Relation{{From: "shop", Type: cmdb.DependsOn, To: "db"}, {From: "shop", Type: cmdb.DependsOn, To: "cache"}},
	}, cmdb.AuditRules{})
	for _, f := range rep.Findings {
		fmt.Println(f.Check, f.Severity, f.Path, f.Problem)
	}
	// Output:
	// L1 error relations[1] names "cache", which is no CI
	// L12 warning relations[0] "shop" of criticality 5 depends on "db" of 2
}

func ExampleCSV_Read() {
	g, rep, err := cmdb.CSV{
		Nodes: strings.NewReader("id,class,team\nshop,service,web\ndb,database,data\n"),
		Edges: strings.NewReader("source,target,type\nshop,db,dependsOn\nshop,cache,Depends on\nshop,team-x,adores\n"),
	}.Read()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(g.Len(), "CIs,", rep.Unknown, "unknown")
	for _, f := range rep.Findings {
		fmt.Println(f.Kind, f.Where, f.Problem)
	}
	// Output:
	// 4 CIs, 2 unknown
	// dangling edges:3 "cache" is named and nowhere described; kept with status "unknown"
	// dangling edges:4 "team-x" is named and nowhere described; kept with status "unknown"
	// unknown-type relation types "adores" is not in the catalogue; its 1 relation(s) carry no outage
}

func ExampleImport() {
	im := cmdb.NewImport()
	im.At("inventory.txt", 12)
	im.Add(cmdb.CI{ID: "shop"})
	im.AddRelation(cmdb.Relation{From: "db", Type: "Used by", To: "shop"}) // the inverse of depends-on
	g, _, err := im.Graph()
	if err != nil {
		log.Fatal(err)
	}
	for r := range g.Relations() {
		fmt.Println(r.From, r.Type, r.To)
	}
	// Output:
	// shop depends-on db
}

func ExampleBuilder() {
	b := cmdb.NewBuilder()
	host := b.Add(cmdb.CI{ID: "host"})
	for i := range 3 {
		b.Relate(b.Add(cmdb.CI{ID: fmt.Sprint("vm-", i)}), b.Type(cmdb.RunsOn), host)
	}
	g, err := b.Graph()
	if err != nil {
		log.Fatal(err)
	}
	if err := g.Write(os.Stdout); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {"version":1,
	// "cis":[
	// {"id":"host"},
	// {"id":"vm-0"},
	// {"id":"vm-1"},
	// {"id":"vm-2"}],
	// "relations":[
	// {"from":"vm-0","type":"runs-on","to":"host"},
	// {"from":"vm-1","type":"runs-on","to":"host"},
	// {"from":"vm-2","type":"runs-on","to":"host"}]}
}

func ExampleMerge() {
	serial := map[string]string{"serial": "A-1"}
	g, rep, err := cmdb.Merge(
		cmdb.MergeRules{
			Identify:   []cmdb.IdentityRule{{Fields: []string{"attributes.serial"}}},
			Precedence: []cmdb.Precedence{{Sources: []string{"inventory"}}, {Field: "location", Sources: []string{"discovery"}}},
		},
		cmdb.Source{Name: "discovery", Snapshot: cmdb.Snapshot{Version: 1, CIs: []cmdb.CI{{ID: "10.0.0.1", Location: "rack 7", Attributes: serial}}}},
		cmdb.Source{Name: "inventory", Snapshot: cmdb.Snapshot{Version: 1, CIs: []cmdb.CI{{ID: "WEB1", Location: "room 3", Attributes: serial}}}},
	)
	if err != nil {
		log.Fatal(err)
	}
	for c := range g.All() {
		fmt.Println(c.ID, c.Location)
	}
	fmt.Printf("%+v\n", rep.Merged[0])
	// Output:
	// WEB1 rack 7
	// {ID:WEB1 Records:[inventory/WEB1 discovery/10.0.0.1] Rule:attributes.serial Conflicts:[{Field:location Kept:rack 7 From:discovery Others:inventory: room 3}]}
}

func ExampleGraph_Betweenness() {
	for _, c := range webShop().Betweenness(0, 0)[:2] {
		fmt.Printf("%s %.2f\n", c.CI, c.Score)
	}
	// Output:
	// web-3 1.33
	// web-1 0.83
}

func ExampleGraph_Paths() {
	for path := range webShop().Paths("db", "shop", cmdb.Query{}) {
		fmt.Println(strings.Join(path, " > "))
	}
	// Output:
	// db > web-1 > shop
	// db > web-2 > shop
	// db > web-3 > shop
}

func ExampleCliques() {
	works := []cmdb.Work{{ID: "kernel", CIs: []string{"web-1"}}, {ID: "patch", CIs: []string{"web-1"}}, {ID: "restart", CIs: []string{"web-1"}}}
	list, err := webShop().Exclusions(cmdb.CollisionRule{Kinds: []cmdb.CollisionKind{cmdb.SameCI}}, works)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range cmdb.Cliques(list) { // schedule.Exclusion{At: c.At, Activities: c.Works}
		fmt.Println(c.At, c.Works)
	}
	// Output: web-1 [kernel patch restart]
}
