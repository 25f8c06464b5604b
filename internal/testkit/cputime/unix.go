//go:build unix

package cputime

import (
	"syscall"
	"time"
)

// Now returns the processor time of this process so far, of all its threads.
func Now() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
