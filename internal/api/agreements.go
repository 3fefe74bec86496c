package api

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// listAgreements is the agreements that customers consent to.
// Partner Center docs: get-agreement-metadata, get-customer-agreement-metadata.
func (h *Handler) listAgreements(w http.ResponseWriter, r *http.Request, _ *csp.Caller) error {
	of, err := agreementTypeAsked(r)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, csp.AgreementTemplates(of))
}

// listCustomerAgreements is what the partner has confirmed of a customer's consent; an empty list if nothing.
// Partner Center docs: get-confirmation-of-customer-consent, get-confirmation-of-customer-agreement.
func (h *Handler) listCustomerAgreements(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	of, err := agreementTypeAsked(r)
	if err != nil {
		return err
	}
	agreements, err := h.agreements().OfCustomer(r.Context(), caller, id, of)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, agreements)
}

// confirmAgreement adds a confirmation. Partner Center docs: confirm-customer-consent-customer-agreement.
func (h *Handler) confirmAgreement(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	var request partnercenter.Agreement
	call, err := h.read(w, r, caller, &request)
	if err != nil {
		return err
	}
	agreement, err := h.agreements().Confirm(r.Context(), caller, id, &request, call)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusCreated, agreement)
}

// getDirectSignedAgreementStatus is whether a customer has accepted the Microsoft Customer Agreement itself.
// Partner Center docs: get-direct-sign-status-of-customer-agreement.
func (h *Handler) getDirectSignedAgreementStatus(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	id, err := tenantID(r)
	if err != nil {
		return err
	}
	status, err := h.agreements().DirectSigned(r.Context(), caller, id)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, status)
}

// getAgreementDocument makes links to a text of an agreement. Partner Center docs: download-customer-agreement-template.
func (h *Handler) getAgreementDocument(w http.ResponseWriter, r *http.Request, _ *csp.Caller) error {
	parameters := queryOf(r)
	text, err := csp.NewAgreementText(r.PathValue("template"), parameters["language"], parameters["country"])
	if err != nil {
		return err
	}
	origin, err := h.Origin.Of(r)
	if err != nil {
		return partnercenter.ErrMalformedHeader.With("The header Host must be a host and port: links to the document begin with it.")
	}
	link := (&AgreementTexts{Root: h.Root, Now: h.Now}).link(text, h.IDs.New())
	return h.write(w, r, http.StatusOK, &partnercenter.AgreementDocument{
		DisplayURI:  origin + agreementView + link,
		DownloadURI: origin + agreementGet + link,
		Language:    text.Language,
		Country:     text.Country,
	})
}

func (h *Handler) agreements() *csp.Agreements { return &csp.Agreements{Store: h.Store} }

// agreementTypeAsked is the type that a list is asked for.
func agreementTypeAsked(r *http.Request) (partnercenter.AgreementType, error) {
	word := strings.TrimSpace(queryOf(r)["agreementtype"])
	switch word {
	case "":
		return partnercenter.MicrosoftCloudAgreement, nil
	case string(partnercenter.AllAgreements):
		return partnercenter.AllAgreements, nil
	}
	asked, err := partnercenter.ParseAgreementType(word)
	if err != nil {
		return "", partnercenter.ErrInvalidEnum.With("The agreementType '"+shown(word)+"' cannot be parsed; use MicrosoftCloudAgreement, MicrosoftCustomerAgreement or *.", "agreementType")
	}
	return asked, nil
}

// newerFault is a fault as the newer services write it. Partner Center docs: confirm-customer-consent-customer-agreement,
// whose sample has these values. The Go client reads it as any other.
type newerFault struct {
	Code                 int      `json:"code"`
	Message              string   `json:"message"`
	Description          string   `json:"description"`
	ErrorName            string   `json:"errorName"`
	IsRetryable          bool     `json:"isRetryable"`
	Parameters           struct{} `json:"parameters"`
	ErrorMessageExtended string   `json:"errorMessageExtended"`
}

func newerFaultOf(fault *partnercenter.Fault) *newerFault {
	return &newerFault{
		Code:                 fault.Code,
		Message:              fault.Description,
		Description:          fault.Description,
		ErrorName:            fault.ErrorName,
		ErrorMessageExtended: "InternalErrorCode=" + strconv.Itoa(fault.Code),
	}
}
