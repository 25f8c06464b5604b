// Package search decides what to try next: it picks open facts by activity, gives them
// the value that the best solution has, restarts along Luby's sequence, and turns a
// bound on the objective into an assumption, so that nogoods learned under it stay
// valid when it is lifted.
package search
