package schedule

import (
	"errors"
	"fmt"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/slackwater-go/slackwater/internal/document"
	"github.com/slackwater-go/slackwater/internal/validate"
)

const (
	// maxNumber bounds weights, amounts and limits, so that the sums that the solver
	// makes of them fit.
	maxNumber = 1 << 40
	maxID     = 256 // bytes of an ID
)

// A faultList collects the faults of an input, the first hundred in full.
type faultList struct {
	list  validate.List
	n     int
	quiet bool // faults are counted only
}

func (l *faultList) addf(path, format string, args ...any) {
	if l.n++; l.n <= document.MaxFaults && !l.quiet {
		l.list.Addf(path, format, args...)
	}
}

// join adds the faults of a part of the input, which carry paths from there on.
func (l *faultList) join(path string, err error) {
	if err == nil {
		return
	}
	for _, e := range document.Flatten(err) {
		problem, at := e.Error(), path
		if v := (*ValidationError)(nil); errors.As(e, &v) {
			problem = v.Problem
			if v.Path != "" {
				at = path + "." + v.Path
			}
		}
		l.addf(at, "%s", problem)
	}
}

func (l *faultList) err() error {
	if l.n > document.MaxFaults {
		l.list.Addf("document", "has %d more faults that are not listed; mend these first", l.n-document.MaxFaults)
	}
	return l.list.Err()
}

// Instants outside these years would overflow differences in nanoseconds.
const firstYear, lastYear = 1850, 2129

// instant checks one instant.
func (l *faultList) instant(path string, t time.Time, required bool) {
	switch {
	case t.IsZero():
		if required {
			l.addf(path, "is missing: write an instant such as \"2026-11-22T22:00:00Z\"")
		}
	case t.UTC().Year() < firstYear || t.UTC().Year() > lastYear:
		l.addf(path, "is in the year %d: must be between %d and %d", t.UTC().Year(), firstYear, lastYear)
	case t.Nanosecond() != 0:
		l.addf(path, "has a fraction of a second: times are whole seconds, round it")
	}
}

// duration checks a length that must not be negative.
func (l *faultList) duration(path string, d Duration) {
	if d < 0 {
		l.addf(path, "must not be negative, is %v", d)
	}
	l.lag(path, d)
}

// lag checks a length of either sign.
func (l *faultList) lag(path string, d Duration) {
	if d%Second != 0 {
		l.addf(path, "has a fraction of a second: times are whole seconds, round it")
	}
}

// number checks a weight, price or amount.
func (l *faultList) number(path string, n int64, least int64) {
	switch {
	case n < least:
		l.addf(path, "must be at least %d, is %d", least, n)
	case n > maxNumber:
		l.addf(path, "must be at most 2^40, is %d: scale it down", n)
	}
}

// ids checks the IDs of a list as they come: present, sane and unique.
type ids struct {
	l    *faultList
	what string
	seen map[string]known
}

// known is where an ID is.
type known struct {
	path string
	n    int // how many came before it
}

func newIDs(l *faultList, what string) *ids { return &ids{l, what, map[string]known{}} }

// grow makes room.
func (s *ids) grow(n int) *ids {
	s.seen = make(map[string]known, n)
	return s
}

func (s *ids) add(path, id string) {
	s.l.id(path, id)
	if id == "" {
		return
	}
	if first, ok := s.seen[id]; ok {
		s.l.addf(path, "%s is already the ID of %s: rename one", quote(id), first.path)
		return
	}
	s.seen[id] = known{path, len(s.seen)}
}

func (l *faultList) id(path, id string) {
	switch {
	case id == "":
		l.addf(path, "is missing: give it an ID")
	case len(id) > maxID:
		l.addf(path, "is longer than %d bytes", maxID)
	case !utf8.ValidString(id):
		l.addf(path, "%q is not UTF-8", id)
	default:
		for _, r := range id {
			if unicode.IsControl(r) {
				l.addf(path, "%s holds a control character: remove it", quote(id))
				return
			}
		}
	}
}

// refer checks a reference; "" is one only where it is required.
func (s *ids) refer(path, id string, required bool) bool {
	if id == "" {
		if required {
			s.l.addf(path, "is missing: name %s", s.what)
		}
		return false
	}
	if _, ok := s.seen[id]; !ok {
		s.l.addf(path, "refers to %s, which no %s has as its ID%s", quote(id), s.bare(), s.near(id))
		return false
	}
	return true
}

// bare is what without its article.
func (s *ids) bare() string {
	for _, article := range []string{"a ", "an "} {
		if rest, ok := cutPrefix(s.what, article); ok {
			return rest
		}
	}
	return s.what
}

func cutPrefix(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && s[:len(prefix)] == prefix {
		return s[len(prefix):], true
	}
	return s, false
}

// near names an ID that may be meant: the one that differs in case alone, or by one
// letter. It is not tried among very many.
func (s *ids) near(id string) string {
	if len(s.seen) > 1000 || len(id) > 40 {
		return ""
	}
	best := ""
	for have := range s.seen {
		if len(have) <= 40 && document.Distance(have, id) <= 1 && (best == "" || have < best) {
			best = have
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", quote(best))
}
