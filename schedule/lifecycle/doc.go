// Package lifecycle answers what has to happen before and after work runs: which states
// a change and a release pass through, who has to approve, which duties follow, and what
// was decided by whom.
//
// It keeps nothing and knows no clock: states, approvals and duties are values, the
// verbs are pure functions of them and of the time that they are given, and a host
// program stores them where it likes.
package lifecycle
