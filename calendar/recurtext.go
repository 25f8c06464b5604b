package calendar

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// Limits of a recurrence's text form.
const (
	maxRecurrenceText = 1 << 20 // bytes
	maxRules          = 64      // RRULE and EXRULE
)

// A ZoneLoader returns the location of a time zone name, as [time.LoadLocation] does.
type ZoneLoader func(name string) (*time.Location, error)

// A Parser reads recurrences under other than the default rules. The zero Parser is the default.
type Parser struct {
	// Zones finds time zones. The default knows the IANA names and nothing of the host: not "Local".
	Zones ZoneLoader
	// SkipGaps leaves out an occurrence whose reading a clock change skips, and does not
	// count it for COUNT, as RFC 5545, 3.3.10 says, instead of moving it past the change as 3.3.5 says.
	SkipGaps bool
	// IncludeStart makes DTSTART an occurrence even where no RRULE selects it, as
	// RFC 5545, 3.8.5.3 says ("DTSTART is the first instance"); COUNT then counts it.
	IncludeStart bool
	// RollDates reads a day past the end of its month as one of the next month (30 February is
	// 1 or 2 March), as some producers mean it. By default it is an error.
	RollDates bool
}

// ParseRecurrence reads content lines: one DTSTART and any number of RRULE, RDATE,
// EXDATE and EXRULE, in any order, lines folded or not. It reports all faults, each
// matching [ErrInvalid]. It accepts what producers write beyond the RFC (lower case, a
// trailing semicolon, UNTIL of another type than DTSTART) and rejects what has no meaning or
// no bound.
func ParseRecurrence(text string) (Recurrence, error) { return (&Parser{}).Recurrence(text) }

// MustParseRecurrence is ParseRecurrence for constants in programs; it panics on a fault.
func MustParseRecurrence(text string) Recurrence {
	r, err := ParseRecurrence(text)
	if err != nil {
		panic("calendar: " + err.Error())
	}
	return r
}

// Recurrence reads content lines as [ParseRecurrence] does.
func (p *Parser) Recurrence(text string) (Recurrence, error) {
	rp := recurrenceParser{Parser: p, set: &recurrenceSet{skipGaps: p.SkipGaps, include: p.IncludeStart, empty: new(emptiness)}}
	return rp.parse(text)
}

type recurrenceParser struct {
	*Parser
	set            *recurrenceSet
	faults         validate.List
	rules, exrules []*rule
	started        bool
	lineNo         string
}

func (p *recurrenceParser) parse(text string) (Recurrence, error) {
	if strings.TrimSpace(text) == "" {
		return Recurrence{}, nil
	}
	if len(text) > maxRecurrenceText {
		return Recurrence{}, &validate.Error{Path: "recurrence", Problem: fmt.Sprintf("longer than %d bytes", maxRecurrenceText)}
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	var line []byte
	n, first := 0, 1
	take := func() {
		if whole := strings.TrimSpace(string(line)); whole != "" {
			p.lineNo = fmt.Sprintf("line %d", first)
			p.line(whole)
		}
	}
	for part := range strings.SplitSeq(text, "\n") {
		if n++; n > 1 && part != "" && (part[0] == ' ' || part[0] == '\t') { // unfold, RFC 5545, 3.1
			line = append(line, part[1:]...)
			continue
		}
		take()
		line, first = append(line[:0], part...), n
	}
	take()
	p.lineNo = "recurrence"
	if !p.started {
		p.faults.Addf("recurrence", "DTSTART is missing; a rule without it would depend on the clock")
	}
	if len(p.rules)+len(p.exrules) > maxRules {
		p.faults.Addf("recurrence", "more than %d rules", maxRules)
	}
	if err := p.faults.Err(); err != nil {
		return Recurrence{}, err
	}
	p.finish()
	if err := p.faults.Err(); err != nil {
		return Recurrence{}, err
	}
	return Recurrence{p.set}, nil
}

// finish compiles the rules once DTSTART is known.
func (p *recurrenceParser) finish() {
	s := p.set
	for _, r := range p.rules {
		s.rules = append(s.rules, s.generator(r))
	}
	for _, r := range p.exrules {
		s.exrules = append(s.exrules, newGenerator(r, s.start.wall, s.gaps()))
	}
	for _, g := range slices.Concat(s.rules, s.exrules) {
		if g.costly {
			p.faults.Addf("recurrence", "COUNT=%d: its end is not found within %d periods; use UNTIL", g.count, countWork)
		}
	}
}

func (p *recurrenceParser) fault(format string, args ...any) {
	p.faults.Addf(p.lineNo, format, args...)
}

func (p *recurrenceParser) line(line string) {
	name, params, value, err := splitLine(line)
	if err != nil {
		p.fault("%v", err)
		return
	}
	switch name {
	case "DTSTART":
		if p.started {
			p.fault("a second DTSTART")
			return
		}
		p.started = true
		m, err := p.moment(params, value)
		if err != nil {
			p.fault("DTSTART: %v", err)
			return
		}
		p.set.start, p.set.zone, p.set.tzid = m.stamp, m.zone, m.tzid
		if m.utc {
			p.set.zone, p.set.tzid = time.UTC, ""
		}
	case "RRULE", "EXRULE":
		r, problems := parseRule(value)
		for _, problem := range problems {
			p.fault("%s: %s", name, problem)
		}
		if name == "RRULE" {
			p.rules = append(p.rules, r)
		} else {
			p.exrules = append(p.exrules, r)
		}
	case "RDATE", "EXDATE":
		for item := range strings.SplitSeq(value, ",") {
			if item = strings.TrimSpace(item); item == "" {
				continue
			}
			if err := p.date(name, params, item); err != nil {
				p.fault("%s: %v", name, err)
			}
		}
	case "X-SLACKWATER-GAPS":
		if !strings.EqualFold(value, "SKIP") {
			p.fault("%s: %q is not SKIP", name, clip(value))
		}
		p.set.skipGaps = true
	case "X-SLACKWATER-DTSTART":
		if !strings.EqualFold(value, "INCLUDE") {
			p.fault("%s: %q is not INCLUDE", name, clip(value))
		}
		p.set.include = true
	default:
		p.fault("%s is not a line of a recurrence; it has DTSTART, RRULE, RDATE, EXDATE and EXRULE", clip(name))
	}
}

func (p *recurrenceParser) date(name string, params []param, item string) error {
	start, end, isPeriod := strings.Cut(item, "/")
	m, err := p.moment(params, start)
	if err != nil {
		return err
	}
	if name == "EXDATE" {
		if isPeriod {
			return fmt.Errorf("%q is a period", clip(item))
		}
		p.set.exdates = append(p.set.exdates, m)
		return nil
	}
	d := rdate{moment: m}
	switch {
	case !isPeriod:
	case m.date:
		return fmt.Errorf("%q: a period needs a time", clip(item))
	case end != "" && (end[0] == 'P' || end[0] == 'p' || end[0] == '+' || end[0] == '-'):
		d.hasLength = true
		if d.length, err = ParseDuration(end); err == nil && d.length.Approx() <= 0 {
			err = fmt.Errorf("%q is not longer than nothing", clip(item))
		}
	default:
		d.hasEnd = true
		if d.end, err = p.moment(params, end); err == nil && d.end.date {
			err = fmt.Errorf("%q: the end has no time", clip(item))
		}
	}
	if err != nil {
		return err
	}
	p.set.rdates = append(p.set.rdates, d)
	return nil
}

// moment reads a DATE or DATE-TIME with its TZID.
func (p *recurrenceParser) moment(params []param, value string) (moment, error) {
	var m moment
	s, err := parseStamp(strings.TrimSpace(value), p.RollDates)
	if err != nil {
		return m, err
	}
	m.stamp = s
	for _, prm := range params {
		switch prm.name {
		case "TZID":
			if s.date {
				continue // a date has no zone
			}
			if s.utc {
				continue // Z settles it; some producers write both
			}
			if m.zone, err = p.zone(prm.value); err != nil {
				return m, err
			}
			m.tzid = prm.value
			if m.zone == time.UTC {
				m.utc, m.tzid = true, ""
			}
		case "VALUE":
			want := map[bool]string{true: "DATE", false: "DATE-TIME"}[s.date]
			if v := strings.ToUpper(prm.value); v != want && v != "PERIOD" {
				return m, fmt.Errorf("VALUE=%s, but %q is a %s", clip(prm.value), clip(value), want)
			}
		}
	}
	return m, nil
}

func (p *recurrenceParser) zone(name string) (*time.Location, error) {
	load := p.Zones
	if load == nil {
		load = loadZone
	}
	loc, err := load(name)
	if err != nil {
		return nil, fmt.Errorf("unknown time zone %q; use an IANA name such as Europe/London", clip(name))
	}
	return loc, nil
}

// loadZone knows the IANA names only. "" and "Local" would depend on the host.
func loadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" || strings.HasPrefix(name, "/") {
		return nil, errors.New("unknown time zone")
	}
	if name == "Z" {
		return time.UTC, nil
	}
	return time.LoadLocation(name)
}

type param struct{ name, value string }

// splitLine splits NAME;PARAM=VALUE;PARAM="VALUE":value.
func splitLine(line string) (name string, params []param, value string, err error) {
	i := strings.IndexAny(line, ";:")
	if i <= 0 {
		return "", nil, "", fmt.Errorf("%q is not a content line NAME:value", clip(line))
	}
	name = strings.ToUpper(line[:i])
	for line[i] == ';' {
		rest := line[i+1:]
		eq := strings.IndexAny(rest, "=:;")
		if eq < 0 || rest[eq] != '=' {
			return "", nil, "", fmt.Errorf("parameter without value in %q", clip(line))
		}
		prm := param{name: strings.ToUpper(strings.TrimSpace(rest[:eq]))}
		at := i + 1 + eq + 1
		if at < len(line) && line[at] == '"' {
			end := strings.IndexByte(line[at+1:], '"')
			if end < 0 {
				return "", nil, "", fmt.Errorf("a quote is not closed in %q", clip(line))
			}
			prm.value = line[at+1 : at+1+end]
			at += end + 2
		} else {
			end := strings.IndexAny(line[at:], ";:")
			if end < 0 {
				return "", nil, "", fmt.Errorf("no value after the parameters in %q", clip(line))
			}
			prm.value = line[at : at+end]
			at += end
		}
		if at >= len(line) || line[at] != ';' && line[at] != ':' {
			return "", nil, "", fmt.Errorf("no value after the parameters in %q", clip(line))
		}
		if params = append(params, prm); len(params) > 16 {
			return "", nil, "", errors.New("more than 16 parameters")
		}
		i = at
	}
	return name, params, line[i+1:], nil
}

// String returns the text form in canonical order, "" for the zero Recurrence.
func (r Recurrence) String() string {
	if r.set == nil {
		return ""
	}
	s := r.set
	var b strings.Builder
	line := func(name string, m moment, value string) {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(name)
		if m.date {
			b.WriteString(";VALUE=DATE")
		} else if m.tzid != "" {
			b.WriteString(";TZID=" + quoteParam(m.tzid))
		}
		b.WriteString(":" + value)
	}
	line("DTSTART", moment{stamp: s.start, tzid: s.tzid}, s.start.String())
	for _, g := range s.rules {
		line("RRULE", moment{}, g.text(s.start.date))
	}
	for _, d := range s.rdates {
		value := d.String()
		name := "RDATE"
		switch {
		case d.hasLength:
			name, value = "RDATE;VALUE=PERIOD", value+"/"+d.length.String()
		case d.hasEnd:
			name, value = "RDATE;VALUE=PERIOD", value+"/"+d.end.String()
		}
		line(name, d.moment, value)
	}
	for _, x := range s.exdates {
		line("EXDATE", x, x.String())
	}
	for _, g := range s.exrules {
		line("EXRULE", moment{}, g.text(s.start.date))
	}
	if s.include {
		line("X-SLACKWATER-DTSTART", moment{}, "INCLUDE")
	}
	if s.skipGaps {
		line("X-SLACKWATER-GAPS", moment{}, "SKIP")
	}
	return b.String()
}

func quoteParam(v string) string {
	if strings.ContainsAny(v, ";:,") {
		return `"` + strings.ReplaceAll(v, `"`, "'") + `"`
	}
	return v
}

// MarshalText writes the text form.
func (r Recurrence) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads the text form with the default [Parser].
func (r *Recurrence) UnmarshalText(b []byte) error {
	v, err := ParseRecurrence(string(b))
	if err != nil {
		return err
	}
	*r = v
	return nil
}
