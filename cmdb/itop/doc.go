// Package itop reads iTop data files: XML sets of objects as the toolkit and the setup export them.
//
// An object of a CI class becomes a CI "Class:id". References by id become relations: what runs
// on, is hosted on, is located in or is a member of what; links of application solutions become depends-on. The
// hypervisors of a farm become a redundancy group of which one suffices, as iTop has it by default. Objects that are no CIs
// (contracts, teams, software, models) are counted in the report.
package itop
