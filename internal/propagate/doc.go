// Package propagate holds the filtering rules, one a file: each tightens the bounds of
// the variables of one constraint and says why. It knows neither search nor names.
package propagate
