package ics

import (
	"fmt"
	"strings"
	"time"
)

// zoneTable finds the zones that the events of one VCALENDAR name. See the
// package doc for the order of the search.
type zoneTable struct {
	files    map[string]*Component // VTIMEZONE by TZID
	found    map[string]*time.Location
	byName   map[string]*time.Location // what found holds, by the location's own name
	failed   map[string]string
	span     map[string][2]int // years in which a TZID is used
	warnings *[]Warning
}

func newZoneTable(items []Item, warnings *[]Warning) *zoneTable {
	z := &zoneTable{
		files: map[string]*Component{}, found: map[string]*time.Location{}, byName: map[string]*time.Location{},
		failed: map[string]string{}, span: map[string][2]int{}, warnings: warnings,
	}
	for c := range components(items, "VTIMEZONE") {
		if p := c.Property("TZID"); p != nil {
			if name := zoneName(p.Value); z.files[name] == nil {
				z.files[name] = c
			}
		}
	}
	for c := range components(items, "") {
		for p := range c.Properties("") {
			id := zoneName(p.Param("TZID"))
			if id == "" {
				continue
			}
			if s, problem := parseStamp(firstValue(p.Value)); problem == "" {
				years, ok := z.span[id]
				if !ok {
					years = [2]int{s.year, s.year}
				}
				z.span[id] = [2]int{min(years[0], s.year), max(years[1], s.year)}
			}
		}
	}
	return z
}

func firstValue(list string) string {
	first, _, _ := strings.Cut(list, ",")
	first, _, _ = strings.Cut(first, "/")
	return first
}

// zoneName strips what writers put around a TZID.
func zoneName(id string) string { return strings.Trim(strings.TrimSpace(id), `"`) }

// named returns a location that find returned before.
func (z *zoneTable) named(name string) (*time.Location, error) {
	if loc := z.byName[name]; loc != nil {
		return loc, nil
	}
	return nil, fmt.Errorf("unknown time zone %q", name)
}

// maxZones bounds the zones that one VCALENDAR may name.
const maxZones = 200

// find returns the zone of a TZID, or what is wrong with it.
func (z *zoneTable) find(tzid string) (*time.Location, string) {
	id := zoneName(tzid)
	if loc := z.found[id]; loc != nil {
		return loc, ""
	}
	if problem, ok := z.failed[id]; ok {
		return nil, problem
	}
	if len(z.found)+len(z.failed) >= maxZones {
		return nil, fmt.Sprintf("more than %d time zones in one file", maxZones)
	}
	loc, problem := z.search(id)
	if problem != "" {
		z.failed[id] = problem
		return nil, problem
	}
	z.found[id], z.byName[loc.String()] = loc, loc
	return loc, ""
}

func (z *zoneTable) search(id string) (*time.Location, string) {
	def := z.files[id]
	iana := ianaZone(id)
	if iana == nil && def != nil {
		for _, name := range []string{"X-LIC-LOCATION", "TZID-ALIAS-OF"} {
			if p := def.Property(name); p != nil && iana == nil {
				iana = ianaZone(strings.TrimSpace(p.Value))
			}
		}
	}
	if def == nil {
		if iana == nil {
			return nil, fmt.Sprintf("unknown time zone %q: neither an IANA nor a Windows name, and the file has no VTIMEZONE for it", clip(id))
		}
		return iana, ""
	}
	list, err := onsets(def)
	switch {
	case err != nil && iana == nil:
		return nil, fmt.Sprintf("time zone %q is no IANA or Windows name, and its VTIMEZONE cannot be read: %v", clip(id), err)
	case err != nil:
		z.warn(def.Line(), ZoneBroken, fmt.Sprintf("VTIMEZONE %s cannot be read (%v); the IANA zone %s is used", clip(id), err, iana))
		return iana, ""
	}
	built, err := buildZone(plainName(id), list)
	switch {
	case err != nil:
		return nil, fmt.Sprintf("time zone %q cannot be built from its VTIMEZONE: %v", clip(id), err)
	case iana == nil:
		z.warn(def.Line(), ZoneBuilt, fmt.Sprintf("%q is no zone of the IANA database; its VTIMEZONE is followed from %d to %d", clip(id), zoneFrom, zoneUntil))
		return built, ""
	}
	from, to := z.years(id)
	if at, differs := firstDifference(built, iana, from, to); differs {
		_, theirs := at.In(built).Zone()
		_, ours := at.In(iana).Zone()
		z.warn(def.Line(), ZoneDiffers, fmt.Sprintf("VTIMEZONE %s says %s at %s, the IANA zone %s says %s; the IANA zone is used",
			clip(id), offsetText(theirs), at.UTC().Format(time.RFC3339), iana, offsetText(ours)))
	}
	return iana, ""
}

// plainName makes a TZID fit to stand in a content line again.
func plainName(id string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '"' {
			return '_'
		}
		return r
	}, id)
}

// years returns the time over which a VTIMEZONE is compared with IANA: that of
// its use and five years more, as rules may go on.
func (z *zoneTable) years(id string) (from, to time.Time) {
	span, ok := z.span[id]
	if !ok {
		return
	}
	first := max(span[0], zoneFrom)
	last := min(max(span[1]+5, first), first+60, zoneUntil-1)
	return time.Date(first, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(last+1, 1, 1, 0, 0, 0, 0, time.UTC)
}

func (z *zoneTable) warn(line int, kind WarningKind, text string) {
	*z.warnings = append(*z.warnings, Warning{line, kind, text})
}

// ianaZone finds an IANA or Windows zone by name, also behind the path that some
// writers put before it: /mozilla.org/20070129_1/Europe/Berlin.
func ianaZone(name string) *time.Location {
	if w := windowsZone(name); w != "" {
		name = w
	}
	if !strings.HasPrefix(name, "/") {
		return loadIANA(name)
	}
	parts := strings.Split(name, "/")
	for n := 3; n >= 1; n-- { // America/Argentina/Ushuaia, Europe/Berlin, UTC
		if len(parts) > n {
			if loc := loadIANA(strings.Join(parts[len(parts)-n:], "/")); loc != nil {
				return loc
			}
		}
	}
	return nil
}

func loadIANA(name string) *time.Location {
	switch {
	case name == "" || strings.EqualFold(name, "local") || name == "localtime" || name == "posixrules":
		return nil // what they mean depends on the host
	case len(name) > 64 || strings.HasPrefix(name, "right/") || strings.HasPrefix(name, "posix/"):
		return nil // files beside the database, those of the former with leap seconds
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}

// firstDifference returns the first instant of [from, to) at which the two zones
// have different offsets.
func firstDifference(a, b *time.Location, from, to time.Time) (time.Time, bool) {
	for t := from; t.Before(to); {
		_, oa := t.In(a).Zone()
		_, ob := t.In(b).Zone()
		if oa != ob {
			return t, true
		}
		ea, okA := stretchEnd(t, a)
		eb, okB := stretchEnd(t, b)
		switch {
		case !okA && !okB:
			return time.Time{}, false
		case !okA || okB && eb.Before(ea):
			t = eb
		default:
			t = ea
		}
	}
	return time.Time{}, false
}

// offsetText writes a UTC-OFFSET.
func offsetText(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	if s := seconds % 60; s != 0 {
		return fmt.Sprintf("%c%02d%02d%02d", sign, seconds/3600, seconds/60%60, s)
	}
	return fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
}
