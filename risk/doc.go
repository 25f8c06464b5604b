// Package risk answers: how dangerous is this change, and why?
//
// A [Model] rates a [Change]: the log-odds of failure are a sum of named
// contributions, so a rating can always be explained; the impact of a failure comes from the
// CI graph; the score is probability × impact. [Default] needs no history; a fitted
// model learns from one.
//
// Guarantees: the contributions of an [Assessment] add up to its log-odds exactly, as printed;
// raising a factor declared monotone never lowers a score; a given model rates
// identically, bit for bit, on every platform; no call panics on any input; models are
// read-only and safe for concurrent use.
package risk
