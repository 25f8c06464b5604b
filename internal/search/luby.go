package search

// Luby returns the i-th number, from 1, of the sequence 1 1 2 1 1 2 4 1 1 2 ... of Luby,
// Sinclair and Zuckerman (1993).
func Luby(i int64) int64 {
	for {
		k := int64(1)
		for k<<1-1 < i {
			k <<= 1
		}
		// k is the largest power of two for which k-1 < i; the block ends at 2k-1.
		if i == k<<1-1 {
			return k
		}
		i -= k - 1
	}
}
