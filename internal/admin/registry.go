package admin

import (
	"context"
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// The calls of the registry: partners, their own users, their applications. A partner is named by tenant id or domain, a user by
// principal name, an application by client id. What they answer with a secret or password is said this once, and not logged.

func (h *Handler) listPartners(w http.ResponseWriter, r *http.Request) error {
	partners, err := h.Registry.Partners(r.Context())
	return answer(w, partners, err)
}

func (h *Handler) createPartner(w http.ResponseWriter, r *http.Request) error {
	var request csp.PartnerRequest
	if err := read(w, r, &request); err != nil {
		return err
	}
	enrolled, err := h.Registry.Enrol(r.Context(), &request)
	return answer(w, enrolled, err)
}

func (h *Handler) getPartner(w http.ResponseWriter, r *http.Request) error {
	partner, err := h.Registry.Partner(r.Context(), r.PathValue("partner"))
	return answer(w, partner, err)
}

// putAgreement notes whether the partner has accepted the Microsoft Partner Agreement.
func (h *Handler) putAgreement(w http.ResponseWriter, r *http.Request) error {
	var request struct {
		Accepted *bool `json:"accepted"`
	}
	if err := read(w, r, &request); err != nil {
		return err
	}
	if request.Accepted == nil {
		return partnercenter.ErrDetailsMissing.With(`The body does not say whether; send {"accepted":true} or {"accepted":false}.`, "accepted")
	}
	partner, err := h.Registry.SetAgreement(r.Context(), r.PathValue("partner"), *request.Accepted)
	return answer(w, partner, err)
}

func (h *Handler) listApps(w http.ResponseWriter, r *http.Request) error {
	apps, err := h.Registry.Apps(r.Context(), r.PathValue("partner"))
	return answer(w, apps, err)
}

func (h *Handler) createApp(w http.ResponseWriter, r *http.Request) error {
	var request csp.AppRequest
	if err := read(w, r, &request); err != nil {
		return err
	}
	registered, err := h.Registry.Register(r.Context(), r.PathValue("partner"), &request)
	return answer(w, registered, err)
}

func (h *Handler) getApp(w http.ResponseWriter, r *http.Request) error {
	app, err := id(r, "app")
	if err != nil {
		return err
	}
	record, err := h.Registry.App(r.Context(), app)
	return answer(w, record, err)
}

func (h *Handler) deleteApp(w http.ResponseWriter, r *http.Request) error {
	app, err := id(r, "app")
	if err != nil {
		return err
	}
	return done(w, h.Registry.Unregister(r.Context(), app))
}

func (h *Handler) createSecret(w http.ResponseWriter, r *http.Request) error {
	app, err := id(r, "app")
	if err != nil {
		return err
	}
	var request csp.SecretRequest
	if err := read(w, r, &request); err != nil {
		return err
	}
	secret, err := h.Registry.AddSecret(r.Context(), app, &request)
	return answer(w, secret, err)
}

func (h *Handler) deleteSecret(w http.ResponseWriter, r *http.Request) error {
	app, err := id(r, "app")
	if err != nil {
		return err
	}
	secret, err := id(r, "secret")
	if err != nil {
		return err
	}
	record, err := h.Registry.RemoveSecret(r.Context(), app, secret)
	return answer(w, record, err)
}

// createCertificate takes a certificate in PEM.
func (h *Handler) createCertificate(w http.ResponseWriter, r *http.Request) error {
	app, err := id(r, "app")
	if err != nil {
		return err
	}
	var request struct {
		Certificate string `json:"certificate"`
	}
	if err := read(w, r, &request); err != nil {
		return err
	}
	added, err := h.Registry.AddCertificate(r.Context(), app, request.Certificate)
	return answer(w, added, err)
}

func (h *Handler) deleteCertificate(w http.ResponseWriter, r *http.Request) error {
	app, err := id(r, "app")
	if err != nil {
		return err
	}
	record, err := h.Registry.RemoveCertificate(r.Context(), app, r.PathValue("certificate"))
	return answer(w, record, err)
}

// redirect is the body of the calls for redirect URIs, which a path carries badly.
type redirect struct {
	URI string `json:"uri"`
}

func (h *Handler) createRedirect(w http.ResponseWriter, r *http.Request) error {
	return h.changeRedirect(w, r, (*csp.Registry).AddRedirectURI)
}

func (h *Handler) deleteRedirect(w http.ResponseWriter, r *http.Request) error {
	return h.changeRedirect(w, r, (*csp.Registry).RemoveRedirectURI)
}

func (h *Handler) changeRedirect(w http.ResponseWriter, r *http.Request, change func(*csp.Registry, context.Context, csp.ID, string) (*csp.AppRecord, error)) error {
	app, err := id(r, "app")
	if err != nil {
		return err
	}
	var request redirect
	if err := read(w, r, &request); err != nil {
		return err
	}
	record, err := change(h.Registry, r.Context(), app, request.URI)
	return answer(w, record, err)
}

func (h *Handler) listUsers(w http.ResponseWriter, r *http.Request) error {
	users, err := h.Registry.Users(r.Context(), r.PathValue("partner"))
	return answer(w, users, err)
}

func (h *Handler) createUser(w http.ResponseWriter, r *http.Request) error {
	var request csp.PartnerUserRequest
	if err := read(w, r, &request); err != nil {
		return err
	}
	user, err := h.Registry.CreateUser(r.Context(), r.PathValue("partner"), &request)
	return answer(w, user, err)
}

func (h *Handler) getUser(w http.ResponseWriter, r *http.Request) error {
	user, err := h.Registry.User(r.Context(), r.PathValue("user"))
	return answer(w, user, err)
}

func (h *Handler) deleteUser(w http.ResponseWriter, r *http.Request) error {
	return done(w, h.Registry.DeleteUser(r.Context(), r.PathValue("user")))
}

func (h *Handler) putAgents(w http.ResponseWriter, r *http.Request) error {
	var request struct {
		Agents []string `json:"agents"`
	}
	if err := read(w, r, &request); err != nil {
		return err
	}
	if request.Agents == nil {
		return partnercenter.ErrDetailsMissing.With(`The body names no groups; send for example {"agents":["HelpdeskAgents"]}, or {"agents":[]} for none.`, "agents")
	}
	user, err := h.Registry.SetAgents(r.Context(), r.PathValue("user"), request.Agents)
	return answer(w, user, err)
}

func (h *Handler) resetPassword(w http.ResponseWriter, r *http.Request) error {
	user, err := h.Registry.ResetPassword(r.Context(), r.PathValue("user"))
	return answer(w, user, err)
}

// answer writes the value, unless there is an error.
func answer(w http.ResponseWriter, value any, err error) error {
	if err != nil {
		return err
	}
	return web.Write(w, http.StatusOK, "", value)
}

// done answers a change that leaves nothing to show.
func done(w http.ResponseWriter, err error) error {
	return answer(w, struct{}{}, err)
}
