package risk

import (
	"cmp"
	"math"
	"slices"
)

// halfLives are the speeds of forgetting, in days, that a fit chooses among for each kind.
// The last never forgets.
var halfLives = [...]float64{30, 180, math.Inf(1)}

const speeds = len(halfLives)

// A tally is what is known of one entity at some instant: outcomes counted with each
// speed of forgetting, and when it was last changed and last seen to fail.
type tally struct {
	n, s   [speeds]float64 // changes with known outcome, and failures among them
	at     int64           // instant up to which n and s are decayed
	count  float64         // changes so far, outcome known or not
	change int64           // start of the last one, or never
	fail   int64           // when its last failure became known, or never
	last   [2]int32        // rows counted and learnt last, plus one: a change that names an entity twice counts once
}

const never = math.MinInt64

// decay moves y forward to instant now.
func (y *tally) decay(now int64) {
	if d := now - y.at; d > 0 {
		for h, life := range halfLives {
			if !math.IsInf(life, 1) {
				keep := exp(-math.Ln2 / (life * 86400) * float64(d))
				y.n[h] = float64(y.n[h] * keep)
				y.s[h] = float64(y.s[h] * keep)
			}
		}
	}
	y.at = max(y.at, now)
}

// learn adds an outcome that became known at instant now.
func (y *tally) learn(now int64, failed bool) {
	y.decay(now)
	for h := range y.n {
		y.n[h]++
		if failed {
			y.s[h]++
		}
	}
	if failed {
		y.fail = max(y.fail, now)
	}
}

// A seen is what was known of an entity just before a change started.
type seen struct {
	n, s       [speeds]float64
	count      float64
	sinceFail  float64 // hours; +Inf: never
	sinceStart float64 // hours; +Inf: never
}

func (y *tally) seen(now int64) seen {
	y.decay(now)
	v := seen{n: y.n, s: y.s, count: y.count, sinceFail: math.Inf(1), sinceStart: math.Inf(1)}
	if y.fail != never {
		v.sinceFail = float64(now-y.fail) / 3600
	}
	if y.change != never {
		v.sinceStart = float64(now-y.change) / 3600
	}
	return v
}

// A memory is the state of all tallies while a history is replayed.
type memory struct {
	kinds  [][]tally // by kind and entity
	starts []int64   // of all changes so far, rising
}

// remember replays t up to row end and returns for each kind and item what was known just
// before its row: a row sees the outcomes of other rows only where they were known by its start.
// This function is the only way from outcomes to features, so the absence of leaks rests on it.
// It also returns the memory as of the last instant at which something was learnt or started,
// with every outcome known by the instant asOf.
func (t *table) remember(asOf int64) ([][]seen, *memory, [][2]float64) {
	m := &memory{kinds: make([][]tally, len(t.kinds))}
	out := make([][]seen, len(t.kinds))
	for k := range t.kinds {
		m.kinds[k] = make([]tally, len(t.kinds[k].names))
		for e := range m.kinds[k] {
			m.kinds[k][e].fail, m.kinds[k][e].change = never, never
		}
		out[k] = make([]seen, len(t.kinds[k].item))
	}
	events := make([]int, t.len())
	for i := range events {
		events[i] = i
	}
	slices.SortFunc(events, func(a, b int) int { return cmp.Or(cmp.Compare(t.known[a], t.known[b]), a-b) })
	crowd := make([][2]float64, t.len())
	next, hour, day := 0, 0, 0
	for i := 0; i < t.len(); i++ {
		if t.watch.ended(i) {
			break
		}
		now := t.start[i]
		// An outcome known at this very instant counts only for rows before i.
		for ; next < len(events) && t.known[events[next]] <= now && events[next] < i; next++ {
			m.learn(t, events[next])
		}
		for ; hour < i && t.start[hour] <= now-3600; hour++ {
		}
		for ; day < i && t.start[day] <= now-86400; day++ {
		}
		crowd[i] = [2]float64{float64(i - hour), float64(i - day)}
		for k := range t.kinds {
			c := &t.kinds[k]
			for j := c.off[i]; j < c.off[i+1]; j++ {
				out[k][j] = m.kinds[k][c.item[j]].seen(now)
			}
		}
		for k := range t.kinds {
			c := &t.kinds[k]
			for j := c.off[i]; j < c.off[i+1]; j++ {
				if y := &m.kinds[k][c.item[j]]; y.last[0] != int32(i+1) {
					y.last[0] = int32(i + 1)
					y.count++
					y.change = now
				}
			}
		}
	}
	for ; next < len(events) && t.known[events[next]] <= asOf; next++ {
		if t.watch.ended(next) {
			break
		}
		m.learn(t, events[next])
	}
	m.starts = t.start
	return out, m, crowd
}

func (m *memory) learn(t *table, row int) {
	for k := range t.kinds {
		c := &t.kinds[k]
		for j := c.off[row]; j < c.off[row+1]; j++ {
			if y := &m.kinds[k][c.item[j]]; y.last[1] != int32(row+1) {
				y.last[1] = int32(row + 1)
				y.learn(t.known[row], t.failed[row])
			}
		}
	}
}
