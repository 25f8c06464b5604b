package risk

import (
	"cmp"
	"slices"
)

func absFloat(x float64) float64 { return max(x, -x) }

// sortWeights orders by falling size, then by name.
func sortWeights(list []Weight) {
	slices.SortFunc(list, func(a, b Weight) int {
		return cmp.Or(cmp.Compare(absFloat(b.Value), absFloat(a.Value)), cmp.Compare(a.Factor, b.Factor))
	})
}
