// Package cron answers when a cron expression ticks, and what the deployment
// windows of Argo CD and GitLab, which are written in cron, mean as a
// [calendar.Calendar].
//
// [Parse] makes a [Schedule] of an expression; [Schedule.Next] and
// [Schedule.Prev] find its ticks, [Schedule.Recurrences] turns it into
// recurrences. [SyncWindows] and [FreezePeriods] are the policies of the two tools.
//
// # Expressions
//
// Five fields, separated by blanks: minute (0–59), hour (0–23), day of month
// (1–31), month (1–12 or jan–dec), day of week (0–7 or sun–sat, 0 and 7 are
// Sunday). A field is a list, separated by commas, of *, a value, or a range a-b,
// each optionally with a /step (a/step runs to the end of the field). ? is * in the
// two fields of days. L is the last day of the month, 5L the last Friday, 5#2 the
// second. @yearly, @annually, @monthly, @weekly, @daily, @midnight and @hourly stand
// for expressions. CRON_TZ=Zone or TZ=Zone before the fields names an IANA zone.
//
// Where both fields of days restrict, a day is taken that matches either (crontab(5),
// POSIX). A field restricts unless it is *, ? or */1. Vixie's cron asks only whether
// it begins with an asterisk, and so ANDs */2; the parser inside Argo CD does as
// this one does. There are no seconds, no years, no W, and no @every or
// @reboot, which depend on when a daemon was started.
//
// # Clock changes
//
// A schedule is read on the clock of one zone, by the rule of RFC 5545, 3.3.5, that
// the whole module follows. A reading that the clock skips is not lost but ticks by
// as much later as the clock was put forward: 02:30 becomes 03:30. A reading that it
// shows twice ticks the first time. Two readings that fall on one instant are one
// tick, so ticks strictly increase. Cron daemons differ here: many skip the
// first kind and run the second twice.
//
// # Argo CD
//
// A sync window is active in [tick, tick+duration). Argo CD compares strictly on both
// sides, so that at the very instant of a tick, to the nanosecond, it is not active yet.
// It reads the clock of a window with the UTC offset of the moment of asking, which
// is wrong by the size of a clock change between tick and then ([ZoneOffset]).
//
// [SyncWindows.CanSync] follows Argo CD's decisions otherwise. The calendar that
// [SyncWindows.Calendar] makes differs from them for manual syncs in two cases,
// each announced by a warning ([ManualInDeny], [ManualMixed]), both times on the
// closed side. What a running sync may do at the end of a window (syncOverrun)
// becomes Overrun of [calendar.Window].
//
// # GitLab
//
// A freeze period holds in [start, end), from a tick of freeze_start to the next tick
// of freeze_end. GitLab compares with the last start strictly before the moment of
// asking and includes the end: at the very instant of a start it is not frozen yet, at
// that of an end it is still. Starts within a freeze change nothing: "* * * 8 *" to
// "* * * 10 *" is frozen from 1 August, 00:00, to 1 October, 00:00. If a freeze ends at
// a reading that the clock shows twice, [FreezePeriods.Frozen] takes the first, as
// GitLab does, and the calendar the second, as the closed side of a Freeze window.
//
// # Guarantees
//
// Parsers neither panic nor run long on any input: an expression of more than 1,024
// octets is refused, and one that can never tick (30 February) fails with
// [ErrNever]. Next and Prev take time in proportion to the months without a tick
// that they pass, at most some hundred (8 years to 29 February, 40 to a fifth
// Monday of February), whatever the distance, and end at the years 1 and 9999.
// Values are immutable and safe for concurrent use; no result depends on the host's
// zone or the present time. Errors match [ErrInvalid] and name every fault with its
// column or path.
package cron
