package calendar

// A blockList is a canonical list of spans in blocks, with what the queries of a [Timeline]
// need to know of each block. Blocks are immutable and shared between lists: a change copies
// only those that it touches.
type blockList struct {
	spans  [][]span
	limits [][]int64 // for each span when work that starts in it must have ended; nil: at its end
	ends   []int64   // of the last span of each block
	sums   []int64   // the length of each block's spans
	most   []int64   // the longest work that may start at the beginning of a span of each block
	before []int64   // the sum of the blocks before each
	room   maxTree   // over most
}

// A block has blockSize spans when it is made; a change may leave more or fewer.
const blockSize = 32

// newBlocks cuts a list into blocks without copying it.
func newBlocks(spans []span, limits []int64) blockList {
	var l blockList
	n := (len(spans) + blockSize - 1) / blockSize
	l.grow(n)
	for from := 0; from < len(spans); from += blockSize {
		to := min(from+blockSize, len(spans))
		var lim []int64
		if limits != nil {
			lim = limits[from:to:to]
		}
		l.add(spans[from:to:to], lim)
	}
	l.index()
	return l
}

func (l *blockList) grow(n int) {
	l.spans = make([][]span, 0, n)
	numbers := make([]int64, 4*n)
	l.ends, l.sums, l.most, l.before = numbers[:0:n], numbers[n:n:2*n], numbers[2*n:2*n:3*n], numbers[3*n:3*n]
}

func (l *blockList) add(spans []span, limits []int64) {
	var sum, most int64
	for i, s := range spans {
		sum = addNano(sum, length(s))
		if limits != nil {
			s.hi = limits[i]
		}
		most = max(most, length(s))
	}
	l.spans, l.ends = append(l.spans, spans), append(l.ends, spans[len(spans)-1].hi)
	l.sums, l.most = append(l.sums, sum), append(l.most, most)
	if limits != nil {
		l.limits = append(l.limits, limits)
	}
}

// share appends blocks of another list.
func (l *blockList) share(o *blockList, from, to int) {
	l.spans, l.ends = append(l.spans, o.spans[from:to]...), append(l.ends, o.ends[from:to]...)
	l.sums, l.most = append(l.sums, o.sums[from:to]...), append(l.most, o.most[from:to]...)
}

// index fills what spans more than one block.
func (l *blockList) index() {
	var sum int64
	l.room = newMaxTree(len(l.spans))
	for b := range l.spans {
		l.before = append(l.before, sum)
		sum = addNano(sum, l.sums[b])
		l.room.leaf(b, l.most[b])
	}
	l.room.fill()
}

// find returns the place of the first span that ends after t. Its block is len(l.spans) if none does.
func (l *blockList) find(t int64) (b, i int) {
	b = upper(l.ends, t)
	if b < len(l.spans) {
		i = after(l.spans[b], t)
	}
	return b, i
}

// upper returns the index of the first of ascending values that is greater than t.
func upper(values []int64, t int64) int {
	lo, hi := 0, len(values)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if values[mid] > t {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

func (l *blockList) limit(b, i int) int64 {
	if l.limits == nil {
		return l.spans[b][i].hi
	}
	return l.limits[b][i]
}

func (l *blockList) len() int {
	n := 0
	for _, s := range l.spans {
		n += len(s)
	}
	return n
}

// flat returns all spans in one list.
func (l *blockList) flat() []span {
	out := make([]span, 0, l.len())
	for _, s := range l.spans {
		out = append(out, s...)
	}
	return out
}

// amount returns the length of the spans before n.
func (l *blockList) amount(n int64) int64 {
	b, i := l.find(n)
	if b == len(l.spans) {
		if b == 0 {
			return 0
		}
		return addNano(l.before[b-1], l.sums[b-1])
	}
	sum := l.before[b]
	for _, s := range l.spans[b][:i] {
		sum = addNano(sum, length(s))
	}
	if s := l.spans[b][i]; s.lo < n {
		sum = addNano(sum, n-s.lo)
	}
	return sum
}

// patch returns the list with the part inside each range replaced by what eval returns for
// it. Ranges are canonical; the list has no limits.
//
// Most changes touch one block each, so the cost is that of copying such blocks once: spliced straight
// into their new place, whole runs of spans at a time.
func (l *blockList) patch(ranges []span, eval func(span) []span) blockList {
	var out blockList
	n := len(l.spans)
	out.grow(n + n/8 + 8)
	arena := make([]span, 0, min(l.len(), blockSize*len(ranges))+2*len(ranges)+blockSize)
	var several []span
	done := 0 // blocks of l that are dealt with
	for len(ranges) > 0 {
		// The blocks that the first range touches, and with them all ranges that touch those.
		b := min(done+upper(l.ends[done:], ranges[0].lo-1), max(n-1, done))
		out.share(l, done, b)
		last, k := b, 0
		for k < len(ranges) && (k == 0 || last >= n-1 || ranges[k].lo <= l.ends[last]) {
			for last+1 < n && l.spans[last+1][0].lo <= ranges[k].hi {
				last++
			}
			k++
		}
		var old []span
		switch {
		case b < n && last == b:
			old = l.spans[b]
		case b < n:
			several = several[:0]
			for i := b; i <= last; i++ {
				several = append(several, l.spans[i]...)
			}
			old = several
		}
		from := len(arena)
		arena = splice(arena, old, ranges[:k], eval)
		for from < len(arena) {
			to := len(arena)
			if to-from > blockSize+blockSize/2 {
				to = from + blockSize
			}
			out.add(arena[from:to:to], nil)
			from = to
		}
		done, ranges = min(last+1, n), ranges[k:]
	}
	out.share(l, done, n)
	out.index()
	return out
}

// splice appends old to out, with the part inside each range replaced by what eval returns
// for it.
func splice(out, old, ranges []span, eval func(span) []span) []span {
	base := len(out)
	add := func(s span) {
		if n := len(out) - 1; n >= base && out[n].hi >= s.lo {
			out[n].hi = s.hi
		} else {
			out = append(out, s)
		}
	}
	i, cut := 0, int64(minNano) // old[i] counts from cut on
	whole := func(j int) {      // takes old[i:j]
		if i < j {
			add(span{max(old[i].lo, cut), old[i].hi})
			out = append(out, old[i+1:j]...)
			i = j
		}
	}
	for _, r := range ranges {
		j := i
		for j < len(old) && old[j].hi <= r.lo {
			j++
		}
		whole(j)
		if i < len(old) {
			if lo := max(old[i].lo, cut); lo < r.lo {
				add(span{lo, r.lo})
			}
		}
		for _, s := range eval(r) {
			add(s)
		}
		for i < len(old) && old[i].hi <= r.hi {
			i++
		}
		cut = r.hi
	}
	whole(len(old))
	return out
}
