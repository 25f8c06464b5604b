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

// slot returns the slot to begin at for a hash, and the tag.
func (x *index) slot(h uint64) (slot int, tag uint32) {
	return int(h) & (len(x.table) - 1), uint32(h>>32) &^ (1<<placeBits - 1)
}

// find returns the position of s in texts, or -1, and the slot where it is or would stand.
func (x *index) find(s string, texts []string) (pos int32, slot int) {
	if len(x.table) == 0 {
		return -1, 0
	}
	mask := len(x.table) - 1
	slot, tag := x.slot(maphash.String(x.seed, s))
	for ; ; slot = (slot + 1) & mask {
		e := x.table[slot]
		if e == 0 {
			return -1, slot
		}
		if e&^(1<<placeBits-1) != tag {
			continue
		}
		if p := int32(e&(1<<placeBits-1)) - 1; texts[p] == s {
			return p, slot
		}
	}
}

// findBytes is find for a text that is not kept.
func (x *index) findBytes(s []byte, texts []string) int32 {
	if len(x.table) == 0 {
		return -1
	}
	mask := len(x.table) - 1
	slot, tag := x.slot(maphash.Bytes(x.seed, s))
	for ; x.table[slot] != 0; slot = (slot + 1) & mask {
		e := x.table[slot]
		if e&^(1<<placeBits-1) != tag {
			continue
		}
		if p := int32(e&(1<<placeBits-1)) - 1; texts[p] == string(s) {
			return p
		}
	}
	return -1
}

// lookahead is how many texts findAll finds at a time.
const lookahead = 64

// findAll finds up to lookahead texts that are not kept, -1 where one is not in the list. Looking one up
// waits for memory three times: for the slot, for where its text stands, and for the text. Done step by step for all of
// them, the processor waits for many at once; on a million texts that takes less than half of the time.
func (x *index) findAll(all [][]byte, texts []string, out []int32) {
	var heads [lookahead]string
	if len(x.table) == 0 {
		for i := range all {
			out[i] = -1
		}
		return
	}
	for i, s := range all {
		slot, tag := x.slot(maphash.Bytes(x.seed, s))
		out[i] = -1
		if e := x.table[slot]; e != 0 && e&^(1<<placeBits-1) == tag {
			out[i] = int32(e&(1<<placeBits-1)) - 1
		}
	}
	for i := range all {
		if p := out[i]; p >= 0 {
			heads[i] = texts[p]
		}
	}
	for i, s := range all {
		if out[i] < 0 || heads[i] != string(s) { // a neighbour's slot, or not there
			out[i] = x.findBytes(s, texts)
		}
	}
}

// add enters position p of texts, which is not in the table; slot is what find returned for it.
func (x *index) add(p int32, slot int, texts []string) {
	if 2*(x.used+1) > len(x.table) {
		x.grow(2*x.used+1, texts)
		_, slot = x.find(texts[p], texts)
	}
	_, tag := x.slot(maphash.String(x.seed, texts[p]))
	x.table[slot] = tag | uint32(p+1)
	x.used++
}

// addAll enters texts[first:], none of which is in the table or there twice. Nothing is compared, so
// that the processor need not wait for one slot to go on to the next text.
func (x *index) addAll(texts []string, first int) {
	if n := x.used + len(texts) - first; 2*n > len(x.table) {
		x.grow(n, texts)
	}
	mask := len(x.table) - 1
	for p, s := range texts[first:] {
		slot, tag := x.slot(maphash.String(x.seed, s))
		for x.table[slot] != 0 {
			slot = (slot + 1) & mask
		}
		x.table[slot] = tag | uint32(first+p+1)
	}
	x.used += len(texts) - first
}

// grow makes room for n texts.
func (x *index) grow(n int, texts []string) {
	old := *x
	if *x = newIndex(n); len(old.table) > 0 {
		x.seed = old.seed
	}
	x.used = old.used
	mask := len(x.table) - 1
	for _, e := range old.table {
		if e > 0 {
			slot, _ := x.slot(maphash.String(x.seed, texts[e&(1<<placeBits-1)-1]))
			for x.table[slot] != 0 {
				slot = (slot + 1) & mask
			}
			x.table[slot] = e
		}
	}
}
