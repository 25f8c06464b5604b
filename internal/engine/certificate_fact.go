package engine

import (
	"github.com/slackwater-go/slackwater/internal/check"
	"github.com/slackwater-go/slackwater/internal/cp"
)

// A phrasing says facts of a model in the words of package proof. Where the model has a
// value for "absent" right after the last start or end of a task, the log has one after
// the horizon, so that it does not depend on what the model knows of the last.
type phrasing struct {
	away int64
	from map[cp.Var]int64 // by variable: the value that stands for absent; looked up only
}

func (m *model) phrasing() phrasing {
	p := phrasing{int64(m.in.Horizon) + 1, map[cp.Var]int64{}}
	for t := range m.tasks {
		tv := &m.tasks[t]
		if tv.last == cp.Far {
			continue
		}
		p.from[tv.start] = tv.last + 1
		if tv.end != tv.start {
			last := int64(-cp.Far)
			for i := range tv.modes {
				last = max(last, tv.modes[i].end(tv.modes[i].last()))
			}
			p.from[tv.end] = last + 1
		}
	}
	return p
}

// fact says a fact.
func (p *phrasing) fact(a cp.Atom) check.Fact {
	from, ok := p.from[a.Var&^1]
	f := check.Fact{Var: int64(a.Var >> 1), Bound: a.Bound}
	if a.Var&1 == 1 {
		f.AtMost, f.Bound = true, -a.Bound
		if ok && f.Bound >= from-1 {
			f.Bound = p.away - 1
		}
	} else if ok && f.Bound >= from {
		f.Bound = p.away
	}
	return f
}
