// Package nogood learns: it keeps sets of bound facts that cannot all be true, wakes
// them when a bound crosses one of their thresholds, and turns each conflict into a
// new one. There are no Boolean variables and no clauses over them; a Boolean is an
// integer between 0 and 1, and a nogood is a list of bound facts, as in Pumpkin
// (Flippo et al., CP 2024).
//
// # Facts and thresholds
//
// Each variable keeps the bounds that nogoods speak of, its thresholds, sorted, with a
// number each. A fact v >= b and its negation v <= b-1 share the number: activity
// belongs to it, and each direction has its own list of watching nogoods. A move of a
// bound from old to new visits the thresholds in (old, new] and nothing else, so the
// length of a horizon costs nothing. Each fact in a nogood stores its number.
//
// # Learning
//
// Analysis walks the trail backwards, undoing it as it goes, so that the newest entry
// of each variable is always the state as of the entry in hand. Per variable it keeps
// the bound that the conflict needs, which may be weaker than the bound that the trail
// has (integer conflict analysis with needed bounds, as in CP-SAT), up to the first
// unique implication point. Then facts that others imply are removed recursively
// (Sörensson and Biere, 2009), in the order of the trail: a fact may be dropped only
// because of facts earlier on the trail, or removal becomes circular.
package nogood
