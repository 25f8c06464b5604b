// Package judge decides whether a plan keeps to what was asked of it, and says what is
// wrong in the words of those who own the plan.
//
// It believes nothing: the plan may come from a solver, a spreadsheet or a calendar
// export. It knows no solver and shares no code with one: it reads calendars occurrence by
// occurrence, window by window, and works on exact instants, where the solver works on
// interval sets and ticks. What the two agree on has been reached by two roads.
//
// [Judge] looks at the whole of a plan. A [Checker] holds a plan and looks again only at
// what one edit touches; its report is the same, bit for bit. The input is a [Case], plain
// data that speaks in ids; the output a [Report] of [Finding] values.
//
// # Rules
//
//	spans                half-open: what ends when another begins does not overlap it
//	work of no length    occupies nothing, but has lags, dates, budgets and a calendar, which
//	                     is to be open just before or just after its instant
//	one piece            overlaps no blackout or prohibiting freeze, except one with Overrun
//	                     that begins later than the work; where maintenance windows
//	                     are required starts in one and lies in their union (windows
//	                     that touch are one), unless one that it starts in has Overrun
//	cut-off              the last start is the end of the window less its cut-off, inclusive
//	pausing work         starts in open time, not after the cut-off, and ends as soon as its
//	                     working time has passed; pausing, it keeps its demands only if
//	                     it holds them, but always its place in exclusions and groups
//	graded freezes       that need an approval are a Warning, advisory ones a Note
//	overrides            as in package calendar
//	overload             more in use than the capacity at that instant
//	redundancy           more members out than allowed, while the plan makes it worse than
//	                     known incidents do by themselves
//	budgets              an activity counts in full in the period that holds its start
//	bundles              in one window: from each start to the next, the windows are open
//	                     without a gap for both activities
//	left out             what is not planned is Missing, unless it is optional; precedences
//	                     say nothing about it
//	twice planned        the first assignment counts, and Malformed says so
//	unusable             assignments with no time, in the wrong order, before 1850, from 2130
//	                     on or longer than ten years are Malformed and not judged further
//
// # One cause, one finding
//
// A finding spans a maximal stretch of time and has all that it concerns as members. All
// work in one occurrence of a blackout or freeze is one finding, whichever calendars lead
// to it; so is all work that starts in one closed stretch between windows of a calendar, all
// work that breaks one date rule or one end of the horizon, and an overlap of the same
// activities over the same span at several CIs.
//
// # How it works
//
// Each requirement finds out raw findings by itself. A raw finding has a key that says
// what its cause is, and those of one key become one [Finding]. Requirements over time are
// timelines (timeline in sweep.go): sorted spans that are swept once, and after an edit again
// only where the edit and the findings that reach there are.
package judge
