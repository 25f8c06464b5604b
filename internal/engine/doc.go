// Package engine puts the parts of the solver together: heuristics and lower bounds
// first, then the exact search. It knows integers only; names and instants live in
// package schedule.
package engine
