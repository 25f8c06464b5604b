package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/cmdb"
	"github.com/slackwater-go/slackwater/risk"
	"github.com/slackwater-go/slackwater/schedule"
)

//go:embed org
var embedded embed.FS

// An organisation is what is planned, with what its CI graph and risk model add.
type organisation struct {
	stated  *schedule.Problem // as it stands in the file, with holidays, groups and risk
	problem *schedule.Problem // lowered to activities, with collisions
	graph   *cmdb.Graph       // nil: none
	zone    *time.Location
	ratings map[string]risk.Assessment // by release, or by activity that belongs to none
	manual  []byte                     // the plan made by hand; nil: none
}

// load reads the files that the flags name, or the embedded ones.
func (s *settings) load() (*organisation, error) {
	own := s.problem == ""
	o := &organisation{}
	err := open(s.problem, "problem.json", true, func(r io.Reader) (err error) {
		o.stated, err = schedule.ReadProblem(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = open(s.cmdb, "cmdb.json", own, func(r io.Reader) (err error) {
		o.graph, err = cmdb.Read(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = open(s.holidays, "holidays.json", own, func(r io.Reader) error { return addHolidays(o.stated, r) })
	if err != nil {
		return nil, err
	}
	if own {
		if o.manual, err = embedded.ReadFile("org/by-hand.csv"); err != nil {
			return nil, err
		}
	}
	if o.zone, err = zoneOf(o.stated); err != nil {
		return nil, err
	}
	return o, o.prepare()
}

// open calls read with the file at path, or with the embedded one where there is no path and own says so.
func open(path, name string, own bool, read func(io.Reader) error) error {
	if path == "" {
		if !own {
			return nil
		}
		data, err := embedded.ReadFile("org/" + name)
		if err != nil {
			return err
		}
		return read(bytes.NewReader(data))
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := read(f); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func zoneOf(p *schedule.Problem) (*time.Location, error) {
	if p.Zone == "" {
		return time.UTC, nil
	}
	return time.LoadLocation(p.Zone)
}

// A holiday closes calendars for a day, which begins and ends at midnight in Zone.
type holiday struct {
	Date      string   `json:"date"` // 2026-12-25
	Name      string   `json:"name"`
	Zone      string   `json:"zone"`
	Calendars []string `json:"calendars"`
}

// maxHolidays bounds the size of a file of holidays.
const maxHolidays = 1 << 20

// addHolidays adds a blackout for each holiday to the calendars that it names.
func addHolidays(p *schedule.Problem, r io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(r, maxHolidays+1))
	if err != nil {
		return err
	}
	if len(data) > maxHolidays {
		return fmt.Errorf("holidays: the file is larger than %d bytes", maxHolidays)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var list []holiday
	if err := d.Decode(&list); err != nil {
		read := data[:min(int(d.InputOffset()), len(data))]
		line := bytes.Count(read, []byte("\n")) + 1
		column := len(bytes.Runes(read[bytes.LastIndexByte(read, '\n')+1:])) + 1
		return fmt.Errorf("line %d, column %d: holidays[%d]: %v; give a list such as [{\"date\": \"2026-12-25\", \"name\": \"Christmas Day\", \"zone\": \"Europe/London\", \"calendars\": [\"office\"]}]", line, column, len(list), err)
	}
	for i, h := range list {
		day, err := time.Parse("2006-01-02", h.Date)
		if err != nil {
			return fmt.Errorf("holidays[%d].date: %q is no date such as 2026-12-25", i, h.Date)
		}
		starts, err := calendar.ParseRecurrence("DTSTART;TZID=" + h.Zone + ":" + day.Format("20060102T150405"))
		if err != nil {
			return fmt.Errorf("holidays[%d].zone: %w", i, err)
		}
		for _, id := range h.Calendars {
			k := slices.IndexFunc(p.Calendars, func(c calendar.Calendar) bool { return c.ID == id })
			if k < 0 {
				return fmt.Errorf("holidays[%d].calendars: the problem has no calendar %q", i, id)
			}
			p.Calendars[k].Windows = append(p.Calendars[k].Windows, calendar.Window{
				ID: "holiday-" + h.Date, Kind: calendar.Blackout, Starts: starts, Length: calendar.Duration{Days: 1}, Reason: h.Name,
			})
		}
	}
	return nil
}

// prepare adds what follows from the CI graph and the risk model, and lowers the
// releases to activities.
func (o *organisation) prepare() error {
	var t risk.Topology
	if o.graph != nil {
		t = o.graph
		o.stated.Groups = append(o.stated.Groups, groupsOf(o.graph)...)
	}
	model := risk.Default()
	o.ratings = map[string]risk.Assessment{}
	for i := range o.stated.Releases {
		r := &o.stated.Releases[i]
		a, err := model.Assess(risk.Change{ID: r.ID, Type: r.Type, Team: r.Team, CIs: o.known(r.CIs)}, t)
		if err != nil {
			return err
		}
		o.ratings[r.ID] = a
		r.Risk = a.Points
	}
	low, err := o.stated.Lower()
	if err != nil {
		return err
	}
	clone := *low
	o.problem = &clone
	if o.graph == nil {
		return nil
	}
	return o.problem.ExcludeCollisions(o.graph, 1)
}

// known keeps the CIs that the graph knows.
func (o *organisation) known(cis []string) []string {
	if o.graph == nil {
		return cis
	}
	return slices.DeleteFunc(slices.Clone(cis), func(id string) bool {
		_, ok := o.graph.CI(id)
		return !ok
	})
}

// groupsOf turns the redundancy groups of the graph into limits on planned outage.
func groupsOf(g *cmdb.Graph) []schedule.RedundancyGroup {
	var out []schedule.RedundancyGroup
	nested := map[string]bool{}
	ids := map[string]bool{}
	for _, gr := range g.Groups() {
		ids[gr.ID] = true
	}
	for _, gr := range g.Groups() {
		rg := schedule.RedundancyGroup{ID: gr.ID, Name: strings.ReplaceAll(gr.ID, "-", " ")}
		need := gr.Need
		switch {
		case gr.Mode == cmdb.PrimaryStandby:
			need = 1
		case gr.NeedPercent > 0:
			need = (len(gr.Members)*gr.NeedPercent + 99) / 100
		case need == 0:
			need = 1
		}
		rg.MaxOut = int64(len(gr.Members) - need)
		for _, m := range gr.Members {
			if ids[m] {
				nested[m] = true
				rg.Members = append(rg.Members, schedule.GroupMember{Group: m})
			} else {
				rg.Members = append(rg.Members, schedule.GroupMember{CI: m})
			}
		}
		out = append(out, rg)
	}
	for i := range out {
		out[i].Nested = nested[out[i].ID]
	}
	return out
}
