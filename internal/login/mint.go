package login

import (
	"context"
	"crypto/sha256"
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
	refresh string
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

// lifeNow is the life of a token that is made now.
func (h *Handler) lifeNow() token.Life { return token.LifeFrom(h.now().Truncate(time.Second)) }

// halfHash binds an id token to the code or access token that it comes with. OpenID Connect Core, 3.3.2.11 and 3.2.2.9.
func halfHash(text string) string {
	if text == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(sha256Of(text)[:sha256.Size/2])
}

func sha256Of(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
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
	if p.user() == nil {
		claims.IdentityProvider = claims.Issuer
		claims.IdentityType = "app"
		claims.ObjectID = p.client.app.ServicePrincipal(p.tenant.ID).String()
		claims.Subject = claims.ObjectID
		if p.client.app.Tenant == p.tenant.ID && resourceApps[p.target.audience] == msGraphApp {
			claims.Roles = p.client.app.Permissions
		}
		return claims
	}
	user := p.user()
	claims.ACR = "1"
	claims.AMR = p.subject.authorization.AMR
	claims.FamilyName = user.FamilyName
	claims.GivenName = user.GivenName
	claims.Name = user.DisplayName
	claims.ObjectID = user.ID.String()
	claims.Scope = p.target.scope
	claims.Subject = h.subject(p)
	claims.UniqueName = user.PrincipalName
	claims.UPN = user.PrincipalName
	claims.Capabilities = p.capabilities
	claims.RoleTemplates = p.subject.roles
	if p.atHome() {
		claims.Groups = user.Agents
		return claims
	}
	// Delegated admin: the partner's groups mean nothing to the customer, for whom their members have roles.
	claims.IdentityProvider = h.issuer(user.Tenant.String())
	return claims
}

func (h *Handler) idClaimsV1(p *principal, life token.Life) *token.IDClaims {
	tenant, user := p.tenant.ID.String(), p.user()
	return &token.IDClaims{
		Audience:   p.client.app.ID.String(),
		Issuer:     h.issuer(tenant),
		Life:       life,
		AMR:        p.subject.authorization.AMR,
		FamilyName: user.FamilyName,
		GivenName:  user.GivenName,
		Name:       user.DisplayName,
		Nonce:      p.subject.nonce,
		ObjectID:   user.ID.String(),
		Subject:    h.subject(p),
		TenantID:   tenant,
		UniqueName: user.PrincipalName,
		UPN:        user.PrincipalName,
		TokenID:    h.tokenID(),
		Version:    "1.0",
	}
}

func (h *Handler) idClaimsV2(p *principal, life token.Life, origin string) *token.IDClaims {
	tenant, user := p.tenant.ID.String(), p.user()
	claims := &token.IDClaims{
		Audience:          p.client.app.ID.String(),
		Issuer:            issuerV2(origin, tenant),
		Life:              life,
		Name:              user.DisplayName,
		Nonce:             p.subject.nonce,
		ObjectID:          user.ID.String(),
		PreferredUsername: user.PrincipalName,
		Subject:           h.subject(p),
		TenantID:          tenant,
		TokenID:           h.tokenID(),
		Version:           "2.0",
	}
	if p.subject.signsIn { // a client that asked for max_age looks for it (OpenID Connect Core, 2)
		claims.AuthTime = p.subject.authorization.AuthTime.Unix()
	}
	return claims
}

// subject is the user's identifier towards the client, the same in all its tokens.
func (h *Handler) subject(p *principal) string {
	return h.Passwords.Root.Subject(p.tenant.ID, p.user().ID, p.client.app.ID)
}

// tokenID tells tokens apart that were made in the same second. It has the 22 characters of the real "uti".
func (h *Handler) tokenID() string {
	id := h.IDs.New()
	return base64.RawURLEncoding.EncodeToString(id[:])
}

// info is the client_info that MSAL builds its account's name from, and fails without; empty if it is not wanted.
func (p *principal) info(wanted bool) string {
	if !wanted || p.user() == nil {
		return ""
	}
	text, err := json.Marshal(struct {
		UID  string `json:"uid"`
		UTID string `json:"utid"`
	}{p.user().ID.String(), p.user().Tenant.String()}) // the home account, whichever tenant was asked
	if err != nil {
		panic("login: " + err.Error()) // two GUIDs
	}
	return base64.RawURLEncoding.EncodeToString(text)
}
