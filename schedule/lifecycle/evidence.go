package lifecycle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/schedule"
)

// A Pack is the evidence of one change, for an auditor: what was asked, analysed,
// decided, done and reviewed, by whom and when, under the headings of the controls that
// ask for it.
type Pack struct {
	Version  int       `json:"version"`
	Change   string    `json:"change"`
	Name     string    `json:"name,omitempty"`
	Type     string    `json:"type"`
	State    State     `json:"state"`
	At       time.Time `json:"at"`            // when the pack was made
	Log      Head      `json:"log,omitzero"`  // head of the decision log that Records are of
	Sections []Section `json:"sections"`      // in the order of the controls
	Gaps     []string  `json:"gaps,omitzero"` // what a control asks for and the change lacks
}

// A Section holds the facts for one control.
type Section struct {
	Control string   `json:"control"` // such as "NIST SP 800-53 Rev. 5 CM-3 b"
	Title   string   `json:"title"`
	Facts   []string `json:"facts"`
}

// Evidence returns the pack of a change as it stands at an instant: conflicts are those
// that [schedule.Check] found for it, records those of the decision log about it, head
// the end of the log that they were read from. Headings are those of NIST SP 800-53
// Revision 5 (CM-3, CM-4, AC-5) and of ISO/IEC 20000-1:2018, 8.5.
func (g *Governance) Evidence(c *Change, conflicts []schedule.Conflict, records []Record, head Head, at time.Time) *Pack {
	p := &Pack{Version: Version, Change: c.ID, Name: c.Terms.Name, Type: c.Type, State: c.State, At: at, Log: head}
	const nist, iso = "NIST SP 800-53 Rev. 5 ", "ISO/IEC 20000-1:2018 "
	when := func(t time.Time) string { return t.In(g.zone).Format("2006-01-02 15:04 MST") }
	add := func(control, title string, facts []string) {
		if len(facts) == 0 {
			p.Gaps = append(p.Gaps, control+": "+title+": nothing is recorded")
			facts = []string{}
		}
		p.Sections = append(p.Sections, Section{control, title, facts})
	}
	fact := func(list *[]string, label, value string) {
		if value != "" {
			*list = append(*list, label+": "+value)
		}
	}

	var f []string
	fact(&f, "Type", c.Type)
	fact(&f, "Requested by", c.Requester)
	fact(&f, "Touches", strings.Join(slices.Concat(c.Terms.Services, c.Terms.CIs, c.Terms.Classes), ", "))
	fact(&f, "Template", c.Terms.Template)
	fact(&f, "Justification", c.Terms.Justification)
	add(nist+"CM-3 a", "The change is of a type that is under control", f)

	f = nil
	if !c.Assessed.IsZero() {
		fact(&f, "Assessed", fmt.Sprintf("%s by %s, %d points", when(c.Assessed), c.actor(Assess), c.Terms.Risk))
	} else if preapproving(c.Type) {
		fact(&f, "Risk", fmt.Sprintf("%d points, covered by template %s", c.Terms.Risk, c.Terms.Template))
	}
	fact(&f, "Back-out", c.Terms.BackOut)
	if !c.Planned.Empty() {
		for _, x := range conflicts {
			fact(&f, "Conflict", x.String())
		}
		if len(conflicts) == 0 {
			f = append(f, "No conflicts with the forward schedule of change")
		}
	}
	add(nist+"CM-4", "Impact analysis before the change", f)

	f = nil
	s := g.Standing(c, at)
	for i := range s.Panels {
		x := &s.Panels[i]
		fact(&f, x.Panel.Name, fmt.Sprintf("%s, %d of %d approvals", x.Ruling, len(x.For), x.Panel.Need))
	}
	for i := range c.Decisions {
		d := &c.Decisions[i]
		line := fmt.Sprintf("%s %s by %s on %s", when(d.At), d.Verdict, d.By, d.Panel)
		if d.Of() != d.By {
			line += " for " + d.For
		}
		if !d.Voided.IsZero() {
			line += ", void since " + when(d.Voided)
		}
		if d.Reason != "" {
			line += ": " + d.Reason
		}
		f = append(f, line)
	}
	if preapproving(c.Type) && len(f) == 0 {
		f = append(f, "Approved ahead by template "+c.Terms.Template)
	}
	add(nist+"CM-3 b", "Review, and approval or disapproval with regard to impact", f)
	if !s.Approved && c.actor(Implement) != "" && !g.wasApproved(c) {
		p.Gaps = append(p.Gaps, nist+"CM-3 b: it was implemented without approvals that were in force")
	}

	f = nil
	for _, t := range c.Transitions {
		line := fmt.Sprintf("%s %s by %s: %s", when(t.At), t.Verb, t.Actor, t.To)
		if t.Reason != "" {
			line += " (" + t.Reason + ")"
		}
		f = append(f, line)
	}
	add(nist+"CM-3 c", "Decisions are documented", f)

	f = nil
	for _, t := range c.Transitions {
		switch t.Verb {
		case Implement, Complete, BackOut, Ratify:
			f = append(f, fmt.Sprintf("%s %s by %s", when(t.At), t.Verb, t.Actor))
		}
	}
	if !c.Planned.Empty() {
		f = append(f, "Planned: "+when(c.Planned.Start)+" to "+when(c.Planned.End))
	}
	add(nist+"CM-3 d", "Approved changes are implemented", f)

	f = nil
	for _, r := range records {
		if r.Of == c.ID {
			f = append(f, fmt.Sprintf("record %d, %s, %s by %s", r.Index, when(r.At), r.Kind, r.Actor))
		}
	}
	if head.Records > 0 {
		f = append(f, fmt.Sprintf("log of %d records ends in %s", head.Records, head.Hash))
	}
	add(nist+"CM-3 e", "Records are retained", f)

	f = nil
	for i := range c.Duties {
		d := &c.Duties[i]
		line := fmt.Sprintf("%s, by %s, due %s", d.Name, d.Owner, when(d.Due))
		switch {
		case d.Late():
			line += fmt.Sprintf(", done late on %s by %s", when(d.Done), d.By)
		case !d.Done.IsZero():
			line += fmt.Sprintf(", done %s by %s", when(d.Done), d.By)
		case d.Overdue(at):
			line += ", OVERDUE"
			p.Gaps = append(p.Gaps, nist+"CM-3 f: "+d.Name+" is overdue")
		default:
			line += ", open"
		}
		f = append(f, line)
	}
	if len(c.Duties) == 0 {
		f = []string{"No later duties"}
	}
	add(nist+"CM-3 f", "Monitoring and review", f)

	f = nil
	for i := range s.Panels {
		x := &s.Panels[i].Panel
		f = append(f, fmt.Sprintf("%s: %d of %s", x.Name, x.Need, strings.Join(x.Of, ", ")))
	}
	if preapproving(c.Type) && len(f) == 0 {
		f = append(f, "Template "+c.Terms.Template)
	}
	add(nist+"CM-3 g", "Who coordinates and oversees", f)

	f = nil
	fact(&f, "Requested by", c.Requester)
	fact(&f, "Carried out by", or(c.actor(Implement), c.Terms.Implementer))
	fact(&f, "Reviewed by", c.Terms.Reviewer)
	var who []string
	for i := range s.Panels {
		who = append(who, s.Panels[i].By...)
	}
	slices.Sort(who)
	fact(&f, "Approved by", strings.Join(slices.Compact(who), ", "))
	did := c.actor(Implement)
	if did != "" && slices.Contains(who, did) {
		p.Gaps = append(p.Gaps, nist+"AC-5: "+did+" approved the change and carried it out")
	}
	add(nist+"AC-5", "Separation of duties", f)

	f = nil
	for _, t := range c.Transitions {
		if t.Verb == Open || t.Verb == Submit || t.Verb == Authorise || t.Verb == Reject || t.Verb == Ratify {
			f = append(f, fmt.Sprintf("%s %s by %s", when(t.At), t.Verb, t.Actor))
		}
	}
	add(iso+"8.5.1.2", "Change management initiation", f)
	f = nil
	fact(&f, "Announced", zero(c.Announced, when))
	fact(&f, "State", string(c.State))
	for _, t := range c.Transitions {
		if t.Verb == Schedule || t.Verb == Close || t.Verb == Complete || t.Verb == BackOut {
			f = append(f, fmt.Sprintf("%s %s by %s", when(t.At), t.Verb, t.Actor))
		}
	}
	add(iso+"8.5.1.3", "Change management activities", f)
	return p
}

func zero(t time.Time, f func(time.Time) string) string {
	if t.IsZero() {
		return ""
	}
	return f(t)
}

// wasApproved says whether the change was approved when it was implemented.
func (g *Governance) wasApproved(c *Change) bool {
	for _, t := range slices.Backward(c.Transitions) {
		if t.Verb == Implement {
			return g.Standing(c, t.At).Approved
		}
	}
	return false
}

// WriteJSON writes the pack as indented JSON.
func (p *Pack) WriteJSON(w io.Writer) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(p); err != nil {
		return fmt.Errorf("lifecycle: %w", err)
	}
	_, err := w.Write(b.Bytes())
	return err
}

// WriteMarkdown writes the pack as a page of Markdown. Facts are escaped: text of a
// change cannot pose as a heading, a link or markup.
func (p *Pack) WriteMarkdown(w io.Writer) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Evidence for %s\n\n", escape(strings.TrimSpace(p.Change+" "+p.Name)))
	fmt.Fprintf(&b, "%s change, %s, as of %s.\n", escape(p.Type), p.State, p.At.UTC().Format(time.RFC3339))
	if p.Log.Records > 0 {
		fmt.Fprintf(&b, "The decision log has %d records and ends in `%s`.\n", p.Log.Records, escape(p.Log.Hash))
	}
	if len(p.Gaps) > 0 {
		b.WriteString("\n## Gaps\n\n")
		for _, f := range p.Gaps {
			fmt.Fprintf(&b, "- %s\n", escape(f))
		}
	}
	for i := range p.Sections {
		s := &p.Sections[i]
		fmt.Fprintf(&b, "\n## %s: %s\n\n", s.Control, s.Title)
		for _, f := range s.Facts {
			fmt.Fprintf(&b, "- %s\n", escape(f))
		}
		if len(s.Facts) == 0 {
			b.WriteString("Nothing is recorded.\n")
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// escape makes text one line of plain Markdown.
func escape(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case strings.ContainsRune("\\`*_[]<>#|&!", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f || r == 0x2028 || r == 0x2029:
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
