package nogood

import "github.com/slackwater-go/slackwater/internal/cp"

// activity ranks facts by how often recent conflicts spoke of them (Chuff's VSIDS, per
// fact instead of per variable: on j30 a third of the conflicts less). A binary heap
// holds those that may be open; facts that were never in a conflict stay out of it.
type activity struct {
	score []float64
	inc   float64
	heap  []int32
	pos   []int32 // by atom: place in heap, -1: not there
}

func (h *activity) add() {
	h.score = append(h.score, 0)
	h.pos = append(h.pos, -1)
}

func (h *activity) up(i int32) {
	a := h.heap[i]
	sc := h.score[a]
	for i > 0 {
		p := (i - 1) / 2
		if h.score[h.heap[p]] >= sc {
			break
		}
		h.heap[i] = h.heap[p]
		h.pos[h.heap[i]] = i
		i = p
	}
	h.heap[i] = a
	h.pos[a] = i
}

func (h *activity) down(i int32) {
	a := h.heap[i]
	sc := h.score[a]
	n := int32(len(h.heap))
	for {
		c := 2*i + 1
		if c >= n {
			break
		}
		if c+1 < n && h.score[h.heap[c+1]] > h.score[h.heap[c]] {
			c++
		}
		if h.score[h.heap[c]] <= sc {
			break
		}
		h.heap[i] = h.heap[c]
		h.pos[h.heap[i]] = i
		i = c
	}
	h.heap[i] = a
	h.pos[a] = i
}

func (h *activity) insert(a int32) {
	h.heap = append(h.heap, a)
	h.pos[a] = int32(len(h.heap) - 1)
	h.up(h.pos[a])
}

func (h *activity) popTop() int32 {
	a := h.heap[0]
	last := h.heap[len(h.heap)-1]
	h.heap = h.heap[:len(h.heap)-1]
	h.pos[a] = -1
	if len(h.heap) > 0 {
		h.heap[0] = last
		h.pos[last] = 0
		h.down(0)
	}
	return a
}

// bump raises the activity of the fact v >= b.
func (db *DB) bump(v cp.Var, b int64) {
	a := db.bucket(v, b) >> 1
	h := &db.heap
	h.score[a] += h.inc
	if h.score[a] > 1e100 {
		for i := range h.score {
			h.score[i] *= 1e-100
		}
		h.inc *= 1e-100
	}
	if h.pos[a] >= 0 {
		h.up(h.pos[a])
	} else {
		h.insert(a)
	}
}

// decay lets older conflicts count less.
func (db *DB) decay() { db.heap.inc = db.heap.inc / db.opt.Decay }

// reinsert puts the facts that v's retreat from now to old opens back into the heap.
func (db *DB) reinsert(v cp.Var, old, now int64) {
	t := &db.thr[v>>1]
	lo, hi := old+1, now
	if v&1 == 1 {
		lo, hi = 1-now, -old
	}
	h := &db.heap
	for k := lowBound(t.keys, lo); k < len(t.keys) && t.keys[k] <= hi; k++ {
		a := t.ids[k]
		if h.pos[a] < 0 && h.score[a] > 0 {
			h.insert(a)
		}
	}
}

// Pick returns the open fact with the highest activity, in the direction v >= b, and
// false where none is open.
func (db *DB) Pick() (cp.Atom, bool) {
	for len(db.heap.heap) > 0 {
		a := db.heap.popTop()
		f := cp.Atom{Bound: db.atomKey[a], Var: db.atomVar[a]}
		if !db.S.Holds(f) && !db.S.Fails(f) {
			return f, true
		}
	}
	return cp.Atom{}, false
}
