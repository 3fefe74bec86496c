package login

import (
	"errors"
	"net/http"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
)

// userRealm is what the sign-in of a user starts with: whether the password is checked here or by a federated server.
type userRealm struct {
	Version       string `json:"ver"`
	AccountType   string `json:"account_type"`
	DomainName    string `json:"domain_name,omitzero"`
	Protocol      string `json:"federation_protocol,omitzero"` // of a federated domain, as the next two
	MetadataURL   string `json:"federation_metadata_url,omitzero"`
	ActiveURL     string `json:"federation_active_auth_url,omitzero"`
	CloudInstance string `json:"cloud_instance_name"`
	CloudAudience string `json:"cloud_audience_urn"`
}

// userRealm answers by the domain alone: it does not tell whether there is such a user.
func (h *Handler) userRealm(w http.ResponseWriter, r *http.Request) error {
	realm := &userRealm{Version: "1.0", AccountType: "Unknown", CloudInstance: cloudInstance, CloudAudience: "urn:federation:MicrosoftOnline"}
	if domain := domainOf(strings.TrimSpace(r.PathValue("user"))); domain != "" {
		federation, err := h.Store.Federation(r.Context(), domain)
		switch {
		case err == nil:
			realm.AccountType, realm.DomainName = "Managed", domain
			realm.federate(federation)
		case !errors.Is(err, csp.ErrNotFound):
			return err
		}
	}
	return h.answer(w, r, http.StatusOK, realm)
}

// federate puts in the server of a federated domain. Seen of the real login host; MSAL looks for its own way in the metadata.
func (r *userRealm) federate(federation *csp.Federation) {
	if federation == nil {
		return
	}
	r.AccountType, r.Protocol = "Federated", "WSTrust"
	if federation.SAML {
		r.Protocol = "SAML20"
	}
	r.MetadataURL, r.ActiveURL = federation.MetadataURL, federation.ActiveURL
}
