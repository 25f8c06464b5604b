package cmdb

import (
	"slices"
	"strings"
)

// ciList holds CIs in chunks: a CI takes 232 bytes, and a list in one piece that grows is copied
// five times over.
type ciList [][]CI

const ciChunk = 1024

func (l ciList) at(p int32) *CI { return &l[p/ciChunk][p%ciChunk] }

// add adds CI n, the next.
func (l *ciList) add(n int, c *CI) {
	if n%ciChunk == 0 {
		*l = append(*l, make([]CI, 0, min(ciChunk, n+16))) // small graphs stay small
	}
	last := &(*l)[len(*l)-1]
	*last = append(*last, *c)
}

// doubled returns list with room for one more; where it has none it doubles, as append does not for
// long lists, which then are copied five times over.
func doubled[T any](list []T) []T {
	if len(list) < cap(list) {
		return list
	}
	return slices.Grow(list, len(list)+8)
}

// texts keeps many short texts in few pieces.
type texts struct{ piece *strings.Builder }

func (t *texts) keep(b []byte) string {
	const size = 1 << 16
	if len(b) > size/16 {
		return string(b)
	}
	if t.piece == nil || t.piece.Cap()-t.piece.Len() < len(b) {
		t.piece = &strings.Builder{}
		t.piece.Grow(size)
	}
	n := t.piece.Len()
	t.piece.Write(b)
	return t.piece.String()[n:]
}
