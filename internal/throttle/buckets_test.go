package throttle_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tenantry/tenantry/internal/throttle"
)

// clock is moved by the test alone.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time { return c.now }

// call is one of a table: so much later than the one before, under a key, at a cost.
type call struct {
	after time.Duration
	key   string
	cost  int
	wait  time.Duration
	ok    bool
}

func TestTake(t *testing.T) {
	for _, test := range []struct {
		name  string
		limit throttle.Limit
		calls []call
	}{
		{"no limit", throttle.Limit{}, []call{{cost: 1, ok: true}, {cost: 1 << 40, ok: true}}},
		{"a burst, and no more", throttle.Limit{PerMinute: 6, Burst: 2}, []call{
			{cost: 1, ok: true},
			{cost: 1, ok: true, wait: 10 * time.Second},
			{cost: 1, wait: 20 * time.Second},
		}},
		{"tokens come in one by one", throttle.Limit{PerMinute: 6, Burst: 2}, []call{
			{cost: 2, ok: true, wait: 20 * time.Second},
			{after: 10 * time.Second, cost: 1, ok: true, wait: 10 * time.Second},
			{after: 20 * time.Second, cost: 1, ok: true},
			{cost: 1, ok: true, wait: 10 * time.Second},
		}},
		{"no more than a burst comes in", throttle.Limit{PerMinute: 6, Burst: 2}, []call{
			{cost: 2, ok: true, wait: 20 * time.Second},
			{after: 24 * time.Hour, cost: 2, ok: true, wait: 20 * time.Second},
			{cost: 1, wait: 20 * time.Second},
		}},
		{"a moment too early", throttle.Limit{PerMinute: 6, Burst: 1}, []call{
			{cost: 1, ok: true, wait: 10 * time.Second},
			{after: 10*time.Second - 1, cost: 1, wait: 10*time.Second + 1},
			{after: 10*time.Second + 1, cost: 1, ok: true, wait: 10 * time.Second},
		}},
		{"refused calls count", throttle.Limit{PerMinute: 60, Burst: 10}, []call{
			{cost: 10, ok: true, wait: 10 * time.Second},
			{cost: 1, wait: 2 * time.Second},
			{cost: 1, wait: 3 * time.Second},
			{cost: 5, wait: 12 * time.Second},
			{after: 8 * time.Second, cost: 1, ok: true, wait: time.Second},
		}},
		{"a debt ends at a burst", throttle.Limit{PerMinute: 60, Burst: 10}, []call{
			{cost: 10, ok: true, wait: 10 * time.Second},
			{cost: 10, wait: 20 * time.Second},
			{cost: 10, wait: 20 * time.Second},
			{cost: 1, wait: 11 * time.Second},
			{after: 11 * time.Second, cost: 1, ok: true, wait: time.Second},
		}},
		{"a cost above the burst is the burst", throttle.Limit{PerMinute: 60, Burst: 2}, []call{
			{cost: 5, ok: true, wait: 2 * time.Second},
			{cost: 5, wait: 4 * time.Second},
			{after: 4 * time.Second, cost: 5, ok: true, wait: 2 * time.Second},
		}},
		{"a rate that divides no minute", throttle.Limit{PerMinute: 7, Burst: 3}, []call{
			{cost: 1, ok: true},
			{cost: 1, ok: true},
			{cost: 1, ok: true, wait: time.Minute / 7},
		}},
		{"keys are apart", throttle.Limit{PerMinute: 60, Burst: 1}, []call{
			{key: "a", cost: 1, ok: true, wait: time.Second},
			{key: "a", cost: 1, wait: 2 * time.Second},
			{key: "b", cost: 1, ok: true, wait: time.Second},
		}},
		{"a clock that is set back", throttle.Limit{PerMinute: 60, Burst: 2}, []call{
			{cost: 2, ok: true, wait: 2 * time.Second},
			{after: -24 * time.Hour, cost: 1, wait: 3 * time.Second},
			{after: 3 * time.Second, cost: 1, ok: true, wait: time.Second},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			clock := newClock()
			buckets := &throttle.Buckets[string]{Limit: test.limit, Now: clock.Now}
			for i, call := range test.calls {
				clock.now = clock.now.Add(call.after)
				wait, ok := buckets.Take(call.key, call.cost)
				if wait != call.wait || ok != call.ok {
					t.Errorf("call %d: got %v, %v, want %v, %v", i+1, wait, ok, call.wait, call.ok)
				}
			}
		})
	}
}

// TestWaitIsExact calls as it likes and then waits as long as told: the call passes then, and did not have to wait longer
// than two bursts.
func TestWaitIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := throttle.Limit{PerMinute: rapid.IntRange(1, 1_000_000).Draw(t, "rate"), Burst: rapid.IntRange(1, 1000).Draw(t, "burst")}
		clock := newClock()
		buckets := &throttle.Buckets[string]{Limit: limit, Now: clock.Now}
		cost := rapid.IntRange(1, 10)
		for range rapid.IntRange(0, 50).Draw(t, "calls") {
			clock.now = clock.now.Add(time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "after")))
			buckets.Take("", cost.Draw(t, "cost"))
		}
		again := cost.Draw(t, "again")
		wait, ok := buckets.Take("", again)
		if longest := 2 * time.Duration(limit.Burst) * (time.Minute / time.Duration(limit.PerMinute)); wait > longest || !ok && wait <= 0 {
			t.Errorf("got a wait of %v after %v, want at most %v", wait, ok, longest)
		}
		clock.now = clock.now.Add(wait)
		if next, ok := buckets.Take("", again); !ok {
			t.Errorf("refused after the %v that it was told to wait; now %v", wait, next)
		}
	})
}

// TestManyAtOnce lets many callers at one bucket: exactly the burst passes.
func TestManyAtOnce(t *testing.T) {
	const burst = 100
	buckets := &throttle.Buckets[string]{Limit: throttle.Limit{PerMinute: 1, Burst: burst}, Now: newClock().Now}
	var passed atomic.Int64
	var callers sync.WaitGroup
	for range 50 {
		callers.Go(func() {
			for range 10 {
				if _, ok := buckets.Take("a", 1); ok {
					passed.Add(1)
				}
			}
		})
	}
	callers.Wait()
	if got := passed.Load(); got != burst {
		t.Errorf("%d of 500 calls passed, want %d", got, burst)
	}
}

// TestFlood calls under more keys than are remembered: a bucket that is in use stays what it is, and one long out of use is
// forgotten and starts full.
func TestFlood(t *testing.T) {
	buckets := &throttle.Buckets[int]{Limit: throttle.Limit{PerMinute: 1, Burst: 1}, Now: newClock().Now}
	buckets.Take(-1, 1)
	buckets.Take(-2, 1)
	for key := range 1 << 17 {
		if _, ok := buckets.Take(key, 1); !ok {
			t.Fatalf("key %d was refused its first call", key)
		}
		if _, ok := buckets.Take(-1, 1); ok {
			t.Fatalf("after %d others the bucket in use was full again", key)
		}
	}
	if _, ok := buckets.Take(-2, 1); !ok {
		t.Error("the bucket out of use was remembered for ever")
	}
}

// TestRealClock: a nil Now is the real one.
func TestRealClock(t *testing.T) {
	buckets := &throttle.Buckets[string]{Limit: throttle.Limit{PerMinute: 1, Burst: 1}}
	if _, ok := buckets.Take("", 1); !ok {
		t.Error("the first call was refused")
	}
	if wait, ok := buckets.Take("", 1); ok || wait > 2*time.Minute || wait <= 0 {
		t.Errorf("got %v, %v, want a wait of up to two minutes", wait, ok)
	}
}
