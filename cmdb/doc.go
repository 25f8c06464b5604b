// Package cmdb answers what a change touches.
//
// A [Graph] is an immutable snapshot of configuration items (CIs), typed relations between them
// and redundancy groups. [New] makes one of plain data, [Read] of JSON, [CSV] of tables, [Builder]
// piece by piece, [Import] of dirty data, [Merge] of several sources. The form of a snapshot in JSON is
// in schema/snapshot.schema.json.
//
// The questions, by who asks them:
//
//   - What fails with this CI, how, and what does it rely on? [Graph.Impacted],
//     [Graph.Dependencies], [Graph.Impact], [Graph.Paths].
//   - May two works overlap, and if not why? [Graph.Collide] for two CIs, [Graph.CollideChanges]
//     for two changes, [Graph.Exclusions] for a whole schedule.
//   - In which order, and how many at once? [Graph.Waves], [Rollout].
//   - What is the outage of a service by this plan, and what of its allowance does that leave in each
//     month? [Graph.ServiceOutages], [Graph.OutageBudgets].
//   - Where is the estate fragile? [Graph.SinglePoints], [Graph.FalseGroups], [Graph.Dominators],
//     [Graph.Articulation], [Graph.Cycles], [Graph.Betweenness].
//   - Is the CMDB right? [Audit] for what is written in it, [Reconcile] for what was planned and
//     what was seen, [Graph.Diff] for what changed.
//   - What if it is not? [Graph.Doubts] ranks the unverified relations that decide something;
//     [Graph.Cautious] answers as if a number of them were wrong.
//
// # What fails with what
//
// A relation reads "From Type To", and its [RelationType] says which end fails with the other:
// in "web-1 runs-on host-7" web-1 fails when host-7 does. A CI fails when any one of the CIs it
// depends on fails, except that a [Group] must lose more members than it can spare first. What
// fails together is the least set that is closed under these rules, so circles of dependencies
// need no special care. A distance is a number of steps; passing a group takes none.
//
// # Guarantees
//
// Results are ordered by distance and ID, or as their function says: equal snapshots give equal
// results, whatever the order of their lists. A Graph may be used by many goroutines at once, and
// [Graph.Apply] makes a new one that shares what did not change, in microseconds for CIs that
// change and relations that come and go. Nothing
// recurses, so no chain is too long. All faults of an input are reported together, each with its
// path, up to a thousand, and match [ErrInvalid].
//
// # Size
//
// Both directions of the graph take less than twelve bytes a relation. On a million CIs with five
// million relations a walk to everything that the largest hub brings down costs about as much as a
// bare loop over the same arrays, or less; small walks cost what they touch.
package cmdb
