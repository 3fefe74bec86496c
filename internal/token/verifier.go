package token

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/recent"
)

// Why a token is refused. The API answers each in its own way, so every refusal is one of these, with its reason.
var (
	// ErrMalformed refuses what is no signed token at all.
	ErrMalformed = errors.New("not a token")
	// ErrUntrusted refuses a token that we did not make, or not for access: algorithm, key, signature, issuer or kind.
	ErrUntrusted = errors.New("not an access token of this service")
	// ErrExpired refuses a token whose time is over, or has not come.
	ErrExpired = errors.New("the token has expired")
	// ErrAudience refuses a token that was made for somebody else.
	ErrAudience = errors.New("the token is meant for another audience")
)

const (
	// MaxToken is the most bytes that a token may have.
	MaxToken = 8 << 10
	// leeway is how many seconds the clocks of servers that share keys may be apart.
	leeway = 60
)

// Verifier checks access tokens that come back. Fill in the fields before its first use; it is safe for concurrent use.
type Verifier struct {
	Keys      *Keys
	Now       func() time.Time // nil: the real clock
	Issuer    string           // the origin of issuers; empty: DefaultIssuer
	Audiences []string         // those accepted, with or without a slash at the end

	remembered recent.Map[string, verified] // at most 4096: 8 MiB of tokens of the usual size, 32 MiB of the largest
}

// verified is a good token: what it says, and the key that signed it.
type verified struct {
	claims *Claims
	key    string
}

// Verify is what a token says, or one of the errors above, or that of the context or of the key store. Callers share the
// claims and must not change them. A good token is remembered until it expires, its key is dropped, or others take its place.
func (v *Verifier) Verify(ctx context.Context, raw string) (*Claims, error) {
	if len(raw) > MaxToken {
		return nil, fmt.Errorf("%w: it is longer than %d bytes", ErrMalformed, MaxToken)
	}
	token, known := v.remembered.Get(raw)
	if !known || find(v.Keys.known(), token.key) == nil {
		known = false
		var err error
		if token, err = v.check(ctx, raw); err != nil {
			return nil, err
		}
	}
	if err := v.checkTime(token.claims); err != nil {
		return nil, err
	}
	if !known {
		v.remembered.Put(strings.Clone(raw), token) // raw may be a part of something larger
	}
	return token.claims, nil
}

// check checks all but the time.
func (v *Verifier) check(ctx context.Context, raw string) (token verified, err error) {
	payload, key, err := v.checkSignature(ctx, raw)
	if err != nil {
		return token, err
	}
	claims := new(Claims)
	if err := json.Unmarshal(payload, claims); err != nil {
		return token, fmt.Errorf("%w: claims: %w", ErrUntrusted, err)
	}
	// What tells an access token from an id token, which the same keys sign, is that it names an application. Its audience
	// does not: an id token's is the client id, which somebody might have chosen to look like a resource.
	if claims.AppID == "" || claims.Version != "1.0" {
		return token, fmt.Errorf("%w: a token of another kind", ErrUntrusted)
	}
	if claims.Issuer != IssuerOf(cmp.Or(v.Issuer, DefaultIssuer), claims.TenantID) {
		return token, fmt.Errorf("%w: another issuer", ErrUntrusted)
	}
	audience := strings.TrimSuffix(claims.Audience, "/")
	if !slices.ContainsFunc(v.Audiences, func(a string) bool { return strings.TrimSuffix(a, "/") == audience }) {
		return token, ErrAudience
	}
	return verified{claims, key}, nil
}

// checkSignature is the payload and the id of the key, if one of our keys signed it with RS256. The key is found by its id alone: no key, URL
// or certificate that the token brings along is looked at.
func (v *Verifier) checkSignature(ctx context.Context, raw string) (payload []byte, id string, err error) {
	if !isCompact(raw) {
		return nil, "", ErrMalformed
	}
	signed, err := jose.ParseSignedCompact(raw, []jose.SignatureAlgorithm{jose.RS256})
	if algorithm := (*jose.ErrUnexpectedSignatureAlgorithm)(nil); errors.As(err, &algorithm) && algorithm.Got != "" {
		return nil, "", fmt.Errorf("%w: algorithm %.10q", ErrUntrusted, algorithm.Got)
	}
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	id = signed.Signatures[0].Protected.KeyID
	key, err := v.Keys.public(ctx, id)
	if err != nil {
		return nil, "", err
	}
	if key == nil {
		return nil, "", fmt.Errorf("%w: unknown key", ErrUntrusted)
	}
	if payload, err = signed.Verify(key); err != nil {
		return nil, "", fmt.Errorf("%w: bad signature", ErrUntrusted)
	}
	return payload, id, nil
}

// isCompact reports whether the text can be three parts of base64url. The decoders would skip line breaks, so that one
// token could be written in any number of ways.
func isCompact(raw string) bool {
	dots := 0
	for i := range len(raw) {
		switch c := raw[i]; {
		case c == '.':
			dots++
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return dots == 2
}

func (v *Verifier) checkTime(claims *Claims) error {
	now := clock(v.Now).Unix()
	switch {
	case now >= claims.Expires+leeway:
		return ErrExpired
	case now < claims.NotBefore-leeway:
		return fmt.Errorf("%w, or rather its time has not come", ErrExpired)
	}
	return nil
}
