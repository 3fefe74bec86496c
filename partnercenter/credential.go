package partnercenter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"html"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// Credential gets tokens from the v2 token endpoint of a login host, keeps each until shortly before it expires, and
// asks once however many callers wait. It is for a Tenantry on http://localhost, which azidentity refuses; anywhere
// else azidentity does the same and more.
type Credential struct {
	endpoint string // of the login host
	tenant   string
	pipeline runtime.Pipeline

	// grant is the form that proves who asks, and clean takes its secrets out of a text. They are funcs so that
	// printing the credential prints no secret.
	grant func() url.Values
	clean func(string) string

	// turn holds one place: who has it reads and writes tokens, and asks for new ones. A mutex could not be waited
	// for with a context.
	turn   chan struct{}
	tokens map[tokenKey]azcore.AccessToken
}

var _ azcore.TokenCredential = (*Credential)(nil)

// tokenKey is what tells a credential's tokens apart.
type tokenKey struct {
	tenant string
	scope  string
}

// ClientSecretCredentialOptions are the options of [NewClientSecretCredential]. The login host is not taken from Cloud.
type ClientSecretCredentialOptions struct {
	azcore.ClientOptions
}

// NewClientSecretCredential is the credential of an application without a user. The authority is the login host's URL,
// a Tenantry's for example; the tenant is an id or a domain. Plain http is refused unless the host is the machine
// itself, or InsecureAllowCredentialWithHTTP is set.
func NewClientSecretCredential(
	authority, tenant, clientID, secret string, opts *ClientSecretCredentialOptions,
) (*Credential, error) {
	if opts == nil {
		opts = &ClientSecretCredentialOptions{}
	}
	return newCredential(authority, tenant, opts.ClientOptions, url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {clientID},
		"client_secret": {secret},
	})
}

// PasswordCredentialOptions are the options of [NewPasswordCredential]. The login host is not taken from Cloud.
type PasswordCredentialOptions struct {
	azcore.ClientOptions

	// ClientSecret is the application's, if it is a confidential one.
	ClientSecret string
}

// NewPasswordCredential is the credential of an application and a user who signs in with a password and no second
// factor. It is for tests and scripts. Authority and tenant are as in [NewClientSecretCredential]; the tenant may also be
// organizations, for the user's own.
func NewPasswordCredential(
	authority, tenant, clientID, username, password string, opts *PasswordCredentialOptions,
) (*Credential, error) {
	if opts == nil {
		opts = &PasswordCredentialOptions{}
	}
	grant := url.Values{
		"grant_type": {"password"},
		"client_id":  {clientID},
		"username":   {username},
		"password":   {password},
	}
	if opts.ClientSecret != "" {
		grant.Set("client_secret", opts.ClientSecret)
	}
	return newCredential(authority, tenant, opts.ClientOptions, grant)
}

func newCredential(authority, tenant string, opts azcore.ClientOptions, grant url.Values) (*Credential, error) {
	endpoint, err := parseEndpoint(authority, opts.InsecureAllowCredentialWithHTTP)
	if err != nil {
		return nil, fmt.Errorf("authority: %w", err)
	}
	if _, err := pathSegment("tenant", tenant); err != nil {
		return nil, err
	}
	for name := range grant {
		if grant.Get(name) == "" {
			return nil, fmt.Errorf("the %s is empty", strings.ReplaceAll(name, "_", " "))
		}
	}
	settings := hardened(opts)
	settings.Logging.IncludeBody = false // it is the secret on the way there, and the token on the way back
	return &Credential{
		endpoint: endpoint.base,
		tenant:   tenant,
		pipeline: runtime.NewPipeline(moduleName, moduleVersion(), runtime.PipelineOptions{}, &settings),
		grant:    func() url.Values { return maps.Clone(grant) },
		clean:    cleaner(grant.Get("client_secret"), grant.Get("password")).Replace,
		turn:     make(chan struct{}, 1),
		tokens:   map[tokenKey]azcore.AccessToken{},
	}, nil
}

// cleaner takes secrets out of a text, as they are and as they stand in a form, in JSON and in HTML.
func cleaner(secrets ...string) *strings.Replacer {
	var forms []string
	for _, secret := range slices.DeleteFunc(secrets, func(secret string) bool { return secret == "" }) {
		quoted := strconv.Quote(secret)
		forms = append(forms, secret, url.QueryEscape(secret), quoted[1:len(quoted)-1], html.EscapeString(secret))
	}
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) }) // one may be the beginning of another
	var pairs []string
	for _, form := range forms {
		pairs = append(pairs, form, "REDACTED")
	}
	return strings.NewReplacer(pairs...)
}

// GetToken is a token for the scopes, kept from before or new. A refusal is an [*AuthenticationError].
func (c *Credential) GetToken(ctx context.Context, opts policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if len(opts.Scopes) == 0 {
		return azcore.AccessToken{}, errors.New("a token was asked for without a scope")
	}
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return azcore.AccessToken{}, ctx.Err()
	}
	key := tokenKey{tenant: cmp.Or(opts.TenantID, c.tenant), scope: strings.Join(opts.Scopes, " ")}
	kept, ok := c.tokens[key]
	if ok && time.Now().Before(kept.RefreshOn) && opts.Claims == "" { // claims are asked for when the kept one will not do
		return kept, nil
	}
	token, err := c.request(ctx, key, opts.Claims)
	if err != nil {
		return azcore.AccessToken{}, err
	}
	maps.DeleteFunc(c.tokens, func(_ tokenKey, token azcore.AccessToken) bool { return !time.Now().Before(token.ExpiresOn) })
	c.tokens[key] = token
	return token, nil
}
