// Package engine puts the parts of the solver together. It knows integers only; names
// and instants live in package schedule.
//
// A run goes through these stages, each of which can end it:
//
//  1. Windows of starts and ends from domains, calendars and lags (package sgs). Empty
//     windows and circles of lags of positive length prove that there is no solution.
//  2. Lower bounds from the windows, and, given a solution, by trying how small the
//     largest cost can be before windows or energies contradict it.
//  3. Schedule generation by several rules, with ejection where a task finds no place,
//     and justification (package sgs), until the bounds are met or some work is done.
//  4. Independent parts of the instance, if it has several, each as an instance of its
//     own, by turns; else
//  5. the exact search (packages cp, nogood, propagate, search) and large-neighbourhood
//     search (package lns) by turns, until one proves the best or a limit is reached.
//     Large instances stay with the latter. Several workers do so at once, in epochs, and
//     exchange what they know between these only.
//
// # Guarantees
//
// Every solution passes [check.Solution] before anybody sees it. Optimal is claimed
// exactly when the value meets the bound in every tier; a bound of a higher tier is for
// solutions whose lower tiers have the reported values.
//
// A run is a function of instance, options and the work at which it stopped:
// Stats.Work as the MaxWork of another run gives the same solution, also where a
// context cut the first one off. Contexts are asked every few thousand units of work,
// a millisecond or two, also while models are built; with tens of thousands of tasks some ten
// milliseconds. With several workers an exchange that a context cuts off
// counts as not begun.
//
// # Certificates
//
// With Options.Proof the run writes the log of package proof, for all instances but
// those that [check.Supported] refuses, whose goals could pass 2^60, and those with
// judgements of the caller's: their log claims nothing. What plain propagation
// cannot follow (energies, sequences of tasks that exclude one another, flows) is a step of
// the log where analysis uses it, with where to look; independent parts are logs within it.
// Bounds by energies before the search, and further workers, are off while it is written,
// and the guide of a sum does not split it by its flow. Tiers are settled in order: what is learned
// while a tier is asked to be better than the best has that as a fact of its own, so that
// no nogood has to be taken back when the next tier begins. The cores that raise the bound
// of a sum are nogoods of the log, and the sums that take their place have names in it.
//
// In builds with the tag "invariants" every inference that analysis used and every
// learned nogood of small such instances is judged by package check as it happens.
package engine
