package cli

import "runtime/debug"

// gcPercent lets the heap of a server grow to three times what lives in it before it is collected. What lives in it are some
// ten megabytes; at the usual two times the collector runs fifty times a second under load, and each run takes the stacks of
// all connections apart.
const gcPercent = 200

// tuneMemory is for the process of a server. Who sets GOGC knows better.
func tuneMemory(p *program) {
	if p.env("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}
