package cmdb

import "hash/maphash"

// index finds the position of a string in a slice. It is an open-addressing table of int32,
// 8 to 16 bytes an entry, a fifth of a Go map's; the random seed of maphash keeps chosen
// IDs from colliding, and it never shows in a result.
type index struct {
	seed  maphash.Seed
	table []int32 // position+1, 0 is free
}

func newIndex(n int) index {
	size := 8
	for size < 2*n {
		size *= 2
	}
	return index{maphash.MakeSeed(), make([]int32, size)}
}

// find returns the position for which at(pos) == s, and the slot where s is or would stand.
func (x *index) find(s string, at func(int32) string) (pos int32, slot int) {
	mask := len(x.table) - 1
	for slot = int(maphash.String(x.seed, s)) & mask; ; slot = (slot + 1) & mask {
		p := x.table[slot] - 1
		if p < 0 || at(p) == s {
			return p, slot
		}
	}
}
