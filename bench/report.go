package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// report is everything that a run has shown.
type report struct {
	machine     machine
	operations  []operation
	connections counts
	window      time.Duration
	binarySize  int64
	knownBearer []time.Duration // what finding out who is calling adds to a request; nil: not measured
	rounds      []round
	overloaded  bool
}

// markdown writes the report so that it reads well as plain text, too.
func (r *report) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Benchmark

Medians of %d rounds, each with fresh processes and an empty store; %v a cell, half of it for reads and tokens. The load generator and
both servers share one machine and speak over loopback on kept-alive connections. Echo decodes the same request and answers
with a canned customer: the ceiling. That of tokens is the rate of bare RSA-2048 signatures on all processors, by the processor time that
they take, so that noise makes the ratio worse and never better. A ratio compares the two in one round; after its median stand the lowest and the highest.
Memory is a process's own; resident adds the pages of files that it maps, which belong to the system's page cache, once for
each mapping.
`, len(r.rounds), r.window)
	fmt.Fprintf(&b, "`make bench` repeats this.\n\n")

	b.WriteString(circumstances(r.machine, r.rounds))
	for _, o := range r.operations {
		fmt.Fprintf(&b, "\n## %s\n\n%s", o.title, table(r.cells(o)))
	}
	if r.knownBearer != nil {
		fmt.Fprintf(&b, "\nFinding out who is calling, by a bearer token that came before, adds %d ns to a request (Go benchmark).\n", r.bearer().Nanoseconds())
	}
	if r.overloaded {
		b.WriteString(r.overloadMarkdown())
	}
	fmt.Fprintf(&b, "\n## Size\n\n%s", table(r.sizes()))

	b.WriteString(verdicts(r.aims()))
	return b.String()
}

// circumstances are what the numbers depend on, and what may have disturbed them.
func circumstances(m machine, rounds []round) string {
	var b strings.Builder
	fmt.Fprintf(&b, "- machine: %s, %d cores, %.0f GB memory\n", m.cpu, m.cores, float64(m.memory)/1e9)
	fmt.Fprintf(&b, "- system: Linux %s, Go %s\n", m.kernel, m.goVersion)
	fmt.Fprintf(&b, "- disk: %s; append of 4 KiB and fdatasync: %s ms\n", m.fileSystem, milliseconds(m.sync))
	usual, worst := others(rounds)
	fmt.Fprintf(&b, "- quiet: other programs took %.0f %% of the machine in the usual cell, %.0f %% in the worst\n", usual*100, worst*100)
	return b.String()
}

// verdicts are the aims, met or missed.
func verdicts(aims []aim) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n## Aims\n\n")
	for _, a := range aims {
		fmt.Fprintf(&b, "- %s\n", a)
	}
	return b.String()
}

// cells are the rows of an operation's table.
func (r *report) cells(o operation) [][]string {
	rows := [][]string{{"connections", "server", "requests/s", "ratio", "p50 ms", "p99 ms",
		"CPU µs/request", "client CPU µs/request", "peak memory MB", "resident MB"}}
	for _, n := range r.connections {
		for _, name := range []string{o.ceiling, tenantryName} {
			c := cell{o.name, n, name}
			if name == signingName { // has a rate, and nothing else
				rate := thousands(r.median(c, func(m measurement) float64 { return m.rate }))
				rows = append(rows, []string{strconv.Itoa(n), name, rate, "", "", "", "", "", "", ""})
				continue
			}
			ratio := ""
			if name == tenantryName {
				ratio = spread(r.ratios(o, n))
			}
			duration := func(pick func(measurement) time.Duration) time.Duration {
				return time.Duration(r.median(c, func(m measurement) float64 { return float64(pick(m)) }))
			}
			rows = append(rows, []string{
				strconv.Itoa(n),
				name,
				thousands(r.median(c, func(m measurement) float64 { return m.rate })),
				ratio,
				milliseconds(duration(func(m measurement) time.Duration { return m.p50 })),
				milliseconds(duration(func(m measurement) time.Duration { return m.p99 })),
				microseconds(duration(func(m measurement) time.Duration { return m.cpu })),
				microseconds(duration(func(m measurement) time.Duration { return m.clientCPU })),
				megabytes(r.median(c, func(m measurement) float64 { return float64(m.peakMemory) })),
				megabytes(r.median(c, func(m measurement) float64 { return float64(m.resident) })),
			})
		}
	}
	return rows
}

// sizes are the rows of what does not depend on the connections.
func (r *report) sizes() [][]string {
	return [][]string{
		{"what", "size"},
		{"binary", megabytes(float64(r.binarySize)) + " MB"},
		{"resident memory, idle", megabytes(r.idleMemory()) + " MB"},
		{"disk per customer", thousands(r.bytesPerCustomer()) + " bytes"},
	}
}

// bearer is what a known bearer token adds to a request.
func (r *report) bearer() time.Duration {
	var all []float64
	for _, one := range r.knownBearer {
		all = append(all, float64(one))
	}
	return time.Duration(median(all))
}

func (r *report) idleMemory() float64 {
	var all []float64
	for _, one := range r.rounds {
		all = append(all, float64(one.idleMemory))
	}
	return median(all)
}

func (r *report) bytesPerCustomer() float64 {
	var all []float64
	for _, one := range r.rounds {
		all = append(all, one.bytesPerCustomer)
	}
	return median(all)
}

// others is the share of the machine that was taken by programs that have no part in this.
func others(rounds []round) (usual, worst float64) {
	var all []float64
	for _, one := range rounds {
		for _, m := range one.cells {
			all = append(all, m.others)
		}
	}
	return median(all), slices.Max(all)
}

// ratios returns, for each round, tenantry's rate as a share of the ceiling.
func (r *report) ratios(o operation, connections int) []float64 {
	var all []float64
	for _, one := range r.rounds {
		ceiling := one.cells[cell{o.name, connections, o.ceiling}].rate
		all = append(all, one.cells[cell{o.name, connections, tenantryName}].rate/ceiling)
	}
	return all
}

func (r *report) median(c cell, pick func(measurement) float64) float64 {
	return medianOf(r.rounds, c, pick)
}

// medianOf is the median over the rounds of what is picked from the cell.
func medianOf(rounds []round, c cell, pick func(measurement) float64) float64 {
	var all []float64
	for _, one := range rounds {
		all = append(all, pick(one.cells[c]))
	}
	return median(all)
}

// median returns the middle of the values, or the mean of the two in the middle.
func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// spread shows ratios as their median with the lowest and the highest.
func spread(ratios []float64) string {
	return fmt.Sprintf("%.2f (%.2f–%.2f)", median(ratios), slices.Min(ratios), slices.Max(ratios))
}

// table writes rows, the first of them the head, with the columns aligned: words left, numbers right.
func table(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, field := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(field))
		}
	}
	var b strings.Builder
	for n, row := range rows {
		for i, field := range row {
			padding := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(field))
			if number(rows, i) {
				fmt.Fprintf(&b, "| %s%s ", padding, field)
			} else {
				fmt.Fprintf(&b, "| %s%s ", field, padding)
			}
		}
		b.WriteString("|\n")
		if n > 0 {
			continue
		}
		for i, width := range widths {
			if number(rows, i) {
				fmt.Fprintf(&b, "|%s:", strings.Repeat("-", width+1))
			} else {
				fmt.Fprintf(&b, "|%s", strings.Repeat("-", width+2))
			}
		}
		b.WriteString("|\n")
	}
	return b.String()
}

// number reports whether the last row has a number in this column.
func number(rows [][]string, column int) bool {
	field := rows[len(rows)-1][column]
	return field != "" && field[0] >= '0' && field[0] <= '9'
}

// thousands writes a count with a comma between thousands.
func thousands(v float64) string {
	digits := strconv.FormatInt(int64(v+0.5), 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()*1e3) }
func microseconds(d time.Duration) string { return fmt.Sprintf("%.0f", d.Seconds()*1e6) }
func megabytes(bytes float64) string      { return fmt.Sprintf("%.1f", bytes/1e6) }
