package nogood

import "github.com/slackwater-go/slackwater/internal/cp"

// Moved visits the nogoods that watch a fact which became true as v went from old to
// now. It returns false on conflict.
func (db *DB) Moved(v cp.Var, old, now int64) bool {
	t := &db.thr[v>>1]
	if len(t.keys) == 0 {
		return true
	}
	if v&1 == 0 {
		for k := lowBound(t.keys, old+1); k < len(t.keys) && t.keys[k] <= now; k++ {
			b := 2 * t.ids[k]
			if len(db.watches[b]) > 0 && !db.visit(b) {
				return false
			}
		}
		return true
	}
	for k := lowBound(t.keys, 1-now); k < len(t.keys) && t.keys[k] <= -old; k++ {
		b := 2*t.ids[k] + 1
		if len(db.watches[b]) > 0 && !db.visit(b) {
			return false
		}
	}
	return true
}

// visit looks at the nogoods that watch the fact with this number, which is now true.
func (db *DB) visit(bucket int32) bool {
	s := db.S
	lb := s.Lb
	ws := db.watches[bucket]
	s.Work += int64(len(ws))
	j := 0
	for i := range ws {
		w := ws[i]
		if lb[w.v^1] >= 1-w.bound { // the blocker is false
			ws[j] = w
			j++
			continue
		}
		size := int32(db.arena[w.nogood].v)
		c := db.arena[w.nogood+1 : w.nogood+1+size]
		other := c[0]
		if other.bucket == bucket {
			other = c[1]
			c[0], c[1] = other, c[0]
		}
		if lb[other.v^1] >= 1-other.bound {
			ws[j] = watch{other.bound, other.v, w.nogood}
			j++
			continue
		}
		found := false
		for q := 2; q < len(c); q++ {
			f := c[q]
			if lb[f.v] < f.bound {
				c[1], c[q] = f, c[1]
				db.watches[f.bucket] = append(db.watches[f.bucket], watch{other.bound, other.v, w.nogood})
				found = true
				break
			}
		}
		if found {
			continue
		}
		ws[j] = watch{other.bound, other.v, w.nogood}
		j++
		if lb[other.v] < other.bound {
			if s.Push(other.v^1, 1-other.bound, cp.Tag(db.kind, uint32(w.nogood))) {
				continue
			}
		} else {
			s.Conflict = s.Conflict[:0]
			for _, f := range c {
				s.Conflict = append(s.Conflict, cp.Atom{Bound: f.bound, Var: f.v})
			}
			db.arena[w.nogood].bound = db.Conflicts
		}
		j += copy(ws[j:], ws[i+1:])
		db.watches[bucket] = ws[:j]
		return false
	}
	db.watches[bucket] = ws[:j]
	return true
}
