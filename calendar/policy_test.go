package calendar

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slackwater-go/slackwater/internal/document"
)

func TestAPolicyOfNoCalendarsIsOpen(t *testing.T) {
	p := &Policy{Version: 1}
	within := Interval{jan(1, 0), jan(2, 0)}
	k, err := p.Compile(within)
	if err != nil {
		t.Fatal(err)
	}
	open, err := p.Open(within, Subject{})
	if err != nil || !open.Covers(within) || !k.For(Subject{}).Intervals().Equal(open) {
		t.Errorf("%v %v", open, err)
	}
}

// TestPrecedence spells out the table of the package doc.
func TestPrecedence(t *testing.T) {
	all := func(id string, kind Kind, from, days int) Window {
		return Window{ID: id, Kind: kind, Starts: Once(jan(from, 0)), Length: Duration{Days: days}}
	}
	tests := []struct {
		name string
		c    Calendar
		s    Subject
		open string // for each of the days 1 to 6
	}{
		{"no windows", Calendar{}, Subject{}, "oooooo"},
		{"closed by default", Calendar{Default: DefaultClosed}, Subject{}, "......"},
		{"maintenance only", Calendar{Windows: []Window{all("m", Maintenance, 2, 2)}}, Subject{}, ".oo..."},
		{"maintenance for others", Calendar{Windows: []Window{{ID: "m", Kind: Maintenance, Starts: Once(jan(2, 0)), Length: Duration{Days: 2}, Scope: Scope{CIs: []string{"x"}}}}}, Subject{CIs: []string{"y"}}, "oooooo"},
		{"maintenance for others, closed by default", Calendar{Default: DefaultClosed, Windows: []Window{{ID: "m", Kind: Maintenance, Starts: Once(jan(2, 0)), Length: Duration{Days: 2}, Scope: Scope{CIs: []string{"x"}}}}}, Subject{CIs: []string{"y"}}, "......"},
		{"union of maintenance", Calendar{Windows: []Window{all("m", Maintenance, 1, 2), all("n", Maintenance, 2, 3)}}, Subject{}, "oooo.."},
		{"blackout beats maintenance", Calendar{Windows: []Window{all("b", Blackout, 3, 1), all("m", Maintenance, 2, 3)}}, Subject{}, ".o.o.."},
		{"blackout alone", Calendar{Windows: []Window{all("b", Blackout, 3, 2)}}, Subject{}, "oo..oo"},
		{"freeze", Calendar{Windows: []Window{all("f", Freeze, 3, 2)}}, Subject{Type: "normal"}, "oo..oo"},
		{"freeze, exempt", Calendar{Windows: []Window{{ID: "f", Kind: Freeze, Starts: Once(jan(3, 0)), Length: Duration{Days: 2}, Exempt: []string{"emergency"}}}}, Subject{Type: "emergency"}, "oooooo"},
		{"blackout beats an exemption", Calendar{Windows: []Window{{ID: "f", Kind: Freeze, Starts: Once(jan(3, 0)), Length: Duration{Days: 2}, Exempt: []string{"emergency"}}, all("b", Blackout, 4, 1)}}, Subject{Type: "emergency"}, "ooo.oo"},
		{"advisory", Calendar{Windows: []Window{{ID: "f", Kind: Freeze, Grade: Advisory, Starts: Once(jan(3, 0)), Length: Duration{Days: 2}}}}, Subject{}, "oooooo"},
		{"action left out", Calendar{Windows: []Window{{ID: "f", Kind: Freeze, Starts: Once(jan(3, 0)), Length: Duration{Days: 2}, Scope: Scope{Except: []Scope{{Actions: []string{"rollback"}}}}}}}, Subject{Action: "rollback"}, "oooooo"},
		{"override", Calendar{Windows: []Window{all("b", Blackout, 2, 4)}, Overrides: []Override{{ID: "o", Lifts: []string{"b"}, Who: "a", Reason: "r", From: jan(3, 0), Expires: jan(4, 0)}}}, Subject{}, "o.o..o"},
		{"override for others", Calendar{Windows: []Window{all("b", Blackout, 2, 4)}, Overrides: []Override{{ID: "o", Lifts: []string{"b"}, Who: "a", Reason: "r", Expires: jan(4, 0), Scope: Scope{CIs: []string{"x"}}}}}, Subject{}, "o....o"},
		{"override of one of two", Calendar{Windows: []Window{all("b", Blackout, 2, 4), all("f", Freeze, 3, 1)}, Overrides: []Override{{ID: "o", Lifts: []string{"b"}, Who: "a", Reason: "r", Expires: jan(5, 0)}}}, Subject{}, "oo.o.o"},
		{"override of maintenance", Calendar{Windows: []Window{all("m", Maintenance, 5, 1), all("b", Blackout, 2, 1)}, Overrides: []Override{{ID: "o", AnyTime: true, Who: "a", Reason: "r", From: jan(1, 0), Expires: jan(4, 0)}}}, Subject{}, "o.o.o."},
	}
	within := Interval{jan(1, 0), jan(7, 0)}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.c.ID = "c"
			open, err := tt.c.Open(within, tt.s)
			if err != nil {
				t.Fatal(err)
			}
			k, err := tt.c.Compile(within)
			if err != nil {
				t.Fatal(err)
			}
			got, judged := "", ""
			for d := range 6 {
				noon := jan(d+1, 12)
				got += map[bool]string{true: "o", false: "."}[open.Contains(noon)]
				judged += map[bool]string{true: "o", false: "."}[judge(&tt.c, noon, tt.s)]
				if a := k.For(tt.s).Explain(noon); a.Open != open.Contains(noon) || !a.Open && len(a.Blocking())+len(a.Outside) == 0 {
					t.Errorf("day %d: answer %s", d+1, a)
				}
			}
			if got != tt.open || judged != tt.open || !k.For(tt.s).Intervals().Equal(open) {
				t.Errorf("open %s, judged %s, want %s", got, judged, tt.open)
			}
		})
	}
}

// judge decides from occurrences alone, as a reader of Occurrences would.
func judge(c *Calendar, at time.Time, s Subject) bool {
	needs := c.Default == DefaultClosed
	for _, w := range c.InScope(s) {
		needs = needs || w.Kind == Maintenance
	}
	inside, closed := false, false
	for w := range c.Occurrences(Interval{at, at.Add(1)}, s) {
		inside = inside || w.Kind == Maintenance
		closed = closed || w.Closes()
	}
	return !closed && (inside || !needs)
}

func TestOverridesWithoutReasonHaveNoEffect(t *testing.T) {
	full := Override{ID: "o", Lifts: []string{"b"}, Who: "a", Reason: "r", Expires: jan(9, 0)}
	for name, spoil := range map[string]func(*Override){
		"who": func(o *Override) { o.Who = "" }, "reason": func(o *Override) { o.Reason = "" }, "expires": func(o *Override) { o.Expires = time.Time{} },
	} {
		o := full
		spoil(&o)
		c := Calendar{ID: "c", Windows: []Window{{ID: "b", Kind: Blackout, Starts: Once(jan(1, 0)), Length: Duration{Days: 9}}}, Overrides: []Override{o}}
		if judge(&c, jan(3, 0), Subject{}) {
			t.Errorf("without %s the override holds", name)
		}
		var v *ValidationError
		if err := c.Validate(); !errors.As(err, &v) || v.Path != "overrides[0]."+name {
			t.Errorf("without %s: %v", name, err)
		}
	}
}

// TestBoundaryRules compares Fits, FirstFit and Fitting with a twin that tries every hour of
// the work against the rules as the package doc words them.
func TestBoundaryRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type occ struct{ from, to, cut int }
		var c Calendar
		c.ID = "c"
		var occs []occ
		const hours = 60
		for i := range rapid.IntRange(1, 5).Draw(t, "windows") {
			o := occ{from: rapid.IntRange(0, hours-2).Draw(t, "from")}
			o.to = o.from + rapid.IntRange(1, 12).Draw(t, "length")
			w := Window{ID: itoa(i), Kind: rapid.SampledFrom([]Kind{Maintenance, Maintenance, Blackout}).Draw(t, "kind"), Overrun: rapid.Bool().Draw(t, "overrun"),
				Starts: Once(jan(1, o.from)), Length: Exactly(time.Duration(o.to-o.from) * time.Hour)}
			if w.Kind == Maintenance {
				if o.cut = rapid.IntRange(0, 3).Draw(t, "cutOff"); o.cut > 0 {
					w.CutOff = Exactly(time.Duration(o.cut) * time.Hour)
				}
			}
			c.Windows, occs = append(c.Windows, w), append(occs, o)
		}
		within := Interval{jan(1, 0), jan(1, hours)}
		k, err := c.Compile(within)
		if err != nil {
			t.Fatal(err)
		}
		restricted := false
		for _, w := range c.Windows {
			restricted = restricted || w.Kind == Maintenance
		}
		fits := func(start, d int) bool {
			starts, overruns := !restricted, false
			for i, w := range c.Windows {
				in := occs[i].from <= start && start < occs[i].to
				switch {
				case w.Kind == Maintenance && in && (occs[i].cut == 0 || start <= occs[i].to-occs[i].cut):
					starts, overruns = true, overruns || w.Overrun
				case w.Kind == Blackout && in:
					return false
				}
			}
			if !starts || start+max(d, 1) > hours {
				return false
			}
			for h := start; h < start+d; h++ {
				inside := !restricted || overruns
				for i, w := range c.Windows {
					if in := occs[i].from <= h && h < occs[i].to; in && w.Kind == Maintenance {
						inside = true
					} else if in && !w.Overrun {
						return false
					}
				}
				if !inside {
					return false
				}
			}
			return true
		}
		line := k.For(Subject{})
		for _, d := range []int{1, 2, 5, 9} {
			length := time.Duration(d) * time.Hour
			for h := range hours {
				if got, want := line.Fits(jan(1, h), length), fits(h, d); got != want {
					t.Fatalf("%d hours from hour %d: fits %v, twin %v\n%+v\n%v", d, h, got, want, occs, c.Windows)
				}
				want, found := h, false
				for ; want < hours && !found; want++ {
					found = fits(want, d)
				}
				got, ok := line.FirstFit(jan(1, h), length)
				if ok != found || ok && !got.Equal(jan(1, want-1)) {
					t.Fatalf("first fit of %d hours from hour %d: %v %v, twin %d %v\n%+v", d, h, got, ok, want-1, found, occs)
				}
				in := false
				for iv := range line.Fitting(length) {
					in = in || iv.Contains(jan(1, h))
				}
				if in != fits(h, d) {
					t.Fatalf("hour %d among the starts of %d hours: %v", h, d, in)
				}
			}
		}
	})
}

// TestSeveralCalendarsMustAllAgree draws two calendars with boundary rules: work fits the
// policy where it fits both.
func TestSeveralCalendarsMustAllAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Policy{Version: 1}
		for _, id := range []string{"a", "b"} {
			c := Calendar{ID: id}
			for i := range rapid.IntRange(0, 3).Draw(t, "windows") {
				w := Window{ID: itoa(i), Kind: rapid.SampledFrom([]Kind{Maintenance, Blackout}).Draw(t, "kind"), Overrun: rapid.Bool().Draw(t, "overrun"),
					Starts: Once(jan(1, rapid.IntRange(0, 40).Draw(t, "from"))), Length: Exactly(time.Duration(rapid.IntRange(1, 20).Draw(t, "length")) * time.Hour)}
				if w.Kind == Maintenance && rapid.Bool().Draw(t, "cutOff") {
					w.CutOff = Exactly(2 * time.Hour)
				}
				c.Windows = append(c.Windows, w)
			}
			p.Calendars = append(p.Calendars, c)
		}
		within := Interval{jan(1, 0), jan(1, 60)}
		k, err := p.Compile(within)
		if err != nil {
			t.Fatal(err)
		}
		open, err := p.Open(within, Subject{})
		if err != nil {
			t.Fatal(err)
		}
		both, lines := k.For(Subject{}), []*Timeline{}
		for i := range p.Calendars {
			one, err := p.Calendars[i].Compile(within)
			if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, one.For(Subject{}))
		}
		if !both.Intervals().Equal(open) || !open.Equal(lines[0].Intervals().Intersect(lines[1].Intervals())) {
			t.Fatal("open time is not the intersection")
		}
		for h := range 60 {
			for _, d := range []time.Duration{time.Hour, 3 * time.Hour, 9 * time.Hour} {
				if got, want := both.Fits(jan(1, h), d), lines[0].Fits(jan(1, h), d) && lines[1].Fits(jan(1, h), d); got != want {
					t.Fatalf("%v from hour %d: %v, want %v", d, h, got, want)
				}
			}
		}
	})
}

func TestReadPolicyNamesThePlace(t *testing.T) {
	for _, tt := range []struct{ doc, want string }{
		{`{"version": 1,` + "\n" + `"calenders": []}`, `line 2`},
		{`{"version": 1, "calendars": [}`, "line 1, column 30"},
		{`{"version": 1, "calendars": 7}`, "calendars"},
		{`{"version": 1, "calendars": []} x`, "line 1"},
		{`{"version": 2, "calendars": []}`, "version: is 2"},
		{`{"version": 1, "calendars": [`, "line 1, column 30: calendars[0]: expected a value, found the end of the text"},
		{`{"version":1,"calendars":[{"id":"c","windows":[{"id":"w","kind":"blackout","starts":"DTSTART:2026","length":"PT1H"}]}]}`, "DTSTART"},
		{`{"version":1,"calendars":[{"id":"c","windows":[{"id":"w","kind":"blackout","starts":"DTSTART:20260101T000000Z","length":"1h"}]}]}`, `"1h"`},
		{`{"version":1,"calendars":[{"id":"c","windows":[{"id":"w","kind":"blackout","starts":"DTSTART:20260101T000000Z\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30","length":"PT1H"}]}]}`, "calendars[0].windows[0].starts: never occurs"},
		{strings.Repeat("[", 20000), "line 1"},
	} {
		_, err := ReadPolicy(strings.NewReader(tt.doc))
		if err == nil || !strings.Contains(err.Error(), tt.want) || !errors.Is(err, ErrInvalid) {
			t.Errorf("%s\ngave %v\nwant %s", clip(tt.doc), err, tt.want)
		}
	}
}

// TestReadPolicyNamesAllFaults: those of form and those of content together, in the order of the
// document, each with its place, and none that only follows from another.
func TestReadPolicyNamesAllFaults(t *testing.T) {
	_, err := ReadPolicy(strings.NewReader(`{"version": 3, "calendars": [
  {"id": "c", "zone": "Europe/London", "windows": [
    {"id": "a", "kind": "freze", "starts": "DTSTART;VALUE=DATE:20261220"},
    {"id": "b", "kind": "blackout", "starts": "RRULE:FREQ=FORTNIGHTLY;BYDAY=XX", "lenght": "PT1H"},
    {"id": "a", "kind": "maintenance", "starts": "DTSTART:20261220T100000\nRRULE:FREQ=DAILY;COUNT=0", "length": "1h", "exempt": ["x"]},
    {"kind": "blackout", "starts": 7, "length": "PT1H", "scope": {"cis": [""], "ci": "x"}}],
   "overrides": [{"id": "o", "lifts": ["zz"], "expires": "tomorrow", "who": "me"}]}]}`))
	var got []string
	for _, e := range document.Flatten(err) {
		var in *InputError
		if !errors.As(e, &in) || !errors.Is(e, ErrInvalid) {
			t.Fatalf("%v has no place", e)
		}
		got = append(got, e.Error())
	}
	want := []string{
		"line 1, column 13: version: is 3; this package reads version 1; write that, or use a newer package",
		`line 3, column 25: calendars[0].windows[0].kind: "freze" is not maintenance, blackout or freeze`,
		`line 4, column 47: calendars[0].windows[1].starts: line 1: RRULE: FREQ: "FORTNIGHTLY" is not one of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY, SECONDLY`,
		`line 4, column 47: calendars[0].windows[1].starts: line 1: RRULE: BYDAY: "XX" is not a weekday such as MO, 2TU or -1FR`,
		"line 4, column 47: calendars[0].windows[1].starts: DTSTART is missing; a rule without it would depend on the clock",
		`line 4, column 82: calendars[0].windows[1].lenght: unknown field; did you mean "length"?`,
		`line 5, column 12: calendars[0].windows[2].id: "a" is also the id of windows[0]`,
		`line 5, column 50: calendars[0].windows[2].starts: line 2: RRULE: COUNT: "0" is not a number from 1 to 100000; to end a rule later use UNTIL`,
		`line 5, column 113: calendars[0].windows[2].length: no leading P in "1h"; write it like "PT1H30M" or "P1D"`,
		"line 5, column 129: calendars[0].windows[2].exempt: only a freeze exempts change types; use scope.except",
		"line 6, column 5: calendars[0].windows[3].id: is missing",
		"line 6, column 36: calendars[0].windows[3].starts: must be a text in double quotes, is a number",
		`line 6, column 80: calendars[0].windows[3].scope.ci: unknown field; did you mean "cis"?`,
		"line 7, column 18: calendars[0].overrides[0].reason: is missing; without it the override has no effect",
		`line 7, column 40: calendars[0].overrides[0].lifts[0]: there is no window "zz"`,
		`line 7, column 58: calendars[0].overrides[0].expires: "tomorrow" is not an instant such as "2026-11-22T22:00:00Z" or "2026-11-23T00:00:00+02:00"`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestValuesRoundTripThroughJSON(t *testing.T) {
	for _, text := range []string{`"08:00"`, `"MO 08:00"`, `"+2 08:00:30"`, `"24:00"`} {
		var e EndWall
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			t.Error(err)
		} else if b, err := json.Marshal(e); err != nil || string(b) != text {
			t.Errorf("%s came back as %s (%v)", text, b, err)
		}
	}
	for _, text := range []string{`"8:00"`, `"25:00"`, `"XX 08:00"`, `"+0 08:00"`, `"24:01"`, `"08"`} {
		var e EndWall
		if err := json.Unmarshal([]byte(text), &e); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s is read as %v (%v)", text, e, err)
		}
	}
	var p Profile
	if err := json.Unmarshal([]byte(`{"base":1,"steps":[{"start":"2026-01-01T00:00:00Z","end":"2026-01-02T00:00:00Z","value":3,"x":1}]}`), &p); err == nil {
		t.Error("an unknown field of a step is read")
	}
}
