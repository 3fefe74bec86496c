package login

import (
	"context"
	"encoding/base64"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/token"
)

// minted is what a token request comes to.
type minted struct {
	life    token.Life
	seconds int64
	access  string
	id      string
}

func (h *Handler) mint(ctx context.Context, p *principal, origin string, v2 bool) (*minted, error) {
	now := h.now().Truncate(time.Second)
	m := &minted{life: token.LifeFrom(now)}
	m.seconds = m.life.Seconds(now)

	var err error
	if m.access, err = h.Keys.SignAccess(ctx, h.accessClaims(p, m.life)); err != nil {
		return nil, err
	}
	switch {
	case !p.target.openID:
	case v2:
		m.id, err = h.Keys.SignID(ctx, h.idClaimsV2(p, m.life, origin))
	default:
		m.id, err = h.Keys.SignID(ctx, h.idClaimsV1(p, m.life))
	}
	return m, err
}

// accessClaims are in the v1 form whichever endpoint was asked: that is what the registration of Partner Center wants
// (Partner-Center-Java#142).
func (h *Handler) accessClaims(p *principal, life token.Life) *token.Claims {
	tenant := p.tenant.ID.String()
	claims := &token.Claims{
		Audience: p.target.audience,
		Issuer:   h.issuer(tenant),
		Life:     life,
		AppID:    p.client.app.ID.String(),
		AppIDACR: p.client.proved,
		TenantID: tenant,
		TokenID:  h.tokenID(),
		Version:  "1.0",
	}
	if p.user == nil {
		claims.IdentityProvider = claims.Issuer
		claims.IdentityType = "app"
		claims.ObjectID = p.client.app.ServicePrincipal(p.tenant.ID).String()
		claims.Subject = claims.ObjectID
		return claims
	}
	claims.ACR = "1"
	claims.AMR = []string{"pwd"}
	claims.FamilyName = p.user.FamilyName
	claims.GivenName = p.user.GivenName
	claims.Groups = p.user.Agents
	claims.Name = p.user.DisplayName
	claims.ObjectID = p.user.ID.String()
	claims.RoleTemplates = p.user.Roles
	claims.Scope = p.target.scope
	claims.Subject = h.subject(p)
	claims.UniqueName = p.user.PrincipalName
	claims.UPN = p.user.PrincipalName
	return claims
}

func (h *Handler) idClaimsV1(p *principal, life token.Life) *token.IDClaims {
	tenant := p.tenant.ID.String()
	return &token.IDClaims{
		Audience:   p.client.app.ID.String(),
		Issuer:     h.issuer(tenant),
		Life:       life,
		AMR:        []string{"pwd"},
		FamilyName: p.user.FamilyName,
		GivenName:  p.user.GivenName,
		Name:       p.user.DisplayName,
		ObjectID:   p.user.ID.String(),
		Subject:    h.subject(p),
		TenantID:   tenant,
		UniqueName: p.user.PrincipalName,
		UPN:        p.user.PrincipalName,
		TokenID:    h.tokenID(),
		Version:    "1.0",
	}
}

func (h *Handler) idClaimsV2(p *principal, life token.Life, origin string) *token.IDClaims {
	tenant := p.tenant.ID.String()
	return &token.IDClaims{
		Audience:          p.client.app.ID.String(),
		Issuer:            issuerV2(origin, tenant),
		Life:              life,
		Name:              p.user.DisplayName,
		ObjectID:          p.user.ID.String(),
		PreferredUsername: p.user.PrincipalName,
		Subject:           h.subject(p),
		TenantID:          tenant,
		TokenID:           h.tokenID(),
		Version:           "2.0",
	}
}

// subject is the user's identifier towards the client, the same in all its tokens.
func (h *Handler) subject(p *principal) string {
	return h.Passwords.Root.Subject(p.tenant.ID, p.user.ID, p.client.app.ID)
}

// tokenID tells tokens apart that were made in the same second. It has the 22 characters of the real "uti".
func (h *Handler) tokenID() string {
	id := h.IDs.New()
	return base64.RawURLEncoding.EncodeToString(id[:])
}

// info is the client_info that MSAL builds its account's name from, and fails without; empty if it is not wanted.
func (p *principal) info(wanted bool) string {
	if !wanted || p.user == nil {
		return ""
	}
	text, err := json.Marshal(struct {
		UID  string `json:"uid"`
		UTID string `json:"utid"`
	}{p.user.ID.String(), p.tenant.ID.String()})
	if err != nil {
		panic("login: " + err.Error()) // two GUIDs
	}
	return base64.RawURLEncoding.EncodeToString(text)
}
