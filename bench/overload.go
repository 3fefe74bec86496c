package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// peakConnections make the most of the server.
const peakConnections = 256

// overloadName is what the cells of the part are called, and -only.
const overloadName = "overload"

// crowd is clients that create customers, and what they do when they are refused.
type crowd struct {
	name        string
	title       string
	connections int

	// stays says how long a client stays away that was told to come back after a time. If it is nil none may be refused.
	stays func(told time.Duration) time.Duration
}

var crowds = []crowd{
	{name: "peak", title: "as many as it takes", connections: peakConnections},
	{name: "fourfold", title: "four times as many, who come back at once", connections: 4 * peakConnections, stays: atOnce},
	{name: "impatient", title: "sixteen times as many, who come back at once", connections: 16 * peakConnections, stays: atOnce},
	{name: "patient", title: "sixteen times as many, who wait as Retry-After says", connections: 16 * peakConnections, stays: asTold},
}

func atOnce(time.Duration) time.Duration      { return 0 }
func asTold(told time.Duration) time.Duration { return told }

// overload measures the crowds, one after another.
func (b *bench) overload(ctx context.Context, s *server, r *round) error {
	for _, c := range crowds {
		l := load{server: s, operation: create, connections: c.connections, warmup: warmup, window: b.window, stays: c.stays}
		m, err := l.run(ctx)
		if err != nil {
			return fmt.Errorf("overload, %s: %w", c.name, err)
		}
		r.cells[cell{overloadName, c.connections, c.name}] = m
		fmt.Fprintf(b.progress, "  %-9s %4d connections  %8s/s  refused %8s/s  p99 %6s ms\n", c.name, c.connections, thousands(m.rate), thousands(m.refused), milliseconds(m.p99))
	}
	return nil
}

// idle measures what an idle connection costs a server that has done nothing yet: later, memory that is free again would hide it.
func (b *bench) idle(ctx context.Context, p programs, dir string) (each float64, err error) {
	s, err := startTenantry(ctx, p, dir)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	return idleConnections(ctx, s)
}

// manyIdle is how many idle connections are opened to learn what one costs.
const manyIdle = 5000

// idleConnections is the server's own memory for each of many connections that were used once.
func idleConnections(ctx context.Context, s *server) (each float64, err error) {
	before, err := memory(s.pid(), ownMemory)
	if err != nil {
		return 0, err
	}
	var dialer net.Dialer
	buffer := make([]byte, 4<<10)
	for i := range manyIdle {
		c, err := dialer.DialContext(ctx, "tcp", s.addr)
		if err != nil {
			return 0, fmt.Errorf("idle connection %d: %w", i, err)
		}
		defer c.Close()
		err = errors.Join(c.SetDeadline(time.Now().Add(grace)), second(io.WriteString(c, "GET /_tenantry/healthz HTTP/1.1\r\nHost: x\r\n\r\n")))
		if err != nil {
			return 0, err
		}
		if n, err := c.Read(buffer); err != nil || !strings.HasPrefix(string(buffer[:n]), "HTTP/1.1 200 ") {
			return 0, fmt.Errorf("idle connection %d: answered %q, %w", i, buffer[:n], err)
		}
	}
	after, err := memory(s.pid(), ownMemory)
	return float64(max(0, after-before)) / manyIdle, err
}

func second[T any](_ T, err error) error { return err }

// goodput returns, for each round, what the crowd got done as a share of the peak.
func (r *report) goodput(c crowd) []float64 {
	var all []float64
	for _, one := range r.rounds {
		peak := one.cells[cell{overloadName, peakConnections, crowds[0].name}].rate
		all = append(all, one.cells[cell{overloadName, c.connections, c.name}].rate/peak)
	}
	return all
}

// overloads are the rows of the crowds' table.
func (r *report) overloads() [][]string {
	rows := [][]string{{"clients", "connections", "created/s", "share of the peak", "refused/s", "p50 ms", "p99 ms", "peak memory MB", "resident MB"}}
	for _, c := range crowds {
		in := cell{overloadName, c.connections, c.name}
		value := func(pick func(measurement) float64) float64 { return r.median(in, pick) }
		rows = append(rows, []string{
			c.title,
			strconv.Itoa(c.connections),
			thousands(value(func(m measurement) float64 { return m.rate })),
			spread(r.goodput(c)),
			thousands(value(func(m measurement) float64 { return m.refused })),
			milliseconds(time.Duration(value(func(m measurement) float64 { return float64(m.p50) }))),
			milliseconds(time.Duration(value(func(m measurement) float64 { return float64(m.p99) }))),
			megabytes(value(func(m measurement) float64 { return float64(m.peakMemory) })),
			megabytes(value(func(m measurement) float64 { return float64(m.resident) })),
		})
	}
	return rows
}

// perConnection is what an idle connection costs.
func (r *report) perConnection() float64 {
	var all []float64
	for _, one := range r.rounds {
		all = append(all, one.perConnection)
	}
	return median(all)
}

// overloadMarkdown is the part of the report.
func (r *report) overloadMarkdown() string {
	return fmt.Sprintf(`
## Overload

Creates by more clients than the server works for at once. The others are answered 503; times are those of what was created.
An idle connection costs the server %s KB, measured with %s of them.

%s`, strconv.FormatFloat(r.perConnection()/1e3, 'f', 1, 64), thousands(manyIdle), table(r.overloads()))
}

// overloadAims judges the fourfold crowd. The others show what lies beyond.
func (r *report) overloadAims() []aim {
	return []aim{{name: "goodput of " + crowds[1].title, value: median(r.goodput(crowds[1])), least: 0.80}}
}
