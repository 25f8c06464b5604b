package schedule

// releases checks the release layer; what it lowers to is checked as activities are.
func (v *validator) releases() {
	p, l := v.p, v.l
	for i := range p.Trains {
		t := &p.Trains[i]
		path := v.item("trains", i)
		v.trainIDs.add(path+".id", t.ID)
		v.window(path, t.Window, t.Calendar)
	}
	types := newIDs(l, "a policy")
	for i := range p.Policies {
		q := &p.Policies[i]
		path := v.item("policies", i)
		types.add(path+".type", q.Type)
		l.duration(path+".leadTime", q.LeadTime)
		l.duration(path+".notice", q.Notice)
		v.calendarIDs.refer(path+".calendar", q.Calendar, false)
	}
	for i := range p.Releases {
		v.releaseIDs.add(v.item("releases", i)+".id", p.Releases[i].ID)
	}
	stages := map[string]*ids{}
	for i := range p.Releases {
		stages[p.Releases[i].ID] = v.release(i)
	}
	for i := range p.Releases {
		r := &p.Releases[i]
		for k, link := range r.After {
			path := v.item(v.item("releases", i)+".after", k)
			if !v.releaseIDs.refer(path+".release", link.Release, true) {
				continue
			}
			if link.Release == r.ID {
				l.addf(path+".release", "is the release itself")
			}
			stages[link.Release].refer(path+".ofStage", link.OfStage, false)
			stages[r.ID].refer(path+".stage", link.Stage, false)
			v.lags(path, link.MinLag, link.MaxLag)
		}
	}
}

func (v *validator) lags(path string, least Duration, most *Duration) {
	v.l.lag(path+".minLag", least)
	if most != nil {
		v.l.lag(path+".maxLag", *most)
		if *most < least {
			v.l.addf(path+".maxLag", "is %v, less than the minimal lag %v", *most, least)
		}
	}
}

func (v *validator) release(i int) *ids {
	r, l := &v.p.Releases[i], v.l
	path := v.item("releases", i)
	v.calendarIDs.refer(path+".calendar", r.Calendar, false)
	v.trainIDs.refer(path+".train", r.Train, false)
	l.number(path+".weight", r.Weight, 0)
	l.number(path+".value", r.Value, 0)
	l.number(path+".risk", r.Risk, 0)
	l.instant(path+".notBefore", r.NotBefore, false)
	l.instant(path+".notAfter", r.NotAfter, false)
	l.instant(path+".due", r.Due, false)
	l.instant(path+".submitted", r.Submitted, false)
	l.instant(path+".announced", r.Announced, false)
	if len(r.Stages) == 0 {
		l.addf(path+".stages", "is empty: a release has at least one stage, such as {\"id\": \"deploy\", \"kind\": \"deploy\", \"duration\": \"PT1H\"}")
	}
	seen := newIDs(l, "a stage of "+quote(r.ID))
	for k := range r.Stages {
		seen.add(v.item(path+".stages", k)+".id", r.Stages[k].ID)
	}
	for k := range r.Stages {
		v.stage(v.item(path+".stages", k), &r.Stages[k], seen)
	}
	if stage := r.circle(); stage != "" {
		l.addf(path+".stages", "follow one another in a circle through %s", quote(stage))
	}
	return seen
}

func (v *validator) stage(path string, s *Stage, stages *ids) {
	l := v.l
	if !s.Kind.known() {
		l.addf(path+".kind", "%s is no kind of stage: use build, test, approval, gate, deploy, canary, pilot, wave, switch, flag, soak or review", quote(string(s.Kind)))
	}
	for k, id := range s.After {
		stages.refer(v.item(path+".after", k), id, true)
	}
	v.lags(path, s.MinLag, s.MaxLag)
	v.work(path, s.Duration, s.Demands, s.Modes)
	v.parts(path, s.Parts)
	if len(s.Parts) > 0 && (s.Duration != 0 || len(s.Modes) > 0) {
		l.addf(path+".parts", "stand beside duration or modes: a stage has one of them")
	}
	v.calendarIDs.refer(path+".calendar", s.Calendar, false)
	v.pause(path, s.Pause)
	if s.Effect != nil {
		v.effect(path, *s.Effect)
	}
	if s.Risk != nil {
		l.number(path+".risk", *s.Risk, 0)
	}
	l.instant(path+".notBefore", s.NotBefore, false)
	l.instant(path+".notAfter", s.NotAfter, false)
	l.instant(path+".preferred", s.Preferred, false)
	l.instant(path+".pinned", s.Pinned, false)
}

// follows returns, for each stage of the release, the indices of the stages that it follows.
func (r *Release) follows() [][]int {
	index := make(map[string]int, len(r.Stages))
	for k := range r.Stages {
		index[r.Stages[k].ID] = k
	}
	out := make([][]int, len(r.Stages))
	for k := range r.Stages {
		if r.Stages[k].After == nil && k > 0 {
			out[k] = []int{k - 1}
		}
		for _, id := range r.Stages[k].After {
			if j, ok := index[id]; ok {
				out[k] = append(out[k], j)
			}
		}
	}
	return out
}

// circle returns a stage that follows itself, or "".
func (r *Release) circle() string {
	var edges []edge
	for k, before := range r.follows() {
		for _, j := range before {
			edges = append(edges, edge{j, k, 1})
		}
	}
	if c := circles(len(r.Stages), edges); len(c) > 0 {
		return r.Stages[c[0][0]].ID
	}
	return ""
}
