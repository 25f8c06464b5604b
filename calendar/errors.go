package calendar

import "github.com/slackwater-go/slackwater/internal/validate"

// ErrInvalid matches, through errors.Is, every error that Validate and the parsers return.
var ErrInvalid = validate.ErrInvalid

// ValidationError is one problem in one field; several come joined, in the
// order of the document.
type ValidationError = validate.Error
