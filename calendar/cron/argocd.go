package cron

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/calendar"
	"github.com/slackwater-go/slackwater/internal/document"
	"github.com/slackwater-go/slackwater/internal/validate"
)

// Actions of a [calendar.Subject] that Argo CD tells apart.
const (
	AutoSync   = "auto-sync"
	ManualSync = "manual-sync"
)

// A SyncWindow is one element of spec.syncWindows of an Argo CD AppProject: it is
// active for Duration from each tick of Schedule on.
type SyncWindow struct {
	Kind         string   `json:"kind"`     // "allow" or "deny"
	Schedule     string   `json:"schedule"` // five fields; Sunday is 0, not 7; no macros
	Duration     string   `json:"duration"` // as Go writes them: "1h30m"
	Applications []string `json:"applications,omitempty"`
	Namespaces   []string `json:"namespaces,omitempty"`
	Clusters     []string `json:"clusters,omitempty"`
	ManualSync   bool     `json:"manualSync,omitempty"`  // does not bind manual syncs
	TimeZone     string   `json:"timeZone,omitempty"`    // IANA name; empty is UTC
	AndOperator  bool     `json:"andOperator,omitempty"` // all of the three lists must match, not one
	SyncOverrun  bool     `json:"syncOverrun,omitempty"` // a running sync may go on when the window ends (deny: begins)
	Description  string   `json:"description,omitempty"`
}

// SyncWindows are the sync windows of a project.
type SyncWindows []SyncWindow

// An App is what sync windows are chosen by.
type App struct{ Name, Namespace, Cluster string }

// maxPolicy bounds the octets and the elements of a policy file.
const (
	maxPolicy  = 4 << 20
	maxWindows = 10_000
)

// ParseSyncWindows reads JSON: the list itself, or an AppProject that holds it
// in spec.syncWindows (the only part that is read). All faults of all windows are
// reported, each with line, column and path.
func ParseSyncWindows(b []byte) (SyncWindows, error) {
	if len(b) > maxPolicy {
		return nil, &validate.Error{Path: "file", Problem: fmt.Sprintf("%d octets; at most %d are read", len(b), maxPolicy)}
	}
	if t := bytes.TrimLeft(b, " \t\r\n"); len(t) > 0 && t[0] == '{' {
		var project struct {
			Spec struct {
				SyncWindows json.RawMessage `json:"syncWindows"`
			} `json:"spec"`
		}
		if err := json.Unmarshal(b, &project); err != nil {
			var whole json.RawMessage
			if at := (document.Form{MaxBytes: maxPolicy}).Read(bytes.NewReader(b), &whole, func() error { return nil }); at != nil {
				return nil, at
			}
			return nil, &validate.Error{Path: "spec.syncWindows", Problem: err.Error()}
		}
		if project.Spec.SyncWindows == nil {
			return nil, nil
		}
		b = alone(b, project.Spec.SyncWindows)
	}
	var ws SyncWindows
	if err := readList("syncWindows", b, &ws, func() error { return ws.Validate() }); err != nil {
		return nil, err
	}
	return ws, nil
}

// alone blanks what stands before and behind a part of a document, so that what is read of
// the part is at the lines and columns that it has in the whole.
func alone(b, part []byte) []byte {
	at := bytes.Index(b, part)
	blank := func(text []byte) []byte {
		return bytes.Map(func(r rune) rune {
			if r == '\n' {
				return r
			}
			return ' '
		}, text)
	}
	return slices.Concat(blank(b[:at]), part, blank(b[at+len(part):]))
}

// readList reads a list that a document consists of; paths begin with its name.
func readList(name string, b []byte, into any, check func() error) error {
	var errs []error
	at := func(path string) string { return strings.TrimPrefix(path, name) }
	faults := document.Form{MaxBytes: maxPolicy, Onward: true}.Read(bytes.NewReader(b), into, func() error {
		var inside []error
		for _, err := range document.Flatten(check()) {
			var one *validate.Error
			if errors.As(err, &one) {
				err = &validate.Error{Path: at(one.Path), Problem: one.Problem}
			}
			inside = append(inside, err)
		}
		return errors.Join(inside...)
	})
	for _, err := range document.Flatten(faults) {
		var one *document.Error
		if errors.As(err, &one) {
			if one.Path = name + one.Path; one.Path == name+"document" {
				one.Path = name
			}
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Validate reports all faults of all windows.
func (ws SyncWindows) Validate() error {
	_, err := ws.compile()
	return err
}

// A syncWindow is a SyncWindow ready for use.
type syncWindow struct {
	*SyncWindow
	schedule Schedule
	length   time.Duration
}

func (ws SyncWindows) compile() ([]syncWindow, error) {
	var l validate.List
	if len(ws) > maxWindows {
		l.Addf("syncWindows", "%d windows; at most %d are read", len(ws), maxWindows)
		return nil, l.Err()
	}
	out := make([]syncWindow, len(ws))
	load := zoneCache{}
	for i := range ws {
		out[i] = ws[i].compile(fmt.Sprintf("syncWindows[%d]", i), load, &l)
	}
	return out, l.Err()
}

func (w *SyncWindow) compile(path string, zones zoneCache, l *validate.List) syncWindow {
	c := syncWindow{SyncWindow: w}
	if w.Kind != "allow" && w.Kind != "deny" {
		l.Addf(path+".kind", "%q is neither allow nor deny", clip(w.Kind))
	}
	s, err := Parse(w.Schedule)
	switch {
	case err != nil:
		l.Addf(path+".schedule", "%v", strings.ReplaceAll(err.Error(), "\n", "; "))
	case strings.HasPrefix(strings.TrimSpace(w.Schedule), "@"):
		l.Addf(path+".schedule", "Argo CD reads no macros such as %q; write the five fields", clip(w.Schedule))
	case s.seven:
		l.Addf(path+".schedule", "Argo CD does not read 7 as Sunday in %q; write 0", clip(w.Schedule))
	case s.lastDom || s.lastDow != 0 || s.nth != [7]uint8{}:
		l.Addf(path+".schedule", "Argo CD reads neither L nor # in %q", clip(w.Schedule))
	}
	if c.length, err = time.ParseDuration(w.Duration); err != nil || c.length <= 0 {
		l.Addf(path+".duration", "%q is no positive duration such as 1h30m", clip(w.Duration))
	}
	for _, f := range w.lists() {
		for i, p := range f.patterns {
			if p == "" || strings.ContainsAny(p, `?[]{}\`) {
				l.Addf(fmt.Sprintf("%s.%s[%d]", path, f.name, i), "pattern %q: only * is supported; list the names", clip(p))
			}
		}
	}
	loc := time.UTC
	if w.TimeZone != "" {
		if loc, err = zones.load(w.TimeZone); err != nil {
			l.Addf(path+".timeZone", "%v", err)
		}
	}
	c.schedule = s.In(loc)
	return c
}

// active reports whether t lies in [tick, tick+length) for some tick. Argo CD
// leaves out the tick itself, to the nanosecond.
func (w *syncWindow) active(t time.Time) bool {
	last, ok := w.schedule.Prev(t.Add(1))
	return ok && t.Sub(last) < w.length
}

// Active returns the windows that are active at t, in order.
func (ws SyncWindows) Active(t time.Time) (SyncWindows, error) {
	return ws.choose(func(w *syncWindow) bool { return w.active(t) })
}

// InactiveAllows returns the allow windows that are not active at t, in order.
func (ws SyncWindows) InactiveAllows(t time.Time) (SyncWindows, error) {
	return ws.choose(func(w *syncWindow) bool { return w.Kind == "allow" && !w.active(t) })
}

func (ws SyncWindows) choose(keep func(*syncWindow) bool) (SyncWindows, error) {
	list, err := ws.compile()
	if err != nil {
		return nil, err
	}
	var out SyncWindows
	for i := range list {
		if keep(&list[i]) {
			out = append(out, ws[i])
		}
	}
	return out, nil
}

// CanSync decides as Argo CD does whether an application to which all these
// windows apply may sync at t: an active deny window says no, then an active allow
// window yes, then an inactive allow window no. A manual sync passes active deny
// windows, or inactive allow windows, if all of them have manualSync.
func (ws SyncWindows) CanSync(t time.Time, manual bool) (bool, error) {
	list, err := ws.compile()
	if err != nil {
		return false, err
	}
	var denied, allowed, waiting bool
	manualDeny, manualAllow := true, true
	for i := range list {
		w := &list[i]
		active := w.active(t)
		switch {
		case w.Kind == "deny" && active:
			denied = true
			manualDeny = manualDeny && w.ManualSync
		case w.Kind == "allow" && active:
			allowed = true
		case w.Kind == "allow":
			waiting = true
			manualAllow = manualAllow && w.ManualSync
		}
	}
	switch {
	case denied:
		return manual && manualDeny, nil
	case allowed || !waiting:
		return true, nil
	}
	return manual && manualAllow, nil
}

// Subject returns what to ask a calendar made by [SyncWindows.Calendar] about the application.
func (a App) Subject(action string) calendar.Subject {
	return calendar.Subject{Services: []string{a.Name}, Environments: []string{a.Namespace}, Regions: []string{a.Cluster}, Action: action}
}

// For returns the windows that apply to an application: * in a pattern stands for any text.
func (ws SyncWindows) For(app App) SyncWindows {
	var out SyncWindows
	for _, w := range ws {
		if w.applies(app) {
			out = append(out, w)
		}
	}
	return out
}

func (w *SyncWindow) applies(app App) bool {
	matched, lists := 0, 0
	for i, f := range w.lists() {
		if len(f.patterns) == 0 {
			continue
		}
		lists++
		value := [...]string{app.Name, app.Namespace, app.Cluster}[i]
		if slices.ContainsFunc(f.patterns, func(p string) bool { return glob(p, value) }) {
			matched++
		}
	}
	if w.AndOperator {
		return lists > 0 && matched == lists
	}
	return matched > 0
}

// glob matches in time linear in pattern times value: it never goes back further
// than the last asterisk.
func glob(pattern, value string) bool {
	p, v := 0, 0
	star, mark := -1, 0
	for v < len(value) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, v
			p++
		case p < len(pattern) && pattern[p] == value[v]:
			p, v = p+1, v+1
		case star >= 0:
			mark++
			p, v = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// Calendar makes windows of the sync windows: allow becomes Maintenance, deny
// Blackout. Applications are matched with the Services of a [calendar.Subject],
// namespaces with its Environments, clusters with its Regions, and manual syncs are those with
// Action [ManualSync]. A window of several lists without andOperator becomes one
// window a list.
//
// Where Argo CD itself would do otherwise a [Warning] says so.
func (ws SyncWindows) Calendar() (*calendar.Calendar, []Warning, error) {
	list, err := ws.compile()
	if err != nil {
		return nil, nil, err
	}
	c := &calendar.Calendar{}
	var warnings []Warning
	freeAllows, boundAllows, manualDeny := 0, 0, false
	for i := range list {
		switch w := &list[i]; {
		case w.Kind == "deny":
			manualDeny = manualDeny || w.ManualSync
		case w.ManualSync:
			freeAllows++
		default:
			boundAllows++
		}
	}
	for i := range list {
		w, path := &list[i], fmt.Sprintf("syncWindows[%d]", i)
		warn := func(kind WarningKind, text string) { warnings = append(warnings, Warning{path, kind, text}) }
		if hasChanges(w.schedule.loc) {
			warn(ZoneOffset, "Argo CD takes the UTC offset of "+w.TimeZone+" at the moment of asking, also for a start on the other side of a clock change")
		}
		recs, err := w.schedule.Recurrences()
		if err != nil {
			return nil, nil, &validate.Error{Path: path + ".schedule", Problem: err.Error()}
		}
		window := calendar.Window{Kind: calendar.Maintenance, Length: calendar.Exactly(w.length), Overrun: w.SyncOverrun, Reason: w.Description}
		if w.Kind == "deny" {
			window.Kind = calendar.Blackout
		}
		if w.ManualSync && (w.Kind == "deny" || boundAllows == 0) {
			window.Scope.Except = []calendar.Scope{{Actions: []string{ManualSync}}}
		} else if w.ManualSync {
			warn(ManualMixed, "other allow windows have no manualSync, so manual syncs are held to this one too")
		}
		if w.Kind == "deny" && w.ManualSync && boundAllows > 0 {
			warn(ManualInDeny, "Argo CD lets manual syncs through while this window is active even outside all allow windows")
		}
		scopes := w.scopes(window.Scope)
		if len(w.Applications)+len(w.Namespaces)+len(w.Clusters) == 0 {
			warn(NoScope, "names no application, namespace or cluster; Argo CD applies it to nothing")
		}
		for s, scope := range scopes {
			for r, rec := range recs {
				win := window
				win.Scope, win.Starts = scope, rec
				win.ID = path
				if len(scopes)*len(recs) > 1 {
					win.ID = fmt.Sprintf("%s/%d", path, s*len(recs)+r+1)
				}
				c.Windows = append(c.Windows, win)
			}
		}
	}
	return c, warnings, c.Validate()
}

// A selector is one of the three lists of a window.
type selector struct {
	name     string
	patterns []string
}

func (w *SyncWindow) lists() [3]selector {
	return [3]selector{{"applications", w.Applications}, {"namespaces", w.Namespaces}, {"clusters", w.Clusters}}
}

// scopes returns the scopes that together select what the window applies to.
func (w *SyncWindow) scopes(base calendar.Scope) []calendar.Scope {
	var out []calendar.Scope
	all := base
	for i, f := range w.lists() {
		if len(f.patterns) == 0 {
			continue
		}
		one := base
		for _, s := range []*calendar.Scope{&one, &all} {
			switch i {
			case 0:
				s.Services = f.patterns
			case 1:
				s.Environments = f.patterns
			case 2:
				s.Regions = f.patterns
			}
		}
		out = append(out, one)
	}
	if w.AndOperator || len(out) == 0 {
		return []calendar.Scope{all}
	}
	return out
}

// hasChanges reports whether the clock of loc changed in this century up to 2037.
func hasChanges(loc *time.Location) bool {
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	_, end := at.In(loc).ZoneBounds()
	return !end.IsZero() && end.Before(time.Date(2037, 12, 31, 0, 0, 0, 0, time.UTC))
}
