package ics

// Options say how much a reader accepts. The zero Options is what to use for
// files from strangers.
type Options struct {
	// KeepBroken keeps a line that is no content line as a [Property] without a
	// name, instead of refusing the file. What such a line meant is lost to the
	// reader of events, so a gate should not set it.
	KeepBroken bool

	// The limits. Zero means the default, which no file of the corpora this
	// package is tested with comes near. A file over a limit fails with [ErrLimit].
	MaxBytes  int64 // octets in all, default 64 MiB
	MaxLine   int   // octets of one content line with its folding, default 8 MiB (inline attachments)
	MaxLines  int   // content lines in all, default 2,000,000
	MaxDepth  int   // components inside each other, default 16
	MaxParams int   // parameters of one property and values of one parameter, default 512
	MaxFaults int   // faults reported before the reader gives up, default 50
}

func (o Options) withDefaults() Options {
	def(&o.MaxBytes, 64<<20)
	def(&o.MaxLine, 8<<20)
	def(&o.MaxLines, 2_000_000)
	def(&o.MaxDepth, 16)
	def(&o.MaxParams, 512)
	def(&o.MaxFaults, 50)
	return o
}

func def[T int | int64](v *T, d T) {
	if *v <= 0 {
		*v = d
	}
}
