package schedule

import "github.com/slackwater-go/slackwater/internal/judge"

// conflict turns a finding of the judge into a conflict.
func (t *translation) conflict(f *judge.Finding) Conflict {
	t.index()
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

// index makes what findings are put into words with: the activities by ID, and where each
// requirement stands.
func (t *translation) index() {
	if t.named != nil {
		return
	}
	p := t.p
	t.activities = make(map[string]*Activity, len(p.Activities))
	t.named = map[requirement]named{}
	add := func(of judge.RequirementKind, id, path string) {
		use := id
		if use == "" {
			use = path
		}
		t.named[requirement{of, use}] = named{id, path}
	}
	for i := range p.Activities {
		t.activities[p.Activities[i].ID] = &p.Activities[i]
		add(judge.OfActivity, p.Activities[i].ID, t.at.activity(i))
	}
	for i := range p.Calendars {
		add(judge.OfCalendar, p.Calendars[i].ID, pathOf("calendars", i))
	}
	for i := range p.Precedences {
		add(judge.OfPrecedence, p.Precedences[i].ID, t.at.precedence(i))
	}
	for i := range p.Links {
		add(judge.OfLink, p.Links[i].ID, t.at.link(i))
	}
	for i := range p.Resources {
		of := judge.OfResource
		if p.Resources[i].Kind == NonRenewable {
			of = judge.OfBudget
		}
		add(of, p.Resources[i].ID, pathOf("resources", i))
	}
	for i := range p.Budgets {
		add(judge.OfBudget, p.Budgets[i].ID, pathOf("budgets", i))
	}
	for i := range p.Exclusions {
		add(judge.OfExclusion, p.Exclusions[i].ID, pathOf("exclusions", i))
	}
	for i := range p.Groups {
		add(judge.OfGroup, p.Groups[i].ID, pathOf("groups", i))
	}
	for i := range p.Custom {
		add(judge.OfCustom, p.Custom[i].ID, pathOf("custom", i))
	}
	for i := range p.Bundles {
		add(judge.OfBundle, p.Bundles[i].ID, t.at.bundle(i))
	}
	for i := range p.DateRules {
		add(judge.OfDateRule, p.DateRules[i].ID, t.at.dateRule(i))
	}
}
