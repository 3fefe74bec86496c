package api

import (
	"net/http"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// listSelfServePolicies is a customer's policies. Partner Center docs: get-a-list-of-self-serve-policies.
func (h *Handler) listSelfServePolicies(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	text := strings.TrimSpace(queryOf(r)["entity_id"])
	entity, err := csp.ParseID(text)
	if text == "" {
		return partnercenter.ErrMalformedQuery.With("The query parameter entity_id is missing; give the tenant id of a customer, for example dfd8cc0a-c592-468c-8461-869a38d24738.", "entity_id")
	}
	if err != nil {
		return partnercenter.ErrMalformedQuery.With("The entity_id '"+shown(text)+"' is not a GUID; give the tenant id of a customer, for example dfd8cc0a-c592-468c-8461-869a38d24738.", "entity_id")
	}
	policies, err := h.policies().List(r.Context(), caller, entity)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, policies)
}

// getSelfServePolicy reads a policy. Partner Center docs: get-a-self-serve-policy-by-id.
func (h *Handler) getSelfServePolicy(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := csp.ParsePolicyID(r.PathValue("policy"))
	if err != nil {
		return err
	}
	policy, err := h.policies().Get(r.Context(), caller, id)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, policy)
}

// createSelfServePolicy makes a policy. Partner Center docs: create-a-self-serve-policy.
func (h *Handler) createSelfServePolicy(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	var request partnercenter.SelfServePolicy
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	policy, err := h.policies().Create(r.Context(), caller, &request, call)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusCreated, policy)
}

// putSelfServePolicy replaces a policy, which the path or the policy names.
// Partner Center docs: update-a-self-serve-policy.
func (h *Handler) putSelfServePolicy(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	var request partnercenter.SelfServePolicy
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	policy, err := h.policies().Update(r.Context(), caller, r.PathValue("policy"), ifMatch(r), &request, call)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, policy)
}

// patchSelfServePolicy changes what the request says of a policy. The .NET SDK's configuration has the operation.
func (h *Handler) patchSelfServePolicy(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	var request partnercenter.SelfServePolicy
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	policy, err := h.policies().Patch(r.Context(), caller, r.PathValue("policy"), ifMatch(r), &request, call)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, policy)
}

// deleteSelfServePolicy removes a policy. Partner Center docs: delete-a-self-serve-policy.
func (h *Handler) deleteSelfServePolicy(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := csp.ParsePolicyID(r.PathValue("policy"))
	if err != nil {
		return err
	}
	if err := h.policies().Delete(r.Context(), caller, id, ifMatch(r), h.call(w, r, caller, nil)); err != nil {
		return err
	}
	empty(w, http.StatusNoContent)
	return nil
}

func (h *Handler) policies() *csp.SelfServePolicies {
	return &csp.SelfServePolicies{Store: h.Store, IDs: h.IDs}
}
