package cmdb

import "hash/maphash"

// index finds the position of a string in a list. It is an open-addressing table of 32 bits an
// entry, 8 to 16 bytes with the free ones, where a Go map takes about 40; the random seed of maphash keeps
// chosen IDs from colliding, and it never shows in a result. Positions need 29 bits; the others
// hold as many of the hash, so that seven of eight neighbours in the table are passed without a
// look at their text, which would miss the cache twice.
type index struct {
	seed  maphash.Seed
	table []uint32 // tag and position+1, 0 is free
	used  int
}

const placeBits = 29 // maxItems is less than 1<<placeBits

func newIndex(n int) index {
	size := 8
	for size < 2*n {
		size *= 2
	}
	return index{seed: maphash.MakeSeed(), table: make([]uint32, size)}
}

// hash returns the slot to begin at and the tag.
func (x *index) hash(s string) (slot int, tag uint32) {
	h := maphash.String(x.seed, s)
	return int(h) & (len(x.table) - 1), uint32(h>>32) &^ (1<<placeBits - 1)
}

// find returns the position whose text at(position) is s, or -1, and the slot where it is or would stand.
func (x *index) find(s string, at func(int32) string) (pos int32, slot int) {
	if len(x.table) == 0 {
		return -1, 0
	}
	mask := len(x.table) - 1
	slot, tag := x.hash(s)
	for ; ; slot = (slot + 1) & mask {
		e := x.table[slot]
		if e == 0 {
			return -1, slot
		}
		if e&^(1<<placeBits-1) != tag {
			continue
		}
		if p := int32(e&(1<<placeBits-1)) - 1; at(p) == s {
			return p, slot
		}
	}
}

// add enters position p, whose text s is not in the table; slot is what find returned for it.
func (x *index) add(s string, p int32, slot int, at func(int32) string) {
	if 2*(x.used+1) > len(x.table) {
		x.grow(2*x.used+1, at)
		_, slot = x.find(s, at)
	}
	_, tag := x.hash(s)
	x.table[slot] = tag | uint32(p+1)
	x.used++
}

// addAll enters texts[first:], none of which is in the table or there twice. Nothing is compared, so
// that the processor need not wait for one slot to go on to the next text.
func (x *index) addAll(texts []string, first int) {
	if n := x.used + len(texts) - first; 2*n > len(x.table) {
		x.grow(n, func(p int32) string { return texts[p] })
	}
	mask := len(x.table) - 1
	for p, s := range texts[first:] {
		slot, tag := x.hash(s)
		for x.table[slot] != 0 {
			slot = (slot + 1) & mask
		}
		x.table[slot] = tag | uint32(first+p+1)
	}
	x.used += len(texts) - first
}

// grow makes room for n texts.
func (x *index) grow(n int, at func(int32) string) {
	old := *x
	if *x = newIndex(n); len(old.table) > 0 {
		x.seed = old.seed
	}
	x.used = old.used
	mask := len(x.table) - 1
	for _, e := range old.table {
		if e > 0 {
			slot, _ := x.hash(at(int32(e&(1<<placeBits-1)) - 1))
			for x.table[slot] != 0 {
				slot = (slot + 1) & mask
			}
			x.table[slot] = e
		}
	}
}
