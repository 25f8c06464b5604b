// Package report turns plans into what people show each other: a timeline as one
// self-contained HTML file, tables for terminals and spreadsheets, and iCalendar.
//
// It answers: how do I show this plan to a board, a team, a service owner or a supplier?
//
// [Build] makes of a problem and its plan the forward schedule of change, a [Schedule];
// everything else is written of that: the table for terminals, CSV, JSON, the calendar
// feed that clients follow ([Schedule.Feed]), the board pack, notices and release notes
// in Markdown, the picture ([Schedule.Timeline]) and the calendar of a quarter
// ([WriteHeat]). [Schedule.For] cuts it to what an audience needs. Risk, conflicts, the plan
// before and projected outages are handed in as plain data ([Options]).
//
// A [Timeline] is the picture as data: rows with bars, and the windows and freezes
// behind them. [WriteHTML] draws it as one file that opens in a browser with no
// network: each row is a row of a real table with a small inline SVG, so that it can
// be filtered, read by a screen reader and printed without cutting a row in two.
// Colours are those of Okabe and Ito (2008), which people with any common colour
// vision deficiency can tell apart; nothing is said by colour alone.
//
// All times are shown in the zone of the Timeline and are half-open: a bar that ends
// at 17:00 does not touch one that starts at 17:00. Output depends on the input
// alone: no clock, no random numbers, no map order.
package report
