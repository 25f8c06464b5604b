//go:build unix

package cmdb

import (
	"syscall"
	"time"
)

// cpuTime returns the processor time of this process, which other processes on the
// machine disturb less than the clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
