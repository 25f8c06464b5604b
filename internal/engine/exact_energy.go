package engine

import (
	"github.com/slackwater-go/slackwater/internal/propagate"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// loads returns what each task takes of resource r over its modes.
func (m *model) loads(r rcpsp.ResourceID) []propagate.Load {
	var out []propagate.Load
	for t := range m.tasks {
		tv := &m.tasks[t]
		l := propagate.Load{Start: tv.start, End: tv.end, EndOff: tv.endOff, If: tv.present, Last: tv.last}
		uses := false
		for i := range tv.modes {
			k := &tv.modes[i]
			w := propagate.LoadWay{On: k.on, Length: int64(k.mode.Duration), Demand: k.uses(r)}
			uses = uses || w.Length > 0 && w.Demand > 0
			l.Loose = l.Loose || !k.runsThrough() && !k.mode.Hold
			l.Ways = append(l.Ways, w)
		}
		if uses {
			out = append(out, l)
		}
	}
	return out
}

// post posts a rule whose inferences a log has to say, or leaves that to postLate.
func (m *model) post(rule func()) {
	if m.off["early"] {
		m.late = append(m.late, rule)
	} else {
		rule()
	}
}

// postLate posts the rules that were to wait until somebody listens. It returns false where
// nothing is left.
func (m *model) postLate() bool {
	if len(m.late) == 0 {
		return true
	}
	for _, rule := range m.late {
		rule()
	}
	m.late = nil
	return m.settle()
}

// postEnergy posts the energies of resource r. Where few tasks can share the resource,
// the rules for those that cannot find nearly as much, and sooner.
func (m *model) postEnergy(r rcpsp.ResourceID, caps []propagate.Level) {
	if m.off["energy"] {
		return
	}
	loads := m.loads(r)
	if len(loads) < 3 || len(loads) > energyMost {
		return
	}
	if e := propagate.NewEnergetic(source(rcpsp.KindResource, int(r)), loads, caps, m.far+1); e != nil {
		e.Asleep = true
		m.post(func() { e.Post(m.s) })
		m.energy = append(m.energy, e)
	}
}

// energyMost is the number of users up to which a resource's energies are looked at: the
// effort grows with the square.
const energyMost = 400

// wake has energies looked at in the search, not at the root only: always, or as often
// as it pays. Most instances are settled before it is worth its time: on j30 it saved a
// twentieth of the conflicts and cost a third of the time.
func (m *model) wake(always bool) {
	for _, e := range m.energy {
		e.Asleep, e.Always = false, always
	}
}
