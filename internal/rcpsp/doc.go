// Package rcpsp defines the problem that the solver solves, in integers only:
// the multi-mode resource-constrained project scheduling problem with
// generalised time lags (RCPSP/max), time-varying capacities, start domains,
// working-time calendars, exclusions, redundancy groups, budgets and a tiered
// objective.
//
// It is the narrow waist of the module: package schedule compiles to it, engine
// solves it, check verifies against it, and none of these knows the others.
//
// # Conventions
//
// Time is counted in ticks from the start of the horizon. A [Range] of starts is
// inclusive at both ends; a [Span] of time is half-open, [Lo, Hi). A task occupies
// the span from its start to its end; a task of zero duration occupies nothing,
// overlaps nothing and uses no renewable resource, but takes part in lags,
// budgets, links and goals. An absent optional task takes part only in links and
// in the Absent cost of goals.
//
// Every number is within ±[Limit], so that sums of a thousand of them and all
// negations fit in an int64; [Instance.Validate] checks that once.
//
// Notation follows Brucker et al. (1999), "Resource-constrained project
// scheduling: notation, classification, models, and methods"; lags follow
// Bartusch, Möhring and Radermacher (1988).
package rcpsp
