package cmdb

import (
	"slices"
	"strings"
)

// Waves groups ids so that no CI comes before, or together with, one of ids that it relies on,
// be it over CIs that are not in ids. Each CI stands in the earliest wave possible; waves are
// sorted by ID. It fails with an [UnknownCIError], or with a [CycleError] where ids rely on
// each other in a circle.
//
// Cost: linear in what the ids rely on.
func (g *Graph) Waves(ids ...string) ([][]string, error) {
	wanted, err := g.numbers(ids)
	if err != nil {
		return nil, err
	}
	if len(wanted) == 0 {
		return [][]string{}, nil
	}
	c := &g.core
	nodes := int(c.n) + len(c.need)
	isWanted := make([]bool, nodes)
	for _, v := range wanted {
		isWanted[v] = true
	}
	// wave of a node: 1 + the highest wave of the wanted CIs among it and what it relies on.
	wave := make([]int32, nodes)
	var circles [][]string
	waves := [][]string{}
	c.components(wanted, func(component []int32) {
		high, members := int32(0), 0
		for _, v := range component {
			for _, w := range c.providers.row(v) {
				high = max(high, wave[w])
			}
			if isWanted[v] {
				members++
			}
		}
		if members > 1 {
			var circle []string
			for _, v := range component {
				if v < c.n {
					circle = append(circle, g.ids[v])
				}
			}
			slices.Sort(circle)
			circles = append(circles, circle)
		}
		if members > 0 {
			high++
		}
		for _, v := range component {
			wave[v] = high
		}
	})
	if len(circles) > 0 {
		slices.SortFunc(circles, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
		return nil, &CycleError{circles}
	}
	for _, v := range wanted {
		for int(wave[v]) > len(waves) {
			waves = append(waves, nil)
		}
		waves[wave[v]-1] = append(waves[wave[v]-1], g.ids[v])
	}
	return waves, nil
}

// Cycles returns the CIs that rely on each other in circles, as [CycleError] lists them.
//
// Cost: linear.
func (g *Graph) Cycles() [][]string {
	c := &g.core
	all := make([]int32, c.n)
	for v := range all {
		all[v] = int32(v)
	}
	var out [][]string
	c.components(all, func(component []int32) {
		if len(component) < 2 {
			return
		}
		var circle []string
		for _, v := range component {
			if v < c.n {
				circle = append(circle, g.ids[v])
			}
		}
		if len(circle) > 1 {
			slices.Sort(circle)
			out = append(out, circle)
		}
	})
	slices.SortFunc(out, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return out
}
