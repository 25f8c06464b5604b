//go:build !unix

package cputime

import "time"

// Now falls back to the clock.
func Now() time.Duration { return time.Duration(time.Now().UnixNano()) }
