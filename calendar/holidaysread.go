package calendar

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// Limits of a document of holidays.
const (
	maxHolidays     = 100_000
	maxHolidayBytes = 64 << 20
)

// ReadHolidaysJSON reads one of four forms:
//
//	[{"date": "2026-12-25", "name": "Christmas Day"}, …]
//	{"2026-12-25": "Christmas Day", …}
//	{"england-and-wales": {"events": [{"date": "2026-12-25", "title": "Christmas Day"}, …]}, …}
//	{"divisions": {"common.nations.england-and-wales_slug": {"2026": [{"date": "25/12/2026", …}, …], …}, …}, …}
//
// The third is that of the British government's API and the fourth that of its source; division names
// the part to read ("england-and-wales"). It is empty for the other two. Fields of other names are
// passed over. A fault of form is reported with line and column, those of the dates together, each
// with its path.
func ReadHolidaysJSON(r io.Reader, division string) (Holidays, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxHolidayBytes+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxHolidayBytes {
		return nil, &validate.Error{Path: "holidays", Problem: fmt.Sprintf("the document is larger than %d MiB", maxHolidayBytes>>20)}
	}
	h := holidayReader{data: b}
	switch trimmed := bytes.TrimSpace(b); {
	case len(trimmed) > 0 && trimmed[0] == '[':
		h.list("", b, "")
	case division != "":
		h.division(division)
	default:
		h.named()
	}
	if len(h.out) > maxHolidays {
		h.faults.Addf("holidays", "%d are more than %d", len(h.out), maxHolidays)
	}
	if err := h.faults.Err(); err != nil {
		return nil, err
	}
	return h.out.Sorted(), nil
}

// A holidayReader collects what a document says and what is wrong with it.
type holidayReader struct {
	data   []byte
	out    Holidays
	faults validate.List
}

// decode reads a part of the document.
func (h *holidayReader) decode(part []byte, into any) bool {
	err := json.Unmarshal(part, into)
	if err == nil {
		return true
	}
	// Where the part stands twice, the fault does too.
	at := h.place(max(0, bytes.Index(h.data, part)), int64(len(part)), err)
	h.faults.Addf(at, "%v", err)
	return false
}

// place names the line and column of an error of encoding/json.
func (h *holidayReader) place(base int, length int64, err error) string {
	offset := length
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	field := ""
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		if offset = kind.Offset; kind.Field != "" {
			field = ", " + kind.Field
		}
	}
	before := h.data[:max(0, min(base+int(offset), len(h.data)))]
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return fmt.Sprintf("line %d, column %d%s", 1+bytes.Count(before, []byte("\n")), max(column, 1), field)
}

func (h *holidayReader) add(path, layout, date, name string) {
	if date == "" {
		h.faults.Addf(path, "is missing")
		return
	}
	var d Date
	var err error
	if layout == "" {
		d, err = ParseDate(date)
	} else {
		var t time.Time
		t, err = time.Parse(layout, date)
		d = DateOf(t)
	}
	if err != nil {
		h.faults.Addf(path, "%q is not a date such as %s", clip(date), time.Date(2026, 12, 25, 0, 0, 0, 0, time.UTC).Format(cmp.Or(layout, time.DateOnly)))
		return
	}
	h.out = append(h.out, Holiday{d, name})
}

// list reads an array of events whose dates are in a layout of package time, or in ISO 8601 where
// it is empty.
func (h *holidayReader) list(path string, part []byte, layout string) {
	var events []struct{ Date, Name, Title string }
	if !h.decode(part, &events) {
		return
	}
	for i, e := range events {
		h.add(fmt.Sprintf("%s[%d].date", path, i), layout, e.Date, cmp.Or(e.Name, e.Title))
	}
}

// named reads an object of names by date.
func (h *holidayReader) named() {
	var named map[string]string
	if !h.decode(h.data, &named) {
		return
	}
	for _, date := range slices.Sorted(maps.Keys(named)) {
		h.add(strconv.Quote(date), "", date, named[date])
	}
}

// division reads one division of either form of the British government.
func (h *holidayReader) division(name string) {
	var doc map[string]json.RawMessage
	if !h.decode(h.data, &doc) {
		return
	}
	if part, ok := doc[name]; ok {
		var d struct{ Events json.RawMessage }
		if h.decode(part, &d) && len(d.Events) > 0 {
			h.list(name+".events", d.Events, "")
		}
		return
	}
	var parts map[string]map[string]json.RawMessage
	if raw, ok := doc["divisions"]; ok && !h.decode(raw, &parts) {
		return
	}
	for _, key := range []string{name, "common.nations." + name + "_slug"} {
		years, ok := parts[key]
		if !ok {
			continue
		}
		for _, year := range slices.Sorted(maps.Keys(years)) {
			if raw := bytes.TrimSpace(years[year]); len(raw) > 0 && raw[0] == '[' { // a title stands among the years
				h.list("divisions."+key+"."+year, raw, "02/01/2006")
			}
		}
		return
	}
	h.faults.Addf("division", "there is no %q; the document has %s", clip(name), divisionNames(doc, parts))
}

// divisionNames lists what may be asked for, the first few.
func divisionNames(doc map[string]json.RawMessage, parts map[string]map[string]json.RawMessage) string {
	var names []string
	for key := range parts {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(key, "common.nations."), "_slug"))
	}
	if parts == nil {
		names = slices.Collect(maps.Keys(doc))
	}
	if slices.Sort(names); len(names) > 5 {
		names = append(names[:5], "...")
	}
	return clip(strings.Join(names, ", "))
}

// ReadHolidaysCSV reads lines of date and name, with or without a heading. Errors name the line.
func ReadHolidaysCSV(r io.Reader) (Holidays, error) {
	c := csv.NewReader(io.LimitReader(r, maxHolidayBytes))
	c.FieldsPerRecord, c.TrimLeadingSpace, c.ReuseRecord = -1, true, true
	var out Holidays
	var l validate.List
	for first := true; ; first = false {
		rec, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, &validate.Error{Path: "holidays", Problem: err.Error()}
		}
		line, _ := c.FieldPos(0)
		d, err := ParseDate(strings.TrimSpace(strings.TrimPrefix(rec[0], "\ufeff")))
		switch {
		case err != nil && first:
			continue // a heading
		case err != nil:
			l.Addf(fmt.Sprintf("line %d", line), "%q is not a date such as 2026-12-25", clip(rec[0]))
			continue
		}
		h := Holiday{Date: d}
		if len(rec) > 1 {
			h.Name = strings.TrimSpace(strings.Clone(rec[1]))
		}
		if out = append(out, h); len(out) > maxHolidays {
			return nil, &validate.Error{Path: fmt.Sprintf("line %d", line), Problem: fmt.Sprintf("more than %d holidays", maxHolidays)}
		}
	}
	if err := l.Err(); err != nil {
		return nil, err
	}
	return out.Sorted(), nil
}
