package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMarkdown(t *testing.T) {
	r := &report{
		machine:     machine{cpu: "Test CPU", cores: 2, memory: 8e9, kernel: "6.1.0", goVersion: "1.26", fileSystem: "ext4", sync: 120 * time.Microsecond},
		operations:  []operation{create},
		connections: counts{64},
		window:      time.Second,
		binarySize:  25e6,
	}
	for _, rate := range []float64{9000, 3000, 8000} {
		r.rounds = append(r.rounds, round{
			idleMemory:       30e6,
			bytesPerCustomer: 1500,
			cells: map[cell]measurement{
				{create.name, 64, echoName}:     {rate: 30000, p50: 2 * time.Millisecond, p99: 5 * time.Millisecond, cpu: 30 * time.Microsecond, clientCPU: 9 * time.Microsecond, peakMemory: 15e6, resident: 19e6, others: 0.02},
				{create.name, 64, tenantryName}: {rate: rate, p50: 6 * time.Millisecond, p99: 45 * time.Millisecond, cpu: 120 * time.Microsecond, clientCPU: 11 * time.Microsecond, peakMemory: 80e6, resident: 99e6, others: 0.04},
			},
		})
	}
	got := r.markdown()
	for _, want := range []string{
		`
| connections | server   | requests/s |            ratio | p50 ms | p99 ms | CPU µs/request | client CPU µs/request | peak memory MB | resident MB |
|------------:|----------|-----------:|-----------------:|-------:|-------:|---------------:|----------------------:|---------------:|------------:|
|          64 | echo     |     30,000 |                  |   2.00 |   5.00 |             30 |                     9 |           15.0 |        19.0 |
|          64 | tenantry |      8,000 | 0.27 (0.10–0.30) |   6.00 |  45.00 |            120 |                    11 |           80.0 |        99.0 |
`, `
- create ratio at 64 connections: 0.27 (aim: at least 0.20) ok
- create p99 at 64 connections: 45.00 ms (aim: below 40 ms) **missed**
- resident memory when idle: 30.00 MB (aim: below 40 MB) ok
- binary: 25.00 MB (aim: below 30 MB) ok
`,
		"\n- disk: ext4; append of 4 KiB and fdatasync: 0.12 ms\n",
		"\n- quiet: other programs took 3 % of the machine in the usual cell, 4 % in the worst\n",
		"\n| disk per customer     | 1,500 bytes |\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant in it\n%s", got, want)
		}
	}
	if got := missed(r.aims()); got != 1 {
		t.Errorf("got %d missed, want 1", got)
	}
}

// TestOverloadReport reports what the crowds got done beside the peak.
func TestOverloadReport(t *testing.T) {
	r := &report{overloaded: true, rounds: []round{{perConnection: 9500, cells: map[cell]measurement{
		{overloadName, 256, "peak"}:       {rate: 4000, p50: 60 * time.Millisecond, p99: 90 * time.Millisecond, peakMemory: 80e6, resident: 99e6},
		{overloadName, 4096, "patient"}:   {rate: 3800, refused: 300, p50: 110 * time.Millisecond, p99: 150 * time.Millisecond, peakMemory: 120e6, resident: 150e6},
		{overloadName, 4096, "impatient"}: {rate: 3000, refused: 30000},
		{overloadName, 1024, "fourfold"}:  {rate: 3600},
	}}}}
	got := r.markdown()
	for _, want := range []string{
		"An idle connection costs the server 9.5 KB, measured with 5,000 of them.",
		"| sixteen times as many, who wait as Retry-After says |        4096 |     3,800 |  0.95 (0.95–0.95) |       300 | 110.00 | 150.00 |          120.0 |       150.0 |\n",
		"- goodput of four times as many, who come back at once: 0.90 (aim: at least 0.80) ok",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant in it\n%s", got, want)
		}
	}
}

// TestTokens reports a ratio to signatures, which have a rate and nothing else.
func TestTokens(t *testing.T) {
	r := &report{
		operations: []operation{tokenOperation}, connections: counts{64}, knownBearer: []time.Duration{300, 2100, 2500},
		rounds: []round{{cells: map[cell]measurement{
			{tokenOperation.name, 64, signingName}:  {rate: 2000, others: 0.3},
			{tokenOperation.name, 64, tenantryName}: {rate: 1500, p50: 20 * time.Millisecond, others: 0.5},
		}}},
	}
	got := r.markdown()
	for _, want := range []string{
		"|          64 | RSA-2048 |      2,000 |                  |        |        |",
		"|          64 | tenantry |      1,500 | 0.75 (0.75–0.75) |  20.00 |",
		"- quiet: other programs took 40 % of the machine in the usual cell, 50 % in the worst",
		"adds 2100 ns to a request",
		"- token ratio at 64 connections: 0.75 (aim: at least 0.70) ok",
		"- known bearer token: 2.10 µs (aim: below 2 µs) **missed**",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwant in it\n%s", got, want)
		}
	}
}

// TestSigning measures the ceiling, refuses to where there is too little to go by, and stops when it is told to.
func TestSigning(t *testing.T) {
	s, err := newSigning()
	if err != nil {
		t.Fatal(err)
	}
	m, err := s.measure(t.Context(), 2*time.Second)
	if err != nil || m.rate <= 0 || m.others < 0 {
		t.Errorf("got %+v, %v", m, err)
	}
	if _, err := s.measure(t.Context(), time.Millisecond); err == nil {
		t.Error("goes by less processor time than can be told")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.measure(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("told to stop: got %v, want %v", err, context.Canceled)
	}
}

// TestPlausible refuses what cannot be, which is how a ceiling shows that was measured wrong.
func TestPlausible(t *testing.T) {
	if err := plausible(2000, 1500); err != nil {
		t.Error(err)
	}
	if err := plausible(600, 1435); err == nil {
		t.Error("more tokens than signatures are believed")
	}
}

func TestNanoseconds(t *testing.T) {
	got := nanoseconds([]byte("goos: linux\nBenchmarkKnownBearer-2   \t 3164311\t       379.6 ns/op\t     240 B/op\nBenchmarkKnownBearer-2   \t 3164311\t 412 ns/op\nPASS\n"))
	if !slices.Equal(got, []time.Duration{380, 412}) {
		t.Errorf("got %v", got)
	}
}

func TestThousands(t *testing.T) {
	for _, tt := range []struct {
		name  string
		value float64
		want  string
	}{
		{"zero", 0, "0"},
		{"rounded", 999.6, "1,000"},
		{"hundreds", 321, "321"},
		{"millions", 1234567, "1,234,567"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := thousands(tt.value); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
