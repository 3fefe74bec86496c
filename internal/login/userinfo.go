package login

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/tenantry/tenantry/internal/token"
	"github.com/tenantry/tenantry/internal/web"
)

// userInfo is what OpenID Connect tells of the user behind a token. Its sub is that of the id token of the same application.
type userInfo struct {
	Subject       string `json:"sub"`
	Name          string `json:"name,omitzero"`
	GivenName     string `json:"given_name,omitzero"`
	FamilyName    string `json:"family_name,omitzero"`
	PrincipalName string `json:"upn,omitzero"`
	TenantID      string `json:"tid"`
}

// userInfo answers with what the access token says of its user: OpenID Connect Core, 5.3. Any token of a user of the tenant will
// do, whatever API it is meant for: who holds it can read as much in it.
func (h *Handler) userInfo(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return ErrWrongMethod.With("GET, POST", r.Method)
	}
	claims, err := h.userClaims(r)
	if errors.Is(err, ErrNoUserToken) {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
	}
	if err != nil {
		return err
	}
	return web.Write(w, http.StatusOK, "", &userInfo{
		Subject: claims.Subject, Name: claims.Name, GivenName: claims.GivenName, FamilyName: claims.FamilyName,
		PrincipalName: claims.UPN, TenantID: claims.TenantID,
	})
}

// userClaims are those of the bearer, which has to be a user's token for the tenant of the path.
func (h *Handler) userClaims(r *http.Request) (*token.Claims, error) {
	verifier := &token.Verifier{
		Keys: h.Keys, Now: h.now, Issuer: cmp.Or(h.Issuer, token.DefaultIssuer),
		Audiences: append(GraphAudiences(), PartnerCenterAudiences(true)...),
	}
	claims, err := verifier.Verify(r.Context(), web.Bearer(r))
	for _, refusal := range [...]error{token.ErrMalformed, token.ErrUntrusted, token.ErrExpired, token.ErrAudience} {
		if errors.Is(err, refusal) {
			return nil, ErrNoUserToken
		}
	}
	if err != nil {
		return nil, err
	}
	segment := r.PathValue("tenant")
	if claims.AppOnly() {
		return nil, ErrNoUserToken
	}
	if anyTenant(segment) {
		return claims, nil
	}
	tenant, err := h.tenant(r.Context(), segment)
	if err == nil && tenant.ID.String() != claims.TenantID {
		err = ErrNoUserToken
	}
	return claims, err
}
