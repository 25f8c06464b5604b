// Package lns chooses which tasks of a solution to free and place anew: large
// neighbourhood search (Shaw 1998) with neighbourhoods made for schedules (Laborie and
// Godard 2007) and an adaptive choice among them (Ropke and Pisinger 2006).
//
// Those that are not freed it can tie together as a partial-order schedule, so that they may
// move without being searched, see [Chainer].
//
// It knows instances and solutions, and nothing of how the freed tasks are placed.
package lns
