package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A value of the expression language is a text, and a number where the text reads as one.
// An empty cell is a number that is missing: NaN.
type value struct {
	text string
	num  float64
}

func number(x float64) value { return value{num: x} }

func truth(b bool) value {
	if b {
		return number(1)
	}
	return number(0)
}

// cell reads a CSV cell: TRUE and FALSE count as 1 and 0, a leading number as in "4 Low" does not.
func cell(s string) value {
	switch strings.ToLower(s) {
	case "":
		return value{num: math.NaN()}
	case "true":
		return value{text: s, num: 1}
	case "false":
		return value{text: s, num: 0}
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		x = math.NaN()
	}
	return value{text: s, num: x}
}

// An expr computes a value for row i.
type expr func(i int) value

// A parser reads an expression over the columns of a history:
//
//	or     = and { "||" and } .            and  = not { "&&" not } .
//	not    = "!" not | compare .           compare = sum [ ("=="|"!="|"<="|">="|"<"|">") sum ] .
//	sum    = product { ("+"|"-") product } .  product = unary { ("*"|"/") unary } .
//	unary  = "-" unary | number | 'text' | column | "(" or ")" | function "(" [ or { "," or } ] ")" .
//
// Functions: if(c, a, b), min(a, b), max(a, b), last(column) (greatest number in a column),
// lead(text) (the number at the start of a text, as in "4 Low"), missing(x).
type parser struct {
	src    string
	pos    int
	lookup func(column string) (func(i int) value, bool)
	last   func(column string) (float64, bool)
	depth  int
}

const maxDepth = 100

type syntaxError struct {
	pos int
	msg string
}

func (e *syntaxError) Error() string { return fmt.Sprintf("column %d: %s", e.pos+1, e.msg) }

func (p *parser) parse() (e expr, err error) {
	defer func() {
		if r := recover(); r != nil {
			se, ok := r.(*syntaxError)
			if !ok {
				panic(r)
			}
			err = se
		}
	}()
	e = p.or()
	if p.space(); p.pos < len(p.src) {
		p.fail("unexpected %q", p.src[p.pos:])
	}
	return e, nil
}

func (p *parser) fail(format string, args ...any) {
	panic(&syntaxError{p.pos, fmt.Sprintf(format, args...)})
}

func (p *parser) space() {
	for p.pos < len(p.src) && strings.IndexByte(" \t\n", p.src[p.pos]) >= 0 {
		p.pos++
	}
}

func (p *parser) accept(tokens ...string) string {
	p.space()
	for _, t := range tokens {
		if strings.HasPrefix(p.src[p.pos:], t) {
			p.pos += len(t)
			return t
		}
	}
	return ""
}

func (p *parser) expect(t string) {
	if p.accept(t) == "" {
		p.fail("expected %q", t)
	}
}

func (p *parser) or() expr {
	if p.depth++; p.depth > maxDepth {
		p.fail("nested deeper than %d", maxDepth)
	}
	defer func() { p.depth-- }()
	a := p.and()
	for p.accept("||") != "" {
		x, y := a, p.and()
		a = func(i int) value { return truth(isTrue(x(i)) || isTrue(y(i))) }
	}
	return a
}

func (p *parser) and() expr {
	a := p.not()
	for p.accept("&&") != "" {
		x, y := a, p.not()
		a = func(i int) value { return truth(isTrue(x(i)) && isTrue(y(i))) }
	}
	return a
}

func (p *parser) not() expr {
	neg := false
	for p.space(); strings.HasPrefix(p.src[p.pos:], "!") && !strings.HasPrefix(p.src[p.pos:], "!="); p.space() {
		p.pos++
		neg = !neg
	}
	a := p.compare()
	if !neg {
		return a
	}
	return func(i int) value { return truth(!isTrue(a(i))) }
}

func (p *parser) compare() expr {
	a := p.sum()
	op := p.accept("==", "!=", "<=", ">=", "<", ">")
	if op == "" {
		return a
	}
	b := p.sum()
	return func(i int) value { return truth(compareValues(op, a(i), b(i))) }
}

// compareValues compares as numbers where both are numbers, else == and != as texts. A
// missing value equals only the empty text and is neither less nor greater than anything.
func compareValues(op string, a, b value) bool {
	numeric := !math.IsNaN(a.num) && !math.IsNaN(b.num)
	switch op {
	case "==":
		return numeric && a.num == b.num || !numeric && a.text == b.text
	case "!=":
		return !compareValues("==", a, b)
	case "<=":
		return a.num <= b.num
	case ">=":
		return a.num >= b.num
	case "<":
		return a.num < b.num
	default:
		return a.num > b.num
	}
}

func (p *parser) sum() expr {
	a := p.product()
	for op := p.accept("+", "-"); op != ""; op = p.accept("+", "-") {
		x, y, sign := a, p.product(), 1.0
		if op == "-" {
			sign = -1
		}
		a = func(i int) value { return number(x(i).num + float64(sign*y(i).num)) }
	}
	return a
}

func (p *parser) product() expr {
	a := p.unary()
	for op := p.accept("*", "/"); op != ""; op = p.accept("*", "/") {
		x, y := a, p.unary()
		if op == "*" {
			a = func(i int) value { return number(x(i).num * y(i).num) }
		} else {
			a = func(i int) value { return number(x(i).num / y(i).num) }
		}
	}
	return a
}

func (p *parser) unary() expr {
	minus := 0
	for p.accept("-") != "" {
		minus++
	}
	a := p.primary()
	if minus%2 == 0 {
		return a
	}
	return func(i int) value { return number(-a(i).num) }
}

func isTrue(v value) bool { return v.num != 0 && !math.IsNaN(v.num) }

func (p *parser) primary() expr {
	p.space()
	if p.pos >= len(p.src) {
		p.fail("unexpected end")
	}
	switch c := p.src[p.pos]; {
	case c == '(':
		p.pos++
		e := p.or()
		p.expect(")")
		return e
	case c == '\'':
		end := strings.IndexByte(p.src[p.pos+1:], '\'')
		if end < 0 {
			p.fail("text without its closing quote")
		}
		s := p.src[p.pos+1 : p.pos+1+end]
		p.pos += end + 2
		v := value{text: s, num: math.NaN()}
		return func(int) value { return v }
	case c >= '0' && c <= '9' || c == '.':
		end := p.pos
		for end < len(p.src) && strings.IndexByte("0123456789.eE", p.src[end]) >= 0 {
			end++
		}
		x, err := strconv.ParseFloat(p.src[p.pos:end], 64)
		if err != nil {
			p.fail("%q is not a number", p.src[p.pos:end])
		}
		p.pos = end
		return func(int) value { return number(x) }
	}
	name := p.name()
	if p.accept("(") != "" {
		return p.call(name)
	}
	f, ok := p.lookup(name)
	if !ok {
		p.fail("the history has no column %q", name)
	}
	return f
}

func (p *parser) name() string {
	start := p.pos
	for p.pos < len(p.src) {
		c := p.src[p.pos]
		if c != '_' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			break
		}
		p.pos++
	}
	if start == p.pos {
		p.fail("unexpected %q", p.src[p.pos:])
	}
	return p.src[start:p.pos]
}

func (p *parser) call(name string) expr {
	if name == "last" {
		p.space()
		column := p.name()
		p.expect(")")
		x, ok := p.last(column)
		if !ok {
			p.fail("the history has no column %q", column)
		}
		return func(int) value { return number(x) }
	}
	var args []expr
	for p.accept(")") == "" {
		if len(args) > 0 {
			p.expect(",")
		}
		args = append(args, p.or())
	}
	arity := map[string]int{"if": 3, "min": 2, "max": 2, "lead": 1, "missing": 1}
	if n, ok := arity[name]; !ok {
		p.fail("there is no function %q", name)
	} else if n != len(args) {
		p.fail("%s takes %d arguments, has %d", name, n, len(args))
	}
	switch name {
	case "if":
		return func(i int) value {
			if isTrue(args[0](i)) {
				return args[1](i)
			}
			return args[2](i)
		}
	case "min":
		return func(i int) value { return number(math.Min(args[0](i).num, args[1](i).num)) }
	case "max":
		return func(i int) value { return number(math.Max(args[0](i).num, args[1](i).num)) }
	case "missing":
		return func(i int) value { v := args[0](i); return truth(math.IsNaN(v.num) && v.text == "") }
	default: // lead
		return func(i int) value {
			s, _, _ := strings.Cut(args[0](i).text, " ")
			return cell(s)
		}
	}
}
