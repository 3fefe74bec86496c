package token

import (
	"context"
	"fmt"
	"io"
	"time"
)

// How signing keys follow each other. Clients keep the published keys for a day (seen in MSAL and in OWIN's middleware), so a
// key is published that long before it signs, and that long after its last token.
const (
	keyUse   = 42 * 24 * time.Hour // about as long as the real service's
	keyAhead = 24 * time.Hour
	keyKept  = 24 * time.Hour // much longer than a token lives
)

// Rotate makes the next key when it is time to publish it, and drops those whose tokens have long expired. It is to be called
// from time to time, by each of the servers that share a store: so they also learn of each other's keys. That two make
// the next key at once does no harm; all agree on which of them signs.
func (k *Keys) Rotate(ctx context.Context) error {
	if err := k.Wait(ctx); err != nil {
		return err
	}
	if err := k.load(ctx); err != nil {
		return err
	}
	now := clock(k.Now)
	last := k.known()[0].created
	if !now.Before(last.Add(keyUse - keyAhead)) {
		next := last.Add(keyUse)
		if soonest := now.Add(keyAhead); next.Before(soonest) {
			next = soonest
		}
		if err := k.add(ctx, nil, next); err != nil {
			return err
		}
	}
	return k.drop(ctx, now)
}

// add makes a key that signs from the time given, and keeps it.
func (k *Keys) add(ctx context.Context, seeded io.Reader, from time.Time) error {
	stored, err := makeKey(k.Root, seeded, from)
	if err != nil {
		return fmt.Errorf("make a signing key: %w", err)
	}
	if err := k.Store.AddSigningKey(ctx, stored); err != nil {
		return fmt.Errorf("keep the signing key: %w", err)
	}
	return k.load(ctx) // another server may have added one as well
}

// drop removes the keys whose successor has signed for long enough.
func (k *Keys) drop(ctx context.Context, now time.Time) error {
	keys := k.known()
	dropped := false
	for i, key := range keys {
		if i == 0 || now.Before(keys[i-1].created.Add(keyKept)) {
			continue
		}
		if err := k.Store.DropSigningKey(ctx, key.id); err != nil {
			return fmt.Errorf("drop the signing key %s: %w", key.id, err)
		}
		dropped = true
	}
	if !dropped {
		return nil
	}
	return k.load(ctx)
}
