package cron

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/calendar"
)

func TestSyncWindowFaults(t *testing.T) {
	tests := []struct {
		name, in string
		want     []string
	}{
		{"not JSON", `[`, []string{"line 1, column 2: syncWindows[0]: expected a value"}},
		{"unknown field", `[{"kind":"allow","scedule":"* * * * *"}]`, []string{`line 1, column 18: syncWindows[0].scedule: unknown field; did you mean "schedule"?`}},
		{"in a project", "{\"metadata\": {\"name\": \"é\"},\n \"spec\": {\"syncWindows\": [{\"kind\": 4,\n  \"schedule\": \"0 0 L * *\", \"duration\": \"1h\"}]}}", []string{
			"line 2, column 36: syncWindows[0].kind: must be a text", "line 3, column 15: syncWindows[0].schedule: Argo CD reads neither L nor #"}},
		{"no project", "{\n \"spec\": nul}", []string{"line 2, column 10: "}},
		{"no list in it", `{"spec": {"syncWindows": 5}}`, []string{"line 1, column 26: syncWindows: must be an array"}},
		{"no spec in it", `{"spec": 3}`, []string{"spec.syncWindows: "}},
		{"something behind", `[] []`, []string{"something follows"}},
		{"all at once", `[{"kind":"maybe","schedule":"* * * *","duration":"-1h","timeZone":"Local","applications":["a?"]},{"kind":"deny","schedule":"0 0 * * 7","duration":"1d"},{"kind":"allow","schedule":"@daily","duration":"1h"},{"kind":"allow","schedule":"0 0 L * *","duration":"1h"}]`, []string{
			`syncWindows[0].kind: "maybe" is neither allow nor deny`, "syncWindows[0].schedule: cron, column 1: 4 fields", `syncWindows[0].duration: "-1h" is no positive duration`,
			`syncWindows[0].timeZone: "Local" is no time zone`, `syncWindows[0].applications[0]: pattern "a?": only * is supported`,
			"syncWindows[1].schedule: Argo CD does not read 7 as Sunday", `syncWindows[1].duration: "1d" is no positive duration`,
			"syncWindows[2].schedule: Argo CD reads no macros", "syncWindows[3].schedule: Argo CD reads neither L nor #",
		}},
	}
	for _, tt := range tests {
		_, err := ParseSyncWindows([]byte(tt.in))
		for _, want := range tt.want {
			if err == nil || !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %s", tt.name, err, want)
			}
		}
	}
	ws, err := ParseSyncWindows([]byte(`{"kind":"AppProject","spec":{"other":1,"syncWindows":[{"kind":"deny","schedule":"0 0 * * *","duration":"1h","namespaces":["default"]}]}}`))
	if err != nil || len(ws) != 1 || ws[0].Namespaces[0] != "default" {
		t.Errorf("an AppProject gave %v, %v", ws, err)
	}
	if ws, err := ParseSyncWindows([]byte(`{"spec":{}}`)); err != nil || ws != nil {
		t.Errorf("an AppProject without windows gave %v, %v", ws, err)
	}
}

func TestSyncWindowScope(t *testing.T) {
	app := App{Name: "web-eu", Namespace: "prod", Cluster: "in-cluster"}
	window := func(and bool, apps, namespaces, clusters []string) SyncWindow {
		return SyncWindow{Kind: "deny", Schedule: "0 0 * * *", Duration: "24h", AndOperator: and, Applications: apps, Namespaces: namespaces, Clusters: clusters}
	}
	tests := []struct {
		w    SyncWindow
		want bool
	}{
		{window(false, []string{"web-*"}, nil, nil), true},
		{window(false, []string{"*-eu"}, nil, nil), true},
		{window(false, []string{"w*b*u"}, nil, nil), true},
		{window(false, []string{"w*x*u"}, nil, nil), false},
		{window(false, []string{"web"}, nil, nil), false},
		{window(false, []string{"api"}, []string{"prod"}, nil), true},
		{window(true, []string{"api"}, []string{"prod"}, nil), false},
		{window(true, []string{"*"}, []string{"prod"}, []string{"in-cluster"}), true},
		{window(false, nil, nil, nil), false},
		{window(true, nil, nil, nil), false},
	}
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for i, tt := range tests {
		if got := len(SyncWindows{tt.w}.For(app)) == 1; got != tt.want {
			t.Errorf("case %d: applies %t, want %t", i, got, tt.want)
		}
		c, warnings, err := SyncWindows{tt.w}.Calendar()
		if err != nil {
			t.Fatal(err)
		}
		if len(tt.w.Applications)+len(tt.w.Namespaces) == 0 {
			if len(warnings) != 1 || warnings[0].Kind != NoScope {
				t.Errorf("case %d: warnings %v, want one of no scope", i, warnings)
			}
			continue
		}
		open, err := c.Open(calendar.Interval{Start: noon, End: noon.Add(time.Hour)}, app.Subject(AutoSync))
		if err != nil || open.Empty() != tt.want {
			t.Errorf("case %d: open %v (%v), want denied %t", i, open, err, tt.want)
		}
	}
}

// TestSyncWindowWarnings: each way in which Argo CD itself does otherwise.
func TestSyncWindowWarnings(t *testing.T) {
	allow := SyncWindow{Kind: "allow", Schedule: "0 8 * * *", Duration: "1h", Applications: []string{"*"}}
	manual, deny, zoned, fixed := allow, allow, allow, allow
	manual.ManualSync = true
	deny.Kind, deny.ManualSync = "deny", true
	zoned.TimeZone, fixed.TimeZone = "Europe/Berlin", "Asia/Tokyo"
	for i, tt := range []struct {
		ws   SyncWindows
		want string
	}{
		{SyncWindows{allow}, ""}, {SyncWindows{manual}, ""}, {SyncWindows{fixed}, ""},
		{SyncWindows{zoned}, "syncWindows[0] zone-offset"},
		{SyncWindows{allow, manual}, "syncWindows[1] manual-mixed"},
		{SyncWindows{allow, deny}, "syncWindows[1] manual-in-deny"},
		{SyncWindows{manual, deny}, ""},
	} {
		_, warnings, err := tt.ws.Calendar()
		var got []string
		for _, w := range warnings {
			got = append(got, w.Path+" "+string(w.Kind))
			if w.Text == "" || !strings.Contains(w.String(), w.Text) {
				t.Errorf("case %d: warning %q says nothing", i, w)
			}
		}
		if text := strings.Join(got, ","); err != nil || text != tt.want {
			t.Errorf("case %d: %s (%v), want %s", i, text, err, tt.want)
		}
	}
}

// TestFreezesAgree: Frozen, Spans and Calendar say the same at every minute
// around a clock change, but for the hour that a clock shows twice, where a
// calendar's freeze lasts until the second end.
func TestFreezesAgree(t *testing.T) {
	field := func(t *rapid.T) string {
		return rapid.SampledFrom([]string{"0 23 * * 5", "0 7 * * 1", "30 2 * * *", "0 9,17 * * *", "0 11,19 * * *", "0 0 28 * *", "0 0 * * 1", "* * * 8 *", "* * * 10 *", "0 0 1 1 *", "15 3 * * 7", "0 0 * * *", "*/20 * * * *"}).Draw(t, "cron")
	}
	rapid.Check(t, func(t *rapid.T) {
		p := FreezePeriod{Start: field(t), End: field(t), Zone: rapid.SampledFrom([]string{"", "UTC", "Europe/Berlin", "Asia/Kathmandu", "America/Santiago"}).Draw(t, "zone")}
		day := time.Date(2026, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 28).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		within := calendar.Interval{Start: day, End: day.Add(30 * time.Hour)}
		var list []calendar.Interval
		for iv := range p.Spans(within) {
			list = append(list, iv)
		}
		spans := calendar.Union(list...)
		c, _, err := FreezePeriods{p}.Calendar(within)
		if err != nil {
			t.Fatal(err)
		}
		open, err := c.Open(within, calendar.Subject{})
		if err != nil {
			t.Fatal(err)
		}
		f, err := FreezePeriods{p}.compile()
		if err != nil {
			t.Fatal(err)
		}
		loc := f[0].start.loc
		for u := within.Start; u.Before(within.End); u = u.Add(7 * time.Minute) {
			frozen := f[0].holds(u)
			if spans.Contains(u) != frozen {
				t.Fatalf("%+v at %v: Spans %t, Frozen %t: %v", p, u, spans.Contains(u), frozen, list)
			}
			_, before := u.Add(-3 * time.Hour).In(loc).Zone()
			_, after := u.Add(3 * time.Hour).In(loc).Zone()
			if before == after && open.Contains(u) == frozen {
				t.Fatalf("%+v at %v: calendar open %t, frozen %t", p, u, open.Contains(u), frozen)
			}
		}
	})
}

func TestFreezePeriodFaults(t *testing.T) {
	_, err := ParseFreezePeriods([]byte(`[{"id":1,"freeze_start":"0 0 0 * *","freeze_end":"x","cron_timezone":"Mars","created_at":"2020"}]`))
	for _, want := range []string{
		`freezePeriods[0].cron_timezone: unknown time zone "Mars"`, `freezePeriods[0].freeze_start: cron, column 5 (day of month): "0" is not from 1 to 31`, "freezePeriods[0].freeze_end: cron, column 1: 1 fields",
	} {
		if err == nil || !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	ps := FreezePeriods{{Start: "0 0 1 * *", End: "0 0 * * 1"}}
	c, warnings, err := ps.Calendar(calendar.Interval{Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)})
	if err != nil || len(warnings) != 1 || warnings[0].Kind != Enumerated || len(c.Windows) != 12 {
		t.Errorf("irregular freezes: %d windows, %v, %v", len(c.Windows), warnings, err)
	}
	ps = FreezePeriods{{Start: "*/2 * * * *", End: "1-59/3 * * * *"}}
	if _, _, err := ps.Calendar(calendar.Interval{Start: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC)}); err == nil || !strings.Contains(err.Error(), "more than 20000 freezes") {
		t.Errorf("millions of freezes: %v", err)
	}
}

func FuzzSyncWindows(f *testing.F) {
	f.Add([]byte(`[{"kind":"allow","schedule":"* 10 * * *","duration":"2h","timeZone":"Europe/Berlin","applications":["a*"],"manualSync":true,"andOperator":true}]`))
	f.Add([]byte(`{"spec":{"syncWindows":[{"kind":"deny","schedule":"0 0 1 * 1","duration":"1m","clusters":["x"],"namespaces":["y"]}]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		ws, err := ParseSyncWindows(b)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("%v matches no kind", err)
			}
			return
		}
		at := time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC)
		auto, err := ws.CanSync(at, false)
		if err != nil {
			t.Fatal(err)
		}
		if manual, err := ws.CanSync(at, true); err != nil || auto && !manual {
			t.Fatalf("automatic %t, manual %t, %v", auto, manual, err)
		}
		if _, _, err := ws.Calendar(); err != nil {
			t.Fatalf("valid, but no calendar: %v", err)
		}
		ws.For(App{"a", "y", "x"})
	})
}

func FuzzFreezePeriods(f *testing.F) {
	f.Add([]byte(`[{"freeze_start":"0 23 * * 5","freeze_end":"0 7 * * 1","cron_timezone":"Europe/Berlin"}]`))
	f.Add([]byte(`[{"id":3,"freeze_start":"* * * 8 *","freeze_end":"* * 29 2 *"}]`))
	f.Fuzz(func(t *testing.T, b []byte) {
		ps, err := ParseFreezePeriods(b)
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("%v matches no kind", err)
			}
			return
		}
		at := time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC)
		within := calendar.Interval{Start: at, End: at.Add(50 * time.Hour)}
		frozen, err := ps.Frozen(at)
		if err != nil {
			t.Fatal(err)
		}
		some := false
		for _, p := range ps {
			for iv := range p.Spans(within) {
				some = some || iv.Contains(at)
			}
		}
		if some != frozen {
			t.Fatalf("frozen %t, spans %t", frozen, some)
		}
		if _, _, err := ps.Calendar(within); err != nil {
			t.Fatalf("valid, but no calendar: %v", err)
		}
	})
}
