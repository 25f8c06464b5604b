package cmdb

import "slices"

// pages is a persistent sparse array: setting an element makes a new one that shares all but one
// page and the list of pages with the old, which stays as it was. For a million elements
// that list is 30 kB; a balanced tree would copy less and be slower to read, and reading is what
// it is for.
type pages[T any] []*page[T]

const pageSize = 256

type page[T any] [pageSize]*T

func (p pages[T]) get(i int32) *T {
	if p == nil || p[i/pageSize] == nil {
		return nil
	}
	return p[i/pageSize][i%pageSize]
}

// with returns p with element i set; n is the number of elements.
func (p pages[T]) with(n int, i int32, x *T) pages[T] {
	if p == nil {
		p = make(pages[T], (n+pageSize-1)/pageSize)
	} else {
		p = slices.Clone(p)
	}
	var pg page[T]
	if old := p[i/pageSize]; old != nil {
		pg = *old
	}
	pg[i%pageSize] = x
	p[i/pageSize] = &pg
	return p
}
