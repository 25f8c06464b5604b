package propagate

import "github.com/slackwater-go/slackwater/internal/cp"

// A Spell is a task that may not overlap others of a set: from Start to End+EndOff, at
// least Length long, if it takes place.
type Spell struct {
	Start, End cp.Var
	EndOff     int64
	Length     int64
	If         cp.Atom // Var -1: always
}

// Disjunctive looks at sets of tasks of which no two overlap, forwards and, on negated
// variables, backwards:
//
//   - overload: tasks that lie within a window must fit into it (Carlier 1982);
//   - edge-finding: a task with which the tasks of a window no longer fit must come
//     after all of them (Carlier and Pinson 1989);
//   - detectable precedences: a task comes after those that it can no longer precede,
//     and so after the time that they take together (Vilím 2002);
//   - not-first and not-last: a task that cannot be the first of some tasks, since all
//     of them would then end too late, starts after one of them ends (Torres and Lopez
//     2000).
//
// All four walk over windows in O(n²), which beats trees at the sizes that occur: tens
// of tasks. Orders of single pairs are Lags' business. Explanations name a window and
// who lies in it; the slack weakens the facts.
//
// A gate skips calls when few of them find anything.
type Disjunctive struct {
	src    cp.Source
	sides  [2][]side
	ifs    []cp.Atom
	length []int64
	order  []int32 // by earliest start
	ends   []int32 // by latest end
	est    []int64
	lct    []int64
	live   []int32
	pushes int64 // of the store, when the windows were read
	mirror bool  // the side looked at is the second
	rules  []func(*cp.Store, []side) bool
	gate
}

// side is a task seen forwards or backwards: its earliest start is the lower bound of
// lo plus loOff, its latest end is hiOff minus the lower bound of hi.
type side struct {
	lo, hi       cp.Var
	loOff, hiOff int64
}

// A gate lets a costly rule run always while it pays, and seldom otherwise.
type gate struct {
	runs, hits, skip int64
}

// closed says whether to leave this call out: seven in eight while fewer than one in
// sixty-four finds something.
func (g *gate) closed() bool {
	if g.skip > 0 {
		g.skip--
		return true
	}
	if g.runs++; g.runs >= 512 {
		g.runs /= 2
		g.hits /= 2
	}
	if g.runs > 128 && g.hits*64 < g.runs {
		g.skip = 7
	}
	return false
}

// NewDisjunctive returns the rule; notFirst says whether with that of the same name.
func NewDisjunctive(src cp.Source, spells []Spell, notFirst bool) *Disjunctive {
	d := &Disjunctive{src: src}
	d.rules = append(d.rules, d.windows, d.detectable)
	if notFirst {
		d.rules = append(d.rules, d.notFirst)
	}
	for _, sp := range spells {
		d.sides[0] = append(d.sides[0], side{sp.Start, sp.End ^ 1, 0, sp.EndOff})
		d.sides[1] = append(d.sides[1], side{sp.End ^ 1, sp.Start, -sp.EndOff, 0})
		d.ifs = append(d.ifs, sp.If)
		d.length = append(d.length, sp.Length)
	}
	n := len(spells)
	d.est, d.lct = make([]int64, n), make([]int64, n)
	return d
}

// Post watches the variables.
func (d *Disjunctive) Post(s *cp.Store) {
	id := s.Post(d, cp.Slow)
	for i, sd := range d.sides[0] {
		s.Watch(sd.lo, id, 0)
		s.Watch(sd.hi, id, 0)
		if f := d.ifs[i]; f.Var >= 0 && f.Var != sd.lo^1 {
			s.Watch(f.Var, id, 0)
		}
	}
}

// Propagate runs the rules both ways.
func (d *Disjunctive) Propagate(s *cp.Store, _ []int32, all bool) bool {
	if !all && d.closed() {
		return true
	}
	before := s.Pushes
	ok := d.run(s, 0) && d.run(s, 1)
	if !ok || s.Pushes != before {
		d.hits++
	}
	return ok
}

// read takes the windows of the tasks that take place.
func (d *Disjunctive) read(s *cp.Store, sides []side) {
	d.live = d.live[:0]
	for i := range sides {
		if f := d.ifs[i]; f.Var >= 0 && !s.Holds(f) {
			continue
		}
		sd := &sides[i]
		d.est[i] = s.Lb[sd.lo] + sd.loOff
		d.lct[i] = sd.hiOff - s.Lb[sd.hi]
		d.live = append(d.live, int32(i))
	}
	d.order = append(d.order[:0], d.live...)
	sortBy(d.order, d.est)
	d.pushes = s.Pushes
}

// run has one rule after the other look at the windows, each at the newest.
func (d *Disjunctive) run(s *cp.Store, k int) bool {
	d.mirror = k == 1
	sides := d.sides[k]
	d.read(s, sides)
	for _, rule := range d.rules {
		if s.Pushes != d.pushes {
			d.read(s, sides)
		}
		s.Work += int64(len(d.live)*len(d.live)) / 4
		if !rule(s, sides) {
			return false
		}
	}
	return true
}

// windows walks, for each latest end b, over the tasks that must end by b, from the
// latest start down, and keeps the window [a, b) that is fullest.
func (d *Disjunctive) windows(s *cp.Store, sides []side) bool {
	for _, k := range d.live {
		b := d.lct[k]
		// full is the earliest end of the tasks of the window that start at or after
		// from: the largest over from.
		load, full, from := int64(0), int64(-cp.Far), int64(0)
		longest := int32(-1) // of those that may end after b and start in the window
		for x := len(d.order) - 1; x >= 0; x-- {
			i := d.order[x]
			a := d.est[i]
			if d.lct[i] > b {
				if longest < 0 || d.length[i] > d.length[longest] {
					longest = i
				}
			} else {
				load += d.length[i]
				if a+load > full {
					full, from = a+load, a
				}
				if a+load > b {
					return d.overload(s, sides, a, b)
				}
			}
			if longest < 0 || load == 0 || a+load+d.length[longest] <= b || full <= s.Lb[sides[longest].lo]+sides[longest].loOff {
				continue
			}
			if !d.after(s, sides, longest, a, b, load, from, full) {
				return false
			}
			longest = -1
		}
	}
	return true
}

// inside adds the facts that put a task into the window [a, b).
func (d *Disjunctive) inside(s *cp.Store, sd *side, i int32, a, b int64) {
	s.Premise(sd.lo, a-sd.loOff)
	s.Premise(sd.hi, sd.hiOff-b)
	d.condition(s, i)
}

func (d *Disjunctive) condition(s *cp.Store, i int32) {
	if f := d.ifs[i]; f.Var >= 0 {
		s.Premise(f.Var, f.Bound)
	}
}

// because starts the reason of what the side looked at says of the window [a, b).
func (d *Disjunctive) because(s *cp.Store, rule cp.Rule, a, b int64) {
	if d.mirror {
		a, b = -b, -a
	}
	s.BecauseWithin(d.src, rule, a, b)
}

// overload fails: the tasks within [a, b) are too long together. The window grows by
// what they are too long.
func (d *Disjunctive) overload(s *cp.Store, sides []side, a, b int64) bool {
	load := int64(0)
	for _, i := range d.live {
		if d.est[i] >= a && d.lct[i] <= b {
			load += d.length[i]
		}
	}
	spare := load - (b - a) - 1
	lo := a - spare/2
	hi := b + (spare - spare/2)
	d.because(s, cp.RuleDisjunctive, lo, hi)
	for _, i := range d.live {
		if d.est[i] >= a && d.lct[i] <= b {
			d.inside(s, &sides[i], i, lo, hi)
		}
	}
	return s.Fail(s.Reason())
}

// after moves task i behind those within [a, b): with it they are too long, and it may
// start at a at the earliest. Those that start at or after from end at full at the
// earliest.
func (d *Disjunctive) after(s *cp.Store, sides []side, i int32, a, b, load, from, full int64) bool {
	// The window may begin so much earlier that all of them just do not fit.
	lo := b - load - d.length[i] + 1
	d.because(s, cp.RuleEdge, lo, b)
	for _, j := range d.live {
		if j == i || d.est[j] < a || d.lct[j] > b {
			continue
		}
		if d.est[j] >= from {
			d.inside(s, &sides[j], j, max(lo, from), b)
		} else {
			d.inside(s, &sides[j], j, lo, b)
		}
	}
	s.Premise(sides[i].lo, lo-sides[i].loOff)
	d.condition(s, i)
	return s.PushTold(sides[i].lo, full-sides[i].loOff, s.Reason())
}

// detectable moves each task behind those that it cannot precede any more.
func (d *Disjunctive) detectable(s *cp.Store, sides []side) bool {
	for _, i := range d.live {
		ect := d.est[i] + d.length[i]
		end, load, from, n := int64(-cp.Far), int64(0), int64(0), 0
		for x := len(d.order) - 1; x >= 0; x-- {
			j := d.order[x]
			if j == i || d.lct[j]-d.length[j] >= ect {
				continue
			}
			load += d.length[j]
			n++
			if d.est[j]+load > end {
				end, from = d.est[j]+load, d.est[j]
			}
		}
		if n < 2 || end <= s.Lb[sides[i].lo]+sides[i].loOff {
			continue
		}
		s.Because(d.src, cp.RuleDisjunctive)
		latest := int64(-cp.Far) // the latest start among them
		for _, j := range d.live {
			if j != i && d.est[j] >= from && d.lct[j]-d.length[j] < ect {
				latest = max(latest, d.lct[j]-d.length[j])
			}
		}
		for _, j := range d.live {
			if j != i && d.est[j] >= from && d.lct[j]-d.length[j] < ect {
				d.inside(s, &sides[j], j, from, latest+d.length[j])
			}
		}
		s.Premise(sides[i].lo, latest+1-d.length[i]-sides[i].loOff)
		d.condition(s, i)
		if !s.PushTold(sides[i].lo, end-sides[i].loOff, s.Reason()) {
			return false
		}
	}
	return true
}

// notFirst moves each task that cannot be the first of some tasks behind the one of them
// that may end first.
func (d *Disjunctive) notFirst(s *cp.Store, sides []side) bool {
	d.ends = append(d.ends[:0], d.live...)
	sortBy(d.ends, d.lct)
	for _, i := range d.live {
		ect := d.est[i] + d.length[i]
		load, soonest := int64(0), int64(cp.Far)
		for x, j := range d.ends {
			// Only those that end after i may start matter: it gains nothing from others.
			if ect := d.est[j] + d.length[j]; j != i && ect > d.est[i] {
				load += d.length[j]
				soonest = min(soonest, ect)
			}
			b := d.lct[j]
			if x+1 < len(d.ends) && d.lct[d.ends[x+1]] == b || load == 0 || b-load >= ect {
				continue
			}
			if !d.behindOne(s, sides, i, b, load, soonest) {
				return false
			}
			break
		}
	}
	return true
}

// behindOne moves task i to to: those that end by b, not before to, take so long
// together that it cannot end before all of them start.
func (d *Disjunctive) behindOne(s *cp.Store, sides []side, i int32, b, load, to int64) bool {
	if to <= s.Lb[sides[i].lo]+sides[i].loOff {
		return true
	}
	// The window may end so much later that i still just cannot be first.
	hi := load + d.est[i] + d.length[i] - 1
	s.Because(d.src, cp.RuleDisjunctive)
	for _, j := range d.live {
		if ect := d.est[j] + d.length[j]; j != i && d.lct[j] <= b && ect > d.est[i] {
			d.inside(s, &sides[j], j, to-d.length[j], hi)
		}
	}
	s.Premise(sides[i].lo, d.est[i]-sides[i].loOff)
	d.condition(s, i)
	return s.PushTold(sides[i].lo, to-sides[i].loOff, s.Reason())
}
