package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/login"
	"github.com/tenantry/tenantry/internal/token"
)

// Admin is the admin API on a store that no server holds: without a port, for a command.
type Admin struct {
	http.Handler
	server *Server
}

// OpenAdmin opens the store. Of the configuration it takes the store, the root key, the admin key and the logger.
func OpenAdmin(ctx context.Context, config Config) (*Admin, error) {
	s := &Server{config: config.withDefaults(), observer: newObserver()}
	if err := s.openStore(ctx, "another tenantry command"); err != nil {
		return nil, errors.Join(err, s.Close(ctx))
	}
	s.wire()
	mux := http.NewServeMux()
	s.admin(mux)
	return &Admin{mux, s}, nil
}

// Close closes the store.
func (a *Admin) Close(ctx context.Context) error { return a.server.Close(ctx) }

// startedKeys are the signing keys. A command starts them when it is about them, because the first key takes its time to make.
func (s *Server) startedKeys(ctx context.Context) (*token.Keys, error) {
	s.keysLock.Lock()
	defer s.keysLock.Unlock()
	if s.keys != nil {
		return s.keys, nil
	}
	keys := &token.Keys{Store: s.store, Root: s.root, Now: s.config.Now, Rand: s.config.Rand}
	if err := keys.Start(ctx); err != nil {
		return nil, err
	}
	s.keys = keys
	return keys, nil
}

// registry is who takes part, for the admin API.
func (s *Server) registry() *csp.Registry {
	return &csp.Registry{
		Store: s.store,
		IDs:   s.ids,
		Now:   s.config.Now,
		FirstPassword: func(tenant csp.ID) (string, []byte, error) {
			salt := make([]byte, 16)
			if _, err := io.ReadFull(s.chance(), salt); err != nil {
				return "", nil, err
			}
			return s.root.FirstPassword(tenant, salt), token.DerivedCredential(salt), nil
		},
		NewSecret: func(app csp.ID) (string, []byte, error) {
			secret, err := s.root.NewSecret(s.config.Rand)
			return secret, s.root.HashSecret(app, secret), err
		},
		ReadCertificate: func(text string) ([]byte, error) { return token.ReadCertificate([]byte(text)) },
		DescribeCertificate: func(der []byte) (string, time.Time) {
			certificate, err := token.ParseCertificate(der)
			if err != nil { // it was read before it was kept
				return token.Thumbprint(der), time.Time{}
			}
			return token.Thumbprint(der), certificate.NotAfter.UTC()
		},
		Reserved: login.IsReserved,
	}
}
