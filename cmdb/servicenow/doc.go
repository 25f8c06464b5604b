// Package servicenow reads table exports in the style of ServiceNow: cmdb_ci and cmdb_rel_ci as CSV
// or JSON, the latter as the table API and "export to JSON" write it ({"result": [...]} or {"records": [...]}).
//
// A record of cmdb_ci becomes a CI with its sys_id as ID, or its name where the export has none.
// A record of cmdb_rel_ci reads "parent type child", its type being "Depends on::Used by": the words before the
// colons say what the parent does. Columns that have a field of their own go there, all others to attributes.
package servicenow
