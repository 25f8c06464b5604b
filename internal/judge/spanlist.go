package judge

import (
	"cmp"
	"iter"
	"slices"
	"sort"
)

// An entry is what one activity puts onto a timeline for one stretch.
type entry struct {
	span
	act    int32 // index of the activity; -1 for what no plan can move
	tag    int32 // a number for the timeline's own use, such as which member it is
	weight int64
}

func compareEntries(a, b entry) int {
	return cmp.Or(cmp.Compare(a.lo, b.lo), cmp.Compare(a.hi, b.hi), cmp.Compare(a.act, b.act),
		cmp.Compare(a.tag, b.tag), cmp.Compare(a.weight, b.weight))
}

// A spanList holds entries in order, in blocks of at most blockSize, each with the
// latest end inside it. Asking for what overlaps a stretch skips whole blocks, so it
// costs O(n/blockSize + blockSize + answers); an insertion costs O(n/blockSize +
// blockSize). A balanced tree with the latest end in each node would be O(log n) on
// paper; at the tens of thousands of entries of the largest plans it is no faster.
type spanList struct{ blocks []block }

type block struct {
	entries []entry // never empty
	maxHi   int64
}

const blockSize = 128

// newSpanList keeps entries.
func newSpanList(entries []entry) spanList {
	slices.SortFunc(entries, compareEntries)
	l := spanList{make([]block, 0, (len(entries)+blockSize/2-1)/(blockSize/2))}
	for part := range slices.Chunk(entries, blockSize/2) {
		b := block{entries: part}
		b.measure()
		l.blocks = append(l.blocks, b)
	}
	return l
}

func (l *spanList) size() (n int) {
	for i := range l.blocks {
		n += len(l.blocks[i].entries)
	}
	return n
}

func newBlock(entries []entry) block {
	b := block{entries: slices.Clone(entries)}
	b.measure()
	return b
}

func (b *block) measure() {
	b.maxHi = minInstant
	for i := range b.entries {
		b.maxHi = max(b.maxHi, b.entries[i].hi)
	}
}

// home is the index of the block that holds e or would.
func (l *spanList) home(e entry) int {
	i := sort.Search(len(l.blocks), func(i int) bool { return compareEntries(l.blocks[i].entries[0], e) > 0 })
	return max(0, i-1)
}

func (l *spanList) insert(e entry) {
	if len(l.blocks) == 0 {
		l.blocks = append(l.blocks, newBlock([]entry{e}))
		return
	}
	i := l.home(e)
	b := &l.blocks[i]
	k, _ := slices.BinarySearchFunc(b.entries, e, compareEntries)
	b.entries = slices.Insert(b.entries, k, e)
	b.maxHi = max(b.maxHi, e.hi)
	if len(b.entries) > blockSize {
		right := newBlock(b.entries[blockSize/2:])
		b.entries = b.entries[:blockSize/2]
		b.measure()
		l.blocks = slices.Insert(l.blocks, i+1, right)
	}
}

// remove takes out one entry equal to e, if there is one.
func (l *spanList) remove(e entry) {
	if len(l.blocks) == 0 {
		return
	}
	i := l.home(e)
	b := &l.blocks[i]
	k, found := slices.BinarySearchFunc(b.entries, e, compareEntries)
	if !found {
		return
	}
	b.entries = slices.Delete(b.entries, k, k+1)
	if len(b.entries) == 0 {
		l.blocks = slices.Delete(l.blocks, i, i+1)
		return
	}
	b.measure()
}

// overlapping walks the entries that share an instant with w, in order.
func (l *spanList) overlapping(w span) iter.Seq[entry] {
	return func(yield func(entry) bool) {
		for i := range l.blocks {
			b := &l.blocks[i]
			if b.entries[0].lo >= w.hi {
				return
			}
			if b.maxHi <= w.lo {
				continue
			}
			for _, e := range b.entries {
				if e.lo >= w.hi {
					return
				}
				if e.hi > w.lo && !yield(e) {
					return
				}
			}
		}
	}
}
