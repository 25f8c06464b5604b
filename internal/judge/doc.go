// Package judge decides whether a plan keeps to what was asked of it.
//
// It believes nothing: the plan may come from a solver, a spreadsheet or a
// calendar export. It knows no solver and shares no code with one: it reads
// calendars occurrence by occurrence, window by window, and works on exact
// instants, where the solver works on interval sets and ticks. Whatever the two
// agree on has thus been reached by two roads.
//
// [Judge] looks at the whole of a plan. A [Checker] holds a plan and looks again
// only at what one edit touches; its findings are the same, bit for bit.
package judge
