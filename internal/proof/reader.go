package proof

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"iter"
	"strconv"
)

// maxLine bounds a line, so that a hostile log cannot take all memory. A solution of a
// million tasks fits.
const maxLine = 64 << 20

// Read walks the steps of a log. The first fault ends the walk, with an error that
// names the line.
func Read(r io.Reader) iter.Seq2[Step, error] {
	return func(yield func(Step, error) bool) {
		sc := bufio.NewScanner(r)
		sc.Buffer(make([]byte, 64<<10), maxLine)
		line := 0
		for sc.Scan() {
			line++
			text := bytes.TrimSpace(sc.Bytes())
			if line == 1 {
				if string(text) != Header {
					yield(Step{Line: 1}, fmt.Errorf("proof: line 1: is %.40q, want %q", text, Header))
					return
				}
				continue
			}
			if len(text) == 0 || text[0] == '#' {
				continue
			}
			s, err := parse(bytes.Fields(text))
			s.Line = line
			if err != nil {
				yield(s, fmt.Errorf("proof: line %d: %w", line, err))
				return
			}
			if !yield(s, nil) {
				return
			}
		}
		if err := sc.Err(); err != nil {
			yield(Step{Line: line + 1}, fmt.Errorf("proof: line %d: %w", line+1, err))
		} else if line == 0 {
			yield(Step{Line: 1}, fmt.Errorf("proof: line 1: the log is empty, want %q", Header))
		}
	}
}

func parse(w [][]byte) (Step, error) {
	if len(w[0]) != 1 {
		return Step{}, fmt.Errorf("%.20q is no kind of step", w[0])
	}
	s := Step{Kind: Kind(w[0][0])}
	var err error
	switch s.Kind {
	case Var:
		if len(w) < 4 {
			return s, fmt.Errorf("a variable needs a number, a meaning and what it is of")
		}
		if s.ID, err = number(w[1]); err != nil {
			return s, err
		}
		s.Meaning = Meaning(w[2])
		s.Args, err = numbers(w[3:])
	case Atom:
		if len(w) != 5 || string(w[3]) != ">=" && string(w[3]) != "<=" {
			return s, fmt.Errorf("an atom needs a number, a variable, >= or <=, and a bound")
		}
		n, err := numbers([][]byte{w[1], w[2], w[4]})
		if err != nil {
			return s, err
		}
		s.ID, s.Var, s.Bound, s.AtMost = n[0], n[1], n[2], w[3][0] == '<'
	case Nogood:
		if len(w) < 2 {
			return s, fmt.Errorf("a nogood needs a number")
		}
		n, err := numbers(w[1:])
		if err != nil {
			return s, err
		}
		s.ID, s.Args = n[0], n[1:]
	case Inference:
		err = s.inference(w)
	case Delete:
		if len(w) != 2 {
			return s, fmt.Errorf("a deletion needs the number of a nogood")
		}
		s.ID, err = number(w[1])
	case Solution:
		for _, p := range w[1:] {
			x, err := place(p)
			if err != nil {
				return s, err
			}
			s.Places = append(s.Places, x)
		}
	case Settled:
		if len(w) != 3 {
			return s, fmt.Errorf("a tier that is settled needs its number and its value")
		}
		n, err := numbers(w[1:])
		if err != nil {
			return s, err
		}
		s.ID, s.Bound = n[0], n[1]
	case Part:
		if len(w) < 2 {
			return s, fmt.Errorf("a part needs tasks")
		}
		s.Args, err = numbers(w[1:])
	case Conclusion:
		if len(w) < 2 {
			return s, fmt.Errorf("a conclusion needs a claim")
		}
		s.Claim = Claim(w[1])
		if s.Claim != Unsat && s.Claim != Optimal && s.Claim != None {
			return s, fmt.Errorf("%.20q is no claim", w[1])
		}
		s.Args, err = numbers(w[2:])
	default:
		return s, fmt.Errorf("%.20q is no kind of step", w[0])
	}
	return s, err
}

// inference parses an inference.
func (s *Step) inference(w [][]byte) error {
	if len(w) < 7 {
		return fmt.Errorf("an inference needs a rule, what it is of, a task or -, a window, and atoms")
	}
	x := &s.Witness
	x.Rule, x.Of, x.Task = Rule(w[1]), Subject(w[2]), NoTask
	switch {
	case x.Rule == Flow && x.Of == OfTier:
		return s.flow(w)
	case x.Rule != Energy && x.Rule != Sequence:
		return fmt.Errorf("%.20q is no rule of inference", w[1])
	case x.Of != OfResource && x.Of != OfSet:
		return fmt.Errorf("%.20q has no inferences", w[2])
	}
	if string(w[4]) != "-" {
		task, err := number(w[4])
		if err != nil || task < 0 {
			return fmt.Errorf("%.24q is no task", w[4])
		}
		x.Task = task
	}
	n, err := numbers(append([][]byte{w[3], w[5], w[6]}, w[7:]...))
	if err != nil {
		return err
	}
	x.Index, x.Lo, x.Hi, s.Args = n[0], n[1], n[2], n[3:]
	return nil
}

// flow parses an inference of a flow.
func (s *Step) flow(w [][]byte) error {
	n, err := numbers(w[3:])
	if err != nil {
		return err
	}
	x, short := &s.Witness, fmt.Errorf("a flow needs a tier, a number of costs, these, a number of lags, and three numbers for each")
	x.Index, n = n[0], n[1:]
	if n[0] < 0 || n[0] > int64(len(n)-2) {
		return short
	}
	x.Terms, n = n[1:1+n[0]], n[1+n[0]:]
	m := n[0]
	if n = n[1:]; m < 0 || m > int64(len(n)/3) {
		return short
	}
	for i := range m {
		x.Lags = append(x.Lags, Amount{n[3*i], n[3*i+1], n[3*i+2]})
	}
	s.Args = n[3*m:]
	return nil
}

func number(w []byte) (int64, error) {
	n, err := strconv.ParseInt(string(w), 10, 64)
	if err != nil || n > 1<<61 || n < -1<<61 {
		return 0, fmt.Errorf("%.24q is no number within ±2^61", w)
	}
	return n, nil
}

func numbers(w [][]byte) ([]int64, error) {
	out := make([]int64, len(w))
	for i := range w {
		var err error
		if out[i], err = number(w[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// place parses <task>=<mode>@<start>.
func place(w []byte) (Place, error) {
	eq, at := bytes.IndexByte(w, '='), bytes.IndexByte(w, '@')
	if eq < 0 || at < eq {
		return Place{}, fmt.Errorf("%.24q is no <task>=<mode>@<start>", w)
	}
	n, err := numbers([][]byte{w[:eq], w[eq+1 : at], w[at+1:]})
	if err != nil {
		return Place{}, err
	}
	return Place{n[0], n[1], n[2]}, nil
}
