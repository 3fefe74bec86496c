package server

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/admin"
	"github.com/tenantry/tenantry/internal/api"
	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/login"
	"github.com/tenantry/tenantry/internal/token"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/internal/webhook"
)

// wire builds the services.
func (s *Server) wire() {
	s.gates = newGates(s.config.MaxRequests, s.config.MaxWait)
	s.observer.gates(&s.gates)
	s.observer.replica(s.store)
	s.userRequests = csp.NewUserRequestLog(s.store, s.config.Logger)
	s.ids = &csp.IDs{Now: s.config.Now, Rand: s.config.Rand}
	s.passwords = &token.Passwords{Root: s.root, Rand: s.config.Rand}
	s.customers = &csp.Customers{
		Store: s.store,
		IDs:   s.ids,
		Now:   s.config.Now,
		Rand:  s.chance(),
		Rules: csp.Rules{
			StrictRegistration: s.config.StrictRegistration,
			StrictCulture:      s.config.StrictCulture,
			DomainSuffixes:     s.config.DomainSuffixes,
		},
		FirstPassword: firstPassword(s.root),
		Credential:    func(csp.ID) []byte { return token.DerivedCredential(firstSalt) },
		SandboxLimits: s.config.SandboxLimits,
		GDAPByDefault: s.config.GDAPByDefault,
	}
	s.users = &csp.Users{
		Store:      s.store,
		IDs:        s.ids,
		Now:        s.config.Now,
		Credential: s.passwords.ChosenCredential,
		Proves: func(ctx context.Context, credential []byte, tenant csp.ID, password string) (bool, error) {
			return s.passwords.Verify(ctx, credential, tenant, password)
		},
	}
}

// handler is the whole of what is served: two surfaces that share no path, and what belongs to Tenantry itself.
func (s *Server) handler() http.Handler {
	surfaceOf := map[string]*surface{}
	apiSurface := s.api()
	for _, prefix := range api.Prefixes {
		surfaceOf[prefix] = apiSurface
	}
	surfaceOf["v1.0"] = apiSurface
	surfaceOf[ownPrefix] = s.own()
	rest := s.login()

	return s.observed(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS == nil && !s.plainHTTP() {
			http.Error(w, "this port speaks TLS only", http.StatusBadRequest)
			return
		}
		chosen, ok := surfaceOf[firstSegment(r.URL.Path)]
		if !ok {
			chosen = rest
		}
		chosen.paths.Canonical(r)
		chosen.mux.ServeHTTP(w, r)
	}))
}

// chance is where unpredictable bytes come from.
func (s *Server) chance() io.Reader {
	if s.config.Rand != nil {
		return s.config.Rand
	}
	return rand.Reader
}

// plainHTTP reports whether the port serves HTTP without TLS. With a certificate of one's own it does only if asked to:
// bearer tokens would cross the network in the clear.
func (s *Server) plainHTTP() bool { return s.ownAuthority() || s.config.PlainHTTP }

// surface is a part of what is served, with its own routes.
type surface struct {
	mux   *http.ServeMux
	paths *web.Paths
}

// firstSegment is the first of the path in lower case.
func firstSegment(path string) string {
	segment, _, _ := strings.Cut(strings.TrimLeft(path, "/"), "/")
	return strings.ToLower(strings.TrimSpace(segment))
}

func (s *Server) api() *surface {
	handler := &api.Handler{
		Customers: s.customers,
		Users:     s.users,
		Store:     s.store,
		Replica:   s.store.Replica(),
		Tokens: &token.Verifier{
			Keys: s.keys, Now: s.config.Now, Audiences: login.PartnerCenterAudiences(!s.config.RefuseGraphAudience),
		},
		Graph:               &token.Verifier{Keys: s.keys, Now: s.config.Now, Audiences: login.GraphAudiences()},
		Root:                s.root,
		Origin:              web.Origin{ExternalURL: s.config.ExternalURL, TrustForwarded: s.config.TrustForwarded},
		IDs:                 s.ids,
		Rand:                s.chance(),
		Now:                 s.config.Now,
		Logger:              s.config.Logger,
		ServerID:            s.serverID(),
		BOM:                 s.config.BOM,
		StrictHeaders:       s.config.StrictHeaders,
		UserCreated:         s.config.UserCreated,
		AddressValidation:   s.config.AddressValidation,
		RefuseGraphAudience: s.config.RefuseGraphAudience,
		MFA:                 s.config.MFA,
		UserRequests:        s.userRequests,
		PlainWebhooks:       s.config.PrivateWebhooks,
		Reads:               s.gates.reads,
		Writes:              s.gates.writes,
		ThrottlePartner:     s.config.ThrottlePartner,
		ThrottleCustomer:    s.config.ThrottleCustomer,
	}
	if s.store.Shared() {
		handler.Pool = s.store
	}
	mux := http.NewServeMux()
	handler.Mount(mux)
	paths := web.NewPaths(api.Patterns())
	paths.Alias("v1.0", "v1")
	return &surface{mux: mux, paths: paths}
}

// serverID is nine digits, as the service's are.
func (s *Server) serverID() string {
	id := s.root.Fingerprint()
	return fmt.Sprintf("%09d", binary.BigEndian.Uint32([]byte(id))%1e9)
}

// ownPrefix is where everything lives that the real service does not have.
const ownPrefix = "_tenantry"

func (s *Server) own() *surface {
	mux := http.NewServeMux()
	mux.Handle("GET /_tenantry/metrics", s.observer.metrics())
	mux.HandleFunc("GET /_tenantry/healthz", func(w http.ResponseWriter, _ *http.Request) { health(w, nil) })
	mux.HandleFunc("GET /_tenantry/readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		health(w, s.store.Ready(ctx))
	})
	mux.HandleFunc("GET /_tenantry/ca.pem", func(w http.ResponseWriter, r *http.Request) {
		if s.authority == nil {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/x-pem-file")
		_, _ = w.Write(s.authority.PEM()) // the client has gone; nobody is left to tell
	})
	mux.HandleFunc("GET "+webhook.CertificatePath, s.webhookCertificate)
	texts := &api.AgreementTexts{Root: s.root, Now: s.config.Now, Logger: s.config.Logger}
	texts.Mount(mux)
	patterns := append([]string{"/_tenantry/metrics", "/_tenantry/healthz", "/_tenantry/readyz", "/_tenantry/ca.pem", webhook.CertificatePath}, api.AgreementTextPatterns...)
	patterns = append(patterns, s.admin(mux)...)
	return &surface{mux: mux, paths: web.NewPaths(patterns)}
}

// admin puts the admin API on the mux, and returns its patterns: none where there is no key.
func (s *Server) admin(mux *http.ServeMux) []string {
	if s.config.AdminKey == "" {
		return nil
	}
	handler := &admin.Handler{
		Key:            s.config.AdminKey,
		Qualifications: &csp.Qualifications{Store: s.store, Now: s.config.Now},
		Codes:          &csp.ValidationCodes{Store: s.store},
		Store:          s.store,
		Registry:       s.registry(),
		IDs:            s.ids,
		Logger:         s.config.Logger,
		Backup:         s.store.Backup,
		Keys:           s.startedKeys,
		Now:            s.config.Now,
		TrustForwarded: s.config.TrustForwarded,
		Tally:          s.tally(),
	}
	if s.clock != nil {
		handler.Clock = s.clock
	}
	handler.Mount(mux)
	return admin.Patterns()
}

// health answers a probe.
func health(w http.ResponseWriter, err error) {
	status, text := http.StatusOK, "ok"
	if err != nil {
		status, text = http.StatusServiceUnavailable, "unavailable"
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.MarshalWrite(w, map[string]string{"status": text}) // as above
}

func (s *Server) login() *surface {
	handler := &login.Handler{
		Store:               s.store,
		Keys:                s.keys,
		Passwords:           s.passwords,
		Grants:              &csp.Grants{Store: s.store, Now: s.config.Now, Rand: s.chance()},
		IDs:                 s.ids,
		Rand:                s.chance(),
		Now:                 s.config.Now,
		Logger:              s.config.Logger,
		ExternalURL:         s.config.ExternalURL,
		SandboxLimits:       s.config.SandboxLimits,
		TrustForwarded:      s.config.TrustForwarded,
		ForcePasswordChange: s.config.ForcePasswordChange,
		RevokeReused:        s.config.RevokeReused,
		EnforceMFA:          s.config.MFA == api.MFAEnforce,
		SecondFactorLife:    s.config.SecondFactorLife,
		Gate:                s.gates.login,
		Tally:               s.tally(),
	}
	mux := http.NewServeMux()
	web.Mount(mux, handler.Routes(), handler.WriteError)
	return &surface{mux: mux, paths: web.NewPaths(login.Patterns())}
}
