package engine

// exactMost is the number of tasks up to which the exact search takes part. Beyond it
// a model costs more to build and to propagate than the search can win back.
const exactMost = 3000

// alternate runs the exact search and the large-neighbourhood search by turns, until
// one proves the best or a limit is reached. A turn of the one is in proportion to a
// turn of the other and each is longer than the one before, so that neither loses more
// than a constant factor to the other, whatever the instance. The exact search keeps
// what it has learned from turn to turn, and starts each from the best solution.
func (r *run) alternate(h *heuristic) {
	n := len(r.in.Tasks)
	if n > exactMost || r.tight(int64(n)*modelBytes) {
		h.until = 0
		h.turn()
		return
	}
	r.res.Stats.Work += int64(100 * n)
	m, ok := newModel(r.in, r.unheard(), r.res.Best, r.ended)
	if m.s.Halted {
		r.res.Stats.Work -= int64(100 * n) // as if it had not begun
		return
	}
	e := &exactRun{run: r, m: m, base: r.res.Stats.Work - m.s.Work}
	m.s.Stop = e.halt
	if r.cert != nil {
		r.cert.attach(m)
	}
	if ok {
		r.inspect(m)
		ok = m.postLate()
	}
	if ok && r.opt.RejectPart != nil {
		ok = m.postParts(r.opt.RejectPart)
	}
	if ok && r.res.Best == nil && r.opt.Hint != nil {
		m.setHint(r.opt.Hint)
	}
	if !ok {
		e.exhausted()
		e.explain()
		return
	}
	if m.tooLarge {
		h.until = 0
		h.turn()
		return
	}
	// In eighths: a large instance is seldom proved, and gains most from its heuristics.
	slice, share := 400*firstWork(n), int64(1)
	if n > 300 {
		slice, share = 20*firstWork(n), 32
		h.until = r.res.Stats.Work + 3*slice
		h.turn()
	}
	for ; ; slice += slice / 2 {
		from := m.s.Work
		e.base = r.res.Stats.Work - from
		m.solver.Poll = func() bool { return e.poll() || m.s.Work >= from+slice }
		e.tiers()
		r.res.Stats.Work = e.base + m.s.Work
		if r.settled() || r.over() || r.res.Status == Infeasible || r.close() || e.full() {
			r.full = e.full()
			break
		}
		best := r.res.Best
		h.until = r.res.Stats.Work + slice*share/8
		h.turn()
		if r.settled() || r.over() || r.close() {
			break
		}
		if r.res.Best != best {
			m.setPhases(r.res.Best)
		}
	}
	total := r.res.Stats.Work
	e.count()
	r.res.Stats.Work = total
	e.explain()
}

// full says whether the exact search has used up its memory.
func (e *exactRun) full() bool {
	return e.tight(e.m.db.Memory() + int64(len(e.in.Tasks))*modelBytes/2)
}

// turn lets the heuristics work until h.until.
func (h *heuristic) turn() {
	if h.res.Best == nil {
		h.search()
	}
	if h.res.Best != nil {
		h.improve()
	}
}

// close says whether the gap that the caller asked for is reached: the relative
// distance of value and bound in the first tier in which they differ.
func (r *run) close() bool {
	if r.opt.Gap <= 0 || r.res.Best == nil {
		return false
	}
	for k, v := range r.res.Value {
		if b := r.res.Bound[k]; b != v {
			return float64(v)-float64(b) <= r.opt.Gap*max(1, absFloat(v))
		}
	}
	return true
}

func absFloat(v int64) float64 { return float64(max(v, -v)) }
