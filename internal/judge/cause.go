package judge

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/slackwater-go/slackwater/calendar"
)

// A causeKey says which raw findings are one cause and so become one Finding: all
// work inside one occurrence of a freeze, all overlaps of the same activities over
// the same span at whichever of their CIs.
type causeKey struct {
	kind Kind
	of   RequirementKind
	unit int32  // index of the requirement; -1 where several may be behind one cause
	part int32  // which part of the requirement
	sub  string // a window's id, the members, ...
	span span
}

// A raw finding is what one requirement finds out about one activity or stretch.
type raw struct {
	key      causeKey
	span     span // the zero span: no time to it
	severity Severity
	members  []Member
	amount   Amount
	evidence Evidence
	name     string // of the requirement, for sentences
	names    []string
	// spread says that the cause has an identity whatever its members are.
	spread bool
}

// A cause gathers the raw findings of one key.
type cause struct {
	raws    []*raw
	sorted  bool
	finding *Finding
	dirty   bool
}

func compareRaws(a, b *raw) int {
	return cmp.Or(strings.Compare(a.evidence.ID, b.evidence.ID), strings.Compare(a.evidence.At, b.evidence.At),
		strings.Compare(firstActivity(a.members), firstActivity(b.members)),
		cmp.Compare(a.span.lo, b.span.lo), cmp.Compare(a.span.hi, b.span.hi),
		strings.Compare(a.evidence.Text, b.evidence.Text), strings.Compare(a.name, b.name))
}

func firstActivity(m []Member) string {
	if len(m) == 0 {
		return ""
	}
	return m[0].Activity
}

// sort puts raws in an order that does not depend on the edits that led to them.
func (c *cause) sort() {
	if !c.sorted {
		slices.SortFunc(c.raws, compareRaws)
		c.sorted = true
	}
}

func (s *state) add(r *raw) {
	c := s.causes[r.key]
	if c == nil {
		c = &cause{}
		s.causes[r.key] = c
	}
	c.raws = append(c.raws, r)
	c.sorted = false
	s.touch(r.key, c)
}

func (s *state) drop(r *raw) {
	c := s.causes[r.key]
	c.sort()
	k, _ := slices.BinarySearchFunc(c.raws, r, compareRaws)
	for c.raws[k] != r {
		k++
	}
	c.raws = slices.Delete(c.raws, k, k+1)
	s.touch(r.key, c)
}

func (s *state) touch(k causeKey, c *cause) {
	if !c.dirty {
		c.dirty = true
		s.dirty = append(s.dirty, k)
	}
}

// replace swaps what a unit found before for what it finds now.
func (s *state) replace(old *[]*raw, now []*raw) {
	for _, r := range *old {
		s.drop(r)
	}
	for _, r := range now {
		s.add(r)
	}
	*old = now
}

// settle turns the causes that have changed into findings and returns what went and
// what came, each in the order of findings.
func (s *state) settle() Delta {
	var d Delta
	for _, k := range s.dirty {
		c := s.causes[k]
		c.dirty = false
		before := c.finding
		c.finding = nil
		if len(c.raws) == 0 {
			delete(s.causes, k)
		} else {
			c.sort()
			c.finding = s.finding(k.kind, c.raws)
		}
		if before != nil && c.finding != nil && before.ID == c.finding.ID && before.Facts == c.finding.Facts && before.Reason == c.finding.Reason {
			c.finding = before
			continue
		}
		if before != nil {
			d.Gone = append(d.Gone, before)
		}
		if c.finding != nil {
			d.Come = append(d.Come, c.finding)
		}
	}
	s.dirty = s.dirty[:0]
	slices.SortFunc(d.Gone, compareFindings)
	slices.SortFunc(d.Come, compareFindings)
	return d
}

func compareFindings(a, b *Finding) int {
	return cmp.Or(a.Span.Start.Compare(b.Span.Start), strings.Compare(string(a.Kind), string(b.Kind)),
		slices.CompareFunc(a.Members, b.Members, func(x, y Member) int { return strings.Compare(x.Activity, y.Activity) }),
		a.Span.End.Compare(b.Span.End), compareEvidence(a.Evidence, b.Evidence),
		strings.Compare(a.ID, b.ID), strings.Compare(a.Facts, b.Facts))
}

func compareEvidence(a, b []Evidence) int {
	return slices.CompareFunc(a, b, func(x, y Evidence) int {
		return cmp.Or(strings.Compare(string(x.Of), string(y.Of)), strings.Compare(x.ID, y.ID),
			strings.Compare(x.Rule, y.Rule), strings.Compare(x.Window, y.Window), strings.Compare(x.At, y.At),
			x.Occurrence.Start.Compare(y.Occurrence.Start))
	})
}

// finding merges the raw findings of one cause.
func (s *state) finding(kind Kind, raws []*raw) *Finding {
	first := raws[0]
	f := &Finding{Kind: kind, Severity: first.severity, Amount: first.amount}
	at := first.span
	for i, r := range raws {
		if heavier(r.severity, f.Severity) {
			f.Severity = r.severity
		}
		if i > 0 {
			f.Amount = worse(f.Amount, r.amount)
			at = span{min(at.lo, r.span.lo), max(at.hi, r.span.hi)}
		}
		f.Members = append(f.Members, r.members...)
		if n := len(f.Evidence); n == 0 || !sameEvidence(f.Evidence[n-1], r.evidence) {
			f.Evidence = append(f.Evidence, r.evidence)
		}
	}
	if f.Severity == "" {
		f.Severity = Blocking
	}
	if at != (span{}) {
		f.Span = at.interval()
	}
	f.Members = mergeMembers(f.Members)
	f.Reason = s.sentence(f, raws)
	f.ID, f.Facts = s.digest(f, first.spread)
	s.accept(f)
	return f
}

func heavier(a, b Severity) bool { return weight(a) > weight(b) }

func weight(v Severity) int {
	switch v {
	case Note:
		return 0
	case Warning:
		return 1
	}
	return 2
}

func worse(a, b Amount) Amount {
	if cmp.Or(cmp.Compare(sub(b.Need, b.Have), sub(a.Need, a.Have)), cmp.Compare(b.Duration, a.Duration)) > 0 {
		return b
	}
	return a
}

func sameEvidence(a, b Evidence) bool {
	return a.Of == b.Of && a.ID == b.ID && a.Rule == b.Rule && a.Window == b.Window && a.Occurrence == b.Occurrence &&
		a.At == b.At && a.Text == b.Text && a.Limit == b.Limit && a.Actual == b.Actual && a.LimitAt.Equal(b.LimitAt) &&
		slices.Equal(a.Levels, b.Levels) && slices.Equal(a.Down, b.Down) && slices.Equal(a.Approvers, b.Approvers)
}

// mergeMembers sorts by activity and leaves each activity once: with the hull of its
// spans, its largest breach, and the shortest of its paths.
func mergeMembers(ms []Member) []Member {
	slices.SortStableFunc(ms, func(a, b Member) int {
		return cmp.Or(strings.Compare(a.Activity, b.Activity), cmp.Compare(len(a.Path), len(b.Path)), slices.Compare(a.Path, b.Path), slices.Compare(a.Links, b.Links))
	})
	n := 0
	for i, m := range ms {
		if i == 0 || ms[n-1].Activity != m.Activity {
			ms[n] = m
			n++
			continue
		}
		into := &ms[n-1]
		into.By = max(into.By, m.By)
		if into.Path == nil {
			into.Path, into.Links = m.Path, m.Links
		}
		if m.Span.Start.Before(into.Span.Start) {
			into.Span.Start = m.Span.Start
		}
		if m.Span.End.After(into.Span.End) {
			into.Span.End = m.Span.End
		}
	}
	return slices.Clip(ms[:n])
}

// digest returns Finding.ID and Finding.Facts.
func (s *state) digest(f *Finding, spread bool) (id, facts string) {
	var w digester
	w.text(string(f.Kind))
	if !spread {
		for i := range f.Members {
			w.text(f.Members[i].Activity)
		}
	}
	w.text("")
	for i := range f.Evidence {
		e := &f.Evidence[i]
		w.text(string(e.Of), e.ID, e.Rule, e.Window, e.At)
		if e.Window != "" {
			w.interval(e.Occurrence)
		}
		if spread {
			break // a shared window stays the same cause, whichever calendars lead there
		}
	}
	id = w.sum()

	w.text(string(f.Severity), f.Amount.Unit)
	w.number(int64(f.Amount.Duration), f.Amount.Need, f.Amount.Have)
	w.interval(f.Span)
	for i := range f.Members {
		m := &f.Members[i]
		w.text(m.Activity)
		w.interval(m.Span)
		w.number(int64(m.By), int64(len(m.Path)), int64(len(m.Links)))
		w.text(m.Path...)
		w.text(m.Links...)
	}
	for i := range f.Evidence {
		e := &f.Evidence[i]
		w.text(string(e.Of), e.ID, e.Rule, e.Window, e.Text, e.At)
		w.interval(e.Occurrence)
		w.number(int64(e.Limit), int64(e.Actual), toInstant(e.LimitAt), int64(len(e.Levels)), int64(len(e.Down)), int64(len(e.Approvers)))
		for _, l := range e.Levels {
			w.interval(l.Interval)
			w.number(l.Need, l.Have)
		}
		w.text(e.Down...)
		w.text(e.Approvers...)
	}
	return id, w.sum()
}

// A digester writes values so that no two sequences of them look alike.
type digester struct{ buf []byte }

func (w *digester) text(texts ...string) {
	for _, t := range texts {
		w.number(int64(len(t)))
		w.buf = append(w.buf, t...)
	}
}

func (w *digester) number(ns ...int64) {
	for _, n := range ns {
		w.buf = append(w.buf, byte(n), byte(n>>8), byte(n>>16), byte(n>>24), byte(n>>32), byte(n>>40), byte(n>>48), byte(n>>56))
	}
}

func (w *digester) interval(iv calendar.Interval) { w.number(toInstant(iv.Start), toInstant(iv.End)) }

func (w *digester) sum() string {
	full := sha256.Sum256(w.buf)
	w.buf = w.buf[:0]
	return hex.EncodeToString(full[:8])
}

// accept finds the acceptance in force for f.
func (s *state) accept(f *Finding) {
	for _, i := range s.accepted[f.ID] {
		a := &s.c.Accepted[i]
		if why := s.powerless(a); why != "" {
			if f.Returned == "" && a.Facts == f.Facts {
				f.Returned = why
			}
			continue
		}
		if a.Facts == f.Facts {
			f.Accepted, f.Returned = a, ""
			return
		}
		if f.Returned == "" {
			f.Returned = "what " + a.Owner + " accepted has changed since"
		}
	}
}

// powerless says why an acceptance cannot have effect whatever the plan is, or "".
func (s *state) powerless(a *Acceptance) string {
	switch {
	case a.Owner == "":
		return "the acceptance has no owner"
	case a.Reason == "":
		return "the acceptance by " + a.Owner + " gives no reason"
	case a.Expires.IsZero():
		return "the acceptance by " + a.Owner + " has no date of expiry"
	case !s.c.Now.IsZero() && !s.c.Now.Before(a.Expires):
		return fmt.Sprintf("the acceptance by %s expired on %s", a.Owner, s.when(toInstant(a.Expires)))
	}
	return ""
}

// lapsed returns the acceptances that none of the findings rests on.
func (s *state) lapsed(findings []*Finding) []Lapse {
	if len(s.c.Accepted) == 0 {
		return nil
	}
	used := make(map[*Acceptance]bool)
	present := make(map[string]bool)
	for _, f := range findings {
		if f.Accepted != nil {
			used[f.Accepted] = true
		}
		present[f.ID] = true
	}
	var out []Lapse
	for i := range s.c.Accepted {
		a := &s.c.Accepted[i]
		if used[a] {
			continue
		}
		why := s.powerless(a)
		if why == "" && present[a.Finding] {
			why = "what " + a.Owner + " accepted has changed since"
		}
		if why == "" {
			why = "the plan has no such conflict any more"
		}
		out = append(out, Lapse{*a, why})
	}
	return out
}
