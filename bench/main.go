// Command bench measures the server against its own ceiling.
//
// It builds two programs, runs each as a process of its own and sends both the same requests on loopback,
// over kept-alive connections, in turns:
//
//   - echo, in the directory of that name, decodes a create request into the wire structs and answers
//     with a canned customer. It is the ceiling: what net/http and the JSON decoder leave of the machine.
//   - tenantry answers the same request with a token checked and the customer on disk.
//
// The ceiling of a token is a bare RSA signature, measured in the same round on all processors, by the
// processor time that it takes.
//
// What counts is the ratio of the two in one round, because the machines that benchmarks run on are
// seldom quiet: whatever slows one slows the other. A round takes an empty store; the report gives medians
// over the rounds. Domains, names and request ids are random, because a B-tree fed with a counter looks
// much faster than it is.
//
// At last it sends more creates than the server works on at once, and sees how many are done all the same.
//
// This package owns the load, the measuring and the report. It leaves the meaning of the answers to the
// tests of the server: here an answer has the expected status, or the run ends.
//
// Times and memory of a process are read from /proc, so it measures on Linux only.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()

	switch {
	case errors.Is(err, flag.ErrHelp):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout, progress io.Writer) error {
	b := bench{
		operations:  []operation{create, get, tokenOperation},
		connections: counts{1, 16, 64, 256},
		progress:    progress,
		overloaded:  true,
	}
	var (
		seconds float64
		only    string
		out     string
		strict  bool
		large   int
	)
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(progress)
	flags.Float64Var(&seconds, "seconds", 4, "measure each cell for this many `seconds`; reads and tokens take half of it")
	flags.IntVar(&b.rounds, "rounds", 3, "repeat the whole this `many` times")
	flags.Var(&b.connections, "connections", "comma-separated `numbers` of connections")
	flags.IntVar(&large, "large", 0, fmt.Sprintf("instead, compare reads from a store of so many `customers` with those from one of %s", thousands(few)))
	flags.StringVar(&only, "only", "", "measure one `part`: create, get, token or overload")
	flags.StringVar(&b.binary, "binary", "", "measure the tenantry binary at this `path` instead of building one")
	flags.StringVar(&b.dir, "dir", "", "put stores below this `directory`, which decides the disk (default: the system's temporary directory)")
	flags.StringVar(&out, "out", "bench/RESULTS.md", "also write the report to this `file`; empty for none")
	flags.BoolVar(&strict, "strict", false, "fail if an aim is missed")
	if err := flags.Parse(args); err != nil {
		return err
	}

	b.window = time.Duration(seconds * float64(time.Second))
	switch {
	case flags.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case b.window <= 0 || b.window > time.Hour:
		return fmt.Errorf("-seconds %v: must be above 0 and at most 3600", seconds)
	case b.rounds < 1:
		return fmt.Errorf("-rounds %d: must be at least 1", b.rounds)
	case large != 0 && large < few:
		return fmt.Errorf("-large %d: must be at least %d", large, few)
	}
	if only == overloadName {
		b.operations = nil
	} else if only != "" {
		b.overloaded = false
		i := slices.IndexFunc(b.operations, func(o operation) bool { return o.name == only })
		if i < 0 {
			return fmt.Errorf("-only %q: must be create, get, token or overload", only)
		}
		b.operations = b.operations[i : i+1]
	}

	text, aims, err := b.reported(ctx, large)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(stdout, text); err != nil {
		return err
	}
	if out != "" {
		if err := os.WriteFile(out, []byte(text), 0o644); err != nil {
			return err
		}
	}
	if n := missed(aims); strict && n > 0 {
		return fmt.Errorf("%d of the aims missed", n)
	}
	return nil
}

// reported measures, against the ceiling or, if a number of customers is given, by size.
func (b *bench) reported(ctx context.Context, large int) (text string, aims []aim, err error) {
	if large > 0 {
		r, err := b.compareSizes(ctx, large)
		if err != nil {
			return "", nil, err
		}
		return r.markdown(), r.aims(), nil
	}
	r, err := b.run(ctx)
	if err != nil {
		return "", nil, err
	}
	return r.markdown(), r.aims(), nil
}

// counts is a flag of comma-separated numbers.
type counts []int

func (c *counts) String() string {
	words := make([]string, len(*c))
	for i, n := range *c {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, ",")
}

func (c *counts) Set(s string) error {
	var parsed counts
	for word := range strings.SplitSeq(s, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || n < 1 || n > 4096 {
			return fmt.Errorf("%q is not a number from 1 to 4096", word)
		}
		parsed = append(parsed, n)
	}
	*c = parsed
	return nil
}
