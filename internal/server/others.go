package server

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/throttle"
	"github.com/tenantry/tenantry/internal/token"
)

// followEvery is how long a server may not know what another one did that is not looked up at each request: that it ended a signing
// key, or changed the schema.
const followEvery = 2 * time.Second

// followOthers keeps up with the servers that share the store.
func (s *Server) followOthers(ctx context.Context) {
	ticker := time.NewTicker(followEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		err := errors.Join(s.keys.Reload(ctx), s.store.Compatible(ctx))
		if errors.Is(err, store.ErrTooNew) || errors.Is(err, store.ErrUnfinished) {
			s.outdated.Store(&err)
			if err := s.http.Close(); err != nil {
				s.config.Logger.Error("not all connections closed", "err", err)
			}
			return
		}
		if err != nil && ctx.Err() == nil {
			s.config.Logger.Warn("nothing heard of other servers", "err", err)
		}
	}
}

// forgetShared drops what is no longer counted.
func (s *Server) forgetShared(ctx context.Context) error {
	return errors.Join(second(s.store.ForgetBuckets(ctx)), second(s.store.ForgetGuesses(ctx)))
}

// tally is where servers that share the store count guesses together; nil where there is one server.
func (s *Server) tally() throttle.Tally {
	if !s.store.Shared() {
		return nil
	}
	return tally{s.root, s.store}
}

// tally lets the store hold guesses under keyed hashes: it knows neither who guesses nor what was tried.
type tally struct {
	root  token.Root
	store *store.DB
}

// The purposes of its hashes.
var (
	guesserPurpose = [16]byte([]byte("who guesses     "))
	guessPurpose   = [16]byte([]byte("what was guessed"))
)

// who is the hash of the name.
func (t tally) who(name string) [16]byte { return [16]byte(t.root.Tag(guesserPurpose, []byte(name))) }

// CountGuess implements [throttle.Tally]. Of what was tried two bytes are kept: enough to know what is repeated, and too little to
// find out with the root key what somebody has mistyped.
func (t tally) CountGuess(ctx context.Context, name, guess string, at time.Time) (throttle.Held, bool, error) {
	who, tried := t.who(name), ""
	if guess != "" {
		tried = hex.EncodeToString(t.root.Tag(guessPurpose, append(who[:], guess...))[:2])
	}
	return t.store.CountGuess(ctx, who, tried, at)
}

// Guesses implements [throttle.Tally].
func (t tally) Guesses(ctx context.Context, name string, at time.Time) (throttle.Held, error) {
	return t.store.Guesses(ctx, t.who(name), at)
}

// ForgiveGuesses implements [throttle.Tally].
func (t tally) ForgiveGuesses(ctx context.Context, name string) error {
	return t.store.ForgiveGuesses(ctx, t.who(name))
}
