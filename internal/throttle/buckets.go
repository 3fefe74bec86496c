// Package throttle is token buckets: who calls too often is told how long to wait.
//
// It owns how calls are counted and forgotten, and how a limit is written. Who is counted, what a call costs and what a
// refusal looks like is for who asks.
package throttle

import (
	"sync"
	"time"

	"github.com/tenantry/tenantry/internal/recent"
)

// remembered is how many keys have a bucket at most. One that was out of use for so long that others took its place starts
// full again: a flood of keys costs no memory, and frees nobody who keeps calling under the same key.
const remembered = 1 << 16

// Buckets are token buckets of one size, a bucket a key. They are safe for concurrent use.
type Buckets[K comparable] struct {
	Limit Limit            // zero: none, everything passes
	Now   func() time.Time // nil: the real clock

	mu   sync.Mutex
	used recent.Map[K, *bucket]
}

// bucket says when it will be full again if nobody calls: its tokens as a time, so that none has to be put in.
type bucket struct{ full time.Time }

// Take takes so many tokens from the key's bucket and reports whether they were there, and how long it will be until as many
// are there again. A cost above the burst is the burst.
//
// Refused calls count as well: the service counts all requests, which is why nobody should retry at once. Partner Center
// docs: api-throttling-guidance. They put the bucket into debt, but no deeper than one burst: who has called for hours and
// stops waits for two bursts at most. Who waits as long as told, and lets nobody else call meanwhile, passes.
func (b *Buckets[K]) Take(key K, cost int) (wait time.Duration, ok bool) {
	if b.Limit == (Limit{}) {
		return 0, true
	}
	burst := b.Limit.refill(b.Limit.Burst)
	price := min(b.Limit.refill(cost), burst)

	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	own := b.bucket(key)
	missing := max(own.full.Sub(now), 0) + price // once this call is paid
	ok = missing <= burst
	missing = min(missing, 2*burst)
	own.full = now.Add(missing)
	return max(missing+price-burst, 0), ok
}

func (b *Buckets[K]) now() time.Time {
	if b.Now == nil {
		return time.Now()
	}
	return b.Now()
}

// bucket is the key's own, a full one if it has none.
func (b *Buckets[K]) bucket(key K) *bucket {
	own, ok := b.used.Get(key)
	if !ok {
		own = &bucket{}
		b.used.Limit = remembered
		b.used.Put(key, own)
	}
	return own
}
