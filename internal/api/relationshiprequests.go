package api

import (
	"net/http"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// getRelationshipRequest is the link that the partner sends to customers. Partner Center docs: request-reseller-relationship.
func (h *Handler) getRelationshipRequest(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	request := &csp.InvitationRequest{}
	parameters := queryOf(r)
	for _, named := range [...]struct {
		name string
		id   *csp.ID
	}{{"indirectCloudSolutionProviderId", &request.Provider}, {"indirectResellerId", &request.Reseller}} {
		text := strings.TrimSpace(parameters[strings.ToLower(named.name)])
		if text == "" {
			continue
		}
		var err error
		if *named.id, err = csp.ParseID(text); err != nil {
			return partnercenter.ErrMalformedQuery.With("The "+named.name+" '"+shown(text)+"' is not a GUID; give the tenant id of a partner, for example dfd8cc0a-c592-468c-8461-869a38d24738.", named.name)
		}
	}
	invitations := &csp.Invitations{Store: h.Store, GDAPByDefault: h.Customers.GDAPByDefault, SandboxLimits: h.Customers.SandboxLimits}
	invitation, err := invitations.Request(r.Context(), caller, request)
	if err != nil {
		return err
	}
	origin, err := h.Origin.Of(r)
	if err != nil {
		return partnercenter.ErrMalformedHeader.With("The header Host must be a host and port: the link begins with it.")
	}
	return h.write(w, r, http.StatusOK, &partnercenter.RelationshipRequest{
		URL:        invitation.URL(origin, h.Root.Prove(csp.InvitationPurpose, invitation.Text())),
		Attributes: &partnercenter.ResourceAttributes{ObjectType: "RelationshipRequest"},
	})
}
