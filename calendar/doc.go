// Package calendar answers when a change may run.
//
// Everything is built from one value type, the half-open [Interval] of absolute time, and
// one set type, [Intervals]. A [Recurrence] says when something begins (RFC 5545), a [Window]
// how long it lasts, whom it concerns and what it does, a [Calendar] is a list of windows.
// [Calendar.Open] returns the time in which a [Subject] may run.
package calendar
