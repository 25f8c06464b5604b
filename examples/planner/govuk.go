package main

import (
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/cmdb"
	"github.com/slackwater-go/slackwater/schedule"
)

// A govukCase is a stretch of the real production deployments of GOV.UK, to be planned
// again under rules that its teams could have agreed on.
type govukCase struct {
	title     string
	from, to  string // first and last day of the deployments, Europe/London
	until     string // last day of the plan
	atOnce    int64
	deployFor time.Duration
}

var govukCases = map[string]govukCase{
	"A": {"GOV.UK, 25 March to 7 April 2023", "2023-03-25", "2023-04-07", "2023-04-07", 2, 45 * time.Minute},
	"B": {"GOV.UK, 25 March to 7 April 2024", "2024-03-25", "2024-04-07", "2024-04-10", 6, 45 * time.Minute},
	"C": {"GOV.UK, 3 to 16 April 2023", "2023-04-03", "2023-04-16", "2023-04-16", 2, 45 * time.Minute},
}

// A deployment is one promotion of an image tag to production.
type deployment struct {
	id, app, tag string
	at           time.Time // as it happened
	staged       time.Time // when the tag reached staging; zero where it never did
}

// An estate is what the files say about one case.
type estate struct {
	title       string
	problem     *schedule.Problem
	graph       *cmdb.Graph
	deployments []deployment
	apart       map[string]map[string]bool // apps that must not deploy at the same time
	noCI        []string                   // apps without a CI in the graph
	unstaged    int                        // deployments whose tag was never in staging
}

// readGOVUK builds the problem of one case from the files in dir: services_nodes.csv,
// services_edges.csv, deploys.csv.gz and bank_holidays.json.
func readGOVUK(dir, name string) (*estate, error) {
	c, ok := govukCases[name]
	if !ok {
		return nil, fmt.Errorf("there is no case %q: choose A, B or C", name)
	}
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		return nil, err
	}
	e := &estate{title: c.title}
	if e.graph, err = readServices(dir); err != nil {
		return nil, err
	}
	day := func(s string) time.Time {
		t, err := time.ParseInLocation("2006-01-02", s, london)
		if err != nil {
			panic(err) // the table above is ours
		}
		return t
	}
	span := calendar.Interval{Start: day(c.from), End: day(c.to).AddDate(0, 0, 1)}
	if e.deployments, err = readDeployments(filepath.Join(dir, "deploys.csv.gz"), span); err != nil {
		return nil, err
	}
	holidays, err := readBankHolidays(filepath.Join(dir, "bank_holidays.json"))
	if err != nil {
		return nil, err
	}
	p := &schedule.Problem{
		Version:   schedule.Version,
		Name:      c.title,
		Zone:      "Europe/London",
		Horizon:   calendar.Interval{Start: span.Start, End: day(c.until).AddDate(0, 0, 1)},
		Tick:      schedule.Second,
		Calendar:  "deployment-hours",
		Calendars: []calendar.Calendar{deploymentHours(holidays)},
		Resources: []schedule.Resource{{ID: "deployments", Name: "deployments at once", Unit: "deployments", Capacity: calendar.Profile{Base: c.atOnce}}},
		Goals: []schedule.Goal{
			{Measure: schedule.Moved, Tier: 0},
			{Measure: schedule.Shift, Tier: 1},
			{Measure: schedule.LargestShift, Tier: 2},
		},
	}
	e.problem = p
	e.addActivities(c)
	e.addExclusions()
	return e, nil
}

// deploymentHours is Monday to Friday 09:00 to 17:00, Friday to 15:00, and no bank holiday.
func deploymentHours(holidays []time.Time) calendar.Calendar {
	c := calendar.Calendar{ID: "deployment-hours", Windows: []calendar.Window{
		{ID: "monday-to-thursday", Kind: calendar.Maintenance, Length: calendar.Duration{Exact: 8 * time.Hour},
			Starts: calendar.MustParseRecurrence("DTSTART;TZID=Europe/London:20190101T090000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH")},
		{ID: "friday", Kind: calendar.Maintenance, Length: calendar.Duration{Exact: 6 * time.Hour},
			Starts: calendar.MustParseRecurrence("DTSTART;TZID=Europe/London:20190104T090000\nRRULE:FREQ=WEEKLY;BYDAY=FR")},
	}}
	for _, h := range holidays {
		c.Windows = append(c.Windows, calendar.Window{
			ID: "bank-holiday-" + h.Format("2006-01-02"), Kind: calendar.Blackout, Length: calendar.Duration{Days: 1}, Reason: "bank holiday",
			Starts: calendar.MustParseRecurrence("DTSTART;TZID=Europe/London:" + h.Format("20060102T150405")),
		})
	}
	return c
}

func (e *estate) addActivities(c govukCase) {
	p := e.problem
	last := map[string]string{} // app → its deployment before
	seen := map[string]bool{}
	for _, d := range e.deployments {
		cis := appCIs(e.graph, d.app)
		if len(cis) == 0 && !seen[d.app] {
			e.noCI = append(e.noCI, d.app)
		}
		seen[d.app] = true
		if d.staged.IsZero() {
			e.unstaged++
		}
		notBefore := d.staged
		if notBefore.Before(p.Horizon.Start) {
			notBefore = time.Time{}
		}
		p.Activities = append(p.Activities, schedule.Activity{
			ID: d.id, Name: d.app + " " + d.tag, Change: d.id, CIs: cis, Action: "deploy",
			Duration: schedule.Duration(c.deployFor), Demands: []schedule.Demand{{Resource: "deployments", Amount: 1}},
			NotBefore: notBefore, Preferred: d.at,
		})
		if before, ok := last[d.app]; ok {
			p.Precedences = append(p.Precedences, schedule.Precedence{From: before, To: d.id, Reason: "an app's deployments keep their order"})
		}
		last[d.app] = d.id
	}
	slices.Sort(e.noCI)
}

// addExclusions keeps deployments of one app, and of apps whose CIs are joined by an
// edge, from overlapping. The sets are maximal cliques of the apps that must stay apart,
// one found greedily from each edge, since one set of many propagates better than pairs.
func (e *estate) addExclusions() {
	p := e.problem
	cisOf := map[string][]string{}
	byApp := map[string][]string{}
	for i, d := range e.deployments {
		cisOf[d.app] = p.Activities[i].CIs
		byApp[d.app] = append(byApp[d.app], d.id)
	}
	var apps []string
	for a := range byApp {
		apps = append(apps, a)
	}
	slices.Sort(apps)
	e.apart = map[string]map[string]bool{}
	for _, a := range apps {
		e.apart[a] = map[string]bool{a: true}
		for _, b := range apps {
			if a != b && joined(e.graph, cisOf[a], cisOf[b]) {
				e.apart[a][b] = true
			}
		}
	}
	done := map[string]bool{}
	add := func(clique []string) {
		slices.Sort(clique)
		key := strings.Join(clique, "+")
		var ids []string
		for _, a := range clique {
			ids = append(ids, byApp[a]...)
		}
		if done[key] || len(ids) < 2 {
			return
		}
		done[key] = true
		x := schedule.Exclusion{ID: key, Kind: schedule.SameCI, Activities: ids, Reason: "deployments of " + clique[0] + " go one at a time"}
		if len(clique) > 1 {
			x.Kind, x.Reason = schedule.RelatedCI, "the CIs of "+strings.Join(clique, ", ")+" are joined"
		}
		p.Exclusions = append(p.Exclusions, x)
	}
	covered := map[[2]string]bool{}
	for _, a := range apps {
		alone := true
		for _, b := range apps {
			if a == b || !e.apart[a][b] {
				continue
			}
			alone = false
			if a > b || covered[[2]string{a, b}] {
				continue
			}
			clique := []string{a, b}
			for _, c := range apps {
				if c != a && c != b && !slices.ContainsFunc(clique, func(m string) bool { return !e.apart[c][m] }) {
					clique = append(clique, c)
				}
			}
			slices.Sort(clique)
			for i, x := range clique {
				for _, y := range clique[i+1:] {
					covered[[2]string{x, y}] = true
				}
			}
			add(clique)
		}
		if alone {
			add([]string{a})
		}
	}
}

// joined says whether a CI of a depends on one of b or the other way round, or is one.
func joined(g *cmdb.Graph, a, b []string) bool {
	for _, x := range a {
		if slices.Contains(b, x) {
			return true
		}
		for y, d := range g.Impacted(x) {
			if d > 1 {
				break
			}
			if d == 1 && slices.Contains(b, y) {
				return true
			}
		}
		for y, d := range g.Dependencies(x) {
			if d > 1 {
				break
			}
			if d == 1 && slices.Contains(b, y) {
				return true
			}
		}
	}
	return false
}

// appCIs returns the CI app-app where that is, else every CI whose name begins with app-.
func appCIs(g *cmdb.Graph, app string) []string {
	if _, ok := g.CI(app + "-app"); ok {
		return []string{app + "-app"}
	}
	var out []string
	for ci := range g.All() {
		if strings.HasPrefix(ci.ID, app+"-") {
			out = append(out, ci.ID)
		}
	}
	return out
}

func readServices(dir string) (*cmdb.Graph, error) {
	nodes, err := os.Open(filepath.Join(dir, "services_nodes.csv"))
	if err != nil {
		return nil, err
	}
	defer nodes.Close()
	edges, err := os.Open(filepath.Join(dir, "services_edges.csv"))
	if err != nil {
		return nil, err
	}
	defer edges.Close()
	g, _, err := cmdb.CSV{Nodes: nodes, Edges: edges}.Read()
	return g, err
}

// readDeployments reads the promotions to production inside span, in time order, and
// when their tags reached staging.
func readDeployments(path string, span calendar.Interval) ([]deployment, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	type key struct{ app, tag string }
	staged := map[key]time.Time{}
	var out []deployment
	r := csv.NewReader(z)
	r.ReuseRecord = true
	columns := map[string]int{}
	for n := 1; ; n++ {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if n == 1 {
			for i, name := range row {
				columns[name] = i
			}
			for _, want := range []string{"ct", "app", "env", "tag"} {
				if _, ok := columns[want]; !ok {
					return nil, fmt.Errorf("%s: line 1: there is no column %q", path, want)
				}
			}
			continue
		}
		ct, err := strconv.ParseInt(row[columns["ct"]], 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: line %d: ct %q is no number of seconds", path, n, row[columns["ct"]])
		}
		at := time.Unix(ct, 0).UTC()
		k := key{strings.Clone(row[columns["app"]]), strings.Clone(row[columns["tag"]])}
		switch row[columns["env"]] {
		case "staging":
			if first, ok := staged[k]; !ok || at.Before(first) {
				staged[k] = at
			}
		case "production":
			if span.Contains(at) {
				out = append(out, deployment{app: k.app, tag: k.tag, at: at})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b deployment) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.app, b.app)) })
	count := map[string]int{}
	for i := range out {
		d := &out[i]
		d.staged = staged[key{d.app, d.tag}]
		d.id = d.app + "@" + d.at.Format("0102T150405")
		if count[d.id]++; count[d.id] > 1 {
			d.id += "-" + strconv.Itoa(count[d.id])
		}
	}
	return out, nil
}

// readBankHolidays returns midnight of the bank holidays of England and Wales.
func readBankHolidays(path string) ([]time.Time, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Divisions map[string]map[string]json.RawMessage `json:"divisions"`
	}
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var out []time.Time
	for year, raw := range doc.Divisions["common.nations.england-and-wales_slug"] {
		if _, err := strconv.Atoi(year); err != nil {
			continue // the title and the like
		}
		var days []struct {
			Date string `json:"date"`
		}
		if err := json.Unmarshal(raw, &days); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", path, year, err)
		}
		for _, d := range days {
			t, err := time.Parse("02/01/2006", d.Date)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", path, year, err)
			}
			out = append(out, t)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: there are no bank holidays of England and Wales in it", path)
	}
	slices.SortFunc(out, time.Time.Compare)
	return out, nil
}
