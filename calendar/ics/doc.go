// Package ics reads and writes iCalendar files (RFC 5545): what calendar
// programs, change calendars and holiday lists are exchanged in.
//
// It has three layers, each of use alone:
//
//   - The codec. [Parse] reads a file into a [File] of [Component] and [Property],
//     [File.Encode] writes it. Nothing is lost: order, unknown properties and
//     parameters, quoting, folding, case, empty lines, byte order mark and line
//     ends of what is not changed come back octet for octet. [Options.Lines] reads
//     one content line at a time.
//   - The meaning. [File.Events] understands the VEVENTs, [File.Calendar] makes
//     windows of them, [File.Holidays] days.
//   - The writer. [Write] writes a [Feed] of events so that other programs come to
//     the same instants; [WindowEvents] makes events of windows.
//
// # Time zones
//
// A TZID is looked up in this order:
//
//  1. the IANA database, also behind a path as in /mozilla.org/20070129_1/Europe/Berlin;
//  2. the names of Windows, by CLDR's table;
//  3. X-LIC-LOCATION in the file's VTIMEZONE;
//  4. the file's VTIMEZONE itself, whose yearly rules and dates are followed from 1900 to
//     2200 ([ZoneBuilt]);
//  5. else it is an error. A name such as "(GMT+10:00) Canberra" is not guessed at.
//
// RFC 5545, 3.6.5 makes the VTIMEZONE the definition. In the field it is a
// simplified or outdated copy of the IANA zone of that name, so the IANA zone is used; where
// the two differ while events use the zone, [ZoneDiffers] tells from when. A calendar
// with a zone of step 4 works, but its JSON form names a zone that only this file knows.
//
// # Floating times and whole days
//
// A time without zone and a DATE are on the clock of [Reading.Zone], else of the file's
// X-WR-TIMEZONE; else they float, and [File.Calendar] refuses them. The host's zone is
// never used. A whole day is 23 to 25 hours long.
//
// # How long an event lasts
//
//	DTEND, dates                 that many days, on the clock
//	DTEND, date-times            exact time, by RFC 5545, 3.8.5.3; with Reading.WallEnds a time on the clock
//	DURATION                     days on the clock, then exact time (RFC 5545, 3.3.6)
//	neither                      a day for a DATE, else a point in time, which is no window
//	RDATE with VALUE=PERIOD      exact time of its own (RFC 5545, 3.3.9)
//
// Starts are resolved as package calendar says: RFC 5545, 3.3.5, so that a start that
// the clock skips is moved, not lost; [Reading.SkipGaps] drops it (3.3.10).
//
// # Series
//
// DTSTART is an occurrence even where no rule selects it ([StartAdded]). An override
// (RECURRENCE-ID) takes its occurrence out of the series, by the instant or, for a
// DATE, by the day; it has no rules of its own ([OverrideRule]). RANGE=THISANDFUTURE
// is refused. Of several events with one UID (and RECURRENCE-ID) the highest
// SEQUENCE counts, and the last of equals ([Superseded]); with equal SEQUENCE and
// different starts they are several events, since some writers reuse UIDs. Cancelled and
// transparent events and points in time are no windows ([NoEffect]).
//
// VTODO, VJOURNAL, VFREEBUSY, VAVAILABILITY and alarms are kept by the codec, and not understood.
//
// # AWS Change Calendar
//
// X-CALENDAR-TYPE:DEFAULT_OPEN makes events blackouts, DEFAULT_CLOSED makes them
// maintenance windows of a calendar that is closed otherwise. Intervals are half-open.
// AWS publishes no rule for clock changes; ours is above.
//
// # Guarantees
//
// No input makes a reader panic. Size, line length, number, nesting and parameters
// are bounded by [Options]; a file of up to 1 KiB is read within 10 ms of CPU and 1 MiB. Reading takes
// time and memory in proportion to the file. Faults are reported together, each an
// [Error] with line and column, and match [ErrInvalid]. Nothing depends on the present time or
// the host's zone; the same feed is written as the same octets. Files, components
// and properties are plain data, to be changed by one goroutine at a time.
package ics
