package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// sizeReport is what the comparison of a large store with a small one has shown.
type sizeReport struct {
	machine machine
	window  time.Duration
	many    int
	rounds  []round
}

// comparison is a read whose cost is a ratio to that of another.
type comparison struct {
	name     string
	of, with cell
	most     float64 // is aimed at
}

func (r *sizeReport) comparisons() []comparison {
	at := func(o operation, customers int) cell {
		return cell{o.name, readConnections, thousands(float64(customers))}
	}
	small, large := thousands(few), thousands(float64(r.many))
	all := []comparison{
		{"GET by id, " + large + " to " + small + " customers", at(get, r.many), at(get, few), 1.2},
		{"first page by name, " + large + " to " + small + " customers", at(firstPage, r.many), at(firstPage, few), 1.3},
		{"deep page to first page, " + large + " customers", at(deepPage, r.many), at(firstPage, r.many), 1.1},
	}
	return slices.DeleteFunc(all, func(c comparison) bool { return !r.has(c.of) })
}

// has reports whether the cell was measured: a store may have too few customers for a deep page.
func (r *sizeReport) has(c cell) bool {
	_, ok := r.rounds[0].cells[c]
	return ok
}

// byTime returns, for each round, how much longer a request takes.
func (r *sizeReport) byTime(c comparison) []float64 {
	return r.ratios(c, func(m measurement) float64 { return 1 / m.rate })
}

// byCPU returns, for each round, how much more processor time of the server a request takes.
func (r *sizeReport) byCPU(c comparison) []float64 {
	return r.ratios(c, func(m measurement) float64 { return float64(m.cpu) })
}

func (r *sizeReport) ratios(c comparison, pick func(measurement) float64) []float64 {
	var all []float64
	for _, one := range r.rounds {
		all = append(all, pick(one.cells[c.of])/pick(one.cells[c.with]))
	}
	return all
}

func (r *sizeReport) aims() []aim {
	var all []aim
	for _, c := range r.comparisons() {
		all = append(all,
			aim{name: "time, " + c.name, value: median(r.byTime(c)), most: c.most},
			aim{name: "CPU time, " + c.name, value: median(r.byCPU(c)), most: c.most})
	}
	return all
}

// markdown writes the report so that it reads well as plain text, too.
func (r *sizeReport) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Benchmark of size

The same reads from two servers that are up side by side, one with %s customers of a partner, one with %s. Medians of %d
rounds, %v a cell; in a round both have their turn at each read, at %d connections. The load generator and the servers share
one machine. Customers are chosen at random, and names, domains and request ids are random. A page has %d customers and is
followed by another; its prefix is as long as it has to be for that many. Deep pages are the %dth to %dth of the names that
begin with a letter. What a read costs is its time at this load, and its share of that: the processor time of the server.
Before the first round each server answers look-ups at random, for a minute with a million customers: it is a warm one.
`, thousands(few), thousands(float64(r.many)), len(r.rounds), r.window/2, readConnections, pageSize, deepFrom, deepUntil)
	fmt.Fprintf(&b, "`make bench-large` repeats this.\n\n")
	b.WriteString(circumstances(r.machine, r.rounds))
	fmt.Fprintf(&b, "\n## Reads\n\n%s", table(r.cells()))
	fmt.Fprintf(&b, "\n## What size costs\n\n%s", table(r.costs()))
	b.WriteString(verdicts(r.aims()))
	return b.String()
}

func (r *sizeReport) cells() [][]string {
	rows := [][]string{{"read", "customers", "requests/s", "p50 ms", "p99 ms",
		"CPU µs/request", "client CPU µs/request", "peak memory MB", "resident MB"}}
	for _, o := range []operation{get, firstPage, deepPage} {
		for _, customers := range []int{few, r.many} {
			c := cell{o.name, readConnections, thousands(float64(customers))}
			if !r.has(c) {
				continue
			}
			number := func(pick func(measurement) float64) float64 { return medianOf(r.rounds, c, pick) }
			duration := func(pick func(measurement) time.Duration) time.Duration {
				return time.Duration(number(func(m measurement) float64 { return float64(pick(m)) }))
			}
			rows = append(rows, []string{
				o.name,
				c.server,
				thousands(number(func(m measurement) float64 { return m.rate })),
				milliseconds(duration(func(m measurement) time.Duration { return m.p50 })),
				milliseconds(duration(func(m measurement) time.Duration { return m.p99 })),
				microseconds(duration(func(m measurement) time.Duration { return m.cpu })),
				microseconds(duration(func(m measurement) time.Duration { return m.clientCPU })),
				megabytes(number(func(m measurement) float64 { return float64(m.peakMemory) })),
				megabytes(number(func(m measurement) float64 { return float64(m.resident) })),
			})
		}
	}
	return rows
}

func (r *sizeReport) costs() [][]string {
	rows := [][]string{{"what", "time", "CPU time"}}
	for _, c := range r.comparisons() {
		rows = append(rows, []string{c.name, spread(r.byTime(c)), spread(r.byCPU(c))})
	}
	return rows
}
