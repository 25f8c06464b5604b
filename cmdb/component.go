package cmdb

// components finds the strongly connected components among the nodes that the roots rely on,
// providers before those that rely on them, and calls emit with each; the slice is valid during
// the call.
//
// Real estates have one large knot and many CIs by themselves. Where the roots are most of the
// graph, the knot of a busy CI is found first, by a walk each way: what it relies on and what
// relies on it (Fleischer, Hendrickson, Pınar, IPDPS 2000). What is below the knot is then done by Tarjan's
// algorithm, then comes the knot, then the rest.
func (c *core) components(roots []int32, emit func(component []int32)) {
	t := tarjan{c: c, low: make([]int32, int(c.n)+len(c.need)), emit: emit}
	if len(roots) > 1<<12 && len(roots) > int(c.n)/4 {
		c.knot(&t)
	}
	for _, root := range roots {
		if t.low[root] == 0 {
			t.from(root)
		}
	}
}

// knot does the component of a busy CI and everything below it.
func (c *core) knot(t *tarjan) {
	busy, most := int32(0), -1
	for v := range c.n {
		if m := min(len(c.providers.row(v)), len(c.dependents.row(v))); m > most {
			busy, most = v, m
		}
	}
	down, up := c.acquire(), c.acquire()
	defer c.release(down)
	defer c.release(up)
	c.walk(down, []int32{busy}, order{down: true})
	c.walk(up, []int32{busy}, order{first: true})
	knot := make([]int32, 0, min(down.total()+len(down.fired), up.total()+len(up.fired)))
	for v := range int32(len(t.low)) {
		if down.reached(v) && up.reached(v) {
			knot = append(knot, v)
			t.low[v] = done
		}
	}
	for _, v := range down.queue[:down.total()] {
		if t.low[v] == 0 {
			t.from(v)
		}
	}
	for _, v := range down.fired {
		if t.low[v] == 0 {
			t.from(v)
		}
	}
	t.emit(knot)
}

// tarjan is Tarjan's algorithm (SIAM Journal on Computing 1, 1972) with one number a node and its
// own stack, so that a chain of ten million CIs needs no stack frames.
type tarjan struct {
	c      *core
	low    []int32 // 0: not seen; while open the lowest number known to be reachable; then done
	clock  int32
	frames []frame
	open   []int32
	emit   func([]int32)
}

type frame struct{ v, next, index, low int32 }

const done = int32(1<<31 - 1)

// from finds the components that root, which is not seen, relies on.
func (t *tarjan) from(root int32) {
	a, low := &t.c.providers, t.low
	t.clock++
	v, row, next, index, least := root, a.row(root), 0, t.clock, t.clock
	low[v] = t.clock
	t.open = append(t.open, v)
walk:
	for {
		for next < len(row) {
			w := row[next]
			next++
			switch l := low[w]; {
			case l == 0:
				t.frames = append(t.frames, frame{v, int32(next), index, least})
				t.clock++
				v, row, next, index, least = w, a.row(w), 0, t.clock, t.clock
				low[w] = t.clock
				t.open = append(t.open, w)
				continue walk
			case l < least:
				least = l
			}
		}
		if least == index {
			i := len(t.open) - 1
			for t.open[i] != v {
				low[t.open[i]] = done
				i--
			}
			low[v] = done
			t.emit(t.open[i:])
			t.open = t.open[:i]
		} else {
			low[v] = least
		}
		if len(t.frames) == 0 {
			return
		}
		f := t.frames[len(t.frames)-1]
		t.frames = t.frames[:len(t.frames)-1]
		v, row, next, index = f.v, a.row(f.v), int(f.next), f.index
		least = min(f.low, least) // a finished component's number is higher than f.low
	}
}
