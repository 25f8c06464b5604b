package calendar

import (
	"github.com/slackwater-go/slackwater/internal/document"
	"github.com/slackwater-go/slackwater/internal/validate"
)

// ErrInvalid matches, through errors.Is, every error that Validate and the parsers return.
var ErrInvalid = validate.ErrInvalid

// ValidationError is one problem in one field; several come joined, in the
// order of the document.
type ValidationError = validate.Error

// InputError is one fault at one place of a JSON document: Line and Column from 1, Path and
// Problem. It is a [ValidationError] to errors.As too. What is missing is reported where it
// should be.
type InputError = document.Error
