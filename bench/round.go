package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"
)

const warmup = 500 * time.Millisecond

// bench is one run of the command.
type bench struct {
	operations  []operation
	connections counts
	rounds      int
	window      time.Duration
	binary      string
	dir         string
	signing     *signing
	overloaded  bool // measure overload, too
	progress    io.Writer
}

// cell names one measurement of a round.
type cell struct {
	operation   string
	connections int
	server      string
}

// round holds what one round, with fresh processes and an empty store, has shown.
type round struct {
	cells            map[cell]measurement
	idleMemory       int64
	bytesPerCustomer float64 // zero if nothing was created
	perConnection    float64 // memory of an idle one; measured with overload
}

// prepared builds the programs and describes the machine for the function, and cleans up behind itself, also when ctx ends
// early. The function has the directory for itself.
func (b *bench) prepared(ctx context.Context, run func(dir string, p programs, m machine) error) (err error) {
	dir, err := os.MkdirTemp(b.dir, "tenantry-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	p, err := b.build(ctx, dir)
	if err != nil {
		return err
	}
	m, err := inspect(dir)
	if err != nil {
		return err
	}
	return run(dir, p, m)
}

// run measures the server against the ceiling.
func (b *bench) run(ctx context.Context) (*report, error) {
	r := &report{
		operations:  b.operations,
		connections: b.connections,
		window:      b.window,
		overloaded:  b.overloaded,
	}
	err := b.prepared(ctx, func(dir string, p programs, m machine) error {
		info, err := os.Stat(p.tenantry)
		if err != nil {
			return err
		}
		r.machine, r.binarySize = m, info.Size()
		if slices.ContainsFunc(b.operations, func(o operation) bool { return o.name == tokenOperation.name }) {
			fmt.Fprintln(b.progress, "a known bearer")
			if r.knownBearer, err = knownBearer(ctx, b.rounds); err != nil {
				return err
			}
			if b.signing, err = newSigning(); err != nil {
				return err
			}
		}
		for i := range b.rounds {
			fmt.Fprintf(b.progress, "round %d of %d\n", i+1, b.rounds)
			one, err := b.round(ctx, p, filepath.Join(dir, fmt.Sprintf("round-%d", i+1)))
			if err != nil {
				return err
			}
			r.rounds = append(r.rounds, one)
		}
		return nil
	})
	return r, err
}

// round measures every cell once: all creates, then all reads of what they made, then tokens; of each cell first the
// ceiling, then tenantry.
func (b *bench) round(ctx context.Context, programs programs, dir string) (_ round, err error) {
	r := round{cells: make(map[cell]measurement)}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return r, err
	}
	echo, err := startEcho(ctx, programs)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, echo.stop()) }()

	tenantry, err := startTenantry(ctx, programs, dir)
	if err != nil {
		return r, err
	}
	stopped := false
	defer func() {
		if !stopped {
			err = errors.Join(err, tenantry.stop())
		}
	}()
	if r.idleMemory, err = tenantry.settle(ctx); err != nil {
		return r, err
	}

	for _, o := range b.operations {
		for _, n := range b.connections {
			if o.ceiling == signingName {
				ceiling, tokens, err := b.measureTokens(ctx, tenantry, n)
				if err != nil {
					return r, fmt.Errorf("%s, %d connections: %w", o.name, n, err)
				}
				r.cells[cell{o.name, n, signingName}], r.cells[cell{o.name, n, tenantryName}] = ceiling, tokens
				fmt.Fprintf(b.progress, "  %-6s %3d connections  %-8s %8s/s  of %s signatures/s\n", o.name, n, tenantryName, thousands(tokens.rate), thousands(ceiling.rate))
				continue
			}
			for _, s := range []*server{echo, tenantry} {
				m, err := b.measure(ctx, s, o, n)
				if err != nil {
					return r, fmt.Errorf("%s, %s, %d connections: %w", s.name, o.name, n, err)
				}
				r.cells[cell{o.name, n, s.name}] = m
				fmt.Fprintf(b.progress, "  %-6s %3d connections  %-8s %8s/s  p99 %6s ms\n", o.name, n, s.name, thousands(m.rate), milliseconds(m.p99))
			}
		}
	}

	if b.overloaded {
		if err := b.overload(ctx, tenantry, &r); err != nil {
			return r, err
		}
		idle := filepath.Join(dir, "idle")
		if err := os.Mkdir(idle, 0o700); err != nil {
			return r, err
		}
		if r.perConnection, err = b.idle(ctx, programs, idle); err != nil {
			return r, err
		}
	}

	// The stop is part of the measurement: it brings the log home, so that the file is the store.
	stopped = true
	if err := tenantry.stop(); err != nil {
		return r, err
	}
	if tenantry.created > 0 {
		size, err := tenantry.storeSize()
		if err != nil {
			return r, err
		}
		r.bytesPerCustomer = float64(size-tenantry.emptySize) / float64(tenantry.created)
	}
	return r, os.RemoveAll(dir)
}

func (b *bench) measure(ctx context.Context, s *server, o operation, connections int) (measurement, error) {
	l := load{server: s, operation: o, connections: connections, warmup: warmup, window: b.window}
	if o.name != create.name {
		l.window /= 2
		if o.name == get.name && len(s.ids) == 0 { // -only get
			fill := load{server: s, operation: create, connections: 16, window: time.Second}
			if _, err := fill.run(ctx); err != nil {
				return measurement{}, err
			}
		}
	}
	return l.run(ctx)
}
