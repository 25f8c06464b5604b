// Package risk answers: how dangerous is this change, why, at which hour less so, and how far can
// the answer be trusted?
//
// A [Model] rates a [Change]: the log-odds of failure are a sum of named contributions, so a
// rating can always be explained; the impact of a failure comes from the CI graph (a [Topology]);
// the score is probability × impact. [Default] needs no history. [Fit] learns a model of the same
// form from an outcome log: shrunk failure rates of teams, CIs and whatever else changes belong to,
// the time since those last failed, the hour, and the factors that changes state. A [Rater] is a
// model made ready for many ratings.
//
//	what is asked                                  who answers
//	how dangerous, and why                         Model.Assess, Rater.Assess
//	how dangerous at each start (a start cost)     Rater.Slots
//	what would lower it                            Rater.Lower
//	what happened to changes like this             Nearest
//	several opinions and the rule between them     Panel: Rules, Questionnaire, Matrix, Statistical
//	which approval, lead time and soak             Policy
//	what goes down if it fails, k of n counted     SystemOf, System.Outages, System.Losses
//	what the plan as a whole may cost              Simulate
//	which date for which risk                      schedule.RiskFront, with the start costs of Slots.Profile
//	how long stages take                           FitDurations
//	can the score be trusted                       Backtest, Report, Measure
//
// # What is known when
//
// Every outcome has an instant KnownAt. A forecast uses only outcomes known when it is made, in
// fitting, in counting and in calibrating; the replay in memory.go is the only way from outcomes to
// features. An outcome known at the very instant of a start counts if its change stands before it in the
// history. Times are instants; hours and weekdays are read in the zone of the model, UTC by
// default, and a range of hours is half-open.
//
// # The model
//
// Rates are posterior means of Beta-binomial models whose strength and speed of forgetting are
// estimated by maximum likelihood, with a parent's rate (a CI's class, a file's directory) standing in
// for what is new. Coefficients are fitted by Newton's method under a Gaussian prior around those that
// the package ships, so a new user starts from what public histories share and their own history
// takes over as failures accumulate. Several prior strengths and speeds of forgetting are
// mixed by how well each foretold what came later; the mixture is calibrated on those forecasts, with a
// shift for each stretch of time, because failures come in bursts. A mixture of linear models is
// a linear model: what is explained is what is computed.
//
// # Guarantees
//
//   - The contributions of an [Assessment] add up to its log-odds exactly, as printed.
//   - Raising a factor declared monotone never lowers a score; fitted weights keep to it.
//   - A given model rates identically, bit for bit, on every platform: the elementary functions are the
//     package's own and no product is fused. A fit repeats bit for bit on one platform and to six digits across.
//   - Simulations depend on the seed alone; a change keeps its random numbers when others come or go.
//   - All faults of an input are reported together with their paths and match [ErrInvalid]; no
//     call panics on any input; what is not known is said (LowEvidence, Notes), not guessed.
//   - Models and raters are read-only once built and safe for concurrent use.
package risk
