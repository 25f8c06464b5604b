package cron

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// ErrInvalid matches, through errors.Is, every error of this package about its input.
var ErrInvalid = validate.ErrInvalid

// ErrNever matches the error for a schedule that has no tick at all, such as
// 30 February. It matches ErrInvalid too.
var ErrNever = errors.New("never ticks")

// An Error is one fault of an expression.
type Error struct {
	Column  int    // first character is 1
	Field   string // "minute", "hour", "day of month", "month", "day of week", or "" for the whole
	Problem string // what is wrong and how to mend it
	never   bool
}

func (e *Error) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("cron, column %d: %s", e.Column, e.Problem)
	}
	return fmt.Sprintf("cron, column %d (%s): %s", e.Column, e.Field, e.Problem)
}

// Is makes an Error match ErrInvalid and, where it is one, ErrNever.
func (e *Error) Is(target error) bool { return target == ErrInvalid || e.never && target == ErrNever }

// maxText is the longest expression that is read: the longest sensible one, all
// values of all fields listed, has under 600 octets.
const maxText = 1024

var macros = [...][2]string{
	{"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"},
	{"@weekly", "0 0 * * 0"}, {"@daily", "0 0 * * *"}, {"@midnight", "0 0 * * *"}, {"@hourly", "0 * * * *"},
}

// A field is one of the five of an expression.
type field struct {
	name   string
	lo, hi int
	names  string // three letters each, from lo
}

var fields = [...]field{
	{"minute", 0, 59, ""},
	{"hour", 0, 23, ""},
	{"day of month", 1, 31, ""},
	{"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
	{"day of week", 0, 7, "sunmontuewedthufrisat"}, // 7 is Sunday too
}

// Parse reads a cron expression: minute, hour, day of month, month, day of week,
// separated by blanks, optionally with "CRON_TZ=Zone " or "TZ=Zone " before them;
// or one of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly.
// All faults are reported, joined, each an [Error].
func Parse(expr string) (Schedule, error) {
	s := Schedule{text: expr}
	if len(expr) > maxText {
		return Schedule{}, &Error{Column: 1, Problem: fmt.Sprintf("%d octets long; at most %d are read", len(expr), maxText)}
	}
	rest, at := trimBlank(expr, 0)
	if name, ok := cutZone(rest); ok {
		zone, after, _ := strings.Cut(name, " ")
		loc, err := loadZone(zone)
		if err != nil {
			return Schedule{}, &Error{Column: at + 1, Problem: err.Error()}
		}
		s.loc = loc
		rest, at = trimBlank(after, len(expr)-len(after))
	}
	if strings.HasPrefix(rest, "@") {
		plain, err := macro(strings.TrimSpace(rest), at)
		if err != nil {
			return Schedule{}, err
		}
		rest = plain // its fields have no fault, so their columns do not matter
	}
	words, columns := split(rest, at)
	if len(words) != len(fields) {
		return Schedule{}, &Error{Column: at + 1, Problem: fmt.Sprintf("%d fields, want 5: minute hour day-of-month month day-of-week", len(words))}
	}
	var errs []error
	for i, f := range fields {
		if err := s.set(f, words[i], columns[i]); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) == 0 && !s.possible() {
		errs = append(errs, &Error{Column: columns[2], Problem: "no date matches this day of month and month, so it never ticks", never: true})
	}
	if len(errs) > 0 {
		return Schedule{}, errors.Join(errs...)
	}
	return s, nil
}

func cutZone(s string) (string, bool) {
	if rest, ok := strings.CutPrefix(s, "CRON_TZ="); ok {
		return rest, true
	}
	return strings.CutPrefix(s, "TZ=")
}

// loadZone refuses what time.LoadLocation takes for a host's own zone, and files
// that lie beside the database.
func loadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" || name == "localtime" || name == "posixrules" || strings.HasPrefix(name, "right/") || strings.HasPrefix(name, "posix/") {
		return nil, fmt.Errorf("%q is no time zone; write an IANA name such as Europe/London", name)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("unknown time zone %q; write an IANA name such as Europe/London", clip(name))
	}
	return loc, nil
}

// A zoneCache keeps time.LoadLocation from reading a file a second time.
type zoneCache map[string]*time.Location

func (c zoneCache) load(name string) (*time.Location, error) {
	if loc := c[name]; loc != nil {
		return loc, nil
	}
	loc, err := loadZone(name)
	if err == nil {
		c[name] = loc
	}
	return loc, err
}

func macro(name string, at int) (string, error) {
	for _, m := range macros {
		if strings.EqualFold(m[0], name) {
			return m[1], nil
		}
	}
	problem := fmt.Sprintf("unknown macro %q; known are @yearly, @annually, @monthly, @weekly, @daily, @midnight and @hourly", clip(name))
	if strings.HasPrefix(name, "@every") || strings.HasPrefix(name, "@reboot") {
		problem = fmt.Sprintf("%s is relative to when a daemon was started, not a time of the calendar; write the five fields", clip(name))
	}
	return "", &Error{Column: at + 1, Problem: problem}
}

// split returns the words of s and their columns when s begins after off octets.
func split(s string, off int) (words []string, columns []int) {
	for {
		s, off = trimBlank(s, off)
		if s == "" {
			return words, columns
		}
		n := strings.IndexAny(s, " \t")
		if n < 0 {
			n = len(s)
		}
		words, columns = append(words, s[:n]), append(columns, off+1)
		s, off = s[n:], off+n
	}
}

func trimBlank(s string, off int) (string, int) {
	t := strings.TrimLeft(s, " \t")
	return t, off + len(s) - len(t)
}

// set reads one field into its mask.
func (s *Schedule) set(f field, word string, column int) error {
	var mask uint64
	unrestricted := false
	for item := range strings.SplitSeq(word, ",") {
		var err error
		if f.hi == 31 && strings.EqualFold(item, "L") {
			s.lastDom = true
		} else if ok, bad := s.setWeekday(f, item); ok || bad != "" {
			err = asError(bad)
		} else {
			var m uint64
			var any bool
			m, any, err = f.parse(item)
			mask |= m
			unrestricted = unrestricted || any
		}
		if err != nil {
			return &Error{Column: column, Field: f.name, Problem: err.Error()}
		}
		column += len(item) + 1
	}
	switch f.name {
	case "minute":
		s.minute = mask
	case "hour":
		s.hour = uint32(mask)
	case "day of month":
		s.dom, s.domAny = uint32(mask), unrestricted
	case "month":
		s.month = uint16(mask)
	case "day of week":
		s.dow, s.dowAny, s.seven = uint8(mask|mask>>7)&0x7f, unrestricted, mask>>7 != 0
	}
	return nil
}

func asError(problem string) error {
	if problem == "" {
		return nil
	}
	return errors.New(problem)
}

// setWeekday reads 5L (the last Friday) and 5#2 (the second), and reports whether item is of that shape.
func (s *Schedule) setWeekday(f field, item string) (ok bool, problem string) {
	if f.name != "day of week" {
		return false, ""
	}
	day, n, nth := strings.Cut(item, "#")
	last := !nth && len(item) > 1 && (item[len(item)-1] == 'L' || item[len(item)-1] == 'l')
	if last {
		day = item[:len(item)-1]
	}
	if !nth && !last {
		return false, ""
	}
	d, ok := f.number(day)
	if !ok {
		return false, fmt.Sprintf("%q is no day of the week from 0 to 7 or sun to sat", clip(day))
	}
	if last {
		s.lastDow |= 1 << (d % 7)
		return true, ""
	}
	k, err := strconv.Atoi(n)
	if err != nil || k < 1 || k > 5 {
		return false, fmt.Sprintf("%q after # is no number from 1 to 5", clip(n))
	}
	s.nth[d%7] |= 1 << k
	return true, ""
}

// parse reads *, a, a-b, each with or without /step, and reports whether it
// leaves the field unrestricted.
func (f field) parse(item string) (mask uint64, any bool, err error) {
	span, stepText, hasStep := strings.Cut(item, "/")
	step := 1
	if hasStep {
		if step, err = strconv.Atoi(stepText); err != nil || step < 1 || stepText[0] == '+' {
			return 0, false, fmt.Errorf("step %q is no number from 1", clip(stepText))
		}
	}
	lo, hi := f.lo, f.hi
	from, to, isRange := strings.Cut(span, "-")
	switch {
	case span == "*" || span == "?" && (f.hi == 31 || f.hi == 7):
		// A field of "*/2" restricts. crontab(5) of Vixie looks at the first
		// character only and would AND it; Argo CD's parser does not.
		any = step == 1
		if f.hi == 7 {
			hi = 6
		}
	case isRange:
		var okLo, okHi bool
		lo, okLo = f.number(from)
		hi, okHi = f.number(to)
		if !okLo || !okHi {
			return 0, false, f.unknown(span)
		}
		if lo > hi {
			return 0, false, fmt.Errorf("range %s runs backwards; write %s-%s,%s-%s", span, from, f.label(f.hi), f.label(f.lo), to)
		}
	default:
		var ok bool
		if lo, ok = f.number(span); !ok {
			return 0, false, f.unknown(span)
		}
		if !hasStep {
			hi = lo
		} else if f.hi == 7 {
			hi = 6
		}
	}
	for v := lo; v <= hi; v += step {
		mask |= 1 << v
		if step > f.hi {
			break
		}
	}
	return mask, any, nil
}

func (f field) unknown(s string) error {
	if s == "" {
		return errors.New("a value is missing between the commas")
	}
	if f.names == "" {
		return fmt.Errorf("%q is not from %d to %d", clip(s), f.lo, f.hi)
	}
	return fmt.Errorf("%q is not from %d to %d or %s to %s", clip(s), f.lo, f.hi, f.names[:3], f.names[len(f.names)-3:])
}

func (f field) label(v int) string {
	if f.hi == 7 && v == 7 {
		v = 6
	}
	return strconv.Itoa(v)
}

// number reads a number in range, or a name.
func (f field) number(s string) (int, bool) {
	if len(s) == 3 && f.names != "" {
		if i := strings.Index(f.names, strings.ToLower(s)); i >= 0 && i%3 == 0 {
			return f.lo + i/3, true
		}
	}
	if s == "" || len(s) > 2 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, _ := strconv.Atoi(s)
	return n, n >= f.lo && n <= f.hi
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:37] + "..."
	}
	return s
}
