package risk

import (
	"fmt"
	"slices"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// A Structure is what [SystemOf] needs of a CMDB. *cmdb.Graph has it.
type Structure interface {
	// Requirements calls need once for each node that the named CIs depend on, and for
	// themselves: node is up only while at least k of the members are.
	Requirements(of []string, need func(node string, k int, members []string)) error
}

// SystemOf builds the [System] of everything that some services depend on, redundancy
// counted. fails gives the chance that a node fails by itself, in [0, 1]: of a CI that a
// change touches, the probability that the change fails and takes it down; of the others
// what is known of them, mostly 0. It is asked for groups too, which a CMDB may name as
// nodes; answer 0 for what is not known. Nil means 0 throughout.
func SystemOf(g Structure, fails func(node string) float64, services ...string) (*System, error) {
	if g == nil || len(services) == 0 {
		return nil, &validate.Error{Path: "services", Problem: "needs a graph and at least one service"}
	}
	s := &System{}
	err := g.Requirements(services, func(node string, k int, members []string) {
		n := Node{ID: node}
		if fails != nil {
			n.Fails = fails(node)
		}
		switch {
		case len(members) == 0:
		case k == len(members): // each for itself: circles and diagrams stay small
			for _, m := range members {
				n.Needs = append(n.Needs, Need{1, []string{m}})
			}
		default:
			n.Needs = []Need{{k, slices.Clone(members)}}
		}
		s.Nodes = append(s.Nodes, n)
	})
	if err != nil {
		return nil, fmt.Errorf("services: %w", err)
	}
	return s, s.Validate()
}
