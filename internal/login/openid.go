package login

import (
	"net/http"
)

// openIDDocument is OpenID Connect's metadata, in the real service's order and with its extras.
type openIDDocument struct {
	TokenEndpoint        string   `json:"token_endpoint"`
	TokenAuthMethods     []string `json:"token_endpoint_auth_methods_supported"`
	JWKSURI              string   `json:"jwks_uri"`
	ResponseModes        []string `json:"response_modes_supported"`
	SubjectTypes         []string `json:"subject_types_supported"`
	SigningAlgorithms    []string `json:"id_token_signing_alg_values_supported"`
	ResponseTypes        []string `json:"response_types_supported"`
	Scopes               []string `json:"scopes_supported"`
	Issuer               string   `json:"issuer"`
	MultiRefreshToken    bool     `json:"microsoft_multi_refresh_token,omitzero"`
	RequestURIs          bool     `json:"request_uri_parameter_supported"`
	UserInfoEndpoint     string   `json:"userinfo_endpoint"`
	AuthorizeEndpoint    string   `json:"authorization_endpoint"`
	DeviceEndpoint       string   `json:"device_authorization_endpoint"`
	HTTPLogout           bool     `json:"http_logout_supported"`
	FrontChannelLogout   bool     `json:"frontchannel_logout_supported"`
	EndSessionEndpoint   string   `json:"end_session_endpoint"`
	Claims               []string `json:"claims_supported"`
	TenantRegionScope    *string  `json:"tenant_region_scope"`
	CloudInstanceName    string   `json:"cloud_instance_name"`
	CloudGraphHostName   string   `json:"cloud_graph_host_name"`
	MicrosoftGraphHost   string   `json:"msgraph_host"`
	RoleBasedAccessesURL string   `json:"rbac_url"`
}

// cloudInstance is the name of the global cloud, in the documents and the user realm.
const cloudInstance = "microsoftonline.com"

// openIDCommon is what both versions say. The user info endpoint is ours, unlike in the real v2 document: one at
// graph.microsoft.com would have clients send our tokens there.
func openIDCommon(d *directory) *openIDDocument {
	return &openIDDocument{
		TokenAuthMethods:     []string{"client_secret_post", "private_key_jwt", "client_secret_basic"},
		ResponseModes:        []string{"query", "fragment", "form_post"},
		SubjectTypes:         []string{"pairwise"},
		SigningAlgorithms:    []string{"RS256"},
		ResponseTypes:        []string{"code", "id_token", "code id_token", "id_token token"},
		UserInfoEndpoint:     d.url("/openid/userinfo"),
		HTTPLogout:           true,
		FrontChannelLogout:   true,
		CloudInstanceName:    cloudInstance,
		CloudGraphHostName:   "graph.windows.net",
		MicrosoftGraphHost:   "graph.microsoft.com",
		RoleBasedAccessesURL: "https://pas.windows.net",
	}
}

func (h *Handler) openIDV1(w http.ResponseWriter, r *http.Request) error {
	d, err := h.directory(r.Context(), r)
	if err != nil {
		return err
	}
	document := openIDCommon(d)
	document.TokenEndpoint = d.url("/oauth2/token")
	document.JWKSURI = d.origin + "/common/discovery/keys"
	document.Scopes = []string{"openid"}
	document.Issuer = h.issuer(d.id)
	document.MultiRefreshToken = true
	document.AuthorizeEndpoint = d.url("/oauth2/authorize")
	document.DeviceEndpoint = d.url("/oauth2/devicecode")
	document.EndSessionEndpoint = d.url("/oauth2/logout")
	document.Claims = []string{
		"sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host",
		"aud", "exp", "iat", "auth_time", "acr", "amr", "nonce", "email", "given_name", "family_name", "nickname",
	}
	return h.answer(w, r, http.StatusOK, document)
}

func (h *Handler) openIDV2(w http.ResponseWriter, r *http.Request) error {
	d, err := h.directory(r.Context(), r)
	if err != nil {
		return err
	}
	document := openIDCommon(d)
	document.TokenEndpoint = d.url("/oauth2/v2.0/token")
	document.JWKSURI = d.url("/discovery/v2.0/keys")
	document.Scopes = []string{"openid", "profile", "email", "offline_access"}
	document.Issuer = issuerV2(d.origin, d.id)
	document.AuthorizeEndpoint = d.url("/oauth2/v2.0/authorize")
	document.DeviceEndpoint = d.url("/oauth2/v2.0/devicecode")
	document.EndSessionEndpoint = d.url("/oauth2/v2.0/logout")
	document.Claims = []string{
		"sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name", "msgraph_host",
		"aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email",
	}
	return h.answer(w, r, http.StatusOK, document)
}
