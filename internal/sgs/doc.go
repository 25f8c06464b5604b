// Package sgs builds and improves schedules by schedule generation: tasks are placed
// one after another, each at the best place that what is placed already leaves it.
//
// A [Model] holds an instance in the form that placing needs; a [State] is a partial
// schedule in which every constraint between placed tasks holds. [State.Fit] finds
// places, [Build] makes a schedule from a priority rule, ejecting tasks where one
// finds no place (Nagata and Bräysy 2009 do so for vehicle routing; for maximal lags
// it is the unscheduling step of Franck, Neumann and Schwindt 2001), and [Justify]
// shifts right and left (Valls, Ballestín and Quintanilla 2005).
//
// Nothing depends on the length of the horizon: time is kept in stretches, and cost
// per placement grows with the number of stretches that are looked at.
//
// All is a deterministic function of instance, seed and effort. Nothing here judges
// its own work: callers check what comes out.
package sgs
