package sgs

import (
	"github.com/slackwater-go/slackwater/internal/prng"
	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// A Scheme says in which order tasks that may be placed are placed.
type Scheme uint8

const (
	// Serial places the task of smallest key, at its best place.
	Serial Scheme = iota
	// Parallel places the task that can start first, of these the one of smallest key
	// (Kelley 1963; the schedules are non-delay).
	Parallel
)

// A Builder builds schedules on one state, one after another. What it learns about
// which tasks are hard to place carries over from one to the next.
type Builder struct {
	*State
	Rand *prng.Rand
	// Stop is asked every few thousand units of work; true ends the build. Nil never
	// stops.
	Stop func() bool
	// Ejections bounds how many tasks one build may eject; 0: none.
	Ejections int
	// Prefer names, by task, the mode to try before all others; -1: none.
	Prefer []int32

	key     []int64
	scheme  Scheme
	open    []int32 // by task: how many tasks ordered before it are not placed
	weight  []int64 // by task: how often it found no place
	heap    ready
	next    int64 // the work at which Stop is asked again
	ejected int
}

// NewBuilder returns a builder on an empty state.
func NewBuilder(m *Model, r *prng.Rand) *Builder {
	n := len(m.tasks)
	b := &Builder{State: m.NewState(), Rand: r, open: make([]int32, n), weight: make([]int64, n)}
	b.Prefer = make([]int32, n)
	for t := range m.tasks {
		b.open[t] = m.tasks[t].before
		b.Prefer[t] = -1
	}
	return b
}

const pollWork = 4000

// Stopped asks Stop, if it is time.
func (b *Builder) Stopped() bool {
	if b.Stop == nil || b.Work < b.next {
		return false
	}
	b.next = b.Work + pollWork
	return b.Stop()
}

// Build places all open tasks in the order of key, smallest first, and says whether
// it could. On failure what is placed stays placed.
func (b *Builder) Build(key []int64, scheme Scheme) bool {
	b.key, b.scheme, b.ejected = key, scheme, 0
	b.heap = ready{items: b.heap.items[:0]}
	for t := range b.Mode {
		if b.Mode[t] == Open && b.open[t] == 0 {
			b.ready(rcpsp.TaskID(t))
		}
	}
	return b.run()
}

// run places tasks until none is open.
func (b *Builder) run() bool {
	for b.Placed() < len(b.Mode) {
		if b.Stopped() {
			return false
		}
		if b.heap.Len() == 0 {
			b.unlock()
		}
		it := b.heap.pop()
		if b.Mode[it.task] != Open || b.open[it.task] > 0 && !it.forced {
			continue
		}
		if !b.settle(it) {
			return false
		}
	}
	return true
}

// ready queues a task.
func (b *Builder) ready(t rcpsp.TaskID) {
	it := item{task: t, key: b.key[t]}
	if b.scheme == Parallel {
		it.at = b.earliest(t)
	}
	b.heap.push(it)
}

// earliest is a lower bound of the start of t as things stand.
func (b *Builder) earliest(t rcpsp.TaskID) rcpsp.Time {
	e := never
	for k := range b.M.In.Tasks[t].Modes {
		lo, _ := b.window(t, int32(k), true, false)
		e = min(e, lo)
	}
	return e
}

// unlock queues the open task of smallest key although tasks ordered before it are
// not placed: the order runs in a circle.
func (b *Builder) unlock() {
	best := rcpsp.TaskID(-1)
	for t := range b.Mode {
		if b.Mode[t] == Open && (best < 0 || b.key[t] < b.key[best]) {
			best = rcpsp.TaskID(t)
		}
	}
	b.heap.push(item{task: best, key: b.key[best], forced: true})
}

// settle places the task of it, leaves it out, or ejects others for its sake.
func (b *Builder) settle(it item) bool {
	t := it.task
	tk := &b.M.tasks[t]
	for _, u := range tk.then {
		if b.Mode[u] == Absent {
			return b.leave(t)
		}
	}
	if b.M.Windows.Never[t] {
		return b.leave(t)
	}
	p, ok := b.choose(t, b.Prefer[t])
	if !ok && b.Prefer[t] >= 0 {
		p, ok = b.choose(t, -1)
	}
	if !ok {
		if !b.M.Windows.Must[t] && (b.Ejections == 0 || b.ejected > 0 || b.Rand.IntN(4) > 0) && b.leave(t) {
			return true
		}
		return b.eject(t)
	}
	if b.scheme == Parallel && p.start > it.at && b.M.tasks[t].regular {
		it.at = p.start
		if b.heap.Len() > 0 && less(b.heap.items[0], it) {
			b.heap.push(it)
			return true
		}
	}
	if b.M.In.Tasks[t].Optional && !b.M.Windows.Must[t] && len(tk.by) == 0 && len(tk.then) == 0 {
		out := make([]int64, len(p.price))
		b.Price(out, t, Absent, 0)
		if rcpsp.Compare(out, p.price) < 0 {
			return b.leave(t)
		}
	}
	b.put(t, p.mode, p.start)
	return true
}

// put places a task and queues those that waited for it.
func (b *Builder) put(t rcpsp.TaskID, k int32, start rcpsp.Time) {
	b.Place(t, k, start)
	b.follow(t)
}

func (b *Builder) follow(t rcpsp.TaskID) {
	for _, u := range b.M.tasks[t].ordered {
		if b.open[u]--; b.open[u] == 0 && b.Mode[u] == Open && b.key != nil {
			b.ready(u)
		}
	}
}

// leave decides that t and all that need it are absent. It returns false, and changes
// nothing, where one of them must be present.
func (b *Builder) leave(t rcpsp.TaskID) bool {
	stack := []rcpsp.TaskID{t}
	seen := map[rcpsp.TaskID]bool{t: true}
	for i := 0; i < len(stack); i++ {
		u := stack[i]
		if b.M.Windows.Must[u] || !b.M.In.Tasks[u].Optional {
			return false
		}
		for _, v := range b.M.tasks[u].by {
			if !seen[v] {
				seen[v] = true
				stack = append(stack, v)
			}
		}
	}
	for _, u := range stack {
		if b.Mode[u] == Absent {
			continue
		}
		if b.Mode[u] >= 0 {
			b.take(u)
		}
		b.Leave(u)
		b.follow(u)
	}
	return true
}

// Omit leaves open task t out, and all that need it, if they may be left out.
func (b *Builder) Omit(t rcpsp.TaskID) {
	if b.M.In.Tasks[t].Optional && b.Mode[t] == Open {
		b.key = nil
		b.leave(t)
	}
}

// take opens a placed or absent task.
func (b *Builder) take(t rcpsp.TaskID) {
	b.Remove(t)
	for _, u := range b.M.tasks[t].ordered {
		b.open[u]++
	}
}

// Clear opens all tasks.
func (b *Builder) Clear() {
	for t := range b.Mode {
		if b.Mode[t] != Open {
			b.take(rcpsp.TaskID(t))
		}
	}
	clear(b.avoid)
}

// An item is a task that may be placed.
type item struct {
	at     rcpsp.Time // parallel: a lower bound of its start
	key    int64
	task   rcpsp.TaskID
	forced bool
}

func less(a, b item) bool {
	if a.at != b.at {
		return a.at < b.at
	}
	if a.key != b.key {
		return a.key < b.key
	}
	return a.task < b.task
}

// ready is a binary heap of items, the least first. (With container/heap each item that went
// in or out was allocated.)
type ready struct{ items []item }

func (r *ready) Len() int { return len(r.items) }

func (r *ready) push(it item) {
	r.items = append(r.items, it)
	h := r.items
	k := len(h) - 1
	for k > 0 {
		up := (k - 1) / 2
		if !less(it, h[up]) {
			break
		}
		h[k] = h[up]
		k = up
	}
	h[k] = it
}

func (r *ready) pop() item {
	h := r.items
	first, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	r.items = h
	if len(h) == 0 {
		return first
	}
	k := 0
	for {
		c := 2*k + 1
		if c >= len(h) {
			break
		}
		if c+1 < len(h) && less(h[c+1], h[c]) {
			c++
		}
		if !less(h[c], last) {
			break
		}
		h[k] = h[c]
		k = c
	}
	h[k] = last
	return first
}
