package cli

import (
	"log/slog"
	"net/url"
	"time"

	"github.com/tenantry/tenantry/internal/server"
)

// switches are the settings that every server has. What dev and serve set differently by default is a variable of kong's,
// set beside the commands.
type switches struct {
	TLSCert        string   `name:"tls-cert" group:"listener" and:"certificate" type:"existingfile" placeholder:"FILE" variable:"TENANTRY_TLS_CERT" help:"Certificate (PEM) to serve, instead of one by the local CA; a changed file is read again."`
	TLSKey         string   `name:"tls-key" group:"listener" and:"certificate" type:"existingfile" placeholder:"FILE" variable:"TENANTRY_TLS_KEY" help:"Its private key (PEM)."`
	TLSNames       []string `name:"tls-name" group:"listener" placeholder:"NAME" variable:"TENANTRY_TLS_NAME" help:"Further host name or address that the local CA's certificate shall hold; may be repeated."`
	PlainHTTP      bool     `name:"plain-http" group:"listener" variable:"TENANTRY_PLAIN_HTTP" help:"Serve plain HTTP too beside a certificate of your own. With the local CA it always is."`
	ExternalURL    string   `name:"external-url" group:"listener" placeholder:"URL" variable:"TENANTRY_EXTERNAL_URL" help:"What clients reach the server as, if not by the name they send: behind a proxy."`
	TrustForwarded bool     `group:"listener" variable:"TENANTRY_TRUST_FORWARDED" help:"Believe X-Forwarded-For, X-Forwarded-Host and X-Forwarded-Proto. Only for a server that nobody reaches but through its proxy."`

	MaxRequests    int `group:"listener" default:"512" placeholder:"N" variable:"TENANTRY_MAX_REQUESTS" help:"How many requests are worked on at once: so many reads, so many writes and so many at the login host. Others wait for half a second at most, and are then answered 503 with Retry-After."`
	MaxConnections int `group:"listener" default:"16384" placeholder:"N" variable:"TENANTRY_MAX_CONNECTIONS" help:"How many connections are open at once, as far as the system allows the process as many files. A new one takes the place of the one that is idle the longest."`

	BOM                 server.BOM               `name:"bom" group:"api" default:"auto" enum:"auto,always,never" variable:"TENANTRY_BOM" help:"Byte order mark before the JSON of successes: always, never, or auto, for clients of Microsoft's own family."`
	AddressValidation   server.AddressValidation `name:"address-validation" group:"api" default:"auto" enum:"auto,object,bool,legacy" variable:"TENANTRY_ADDRESS_VALIDATION" help:"Verdicts on addresses: object (with suggestions), bool, legacy (as in 2017: nothing, or fault 2007), or auto, bool for clients that are known to read one."`
	MFA                 server.MFA               `name:"mfa" group:"api" default:"report" enum:"off,report,enforce" variable:"TENANTRY_MFA" help:"Calls that a user stands behind without a second factor: off, report (isMfaCompliant in the answer) or enforce (fault 900421; partners' users are asked for one when they sign in)."`
	SecondFactorLife    time.Duration            `name:"second-factor-life" group:"api" placeholder:"DURATION" variable:"TENANTRY_SECOND_FACTOR_LIFE" help:"How long a second factor counts where one is asked for, for example 720h; then it is asked for again, and refresh tokens are refused (AADSTS50078). Without it: as long as the sign-in."`
	UserCreated         int                      `name:"user-created" group:"api" default:"200" enum:"200,201" variable:"TENANTRY_USER_CREATED" help:"Status of an answer with a new user: 200, as documented, or 201, as other creates have it."`
	StrictHeaders       bool                     `group:"api" variable:"TENANTRY_STRICT_HEADERS" help:"Refuse requests whose MS-RequestId or MS-CorrelationId is missing or no GUID."`
	StrictRegistration  bool                     `group:"api" variable:"TENANTRY_STRICT_REGISTRATION" help:"Refuse an organization registration number from a country that does not ask for one."`
	StrictCulture       bool                     `group:"api" variable:"TENANTRY_STRICT_CULTURE" help:"Demand one of the country's own cultures."`
	RefuseGraphAudience bool                     `group:"api" variable:"TENANTRY_REFUSE_GRAPH_AUDIENCE" help:"Refuse tokens for https://graph.windows.net (fault 900420)."`
	SandboxLimits       bool                     `group:"api" variable:"TENANTRY_SANDBOX_LIMITS" help:"Hold sandbox partners to their documented limits: 75 customers, no requests for relationships."`
	GDAPByDefault       bool                     `name:"gdap-by-default" group:"api" variable:"TENANTRY_GDAP_BY_DEFAULT" help:"Create customers without delegated admin unless the request says otherwise."`
	ForcePasswordChange bool                     `group:"api" negatable:"" default:"${force_password_change}" variable:"TENANTRY_FORCE_PASSWORD_CHANGE" help:"A first password must be changed before it gets tokens (here by default: ${default})."`
	RevokeReused        bool                     `name:"revoke-reused-refresh-tokens" group:"api" variable:"TENANTRY_REVOKE_REUSED_REFRESH_TOKENS" help:"Redeeming a refresh token whose successor was redeemed ends all that come from the same sign-in. The real service does not, and programs that keep one token for good rely on that."`
	ReplayFor           time.Duration            `group:"api" default:"24h" variable:"TENANTRY_REPLAY_FOR" help:"How long the answer to an MS-RequestId is remembered for its repetition."`
	DomainSuffixes      []string                 `name:"domain-suffix" group:"api" placeholder:"DOMAIN" variable:"TENANTRY_DOMAIN_SUFFIX" help:"Domain that customers' domains must end in; may be repeated. Without it: onmicrosoft.com, ccsctp.net, partner.onmschina.cn, onmicrosoft.us."`

	ThrottlePartner  server.Limit `group:"api" placeholder:"RATE/BURST" variable:"TENANTRY_THROTTLE_PARTNER" help:"How many requests a partner may send: RATE a minute, BURST at once, for example 3000/500. A write counts as five reads; what is too much is answered 429. Without it: any number."`
	ThrottleCustomer server.Limit `group:"api" placeholder:"RATE/BURST" variable:"TENANTRY_THROTTLE_CUSTOMER" help:"The same for a partner's requests for one customer, for example 500/500. Without it: any number."`

	PrivateWebhooks bool            `group:"api" negatable:"" default:"${private_webhooks}" variable:"TENANTRY_PRIVATE_WEBHOOKS" help:"Let webhooks lead to private addresses and by plain HTTP (here by default: ${default})."`
	WebhookIssuer   string          `group:"api" default:"${webhook_issuer}" placeholder:"NAME" variable:"TENANTRY_WEBHOOK_ISSUER" help:"The organization in the certificate that webhooks are signed with. The docs' sample receiver takes Microsoft Corporation alone (here by default: ${default})."`
	WebhookSpacing  []time.Duration `group:"api" placeholder:"DURATION,…" variable:"TENANTRY_WEBHOOK_SPACING" help:"How long to wait after each attempt to deliver an event but the last. Without it: ten attempts within four hours."`

	LogLevel  string `group:"log" default:"info" enum:"debug,info,warn,error" variable:"TENANTRY_LOG_LEVEL" help:"debug (a line for each request), info, warn or error."`
	LogFormat string `group:"log" default:"text" enum:"text,json" variable:"TENANTRY_LOG_FORMAT" help:"text or json."`
}

// config is the server's configuration as far as the switches say it.
func (s *switches) config(p *program) (server.Config, error) {
	if s.ReplayFor <= 0 {
		return server.Config{}, wrong("--replay-for must be longer than no time, for example 24h")
	}
	if s.MaxRequests < 1 {
		return server.Config{}, wrong("--max-requests must be at least 1, for example 512")
	}
	if s.MaxConnections < 1 {
		return server.Config{}, wrong("--max-connections must be at least 1, for example 16384")
	}
	if s.SecondFactorLife < 0 {
		return server.Config{}, wrong("--second-factor-life must not be negative; leave it out for no end")
	}
	if s.ExternalURL != "" {
		if u, err := url.Parse(s.ExternalURL); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return server.Config{}, wrong("--external-url must be an absolute URL, for example https://csp.example.com")
		}
	}
	return server.Config{
		RootKey:             p.env(rootKeyVariable),
		TLSCert:             s.TLSCert,
		TLSKey:              s.TLSKey,
		TLSNames:            s.TLSNames,
		PlainHTTP:           s.PlainHTTP,
		ExternalURL:         s.ExternalURL,
		TrustForwarded:      s.TrustForwarded,
		MaxRequests:         s.MaxRequests,
		MaxConnections:      s.MaxConnections,
		BOM:                 s.BOM,
		UserCreated:         s.UserCreated,
		AddressValidation:   s.AddressValidation,
		MFA:                 s.MFA,
		SecondFactorLife:    s.SecondFactorLife,
		StrictHeaders:       s.StrictHeaders,
		StrictRegistration:  s.StrictRegistration,
		StrictCulture:       s.StrictCulture,
		RefuseGraphAudience: s.RefuseGraphAudience,
		SandboxLimits:       s.SandboxLimits,
		GDAPByDefault:       s.GDAPByDefault,
		ForcePasswordChange: s.ForcePasswordChange,
		RevokeReused:        s.RevokeReused,
		ReplayFor:           s.ReplayFor,
		DomainSuffixes:      s.DomainSuffixes,
		PrivateWebhooks:     s.PrivateWebhooks,
		WebhookIssuer:       s.WebhookIssuer,
		WebhookSpacing:      s.WebhookSpacing,
		ThrottlePartner:     s.ThrottlePartner,
		ThrottleCustomer:    s.ThrottleCustomer,
		Logger:              s.logger(p),
	}, nil
}

func (s *switches) logger(p *program) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.LogLevel)) // one of the flag's four
	options := &slog.HandlerOptions{Level: level}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(p.stderr, options))
	}
	return slog.New(slog.NewTextHandler(p.stderr, options))
}
