package schedule

import "github.com/slackwater-go/slackwater/internal/judge"

// conflict turns a finding of the judge into a conflict.
func (t *translation) conflict(f *judge.Finding) Conflict {
	out := Conflict{Kind: ConflictKind(f.Kind), Severity: Severity(f.Severity), Activities: f.Activities(), During: f.Span,
		Amount: Duration(f.Amount.Duration), Need: f.Amount.Need, Have: f.Amount.Have, Unit: f.Amount.Unit, Reason: f.Reason, ID: f.ID}
	for _, m := range f.Members {
		x := ConflictMember{Activity: m.Activity, Span: m.Span, By: Duration(m.By), Path: m.Path, Links: m.Links}
		if a := t.activities[m.Activity]; a != nil {
			x.From = a.From
		}
		out.Members = append(out.Members, x)
	}
	for i := range f.Evidence {
		e := &f.Evidence[i]
		n := t.named[requirement{e.Of, e.ID}]
		x := Evidence{Of: string(e.Of), ID: or(n.id, e.ID), Path: n.path, Rule: e.Rule, Window: e.Window, Occurrence: e.Occurrence,
			Text: e.Text, At: e.At, Limit: Duration(e.Limit), Actual: Duration(e.Actual), LimitAt: e.LimitAt, Approvers: e.Approvers, Down: e.Down}
		if n.path != "" {
			x.ID = n.id
		}
		for _, l := range e.Levels {
			x.Levels = append(x.Levels, Level{Span: l.Interval, Need: l.Need, Have: l.Have})
		}
		out.Evidence = append(out.Evidence, x)
	}
	return out
}
