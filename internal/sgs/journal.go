package sgs

import "github.com/slackwater-go/slackwater/internal/rcpsp"

// A journal remembers where tasks were, so that an attempt can be undone at a cost in
// proportion to what it moved.
type journal struct {
	epoch int32
	stamp []int32 // by task: the epoch in which it was saved last
	saved []saved
}

type saved struct {
	task  rcpsp.TaskID
	mode  int32
	start rcpsp.Time
}

// Mark begins an attempt: Rollback returns to what stands now. All tasks must be
// placed or absent.
func (b *Builder) Mark() {
	j := &b.journal
	if j.stamp == nil {
		j.stamp = make([]int32, len(b.Mode))
	}
	j.epoch++
	j.saved = j.saved[:0]
}

// save notes where task t is, once an attempt.
func (s *State) save(t rcpsp.TaskID) {
	j := &s.journal
	if j.stamp != nil && j.stamp[t] != j.epoch {
		j.stamp[t] = j.epoch
		j.saved = append(j.saved, saved{t, s.Mode[t], s.Start[t]})
	}
}

// Moved returns how many tasks the attempt has moved so far.
func (b *Builder) Moved() int { return len(b.journal.saved) }

// Rollback undoes the attempt.
func (b *Builder) Rollback() {
	b.key = nil
	for _, x := range b.journal.saved {
		if b.Mode[x.task] != Open {
			b.take(x.task)
		}
	}
	for _, x := range b.journal.saved {
		if x.mode == Absent {
			b.Leave(x.task)
		} else {
			b.Place(x.task, x.mode, x.start)
		}
		b.follow(x.task)
	}
	b.Mark()
}

// Load replaces the schedule by s, which must be a solution. It moves only what is
// elsewhere. Where stop, which is asked now and then, says so it ends early, with a part of
// s.
func (b *Builder) Load(s *rcpsp.Solution, stop func() bool) {
	b.key = nil
	clear(b.avoid)
	for t := range s.Mode {
		if b.Mode[t] != Open && (b.Mode[t] != s.Mode[t] || s.Mode[t] >= 0 && b.Start[t] != s.Start[t]) {
			b.take(rcpsp.TaskID(t))
		}
	}
	moved := 0
	for t := range s.Mode {
		if b.Mode[t] != Open {
			continue
		}
		if moved++; moved%askEvery == 0 && stop() {
			return
		}
		if s.Mode[t] < 0 {
			b.Leave(rcpsp.TaskID(t))
		} else {
			b.Place(rcpsp.TaskID(t), s.Mode[t], s.Start[t])
		}
		b.follow(rcpsp.TaskID(t))
	}
}

// Free opens tasks.
func (b *Builder) Free(list []rcpsp.TaskID) {
	for _, t := range list {
		if b.Mode[t] != Open {
			b.take(t)
		}
	}
}

// Rebuild places the open tasks of list, as Build does.
func (b *Builder) Rebuild(list []rcpsp.TaskID, key []int64) bool {
	b.key, b.scheme, b.ejected = key, Serial, 0
	b.heap = ready{items: b.heap.items[:0]}
	for _, t := range list {
		if b.Mode[t] == Open && b.open[t] == 0 {
			b.ready(t)
		}
	}
	return b.run()
}
