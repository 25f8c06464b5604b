// Package picture draws an impact: as an HTML page of its own with an SVG in it, which needs no
// network, and as text for a terminal.
//
// Both show what fails in layers by distance, the groups that lose members with what they need,
// and one way highlighted. The page shows the way to any CI under the pointer.
package picture
