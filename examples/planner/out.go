package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/report"
)

func secondsOf(v int64) time.Duration { return time.Duration(v) * time.Second }

// write puts plan.json, schedule.html and schedule.ics into a folder.
func (o *organisation) write(dir string, plan *schedule.Plan) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	forward, err := o.forward(plan)
	if err != nil {
		return err
	}
	t, err := o.timeline(plan, forward)
	if err != nil {
		return err
	}
	for name, write := range map[string]func(f *os.File) error{
		"plan.json":     func(f *os.File) error { return plan.Write(f) },
		"schedule.html": func(f *os.File) error { return report.WriteHTML(f, t) },
		"schedule.ics":  func(f *os.File) error { return forward.WriteICS(f, nil, time.Time{}) },
	} {
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			return err
		}
		if err := write(f); err != nil {
			f.Close()
			return fmt.Errorf("%s: %w", f.Name(), err)
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	return nil
}

// timeline draws the plan with its windows and freezes, and says why it is as it is.
func (o *organisation) timeline(plan *schedule.Plan, f *report.Schedule) (*report.Timeline, error) {
	t := f.Timeline()
	t.Subtitle = "Forward schedule of change. " + verdict(plan)
	reasons, err := o.reasons(plan, f)
	if err != nil {
		return nil, err
	}
	if len(reasons) > 0 {
		t.Sections = append(t.Sections, report.Section{Title: "Why there", Intro: "What breaks if a release goes one window earlier.", Items: reasons})
	}
	manual, err := o.manualConflicts()
	if err != nil {
		return nil, err
	}
	if len(manual) > 0 {
		s := report.Section{Title: "What was wrong with the plan made by hand", Intro: "Found by the same judge that passed the plan above."}
		for _, c := range manual {
			s.Items = append(s.Items, c.Reason)
		}
		t.Sections = append(t.Sections, s)
	}
	return t, nil
}

// forward gathers the plan by release, with the ratings of the risk model.
func (o *organisation) forward(plan *schedule.Plan) (*report.Schedule, error) {
	ratings := make(map[string]report.Rating, len(o.ratings))
	for id, r := range o.ratings {
		ratings[id] = report.Rating{Level: strings.ReplaceAll(string(r.Level), "-", " "), Score: r.Score, Why: r.String()}
	}
	return report.Build(o.problem, plan, &report.Options{Ratings: ratings, Releases: o.stated.Releases})
}
