// Package records reads the changes that people already have: a CSV file, a
// change_request export of a service management tool (CSV or JSON), or an iCalendar
// file. It answers: is the plan that we made by hand free of conflicts?
//
// [Read] tells the formats apart by content and returns one [Record] a change.
// [Frame] puts records into the windows, resources and CI graph of a
// [schedule.Problem]; what comes out goes to [schedule.Check].
//
// # Columns and fields
//
// Names are compared without regard to case, spaces, underscores and hyphens, so that
// both the column labels and the field names of exports are understood:
//
//	change     number, change, change number, change id, id, task, key
//	title      short description, title, name, summary, subject
//	type       type, change type, category
//	team       assignment group, team, group, assigned team
//	CIs        cmdb ci, configuration item, ci, cis, affected cis; several are parted by ; or |
//	stage      stage
//	start      planned start date, start date, planned start, start
//	end        planned end date, end date, planned end, end
//	state      state, status
//
// Change, start and end are required. Records whose state begins with "cancel" are
// left out and counted. Types lose the " change" of their labels: "Normal Change" is
// "normal".
//
// # Times
//
// An instant may be RFC 3339, or a local time such as "2026-11-28 22:00:00",
// "2026-11-28 22:00" or "2026-11-28T22:00", which is read in the zone of [Options]; one
// that a clock change skips or repeats is read as RFC 5545, 3.3.5 says. Times of JSON
// exports are UTC unless they say otherwise, as the table interface of that tool has
// them. Day-first and month-first dates are refused: nobody can tell them apart.
package records
