// Package cmdb answers what a change touches.
//
// A [Graph] is an immutable snapshot of configuration items (CIs), typed relations between
// them and redundancy groups. [New] builds one from plain data, [Read] from JSON.
//
//   - [Graph.Impacted] and [Graph.Dependencies] walk the graph either way; [Graph.Impact] says
//     how each CI comes to fail, and which groups lose members.
//   - [Graph.Collide] says why work on two CIs must not overlap, with the paths.
//   - [Graph.Waves] orders CIs for a roll-out.
//
// # What fails with what
//
// A relation reads "From Type To", and its [RelationType] says which end fails with the other:
// in "web-1 runs-on host-7" web-1 fails when host-7 does. A CI fails when any one of the CIs it
// depends on fails, except that a [Group] must lose more members than it can spare first. What
// fails together is the least set that is closed under these rules, so circles of dependencies
// need no special care.
//
// # Guarantees
//
// Results are ordered by distance and ID, or as their function says: equal snapshots give equal
// results, whatever the order of their lists. A Graph may be used by many goroutines at once.
// Nothing recurses, so no chain is too long. All faults of an input are reported together, each
// with its path, and match [ErrInvalid].
package cmdb
