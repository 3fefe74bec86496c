package login

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"regexp"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
)

// codeSubject is the user whose sign-in the authorization code stands for. A code that is redeemed a second time ends what it
// was redeemed for: one of the two had no right to it (RFC 6749, 4.1.2). Nobody but the client that the code is for, with
// the secret of its own sign-in, can bring that about.
func (h *Handler) codeSubject(ctx context.Context, req *tokenRequest) (*subject, error) {
	code, err := req.form.need("code")
	if err != nil {
		return nil, err
	}
	issued, err := h.Grants.Code(ctx, code)
	if errors.Is(err, csp.ErrNotFound) || err == nil && issued.Client != req.client.app.ID {
		return nil, ErrCodeInvalid.With("code")
	}
	if err != nil {
		return nil, err
	}
	if err := h.checkCode(req, issued); err != nil {
		return nil, err
	}
	if issued.Redeemed {
		if err := h.redeem(ctx, code, csp.ID{}); err != nil {
			return nil, err
		}
		return nil, ErrCodeRedeemed
	}
	if !h.now().Before(issued.Expires) {
		return nil, ErrCodeExpired
	}
	user, err := h.granter(ctx, &issued.Authorization)
	if err != nil {
		return nil, err
	}
	return &subject{
		user: user, authorization: &issued.Authorization, issuedAt: issued.Tenant, nonce: issued.Nonce, signsIn: true,
		use: func(ctx context.Context, family csp.ID) error { return h.redeem(ctx, code, family) },
	}, nil
}

func (h *Handler) redeem(ctx context.Context, code string, family csp.ID) error {
	err := h.Grants.RedeemCode(ctx, code, family)
	switch {
	case errors.Is(err, csp.ErrRedeemed):
		return ErrCodeRedeemed
	case errors.Is(err, csp.ErrNotFound): // forgotten since it was looked up
		return ErrCodeExpired
	}
	return err
}

// checkCode checks what binds a code to the sign-in that it came from: PKCE and the redirect URI.
func (h *Handler) checkCode(req *tokenRequest, issued *csp.IssuedCode) error {
	verifier := req.form["code_verifier"]
	switch {
	case issued.Challenge != "" && verifier == "":
		return ErrVerifierMissing
	case verifier == "": // no PKCE at all: ADAL knows none
	case !proves(verifier, issued.Challenge, issued.ChallengeMethod):
		return ErrVerifierWrong
	}
	redirect := req.form["redirect_uri"]
	switch {
	case issued.RedirectURI == "": // the request named none: the code went to the only one that is registered
	case redirect == "" && verifier == "" && req.client.app.Public:
		return ErrMissing.With("redirect_uri")
	case redirect != "" && !sameAddress(redirect, issued.RedirectURI): // the docs' sample, of a confidential client, leaves it out
		return ErrReplyAddress.With(redirect)
	}
	return nil
}

// sameAddress compares redirect URIs character by character, but for a lone slash that stands for no path: openid-client
// sends the URI that the answer came to, in which its URL parser has put one.
func sameAddress(a, b string) bool {
	plain := func(uri string) string {
		if _, rest, ok := strings.Cut(uri, "://"); ok && strings.Count(rest, "/") == 1 {
			return strings.TrimSuffix(uri, "/")
		}
		return uri
	}
	return plain(a) == plain(b)
}

// verifierForm: RFC 7636, 4.1.
var verifierForm = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

// proves reports whether the verifier is the challenge's. There is none for a sign-in without a challenge: a client that
// sends a verifier then would be one whose challenge somebody removed (RFC 9700, 2.1.1).
func proves(verifier, challenge, method string) bool {
	if challenge == "" || !verifierForm.MatchString(verifier) {
		return false
	}
	switch method {
	case "S256":
		sum := sha256.Sum256([]byte(verifier))
		return sameBytes([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge))
	case "plain":
		return sameBytes([]byte(verifier), []byte(challenge))
	}
	return false
}

// sameBytes compares what is secret.
func sameBytes(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }
