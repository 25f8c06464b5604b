package psplib

import "bytes"

// heading moves behind the line that begins with the words of head.
func (r *reader) heading(head string) error {
	want := bytes.Fields([]byte(head))
	for ; r.at < len(r.lines); r.at++ {
		w := r.lines[r.at].words
		if len(w) < len(want) {
			continue
		}
		same := true
		for i := range want {
			same = same && bytes.EqualFold(bytes.TrimSuffix(w[i], []byte(":")), want[i])
		}
		if same {
			r.at++
			return nil
		}
	}
	return fault(0, "lacks the heading %q", head)
}

// rule says whether the next line is a line of stars, or there is none.
func (r *reader) rule() bool {
	return r.at >= len(r.lines) || r.lines[r.at].words[0][0] == '*'
}

// psplib reads a .sm or .mm file.
func (r *reader) psplib() (*Project, error) {
	p := &Project{Format: SingleMode, Source: true}
	modes, err := r.precedences(p)
	if err != nil {
		return nil, err
	}
	if err := r.heading("REQUESTS/DURATIONS"); err != nil {
		return nil, err
	}
	renewable, non, err := r.columns()
	if err != nil {
		return nil, err
	}
	for j := range p.Jobs {
		for k := range modes[j] {
			row, at, err := r.next("a mode")
			if err != nil {
				return nil, err
			}
			lead := 2
			if k == 0 {
				lead = 3
			}
			if len(row) != lead+renewable+non {
				return nil, fault(at, "has %d numbers: want %d for mode %d of job %d", len(row), lead+renewable+non, k+1, j+1)
			}
			if k == 0 && row[0] != int64(j+1) || row[lead-2] != int64(k+1) {
				return nil, fault(at, "is not mode %d of job %d: jobs and modes must be in order", k+1, j+1)
			}
			if err := natural(at, "a duration or demand", row[lead-1:]); err != nil {
				return nil, err
			}
			row = row[lead-1:]
			p.Jobs[j].Modes = append(p.Jobs[j].Modes, Mode{row[0], row[1 : 1+renewable], row[1+renewable:]})
		}
		if modes[j] > 1 {
			p.Format = MultiMode
		}
	}
	if err := r.heading("RESOURCEAVAILABILITIES"); err != nil {
		return nil, err
	}
	r.at++ // the names of the columns
	caps, at, err := r.next("capacities")
	if err != nil {
		return nil, err
	}
	if len(caps) != renewable+non {
		return nil, fault(at, "has %d capacities: want %d", len(caps), renewable+non)
	}
	if err := natural(at, "a capacity", caps); err != nil {
		return nil, err
	}
	p.Renewable, p.NonRenewable = caps[:renewable], caps[renewable:]
	if non > 0 {
		p.Format = MultiMode
	}
	return p, nil
}

// precedences reads the table of jobs and returns the number of modes of each.
func (r *reader) precedences(p *Project) ([]int, error) {
	if err := r.heading("PRECEDENCE RELATIONS"); err != nil {
		return nil, err
	}
	r.at++ // the names of the columns
	var modes []int
	var lines []int
	total := int64(0)
	for !r.rule() {
		row, at, err := r.next("a job")
		if err != nil {
			return nil, err
		}
		j := len(modes)
		if len(row) < 3 || row[0] != int64(j+1) || row[1] < 1 || row[2] != int64(len(row)-3) {
			return nil, fault(at, "is not job %d, its modes, its number of successors and these", j+1)
		}
		if total += row[1]; j >= maxJobs || total > maxJobs {
			return nil, fault(at, "passes the limit of %d jobs and modes", maxJobs)
		}
		modes, lines = append(modes, int(row[1])), append(lines, at)
		for _, s := range row[3:] {
			p.Arcs = append(p.Arcs, Arc{From: j, To: int(s) - 1, FromEnd: true})
		}
	}
	if len(modes) == 0 {
		return nil, fault(0, "has no jobs")
	}
	p.Jobs = make([]Job, len(modes))
	for _, a := range p.Arcs {
		if a.To < 0 || a.To >= len(modes) {
			return nil, fault(lines[a.From], "names successor %d: there are %d jobs", a.To+1, len(modes))
		}
	}
	return modes, nil
}

// columns counts the renewable and the non-renewable columns of the table of modes:
// "R 1", "N 1".
func (r *reader) columns() (renewable, non int, err error) {
	if r.at >= len(r.lines) {
		return 0, 0, fault(0, "ends within the table of modes")
	}
	l := r.lines[r.at]
	r.at++
	for _, w := range l.words {
		switch w[0] {
		case 'R':
			renewable++
		case 'N':
			non++
		case 'D':
			return 0, 0, fault(l.number, "has a doubly constrained resource: give it as an R and an N")
		}
	}
	// The heading itself begins "jobnr. mode duration"; its d is small.
	if renewable+non > maxWidth {
		return 0, 0, fault(l.number, "has %d resources: at most %d", renewable+non, maxWidth)
	}
	if r.at < len(r.lines) && r.lines[r.at].words[0][0] == '-' {
		r.at++
	}
	return renewable, non, nil
}

// timeLags reads a .sch file.
func (r *reader) timeLags() (*Project, error) {
	head, at, err := r.next("the numbers of activities and resources")
	if err != nil {
		return nil, err
	}
	if head[0] < 0 || head[0] > maxJobs-2 || head[1] < 0 || head[1] > maxWidth {
		return nil, fault(at, "gives %d activities and %d resources: at most %d and %d", head[0], head[1], maxJobs-2, maxWidth)
	}
	n, k := int(head[0])+2, int(head[1])
	if 2*n+1 > len(r.lines)-r.at {
		return nil, fault(0, "ends early: %d activities need %d lines", n-2, 2*n+2)
	}
	p := &Project{Format: TimeLags, Source: true, Jobs: make([]Job, n)}
	for i := range n {
		row, at, err := r.next("an activity and its successors")
		if err != nil {
			return nil, err
		}
		if len(row) < 3 || row[0] != int64(i) || row[1] != 1 || row[2] < 0 || row[2] > int64(len(row)) || int64(len(row)) != 3+2*row[2] {
			return nil, fault(at, "is not activity %d, one mode, its number of successors, these and their lags", i)
		}
		m := int(row[2])
		for s := range m {
			to := row[3+s]
			if to < 0 || to >= int64(n) {
				return nil, fault(at, "names successor %d: must be between 0 and %d", to, n-1)
			}
			p.Arcs = append(p.Arcs, Arc{From: i, To: int(to), Lag: row[3+m+s]})
		}
	}
	for i := range n {
		row, at, err := r.next("an activity and its demands")
		if err != nil {
			return nil, err
		}
		if len(row) != 3+k || row[0] != int64(i) {
			return nil, fault(at, "is not activity %d, one mode, its duration and %d demands", i, k)
		}
		if err := natural(at, "a duration or demand", row[2:]); err != nil {
			return nil, err
		}
		p.Jobs[i].Modes = []Mode{{Duration: row[2], Renewable: row[3:]}}
	}
	caps, at, err := r.next("capacities")
	if err != nil {
		return nil, err
	}
	if len(caps) < k {
		return nil, fault(at, "has %d capacities: want %d", len(caps), k)
	}
	p.Renewable = caps[:k]
	return p, natural(at, "a capacity", caps)
}

// jobShop reads the JSPLIB form. Each machine becomes a resource of capacity 1.
func (r *reader) jobShop() (*Project, error) {
	head, at, err := r.next("the numbers of jobs and machines")
	if err != nil {
		return nil, err
	}
	if head[0] < 1 || head[0] > maxJobs || head[1] < 1 || head[1] > maxWidth {
		return nil, fault(at, "gives %d jobs and %d machines: at least 1, at most %d and %d", head[0], head[1], maxJobs, maxWidth)
	}
	n, m := int(head[0]), int(head[1])
	if n > len(r.lines)-r.at {
		return nil, fault(0, "ends early: %d jobs need %d lines", n, n+1)
	}
	if n*m > maxJobs || n*m*m > maxCells {
		return nil, fault(at, "has %d operations on %d machines: too many", n*m, m)
	}
	p := &Project{Format: JobShop, Renewable: make([]int64, m)}
	for k := range m {
		p.Renewable[k] = 1
	}
	for i := range n {
		row, at, err := r.next("the operations of a job")
		if err != nil {
			return nil, err
		}
		if len(row) != 2*m {
			return nil, fault(at, "has %d numbers: want %d pairs of machine and duration", len(row), m)
		}
		if err := natural(at, "a machine or duration", row); err != nil {
			return nil, err
		}
		for k := range m {
			machine := row[2*k]
			if machine >= int64(m) {
				return nil, fault(at, "names machine %d: there are %d", machine, m)
			}
			demand := make([]int64, m)
			demand[machine] = 1
			p.Jobs = append(p.Jobs, Job{[]Mode{{Duration: row[2*k+1], Renewable: demand}}})
			if k > 0 {
				p.Arcs = append(p.Arcs, Arc{From: i*m + k - 1, To: i*m + k, FromEnd: true})
			}
		}
	}
	return p, nil
}
