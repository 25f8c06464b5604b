package ics

import "fmt"

// A WarningKind says what a reader should know about an event it was given.
type WarningKind string

// The kinds of warnings.
const (
	ZoneDiffers  WarningKind = "zone-differs"  // the file's VTIMEZONE and the IANA zone disagree; the IANA zone is used
	ZoneBuilt    WarningKind = "zone-built"    // a zone that IANA does not know was built from its VTIMEZONE
	ZoneBroken   WarningKind = "zone-broken"   // a VTIMEZONE or X-WR-TIMEZONE cannot be used; the text says what is done
	StartAdded   WarningKind = "start-added"   // DTSTART does not match its rule; it is the first instance nevertheless
	NoEffect     WarningKind = "no-effect"     // an event of no length, or cancelled, or transparent: not a window
	Superseded   WarningKind = "superseded"    // a later revision of the same event is in the file
	EndZone      WarningKind = "end-zone"      // DTEND without a zone beside DTSTART with one
	NoUID        WarningKind = "no-uid"        // an event without UID
	OverrideRule WarningKind = "override-rule" // an override of one instance has rules of its own, which are ignored
	NoMaster     WarningKind = "no-master"     // an override of an event that is not in the file
)

// A Warning is something in a file that was read, but maybe not as its writer meant it.
type Warning struct {
	Line int
	Kind WarningKind
	Text string
}

func (w Warning) String() string { return fmt.Sprintf("line %d: %s (%s)", w.Line, w.Text, w.Kind) }
