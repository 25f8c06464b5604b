// Package outcome compares what happened with what was planned. It answers: how well
// do we deliver, how good were our plans, and what needs a review?
//
// A [History] is the records of a period, one a deployment, each with what is known of
// it and no more: fields that the source does not have stay empty. [Measure] makes
// [Metric]s of them: the five of DORA by their definitions of 2024 and later (dora.dev,
// "DORA's software delivery performance metrics"), and those of change enablement. A
// metric that the records cannot say is not measurable, with the reason, and never
// zero; one that only some of them can say tells of how many. [Reviews] lists what is
// owed a post-implementation review, [Durations] how long work took against its plan, and
// [Learn] makes of both what [schedule.Simulate] draws from.
//
// Quantiles are by nearest rank, so that each is a value that happened. Intervals hold
// their start and not their end. Results depend on the records alone, and not on their
// order; everything costs time O(n log n) in them.
package outcome
