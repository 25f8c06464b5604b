// Package check decides whether to believe the solver. It imports the definition of
// the problem and of the certificate, and no line of the solver: its arithmetic is
// its own, written to be obvious rather than fast.
package check
