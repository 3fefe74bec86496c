package throttle_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tenantry/tenantry/internal/throttle"
)

// pool is the bucket that processes share.
type pool struct {
	clock *clock
	mu    sync.Mutex
	full  time.Time
	draws int
}

func (p *pool) draw(_ context.Context, _ string, tokens, burst time.Duration) (time.Time, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.draws++
	now := p.clock.Now()
	p.full = now.Add(min(max(p.full.Sub(now), 0)+tokens, 2*burst))
	return p.full, nil
}

func (p *pool) process(limit throttle.Limit) *throttle.Shared[string] {
	return &throttle.Shared[string]{Limit: limit, Now: p.clock.Now, Draw: p.draw}
}

// TestSharedLimit has several processes asked as anybody likes: together they let no more pass than the limit and what each may
// have at hand, and who waits as long as told passes where nobody else takes anything.
func TestSharedLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := throttle.Limit{PerMinute: rapid.IntRange(1, 100_000).Draw(t, "rate"), Burst: rapid.IntRange(1, 200).Draw(t, "burst")}
		pool := &pool{clock: newClock()}
		var processes []*throttle.Shared[string]
		for range rapid.IntRange(1, 4).Draw(t, "processes") {
			processes = append(processes, pool.process(limit))
		}
		start, passed := pool.clock.Now(), 0
		take := func(i, cost int) (time.Duration, bool) {
			wait, ok, err := processes[i].Take(t.Context(), "", cost)
			if err != nil {
				t.Fatal(err)
			}
			if ok {
				passed += min(cost, limit.Burst)
			}
			return wait, ok
		}
		atHand := len(processes) * max(limit.Burst/8+1, min(5, limit.Burst))
		for range rapid.IntRange(0, 200).Draw(t, "calls") {
			pool.clock.now = pool.clock.now.Add(time.Duration(rapid.Int64Range(0, int64(time.Minute)/int64(limit.PerMinute)*3).Draw(t, "after")))
			i, cost := rapid.IntRange(0, len(processes)-1).Draw(t, "process"), rapid.IntRange(1, 5).Draw(t, "cost")
			wait, ok := take(i, cost)
			cameIn := int(pool.clock.Now().Sub(start) / (time.Minute / time.Duration(limit.PerMinute)))
			if most := limit.Burst + cameIn + atHand; passed > most {
				t.Fatalf("%d tokens were given out, want at most %d", passed, most)
			}
			if ok {
				continue
			}
			if longest := 2 * time.Duration(limit.Burst) * (time.Minute / time.Duration(limit.PerMinute)); wait <= 0 || wait > longest {
				t.Fatalf("got a wait of %v, want at most %v", wait, longest)
			}
			if rapid.Bool().Draw(t, "patient") {
				pool.clock.now = pool.clock.now.Add(wait)
				if again, ok := take(i, cost); !ok && len(processes) == 1 { // others may have been quicker
					t.Fatalf("refused after the %v that it was told to wait; now %v", wait, again)
				}
			}
		}
	})
}

// TestSharedBurst calls many times at once by three processes: together they let the burst pass, and draw seldom.
func TestSharedBurst(t *testing.T) {
	const burst, atHand = 800, 3 * 100
	limit := throttle.Limit{PerMinute: 1, Burst: burst}
	pool := &pool{clock: newClock()}
	var passed atomic.Int64
	var callers sync.WaitGroup
	for range 3 {
		process := pool.process(limit)
		for range 20 {
			callers.Go(func() {
				for range 50 {
					_, ok, err := process.Take(t.Context(), "", 1)
					if err != nil {
						t.Error(err)
					}
					if ok {
						passed.Add(1)
					}
				}
			})
		}
	}
	callers.Wait()
	if got := passed.Load(); got > burst || got < burst-atHand {
		t.Errorf("%d calls passed, want at most %d, and %d fewer at the worst", got, burst, atHand)
	}
	if pool.draws > 11 { // eight, and one that comes to nothing for each process
		t.Errorf("the bucket was drawn from %d times, want at most 11", pool.draws)
	}
}

// TestSharedFails passes on why nothing could be drawn, and draws again at the next call.
func TestSharedFails(t *testing.T) {
	pool := &pool{clock: newClock()}
	away := errors.New("the store is away")
	process := pool.process(throttle.Limit{PerMinute: 60, Burst: 1})
	process.Draw = func(context.Context, string, time.Duration, time.Duration) (time.Time, error) {
		return time.Time{}, away
	}
	if _, ok, err := process.Take(t.Context(), "", 1); ok || !errors.Is(err, away) {
		t.Errorf("got %v, %v, want %v", ok, err, away)
	}
	process.Draw = pool.draw
	if _, ok, err := process.Take(t.Context(), "", 1); !ok || err != nil {
		t.Errorf("later: got %v, %v", ok, err)
	}
	if _, ok, err := (&throttle.Shared[string]{}).Take(t.Context(), "", 1); !ok || err != nil {
		t.Errorf("without a limit: got %v, %v", ok, err)
	}
}
