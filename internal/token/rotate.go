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

// KeyUse is what a signing key does now.
type KeyUse string

// The uses of a signing key.
const (
	KeySigns  KeyUse = "signs"
	KeyNext   KeyUse = "next"   // published, and its time has not come
	KeyFormer KeyUse = "former" // what it signed is trusted
)

// KeyRecord is a signing key as whoever runs the server sees it.
type KeyRecord struct {
	ID   string    `json:"kid"`
	Use  KeyUse    `json:"use"`
	From time.Time `json:"from"` // when it begins to sign
}

// Records are the keys that are published, the newest first.
func (k *Keys) Records(ctx context.Context) ([]KeyRecord, error) {
	if err := k.Wait(ctx); err != nil {
		return nil, err
	}
	if err := k.load(ctx); err != nil {
		return nil, err
	}
	signing := k.signing()
	var records []KeyRecord
	use := KeyNext
	for _, key := range k.known() {
		record := KeyRecord{ID: key.id, Use: use, From: key.created.UTC()}
		if key == signing {
			record.Use, use = KeySigns, KeyFormer
		}
		records = append(records, record)
	}
	return records, nil
}

// Succeed makes the next key before its time. It is published at once and signs a day later, when all clients know it; the
// present one stays trusted as long as after any rotation. One that waits for its time already is enough.
func (k *Keys) Succeed(ctx context.Context) error {
	if err := k.Wait(ctx); err != nil {
		return err
	}
	if err := k.load(ctx); err != nil {
		return err
	}
	now := clock(k.Now)
	if k.known()[0].created.After(now) {
		return nil
	}
	return k.add(ctx, nil, now.Add(keyAhead))
}

// Replace makes a key that signs from now on, and ends all others: what they signed is trusted no more. It is for keys that
// somebody else may have. Servers that share the store follow when they reload.
func (k *Keys) Replace(ctx context.Context) error {
	if err := k.Wait(ctx); err != nil {
		return err
	}
	stored, err := makeKey(k.Root, nil, clock(k.Now))
	if err != nil {
		return fmt.Errorf("make a signing key: %w", err)
	}
	if err := k.Store.AddSigningKey(ctx, stored); err != nil {
		return fmt.Errorf("keep the signing key: %w", err)
	}
	if err := k.load(ctx); err != nil {
		return err
	}
	for _, key := range k.known() {
		if key.id == stored.ID {
			continue
		}
		if err := k.Store.DropSigningKey(ctx, key.id); err != nil {
			return fmt.Errorf("drop the signing key %s: %w", key.id, err)
		}
	}
	return k.load(ctx)
}
