package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/testkit/golden"
)

// noon is what the clock of the tests says.
func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// start runs the program on a free port and returns its address and how to stop it.
func start(t *testing.T) (string, func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := run(ctx, []string{"-addr", "127.0.0.1:0"}, w, noon)
		w.CloseWithError(fmt.Errorf("run: %w", err))
		done <- err
	}()
	var line [200]byte
	n, err := r.Read(line[:])
	if err != nil {
		t.Fatal(err)
	}
	_, addr, _ := strings.Cut(strings.TrimSpace(string(line[:n])), "http://")
	return "http://" + addr, func() error { cancel(); return <-done }
}

// A client asks what a pipeline asks; the answers are golden.
func TestGate(t *testing.T) {
	base, stop := start(t)
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	var out bytes.Buffer
	ask := func(method, path, body string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		if len(body) > 200 {
			body = fmt.Sprintf("(%d bytes)", len(body))
		}
		fmt.Fprintf(&out, "%s %s %s\n%d\n%s\n", method, path, body, resp.StatusCode, text)
	}
	ask("GET", "/may?ci=shop&type=normal", "")
	ask("GET", "/may?ci=shop&type=normal&at=2026-12-08T22:30:00Z", "")
	ask("GET", "/may?ci=shop&type=normal&at=2026-12-24T10:00:00Z", "")
	ask("GET", "/may?ci=shop&type=emergency&at=2026-12-24T10:00:00Z", "")
	ask("GET", "/may", "")
	ask("GET", "/may?ci=&at=2026-12-24T10:00:00Z", "")
	ask("GET", "/may?ci=shop&type=normal&type=emergency", "")
	ask("GET", "/may?ci=shop&at=tomorrow", "")
	ask("GET", "/may?cis=shop", "")
	ask("GET", "/may?ci=shop&at=2031-01-01T00:00:00Z", "")
	ask("POST", "/slots", `{"subject": {"cis": ["shop"], "type": "normal"}, "length": "PT2H", "from": "2026-12-17T12:00:00Z", "count": 3}`)
	ask("POST", "/slots", `{"name": "Checkout 4", "subject": {"cis": ["checkout"], "type": "normal"}, "length": "PT2H", "from": "2026-12-08T12:00:00Z"}`)
	ask("POST", "/slots", `{"subject": {"cis": ["shop"], "type": "normal"}, "length": "PT7H"}`)
	ask("POST", "/slots", `{"length": "PT2H"}`)
	ask("POST", "/slots", `{"subject": {"cis": ["shop"]}, "length": "PT2H", "from": "2031-01-01T00:00:00Z"}`)
	ask("POST", "/slots", `{"subject": {"ciz": ["shop"]}, "length": "PT2H"}`)
	ask("POST", "/slots", `{"length": "PT2H", "subject": {"cis": ["`+strings.Repeat("x", 1<<17)+`"]}}`)
	ask("DELETE", "/slots", "")
	client.CloseIdleConnections()
	if err := stop(); err != nil {
		t.Errorf("it did not stop well: %v", err)
	}
	golden.Check(t, "testdata/gate.txt", out.String())
}

// A request that is under way when the program is interrupted gets its answer.
func TestShutdownFinishesRequests(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	begun, release := make(chan struct{}), make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-release
		reply(w, http.StatusOK, problem{})
	})
	ctx, cancel := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- serve(ctx, l, h) }()
	got := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + l.Addr().String())
		if err != nil {
			got <- err.Error()
			return
		}
		defer resp.Body.Close()
		got <- resp.Status
	}()
	<-begun
	cancel()
	close(release)
	if s := <-got; s != "200 OK" {
		t.Errorf("the request under way got %s", s)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestExit(t *testing.T) {
	dir := t.TempDir()
	bad := dir + "/bad.json"
	if err := os.WriteFile(bad, []byte(`{"calendars": 7}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, list := range map[int][][]string{
		0: {{"-h"}, {"-help"}},
		2: {{"-policy", "missing.json"}, {"-policy", bad}, {"-changes", bad}, {"-changes", dir + "/missing.csv"}, {"-days", "0"}, {"-nonsense"}, {"serve"}},
		1: {{"-addr", "nowhere:x"}},
	} {
		for _, args := range list {
			if err := run(t.Context(), args, io.Discard, noon); err == nil || exit(err) != want {
				t.Errorf("%v exits with %d (%v), want %d", args, exit(err), err, want)
			}
		}
	}
	if exit(nil) != 0 {
		t.Error("success is none")
	}
}

// Several calendars are one calendar that is open where all of them are.
func TestTogether(t *testing.T) {
	daily := func(id string, hour, hours int, kind calendar.Kind) calendar.Window {
		return calendar.Window{ID: id, Kind: kind, Starts: calendar.MustParseRecurrence(fmt.Sprintf("DTSTART;TZID=Europe/Berlin:20261001T%02d0000\nRRULE:FREQ=DAILY", hour)), Length: calendar.Exactly(time.Duration(hours) * time.Hour)}
	}
	p := &calendar.Policy{Version: 1, Calendars: []calendar.Calendar{
		{ID: "company", Windows: []calendar.Window{daily("nights", 20, 10, calendar.Maintenance), daily("lunch", 12, 1, calendar.Blackout)}},
		{ID: "team", Windows: []calendar.Window{daily("late", 1, 12, calendar.Maintenance)}},
		{ID: "plain", Windows: []calendar.Window{{ID: "freeze", Kind: calendar.Freeze, Exempt: []string{"emergency"}, Starts: calendar.Once(noon().Add(24 * time.Hour)), Length: calendar.Exactly(72 * time.Hour)}}},
	}}
	within := calendar.Interval{Start: time.Date(2026, 10, 20, 0, 0, 0, 0, time.UTC), End: noon().Add(200 * time.Hour)}
	for _, kind := range []string{"normal", "emergency"} {
		s := calendar.Subject{Type: kind}
		one, err := together(p, within, s)
		if err != nil {
			t.Fatal(err)
		}
		got, err := one.Open(within, s)
		if err != nil {
			t.Fatal(err)
		}
		want, err := p.Open(within, s)
		if err != nil {
			t.Fatal(err)
		}
		if want.Total() == 0 || !got.Equal(want) {
			t.Errorf("%s: open for %v, want %v", kind, got.Total(), want.Total())
		}
	}
}
