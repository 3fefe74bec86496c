package server

import (
	"context"
	"errors"
	"time"

	"github.com/tenantry/tenantry/internal/store"
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
	_, err := s.store.ForgetBuckets(ctx)
	return err
}
