package api

import (
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// listDirectoryRoles is the roles that users can have. Partner Center docs: get-user-roles-for-a-customer.
func (h *Handler) listDirectoryRoles(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, err := tenantID(r)
	if err != nil {
		return err
	}
	roles, err := h.Users.DirectoryRoles(r.Context(), caller, customer)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, roles)
}

// listRolesOfUser is the roles that a user has. Partner Center docs: get-user-roles-for-a-customer.
func (h *Handler) listRolesOfUser(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, id, err := userID(r)
	if err != nil {
		return err
	}
	roles, err := h.Users.RolesOf(r.Context(), caller, customer, id)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, roles)
}

// listUserMembers is a page of the users who have a role. Partner Center docs: get-user-roles-for-a-customer.
func (h *Handler) listUserMembers(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, role, err := roleID(r)
	if err != nil {
		return err
	}
	list := userList{h, caller, "/customers/" + customer.String() + "/directoryroles/" + role + "/usermembers"}
	query, err := list.query(r)
	if err != nil {
		return err
	}
	// Members have an order of their own, and are active.
	query.Role, query.Deleted, query.ByDisplayName, query.Descending = role, false, false, false
	page, err := h.Users.Members(r.Context(), caller, customer, query)
	if err != nil {
		return err
	}
	answer := &partnercenter.UserMemberCollection{
		TotalCount: len(page.Items),
		Items:      page.Items,
		Links:      selfLink(r),
		Attributes: &partnercenter.ResourceAttributes{ObjectType: "Collection"},
	}
	answer.ContinuationToken = list.link(answer.Links, &query, page.Next, page.Previous)
	return h.write(w, r, http.StatusOK, answer)
}

// addUserMember gives a role to a user. Partner Center docs: set-user-roles-for-a-customer.
func (h *Handler) addUserMember(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, role, err := roleID(r)
	if err != nil {
		return err
	}
	var request partnercenter.UserMember
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	member, err := h.Users.AddMember(r.Context(), caller, customer, role, &request, call)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusCreated, member)
}

// removeUserMember takes a role from a user. Partner Center docs: remove-customer-user-from-a-role.
func (h *Handler) removeUserMember(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, id, err := userID(r)
	if err != nil {
		return err
	}
	role, err := csp.DirectoryRole(r.PathValue("role"))
	if err != nil {
		return err
	}
	if err := h.Users.RemoveMember(r.Context(), caller, customer, role, id, h.call(w, r, caller, nil)); err != nil {
		return err
	}
	empty(w, http.StatusNoContent)
	return nil
}

// roleID is the customer and the role that the path names.
func roleID(r *http.Request) (customer csp.ID, role string, err error) {
	if customer, err = tenantID(r); err != nil {
		return customer, "", err
	}
	role, err = csp.DirectoryRole(r.PathValue("role"))
	return customer, role, err
}
