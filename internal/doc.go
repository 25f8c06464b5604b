// Package internal holds the solver. This file is its map; no code lives here.
//
//	schedule ── rcpsp.Instance ──► engine.Run ──► solutions, bounds, cores
//	                                  │
//	        ┌─────────────┬───────────┼─────────────┐
//	       sgs           lns        search ───► nogood ───► cp ◄─── propagate
//	   first plans   what to free   what next    learning   trail    filtering rules
//	                                                          │
//	check: solutions, inferences, proofs ◄──────── proof ◄────┘
//
// Read in this order: rcpsp (the problem), cp (one trail of bound facts with reasons),
// propagate (one rule a file), nogood (learning over bound facts), search (what to
// decide), engine (how an instance becomes variables and rules, and what runs when).
//
// # The shape
//
// Lazy clause generation (Ohrimenko, Stuckey and Codish 2009) without clauses: there is
// no Boolean solver below. A fact is "variable >= bound", an upper bound is a fact of
// the negated variable, a Boolean is an integer from 0 to 1, and a nogood is a list of
// facts. Analysis keeps per variable the bound that the conflict needs, not the one that
// the trail has, so that what is learned is general.
//
// An optional task has one start more than its last, which stands for absent. Lower
// bounds then hold whether the task is present or not, a task pushed past its last
// start is absent without a rule for it, and "present" is the fact start <= last.
//
// Forbidden starts are holes of the start variable: closures of calendars and of
// resources cost a binary search, and before that are cut to the time that a better
// plan can use. Bounds on the objective are assumptions while a tier is not the last
// one, so that nogoods stay valid when the tier is settled; the last tier's bound is a
// fact of the root.
//
// # What was measured
//
// One thread, CPU seconds, a shared and loaded machine of two cores, limit 10 s, both
// solvers on the same instances; CP-SAT 9.15 with one worker.
//
//	family, instances           closed, CP-SAT   time to theirs, where they need over 0.1 s
//	j30, 240                    239, 234         0.10
//	j60, 240                    203, 193         0.08
//	RCPSP/max j10, 135          135, 135         0.08
//	RCPSP/max j30, 135          128, 126         0.22
//	RCPSP/max ubo20, 45         45, 45
//	RCPSP/max ubo50, 45         44, 42           0.16
//	RCPSP/max c, 270            249, 213         0.23
//	multi-mode j10, 54          54, 54           0.09
//	multi-mode j20, j30, 120    114, 109         0.10
//	job shop, 58                44, 24           0.13
//
// On j30 in minutes it takes 1.1 of the time in days, with as many conflicts; with 500
// instead of 20 daily and weekly closures 1.4, which is their compilation.
//
// Against the throw-away prototype that settled the shape, every second of j30, the call of
// Solve alone: 1.7 times its time in the geometric mean; 2.3 where it needs less than 0.3 ms,
// since checking, compiling and judging a problem take as long as that, 1.2 to 1.3 above.
//
// With a log of the proof, 53 job shops: 42 proved within 10 s, and 19 when rules that a
// checker does not find by itself were off meanwhile. On eight of them checking took a
// third of the time of solving.
//
// What mattered, by leaving it out or the other way:
//
//   - Edge-finding, detectable precedences and overload on disjunctive sets: job shop
//     ft10 from 11,400 conflicts to 2,700, ft20 from open at 10 s to 2.3 s, la24 and
//     orb01 likewise. On resources that most users can share it cost a fifth of the time
//     on j30 and saved no conflict, so it is posted only where three users in four are
//     too large to share.
//   - Energies of windows (time-table edge-finding) with 120 million units of work each:
//     bounds of four open instances of j60 from 77, 94, 93, 94 to 80, 97, 96, 93, of two of
//     j120 from 81 and 128 to 84 and 133. On j30 looked at from the start they saved
//     6 to 9 % of the conflicts and cost 30 to 45 % of the time, so they sleep, but at the
//     root, until the first 5,000 conflicts are over; then a throttle keeps them to where
//     they find something.
//   - Shaving at the low end of the makespan: 82 to 84, the best bound known, on one of
//     these six, nothing on the others.
//   - Not-first and not-last: 12,700 to 8,300 conflicts on a fifth of the job shop, in as
//     much time.
//   - When no compulsory part moved, the time-table looks at the tasks that moved only.
//   - Cycles of lags are refuted by their conditions when a variable is pushed the third
//     time in a row; orders that the longest paths exclude never become a choice.
//     Together they close all of RCPSP/max j10, ubo20 and ubo50 in the sample.
//   - Restarts by Luby's sequence times 100, 250 and 500: no difference beyond noise.
//   - Cores of sums (see guide in package engine): at equal work 13 instead of 6 of 20
//     projects of j30 with wishes proved; slightly less on j60 with resources in plenty.
//   - Flows as bounds of distances from wishes, and cores over their reduced costs: of 20
//     projects 9 instead of 1 proved on j60 and 17 instead of 13 on j30, CP-SAT 7 and 13.
//   - Blocks of the schedule searched exactly, the rest pushed aside: 30 of j120 end
//     1.76 instead of 1.93 % above the best known after 10 s. Partial-order schedules of what stands
//     in the way of costs: 1 to 2 % on portfolios of 1,000 and 10,000 tasks, a loss at 50,000.
//   - Turns for the lower bound of a quarter of the conflicts cost j30 a tenth of the
//     time, so they get a tenth of the conflicts, and none before 5,000.
//
// # What it does not have
//
// Lazily explained time-tables, vivification, pair orders beyond 200,000, and trees for
// sets of tasks that exclude each other: all rules about those take the square of
// their number.
package internal
