package ics

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestVTimezoneCorpus builds zones from the VTIMEZONE of files that were made
// from the IANA database, and compares them with it, second for second of change.
func TestVTimezoneCorpus(t *testing.T) {
	dir := data(t, "ics", "libical-vtimezone")
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var built, future, pure, same int
	for _, d := range files {
		if !strings.HasSuffix(d.Name(), ".ics") {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, d.Name()))
		if err != nil {
			t.Fatal(err)
		}
		f, err := Parse(bytes.NewReader(b))
		if err != nil {
			t.Errorf("%s: %v", d.Name(), err)
			continue
		}
		for cal := range f.Components("VCALENDAR") {
			for def := range cal.Components("VTIMEZONE") {
				id := zoneName(def.Property("TZID").Value)
				iana := ianaZone(id)
				if iana == nil {
					t.Logf("%s: no IANA zone %s here", d.Name(), id)
					continue
				}
				list, err := onsets(def)
				if err != nil {
					t.Errorf("%s: %v", id, err)
					continue
				}
				zone, err := buildZone(id, list)
				if err != nil {
					t.Errorf("%s: %v", id, err)
					continue
				}
				built++
				if at, differs := firstDifference(zone, iana, date(2026), date(2037)); differs {
					t.Logf("%s differs at %s", id, at)
				} else {
					future++
				}
				if !strings.Contains(d.Name(), "-pure") {
					continue // simplified for a client that reads one rule only
				}
				pure++
				if at, differs := firstDifference(zone, iana, date(1971), date(2037)); differs {
					t.Logf("%s differs at %s", id, at)
				} else {
					same++
				}
			}
		}
	}
	t.Logf("%d zones built, %d equal to IANA from 2026 to 2036; %d of %d complete ones from 1971", built, future, same, pure)
	if built < 150 || future*100 < built*97 || same*100 < pure*97 {
		t.Error("want 150 zones, 97 % of them equal")
	}
}

func date(year int) time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }

// TestWindowsZones: every name leads to a zone, but for those newer than the
// local database.
func TestWindowsZones(t *testing.T) {
	known := 0
	for _, name := range []string{"W. Europe Standard Time", "Eastern Standard Time", "Tokyo Standard Time", "UTC", "AUS Eastern Standard Time", "gmt standard time"} {
		if ianaZone(name) == nil {
			t.Errorf("no zone for %s", name)
		}
		known++
	}
	if windowsZone("Europe/Berlin") != "" || ianaZone("Local") != nil || ianaZone("") != nil || ianaZone("/../etc/passwd") != nil {
		t.Error("a name that is no Windows zone was taken for one")
	}
}
