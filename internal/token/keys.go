package token

import (
	"cmp"
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"
)

var errNotStarted = errors.New("the signing keys were not started")

// refreshEvery is how often an unknown key may make us look into the store.
const refreshEvery = time.Second

// Keys are the signing keys of a server, and of those that share its store. Fill in the fields, then Start.
type Keys struct {
	Store KeyStore
	Root  Root
	Now   func() time.Time // nil: the real clock
	Rand  io.Reader        // nil: the real source; else the first key follows from it

	stop  context.CancelFunc
	ready chan struct{} // closed when the first key is there, or err
	err   error         // why there was no key then
	keys  atomic.Pointer[[]*signingKey]

	loading sync.Mutex // held while keys are read: what was read last counts

	refreshing sync.Mutex
	refreshed  time.Time
}

// Start loads the keys. If there is none, the first is made in the background, because that takes up to half a second:
// what needs a key waits for it. The keys outlive ctx; Close ends them.
func (k *Keys) Start(ctx context.Context) error {
	if err := k.load(ctx); err != nil {
		return err
	}
	seeded, err := k.independent()
	if err != nil {
		return err
	}
	ctx, k.stop = context.WithCancel(context.WithoutCancel(ctx))
	k.ready = make(chan struct{})
	if len(k.known()) > 0 {
		close(k.ready)
		return nil
	}
	created := clock(k.Now)
	go func() {
		defer close(k.ready)
		k.err = k.add(ctx, seeded, created)
	}()
	return nil
}

// independent is a source for the background: reads of k.Rand that interleave with others' would make neither repeatable.
func (k *Keys) independent() (io.Reader, error) {
	if k.Rand == nil {
		return nil, nil
	}
	var seed [32]byte
	if _, err := io.ReadFull(k.Rand, seed[:]); err != nil {
		return nil, fmt.Errorf("random bytes: %w", err)
	}
	return rand.NewChaCha8(seed), nil
}

// Reload learns of the keys that other servers have added or ended. What an ended key signed is refused from then on.
func (k *Keys) Reload(ctx context.Context) error {
	if err := k.Wait(ctx); err != nil {
		return err
	}
	return k.load(ctx)
}

// load reads all keys from the store.
func (k *Keys) load(ctx context.Context) error {
	k.loading.Lock()
	defer k.loading.Unlock()
	stored, err := k.Store.SigningKeys(ctx)
	if err != nil {
		return fmt.Errorf("signing keys: %w", err)
	}
	keys := make([]*signingKey, 0, len(stored))
	for _, s := range stored {
		key := find(k.known(), s.ID)
		if key == nil {
			if key, err = unsealKey(k.Root, s); err != nil {
				return err
			}
		}
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b *signingKey) int {
		// Two servers that made a key in the same moment agree on the order.
		return cmp.Or(b.created.Compare(a.created), strings.Compare(a.id, b.id))
	})
	k.keys.Store(&keys)
	return nil
}

// refresh loads the keys that other servers may have added, but seldom: anybody can make up the id of a key.
func (k *Keys) refresh(ctx context.Context) error {
	k.refreshing.Lock()
	defer k.refreshing.Unlock()
	if time.Since(k.refreshed) < refreshEvery { // by the real clock; the server's own may stand still
		return nil
	}
	k.refreshed = time.Now()
	return k.load(ctx)
}

// Close waits until nothing runs in the background.
func (k *Keys) Close() error {
	if k.ready != nil {
		k.stop()
		<-k.ready
	}
	return nil
}

// Wait waits until there are keys, or tells why there are none.
func (k *Keys) Wait(ctx context.Context) error {
	if k.ready == nil {
		return errNotStarted
	}
	select {
	case <-k.ready:
		return k.made(ctx)
	default:
	}
	select {
	case <-k.ready:
		return k.made(ctx)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// made makes the first key if it could not be made or kept when the server started. One caller at a time tries, the others are told
// what went wrong then.
func (k *Keys) made(ctx context.Context) error {
	if k.err == nil || len(k.known()) > 0 {
		return nil
	}
	if !k.refreshing.TryLock() {
		return k.err
	}
	defer k.refreshing.Unlock()
	if err := k.load(ctx); err != nil || len(k.known()) > 0 {
		return err // perhaps it was kept, or another server has made one
	}
	return k.add(ctx, nil, clock(k.Now))
}

// known are the loaded keys, newest first.
func (k *Keys) known() []*signingKey {
	if keys := k.keys.Load(); keys != nil {
		return *keys
	}
	return nil
}

// JWKS is the document of the public keys, those of other servers included. In the v2 form each key names its issuer; in
// the v1 form, of no issuer, none does.
func (k *Keys) JWKS(ctx context.Context, issuer string) (*JWKSet, error) {
	if err := k.Wait(ctx); err != nil {
		return nil, err
	}
	if err := k.refresh(ctx); err != nil {
		return nil, err
	}
	set := &JWKSet{}
	for _, key := range k.known() {
		set.Keys = append(set.Keys, key.jwk(issuer))
	}
	return set, nil
}

// SignAccess makes an access token.
func (k *Keys) SignAccess(ctx context.Context, claims *Claims) (string, error) {
	return k.sign(ctx, claims)
}

// SignID makes an id token.
func (k *Keys) SignID(ctx context.Context, claims *IDClaims) (string, error) {
	return k.sign(ctx, claims)
}

func (k *Keys) sign(ctx context.Context, claims any) (string, error) {
	if err := k.Wait(ctx); err != nil {
		return "", err
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	signed, err := k.signing().signer.Sign(payload)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

// signing is the newest key whose time has come, or the oldest if the clock was set back behind all of them.
func (k *Keys) signing() *signingKey {
	keys, now := k.known(), clock(k.Now)
	for _, key := range keys {
		if !key.created.After(now) {
			return key
		}
	}
	return keys[len(keys)-1]
}

// public is the public key with that id, or nil.
func (k *Keys) public(ctx context.Context, id string) (*rsa.PublicKey, error) {
	if err := k.Wait(ctx); err != nil {
		return nil, err
	}
	key := find(k.known(), id)
	if key == nil {
		if err := k.refresh(ctx); err != nil {
			return nil, err
		}
		if key = find(k.known(), id); key == nil {
			return nil, nil
		}
	}
	return key.public, nil
}

func find(keys []*signingKey, id string) *signingKey {
	for _, key := range keys {
		if key.id == id {
			return key
		}
	}
	return nil
}
