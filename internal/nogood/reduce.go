package nogood

import "github.com/slackwater-go/slackwater/internal/cp"

// Simplify tidies up at level 0, after propagation: it settles the trail and, when
// enough conflicts have passed, deletes half of the nogoods that are neither short nor
// used lately. It returns false if nothing is left to search.
func (db *DB) Simplify() bool {
	db.S.Settle()
	if db.Conflicts < db.nextReduce {
		return true
	}
	db.Deleted++
	db.nextReduce = db.Conflicts + min(db.opt.ReduceAt+db.opt.ReduceInc*db.Deleted, max(db.opt.ReduceAt, db.opt.ReduceMax))
	return db.Reduce()
}

// Reduce deletes at level 0. Nogoods over few levels stay (Glucose's core tier), those
// used since the last deletion come next, then the rest by the number of levels.
func (db *DB) Reduce() bool {
	keep := append([]int32(nil), db.learned[:db.given]...)
	var rest []int32
	for _, c := range db.learned[db.given:] {
		if h := db.arena[c]; h.bucket <= db.opt.KeepLBD || h.v <= 2 {
			keep = append(keep, c)
		} else {
			rest = append(rest, c)
		}
	}
	recent := db.Conflicts - db.opt.ReduceAt
	sortInt32(rest, func(x, y int32) bool {
		a, b := db.arena[x], db.arena[y]
		switch ra, rb := a.bound > recent, b.bound > recent; {
		case ra != rb:
			return ra
		case a.bucket != b.bucket:
			return a.bucket < b.bucket
		case a.bound != b.bound:
			return a.bound > b.bound
		}
		return x < y
	})
	keep = append(keep, rest[:len(rest)/2]...)
	return db.rebuild(keep)
}

// rebuild keeps just the nogoods of keep, without those that are satisfied and without
// facts that hold, and forgets facts that nothing speaks of any more.
func (db *DB) rebuild(keep []int32) bool {
	given := map[int32]bool{} // membership only; its order is never used
	for _, c := range db.learned[:db.given] {
		given[c] = true
	}
	var was []int32
	var born map[int32]int64 // looked up only
	sink, tell := db.S.Sink.(Forgetter)
	if tell {
		was, born = append(was, db.learned...), map[int32]int64{}
		for i, c := range db.learned {
			born[c] = db.births[i]
		}
	}
	sortInt32(keep, func(x, y int32) bool { return x < y })
	old := db.arena
	db.forgetAtoms(keep)
	db.arena = db.spare[:0]
	db.learned, db.births = db.learned[:0], db.births[:0]
	db.given = 0
	var units, facts []cp.Atom
	for _, c := range keep {
		h := old[c]
		facts = facts[:0]
		satisfied := false
		for _, f := range old[c+1 : c+1+int32(h.v)] {
			a := cp.Atom{Bound: f.bound, Var: f.v}
			if db.S.Fails(a) {
				satisfied = true
				break
			}
			if !db.S.Holds(a) {
				facts = append(facts, a)
			}
		}
		switch {
		case satisfied:
		case len(facts) == 0:
			return false // nothing is left, so nobody needs the rest
		case len(facts) == 1:
			units = append(units, facts[0])
		default:
			n := db.add(facts, h.bucket)
			db.arena[n].bound = h.bound
			last := len(db.learned) - 1
			db.births[last] = born[c]
			delete(born, c)
			if given[c] {
				db.learned[last], db.learned[db.given] = db.learned[db.given], n
				db.births[last], db.births[db.given] = db.births[db.given], db.births[last]
				db.given++
			}
		}
	}
	db.spare = old[:0]
	for _, c := range was {
		if n := born[c]; n > 0 {
			sink.Forget(n)
		}
	}
	for _, u := range units {
		if !db.S.Push(u.Var^1, 1-u.Bound, db.rootReason()) {
			return false
		}
	}
	return true
}

// forgetAtoms makes the numbers of facts anew: those in nogoods that stay and those
// whose activity still counts keep one, all others go, so that a long run does not
// grow. Every list of watches is empty afterwards.
func (db *DB) forgetAtoms(keep []int32) {
	used := make([]bool, len(db.atomKey))
	for _, c := range keep {
		for _, f := range db.arena[c+1 : c+1+int32(db.arena[c].v)] {
			used[f.bucket>>1] = true
		}
	}
	least := db.heap.inc * 1e-4
	renamed := make([]int32, len(used))
	n := int32(0)
	inHeap := db.heap.pos
	score := make([]float64, 0, len(used))
	pos := make([]int32, 0, len(used))
	for a := range used {
		v := db.atomVar[a]
		k := db.atomKey[a]
		settled := db.S.Lb[v] >= k || db.S.Lb[v^1] >= 1-k
		if !used[a] && (settled || db.heap.score[a] < least) {
			renamed[a] = -1
			continue
		}
		renamed[a] = n
		db.atomVar[n], db.atomKey[n] = v, k
		score = append(score, db.heap.score[a])
		pos = append(pos, inHeap[a])
		n++
	}
	db.atomVar, db.atomKey = db.atomVar[:n], db.atomKey[:n]
	for x := range db.thr {
		t := &db.thr[x]
		j := 0
		for i, id := range t.ids {
			if renamed[id] >= 0 {
				t.keys[j], t.ids[j] = t.keys[i], renamed[id]
				j++
			}
		}
		t.keys, t.ids = t.keys[:j], t.ids[:j]
	}
	clear(db.watches) // also their room: facts that were watched much are so no longer
	db.watches = db.watches[:2*n]
	heap := db.heap.heap
	db.heap = activity{score: score, pos: pos, inc: db.heap.inc}
	for i := range pos {
		pos[i] = -1
	}
	for _, a := range heap {
		if r := renamed[a]; r >= 0 {
			db.heap.insert(r)
		}
	}
}
