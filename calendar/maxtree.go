package calendar

// A maxTree finds the first leaf of at least some value in logarithmic time. It is a
// complete binary tree in an array: node i has the children 2i and 2i+1 and holds the greater.
type maxTree struct {
	size  int // of the leaf level, a power of two
	nodes []int64
}

func newMaxTree(n int) maxTree {
	size := 1
	for size < n {
		size *= 2
	}
	return maxTree{size, make([]int64, size+n+n%2)}
}

func (t *maxTree) leaf(i int, v int64) { t.nodes[t.size+i] = v }

func (t *maxTree) at(i int) int64 {
	if i < len(t.nodes) {
		return t.nodes[i]
	}
	return 0
}

// fill computes the inner nodes once the leaves are set.
func (t *maxTree) fill() {
	for i := t.size - 1; i > 0; i-- {
		t.nodes[i] = max(t.at(2*i), t.at(2*i+1))
	}
}

// first returns the first leaf from i on with at least v > 0, or -1.
func (t *maxTree) first(i int, v int64) int {
	for i += t.size; t.at(i) < v; {
		for i%2 == 1 { // the right child: go up until there is a right neighbour
			i /= 2
		}
		if i == 0 {
			return -1
		}
		i++
	}
	for i < t.size {
		if i *= 2; t.at(i) < v {
			i++
		}
	}
	return i - t.size
}
