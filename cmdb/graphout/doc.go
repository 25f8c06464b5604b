// Package graphout writes a graph for people's own viewers: DOT for Graphviz, GraphML for yEd,
// Gephi and others. Arrows go from the dependent to what it depends on; redundancy groups are
// nodes of their own, between their dependents and their members.
package graphout
