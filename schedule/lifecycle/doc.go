// Package lifecycle answers what has to happen before and after work runs: which states
// a change and a release pass through, who has to approve, which duties follow, by when
// all of it must be done, and what was decided by whom.
//
// It keeps nothing and knows no clock: states, approvals and duties are values, the
// verbs are pure functions of them and of the time that they are given, and a host
// program stores them where it likes.
//
// # The types to know
//
// [Rules] are an organisation's governance as data: transition tables ([Model]), panels,
// lead times, duties, windows, people. [Rules.Compile] makes a [Governance], whose verbs
// are the rest:
//
//   - a [Change] is opened, takes steps and is edited ([Governance.Open],
//     [Governance.Apply], [Governance.Edit]); a [Release] likewise
//     ([Governance.OpenRelease], [Governance.Move]);
//   - people decide on it ([Governance.Decide]); [Governance.Panels] says who has to and
//     [Governance.Standing] where that stands;
//   - steps bring a [Duty] each that a rule asks for, to be done by a date
//     ([Governance.Discharge]);
//   - a [Board] meets, takes a seat in the schedule ([Governance.Seat]) and gets agendas
//     from the plan ([Governance.Agendas]);
//   - [Governance.LeadTimes] brings lead times in business days into the schedule;
//   - [Governance.Backwards] counts the last dates back from what was promised;
//   - [Roster.Staff] brings people into the schedule: their skills, shifts, leave and stand-ins,
//     over time; [Roster.Seats] the seats that a plan has for them;
//   - [CheckStaffing] and [Assign] keep duties apart;
//   - [CheckSoaks] finds soaks that are shortened by nobody who may;
//   - a [Log] keeps what was decided ([Log.Changed], [Log.Moved], [Log.Planned], [Log.Overridden], [Log.Shortened]), and [Governance.Evidence] puts together what an
//     auditor asks for.
//
// # What an approval is worth
//
// A decision names a fingerprint of the aspects of the [Terms] that its panel covers. It
// counts while it is not void, what it covers is as it was, and it has not expired. An edit that
// changes one of those aspects voids it for good: changing back does not bring it
// back. An edit of other aspects, of names and of notes leaves it alone. A change runs at a
// planned time inside the window of its terms, so moving it within that window voids
// nothing.
//
// A freeze with grade [calendar.Approval] adds a panel while the planned time touches it.
// Panels are worked out anew for each question, so a change that moves out of the freeze needs it no
// longer.
//
// # Guarantees
//
//   - A step that a model does not list, or one of whose guards does not hold, is refused
//     with all reasons, each a [*RefusedError]; the change is left as it was.
//   - Every duty has a due date.
//   - Verbs never write to what they are given and are safe for concurrent use.
//   - Time never goes back: an entry does not lie before the one before it.
//   - Business days are counted in the zone of the rules, without the weekend and the
//     holidays. "n business days before an instant" is a day: what happens on it, until
//     midnight in that zone, is in time.
//   - Intervals hold their start and not their end. A duty is late from the instant of
//     its due date on.
//
// The terms are those of ITIL for changes. What is counted back follows the critical
// path method: Kelley and Walker (1959), "Critical-path planning and scheduling". The
// log follows Haber and Stornetta (1991), "How to time-stamp a digital document".
package lifecycle
