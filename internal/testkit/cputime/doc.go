// Package cputime reads processor time for benchmarks: other processes on the machine
// disturb it less than the clock.
package cputime
