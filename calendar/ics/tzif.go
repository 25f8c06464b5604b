package ics

import (
	"encoding/binary"
	"fmt"
)

// tzif writes clock changes in the format of RFC 8536, version 2, which is the
// one way to make a time.Location with changes. The list is not empty and sorted.
func tzif(list []onset) []byte {
	type kind struct {
		offset int
		dst    bool
		name   string
	}
	// Type 0 is for the time before the first change.
	kinds := []kind{{list[0].from, false, "LMT"}}
	index := map[kind]int{kinds[0]: 0}
	types := make([]byte, len(list))
	for i, o := range list {
		k := kind{o.to, o.dst, abbreviation(o)}
		n, ok := index[k]
		if n == 0 { // type 0 stays unused, which tells Go to use it before the first change
			ok = false
		}
		if !ok {
			n = len(kinds) // at most maxObservances + 1
			kinds = append(kinds, k)
			index[k] = n
		}
		types[i] = byte(n)
	}
	names := map[string]int{}
	var chars []byte
	for _, k := range kinds {
		if _, ok := names[k.name]; !ok && len(chars)+len(k.name) < 256 { // else the first name serves
			names[k.name] = len(chars)
			chars = append(append(chars, k.name...), 0)
		}
	}

	header := func(b []byte, times, types, chars int) []byte {
		b = append(b, "TZif2"...)
		b = append(b, make([]byte, 15)...)
		for _, n := range []int{0, 0, 0, times, types, chars} { // isut, isstd, leap, time, type, char
			b = binary.BigEndian.AppendUint32(b, uint32(n))
		}
		return b
	}
	b := header(nil, 0, 1, 1) // the version 1 block, for readers of 1987
	b = append(b, 0, 0, 0, 0, 0, 0, 0)
	b = header(b, len(list), len(kinds), len(chars))
	for _, o := range list {
		b = binary.BigEndian.AppendUint64(b, uint64(o.at))
	}
	b = append(b, types...)
	for _, k := range kinds {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(k.offset)))
		dst := byte(0)
		if k.dst {
			dst = 1
		}
		b = append(b, dst, byte(names[k.name]))
	}
	b = append(b, chars...)
	return append(b, "\n\n"...)
}

// abbreviation is what the zone is called at that time: short, and with no octet
// that would end the name early.
func abbreviation(o onset) string {
	n := 0
	for n < len(o.name) && n < 8 && (isNameByte(o.name[n]) || o.name[n] == '+') {
		n++
	}
	if n == 0 || n < len(o.name) {
		sign, v := '+', o.to
		if v < 0 {
			sign, v = '-', -v
		}
		return fmt.Sprintf("%c%02d%02d", sign, v/3600, v/60%60)
	}
	return o.name
}
