package admin

import (
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// listQualifications shows what there is to vet: also what partners are not told again, the segment and the website.
func (h *Handler) listQualifications(w http.ResponseWriter, r *http.Request) error {
	customer, err := id(r, "customer")
	if err != nil {
		return err
	}
	qualifications, err := h.Qualifications.Files(r.Context(), customer)
	if err != nil {
		return err
	}
	return web.Write(w, http.StatusOK, "", qualifications)
}

// vetQualification approves or denies a qualification.
func (h *Handler) vetQualification(w http.ResponseWriter, r *http.Request) error {
	customer, err := id(r, "customer")
	if err != nil {
		return err
	}
	what, err := partnercenter.ParseQualification(r.PathValue("qualification"))
	if err != nil {
		what = partnercenter.Qualification(r.PathValue("qualification")) // which no customer has
	}
	var verdict csp.Verdict
	if err := read(w, r, &verdict); err != nil {
		return err
	}
	qualification, err := h.Qualifications.Vet(r.Context(), customer, what, verdict, h.actor(r))
	if err != nil {
		return err
	}
	return web.Write(w, http.StatusOK, "", qualification)
}

// actor is who the audit names: the docs' own records name services of the platform by their display names.
func (h *Handler) actor(r *http.Request) csp.Actor {
	correlation, err := csp.ParseID(r.Header.Get("MS-CorrelationId"))
	if err != nil {
		correlation = h.IDs.New()
	}
	return csp.Actor{App: "Tenantry", CorrelationID: correlation.String()}
}
