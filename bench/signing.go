package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"time"
)

// signingName is the ceiling of tokens in the report: each of them is a signature.
const signingName = "RSA-2048"

// signing is the ceiling that tokens have: bare signatures, on all processors of the machine.
type signing struct{ key *rsa.PrivateKey }

func newSigning() (*signing, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	return &signing{key}, err
}

// measure is how many signatures the whole machine makes in a second. It goes by the processor time that they took, and not
// by the clock: what other programs take of the machine would lower the ceiling, and tokens would look better than they are.
// So noise makes the ratio worse, and never better.
func (s *signing) measure(ctx context.Context, window time.Duration) (m measurement, err error) {
	before, err := processorTimes()
	if err != nil {
		return m, err
	}
	begin := time.Now()
	total, err := s.sign(ctx, begin.Add(window))
	if err != nil {
		return m, err
	}
	took := time.Since(begin)
	after, err := processorTimes()
	if err != nil {
		return m, err
	}
	own := after.own - before.own
	if own < 10*tick {
		return m, fmt.Errorf("%d signatures within %v had %v of processor time, too little to go by", total, took, own)
	}
	others := after.machine - before.machine - own
	m.rate = float64(total) / own.Seconds() * float64(runtime.NumCPU())
	m.others = max(0, others.Seconds()/took.Seconds()/float64(runtime.NumCPU()))
	return m, nil
}

// sign makes signatures on all processors until then, and counts them.
func (s *signing) sign(ctx context.Context, end time.Time) (total int, err error) {
	counts, errs := make([]int, runtime.NumCPU()), make([]error, runtime.NumCPU())
	var running sync.WaitGroup
	for i := range counts {
		running.Go(func() {
			digest := sha256.Sum256([]byte{byte(i)})
			for time.Now().Before(end) && ctx.Err() == nil && errs[i] == nil {
				_, errs[i] = rsa.SignPKCS1v15(nil, s.key, crypto.SHA256, digest[:])
				counts[i]++
			}
		})
	}
	running.Wait()
	for _, n := range counts {
		total += n
	}
	return total, errors.Join(append(errs, context.Cause(ctx))...)
}

// times is processor time spent so far: by this process, and by all together.
type times struct{ own, machine time.Duration }

func processorTimes() (t times, err error) {
	if t.own, err = cpuTime(os.Getpid()); err != nil {
		return t, err
	}
	t.machine, err = busyTime()
	return t, err
}

// measureTokens measures tokens between two halves of the ceiling, so that both see the same machine.
func (b *bench) measureTokens(ctx context.Context, s *server, connections int) (ceiling, tokens measurement, err error) {
	before, err := b.signing.measure(ctx, b.window/4)
	if err != nil {
		return ceiling, tokens, err
	}
	if tokens, err = b.measure(ctx, s, tokenOperation, connections); err != nil {
		return ceiling, tokens, err
	}
	after, err := b.signing.measure(ctx, b.window/4)
	if err != nil {
		return ceiling, tokens, err
	}
	ceiling.rate, ceiling.others = (before.rate+after.rate)/2, max(before.others, after.others)
	return ceiling, tokens, plausible(ceiling.rate, tokens.rate)
}

// plausible refuses more tokens than signatures: each token is one, so what was measured cannot be.
func plausible(signatures, tokens float64) error {
	if tokens > signatures {
		return fmt.Errorf("%.0f tokens a second by %.0f signatures a second cannot be: measure again on a quiet machine", tokens, signatures)
	}
	return nil
}

// knownBearer runs the Go benchmark of what a known bearer token adds to a request. It takes nanoseconds, which no request
// over a socket would show.
func knownBearer(ctx context.Context, times int) (all []time.Duration, err error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run=^$", "-bench=^BenchmarkKnownBearer$", "-count="+strconv.Itoa(times),
		"github.com/tenantry/tenantry/internal/api")
	text, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("benchmark of a known bearer: %w\n%s", err, text)
	}
	if all = nanoseconds(text); len(all) != times {
		return nil, fmt.Errorf("benchmark of a known bearer: no numbers in\n%s", text)
	}
	return all, nil
}

var perOperation = regexp.MustCompile(`(?m)^Benchmark\S+\s+\d+\s+([0-9.]+) ns/op`)

// nanoseconds are the times that a Go benchmark has printed.
func nanoseconds(text []byte) (all []time.Duration) {
	for _, match := range perOperation.FindAllSubmatch(text, -1) {
		if ns, err := strconv.ParseFloat(string(match[1]), 64); err == nil {
			all = append(all, time.Duration(ns+0.5))
		}
	}
	return all
}
