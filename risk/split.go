package risk

import (
	"fmt"
	"slices"
)

// mostSplit bounds the CIs among which a split is searched, mostSets the sets of CIs that are
// tried before the search turns greedy: all sets of up to ten CIs, all pairs of fifty.
const (
	mostSplit = 50
	mostSets  = 1500
)

// split leaves CIs for changes of their own: the smallest set whose absence leaves the level, of
// sets of one size the one that lowers most. Sets are tried by rising size; where there are too
// many of a size, a greedy search goes on. Greedy alone was tried: CIs that reach the same
// service lower little one by one, and it left out more of them than was needed.
func (w *lowering) split(by Levers) error {
	if !by.Split {
		return nil
	}
	cis := distinct(w.c.CIs, mostSplit+1)
	if len(cis) < 2 || len(cis) > mostSplit {
		return nil
	}
	var one Remedy
	oneScore, sets := 0.0, 0
	for size := 1; size < len(cis); size++ {
		search := w.best
		if sets += choose(len(cis), size); sets > mostSets {
			search, size = w.peel, len(cis)
		}
		m, score, err := search(cis, size)
		if err != nil {
			return err
		}
		if m.Crosses {
			m.What = "in a change of its own: " + m.Apart[0]
			if n := len(m.Apart); n > 1 {
				m.What = fmt.Sprintf("in changes of their own: %d CIs, %s first", n, m.Apart[0])
			}
			w.list = append(w.list, m)
			return nil
		}
		if size == 1 {
			one, oneScore = m, score
			one.What = "in a change of its own: " + one.Apart[0]
		}
	}
	w.add(one, oneScore)
	return nil
}

// best leaves out the set of that many CIs whose absence lowers most; the first of equals.
func (w *lowering) best(cis []string, size int) (least Remedy, score float64, err error) {
	at := make([]int, size) // the CIs left out, rising; sets in lexical order
	for i := range at {
		at[i] = i
	}
	for first := true; ; first = false {
		m, s, err := w.without(cis, at)
		if err != nil {
			return m, 0, err
		}
		if first || s < score {
			least, score = m, s
		}
		i := size - 1
		for i >= 0 && at[i] == len(cis)-size+i {
			i--
		}
		if i < 0 {
			return least, score, nil
		}
		at[i]++
		for j := i + 1; j < size; j++ {
			at[j] = at[j-1] + 1
		}
	}
}

// peel leaves out one CI after the other, each time the one whose absence lowers most, until the
// level is left or one CI remains; if that is the wrong one to remain, all are tried.
func (w *lowering) peel(cis []string, _ int) (least Remedy, score float64, err error) {
	var out []int
	for len(out) < len(cis)-1 {
		next := -1
		for i := range cis {
			if slices.Contains(out, i) {
				continue
			}
			m, s, err := w.without(cis, append(slices.Clone(out), i))
			if err != nil {
				return m, 0, err
			}
			if next < 0 || s < score {
				next, least, score = i, m, s
			}
		}
		if least.Crosses {
			return least, score, nil
		}
		out = append(out, next)
	}
	return w.best(cis, len(cis)-1)
}

// without rates the change without the CIs at some places.
func (w *lowering) without(cis []string, out []int) (Remedy, float64, error) {
	d := w.c
	d.CIs = make([]string, 0, len(cis)-len(out))
	apart := make([]string, 0, len(out))
	for _, i := range out {
		apart = append(apart, cis[i])
	}
	for i, ci := range cis {
		if !slices.Contains(out, i) {
			d.CIs = append(d.CIs, ci)
		}
	}
	m, score, err := w.rate("cis", "", d)
	m.Apart = apart
	return m, score, err
}

// choose is the number of sets of k of n, or some number above mostSets where it is greater.
func choose(n, k int) int {
	c := 1
	for i := range min(k, n-k) {
		if c = c * (n - i) / (i + 1); c > mostSets {
			break
		}
	}
	return c
}

// distinct lists each name once, in order of appearance, up to so many.
func distinct(names []string, most int) []string {
	var out []string
	for _, s := range names {
		if len(out) == most {
			break
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
