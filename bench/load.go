package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"
)

// grace is how long after the end of a window a request that is under way may still take.
const grace = 30 * time.Second

// load is requests of one operation on one server: every connection sends its next request when the answer to
// the last one is read.
type load struct {
	server      *server
	operation   operation
	connections int
	warmup      time.Duration
	window      time.Duration

	// stays says how long who is refused stays away; see [crowd]. If it is nil a refusal ends the load.
	stays func(told time.Duration) time.Duration
}

// measurement is what a load has shown within its window.
type measurement struct {
	rate       float64 // requests a second
	refused    float64 // a second, beside them
	p50, p99   time.Duration
	cpu        time.Duration // of the server, per request
	clientCPU  time.Duration // of the load generator, per request
	peakMemory int64         // of the server, its own
	resident   int64         // the most that was resident of the server
	others     float64       // the share of the machine that other programs took
}

// run sends the load and adds to the server's customers those that it created. Any error, or an answer with
// another status than expected, ends it.
func (l load) run(ctx context.Context) (measurement, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	begin := time.Now().Add(l.warmup)
	end := begin.Add(l.window)
	workers := make([]*worker, l.connections)
	for i := range workers {
		c, err := dial(ctx, l.server.addr, end.Add(grace))
		if err != nil {
			return measurement{}, err
		}
		defer c.Close()
		workers[i] = &worker{
			conn:      c,
			operation: l.operation,
			request:   l.operation.request(l.server),
			random:    rand.NewPCG(rand.Uint64(), rand.Uint64()),
			begin:     begin,
			end:       end,
			stays:     l.stays,
		}
	}

	var running sync.WaitGroup
	for _, w := range workers {
		running.Go(func() {
			interrupt := context.AfterFunc(ctx, func() { w.conn.Close() })
			defer interrupt()
			if err := w.run(); err != nil {
				cancel(err)
			}
		})
	}
	m, err := l.watch(ctx, begin, end)
	if err != nil {
		cancel(err)
	}
	running.Wait()
	if err := context.Cause(ctx); err != nil {
		return measurement{}, errors.Join(err, l.server.process.lastWords())
	}

	var latencies []time.Duration
	refused := 0
	for _, w := range workers {
		refused += w.refused
		latencies = append(latencies, w.latencies...)
		l.server.ids = append(l.server.ids, w.ids...)
		l.server.created += len(w.ids)
	}
	if len(latencies) == 0 {
		return measurement{}, fmt.Errorf("no request was answered in %v", l.window)
	}
	slices.Sort(latencies)
	n := len(latencies)
	m.rate = float64(n) / l.window.Seconds()
	m.refused = float64(refused) / l.window.Seconds()
	m.p50 = quantile(latencies, 0.50)
	m.p99 = quantile(latencies, 0.99)
	m.cpu /= time.Duration(n)
	m.clientCPU /= time.Duration(n)
	return m, nil
}

// watch reads the processes at both ends of the window; the times in its answer are totals.
func (l load) watch(ctx context.Context, begin, end time.Time) (measurement, error) {
	if err := sleepUntil(ctx, begin); err != nil {
		return measurement{}, err
	}
	resetPeak(l.server.pid())
	before, err := l.usage()
	if err != nil {
		return measurement{}, err
	}
	peak, err := l.peakMemory(ctx, end)
	if err != nil {
		return measurement{}, err
	}
	after, err := l.usage()
	if err != nil {
		return measurement{}, err
	}
	resident, err := memory(l.server.pid(), residentPeak)
	if err != nil {
		return measurement{}, err
	}
	m := measurement{
		cpu:        after.server - before.server,
		clientCPU:  after.client - before.client,
		peakMemory: peak,
		resident:   resident,
	}
	others := after.machine - before.machine - m.cpu - m.clientCPU
	m.others = max(0, others.Seconds()/l.window.Seconds()/float64(runtime.NumCPU()))
	return m, nil
}

// peakMemory looks at the server's own memory again and again until end, because the kernel keeps no peak of it.
func (l load) peakMemory(ctx context.Context, end time.Time) (peak int64, err error) {
	const pause = 50 * time.Millisecond
	for {
		now, err := memory(l.server.pid(), ownMemory)
		if err != nil {
			return 0, err
		}
		peak = max(peak, now)
		next := time.Now().Add(pause)
		if next.After(end) {
			return peak, sleepUntil(ctx, end)
		}
		if err := sleepUntil(ctx, next); err != nil {
			return 0, err
		}
	}
}

// usage is processor time spent so far: by the server, by this process, and by all together.
type usage struct{ server, client, machine time.Duration }

func (l load) usage() (u usage, err error) {
	if u.server, err = cpuTime(l.server.pid()); err != nil {
		return u, err
	}
	if u.client, err = cpuTime(os.Getpid()); err != nil {
		return u, err
	}
	u.machine, err = busyTime()
	return u, err
}

// worker is one connection at work.
type worker struct {
	conn       *conn
	operation  operation
	request    request
	random     *rand.PCG
	begin, end time.Time
	stays      func(time.Duration) time.Duration

	refused   int // within the window
	latencies []time.Duration
	ids       []customerID
}

func (w *worker) run() error {
	for {
		bytes := w.request.next(w.random)
		start := time.Now()
		if !start.Before(w.end) {
			return nil
		}
		status, body, err := w.conn.do(bytes)
		done := time.Now()
		if err != nil {
			return err
		}
		if status == http.StatusServiceUnavailable && w.stays != nil {
			if !done.Before(w.begin) && done.Before(w.end) {
				w.refused++
			}
			time.Sleep(min(w.stays(w.conn.retryAfter), time.Until(w.end)))
			continue
		}
		if status != w.operation.status {
			return unexpected(status, w.operation.status, body)
		}
		if w.operation.name == create.name {
			id, err := firstID(body)
			if err != nil {
				return err
			}
			w.ids = append(w.ids, id)
		}
		if !done.Before(w.begin) && done.Before(w.end) {
			w.latencies = append(w.latencies, done.Sub(start))
		}
	}
}

// quantile returns the smallest of the sorted values that at least the share q of them does not exceed.
func quantile[T any](sorted []T, q float64) T {
	i := int(q * float64(len(sorted)))
	if float64(i) == q*float64(len(sorted)) {
		i--
	}
	return sorted[min(max(i, 0), len(sorted)-1)]
}

func sleepUntil(ctx context.Context, t time.Time) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(time.Until(t)):
		return nil
	}
}
