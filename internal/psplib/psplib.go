// Package psplib reads the text formats of the public scheduling benchmarks, which it
// tells apart by their content:
//
//   - PSPLIB .sm and .mm, single- and multi-mode project scheduling (Kolisch and
//     Sprecher 1996, "PSPLIB - a project scheduling problem library"),
//   - ProGen/max .sch, minimal and maximal time lags (Schwindt 1998),
//   - job shop in the text form of JSPLIB: a line "jobs machines", then a line of
//     "machine duration" pairs for each job.
//
// A [Project] is plain data; [Project.Instance] makes a problem of it whose goal is
// the makespan.
package psplib

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/slackwater-go/slackwater/internal/validate"
)

// A Format of a file.
type Format string

const (
	SingleMode Format = "sm"
	MultiMode  Format = "mm"
	TimeLags   Format = "sch"
	JobShop    Format = "jobshop"
)

// A Project is what all the formats can say.
type Project struct {
	Format       Format
	Jobs         []Job
	Arcs         []Arc
	Renewable    []int64 // capacities
	NonRenewable []int64
	// Source says that job 0 is the start of the project, at time 0.
	Source bool
}

// A Job has at least one mode.
type Job struct{ Modes []Mode }

// A Mode takes Renewable while it runs and NonRenewable for good; both are as long
// as the lists of the project.
type Mode struct {
	Duration                int64
	Renewable, NonRenewable []int64
}

// An Arc keeps start(To) - start(From) >= Lag, or, FromEnd, start(To) - end(From) >= Lag.
type Arc struct {
	From, To int
	FromEnd  bool
	Lag      int64
}

// Limits on what is read, far above any published file, so that no input makes the
// reader or its callers run out of memory.
const (
	maxBytes  = 64 << 20
	maxJobs   = 200_000
	maxWidth  = 1_000 // resources, or machines
	maxCells  = 20_000_000
	maxNumber = 1 << 40
)

// Read reads a file of any of the formats. An error matches validate.ErrInvalid and
// names the line.
func Read(data []byte) (*Project, error) {
	if len(data) > maxBytes {
		return nil, fault(0, "is longer than %d bytes", maxBytes)
	}
	r := &reader{}
	for i, l := range bytes.Split(data, []byte("\n")) {
		if f := bytes.Fields(l); len(f) > 0 && f[0][0] != '#' {
			r.lines = append(r.lines, line{i + 1, f})
		}
	}
	var p *Project
	var err error
	switch {
	case len(r.lines) == 0:
		return nil, fault(0, "is empty")
	case bytes.Contains(data, []byte("PRECEDENCE RELATIONS")):
		p, err = r.psplib()
	case len(r.lines[0].words) == 2:
		p, err = r.jobShop()
	case len(r.lines[0].words) == 4:
		p, err = r.timeLags()
	default:
		return nil, fault(r.lines[0].number, "is none of the formats known: want a PSPLIB heading, two numbers (job shop), or four (time lags)")
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

type line struct {
	number int
	words  [][]byte
}

// A reader walks over the lines that are not empty.
type reader struct {
	lines []line
	at    int
}

func fault(line int, format string, args ...any) error {
	path := "file"
	if line > 0 {
		path = "line " + strconv.Itoa(line)
	}
	return &validate.Error{Path: path, Problem: fmt.Sprintf(format, args...)}
}

// next returns the numbers of the next line. Brackets around a number are left out.
func (r *reader) next(what string) ([]int64, int, error) {
	if r.at >= len(r.lines) {
		return nil, 0, fault(0, "ends where %s should follow", what)
	}
	l := r.lines[r.at]
	r.at++
	out := make([]int64, len(l.words))
	for i, w := range l.words {
		w = bytes.TrimSuffix(bytes.TrimPrefix(w, []byte("[")), []byte("]"))
		n, err := strconv.ParseInt(string(w), 10, 64)
		if err != nil || n > maxNumber || n < -maxNumber {
			return nil, l.number, fault(l.number, "holds %.20q where %s should stand: must be a number within ±2^40", w, what)
		}
		out[i] = n
	}
	return out, l.number, nil
}

// natural checks that all numbers are at least 0.
func natural(line int, what string, list []int64) error {
	for _, x := range list {
		if x < 0 {
			return fault(line, "gives %s as %d: must not be negative", what, x)
		}
	}
	return nil
}
