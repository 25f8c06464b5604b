package risk

import "context"

// pollRows is after how many rows a pass over them asks whether to go on: some tens of
// microseconds of work.
const pollRows = 1 << 12

// A watch ends passes over many rows together with a context. Passes that it ends leave
// what they made unfinished, so whoever runs them asks failed before using it. Once ended it stays so,
// and every later pass ends before its first row. A nil watch never ends.
type watch struct {
	ctx context.Context
	err error
}

// ended reports whether a pass should stop before row i. It asks the context at each
// multiple of pollRows; so does a pass that starts elsewhere.
func (w *watch) ended(i int) bool { return i%pollRows == 0 && w.failed() != nil }

// failed asks the context; the answer is the error with which it ended.
func (w *watch) failed() error {
	if w == nil {
		return nil
	}
	if w.err == nil {
		w.err = w.ctx.Err()
	}
	return w.err
}
