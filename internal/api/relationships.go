package api

import (
	"net/http"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// listRelationships is the caller's indirect resellers or providers. Partner Center docs: retrieve-a-list-of-indirect-resellers.
func (h *Handler) listRelationships(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	parameters := queryOf(r)
	relationship, err := relationshipType(parameters["relationship_type"])
	if err != nil {
		return err
	}
	matches, err := nameFilter(parameters["filter"])
	if err != nil {
		return err
	}
	relationships, err := (&csp.Relationships{Store: h.Store}).List(r.Context(), caller, relationship, matches)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, relationships)
}

// listCustomerRelationships is the indirect resellers of a customer. Partner Center docs: get-indirect-resellers-of-a-customer.
func (h *Handler) listCustomerRelationships(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	relationships, err := (&csp.Relationships{Store: h.Store}).OfCustomer(r.Context(), caller, id)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, relationships)
}

// relationshipType is what the list is of.
func relationshipType(word string) (partnercenter.PartnerRelationshipType, error) {
	const values = "IsIndirectCloudSolutionProviderOf or IsIndirectResellerOf"
	word = strings.TrimSpace(word)
	if word == "" {
		return "", partnercenter.ErrMalformedQuery.With("The query parameter relationship_type is missing; use "+values+".", "relationship_type")
	}
	relationship, err := partnercenter.ParsePartnerRelationshipType(word)
	if err != nil || relationship == partnercenter.RelationshipTypeNone {
		return "", partnercenter.ErrInvalidEnum.With("The relationship_type '"+shown(word)+"' cannot be parsed; use "+values+".", "relationship_type")
	}
	return relationship, nil
}
