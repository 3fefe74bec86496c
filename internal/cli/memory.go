package cli

import "runtime/debug"

// gcPercent lets the heap of a server grow to five times what lives in it before it is collected. That is some ten
// megabytes; at the usual two times the collector runs fifty times a second under load, and each run takes the stacks of all
// connections apart.
const gcPercent = 400

// tuneMemory is for the process of a server. Who sets GOGC knows better.
func tuneMemory(p *program) {
	if p.env("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}
