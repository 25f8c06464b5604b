package cron

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
)

// policy reads a file of the data that tests read, and skips without it.
func policy(t *testing.T, name string, into any) {
	t.Helper()
	root := os.Getenv("SLACKWATER_DATA")
	if root == "" {
		t.Skip("SLACKWATER_DATA names no folder of test data; the policy cases are not part of the project")
	}
	b, err := os.ReadFile(filepath.Join(root, "calendar", "policy", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatal(err)
	}
}

// TestArgoCD runs Argo CD's own cases: what it says of the windows, and what the
// calendar made of them says.
func TestArgoCD(t *testing.T) {
	var suite struct {
		Cases []struct {
			ID      string
			Windows []struct{ Kind, Schedule, Duration, Timezone string }
			Now     time.Time
			Op      string
			Expect  any
			Index   *int `json:"matching_index"`
			Fails   bool `json:"expect_error"`
			Manual  bool
			Parts   []struct{ Type, Arg string } `json:"windows_abstract"`
		}
	}
	policy(t, "argocd_sync_windows.json", &suite)
	good := 0
	for _, c := range suite.Cases {
		var ws SyncWindows
		for _, w := range c.Windows {
			ws = append(ws, SyncWindow{Kind: w.Kind, Schedule: w.Schedule, Duration: w.Duration, TimeZone: w.Timezone})
		}
		if c.Op == "can_sync" {
			c.Now = time.Date(2024, 6, 17, 12, 0, 0, 0, time.UTC)
			ws = nil
			for _, p := range c.Parts {
				ws = append(ws, abstract(t, p.Type, p.Arg == "true"))
			}
			switch {
			case strings.HasSuffix(c.ID, "invalid schedule"):
				ws = SyncWindows{{Kind: "allow", Schedule: "* * * * 9", Duration: "1h"}}
			case strings.HasSuffix(c.ID, "invalid duration"):
				ws = SyncWindows{{Kind: "allow", Schedule: "0 1 * * *", Duration: "1x"}}
			}
		}
		var got any
		var err error
		switch c.Op {
		case "active_count":
			var on SyncWindows
			on, err = ws.Active(c.Now)
			got = float64(len(on))
			if c.Index != nil && (len(on) != 1 || on[0].Schedule != ws[*c.Index].Schedule) {
				t.Errorf("%s: active %v, want the one of index %d", c.ID, on, *c.Index)
			}
		case "inactive_allow_count":
			var off SyncWindows
			off, err = ws.InactiveAllows(c.Now)
			got = float64(len(off))
			if c.Index != nil && (len(off) != 1 || off[0].Schedule != ws[*c.Index].Schedule) {
				t.Errorf("%s: inactive %v, want the one of index %d", c.ID, off, *c.Index)
			}
		case "is_active":
			var on SyncWindows
			on, err = ws.Active(c.Now)
			got = len(on) > 0
		case "can_sync":
			got, err = ws.CanSync(c.Now, c.Manual)
		default:
			t.Fatalf("%s: unknown operation %s", c.ID, c.Op)
		}
		switch {
		case (err != nil) != c.Fails:
			t.Errorf("%s: error %v, want one: %t", c.ID, err, c.Fails)
		case !c.Fails && got != c.Expect:
			t.Errorf("%s: %v, want %v", c.ID, got, c.Expect)
		default:
			good++
		}
		if err == nil {
			calendarAgrees(t, c.ID, ws, c.Now, c.Manual)
		}
	}
	t.Logf("%d of %d Argo CD cases as expected", good, len(suite.Cases))
}

// abstract makes the window that Argo CD's tests mean, as seen at 12:00.
func abstract(t *testing.T, kind string, manual bool) SyncWindow {
	w := SyncWindow{Kind: "allow", Schedule: "0 11 * * *", Duration: "2h", ManualSync: manual}
	switch kind {
	case "withActiveAllowWindow":
	case "withInactiveAllowWindow":
		w.Schedule = "0 1 * * *"
	case "withActiveDenyWindow":
		w.Kind = "deny"
	case "withInactiveDenyWindow":
		w.Kind, w.Schedule = "deny", "0 1 * * *"
	case "withInvalidWindows":
		w.Schedule = "* * * * * *"
	default:
		t.Fatalf("unknown window %s", kind)
	}
	return w
}

// calendarAgrees compares CanSync with the calendar, but where a warning says that they differ.
func calendarAgrees(t *testing.T, id string, ws SyncWindows, now time.Time, manual bool) {
	t.Helper()
	c, warnings, err := ws.Calendar()
	if err != nil {
		t.Errorf("%s: %v", id, err)
		return
	}
	if manual {
		for _, w := range warnings {
			if w.Kind == ManualInDeny || w.Kind == ManualMixed {
				return
			}
		}
	}
	action := map[bool]string{true: ManualSync, false: AutoSync}[manual]
	open, err := c.Open(calendar.Interval{Start: now.Add(-time.Hour), End: now.Add(time.Hour)}, calendar.Subject{Action: action})
	if err != nil {
		t.Errorf("%s: %v", id, err)
		return
	}
	want, err := ws.CanSync(now, manual)
	if err != nil || open.Contains(now) != want {
		t.Errorf("%s: the calendar says %t, CanSync %t (%v)", id, open.Contains(now), want, err)
	}
}

// TestGitLab runs GitLab's own cases.
func TestGitLab(t *testing.T) {
	var suite struct {
		Cases []struct {
			ID      string
			Periods []struct {
				Start string `json:"freeze_start"`
				End   string `json:"freeze_end"`
				TZ    string
			}
			Now     time.Time
			Op      string
			Expect  time.Time
			Frozen  *bool `json:"expect_frozen"`
			Invalid bool  `json:"expect_invalid"`
		}
	}
	policy(t, "gitlab_freeze_periods.json", &suite)
	good := 0
	for _, c := range suite.Cases {
		var ps FreezePeriods
		for _, p := range c.Periods {
			ps = append(ps, FreezePeriod{Start: p.Start, End: p.End, Zone: p.TZ})
		}
		before := t.Failed()
		err := ps.Validate()
		if (err != nil) != c.Invalid {
			t.Errorf("%s: error %v, want one: %t", c.ID, err, c.Invalid)
		}
		if c.Frozen != nil {
			if got, err := ps.Frozen(c.Now); err != nil || got != *c.Frozen {
				t.Errorf("%s: frozen %t (%v), want %t", c.ID, got, err, *c.Frozen)
			}
			within := calendar.Interval{Start: c.Now.AddDate(-1, 0, 0), End: c.Now.AddDate(1, 0, 0)}
			cal, _, err := ps.Calendar(within)
			if err != nil {
				t.Errorf("%s: %v", c.ID, err)
				continue
			}
			open, err := cal.Open(within, calendar.Subject{})
			if err != nil || open.Contains(c.Now) == *c.Frozen {
				t.Errorf("%s: calendar open %t (%v), want frozen %t", c.ID, open.Contains(c.Now), err, *c.Frozen)
			}
		}
		if c.Op != "" {
			list, err := ps.compile()
			if err != nil {
				t.Fatal(err)
			}
			start, end := list[0].start, list[0].end
			var got time.Time
			switch c.Op {
			case "time_start":
				got, _ = start.Prev(c.Now)
			case "next_time_start":
				got, _ = start.Next(c.Now)
			case "time_end_from_now":
				got, _ = end.Next(c.Now)
			case "time_end_from_start":
				got, _ = start.Prev(c.Now)
				got, _ = end.Next(got)
			}
			if !got.Equal(c.Expect) {
				t.Errorf("%s: %s, want %s", c.ID, got, c.Expect)
			}
		}
		if t.Failed() == before {
			good++
		}
	}
	t.Logf("%d of %d GitLab cases as expected", good, len(suite.Cases))
}
