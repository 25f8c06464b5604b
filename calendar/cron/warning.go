package cron

import "fmt"

// A WarningKind says in what the tool that a policy comes from differs from the windows made of it.
type WarningKind string

// The kinds of warnings.
const (
	// ZoneOffset: Argo CD reads a window's clock with the UTC offset of the moment
	// of asking, so that it opens or closes by the size of the change too early or
	// late while a clock change lies between the window's start and that moment.
	ZoneOffset WarningKind = "zone-offset"
	// ManualInDeny: Argo CD lets a manual sync through while a deny window with
	// manualSync is active, even if no allow window is; the windows made here hold
	// it to its allow windows at all times.
	ManualInDeny WarningKind = "manual-in-deny"
	// ManualMixed: some allow windows have manualSync and others have not; Argo CD
	// lets a manual sync through for an application whose inactive allow windows all have
	// it, the windows made here do not. Use SyncWindows.For first.
	ManualMixed WarningKind = "manual-mixed"
	// NoScope: Argo CD applies a window that names no application, namespace or
	// cluster to nothing; here it applies to everything.
	NoScope WarningKind = "no-scope"
	// Enumerated: no recurrence says when the freeze begins and ends, so its
	// occurrences were written out for the time asked for.
	Enumerated WarningKind = "enumerated"
)

// A Warning is a difference of one window to what its own tool would do.
type Warning struct {
	Path string // as "syncWindows[2]"
	Kind WarningKind
	Text string
}

func (w Warning) String() string { return fmt.Sprintf("%s: %s (%s)", w.Path, w.Text, w.Kind) }
