package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/login"
	"github.com/tenantry/tenantry/internal/port"
	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/token"
)

const (
	maxHeader = 64 << 10 // of a request
	tendEvery = 10 * time.Minute
)

// Server is a running Tenantry.
type Server struct {
	config    Config
	root      token.Root
	store     *store.DB
	keys      *token.Keys
	keysLock  sync.Mutex // held where keys are started
	passwords *token.Passwords
	ids       *csp.IDs
	customers *csp.Customers

	clock   *clock     // nil: it cannot be moved
	tending sync.Mutex // held by who drops what has been kept long enough

	userRequests *csp.UserRequestLog

	users     *csp.Users
	gates     gates
	observer  *observer
	authority *port.Authority

	signerLock sync.Mutex
	signer     *token.WebhookSigner

	listener net.Listener
	http     *http.Server
	served   chan error

	background sync.WaitGroup
	stop       context.CancelFunc
	outdated   atomic.Pointer[error] // why this server cannot go on
}

// Open starts a server: it answers requests when Open returns.
func Open(ctx context.Context, config Config) (*Server, error) {
	s := &Server{config: config.withDefaults(), observer: newObserver(), served: make(chan error, 1)}
	if s.config.MovableClock {
		s.clock = &clock{real: s.config.Now, passed: s.tendOnce}
		s.config.Now = s.clock.Now
	}
	if err := s.open(ctx); err != nil {
		return nil, errors.Join(err, s.Close(ctx))
	}
	return s, nil
}

func (s *Server) open(ctx context.Context) error {
	if err := s.openStore(ctx, "tenantry at "+s.config.Listen); err != nil {
		return err
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	if _, err := s.startedKeys(background); err != nil {
		return fmt.Errorf("signing keys: %w", err)
	}
	newest, err := s.store.NewestOrder(ctx)
	if err != nil {
		return err
	}
	s.wire()
	s.ids.StartAfter(newest)
	if err := s.fill(ctx, s.config.World); err != nil {
		return fmt.Errorf("fill the world: %w", err)
	}
	s.background.Go(func() { s.tend(background) })
	if err := s.listen(); err != nil {
		return err
	}
	s.background.Go(func() { s.sendWebhooks(background) })
	s.background.Go(func() { s.userRequests.Run(background) })
	if s.store.Shared() {
		s.background.Go(func() { s.followOthers(background) })
	}
	return nil
}

// openStore opens the store and the root key that belongs to it.
func (s *Server) openStore(ctx context.Context, owner string) (err error) {
	s.store, err = store.Open(ctx, s.config.Store, store.Options{
		Now:       s.config.Now,
		Owner:     owner,
		Committed: s.observer.committed,
		Troubled:  s.troubled,

		Replica: s.config.Replica, ReplicaMost: s.config.ReplicaMost, ReplicaTroubled: s.replicaTroubled,
	})
	if err != nil {
		return err
	}
	s.root, err = OpenRoot(ctx, s.store, s.config.RootKey, s.config.Dir, s.config.Rand)
	return err
}

// troubled logs once that writes are refused, and once that they are not any more.
func (s *Server) troubled(err error) {
	if err != nil {
		s.config.Logger.Error("the store cannot write; requests that change something are answered 503 until it can", "err", err)
		return
	}
	s.config.Logger.Info("the store writes again")
}

// replicaTroubled logs once that nothing is read from the replica, and once that it is again.
func (s *Server) replicaTroubled(err error) {
	if err != nil {
		s.config.Logger.Warn("nothing is read from the replica: it is away, or too far behind", "err", err)
		return
	}
	s.config.Logger.Info("reads that may be stale go to the replica again")
}

// listen opens the port and serves it.
func (s *Server) listen() error {
	tcp, err := net.Listen("tcp", s.config.Listen)
	if err != nil {
		return err
	}
	files := port.Files{Cert: s.config.TLSCert, Key: s.config.TLSKey, OnError: func(err error) {
		s.config.Logger.Error("certificate not reloaded", "err", err)
	}}
	config, err := files.Config()
	if s.ownAuthority() {
		s.authority = &port.Authority{Dir: s.config.Dir}
		if err = s.authority.Open(); err == nil {
			config, err = s.authority.Config(s.config.TLSNames...)
		}
	}
	if err != nil {
		return errors.Join(err, tcp.Close())
	}
	s.serve(tcp, config)
	return nil
}

// serve answers what comes in, until Close.
func (s *Server) serve(tcp net.Listener, config *tls.Config) {
	limit := s.maxConnections()
	connections := newConnections(tcp, limit)
	s.observer.connections(connections)
	timeouts := s.config.Timeouts
	s.listener = &port.Listener{Listener: connections, TLS: config, Timeout: timeouts.Header}
	http1 := new(http.Protocols)
	http1.SetHTTP1(true) // and no other: nobody needs streams here, and nobody can then reset them by the thousand
	s.http = &http.Server{
		Handler:           s.handler(),
		Protocols:         http1,
		ReadHeaderTimeout: timeouts.Header, // bounds the TLS handshake, too
		ReadTimeout:       timeouts.Read,
		WriteTimeout:      timeouts.Write,
		IdleTimeout:       timeouts.Idle,
		MaxHeaderBytes:    maxHeader,
		ConnState:         connections.state,
		ErrorLog:          noise(s.config.Logger),
	}
	s.background.Go(s.watch)
}

// watch serves until [Server.Close]. What ends it before that is told by [Server.Done].
func (s *Server) watch() {
	defer close(s.served)
	ended := make(chan error, 1)
	go func() { ended <- s.http.Serve(s.listener) }()
	failed := s.store.Failed()
	for {
		select {
		case <-failed: // whoever runs the server ends it; until then it answers what it can
			s.config.Logger.Error("the store has failed; start the server anew", "err", s.store.Failure())
			s.served <- s.store.Failure()
			failed = nil
		case err := <-ended:
			if outdated := s.outdated.Load(); outdated != nil {
				s.served <- *outdated
			} else if !errors.Is(err, http.ErrServerClosed) && failed != nil {
				s.served <- err
			}
			return
		}
	}
}

// ownAuthority reports whether certificates come from the local CA.
func (s *Server) ownAuthority() bool { return s.config.TLSCert == "" }

// tend does now and then what time asks for.
func (s *Server) tend(ctx context.Context) {
	ticker := time.NewTicker(tendEvery)
	defer ticker.Stop()
	for {
		s.tendOnce(ctx)
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// tendOnce drops what has been kept long enough (answers of the ledger, audit records, codes and refresh tokens, deleted users),
// and lets signing keys follow each other.
func (s *Server) tendOnce(ctx context.Context) {
	s.tending.Lock()
	defer s.tending.Unlock()
	for what, err := range map[string]error{
		"old calls not forgotten":              second(s.store.ForgetCalls(ctx, s.config.ReplayFor)),
		"old audit records not forgotten":      second(s.store.ForgetAudit(ctx, (csp.AuditKept+1)*24*time.Hour)),
		"old grants not forgotten":             second(s.store.ForgetGrants(ctx, login.RefreshKept)),
		"signing keys not rotated":             s.keys.Rotate(ctx),
		"old webhook deliveries not forgotten": second(s.store.ForgetDeliveries(ctx, csp.DeliveriesKept)),
		"old requests of users not forgotten":  second(s.store.ForgetUserRequests(ctx, csp.UserRequestsKept)),
		"granular relationships not expired":   second(s.store.ExpireGranularRelationships(ctx)),
		"deleted users not purged":             second(s.store.ForgetUsers(ctx, csp.UsersRestorable)),
	} {
		if err != nil && ctx.Err() == nil {
			s.config.Logger.Error(what, "err", err)
		}
	}
	if err := s.forgetShared(ctx); err != nil && ctx.Err() == nil {
		s.config.Logger.Error("what servers counted together not forgotten", "err", err)
	}
}

func second[T any](_ T, err error) error { return err }

// Addr is where the server listens.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// URL is what a client on this machine reaches the server by, in plain HTTP where that is served.
func (s *Server) URL() string {
	scheme := "http"
	if !s.plainHTTP() {
		scheme = "https"
	}
	return scheme + "://" + s.host()
}

// host is a name for the address that the certificate holds.
func (s *Server) host() string {
	host, number, err := net.SplitHostPort(s.Addr().String())
	if err != nil {
		return s.Addr().String()
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, number)
}

// CA is the file with the local CA's certificate; empty where there is none.
func (s *Server) CA() string {
	if s.authority == nil {
		return ""
	}
	return s.authority.Path()
}

// CAPEM is the local CA's certificate; nil where there is none.
func (s *Server) CAPEM() []byte {
	if s.authority == nil {
		return nil
	}
	return s.authority.PEM()
}

// Done yields the error that ended the serving, or after which the store takes no more writes, or is closed by [Server.Close].
func (s *Server) Done() <-chan error { return s.served }

// Close stops taking requests, lets those under way end as long as the context allows, and closes the store.
func (s *Server) Close(ctx context.Context) error {
	var errs []error
	if s.http != nil {
		errs = append(errs, s.http.Shutdown(ctx))
	}
	if s.stop != nil {
		s.stop()
	}
	s.background.Wait()
	if s.keys != nil {
		errs = append(errs, s.keys.Close())
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	return errors.Join(errs...)
}
