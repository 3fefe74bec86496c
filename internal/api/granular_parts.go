package api

import (
	"net/http"
	"slices"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// createGranularRequest does something with a relationship. Microsoft Graph docs: delegatedadminrelationship-post-requests.
func (h *Handler) createGranularRequest(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	var request partnercenter.DelegatedAdminRequest
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	found, made, err := h.granular().Request(r.Context(), caller, r.PathValue("relationship"), request.Action, call)
	if err != nil {
		return err
	}
	if err := h.located(w, r, "/"+found.ID+"/requests/"+made.ID); err != nil {
		return err
	}
	account := requestEntity(made)
	account.Status = csp.RequestBegun
	return h.write(w, r, http.StatusCreated, account)
}

func requestEntity(request *csp.GranularRequest) *partnercenter.DelegatedAdminRequest {
	account := request.Account()
	account.ODataType, account.ODataContext = "#microsoft.graph.delegatedAdminRelationshipRequest", graphContext+"requests/$entity"
	return account
}

// listGranularRequests is what was done. Microsoft Graph docs: delegatedadminrelationship-list-requests.
func (h *Handler) listGranularRequests(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	found, err := h.granular().Get(r.Context(), caller, r.PathValue("relationship"))
	if err != nil {
		return err
	}
	list := &graphList[*partnercenter.DelegatedAdminRequest]{Context: graphContext + "requests", Value: []*partnercenter.DelegatedAdminRequest{}}
	for i := range found.Requests {
		list.Value = append(list.Value, found.Requests[i].Account())
	}
	return h.write(w, r, http.StatusOK, list)
}

// getGranularRequest is one of them. Microsoft Graph docs: delegatedadminrelationshiprequest-get.
func (h *Handler) getGranularRequest(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	found, err := h.granular().Get(r.Context(), caller, r.PathValue("relationship"))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(found.Requests, func(q csp.GranularRequest) bool { return strings.EqualFold(q.ID, r.PathValue("request")) })
	if i < 0 {
		return partnercenter.ErrGranularNotFound.With("The delegated admin relationship " + found.ID + " has no request with the id '" + shown(r.PathValue("request")) + "'.")
	}
	return h.write(w, r, http.StatusOK, requestEntity(&found.Requests[i]))
}

func assignmentEntity(assignment *csp.GranularAssignment) *partnercenter.DelegatedAdminAssignment {
	account := assignment.Account()
	account.ODataType, account.ODataContext = "#microsoft.graph.delegatedAdminAccessAssignment", graphContext+"accessAssignments/$entity"
	return account
}

func (h *Handler) answerAssignment(w http.ResponseWriter, r *http.Request, status int, assignment *csp.GranularAssignment) error {
	account := assignmentEntity(assignment)
	if status == http.StatusCreated {
		account.Status = csp.AssignmentBegun
	}
	w.Header()["ETag"] = []string{account.ETag}
	return h.write(w, r, status, account)
}

// listGranularAssignments is who has which roles. Microsoft Graph docs: delegatedadminrelationship-list-accessassignments.
func (h *Handler) listGranularAssignments(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	found, err := h.granular().Get(r.Context(), caller, r.PathValue("relationship"))
	if err != nil {
		return err
	}
	list := &graphList[*partnercenter.DelegatedAdminAssignment]{Context: graphContext + "accessAssignments", Value: []*partnercenter.DelegatedAdminAssignment{}}
	for i := range found.Assignments {
		list.Value = append(list.Value, found.Assignments[i].Account())
	}
	return h.write(w, r, http.StatusOK, list)
}

// createGranularAssignment gives a group roles. Microsoft Graph docs: delegatedadminrelationship-post-accessassignments.
func (h *Handler) createGranularAssignment(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	var request partnercenter.DelegatedAdminAssignment
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	id := r.PathValue("relationship")
	made, err := h.granular().Assign(r.Context(), caller, id, &request, call)
	if err != nil {
		return err
	}
	if err := h.located(w, r, "/"+strings.ToLower(id)+"/accessAssignments/"+made.ID); err != nil {
		return err
	}
	return h.answerAssignment(w, r, http.StatusCreated, made)
}

// getGranularAssignment is an assignment. Microsoft Graph docs: delegatedadminaccessassignment-get.
func (h *Handler) getGranularAssignment(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	found, err := h.granular().GetAssignment(r.Context(), caller, r.PathValue("relationship"), r.PathValue("assignment"))
	if err != nil {
		return err
	}
	return h.answerAssignment(w, r, http.StatusOK, found)
}

// patchGranularAssignment gives a group other roles. Graph answers 202 with an operation to ask for; here it is done.
// Microsoft Graph docs: delegatedadminaccessassignment-update.
func (h *Handler) patchGranularAssignment(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	var request partnercenter.DelegatedAdminAssignment
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	changed, err := h.granular().Reassign(r.Context(), caller, r.PathValue("relationship"), r.PathValue("assignment"), weakMatch(r), &request, call)
	if err != nil {
		return err
	}
	return h.answerAssignment(w, r, http.StatusOK, changed)
}

// deleteGranularAssignment takes a group's roles. Microsoft Graph docs: delegatedadminaccessassignment-delete.
func (h *Handler) deleteGranularAssignment(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	err := h.granular().Unassign(r.Context(), caller, r.PathValue("relationship"), r.PathValue("assignment"), weakMatch(r), h.call(w, r, caller, nil))
	if err != nil {
		return err
	}
	empty(w, http.StatusNoContent)
	return nil
}
