package login

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
)

const (
	// refreshLife is how long a refresh token may be idle. Microsoft Entra docs: configurable-token-lifetimes.
	refreshLife = 90 * 24 * time.Hour

	// RefreshKept is how long an idle family of refresh tokens is remembered, so that its end can be told from a revocation.
	RefreshKept = refreshLife + 30*24*time.Hour
)

// A refresh token names its family and which in the row of the family's tokens it is, behind a tag under the root key: it
// needs no row of its own, and who reads the store makes none. Clients may take it for random.
var refreshPurpose = [16]byte([]byte("refresh token v1"))

const refreshPrefix = "1."

func (h *Handler) refreshToken(family csp.ID, generation int64) string {
	return refreshPrefix + h.Passwords.Root.Prove(refreshPurpose, binary.BigEndian.AppendUint64(family[:], uint64(generation)))
}

func (h *Handler) readRefresh(raw string) (family csp.ID, generation int64, ok bool) {
	proof, ok := strings.CutPrefix(raw, refreshPrefix)
	if !ok {
		return family, 0, false
	}
	text, ok := h.Passwords.Root.Proved(refreshPurpose, proof)
	if !ok || len(text) != len(family)+8 {
		return family, 0, false
	}
	return csp.ID(text[:len(family)]), int64(binary.BigEndian.Uint64(text[len(family):])), true
}

// refreshSubject is the user behind a refresh token. The token is the user's and the client's, not a resource's or a
// tenant's: it serves all of them that let the user in, and stays good when it is redeemed. Programs of the real service
// rely on that: they keep one token and redeem it for each customer (seen in the .NET SDK's CSP and CPV samples).
func (h *Handler) refreshSubject(ctx context.Context, req *tokenRequest) (*subject, error) {
	raw, err := req.form.need("refresh_token")
	if err != nil {
		return nil, err
	}
	id, generation, ok := h.readRefresh(raw)
	if !ok {
		return nil, ErrCodeInvalid.With("refresh_token")
	}
	family, err := h.Store.Family(ctx, id)
	switch {
	case errors.Is(err, csp.ErrNotFound): // it was made here, so it has been forgotten
		return nil, ErrRefreshIdle
	case err != nil:
		return nil, err
	case family.Client != req.client.app.ID:
		return nil, ErrCodeInvalid.With("refresh_token")
	case family.Revoked:
		return nil, ErrRevoked
	case h.now().Sub(family.Used) >= refreshLife:
		return nil, ErrRefreshIdle
	}
	user, err := h.granter(ctx, &family.Authorization)
	if err != nil {
		return nil, err
	}
	if generation < family.Generation {
		if err := h.reused(ctx, family); err != nil {
			return nil, err
		}
	}
	return &subject{
		user: user, authorization: &family.Authorization, family: family, generation: generation,
		use: func(ctx context.Context, family csp.ID) error {
			return h.Store.UseFamily(ctx, family, generation, h.now())
		},
	}, nil
}

// reused deals with a token whose successor was redeemed already. The real service takes it; who wants to be safe from
// stolen tokens more than to have such clients has the whole family revoked (RFC 9700, 4.14.2).
func (h *Handler) reused(ctx context.Context, family *csp.Family) error {
	h.log().InfoContext(ctx, "an old refresh token was redeemed", "family", family.ID, "client", family.Client, "revoked", h.RevokeReused)
	if !h.RevokeReused {
		return nil
	}
	if err := h.Store.RevokeFamily(ctx, family.ID); err != nil {
		return err
	}
	return ErrRevoked
}

// conclude uses up what the grant may be used for once, and makes the refresh token, or none where none is due.
func (h *Handler) conclude(ctx context.Context, p *principal) (string, error) {
	s := p.subject
	if s.user == nil {
		return "", nil
	}
	if s.family != nil {
		return h.refreshToken(s.family.ID, s.generation+1), s.use(ctx, s.family.ID)
	}
	if !p.target.offline {
		if s.use == nil {
			return "", nil
		}
		return "", s.use(ctx, csp.ID{})
	}
	family := &csp.Family{Authorization: *s.authorization, ID: h.IDs.New(), Used: h.now()}
	family.Scope, family.Resource = p.target.asked, p.target.resource
	if err := h.Store.AddFamily(ctx, family); err != nil {
		return "", err
	}
	if s.use != nil {
		if err := s.use(ctx, family.ID); err != nil {
			return "", errors.Join(err, h.Store.RevokeFamily(ctx, family.ID))
		}
	}
	return h.refreshToken(family.ID, 0), nil
}
