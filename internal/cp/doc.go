// Package cp holds bounded integer variables for lazy clause generation: one trail
// of bound facts, each with the reason why it holds, and a queue of rules to run.
// It knows that rules exist, but no constraint.
//
// # Facts
//
// A [Var] is an integer variable or the negation of one, and only lower bounds
// exist: an upper bound of v is a lower bound of v.Neg(). So every filtering rule is
// written once and runs both ways, and a Boolean is an integer between 0 and 1. An
// [Atom] is the fact Var >= Bound. The layout of the trail is that of CP-SAT's
// integer trail (Perron and Didier, since 2010): the first entries, one a directed
// variable, are the bounds of the root, so an entry's index alone says whether the
// fact needs a reason.
//
// # Holes
//
// A variable may have holes: values that no solution uses, known at the root. A bound
// that falls into a hole moves on to the next value. The reason explains the bound
// before it moved, and learning relaxes a fact in a hole to the hole's lower end
// ([Store.Relax]), so holes cost nothing but a binary search, however many there are.
//
// # Reasons
//
// No bound moves without a [Reason]. Most reasons are lists of premises, written to an
// arena that shrinks on backtracking ([Store.Because], [Store.Premise]); the two that
// fire most, lags and nogoods, are a tag that their owner turns into premises only
// when analysis asks ([Explainer]). Each names its source constraint and its rule, so
// that a [Sink] can write or check every inference that analysis uses.
package cp
