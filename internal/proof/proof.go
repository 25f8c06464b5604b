// Package proof is the form of certificates: the log by which a checker that shares
// nothing with the solver follows why a solution is the best, or why there is none.
// It reads and writes steps; what they mean for an instance is for package check to
// judge.
//
// A log is text, one step a line, after the line "p slackwater 1":
//
//	v <var> start <task>         what a variable stands for: a start,
//	v <var> end <task>           an end, of a task with several modes or that pauses,
//	v <var> mode <task> <k>      1 if the task is carried out in mode k, else 0,
//	v <var> order <task> <task>  1 if the first ends before the second starts, else 0,
//	                             for two tasks that cannot overlap if both are present,
//	v <var> span <i>             the index of the span that set i of tasks shares,
//	v <var> tier <k>             or the value of a tier of the goals, where several goals
//	                             count in it or one of weight 1,
//	v <var> goal <i>             of a goal, without its weight,
//	v <var> term <i> <k> <unit>  of a term of a goal that is a sum, or a largest sum, in
//	                             units of the greatest number that divides all it may cost,
//	                             or of 1 if it may grow by thousands of these (4,096),
//	v <var> group <i> <name>     of the sum of the terms of a group of a goal,
//	v <var> period <i> <k>       of what is used in a period for a goal of excess, or
//	                             what is free there if that is more,
//	v <var> sum <var>...         and of a sum of such variables, each once; if the
//	                             objective of the tier that is not settled has all of
//	                             them, the sum takes their place there
//	a <atom> <var> >= <bound>    an atom gets a number; or <=
//	n <step> <atom>...           these atoms cannot all be true, given what came before,
//	                             by reverse propagation; none: nothing is left
//	i energy resource <r> <task> <lo> <hi> <atom>...
//	i sequence resource <r> <task> <lo> <hi> <atom>...
//	                             nor can these, by one look at the tasks that they speak of,
//	                             see below; used up to the next nogood. Or of "set <i>", the
//	                             i-th set that excludes overlaps, instead of a resource
//	i flow tier <k> <n> <var>... <m> <from> <to> <amount>... <atom>...
//	                             nor these, for what n terms cost, by m lags, see below
//	d <step>                     a nogood is not used any more
//	s <task>=<mode>@<start> ...  a solution: see below for which ones count from here on
//	t <k> <value>                no solution that counts has less in tier k, the first
//	                             that is not settled, than the best: it is settled
//	b <task>...                  a part begins: see below
//	c unsat                      the conclusion: there is no solution,
//	c optimal <value>...         the best of the solutions is the best of all, or
//	c none                       nothing is claimed
//
// A variable of a goal is at least what it stands for: goals are minimised, so more is
// not asked.
//
// Which solutions count: all, before the first one is known. After that, those that have
// in the settled tiers what was proved and in the next one no more than the best so far;
// and where that is the last tier, less. This becomes less from step to step, never more,
// so that nogoods stay true. One that rests on a tier being better than the best, before
// it is settled, has to say so by an atom.
//
// An optional task that is absent starts and ends at one more than the horizon, so "start
// at most the horizon" says that it is present.
//
// Reverse propagation (Goldberg and Novikov 2003): assume the atoms, propagate what
// each constraint alone says about bounds, and a contradiction must follow. So the log
// needs no inferences but those that look further than one constraint's bounds, and the
// checker believes no rule of the solver, only its own.
//
// A part is some of the tasks with what the constraints and goals say of them alone. What
// stands between its beginning and its conclusion is a log of its own about that instance:
// it names variables, atoms and nogoods anew, and only tasks that it has, but numbers tasks,
// sets and terms as the whole does. A part without a solution leaves none to the whole. If
// each task is in just one part that has a best value, the sums of these values are the least
// that there is: where each goal that is no sum over tasks has to do with one part only. The
// largest value counts, not the sum, if the last tier is one goal of largest costs, and no
// group of its terms is in two parts.
//
// Two kinds of inferences look further. With energy, the tasks need more of resource r in the
// time from lo to before hi than it gives, wherever between their bounds they lie. With
// sequence, no two of the tasks may overlap, for they are all in set i, or resource r can carry
// one of them at a time only; those that can no longer come before the task named come
// after it, those that cannot come after it before it, and then the tasks within some window
// are too long for it. That may hold in two cases only: that the task named ends by hi, and
// that it ends later; or that it starts at lo or after it, and that it starts earlier. The
// task is - where none is named.
//
// With flow, tier k costs more than its variable may be: the n variables are what terms of
// tasks that are always present cost; the other parts of the tier cost what their variables
// are at least. Each of the m lags, or orders that the atoms decide, leads from a variable to
// another, a start, an end or of a goal, and has an amount. The costs are at least the sum of
// amount times length over the lags, plus for each point in time the least that its costs,
// less its time times what the amounts leave there, can be between its bounds.
package proof

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
)

// Header is the first line of a log.
const Header = "p slackwater 1"

// A Kind of step is its first letter.
type Kind byte

const (
	Var        Kind = 'v'
	Atom       Kind = 'a'
	Nogood     Kind = 'n'
	Inference  Kind = 'i'
	Delete     Kind = 'd'
	Solution   Kind = 's'
	Settled    Kind = 't'
	Part       Kind = 'b'
	Conclusion Kind = 'c'
)

// A Meaning says what a variable stands for.
type Meaning string

const (
	Start  Meaning = "start"
	End    Meaning = "end"
	Mode   Meaning = "mode"
	Order  Meaning = "order"
	Span   Meaning = "span"
	Tier   Meaning = "tier"
	Goal   Meaning = "goal"
	Term   Meaning = "term"
	Group  Meaning = "group"
	Period Meaning = "period"
	Sum    Meaning = "sum"
)

// A Rule says why the atoms of an inference cannot all be true.
type Rule string

const (
	Energy   Rule = "energy"
	Sequence Rule = "sequence"
	Flow     Rule = "flow"
)

// A Subject is what an inference is of.
type Subject string

const (
	OfResource Subject = "resource"
	OfSet      Subject = "set"
	OfTier     Subject = "tier"
)

// A Witness says where to look to see that the atoms of an inference cannot all be true: at
// a resource or set, a task or NoTask, and the window from Lo to before Hi; or, of a flow, at
// a tier, variables of costs, and lags.
type Witness struct {
	Rule   Rule
	Of     Subject
	Index  int64
	Task   int64
	Lo, Hi int64
	Terms  []int64
	Lags   []Amount
}

// An Amount is what a flow has on the lag from one variable to another.
type Amount struct{ From, To, Amount int64 }

// NoTask stands for no task.
const NoTask = -1

// A Claim is a conclusion.
type Claim string

const (
	Unsat   Claim = "unsat"
	Optimal Claim = "optimal"
	None    Claim = "none"
)

// A Step is one line. Which fields have a meaning depends on its kind.
type Step struct {
	Line    int // in the log, from 1
	Kind    Kind
	ID      int64 // of the variable, atom or nogood; the tier that is settled
	Meaning Meaning
	Args    []int64 // of a variable: what it is of; of a nogood or an inference: atoms; of a conclusion: the value; of a part: tasks
	Var     int64   // of an atom
	AtMost  bool    // an atom with <=
	Bound   int64   // of an atom; the value of a tier
	Places  []Place // of a solution
	Claim   Claim
	Witness Witness // of an inference
}

// A Place is what a solution says of one task; mode -1 leaves it out.
type Place struct {
	Task  int64
	Mode  int64
	Start int64
}

// A Writer writes a log. Its methods keep the first error, which Close returns.
type Writer struct {
	w   *bufio.Writer
	buf []byte
	err error
}

// NewWriter begins a log on w.
func NewWriter(w io.Writer) *Writer {
	p := &Writer{w: bufio.NewWriter(w)}
	p.buf = append(p.buf, Header...)
	p.end()
	return p
}

func (p *Writer) begin(k Kind) { p.buf = append(p.buf[:0], byte(k)) }

func (p *Writer) num(x int64) { p.buf = strconv.AppendInt(append(p.buf, ' '), x, 10) }

func (p *Writer) word(s string) { p.buf = append(append(p.buf, ' '), s...) }

func (p *Writer) end() {
	if p.err == nil {
		_, p.err = p.w.Write(append(p.buf, '\n'))
	}
}

// Var says what a variable stands for.
func (p *Writer) Var(id int64, m Meaning, args ...int64) {
	p.begin(Var)
	p.num(id)
	p.word(string(m))
	for _, a := range args {
		p.num(a)
	}
	p.end()
}

// Atom numbers the fact that a variable is at least a bound, or at most.
func (p *Writer) Atom(id, v int64, atMost bool, bound int64) {
	p.begin(Atom)
	p.num(id)
	p.num(v)
	if atMost {
		p.word("<=")
	} else {
		p.word(">=")
	}
	p.num(bound)
	p.end()
}

// Nogood says that atoms cannot all be true.
func (p *Writer) Nogood(id int64, atoms []int64) {
	p.begin(Nogood)
	p.num(id)
	for _, a := range atoms {
		p.num(a)
	}
	p.end()
}

// Inference says that atoms cannot all be true, as a witness shows.
func (p *Writer) Inference(w Witness, atoms []int64) {
	p.begin(Inference)
	p.word(string(w.Rule))
	p.word(string(w.Of))
	p.num(w.Index)
	if w.Rule == Flow {
		p.num(int64(len(w.Terms)))
		for _, v := range w.Terms {
			p.num(v)
		}
		p.num(int64(len(w.Lags)))
		for _, x := range w.Lags {
			p.num(x.From)
			p.num(x.To)
			p.num(x.Amount)
		}
	} else {
		if w.Task == NoTask {
			p.word("-")
		} else {
			p.num(w.Task)
		}
		p.num(w.Lo)
		p.num(w.Hi)
	}
	for _, a := range atoms {
		p.num(a)
	}
	p.end()
}

// Delete forgets a nogood.
func (p *Writer) Delete(id int64) {
	p.begin(Delete)
	p.num(id)
	p.end()
}

// Solution states a solution.
func (p *Writer) Solution(places []Place) {
	p.begin(Solution)
	for _, x := range places {
		p.num(x.Task)
		p.buf = strconv.AppendInt(append(p.buf, '='), x.Mode, 10)
		p.buf = strconv.AppendInt(append(p.buf, '@'), x.Start, 10)
	}
	p.end()
}

// Part begins a part.
func (p *Writer) Part(tasks []int64) {
	p.begin(Part)
	for _, t := range tasks {
		p.num(t)
	}
	p.end()
}

// Settle says that no solution that counts has less than value in a tier.
func (p *Writer) Settle(tier, value int64) {
	p.begin(Settled)
	p.num(tier)
	p.num(value)
	p.end()
}

// Conclude states the conclusion.
func (p *Writer) Conclude(c Claim, value ...int64) {
	p.begin(Conclusion)
	p.word(string(c))
	for _, v := range value {
		p.num(v)
	}
	p.end()
}

// Close writes out what is buffered. It does not close the writer below.
func (p *Writer) Close() error {
	if p.err == nil {
		p.err = p.w.Flush()
	}
	if p.err != nil {
		return fmt.Errorf("proof: %w", p.err)
	}
	return nil
}
