package cmdb

// components finds the strongly connected components among the nodes that the roots rely on,
// by Tarjan's algorithm (SIAM Journal on Computing 1, 1972) with its own stack, so that a chain
// of ten million CIs does not need ten million stack frames. It calls emit once a component,
// providers before those that rely on them; the slice is valid during the call.
func (c *core) components(roots []int32, emit func(component []int32)) {
	nodes := int(c.n) + len(c.need)
	// low is 0 for a node not seen, its lowest reachable order while it is on the stack, and
	// done once it is in a component.
	const done = int32(1<<31 - 1)
	low := make([]int32, nodes)
	type frame struct {
		v, next int32
		index   int32
	}
	var frames []frame
	var stack []int32
	a := &c.providers
	clock := int32(0)
	enter := func(v int32) {
		clock++
		low[v] = clock
		stack = append(stack, v)
		frames = append(frames, frame{v, a.off[v], clock})
	}
	for _, root := range roots {
		if low[root] != 0 {
			continue
		}
		enter(root)
		for len(frames) > 0 {
			f := &frames[len(frames)-1]
			v := f.v
			if f.next < a.off[v+1] {
				w := a.to[f.next]
				f.next++
				if low[w] == 0 {
					enter(w)
				} else if low[w] != done && low[w] < low[v] {
					low[v] = low[w]
				}
				continue
			}
			index := f.index
			frames = frames[:len(frames)-1]
			if len(frames) > 0 {
				if u := frames[len(frames)-1].v; low[v] < low[u] {
					low[u] = low[v]
				}
			}
			if low[v] != index {
				continue
			}
			i := len(stack) - 1
			for stack[i] != v {
				i--
			}
			for _, w := range stack[i:] {
				low[w] = done
			}
			emit(stack[i:])
			stack = stack[:i]
		}
	}
}
