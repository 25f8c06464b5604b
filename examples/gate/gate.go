package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/schedule/records"
)

// A gate answers questions about one policy. The windows are compiled once and again
// when half of the time for which they are known has passed.
type gate struct {
	policy  *calendar.Policy
	changes []records.Record // what is planned already
	ahead   time.Duration
	now     func() time.Time
	known   atomic.Pointer[calendar.Compiled]
	mux     *http.ServeMux
}

func newGate(p *calendar.Policy, changes []records.Record, ahead time.Duration, now func() time.Time) (*gate, error) {
	g := &gate{policy: p, changes: changes, ahead: ahead, now: now, mux: http.NewServeMux()}
	if _, err := g.windows(); err != nil {
		return nil, err
	}
	g.mux.HandleFunc("GET /may", g.may)
	g.mux.HandleFunc("POST /slots", g.slots)
	return g, nil
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	g.mux.ServeHTTP(w, r)
}

// windows returns the compiled policy. Two requests may compile it at the same time; both are right.
func (g *gate) windows() (*calendar.Compiled, error) {
	now := g.now()
	if k := g.known.Load(); k != nil && now.Add(g.ahead/2).Before(k.Within().End) && !now.Before(k.Within().Start) {
		return k, nil
	}
	start := now.Add(-24 * time.Hour).Truncate(time.Hour)
	k, err := g.policy.Compile(calendar.Interval{Start: start, End: start.Add(g.ahead)})
	if err != nil {
		return nil, err
	}
	g.known.Store(k)
	return k, nil
}

// A mayAnswer answers GET /may. Times that are not known are left out.
type mayAnswer struct {
	Open        bool         `json:"open"`
	At          time.Time    `json:"at"`
	Until       time.Time    `json:"until,omitzero"` // how long the answer holds
	NextOpen    time.Time    `json:"nextOpen,omitzero"`
	Reason      string       `json:"reason"`
	Obligations []obligation `json:"obligations,omitempty"`
}

// An obligation is an approval that a freeze asks for.
type obligation struct {
	Window    string   `json:"window"`
	Grade     string   `json:"grade"`
	Approvers []string `json:"approvers,omitempty"`
}

func (g *gate) may(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	for name := range q {
		switch name {
		case "ci", "class", "service", "environment", "region", "tag", "type", "action", "at":
		default:
			reply(w, http.StatusBadRequest, problem{fmt.Sprintf("there is no parameter %q", name)})
			return
		}
	}
	for _, name := range []string{"type", "action", "at"} {
		if len(q[name]) > 1 {
			reply(w, http.StatusBadRequest, problem{fmt.Sprintf("%s is there %d times: ask one question at a time", name, len(q[name]))})
			return
		}
	}
	at := g.now()
	if text := q.Get("at"); text != "" {
		var err error
		if at, err = time.Parse(time.RFC3339, text); err != nil {
			reply(w, http.StatusBadRequest, problem{"at is no time; write it as 2026-12-24T10:00:00Z"})
			return
		}
	}
	s := calendar.Subject{CIs: q["ci"], Classes: q["class"], Services: q["service"], Environments: q["environment"], Regions: q["region"],
		Tags: q["tag"], Type: q.Get("type"), Action: q.Get("action")}
	if nothing(&s) {
		reply(w, http.StatusBadRequest, problem{nothingSaid})
		return
	}
	k, err := g.windows()
	if err != nil {
		reply(w, http.StatusInternalServerError, problem{err.Error()})
		return
	}
	if !k.Within().Contains(at) {
		reply(w, http.StatusBadRequest, problem{fmt.Sprintf("windows are known within %s only", k.Within())})
		return
	}
	a := k.For(s).Explain(at)
	out := mayAnswer{Open: a.Open, At: at, Until: a.Until, Reason: a.String(), Obligations: obligations(a)}
	if !a.Open {
		out.NextOpen = a.NextOpen
	}
	reply(w, http.StatusOK, out)
}

func obligations(a calendar.Answer) []obligation {
	var out []obligation
	for _, o := range a.Obligations {
		out = append(out, obligation{o.Window, string(o.Grade), o.Approvers})
	}
	return out
}

// nothingSaid answers a question that names nothing. "Open" would be a guess: most
// windows concern some CIs, services or types only, and one that a pipeline forgot to
// name must not pass.
const nothingSaid = "the question names nothing: say which ci, class, service, environment, region, tag, type or action it is about"

// nothing says whether a subject names nothing; an empty name is none.
func nothing(s *calendar.Subject) bool {
	for _, list := range [][]string{s.CIs, s.Classes, s.Services, s.Environments, s.Regions, s.Tags, {s.Type, s.Action}} {
		if slices.ContainsFunc(list, func(name string) bool { return name != "" }) {
			return false
		}
	}
	return true
}

// A problem is the body of every answer that is not 200.
type problem struct {
	Problem string `json:"problem"`
}

// reply writes an answer. That the client has gone is nobody's concern here.
func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(body)
}
