package throttle

import (
	"context"
	"sync"
	"time"

	"github.com/tenantry/tenantry/internal/recent"
)

// share is the part of a burst that is drawn at once from a bucket that others draw from as well.
const share = 8

// Shared is buckets like those of [Buckets] that several processes take from together. Each draws tokens in advance, an eighth of a
// burst or as many as a call costs, and hands them out by itself; while there are none nobody draws. All together give out no more
// than one of them would, and for each process at most as much again as it draws at once: what it had drawn before and not used.
// As much may be refused too early, because another process has it.
type Shared[K comparable] struct {
	Limit Limit            // zero: none, everything passes
	Now   func() time.Time // nil: the real clock

	// Draw takes tokens from the bucket that all share, written as the time in which they come in, and says when it will be full
	// again. It may go into debt, but no deeper than a burst.
	Draw func(ctx context.Context, key K, tokens, burst time.Duration) (full time.Time, err error)

	mu   sync.Mutex
	used recent.Map[K, *pocket]
}

// pocket is what has been drawn of a key's bucket and not been handed out. Below zero it is debt: calls that were refused count.
type pocket struct {
	mu   sync.Mutex // held while it is filled: who comes meanwhile finds it full
	left time.Duration
	from time.Time // when all of it may be used; before it is so much less
}

// Take takes so many tokens, and reports whether they were there, and how long it will be until as many are there again, as
// [Buckets.Take] does.
func (b *Shared[K]) Take(ctx context.Context, key K, cost int) (wait time.Duration, ok bool, err error) {
	if b.Limit == (Limit{}) {
		return 0, true, nil
	}
	burst := b.Limit.refill(b.Limit.Burst)
	price := min(b.Limit.refill(cost), burst)
	own := b.pocket(key)

	own.mu.Lock()
	defer own.mu.Unlock()
	now := b.now()
	if own.left < price && !now.Before(own.from) {
		tokens := max(burst/share, price) - min(own.left, 0)
		full, err := b.Draw(ctx, key, tokens, burst)
		if err != nil {
			return 0, false, err
		}
		own.left += tokens
		own.from = full.Add(-burst)
	}
	until := max(own.from.Sub(now), 0)
	if own.left-until >= price {
		own.left -= price
		return 0, true, nil
	}
	own.left = max(own.left-price, price-burst)
	return until + price - own.left, false, nil
}

func (b *Shared[K]) now() time.Time {
	if b.Now == nil {
		return time.Now()
	}
	return b.Now()
}

// pocket is the key's own, an empty one if it has none.
func (b *Shared[K]) pocket(key K) *pocket {
	b.mu.Lock()
	defer b.mu.Unlock()
	own, ok := b.used.Get(key)
	if !ok {
		own = &pocket{}
		b.used.Limit = remembered
		b.used.Put(key, own)
	}
	return own
}
