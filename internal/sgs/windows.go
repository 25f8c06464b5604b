package sgs

import (
	"cmp"
	"slices"
	"sort"

	"github.com/slackwater-go/slackwater/internal/rcpsp"
)

// Windows are bounds of starts and ends that hold in every solution, for tasks that
// are present. They are the fixpoint of start domains, working times and lags
// (Bartusch, Möhring and Radermacher 1988), or on hostile instances something weaker.
type Windows struct {
	// By task; inclusive.
	EarliestStart, LatestStart, EarliestEnd, LatestEnd []rcpsp.Time
	// Must and Never say which tasks are present, or absent, in every solution.
	Must, Never []bool
	// Empty is set where no solution exists, and then Core is a set of constraints
	// that have none.
	Empty bool
	Core  []rcpsp.ConstraintID
}

// Limits are bounds that are assumed on top of an instance, by task. They bind tasks
// that are present.
type Limits struct {
	EarliestStart, LatestStart, EarliestEnd, LatestEnd []rcpsp.Time
	Must                                               []bool
}

// NewLimits returns limits that bind nothing.
func NewLimits(in *rcpsp.Instance) *Limits {
	n := len(in.Tasks)
	l := &Limits{make([]rcpsp.Time, n), make([]rcpsp.Time, n), make([]rcpsp.Time, n), make([]rcpsp.Time, n), make([]bool, n)}
	for t := range n {
		l.LatestStart[t], l.LatestEnd[t] = in.Horizon, in.Horizon
	}
	return l
}

// Clone returns a copy.
func (l *Limits) Clone() *Limits {
	return &Limits{slices.Clone(l.EarliestStart), slices.Clone(l.LatestStart), slices.Clone(l.EarliestEnd), slices.Clone(l.LatestEnd), slices.Clone(l.Must)}
}

// NewWindows computes the windows of an instance, within limits if not nil; then it
// names no core. Cost: about one visit of a lag per change of a bound, cut off after
// some hundreds a lag. Where stop, if not nil, says so it ends early, with weaker windows.
func NewWindows(in *rcpsp.Instance, limits *Limits, stop func() bool) *Windows {
	c := newCloser(in, nil)
	c.stop = stop
	w := c.run(limits)
	if limits != nil {
		return w
	}
	if c := positiveCycle(len(in.Tasks), startArcs(in), w.Must); c != nil {
		w.Empty = true
		for _, a := range c {
			w.Core = append(w.Core, rcpsp.ConstraintID{Kind: rcpsp.KindTask, Index: int32(a.from)}, rcpsp.ConstraintID{Kind: rcpsp.KindLag, Index: a.lag})
			w.Core = present(w.Core, in, a.from)
		}
		slices.SortFunc(w.Core, func(a, b rcpsp.ConstraintID) int {
			return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Index, b.Index))
		})
		w.Core = slices.Compact(w.Core)
		return w
	}
	if w.Empty {
		w.Core = core(in)
	}
	return w
}

// A Closer computes windows of one instance again and again, within different limits.
type Closer struct{ c *closer }

// NewCloser prepares an instance. Where stop, if not nil, says so windows are weaker ones.
func NewCloser(in *rcpsp.Instance, stop func() bool) Closer {
	c := newCloser(in, nil)
	c.stop = stop
	return Closer{c}
}

// Windows is NewWindows with limits.
func (c Closer) Windows(limits *Limits) *Windows { return c.c.run(limits) }

// A closer runs the closure of one instance.
type closer struct {
	in      *rcpsp.Instance
	out, im [][]int32 // lags by their From, by their To
	then    [][]rcpsp.TaskID
	need    [][]rcpsp.TaskID // who links to the task
	unit    []int32          // tasks of one unit are present together
	use     func(rcpsp.ConstraintID) bool
	stop    func() bool
	w       *Windows
	dirty   []bool
	queue   []rcpsp.TaskID
	touched []rcpsp.ConstraintID
}

func newCloser(in *rcpsp.Instance, use func(rcpsp.ConstraintID) bool) *closer {
	n := len(in.Tasks)
	c := &closer{in: in, then: make([][]rcpsp.TaskID, n), use: use, dirty: make([]bool, n), queue: make([]rcpsp.TaskID, 0, n)}
	c.need = c.then
	if len(in.Links) > 0 {
		c.need = make([][]rcpsp.TaskID, n)
	}
	var of []int32
	if use != nil {
		of = make([]int32, 0, len(in.Lags))
		for i := range in.Lags {
			if c.uses(rcpsp.KindLag, i) {
				of = append(of, int32(i))
			}
		}
	}
	lags := byTask(n, len(in.Lags), of, func(i int32) rcpsp.TaskID { return in.Lags[i].From }, func(i int32) rcpsp.TaskID { return in.Lags[i].To })
	c.out, c.im = lags[:n], lags[n:]
	for i, l := range in.Links {
		if c.uses(rcpsp.KindLink, i) && l.If != l.Then {
			c.then[l.If] = append(c.then[l.If], l.Then)
			c.need[l.Then] = append(c.need[l.Then], l.If)
		}
	}
	if len(in.Links) > 0 {
		c.unit = components(n, c.then)
		return c
	}
	c.unit = make([]int32, n)
	for t := range c.unit {
		c.unit[t] = int32(t)
	}
	return c
}

// byTask lists the indices of, which are those below count where of is nil, by one task and
// then by another: the first n lists, and the n after them.
func byTask(n, count int, of []int32, one, other func(int32) rcpsp.TaskID) [][]int32 {
	if of != nil {
		count = len(of)
	}
	at := func(k int) int32 {
		if of != nil {
			return of[k]
		}
		return int32(k)
	}
	many := make([]int32, 2*n)
	for k := range count {
		i := at(k)
		many[one(i)]++
		many[n+int(other(i))]++
	}
	out, room := make([][]int32, 2*n), make([]int32, 2*count)
	for t, k := range many {
		out[t], room = room[:0:k], room[k:]
	}
	for k := range count {
		i := at(k)
		a, b := &out[one(i)], &out[n+int(other(i))]
		*a, *b = append(*a, i), append(*b, i)
	}
	return out
}

func (c *closer) uses(kind rcpsp.ConstraintKind, i int) bool {
	return c.use == nil || c.use(rcpsp.ConstraintID{Kind: kind, Index: int32(i)})
}

// askEvery is how many tasks are looked at between questions whether to stop.
const askEvery = 2000

func (c *closer) run(limits *Limits) *Windows {
	n := len(c.in.Tasks)
	times := make([]rcpsp.Time, 4*n)
	w := &Windows{
		EarliestStart: times[:n:n], LatestStart: times[n : 2*n : 2*n], EarliestEnd: times[2*n : 3*n : 3*n], LatestEnd: times[3*n:],
		Must: make([]bool, n), Never: make([]bool, n),
	}
	c.w, c.queue, c.touched = w, c.queue[:0], nil
	for t := range n {
		w.LatestStart[t], w.LatestEnd[t] = c.in.Horizon, c.in.Horizon
		w.Must[t] = !c.in.Tasks[t].Optional && c.uses(rcpsp.KindTask, t)
		if limits != nil {
			w.EarliestStart[t], w.LatestStart[t] = limits.EarliestStart[t], limits.LatestStart[t]
			w.EarliestEnd[t], w.LatestEnd[t] = limits.EarliestEnd[t], limits.LatestEnd[t]
			w.Must[t] = w.Must[t] || limits.Must[t]
		}
		if !c.uses(rcpsp.KindTask, t) {
			w.LatestStart[t], w.LatestEnd[t] = never, never
			w.EarliestStart[t], w.EarliestEnd[t] = ages, ages
		}
		c.enqueue(rcpsp.TaskID(t))
	}
	for t := range n {
		if w.Must[t] {
			c.must(rcpsp.TaskID(t))
		}
	}
	limit := 400*(n+len(c.in.Lags)) + 10_000
	asked := 0
	for head := 0; head < len(c.queue) && !w.Empty; head++ {
		if asked++; asked%askEvery == 0 && c.stop != nil && c.stop() {
			break
		}
		t := c.queue[head]
		c.dirty[t] = false
		if w.Never[t] || !c.narrow(t) {
			continue
		}
		limit -= 1 + len(c.out[t]) + len(c.im[t])
		if limit < 0 {
			break // weaker windows, still valid
		}
		for _, l := range c.out[t] {
			c.pushTo(&c.in.Lags[l])
		}
		for _, l := range c.im[t] {
			c.pushFrom(&c.in.Lags[l])
		}
		if head > 4*n+1000 {
			c.queue = append(c.queue[:0], c.queue[head+1:]...)
			head = -1
		}
	}
	for t := range c.dirty {
		c.dirty[t] = false
	}
	return w
}

func (c *closer) enqueue(t rcpsp.TaskID) {
	if !c.dirty[t] {
		c.dirty[t] = true
		c.queue = append(c.queue, t)
	}
}

// must marks t and all it links to as present, and looks again at what their windows
// now bind.
func (c *closer) must(t rcpsp.TaskID) {
	stack := []rcpsp.TaskID{t}
	for len(stack) > 0 {
		t = stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		c.w.Must[t] = true
		c.enqueue(t)
		if c.w.Never[t] {
			c.w.Empty = true
		}
		for _, u := range c.then[t] {
			if !c.w.Must[u] {
				c.w.Must[u] = true
				stack = append(stack, u)
			}
		}
	}
}

// never marks t and all that need it as absent.
func (c *closer) never(t rcpsp.TaskID) {
	stack := []rcpsp.TaskID{t}
	c.w.Never[t] = true
	for len(stack) > 0 {
		t = stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if c.w.Must[t] {
			c.w.Empty = true
		}
		for _, u := range c.need[t] {
			if !c.w.Never[u] {
				c.w.Never[u] = true
				stack = append(stack, u)
			}
		}
	}
}

// narrow makes the window of t follow from its modes. It returns false where nothing
// is left.
func (c *closer) narrow(t rcpsp.TaskID) bool {
	w := c.w
	if !c.uses(rcpsp.KindTask, int(t)) {
		return w.EarliestStart[t] <= w.LatestStart[t]
	}
	es, ls, ee, le := never, ages, never, ages
	for k := range c.in.Tasks[t].Modes {
		m := &c.in.Tasks[t].Modes[k]
		lo, hi, ok := modeWindow(m, w.EarliestStart[t], w.LatestStart[t], w.EarliestEnd[t], w.LatestEnd[t])
		if !ok {
			continue
		}
		first, _ := m.End(lo)
		last, _ := m.End(hi)
		es, ls, ee, le = min(es, lo), max(ls, hi), min(ee, first), max(le, last)
	}
	if es > ls {
		c.never(t)
		return false
	}
	w.EarliestStart[t], w.LatestStart[t], w.EarliestEnd[t], w.LatestEnd[t] = es, ls, ee, le
	return true
}

// modeWindow returns the first and last allowed start of a mode whose start and end
// lie within the bounds.
func modeWindow(m *rcpsp.Mode, startLo, startHi, endLo, endHi rcpsp.Time) (lo, hi rcpsp.Time, ok bool) {
	lo, hi = startLo, startHi
	if x, ok := firstStart(m, endLo); ok {
		lo = max(lo, x)
	}
	x, ok := lastStart(m, endHi)
	if !ok {
		return 0, 0, false
	}
	hi = min(hi, x)
	if lo, ok = nextAllowed(m, lo); !ok || lo > hi {
		return 0, 0, false
	}
	if hi, ok = prevAllowed(m, hi); !ok || lo > hi {
		return 0, 0, false
	}
	return lo, hi, true
}

// firstStart returns the first start at which m ends at end or later; false where
// every start will do.
func firstStart(m *rcpsp.Mode, end rcpsp.Time) (rcpsp.Time, bool) {
	if m.Work == nil {
		return end - m.Duration, true
	}
	x, ok := rcpsp.Retreat(m.Work, end-1, m.Duration)
	return x + 1, ok
}

// lastStart returns the last start at which m ends by end; false where there is none.
func lastStart(m *rcpsp.Mode, end rcpsp.Time) (rcpsp.Time, bool) {
	if m.Work == nil {
		return end - m.Duration, true
	}
	return rcpsp.Retreat(m.Work, end, m.Duration)
}

// nextAllowed returns the first allowed start of m from t on.
func nextAllowed(m *rcpsp.Mode, t rcpsp.Time) (rcpsp.Time, bool) {
	s := m.Starts
	i := 0
	if len(s) > 4 {
		i = sort.Search(len(s), func(i int) bool { return s[i].Hi >= t })
	}
	for ; i < len(s); i++ {
		if s[i].Hi >= t {
			return max(t, s[i].Lo), true
		}
	}
	return 0, false
}

// prevAllowed returns the last allowed start of m up to t.
func prevAllowed(m *rcpsp.Mode, t rcpsp.Time) (rcpsp.Time, bool) {
	s := m.Starts
	i := sort.Search(len(s), func(i int) bool { return s[i].Lo > t }) - 1
	if i < 0 {
		return 0, false
	}
	return min(t, s[i].Hi), true
}

// together says whether a is present wherever b is.
func (c *closer) together(a, b rcpsp.TaskID) bool {
	if c.w.Must[a] || c.unit[a] == c.unit[b] {
		return true
	}
	for _, u := range c.then[b] {
		if u == a {
			return true
		}
	}
	return false
}

// pushTo raises the earliest time of the To task of l.
func (c *closer) pushTo(l *rcpsp.Lag) {
	w := c.w
	if w.Never[l.To] || !c.together(l.From, l.To) {
		return
	}
	x := w.EarliestStart[l.From]
	if l.FromEnd {
		x = w.EarliestEnd[l.From]
	}
	y := &w.EarliestStart[l.To]
	if l.ToEnd {
		y = &w.EarliestEnd[l.To]
	}
	if x+l.Min > *y {
		*y = min(x+l.Min, never)
		c.enqueue(l.To)
	}
}

// pushFrom lowers the latest time of the From task of l.
func (c *closer) pushFrom(l *rcpsp.Lag) {
	w := c.w
	if w.Never[l.From] || !c.together(l.To, l.From) {
		return
	}
	y := w.LatestStart[l.To]
	if l.ToEnd {
		y = w.LatestEnd[l.To]
	}
	x := &w.LatestStart[l.From]
	if l.FromEnd {
		x = &w.LatestEnd[l.From]
	}
	if y-l.Min < *x {
		*x = max(y-l.Min, ages)
		c.enqueue(l.From)
	}
}

// present adds to core the constraints by which task t must be present: a way over
// links from a task that is not optional.
func present(core []rcpsp.ConstraintID, in *rcpsp.Instance, t rcpsp.TaskID) []rcpsp.ConstraintID {
	by := map[rcpsp.TaskID]int32{t: -1} // the link that leads on towards t
	queue := []rcpsp.TaskID{t}
	for head := 0; head < len(queue); head++ {
		u := queue[head]
		if !in.Tasks[u].Optional {
			core = append(core, rcpsp.ConstraintID{Kind: rcpsp.KindTask, Index: int32(u)})
			for by[u] >= 0 {
				core = append(core, rcpsp.ConstraintID{Kind: rcpsp.KindLink, Index: by[u]})
				u = in.Links[by[u]].Then
			}
			return core
		}
		for i, l := range in.Links {
			if _, seen := by[l.If]; l.Then == u && !seen {
				by[l.If] = int32(i)
				queue = append(queue, l.If)
			}
		}
	}
	return core
}

// core finds constraints whose closure is empty, by halving: it leaves out ever
// smaller parts of what the closure reads as long as the rest stays empty.
func core(in *rcpsp.Instance) []rcpsp.ConstraintID {
	var all []rcpsp.ConstraintID
	for id := range in.Constraints() {
		switch id.Kind {
		case rcpsp.KindTask, rcpsp.KindLag, rcpsp.KindLink:
			all = append(all, id)
		}
	}
	empty := func(list []rcpsp.ConstraintID) bool {
		set := make(map[rcpsp.ConstraintID]bool, len(list))
		for _, id := range list {
			set[id] = true
		}
		return newCloser(in, func(id rcpsp.ConstraintID) bool { return set[id] }).run(nil).Empty
	}
	tries := 400_000 / (len(all) + 1)
	for size := (len(all) + 1) / 2; size > 0; size /= 2 {
		for i := 0; i < len(all) && tries > 0; tries-- {
			rest := append(append([]rcpsp.ConstraintID(nil), all[:i]...), all[min(len(all), i+size):]...)
			if empty(rest) {
				all = rest
			} else {
				i += size
			}
		}
	}
	return all
}
