package api

import (
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// createUser makes a user. Partner Center docs: create-user-accounts-for-a-customer. The sample's status is 200; whoever needs
// the 201 of other creates can have it.
func (h *Handler) createUser(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, err := tenantID(r)
	if err != nil {
		return err
	}
	var request partnercenter.CustomerUser
	call, err := h.readSecret(w, r, caller, &request)
	if err != nil {
		return err
	}
	user, err := h.Users.Create(r.Context(), caller, customer, &request, call)
	if err != nil {
		return err
	}
	status := h.UserCreated
	if status == 0 {
		status = http.StatusOK
	}
	return h.write(w, r, status, user)
}

// getUser reads a user. Partner Center docs: get-a-user-account-by-id.
func (h *Handler) getUser(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, id, err := userID(r)
	if err != nil {
		return err
	}
	user, err := h.Users.Get(r.Context(), caller, customer, id)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, user)
}

// patchUser changes a user, sets the password, or restores one who is deleted. Partner Center docs:
// update-user-accounts-for-a-customer, reset-user-password-for-a-customer, restore-a-user-for-a-customer.
func (h *Handler) patchUser(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, id, err := userID(r)
	if err != nil {
		return err
	}
	var request partnercenter.CustomerUser
	call, err := h.readSecret(w, r, caller, &request)
	if err != nil {
		return err
	}
	return h.updateUser(w, r, caller, customer, id, &request, call)
}

// patchUserOfBody is patchUser where the user names itself: the tables of the docs have a path without the id.
func (h *Handler) patchUserOfBody(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, err := tenantID(r)
	if err != nil {
		return err
	}
	var request partnercenter.CustomerUser
	call, err := h.readSecret(w, r, caller, &request)
	if err != nil {
		return err
	}
	id, err := parseUserID(request.ID)
	if err != nil {
		return err
	}
	return h.updateUser(w, r, caller, customer, id, &request, call)
}

// resetPassword sets a password, and nothing else that the body may have. Partner Center docs since 2022:
// reset-user-password-for-a-customer.
func (h *Handler) resetPassword(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, id, err := userID(r)
	if err != nil {
		return err
	}
	var request partnercenter.CustomerUser
	call, err := h.readSecret(w, r, caller, &request)
	if err != nil {
		return err
	}
	if request.PasswordProfile == nil {
		request.PasswordProfile = &partnercenter.PasswordProfile{} // its password is what is missing
	}
	return h.updateUser(w, r, caller, customer, id, &partnercenter.CustomerUser{PasswordProfile: request.PasswordProfile}, call)
}

func (h *Handler) updateUser(w http.ResponseWriter, r *http.Request, caller *csp.Caller, customer, id csp.ID, request *partnercenter.CustomerUser, call csp.Call) error {
	user, err := h.Users.Update(r.Context(), caller, customer, id, request, call)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, user)
}

// deleteUser removes a user. Partner Center docs: delete-user-accounts-for-a-customer.
func (h *Handler) deleteUser(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	customer, id, err := userID(r)
	if err != nil {
		return err
	}
	if err := h.Users.Delete(r.Context(), caller, customer, id, h.call(w, r, caller, nil)); err != nil {
		return err
	}
	empty(w, http.StatusNoContent)
	return nil
}

// userID is the customer and the user that the path names.
func userID(r *http.Request) (customer, user csp.ID, err error) {
	if customer, err = tenantID(r); err != nil {
		return customer, user, err
	}
	user, err = parseUserID(r.PathValue("user"))
	return customer, user, err
}

func parseUserID(text string) (csp.ID, error) {
	id, err := csp.ParseID(text)
	if err != nil {
		return csp.ID{}, partnercenter.ErrMalformedID.With("User Id must be a GUID, for example 2f8c7d10-95ab-4e63-8b1f-d4a0c6e97b35.")
	}
	return id, nil
}

// readSecret is read for bodies with passwords. The key of a call is kept in the ledger and made of the body, so it goes under
// the root key: from a copy of the database nobody learns a password by trying.
func (h *Handler) readSecret(w http.ResponseWriter, r *http.Request, caller *csp.Caller, value any) (csp.Call, error) {
	call, err := h.read(w, r, caller, value)
	if call.Repeatable() {
		copy(call.Key[:], h.Root.Prove(caller.Partner.ID.Derived("call"), call.Key[:])) // the letters of its tag
	}
	return call, err
}
