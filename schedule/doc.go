// Package schedule answers in which order and at what time changes run. It builds the
// forward schedule of change under precedences with time lags, resource capacities,
// calendars, collisions, redundancy and budgets, judges plans that anybody made, and
// says what it can prove.
//
// A [Problem] goes in and a [Plan] comes out; both are plain data and JSON. What is
// wrong, with a plan or among requirements, is always a [Conflict].
//
//	what is asked                                who answers
//	the best plan, and what is proved of it      Solve, Improvements, VerifyProof
//	is this plan free of conflicts?              Check; Checker after each edit
//	why is there no plan, what would help?       Explain, Relaxations
//	something happened: the least change         Repair, Moves, BillOf
//	when else could this one go?                 NewSlotFinder
//	why here and not there, what if?             WhyNot, PreviewFreeze, PreviewPolicy, InsertEmergency, Compare
//	will it hold when work overruns?             Simulate
//
// # Two layers
//
// People plan releases: a [Release] has stages, such as a canary, a soak and waves. The
// solver places activities: an [Activity] has a duration, demands, a calendar.
// [Problem.Lower] expands the first into the second and every activity keeps where it
// comes from ([Provenance]), so that plans, conflicts and explanations speak of
// releases and stages. Tool authors may state activities themselves.
//
// # Guarantees
//
//   - Every plan that a verb returns has passed [Check], which shares no code with the
//     solver and reads calendars window by window in exact time.
//   - The same problem, Options.Seed, Workers and MaxWork, with the same time zone data,
//     give the same plan, byte for byte, on every platform. A context that ends may cut
//     a run anywhere; setting MaxWork to the Stats.Work of a plan repeats that run.
//   - The order of list elements does not change the value of the objective; ties are
//     broken by ID.
//   - No verb writes to its Problem or keeps it. All are safe for concurrent use.
//   - Time is counted in whole seconds; intervals hold their start and not their end.
//
// Terms are those of ITIL for changes, of RFC 5545 for recurrence and of RCPSP/max for
// scheduling: Brucker et al. (1999), "Resource-constrained project scheduling:
// notation, classification, models, and methods".
package schedule
