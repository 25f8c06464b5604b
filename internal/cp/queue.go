package cp

// A Propagator tightens bounds for one constraint.
type Propagator interface {
	// Propagate tightens bounds through Push. It returns false on conflict. It need
	// not reach its own fixpoint: it is called again as long as a variable that it
	// watches moves. moved holds the data of the watches that woke it, with
	// repetitions; after a conflict or at the first call it is incomplete and all is
	// true.
	Propagate(s *Store, moved []int32, all bool) bool
}

// Priorities of propagators: the cheapest that wait run first.
const (
	Quick = iota // constant or linear, with little work
	Normal
	Slow
	Slowest
	priorities
)

// A PropID names a posted propagator.
type PropID int32

type watcher struct {
	prop PropID
	data int32
}

type posted struct {
	p      Propagator
	moved  []int32
	prio   uint8
	queued bool
	all    bool // everything may have moved since the last call
}

// queue holds propagators that wait, and who wakes whom.
type queue struct {
	props []posted
	watch [][]watcher
	wait  [priorities][]PropID
	next  [priorities]int
}

// Post adds a propagator and has it run once.
func (s *Store) Post(p Propagator, priority int) PropID {
	id := PropID(len(s.queue.props))
	s.queue.props = append(s.queue.props, posted{p: p, prio: uint8(priority), all: true})
	s.Wake(id)
	return id
}

// Watch wakes p whenever v moves, with data.
func (s *Store) Watch(v Var, p PropID, data int32) {
	s.queue.watch[v] = append(s.queue.watch[v], watcher{p, data})
}

// Wake enqueues p.
func (s *Store) Wake(id PropID) {
	q := &s.queue
	p := &q.props[id]
	if !p.queued {
		p.queued = true
		q.wait[p.prio] = append(q.wait[p.prio], id)
	}
}

// Touch has p look at everything again.
func (s *Store) Touch(id PropID) {
	s.queue.props[id].all = true
	s.Wake(id)
}

// Posted returns how many propagators there are.
func (s *Store) Posted() int { return len(s.queue.props) }

// Flush empties the queue, after a conflict. It is right to forget who waited: the
// level that search returns to was at its fixpoint before it was left.
func (s *Store) Flush() {
	q := &s.queue
	for k := range q.wait {
		w := q.wait[k][:0]
		for _, id := range q.wait[k][q.next[k]:] {
			p := &q.props[id]
			p.moved = p.moved[:0]
			if p.queued = p.all; p.all {
				w = append(w, id)
			}
		}
		q.wait[k] = w
		q.next[k] = 0
	}
}

// Propagate runs everything that waits, to the fixpoint. It returns false on conflict,
// with the queue empty.
func (s *Store) Propagate() bool {
	for {
		for s.qLag < len(s.Trail) || s.qNogood < len(s.Trail) {
			if s.steps++; s.steps&(askSteps-1) == 0 && s.Halt() {
				return true
			}
			if s.qLag < len(s.Trail) {
				if !s.follow() {
					s.Flush()
					return false
				}
				continue
			}
			e := s.Trail[s.qNogood]
			s.qNogood++
			if s.nogoods != nil && !s.nogoods.Moved(e.Var, s.Trail[e.Prev].Bound, e.Bound) {
				s.Flush()
				return false
			}
		}
		if s.Work-s.asked > askWork && s.Halt() {
			return true
		}
		id := s.queue.pop()
		if id < 0 {
			return true
		}
		p := &s.queue.props[id]
		p.queued = false
		moved, all := p.moved, p.all
		p.all = false
		s.Work += 8
		ok := p.p.Propagate(s, moved, all)
		p = &s.queue.props[id]
		if !ok {
			p.moved = p.moved[:0]
			if all { // it has not seen everything yet, and no fixpoint to return to
				s.Touch(id)
			}
			s.Flush()
			return false
		}
		p.moved = p.moved[:copy(p.moved, p.moved[len(moved):])]
	}
}

// Stop is asked after so many entries of the trail, a power of two, or so much work.
const (
	askSteps = 1 << 10
	askWork  = 100_000
)

// Halt asks Stop whether to stop.
func (s *Store) Halt() bool {
	s.asked = s.Work
	s.Halted = s.Halted || s.Stop != nil && s.Stop()
	return s.Halted
}

// follow shows the next entry to the lags and to the watchers.
func (s *Store) follow() bool {
	i := s.qLag
	s.qLag++
	e := &s.Trail[i]
	v := e.Var
	s.Work++
	if int(s.Head[v]) != i {
		return true // a later entry of v does the work
	}
	for _, w := range s.queue.watch[v] {
		p := &s.queue.props[w.prop]
		p.moved = append(p.moved, w.data)
		if !p.queued {
			p.queued = true
			s.queue.wait[p.prio] = append(s.queue.wait[p.prio], w.prop)
		}
	}
	if s.lags == nil {
		return true
	}
	old := int64(-Far)
	if e.Prev >= 0 {
		old = s.Trail[e.Prev].Bound
	}
	return s.lags.Moved(v, old, e.Bound)
}

// pop returns the propagator to run next, or -1.
func (q *queue) pop() PropID {
	for k := range q.wait {
		if q.next[k] < len(q.wait[k]) {
			id := q.wait[k][q.next[k]]
			q.next[k]++
			if q.next[k] == len(q.wait[k]) {
				q.wait[k] = q.wait[k][:0]
				q.next[k] = 0
			}
			return id
		}
	}
	return -1
}
