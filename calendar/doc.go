// Package calendar answers when a change may run.
//
// Everything is built from one value type, the half-open [Interval] of absolute time, and
// one set type, [Intervals]. A [Recurrence] says when something begins (RFC 5545), a [Window]
// how long it lasts, whom it concerns and what it does. A [Calendar] is a list of windows
// and overrides, a [Policy] several calendars that must all be open.
//
//   - [Calendar.At] answers for one instant: open or closed, why, until when.
//   - [Calendar.Open] returns open time as a set, [Calendar.Occurrences] the windows one by one.
//   - [Calendar.Compile] prepares for many questions: a [Timeline] answers open at t, next
//     open, next close, first fit, total and business hours in logarithmic time without allocation.
//   - [BusinessDays], [FiscalYear] and [HolidayRule] count working days.
//   - [Policy.Lint] finds faults of a policy, [Policy.Diff] compares two, to the instant, and [PolicyDiff.Words] says it.
//
// Nights open in London, no Fridays after 15:00, no month end:
//
//	c := calendar.Calendar{ID: "releases", Zone: "Europe/London", Windows: []calendar.Window{
//		{ID: "nights", Kind: calendar.Maintenance, EndWall: calendar.At(6, 0),
//			Starts: calendar.MustParseRecurrence("DTSTART:20260101T200000\nRRULE:FREQ=DAILY")},
//		{ID: "friday", Kind: calendar.Blackout, EndWall: calendar.At(24, 0),
//			Starts: calendar.MustParseRecurrence("DTSTART:20260102T150000\nRRULE:FREQ=WEEKLY;BYDAY=FR")},
//		{ID: "month end", Kind: calendar.Blackout,
//			Starts: calendar.MustParseRecurrence("DTSTART;VALUE=DATE:20260131\nRRULE:FREQ=MONTHLY;BYMONTHDAY=-1")},
//	}}
//	answer, err := c.At(time.Now(), calendar.Subject{})
//
// A start without TZID is on the clock of the calendar. An answer prints in the zone of the instant
// that was asked about, such as
//
//	closed until 2026-11-01 00:00 GMT: blackout "friday"; then, from 2026-10-31 00:00 GMT, blackout "month end"
//
// # Semantics
//
// Boundaries:
//
//	interval             [start, end): the start is in it, the end is not; neighbours merge
//	length zero          empty; a window needs a length
//	work of length d     needs [t, t+d) inside open time, so it may end on the very end
//	                     of a window and start on the very end of a blackout
//	Overrun, opening     work that starts in the window may go on past its end
//	Overrun, closing     work that started before may run into the window
//	CutOff               the last start is the end less the cut-off, that instant included
//	belongs to           the day an occurrence starts on, also when it ends later
//
// Precedence, whatever the order of the windows:
//
//	override             lifts the windows it names, for its scope, until it expires;
//	                     without who, reason or expiry it has no effect
//	blackout             closes
//	freeze               closes to all but exempt change types; with grade approval or
//	                     advisory it does not close but yields an obligation
//	maintenance          opens: the union of those in scope
//	none in scope        open, or closed where the calendar's default says so
//	several calendars    open where all are open
//
// Scope: fields must all match, values within a field are alternatives, Except takes away.
//
// Clock changes (RFC 5545, 3.3.5; java.time and JavaScript's Temporal do the same):
//
//	start in a gap       read with the offset before it: 02:30 becomes 03:30; never lost
//	                     ([Parser].SkipGaps leaves it out, as RFC 5545, 3.3.10 says)
//	start read twice     the first time
//	end in a gap         as a start
//	end read twice       the first time for maintenance, the second for blackout and
//	                     freeze: the closed side wins
//	two starts at once   one occurrence: the one whose reading the clock shows
//	sub-daily rules      count wall-clock readings, not elapsed time
//
// Lengths:
//
//	EndWall              a local end time, whatever the clock does between
//	Length P1D           nominal days: the same local time, 23 to 25 hours later
//	Length PT24H         exact time
//	RDATE period         its own length, whatever the window's
//	all-day, no length   the local day
//
// Zones:
//
//	zone of a window     that of DTSTART, else that of the calendar, else an error;
//	                     never the host's
//	floating, all-day    a local time in whatever zone evaluates it
//	unknown zone         an error, never UTC
//
// Time is counted in nanoseconds from 1677 to 2262, recurrences in seconds from the year 1 to 9999.
//
// # Recurrence: decisions where implementations differ
//
// What RFC 5545 leaves open, or what its readers do not agree on, is decided thus. The foreign
// conformance cases that are agreed on pass; of those in dispute:
//
//   - DTSTART that its rule does not select (3.8.5.3: "undefined"): it anchors the rule and is not an
//     occurrence, as in the iCalendar libraries that descend from dateutil. [Parser].IncludeStart makes it the first
//     instance, as libical, ical.js and sabre do; COUNT then counts it. [Policy.Lint] points it out.
//   - YEARLY with BYMONTHDAY and no BYMONTH: every month, since the table of 3.3.10 says
//     "Expand"; libical, ical4j and ical.net take the month of DTSTART.
//   - YEARLY with BYWEEKNO and no day part: the weekday of DTSTART (3.3.10: information that
//     a rule lacks comes from DTSTART), not the whole week as in the dateutil family.
//   - BYWEEKNO counts weeks of the week-numbering year (3.3.10, after ISO 8601), INTERVAL such years; the
//     last days of December may be in week 1 and the first of January in week 52 or 53.
//   - BYDAY with plain and numbered weekdays (MO,2TU): the union (3.3.10: "a COMMA-separated list of days").
//   - BYSETPOS chooses from the whole period, also from its part before DTSTART (3.3.10: the set
//     of one interval), which is then dropped: "the second Monday" stays the second.
//   - Numbered weekdays outside of MONTHLY and YEARLY or with BYWEEKNO, BYWEEKNO outside of YEARLY,
//     BYYEARDAY under DAILY, WEEKLY and MONTHLY, BYMONTHDAY under WEEKLY: rejected, as 3.3.10 says MUST NOT.
//   - UNTIL as a date with DTSTART as a date-time, which 3.3.10 forbids and many write: through the end of
//     that local day. A local UNTIL is in DTSTART's zone, and a UTC one with floating DTSTART in the zone
//     given later.
//   - COUNT bounds its rule, not RDATE (3.8.5.2), and counts before EXDATE (3.8.5.1). COUNT beside UNTIL,
//     which 3.3.10 forbids: whichever comes first. What [Parser].SkipGaps leaves out it does not count
//     (3.3.10: "MUST NOT be counted").
//   - A repeated rule part, which 3.3.10 forbids: the last holds. Repeated values count once.
//   - EXDATE wins over RDATE and rules (3.8.5.1). An EXDATE that is a date excludes that local day.
//   - Several RRULE, of which 3.8.5.3 says SHOULD NOT: the union. EXRULE, which RFC 5545 dropped, is read
//     as in RFC 2445, 4.8.5.2.
//   - Second 60 is second 59 (3.3.12: without leap seconds). BYEASTER, and RSCALE and SKIP (RFC 7529) other
//     than GREGORIAN and OMIT, are rejected.
//   - A date past the end of its month (3.3.4): an error; [Parser].RollDates counts it into the next.
//
// # Guarantees
//
// The same input and time zone data give the same answers everywhere: nothing depends on the
// clock, the host's zone, map order or randomness. Instants come back in UTC, those of a [Recurrence] in
// its zone. Values are immutable after they are built and safe for concurrent use. No input makes the
// package panic ([MustParseRecurrence] apart) or run without bound: a rule costs time in proportion to
// the span asked for, not to its distance from DTSTART, and one that never matches ends after 65,536
// silent periods. Errors name all faults at once, each with its path, those of documents with line and
// column too, and match [ErrInvalid].
package calendar
