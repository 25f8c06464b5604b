package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/slackwater-go/slackwater/schedule"
	"github.com/slackwater-go/slackwater/schedule/report"
)

// progress returns a function that keeps one line of a terminal up to date, and one that
// wipes it. Into a pipe or a file neither writes anything.
func progress(w io.Writer) (show func(schedule.Progress), wipe func()) {
	f, ok := w.(*os.File)
	if !ok {
		return nil, func() {}
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil, func() {}
	}
	var last time.Time
	show = func(p schedule.Progress) {
		if time.Since(last) < 100*time.Millisecond {
			return
		}
		last = time.Now()
		line := fmt.Sprintf("planning: %d steps", p.Work)
		for _, t := range p.Tiers {
			if p.Plan != nil {
				line += fmt.Sprintf("  %d (at least %d)", t.Value, t.Bound)
			}
		}
		fmt.Fprintf(w, "\r\x1b[K%s", report.Clip(line, 100))
	}
	return show, func() { fmt.Fprint(w, "\r\x1b[K") }
}
