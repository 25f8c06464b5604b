package cmdb

import (
	"encoding/csv"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

var auditTime = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// wellKept is an estate in which an audit by its rules finds nothing.
func wellKept() (Snapshot, AuditRules) {
	seen := auditTime.Add(-24 * time.Hour)
	ci := func(id, class string, criticality int) CI {
		return CI{ID: id, Name: id, Class: class, Owner: "team", Criticality: criticality, Environment: "production", Zone: "z-" + id, LastSeen: seen, Confidence: 99,
			Attributes: map[string]string{"serial": "s-" + id, "os": "linux", "certified": "2026-02-01"}}
	}
	s := Snapshot{Version: 1,
		CIs: []CI{ci("shop", "service", 3), ci("web-1", "application", 4), ci("web-2", "application", 4), ci("host-1", "host", 5), ci("host-2", "host", 5), ci("old", "host", 5)},
		Relations: []Relation{
			{From: "shop", Type: DependsOn, To: "web-1", LastSeen: seen, Confidence: 99}, {From: "shop", Type: DependsOn, To: "web-2"},
			{From: "web-1", Type: RunsOn, To: "host-1"}, {From: "web-2", Type: RunsOn, To: "host-2"},
		},
		Groups: []Group{{ID: "web", Members: []string{"web-1", "web-2"}, Need: 1}},
	}
	s.CIs[5].Status = Retired
	s.CIs[5].LastSeen = auditTime.Add(-365 * 24 * time.Hour)
	return s, AuditRules{
		Now: auditTime, MinConfidence: 50, Unique: []string{"attributes.serial"}, Certified: "attributes.certified", CertifyBy: Duration(90 * 24 * time.Hour),
		Classes: []ClassRule{
			{Class: "thing", Required: []string{"environment"}, Recommended: []string{"name"}, Identifiers: [][]string{{"attributes.serial"}, {"name", "environment"}}, Attributes: []string{"serial", "os", "certified", "operational_status"}},
			{Class: "service", Parent: "thing"},
			{Class: "application", Parent: "thing", Relations: []string{RunsOn}, SingleHost: true},
			{Class: "host", Parent: "thing", Optional: true, Values: map[string][]string{"attributes.os": {"linux", "windows"}}},
		},
		Relations: []AllowedPair{{Type: RunsOn, From: "application", To: "host", Max: 2}},
		Templates: []Template{{Class: "host", Field: "attributes.os", Value: "linux"}},
	}
}

func checks(rep Report) (out []string) {
	for _, f := range rep.Findings {
		out = append(out, f.Check)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Each fault planted in a well-kept estate is found, as what it is.
func TestAuditFindsPlantedFaults(t *testing.T) {
	s, rules := wellKept()
	if rep := Audit(s, rules); len(rep.Findings) > 0 || rep.Scores[0].Completeness != 100 || rep.Scores[0].Correctness != 100 || rep.Scores[0].Compliance != 100 {
		t.Fatalf("the well-kept estate: %+v", rep)
	}
	rel := func(s *Snapshot, from, kind, to string) {
		s.Relations = append(s.Relations, Relation{From: from, Type: kind, To: to})
	}
	for _, tt := range []struct {
		check string
		plant func(s *Snapshot, r *AuditRules)
	}{
		{"C1", func(s *Snapshot, _ *AuditRules) { s.CIs[3].Environment = "" }},
		{"C2", func(s *Snapshot, _ *AuditRules) { s.CIs[3].Name = "" }},
		{"C3", func(s *Snapshot, _ *AuditRules) { s.CIs[3].Owner = "" }},
		{"C4", func(s *Snapshot, _ *AuditRules) { s.CIs[3].Criticality = 0 }},
		{"C5", func(s *Snapshot, _ *AuditRules) { s.CIs[3].Environment = "" }},
		{"C6", func(s *Snapshot, _ *AuditRules) { s.CIs[3].Attributes, s.CIs[3].Name = nil, "" }},
		{"C7", func(s *Snapshot, _ *AuditRules) {
			s.CIs[0].Class, s.CIs[5].Class, s.CIs[5].Status = "thing", "service", ""
		}},
		{"C8", func(s *Snapshot, _ *AuditRules) { s.CIs[3].Class = "toaster" }},
		{"R1", func(s *Snapshot, _ *AuditRules) { s.Relations = slices.Delete(s.Relations, 2, 3) }},
		{"R2", func(s *Snapshot, _ *AuditRules) { s.CIs[3].LastSeen = auditTime.Add(-61 * 24 * time.Hour) }},
		{"R3", func(s *Snapshot, _ *AuditRules) { s.CIs[4].Attributes["serial"] = "S host-1" }},
		{"R3", func(s *Snapshot, _ *AuditRules) { s.CIs[4].ID = "host-1" }},
		{"R4", func(s *Snapshot, _ *AuditRules) { s.Groups[0].Members[0] = "nobody" }},
		{"R5", func(s *Snapshot, _ *AuditRules) { s.CIs[3].Status = Retired }},
		{"R6", func(s *Snapshot, _ *AuditRules) { s.CIs[5].LastSeen = auditTime.Add(-time.Hour) }},
		{"R6", func(s *Snapshot, _ *AuditRules) { s.CIs[5].Attributes["operational_status"] = "Operational" }},
		{"R7", func(s *Snapshot, _ *AuditRules) { s.CIs[3].LastSeen = auditTime.Add(time.Hour) }},
		{"R8", func(s *Snapshot, r *AuditRules) {
			r.Classes[0].Identifiers = nil
			s.CIs[4].Attributes["serial"] = "s-host-1"
		}},
		{"R9", func(s *Snapshot, _ *AuditRules) { s.CIs[4].Name = "Host 1" }},
		{"R9", func(s *Snapshot, _ *AuditRules) { s.CIs[3].Name, s.CIs[4].Name = "warehouse", "warehose" }},
		{"R10", func(s *Snapshot, _ *AuditRules) { s.CIs[3].Attributes["colour"] = "red" }},
		{"R11", func(s *Snapshot, _ *AuditRules) { s.CIs[3].Attributes["os"] = "minix" }},
		{"R12", func(s *Snapshot, _ *AuditRules) { s.CIs[3].Confidence = 10 }},
		{"L1", func(s *Snapshot, _ *AuditRules) { rel(s, "shop", DependsOn, "ghost") }},
		{"L2", func(s *Snapshot, _ *AuditRules) { rel(s, "shop", DependsOn, "web-1") }},
		{"L3", func(s *Snapshot, _ *AuditRules) { s.Relations[0].LastSeen = auditTime.Add(-61 * 24 * time.Hour) }},
		{"L4", func(s *Snapshot, _ *AuditRules) { rel(s, "shop", DependsOn, "shop") }},
		{"L5", func(s *Snapshot, _ *AuditRules) { rel(s, "shop", RunsOn, "host-1") }},
		{"L6", func(s *Snapshot, _ *AuditRules) { s.Relations[2].From, s.Relations[2].To = "host-1", "web-1" }},
		{"L7", func(s *Snapshot, _ *AuditRules) { rel(s, "host-1", DependsOn, "shop") }},
		{"L8", func(s *Snapshot, _ *AuditRules) { rel(s, "web-1", RunsOn, "host-2") }},
		{"L9", func(s *Snapshot, r *AuditRules) { r.Relations[0].Max = 1; rel(s, "web-1", RunsOn, "host-2") }},
		{"L10", func(s *Snapshot, _ *AuditRules) { rel(s, "web-1", "used-by", "shop") }},
		{"L11", func(s *Snapshot, _ *AuditRules) { s.CIs[3].Environment = "test" }},
		{"L12", func(s *Snapshot, _ *AuditRules) { s.CIs[3].Criticality = 1 }},
		{"L13", func(s *Snapshot, _ *AuditRules) { s.Relations[0].Confidence = 49 }},
		{"L14", func(s *Snapshot, _ *AuditRules) { rel(s, "shop", "adores", "host-1") }},
		{"G1", func(s *Snapshot, _ *AuditRules) { s.Groups[0].Need = 3 }},
		{"G2", func(s *Snapshot, _ *AuditRules) { s.Groups[0].Need = -1 }},
		{"G3", func(s *Snapshot, _ *AuditRules) { s.Groups[0].Members[1] = "web-1" }},
		{"G4", func(s *Snapshot, _ *AuditRules) { s.Relations[3].To = "host-1" }},
		{"G5", func(s *Snapshot, _ *AuditRules) { s.Groups[0].Need = 2; s.CIs[1].Status = Retired }},
		{"G6", func(s *Snapshot, _ *AuditRules) { s.Groups[0].Members = []string{"host-1", "host-2"} }},
		{"A1", func(s *Snapshot, _ *AuditRules) { s.CIs[3].Attributes["os"] = "windows" }},
		{"A2", func(s *Snapshot, _ *AuditRules) { s.CIs[3].Attributes["certified"] = "2025-01-01" }},
		{"A3", func(_ *Snapshot, r *AuditRules) {
			r.Changes = []Discrepancy{{Kind: NotExecuted, CI: "shop"}, {Kind: Unauthorised, CI: "host-1", At: auditTime, What: "kernel"}}
		}},
		{"R5", func(_ *Snapshot, r *AuditRules) { r.Open = []Work{{"decommission", []string{"old", "web-1"}}} }},
		{"G5", func(_ *Snapshot, r *AuditRules) {
			r.Open = []Work{{"upgrade", []string{"web-1", "web-2"}}, {"one", []string{"web-1"}}}
		}},
	} {
		s, rules := wellKept()
		tt.plant(&s, &rules)
		rep := Audit(s, rules)
		if !slices.Contains(checks(rep), tt.check) {
			t.Errorf("planted %s, found %v", tt.check, checks(rep))
		}
		if slices.Contains([]string{"A3", "R5"}, tt.check) && rep.Findings[0].Check != tt.check {
			t.Errorf("planted %s, found %+v", tt.check, rep.Findings)
		}
		if len(checks(rep)) > 5 {
			t.Errorf("planted %s, found much else: %v", tt.check, checks(rep))
		}
	}
}

// raw reads nodes and edges as they are.
func raw(t *testing.T, dir string) Snapshot {
	s := Snapshot{Version: 1}
	for _, r := range allRows(t, filepath.Join(dir, "nodes.csv")) {
		c := CI{ID: r[0], Class: r[1]}
		attributes(&c, r[2])
		s.CIs = append(s.CIs, c)
	}
	for _, r := range allRows(t, filepath.Join(dir, "edges.csv")) {
		s.Relations = append(s.Relations, Relation{From: r[0], To: r[1], Type: DependsOn})
	}
	return s
}

func allRows(t *testing.T, file string) [][]string {
	rows, err := csv.NewReader(openFile(t, file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func countChecks(rep Report, check string) (n int, cis map[string]bool) {
	cis = map[string]bool{}
	for _, f := range rep.Findings {
		if f.Check == check {
			n++
			for _, c := range f.CIs {
				cis[c] = true
			}
		}
	}
	return n, cis
}

// Real catalogues are as dirty as is known of them.
func TestAuditOfRealCatalogues(t *testing.T) {
	dir := dataFolder(t)
	for name, want := range map[string]struct{ dangling, orphans int }{
		"fintech-catalog-anon": {7, 175}, "giantswarm-backstage": {6, 0}, "online-boutique": {1, 0},
	} {
		s := raw(t, filepath.Join(dir, name))
		rep := Audit(s, AuditRules{})
		ghosts := map[string]bool{}
		for _, f := range rep.Findings {
			if f.Check == "L1" {
				ghosts[f.Problem] = true
			}
		}
		_, orphans := countChecks(rep, "R1")
		if len(ghosts) != want.dangling || len(orphans) != want.orphans {
			t.Errorf("%s: %d dangling, %d orphans; want %v", name, len(ghosts), len(orphans), want)
		}
	}
	// The demonstration data of a service desk: 16 serial numbers too many, 67 computers without.
	rows, err := csv.NewReader(openFile(t, filepath.Join(dir, "servicenow-demo-ci", "cmdb_ci.csv"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	col := map[string]int{}
	for i, h := range rows[0] {
		col[h] = i
	}
	s := Snapshot{Version: 1}
	for i, r := range rows[1:] {
		s.CIs = append(s.CIs, CI{ID: path("row", i), Name: r[col["name"]], Class: r[col["class"]], Attributes: map[string]string{"serial": r[col["serial_number"]]}})
	}
	rep := Audit(s, AuditRules{Unique: []string{"attributes.serial"}, Classes: []ClassRule{{Class: "Computer", Required: []string{"attributes.serial"}}}})
	shared, _ := countChecks(rep, "R8")
	missing, _ := countChecks(rep, "C1")
	if shared != 16 || missing != 67 || len(s.CIs) != 2784 {
		t.Errorf("%d CIs, %d shared serial numbers, %d missing", len(s.CIs), shared, missing)
	}
	if rep.Scores[0].CIs != 2784 || len(rep.Offenders) != 10 {
		t.Errorf("scores %+v", rep.Scores[0])
	}
}
