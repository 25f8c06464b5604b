package report_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/report"
)

// A meant is one event that a feed is to say, made of the plan and not of the feed.
type meant struct {
	start, end int64
	sequence   int
	status     string
	name       string
}

// fiveHundred is a plan of 500 releases over a year in a zone, one of them in every hour
// of the days on which clocks change there.
func fiveHundred(t *testing.T, zone string) (*schedule.Problem, *schedule.Plan) {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, loc)
	p := &schedule.Problem{Name: "A year; of \"changes\", all", Zone: zone, Horizon: calendar.Interval{Start: start, End: start.AddDate(1, 0, 0)}}
	plan := &schedule.Plan{}
	var starts []time.Time
	for h := start; h.Before(p.Horizon.End); h = h.Add(time.Hour) {
		_, before := h.Add(-24 * time.Hour).Zone()
		if _, now := h.Zone(); now != before {
			starts = append(starts, h, h.Add(30*time.Minute))
		}
	}
	if len(starts) < 48 {
		t.Fatalf("clocks in %s change for %d half hours only", zone, len(starts))
	}
	for i := 0; len(starts) < 500; i++ {
		starts = append(starts, start.Add(time.Duration(i)*17*time.Hour+time.Duration(i%7)*11*time.Minute))
	}
	for i, s := range starts[:500] {
		length := schedule.Duration(i%5+1) * 35 * schedule.Minute
		id := fmt.Sprintf("REL-%03d", i)
		name := fmt.Sprintf("Größeres Release %d; with, \"signs\" and a title that is too long for one line of the file", i)
		p.Releases = append(p.Releases, schedule.Release{ID: id, Name: name, Team: []string{"web", "data, and more"}[i%2], Type: schedule.Normal, CIs: []string{"a;b", "c"},
			Stages: []schedule.Stage{{ID: "deploy", Kind: schedule.StageDeploy, Duration: length}}})
		plan.Assignments = append(plan.Assignments, schedule.Assignment{Activity: id + "/deploy", Start: s, End: s.Add(length.Std())})
	}
	return p, plan
}

// rows says the events as the script does.
func rows(want map[string]meant, within func(meant) bool) []string {
	var out []string
	for uid, m := range want {
		if within(m) {
			out = append(out, fmt.Sprintf("%s\t%d\t%d\t%d\t%s\t%s", uid, m.start, m.end, m.sequence, m.status, m.name))
		}
	}
	slices.Sort(out)
	return out
}

// The feed of a plan means the same to other programs, over clock changes and through
// three revisions: releases that move, leave and come back. It runs with each reader that
// is installed: python3 with icalendar, with recurring-ical-events, and with
// libical (through its introspection, package gir1.2-ical-3.0).
func TestForeignReaders(t *testing.T) {
	type file struct {
		name, path string
		want       map[string]meant
	}
	var files []file
	year := calendar.Interval{Start: time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC), End: time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC)}
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe"} {
		p, plan := fiveHundred(t, zone)
		want := map[string]meant{}
		var before []byte
		for revision := range 3 {
			switch revision {
			case 1: // every 9th moves by an hour, every 10th leaves
				for i := range plan.Assignments {
					if a := &plan.Assignments[i]; i%9 == 0 {
						a.Start, a.End = a.Start.Add(time.Hour), a.End.Add(time.Hour)
					}
				}
				kept := *plan
				kept.Assignments = nil
				for i, a := range plan.Assignments {
					if i%10 != 0 {
						kept.Assignments = append(kept.Assignments, a)
					} else {
						kept.Unscheduled = append(kept.Unscheduled, a.Activity)
					}
				}
				plan = &kept
			case 2: // one comes back, to where it was
				m := want["REL-010/deploy"]
				plan.Assignments = append(plan.Assignments, schedule.Assignment{Activity: "REL-010/deploy", Start: time.Unix(m.start, 0), End: time.Unix(m.end, 0)})
				plan.Unscheduled = slices.DeleteFunc(plan.Unscheduled, func(id string) bool { return id == "REL-010/deploy" })
			}
			now := map[string]bool{}
			for _, a := range plan.Assignments {
				name := ""
				for _, r := range p.Releases {
					if r.ID+"/deploy" == a.Activity {
						name = r.Name + ": deploy"
					}
				}
				m := meant{a.Start.Unix(), a.End.Unix(), 0, "CONFIRMED", name}
				if was, ok := want[a.Activity]; ok {
					if m.sequence = was.sequence; m.start != was.start || m.end != was.end || m.status != was.status {
						m.sequence++
					}
				}
				want[a.Activity] = m
				now[a.Activity] = true
			}
			for uid, m := range want {
				if !now[uid] && m.status != "CANCELLED" {
					m.status = "CANCELLED"
					m.sequence++
					want[uid] = m
				}
			}
			s, err := report.Build(p, plan, nil)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if revision == 0 {
				err = s.WriteICS(&out, nil, time.Time{})
			} else {
				err = s.WriteICS(&out, bytes.NewReader(before), time.Time{})
			}
			if err != nil {
				t.Fatal(err)
			}
			before = out.Bytes()
			if revision == 1 || revision == 0 && zone != "Europe/Berlin" {
				continue // the last revision rests on them
			}
			path := filepath.Join(t.TempDir(), "feed.ics")
			if err := os.WriteFile(path, before, 0o600); err != nil {
				t.Fatal(err)
			}
			copied := map[string]meant{}
			for uid, m := range want {
				copied[uid] = m
			}
			files = append(files, file{fmt.Sprintf("%s/%d", zone, revision), path, copied})
		}
	}
	for _, r := range []struct{ name, probe string }{
		{"icalendar", "import icalendar"},
		{"recurring", "import icalendar, recurring_ical_events"},
		{"libical", "import gi; gi.require_version('ICalGLib', '3.0'); from gi.repository import ICalGLib"},
	} {
		t.Run(r.name, func(t *testing.T) {
			python := ""
			for _, p := range []string{"python3", "/usr/bin/python3"} {
				if exec.Command(p, "-c", r.probe).Run() == nil {
					python = p
					break
				}
			}
			if python == "" {
				t.Skipf("no python3 here can do %q", r.probe)
			}
			args := []string{"testdata/foreign.py", r.name, fmt.Sprint(year.Start.Unix()), fmt.Sprint(year.End.Unix())}
			for _, f := range files {
				args = append(args, f.path)
			}
			cmd := exec.Command(python, args...)
			cmd.Env = append(os.Environ(), "PYTHONIOENCODING=utf-8")
			out, err := cmd.Output()
			if err != nil {
				said := ""
				if exit, ok := err.(*exec.ExitError); ok {
					said = string(exit.Stderr)
				}
				t.Fatalf("%v: %s", err, said)
			}
			text := string(out)
			for i, f := range files {
				_, after, ok := strings.Cut(text, f.path+"\n")
				if !ok {
					t.Fatalf("%s was not read", f.name)
				}
				if text = after; i+1 < len(files) {
					after, _, _ = strings.Cut(after, files[i+1].path)
				}
				got := strings.Split(strings.TrimSpace(after), "\n")
				want := rows(f.want, func(m meant) bool {
					return r.name != "recurring" || m.start < year.End.Unix() && m.end > year.Start.Unix()
				})
				slices.Sort(got)
				if len(want) < 490 {
					t.Fatalf("%s: %d events are too few to prove anything", f.name, len(want))
				}
				differ(t, f.name, got, want)
			}
		})
	}
}

func differ(t *testing.T, name string, got, want []string) {
	t.Helper()
	shown := 0
	for _, w := range want {
		if !slices.Contains(got, w) && shown < 5 {
			shown++
			t.Errorf("%s: meant but not read: %s", name, w)
		}
	}
	for _, g := range got {
		if !slices.Contains(want, g) && shown < 10 {
			shown++
			t.Errorf("%s: read but not meant: %s", name, g)
		}
	}
	if len(got) != len(want) && shown == 0 {
		t.Errorf("%s: %d events, want %d", name, len(got), len(want))
	}
}
