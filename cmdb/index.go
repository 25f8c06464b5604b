package cmdb

import "hash/maphash"

// index finds the position of a string in a list. It is an open-addressing table of int32, 8 to
// 16 bytes an entry where a Go map takes about 40; the random seed of maphash keeps chosen IDs
// from colliding, and it never shows in a result.
type index struct {
	seed  maphash.Seed
	table []int32 // position+1, 0 is free
	used  int
}

func newIndex(n int) index {
	size := 8
	for size < 2*n {
		size *= 2
	}
	return index{seed: maphash.MakeSeed(), table: make([]int32, size)}
}

// find returns the position whose text at(position) is s, or -1, and the slot where it is or would stand.
func (x *index) find(s string, at func(int32) string) (pos int32, slot int) {
	if len(x.table) == 0 {
		return -1, 0
	}
	mask := len(x.table) - 1
	for slot = int(maphash.String(x.seed, s)) & mask; ; slot = (slot + 1) & mask {
		p := x.table[slot] - 1
		if p < 0 || at(p) == s {
			return p, slot
		}
	}
}

// add enters position p, whose text s is not in the table; slot is what find returned for it.
func (x *index) add(s string, p int32, slot int, at func(int32) string) {
	if 2*(x.used+1) > len(x.table) {
		old := x.table
		*x = index{x.seed, make([]int32, max(8, 2*len(old))), x.used}
		if len(old) == 0 {
			x.seed = maphash.MakeSeed()
		}
		mask := len(x.table) - 1
		for _, q := range old {
			if q > 0 {
				slot := int(maphash.String(x.seed, at(q-1))) & mask
				for x.table[slot] != 0 {
					slot = (slot + 1) & mask
				}
				x.table[slot] = q
			}
		}
		_, slot = x.find(s, at)
	}
	x.table[slot] = p + 1
	x.used++
}
