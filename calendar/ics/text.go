package ics

import "strings"

// Text returns the value read as TEXT (RFC 5545, 3.3.11). An escape that the RFC
// does not know is left as it stands.
func (p *Property) Text() string { return unescape(p.Value) }

// Texts returns the value read as a list of TEXT values separated by commas.
func (p *Property) Texts() []string {
	var list []string
	start := 0
	for i := 0; i < len(p.Value); i++ {
		switch p.Value[i] {
		case '\\':
			i++
		case ',':
			list = append(list, unescape(p.Value[start:i]))
			start = i + 1
		}
	}
	return append(list, unescape(p.Value[start:]))
}

// SetText sets the value to one TEXT, or to a list of them.
func (p *Property) SetText(texts ...string) {
	escaped := make([]string, len(texts))
	for i, s := range texts {
		escaped[i] = escape(s)
	}
	p.Value = strings.Join(escaped, ",")
}

func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case 'n', 'N':
			b.WriteByte('\n')
		case '\\', ';', ',':
			b.WriteByte(s[i])
		default:
			b.WriteByte('\\')
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// escape is the inverse of unescape on text without control characters; line
// ends of any kind become \n, and other control characters, which no content
// line may hold, become spaces.
func escape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' || c == ';' || c == ',':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			if i+1 == len(s) || s[i+1] != '\n' {
				b.WriteString(`\n`)
			}
		case isControl(c):
			b.WriteByte(' ')
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func isControl(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f }

// caretDecode resolves the escapes of parameter values (RFC 6868, 3).
func caretDecode(s string) string {
	if !strings.Contains(s, "^") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '^' && i+1 < len(s) {
			switch s[i+1] {
			case 'n':
				c, i = '\n', i+1
			case '^':
				i++
			case '\'':
				c, i = '"', i+1
			}
		}
		b.WriteByte(c)
	}
	return b.String()
}

// caretEncode is the inverse of caretDecode.
func caretEncode(s string) string {
	if !strings.ContainsAny(s, "^\n\r\"") {
		return s
	}
	return strings.NewReplacer("^", "^^", "\r\n", "^n", "\n", "^n", "\r", "^n", `"`, "^'").Replace(s)
}
