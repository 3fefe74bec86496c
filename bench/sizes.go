package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// few is how many customers the smaller of two compared stores has.
const few = 1000

// The connections that fill a store, and those that carry the compared reads.
const (
	fillConnections = 64
	readConnections = aimConnections
)

// compareSizes measures the same reads on two servers that are up side by side: one with few customers and one with many.
// What counts is the ratio of the two in one round. A deep page needs many customers; its cost is compared with that of a
// first page of the same server.
func (b *bench) compareSizes(ctx context.Context, many int) (_ *sizeReport, err error) {
	r := &sizeReport{window: b.window, many: many}
	err = b.prepared(ctx, func(dir string, p programs, m machine) (err error) {
		r.machine = m
		var servers []*server
		defer func() {
			for _, s := range servers {
				err = errors.Join(err, s.stop())
			}
		}()
		for _, customers := range []int{few, many} {
			s, err := b.filled(ctx, p, filepath.Join(dir, fmt.Sprint(customers)), customers)
			if err != nil {
				return err
			}
			servers = append(servers, s)
		}
		for i := range b.rounds {
			fmt.Fprintf(b.progress, "round %d of %d\n", i+1, b.rounds)
			one, err := b.compare(ctx, servers, i)
			if err != nil {
				return err
			}
			r.rounds = append(r.rounds, one)
		}
		return nil
	})
	return r, err
}

// filled is a server with so many customers, and all that the reads of its lists need.
func (b *bench) filled(ctx context.Context, p programs, dir string, customers int) (_ *server, err error) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, err
	}
	s, err := startTenantry(ctx, p, dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.stop())
		}
	}()
	s.name = thousands(float64(customers))
	start := time.Now()
	if err := s.fill(ctx, customers, fillConnections); err != nil {
		return nil, err
	}
	if err := s.findPages(ctx); err != nil {
		return nil, err
	}
	fmt.Fprintf(b.progress, "%s customers in %v\n", s.name, time.Since(start).Round(time.Second))
	return s, s.warm(ctx, customers)
}

// warm reads customers at random for a minute for each million: a server that has run for a while has the pages of its file in
// its memory map, and one that was just filled meets each for the first time.
func (s *server) warm(ctx context.Context, customers int) error {
	window := time.Duration(customers) * time.Minute / 1_000_000
	_, err := (&load{server: s, operation: get, connections: readConnections, warmup: warmup, window: window}).run(ctx)
	return err
}

// compare measures every read on every server once. The servers take turns in being first.
func (b *bench) compare(ctx context.Context, servers []*server, n int) (round, error) {
	r := round{cells: make(map[cell]measurement)}
	servers = slices.Clone(servers)
	if n%2 == 1 {
		slices.Reverse(servers)
	}
	for _, o := range []operation{get, firstPage, deepPage} {
		for _, s := range servers {
			if o.name == deepPage.name && len(s.deep) == 0 {
				continue
			}
			l := load{server: s, operation: o, connections: readConnections, warmup: warmup, window: b.window / 2}
			m, err := l.run(ctx)
			if err != nil {
				return r, fmt.Errorf("%s, %s customers: %w", o.name, s.name, err)
			}
			r.cells[cell{o.name, readConnections, s.name}] = m
			fmt.Fprintf(b.progress, "  %-10s %9s customers %8s/s  CPU %4s µs  p99 %6s ms\n", o.name, s.name, thousands(m.rate), microseconds(m.cpu), milliseconds(m.p99))
		}
	}
	return r, nil
}
