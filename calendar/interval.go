package calendar

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// An Interval is the half-open span [Start, End) of absolute time: it holds its
// start and not its end, so that neighbours neither overlap nor leave a gap.
// An Interval whose End is not after its Start is empty; so is the zero Interval.
type Interval struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// Empty reports whether iv holds no instant.
func (iv Interval) Empty() bool { return !iv.Start.Before(iv.End) }

// Duration returns the exact length, 0 for an empty interval.
func (iv Interval) Duration() time.Duration {
	if iv.Empty() {
		return 0
	}
	return iv.End.Sub(iv.Start)
}

// Contains reports whether Start <= t < End.
func (iv Interval) Contains(t time.Time) bool { return !t.Before(iv.Start) && t.Before(iv.End) }

// Overlaps reports whether the two share an instant. Touching intervals do not.
func (iv Interval) Overlaps(o Interval) bool { return !iv.Intersect(o).Empty() }

// Intersect returns the common part, which may be empty.
func (iv Interval) Intersect(o Interval) Interval {
	if o.Start.After(iv.Start) {
		iv.Start = o.Start
	}
	if o.End.Before(iv.End) {
		iv.End = o.End
	}
	return iv
}

// String returns both ends in RFC 3339, as "[start, end)".
func (iv Interval) String() string {
	return "[" + iv.Start.Format(time.RFC3339Nano) + ", " + iv.End.Format(time.RFC3339Nano) + ")"
}

// UnmarshalJSON reads {"start": RFC 3339, "end": RFC 3339}; other fields, a missing
// end and an end before the start are errors.
func (iv *Interval) UnmarshalJSON(b []byte) error {
	var doc struct {
		Start *time.Time `json:"start"`
		End   *time.Time `json:"end"`
	}
	if err := decodeStrict(b, &doc); err != nil {
		return err
	}
	if doc.Start == nil || doc.End == nil {
		return &validate.Error{Path: "interval", Problem: "needs both start and end"}
	}
	if doc.End.Before(*doc.Start) {
		return &validate.Error{Path: "interval", Problem: fmt.Sprintf("end %s is before start %s",
			doc.End.Format(time.RFC3339), doc.Start.Format(time.RFC3339))}
	}
	*iv = Interval{*doc.Start, *doc.End}
	return nil
}

var _ json.Unmarshaler = (*Interval)(nil)

// A span is an Interval in nanoseconds since 1970. Invariant of every stored span: lo < hi.
type span struct{ lo, hi int64 }

// Nanoseconds reach from 1677-09-21 to 2262-04-11; what lies outside counts as the
// nearer end, which keeps every comparison monotone.
const (
	minNano = math.MinInt64
	maxNano = math.MaxInt64
)

func toNano(t time.Time) int64 {
	const second = int64(time.Second)
	s := t.Unix()
	switch {
	case s >= maxNano/second:
		return maxNano
	case s <= minNano/second:
		return minNano
	}
	return s*second + int64(t.Nanosecond())
}

// unreachable says what is wrong with an instant that nanoseconds cannot count.
const unreachable = "outside the time that is known here, from 1677-09-22 to 2262-04-11"

// check reports an interval that ends before it starts or lies where nothing is known. One that is
// empty or reaches out of that time is fine.
func (iv Interval) check() error {
	switch s := iv.span(); {
	case iv.End.Before(iv.Start):
		return &validate.Error{Path: "within", Problem: fmt.Sprintf("ends before it starts: %v; swap the two", iv)}
	case s.lo == s.hi && !iv.Empty():
		return &validate.Error{Path: "within", Problem: fmt.Sprintf("%v is %s", iv, unreachable)}
	}
	return nil
}

func fromNano(n int64) time.Time { return time.Unix(0, n).UTC() }

func (iv Interval) span() span { return span{toNano(iv.Start), toNano(iv.End)} }

func (s span) interval() Interval { return Interval{fromNano(s.lo), fromNano(s.hi)} }

// addNano adds and stays within the range of int64.
func addNano(t, d int64) int64 {
	switch {
	case d > 0 && t > maxNano-d:
		return maxNano
	case d < 0 && t < minNano-d:
		return minNano
	}
	return t + d
}
