package lifecycle

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// A Record is one entry of the decision log: who decided what, when and why.
type Record struct {
	Index  int64           `json:"index"` // from 0, without gaps
	At     time.Time       `json:"at"`
	Actor  string          `json:"actor"`
	Kind   RecordKind      `json:"kind"`
	Of     string          `json:"of"`               // ID of the change or release that it is about
	Reason string          `json:"reason,omitempty"` // in words
	Data   json.RawMessage `json:"data,omitempty"`   // the input, decision or outcome itself
}

// A RecordKind says what a record holds.
type RecordKind string

const (
	RecordInput      RecordKind = "input"      // what a decision rests on: terms, an assessment
	RecordTransition RecordKind = "transition" // a change of state
	RecordApproval   RecordKind = "approval"   // a decision of an approver, or the voiding of one
	RecordDecision   RecordKind = "decision"   // a plan was made or repaired, and taken
	RecordDuty       RecordKind = "duty"       // a duty came up, or was done
	RecordOverride   RecordKind = "override"   // a rule was set aside
	RecordOutcome    RecordKind = "outcome"    // how it went
)

// A Head names the end of a log. Who keeps a head elsewhere can tell that records were
// cut off at the end, which the log alone cannot say.
type Head struct {
	Records int64  `json:"records"`
	Hash    string `json:"hash"` // SHA-256 in hexadecimal; of no records: 64 zeros
}

// ErrTampered matches, through errors.Is, what [Verify] finds.
var ErrTampered = errors.New("the log is not as it was written")

// A TamperError says where a log stops being what was written.
type TamperError struct {
	Index   int64 // of the first record that does not fit
	Problem string
}

func (e *TamperError) Error() string { return fmt.Sprintf("record %d: %s", e.Index, e.Problem) }

// Is makes it match ErrTampered.
func (e *TamperError) Is(target error) bool { return target == ErrTampered }

// The form of a log is one record a line: its hash in hexadecimal, a blank, and the
// record in JSON. The hash is SHA-256 over the hash of the line before and the JSON as it
// stands, so each line vouches for all before it (Haber and Stornetta, "How to time-stamp
// a digital document", 1991).
const hexLen = 2 * sha256.Size

// maxLine bounds one line.
const maxLine = 16 << 20

// A Log appends records. It is not safe for concurrent use.
type Log struct {
	w    io.Writer
	next int64
	hash [sha256.Size]byte
	buf  bytes.Buffer
	err  error
}

// NewLog starts an empty log on w, or goes on after head: take it from [Verify] or from
// an earlier Log.
func NewLog(w io.Writer, head Head) (*Log, error) {
	l := &Log{w: w, next: head.Records}
	if head.Records == 0 && head.Hash == "" {
		return l, nil
	}
	if n, err := hex.Decode(l.hash[:], []byte(head.Hash)); err != nil || n != sha256.Size || head.Records < 0 {
		return nil, fmt.Errorf("lifecycle: the head %q of %d records is none: take it from Verify", head.Hash, head.Records)
	}
	return l, nil
}

// Append writes one record with one Write and returns it with its index. The record
// needs a time, an actor, a kind and what it is about; data is marshalled to JSON, nil is
// none. After a failed write the log refuses further records: verify it and start anew.
func (l *Log) Append(r Record, data any) (Record, error) {
	if l.err != nil {
		return Record{}, l.err
	}
	switch {
	case r.At.IsZero():
		return Record{}, errors.New("lifecycle: the record has no time")
	case r.Actor == "":
		return Record{}, errors.New("lifecycle: the record has no actor: name who decided")
	case r.Kind == "" || r.Of == "":
		return Record{}, errors.New("lifecycle: the record has no kind, or does not say what it is about")
	}
	r.Index = l.next
	if data != nil {
		raw, err := json.Marshal(data)
		if err != nil {
			return Record{}, fmt.Errorf("lifecycle: %w", err)
		}
		r.Data = raw
	}
	text, err := json.Marshal(r)
	if err != nil {
		return Record{}, fmt.Errorf("lifecycle: %w", err)
	}
	if len(text) > maxLine-hexLen-2 {
		return Record{}, fmt.Errorf("lifecycle: the record has %d bytes, more than %d: log a hash of what is large", len(text), maxLine-hexLen-2)
	}
	hash := chain(l.hash, text)
	l.buf.Reset()
	l.buf.WriteString(hex.EncodeToString(hash[:]))
	l.buf.WriteByte(' ')
	l.buf.Write(text)
	l.buf.WriteByte('\n')
	if _, err := l.w.Write(l.buf.Bytes()); err != nil {
		l.err = fmt.Errorf("lifecycle: the log may end in half a record: %w", err)
		return Record{}, l.err
	}
	l.hash = hash
	l.next++
	return r, nil
}

// Head names the end of what was appended so far.
func (l *Log) Head() Head { return Head{l.next, hex.EncodeToString(l.hash[:])} }

// chain is the hash of a line after one with hash before.
func chain(before [sha256.Size]byte, text []byte) [sha256.Size]byte {
	h := sha256.New()
	h.Write(before[:])
	h.Write(text)
	var out [sha256.Size]byte
	h.Sum(out[:0])
	return out
}

// Verify reads a log and returns its head. Any byte changed, any record added, dropped,
// repeated or moved is a [*TamperError] at its index. Records cut off at the end show
// only against a head that was kept: give it as want, or nil. It holds one line at a
// time and costs one hash of the log.
func Verify(r io.Reader, want *Head) (Head, error) {
	head := Head{Hash: hex.EncodeToString(make([]byte, sha256.Size))}
	err := scan(r, func(i int64, hash string, text []byte) error {
		if want != nil && i+1 == want.Records && hash != want.Hash {
			return &TamperError{i, "is not the record that the head names"}
		}
		head.Records, head.Hash = i+1, hash
		return nil
	})
	if err != nil {
		return Head{}, fmt.Errorf("lifecycle: %w", err)
	}
	if want != nil && head.Records < want.Records {
		return Head{}, fmt.Errorf("lifecycle: %w", &TamperError{head.Records, fmt.Sprintf("is missing, and so are all up to %d", want.Records-1)})
	}
	return head, nil
}

// ReadLog verifies a log as [Verify] does and calls f with each record in order. It ends
// at the first error of f and returns it.
func ReadLog(r io.Reader, f func(Record) error) error {
	err := scan(r, func(i int64, _ string, text []byte) error {
		var rec Record
		d := json.NewDecoder(bytes.NewReader(text))
		d.DisallowUnknownFields()
		if err := d.Decode(&rec); err != nil || rec.Index != i {
			return &TamperError{i, "is no record of this log"}
		}
		return f(rec)
	})
	if err != nil {
		return fmt.Errorf("lifecycle: %w", err)
	}
	return nil
}

// prefix is how the JSON of a record begins: its index is in the hash and on the page.
func prefix(i int64) []byte { return fmt.Appendf(nil, `{"index":%d,`, i) }

func scan(r io.Reader, f func(i int64, hash string, text []byte) error) error {
	in := bufio.NewReaderSize(r, 1<<16)
	var hash [sha256.Size]byte
	var given [sha256.Size]byte
	for i := int64(0); ; i++ {
		line, err := readLine(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if errors.Is(err, errNoEnd) {
			return &TamperError{i, "has no end: the last write may have been cut"}
		}
		if errors.Is(err, bufio.ErrTooLong) {
			return &TamperError{i, fmt.Sprintf("is longer than %d bytes", maxLine)}
		}
		if err != nil {
			return err
		}
		if len(line) < hexLen+2 || line[hexLen] != ' ' {
			return &TamperError{i, "has no hash in front"}
		}
		text := line[hexLen+1:]
		if _, err := hex.Decode(given[:], line[:hexLen]); err != nil || bytes.ContainsAny(line[:hexLen], "ABCDEF") {
			return &TamperError{i, "has no hash in front"}
		}
		if hash = chain(hash, text); hash != given {
			return &TamperError{i, "does not follow from the records before it: it was changed, or one was added, dropped or moved"}
		}
		if !bytes.HasPrefix(text, prefix(i)) {
			return &TamperError{i, "carries another index"}
		}
		if err := f(i, string(line[:hexLen]), text); err != nil {
			return err
		}
	}
}

var errNoEnd = errors.New("no end of line")

// readLine returns the next line without its end. The slice is valid until the next call.
func readLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	if err == nil {
		return line[:len(line)-1], nil
	}
	if !errors.Is(err, bufio.ErrBufferFull) {
		if errors.Is(err, io.EOF) && len(line) > 0 {
			return nil, errNoEnd
		}
		return nil, err
	}
	long := bytes.Clone(line)
	for {
		line, err = in.ReadSlice('\n')
		long = append(long, line...)
		switch {
		case len(long) > maxLine:
			return nil, bufio.ErrTooLong
		case err == nil:
			return long[:len(long)-1], nil
		case errors.Is(err, io.EOF):
			return nil, errNoEnd
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}
