package ics

import (
	"slices"
	"strings"
)

// A Property is one content line: NAME;PARAM=value,"value":VALUE.
//
// A Property that was read remembers how it stood in the file. As long as its
// fields still say the same it is written back exactly so, with its folding,
// quoting, case and line end; a changed or new one is written by the rules.
type Property struct {
	Name   string // as written; names compare without regard to case
	Params []Param
	Value  string // unfolded, but with its escapes: see Text, Texts and SetText

	raw  string
	line int
}

// A Param is one property parameter. Its values are without quotes and with the
// escapes of RFC 6868 resolved; the writer puts both back as needed.
type Param struct {
	Name   string
	Values []string // nil for a parameter without "=", as vCard writers make them
}

// NewProperty returns a property with the value as it should stand in the file.
// Use SetText for values of type TEXT.
func NewProperty(name, value string, params ...Param) *Property {
	return &Property{Name: name, Value: value, Params: params}
}

// Is reports whether the property has this name, without regard to case.
func (p *Property) Is(name string) bool { return strings.EqualFold(p.Name, name) }

// Line returns the line of the file on which the property begins, 0 for one that was not read.
func (p *Property) Line() int { return p.line }

// Param returns the first value of the named parameter, "" when there is none.
func (p *Property) Param(name string) string {
	for _, q := range p.Params {
		if strings.EqualFold(q.Name, name) && len(q.Values) > 0 {
			return q.Values[0]
		}
	}
	return ""
}

// SetParam sets the named parameter to these values, or adds it.
func (p *Property) SetParam(name string, values ...string) {
	i := slices.IndexFunc(p.Params, func(q Param) bool { return strings.EqualFold(q.Name, name) })
	if i < 0 {
		p.Params = append(p.Params, Param{name, values})
		return
	}
	p.Params = slices.Clone(p.Params)
	p.Params[i].Values = values
}

// errorAt makes an Error for octet off of the value.
func (p *Property) errorAt(off int, problem string) *Error {
	if p.raw == "" {
		return &Error{Line: p.line, Column: 1, Problem: problem}
	}
	content := unfold(p.raw)
	line, column := place(p.raw, p.line-strings.Count(p.raw[:leadingBlank(p.raw)], "\n"), len(content)-len(p.Value)+off)
	return &Error{Line: line, Column: column, Problem: problem}
}

// parseContent reads an unfolded content line (RFC 5545, 3.1). It is strict about
// what would change the meaning, and takes what writers in the field do besides:
// "_" and "." in names, parameters without "=", quotes inside a bare value.
func parseContent(s string, maxParams int) (*Property, *fault) {
	n := nameLen(s)
	if n == 0 {
		return nil, faultf(0, "a content line begins with a property name of letters, digits and hyphens")
	}
	p := &Property{Name: s[:n]}
	i := n
	for i < len(s) && s[i] == ';' {
		if len(p.Params) >= maxParams {
			return nil, &fault{i, "too many parameters; raise the limit in Options if the file is meant", true}
		}
		q, next, f := parseParam(s, i+1, maxParams)
		if f != nil {
			return nil, f
		}
		if q.Name != "" { // ";;" and ";:" are seen, and mean nothing
			p.Params = append(p.Params, q)
		}
		i = next
	}
	if i >= len(s) || s[i] != ':' {
		if i < len(s) && len(p.Params) == 0 {
			return nil, faultf(i, "character %q in a property name; names have letters, digits and hyphens", s[i:i+1])
		}
		return nil, faultf(i, "a colon and the value of %s are missing", clip(p.Name))
	}
	p.Value = s[i+1:]
	return p, nil
}

func parseParam(s string, i, maxValues int) (Param, int, *fault) {
	n := nameLen(s[i:])
	q := Param{Name: s[i : i+n]}
	i += n
	if i >= len(s) || s[i] == ';' || s[i] == ':' {
		return q, i, nil
	}
	if n == 0 || s[i] != '=' {
		return q, i, faultf(i, "character %q in a parameter name; write NAME=value", s[i:i+1])
	}
	for i++; ; i++ {
		v, next, f := parseParamValue(s, i)
		if f != nil {
			return q, i, f
		}
		if len(q.Values) >= maxValues {
			return q, i, &fault{i, "too many values of one parameter; raise the limit in Options if the file is meant", true}
		}
		q.Values = append(q.Values, v)
		if i = next; i >= len(s) || s[i] != ',' {
			return q, i, nil
		}
	}
}

// parseParamValue reads one value up to a bare comma, semicolon or colon. Apple's
// writers escape the first two with a backslash as if the value were TEXT.
func parseParamValue(s string, i int) (string, int, *fault) {
	start, quoted, escaped := i, 0, false
	for i < len(s) && s[i] != ',' && s[i] != ';' && s[i] != ':' {
		if isEscape(s[i:]) {
			i, escaped = i+2, true
			continue
		}
		if s[i] != '"' {
			i++
			continue
		}
		end := strings.IndexByte(s[i+1:], '"')
		switch {
		case end < 0 && i == start:
			return "", i, faultf(i, "the quote is not closed")
		case end < 0: // 5" pipe
			i++
		default:
			quoted++
			i += end + 2
		}
	}
	v := s[start:i]
	if quoted == 1 && v[0] == '"' && v[len(v)-1] == '"' {
		v = v[1 : len(v)-1]
	}
	if escaped && quoted == 0 {
		v = strings.NewReplacer(`\,`, ",", `\;`, ";").Replace(v)
	}
	return caretDecode(v), i, nil
}

// isEscape reports whether s begins with an escaped comma or semicolon. A
// backslash before ";NAME=" is the end of a value, such as a path.
func isEscape(s string) bool {
	if len(s) < 2 || s[0] != '\\' {
		return false
	}
	switch s[1] {
	case ',':
		return true
	case ';':
		n := nameLen(s[2:])
		return n == 0 || 2+n >= len(s) || s[2+n] != '='
	}
	return false
}

// nameLen returns the length of the name that s begins with.
func nameLen(s string) int {
	i := 0
	for i < len(s) && isNameByte(s[i]) {
		i++
	}
	return i
}

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_' || c == '.'
}

// same reports whether p still says what q says.
func (p *Property) same(q *Property) bool {
	return p.Name == q.Name && p.Value == q.Value && slices.EqualFunc(p.Params, q.Params, func(a, b Param) bool {
		return a.Name == b.Name && slices.Equal(a.Values, b.Values)
	})
}
