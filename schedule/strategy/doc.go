// Package strategy makes the stages of a release of the way in which it is to reach its
// users. It answers: which steps does a canary, a blue/green switch or a roll-out in
// waves consist of?
//
// A [Strategy] says what kind it is and what the kind needs; [Strategy.Stages] returns
// the [schedule.Stage]s of a release, in order: build and test environments first, then
// the steps that deliver, each followed by a soak and a gate where it has them. Waves
// come from the CI graph through [Waver], which cmdb's Graph satisfies, or, so that
// redundancy limits hold too, its Rollout behind a [WaverFunc]; [Grow] cuts them so that
// they begin small. [Strategy.Soaks] says how long each soak is to be and who may shorten it.
//
// The same strategy gives the same stages. Nothing here knows the time.
package strategy
