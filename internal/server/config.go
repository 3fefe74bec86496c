package server

import (
	"cmp"
	"io"
	"log/slog"
	"time"

	"github.com/tenantry/tenantry/internal/api"
	"github.com/tenantry/tenantry/internal/throttle"
)

// BOM says when JSON starts with a byte order mark; see package api.
type BOM = api.BOM

// AddressValidation says in which form the verdict on an address is answered; see package api.
type AddressValidation = api.AddressValidation

// MFA says what becomes of a call without a second factor; see package api.
type MFA = api.MFA

// Limit is how often somebody may call; see package throttle.
type Limit = throttle.Limit

// Config is everything that can be chosen about a server. The zero value is a server in memory on a free port of the
// loopback interface; where a field's zero value is not the documented default, [Config.withDefaults] says which is.
type Config struct {
	Store    string // sqlite:PATH, sqlite::memory: or postgres://…
	Replica  string // postgres://…, a copy of the store where reads go whose callers accept stale answers; empty: there is none
	Dir      string // where the local CA and the root key live; empty: nowhere
	RootKey  string // base64; empty: the file root.key in Dir
	AdminKey string // what the admin API is called with; empty: there is none
	Listen   string // host:port
	World    *World // what the store is filled with at the start, if it is not there yet

	TLSCert, TLSKey string   // a certificate of one's own instead of the local CA's
	TLSNames        []string // further names of the certificate that the local CA signs
	PlainHTTP       bool     // plain HTTP is served beside a certificate of one's own
	ExternalURL     string   // what clients reach the server as, if not by the name they send
	TrustForwarded  bool     // X-Forwarded-For, -Host and -Proto come from a proxy of ours

	ReplicaMost time.Duration // how far the replica may be behind; zero: a minute

	MaxRequests    int           // that are worked on at once: so many reads, so many writes, so many at the login host; zero: 512
	MaxWait        time.Duration // of a request for its place among them; zero: half a second
	MaxConnections int           // that are open at once; zero: 16384. Fewer where the system does not allow the process as many files
	Timeouts       Timeouts      // of clients

	BOM                 api.BOM
	UserCreated         int // the status of an answer with a new user; zero: 200
	AddressValidation   api.AddressValidation
	MFA                 api.MFA       // of calls that a user stands behind
	SecondFactorLife    time.Duration // how long a second factor counts where one is asked for; zero: as long as the sign-in
	StrictHeaders       bool
	StrictRegistration  bool
	StrictCulture       bool
	RefuseGraphAudience bool
	SandboxLimits       bool
	GDAPByDefault       bool
	ForcePasswordChange bool          // an administrator's first password must be changed before it gets tokens
	RevokeReused        bool          // a refresh token whose successor was used ends its family
	ReplayFor           time.Duration // how long answers are remembered for a repeated MS-RequestId
	DomainSuffixes      []string

	PrivateWebhooks bool            // webhooks may lead to private addresses, and by plain HTTP
	WebhookIssuer   string          // the organization in the certificate of webhooks; empty: Tenantry
	WebhookSpacing  []time.Duration // how long to wait after each attempt but the last; nil: ten attempts within four hours

	ThrottlePartner  throttle.Limit // of all calls of a partner; zero: none
	ThrottleCustomer throttle.Limit // of a partner's calls for one customer; zero: none

	Logger *slog.Logger

	// Now and Rand are the real clock and real chance unless a test or a seeded start sets them. Both are used by many
	// requests at once.
	Now  func() time.Time
	Rand io.Reader

	MovableClock bool // the admin API may move the clock forward
}

// Timeouts are how long the server waits for clients. The zero value of each is its default.
type Timeouts struct {
	Header time.Duration // for the first byte, a TLS handshake and the header of a request: 10 s each
	Read   time.Duration // for a whole request: a minute
	Write  time.Duration // for a client to take the answer, counted from the header of its request: two minutes
	Idle   time.Duration // for the next request: three minutes
}

func (t Timeouts) withDefaults() Timeouts {
	return Timeouts{
		Header: cmp.Or(t.Header, 10*time.Second),
		Read:   cmp.Or(t.Read, time.Minute),
		Write:  cmp.Or(t.Write, 2*time.Minute),
		Idle:   cmp.Or(t.Idle, 3*time.Minute),
	}
}

func (c Config) withDefaults() Config {
	c.MaxRequests = cmp.Or(c.MaxRequests, 512)
	c.MaxWait = cmp.Or(c.MaxWait, time.Second/2)
	c.MaxConnections = cmp.Or(c.MaxConnections, 16384)
	c.Timeouts = c.Timeouts.withDefaults()
	if c.Store == "" {
		c.Store = "sqlite::memory:"
	}
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	if c.BOM == "" {
		c.BOM = api.BOMAuto
	}
	if c.AddressValidation == "" {
		c.AddressValidation = api.AddressValidationAuto
	}
	if c.MFA == "" {
		c.MFA = api.MFAReport
	}
	if c.WebhookIssuer == "" {
		c.WebhookIssuer = "Tenantry"
	}
	if c.ReplayFor == 0 {
		c.ReplayFor = 24 * time.Hour
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}
