package lifecycle

import "github.com/slackwater-go/slackwater/schedule"

// Unauthorised is the type of changes that were found in place without authorisation.
const Unauthorised = "unauthorised"

// ReleaseModel is what [Model.Of] says for releases.
const ReleaseModel = "release"

// Models returns the models that [Rules] without Models use: one for each change type,
// and that of releases. It is a fresh copy.
//
// A normal change is submitted, assessed, approved, authorised, scheduled, implemented,
// reviewed and closed. An expedited one goes the same way with a justification; what sets
// it apart are its panels, its shorter lead time and its later duties. A standard change
// skips assessment and approval because a template covers it. An emergency is authorised
// by few and implemented at once; the rest follows as duties. An unauthorised change is
// ratified or backed out.
func Models() []Model {
	planned := []Guard{GuardPlanned, GuardLead, GuardNotice, GuardOpen}
	normal := func(of string, first ...Guard) Model {
		return Model{
			Of: of, Initial: Draft,
			Steps: []Step{
				{Draft, Submit, Assessment, append([]Guard{GuardTerms}, first...)},
				{Draft, Cancel, Cancelled, nil},
				{Assessment, Assess, Approval, nil},
				{Assessment, Reject, Rejected, nil},
				{Assessment, Revise, Draft, nil},
				{Assessment, Cancel, Cancelled, nil},
				{Approval, Authorise, Authorised, []Guard{GuardApproved}},
				{Approval, Reject, Rejected, nil},
				{Approval, Revise, Draft, nil},
				{Approval, Announce, Approval, nil},
				{Approval, Cancel, Cancelled, nil},
				{Authorised, Announce, Authorised, nil},
				{Authorised, Schedule, Scheduled, append([]Guard{GuardApproved}, planned...)},
				{Authorised, Void, Approval, nil},
				{Authorised, Revise, Draft, nil},
				{Authorised, Cancel, Cancelled, nil},
				{Scheduled, Announce, Scheduled, nil},
				{Scheduled, Schedule, Scheduled, append([]Guard{GuardApproved}, planned...)},
				{Scheduled, Implement, Implementing, []Guard{GuardApproved, GuardPlanned, GuardInTime, GuardNotice, GuardOpen, GuardSegregated}},
				{Scheduled, Void, Approval, nil},
				{Scheduled, Revise, Draft, nil},
				{Scheduled, Cancel, Cancelled, nil},
				{Implementing, Complete, Reviewing, nil},
				{Implementing, BackOut, Reviewing, nil},
				{Reviewing, Close, Closed, []Guard{GuardDuties}},
				{Rejected, Revise, Draft, nil},
			},
			Holds:   []State{Draft, Assessment, Approval, Authorised, Scheduled},
			Decides: []State{Approval, Authorised, Scheduled},
			Edits:   []State{Draft, Assessment, Approval, Authorised, Scheduled},
		}
	}
	return []Model{
		{
			Of: schedule.Standard, Initial: Draft,
			Steps: []Step{
				{Draft, Submit, Authorised, []Guard{GuardTerms, GuardPreApproved}},
				{Draft, Cancel, Cancelled, nil},
				{Authorised, Announce, Authorised, nil},
				{Authorised, Schedule, Scheduled, append([]Guard{GuardPreApproved}, planned...)},
				{Authorised, Cancel, Cancelled, nil},
				{Scheduled, Announce, Scheduled, nil},
				{Scheduled, Schedule, Scheduled, append([]Guard{GuardPreApproved}, planned...)},
				{Scheduled, Implement, Implementing, []Guard{GuardPreApproved, GuardApproved, GuardPlanned, GuardInTime, GuardNotice, GuardOpen, GuardSegregated}},
				{Scheduled, Cancel, Cancelled, nil},
				{Implementing, Complete, Reviewing, nil},
				{Implementing, BackOut, Reviewing, nil},
				{Reviewing, Close, Closed, []Guard{GuardDuties}},
			},
			Holds:   []State{Draft, Authorised, Scheduled},
			Decides: []State{Authorised, Scheduled},
			Edits:   []State{Draft, Authorised, Scheduled},
		},
		normal(schedule.Normal),
		normal(schedule.Expedited, GuardJustified),
		{
			Of: schedule.Emergency, Initial: Draft,
			Steps: []Step{
				{Draft, Submit, Approval, []Guard{GuardTerms, GuardJustified}},
				{Draft, Cancel, Cancelled, nil},
				{Approval, Authorise, Authorised, []Guard{GuardApproved}},
				{Approval, Reject, Rejected, nil},
				{Approval, Cancel, Cancelled, nil},
				{Authorised, Implement, Implementing, []Guard{GuardApproved, GuardSegregated}},
				{Authorised, Void, Approval, nil},
				{Authorised, Cancel, Cancelled, nil},
				{Implementing, Complete, Reviewing, nil},
				{Implementing, BackOut, Reviewing, nil},
				{Reviewing, Close, Closed, []Guard{GuardDuties}},
			},
			Holds:   []State{Draft, Approval, Authorised},
			Decides: []State{Approval, Authorised},
			Edits:   []State{Draft, Approval, Authorised},
		},
		{
			Of: Unauthorised, Initial: Detected,
			Steps: []Step{
				{Detected, Assess, Assessment, nil},
				{Assessment, Ratify, Reviewing, []Guard{GuardTerms, GuardApproved}},
				{Assessment, BackOut, Reviewing, nil},
				{Reviewing, Close, Closed, []Guard{GuardDuties}},
			},
			Decides: []State{Assessment},
			Edits:   []State{Detected, Assessment},
		},
		{
			Of: ReleaseModel, Initial: Planning,
			Steps: []Step{
				{Planning, Build, Building, nil},
				{Planning, Cancel, Cancelled, nil},
				{Building, Test, Testing, nil},
				{Building, Revise, Planning, nil},
				{Building, Cancel, Cancelled, nil},
				{Testing, Rework, Building, nil},
				{Testing, Deploy, Deploying, []Guard{GuardChangesReady}},
				{Testing, Cancel, Cancelled, nil},
				{Deploying, Rework, Building, nil},
				{Deploying, Review, Reviewing, []Guard{GuardChangesDone}},
				{Reviewing, Close, Closed, []Guard{GuardChangesClosed}},
			},
			Holds: []State{Planning, Building, Testing},
		},
	}
}
