package lifecycle_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/slackwater-go/slackwater/schedule/lifecycle"
	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// written returns a log of n records and its head.
func written(t testing.TB, n int) ([]byte, lifecycle.Head) {
	t.Helper()
	var b bytes.Buffer
	l, err := lifecycle.NewLog(&b, lifecycle.Head{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		r := lifecycle.Record{At: noon.Add(time.Duration(i) * time.Minute), Actor: "kim", Kind: lifecycle.RecordApproval, Of: fmt.Sprint("CHG", i%7), Reason: "looks good"}
		if _, err := l.Append(r, map[string]int{"level": i}); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes(), l.Head()
}

func TestLogGoesOn(t *testing.T) {
	var b bytes.Buffer
	head := lifecycle.Head{}
	for i := range 5 {
		l, err := lifecycle.NewLog(&b, head)
		if err != nil {
			t.Fatal(err)
		}
		r, err := l.Append(lifecycle.Record{At: noon, Actor: "kim", Kind: lifecycle.RecordInput, Of: "CHG1"}, nil)
		if err != nil || r.Index != int64(i) {
			t.Fatalf("record %d has index %d: %v", i, r.Index, err)
		}
		if head, err = lifecycle.Verify(bytes.NewReader(b.Bytes()), nil); err != nil || head != l.Head() {
			t.Fatalf("head %v, want %v: %v", head, l.Head(), err)
		}
	}
}

// Every kind of edit is found, at the index where it is.
func TestTampering(t *testing.T) {
	const n = 20
	log, head := written(t, n)
	lines := bytes.SplitAfter(log, []byte("\n"))[:n]
	longer, _ := written(t, n+1)
	extra := bytes.SplitAfter(longer, []byte("\n"))[n]
	join := func(l [][]byte) []byte { return bytes.Join(l, nil) }
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, n-1).Draw(t, "record")
		var broken []byte
		want := int64(i)
		switch rapid.SampledFrom([]string{"flip", "drop", "repeat", "swap", "insert", "cut"}).Draw(t, "edit") {
		case "flip":
			at := rapid.IntRange(0, len(lines[i])-1).Draw(t, "byte")
			bit := byte(1) << rapid.IntRange(0, 7).Draw(t, "bit")
			copied := bytes.Clone(log)
			copied[len(join(lines[:i]))+at] ^= bit
			broken = copied
		case "drop":
			broken = join(append(append([][]byte{}, lines[:i]...), lines[i+1:]...))
		case "repeat":
			broken = join(append(append(append([][]byte{}, lines[:i+1]...), lines[i]), lines[i+1:]...))
			want++
		case "swap":
			j := rapid.IntRange(0, n-1).Filter(func(j int) bool { return j != i }).Draw(t, "other")
			l := append([][]byte{}, lines...)
			l[i], l[j] = l[j], l[i]
			broken = join(l)
			want = int64(min(i, j))
		case "insert":
			broken = join(append(append(append([][]byte{}, lines[:i]...), extra), lines[i:]...))
		case "cut":
			broken = log[:len(log)-rapid.IntRange(1, len(log)).Draw(t, "bytes")]
			want = int64(bytes.Count(broken, []byte("\n")))
		}
		_, err := lifecycle.Verify(bytes.NewReader(broken), &head)
		bad := (*lifecycle.TamperError)(nil)
		if !errors.As(err, &bad) || !errors.Is(err, lifecycle.ErrTampered) {
			t.Fatalf("not found: %v", err)
		}
		if bad.Index != want {
			t.Fatalf("found at %d, want %d: %v", bad.Index, want, err)
		}
	})
	if h, err := lifecycle.Verify(bytes.NewReader(log), &head); err != nil || h != head {
		t.Fatal(h, err)
	}
}

func TestAppendRefuses(t *testing.T) {
	l, err := lifecycle.NewLog(failing{}, lifecycle.Head{})
	if err != nil {
		t.Fatal(err)
	}
	good := lifecycle.Record{At: noon, Actor: "kim", Kind: lifecycle.RecordInput, Of: "CHG1"}
	for _, mend := range []func(*lifecycle.Record){
		func(r *lifecycle.Record) { r.At = time.Time{} }, func(r *lifecycle.Record) { r.Actor = "" },
		func(r *lifecycle.Record) { r.Kind = "" }, func(r *lifecycle.Record) { r.Of = "" },
	} {
		r := good
		mend(&r)
		if _, err := l.Append(r, nil); err == nil {
			t.Errorf("%+v was taken", r)
		}
	}
	if _, err := l.Append(good, func() {}); err == nil {
		t.Error("a function was taken as data")
	}
	if _, err := l.Append(good, strings.Repeat("x", 17<<20)); err == nil {
		t.Error("17 MiB were taken")
	}
	if _, err := l.Append(good, nil); !errors.Is(err, errDisk) {
		t.Errorf("a failed write: %v", err)
	}
	if _, err := l.Append(good, nil); !errors.Is(err, errDisk) || l.Head().Records != 0 {
		t.Errorf("after a failed write: %v", err)
	}
	for _, h := range []lifecycle.Head{{Records: 1}, {Records: -1, Hash: strings.Repeat("0", 64)}, {Records: 1, Hash: "zz"}} {
		if _, err := lifecycle.NewLog(failing{}, h); err == nil {
			t.Errorf("the head %+v was taken", h)
		}
	}
}

var errDisk = errors.New("disk full")

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errDisk }

func TestReadLog(t *testing.T) {
	log, _ := written(t, 3)
	var got []string
	err := lifecycle.ReadLog(bytes.NewReader(log), func(r lifecycle.Record) error {
		got = append(got, r.Of+string(r.Data))
		return nil
	})
	if err != nil || strings.Join(got, " ") != `CHG0{"level":0} CHG1{"level":1} CHG2{"level":2}` {
		t.Error(got, err)
	}
	if err := lifecycle.ReadLog(bytes.NewReader(log), func(lifecycle.Record) error { return errDisk }); !errors.Is(err, errDisk) {
		t.Error(err)
	}
}

func FuzzVerify(f *testing.F) {
	log, _ := written(f, 3)
	f.Add(log)
	f.Add([]byte("x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		head, err := lifecycle.Verify(bytes.NewReader(data), nil)
		if err == nil && head.Records != int64(bytes.Count(data, []byte("\n"))) {
			t.Errorf("%d records in %d lines", head.Records, bytes.Count(data, []byte("\n")))
		}
	})
}

func ExampleLog() {
	var stored bytes.Buffer
	log, err := lifecycle.NewLog(&stored, lifecycle.Head{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = log.Append(lifecycle.Record{At: noon, Actor: "kim", Kind: lifecycle.RecordApproval, Of: "CHG1", Reason: "tested"}, map[string]bool{"approved": true})
	if err != nil {
		fmt.Println(err)
		return
	}
	head := log.Head()
	forged := bytes.Replace(stored.Bytes(), []byte("kim"), []byte("lee"), 1)
	_, err = lifecycle.Verify(bytes.NewReader(forged), &head)
	fmt.Println(err)
	// Output: lifecycle: record 0: does not follow from the records before it: it was changed, or one was added, dropped or moved
}

func BenchmarkVerifyMillion(b *testing.B) {
	log, head := written(b, 1_000_000)
	b.SetBytes(int64(len(log)))
	for b.Loop() {
		if _, err := lifecycle.Verify(bytes.NewReader(log), &head); err != nil {
			b.Fatal(err)
		}
	}
}
