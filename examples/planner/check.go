package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/records"
	"github.com/slackwater-go/slackwater/schedule/report"
)

// changeCalendar is the calendar of the embedded organisation for changes that are no release of it.
const changeCalendar = "change-windows"

// frame reads a plan made by hand and puts it into the windows, resources and CI graph of the organisation.
func (o *organisation) frame(r io.Reader) (*records.File, *records.Framed, error) {
	file, err := records.Read(r, &records.Options{Zone: o.zone})
	if err != nil {
		return nil, nil, err
	}
	f := records.Framing{Describe: o.describe}
	for _, c := range o.problem.Calendars {
		if c.ID == changeCalendar && o.problem.Calendar == "" {
			f.Calendar = changeCalendar
		}
	}
	framed, err := records.Frame(o.problem, file.Records, f)
	if err != nil {
		return nil, nil, err
	}
	framed.Problem.Exclusions = nil
	if o.graph != nil && len(file.Records) > 0 {
		if err := framed.Problem.ExcludeCollisions(o.graph, 1); err != nil {
			return nil, nil, err
		}
	}
	return file, framed, nil
}

// describe completes an activity from what the graph knows of its CIs, and drops the CIs that it does not know.
func (o *organisation) describe(a *schedule.Activity) (unknown []string) {
	if o.graph == nil {
		return nil
	}
	var known []string
	for _, id := range a.CIs {
		ci, ok := o.graph.CI(id)
		if !ok {
			unknown = append(unknown, id)
			continue
		}
		known = append(known, id)
		add := func(list *[]string, v string) {
			if v != "" && !slices.Contains(*list, v) {
				*list = append(*list, v)
			}
		}
		add(&a.Classes, ci.Class)
		add(&a.Services, ci.Service)
		if a.Environment == "" {
			a.Environment = ci.Environment
		}
		if ci.Criticality >= 5 {
			add(&a.Tags, "vital")
		}
	}
	a.CIs = known
	return unknown
}

// manualConflicts judges the plan that people had made.
func (o *organisation) manualConflicts() ([]schedule.Conflict, error) {
	if o.manual == nil {
		return nil, nil
	}
	_, framed, err := o.frame(bytes.NewReader(o.manual))
	if err != nil {
		return nil, err
	}
	return schedule.Check(framed.Problem, framed.Plan)
}

// judge prints the conflicts of plans made by hand, each file by itself.
func (o *organisation) judge(w io.Writer, paths []string) error {
	if o.graph == nil {
		fmt.Fprintln(w, "note: there is no CI graph, so only changes on the same CI can be seen to collide; give one with -cmdb")
	}
	found := 0
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if isPlan(data) {
			n, err := o.judgePlan(w, path, data)
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			found += n
			continue
		}
		file, framed, err := o.frame(bytes.NewReader(data))
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		var conflicts []schedule.Conflict
		if len(file.Records) > 0 {
			if conflicts, err = schedule.Check(framed.Problem, framed.Plan); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
		fmt.Fprintf(w, "%s: %s", path, report.Count(len(file.Records), "change", "changes"))
		if file.Cancelled > 0 {
			fmt.Fprintf(w, ", %d cancelled", file.Cancelled)
		}
		fmt.Fprintf(w, ", %s\n", report.Count(len(conflicts), "conflict", "conflicts"))
		for _, n := range framed.Notes {
			fmt.Fprintf(w, "  note: %s\n", n)
		}
		for _, c := range conflicts {
			fmt.Fprintf(w, "  %s: %s\n", numbers(c.Activities), c.Reason)
		}
		found += len(conflicts)
	}
	if found > 0 {
		return errConflicts
	}
	return nil
}

// isPlan says whether a file is a plan of the library, such as the plan.json of -out,
// rather than a list of changes.
func isPlan(data []byte) bool {
	var doc struct {
		Assignments json.RawMessage `json:"assignments"`
	}
	return json.Unmarshal(data, &doc) == nil && doc.Assignments != nil
}

// judgePlan prints the conflicts of a plan and returns their number.
func (o *organisation) judgePlan(w io.Writer, path string, data []byte) (int, error) {
	plan, err := schedule.ReadPlan(bytes.NewReader(data))
	if err != nil {
		return 0, err
	}
	conflicts, err := schedule.Check(o.problem, plan)
	if err != nil {
		return 0, err
	}
	fmt.Fprintf(w, "%s: a plan of %s, %s\n", path, report.Count(len(plan.Assignments), "activity", "activities"), report.Count(len(conflicts), "conflict", "conflicts"))
	for _, c := range conflicts {
		fmt.Fprintf(w, "  %s\n", c.Reason)
	}
	return len(conflicts), nil
}

// numbers lists the changes of a conflict, whose titles may be the same, up to a few.
func numbers(ids []string) string {
	const most = 4
	if len(ids) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:most], ", "), len(ids)-most)
	}
	return strings.Join(ids, ", ")
}
