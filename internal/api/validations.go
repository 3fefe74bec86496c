package api

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// AddressValidation says in which form the verdict on an address is answered.
//
// The service answered an empty 200 or fault 2007 in 2017, clients of the years after that read a bare boolean, and since
// July 2021 the answer is an object, at which those clients fail (Partner-Center-PowerShell#367, #383).
type AddressValidation string

// The choices.
const (
	AddressValidationAuto   AddressValidation = "auto" // a boolean for clients that are known to read one
	AddressValidationObject AddressValidation = "object"
	AddressValidationBool   AddressValidation = "bool"
	AddressValidationLegacy AddressValidation = "legacy"
)

// booleanClients read a bare boolean in each of their versions.
var booleanClients = []string{"Partner Center PowerShell", "Partner Center Open .NET SDK", "Partner Center Java SDK"}

// form is the form for the request, never auto.
func (v AddressValidation) form(r *http.Request) AddressValidation {
	if v != AddressValidationAuto && v != "" {
		return v
	}
	client := strings.TrimSpace(r.Header.Get("MS-PartnerCenter-Client"))
	is := func(name string) bool { return strings.EqualFold(client, name) }
	switch {
	case slices.ContainsFunc(booleanClients, is),
		// Version 1.17 returned a boolean, 3.4.0 reads the object; when that changed is not known.
		is("Partner Center .NET SDK") && strings.HasPrefix(strings.TrimSpace(r.Header.Get("MS-SdkVersion")), "1."):
		return AddressValidationBool
	default:
		return AddressValidationObject
	}
}

// validateAddress judges an address. Partner Center docs: validate-an-address.
// No answer has a byte order mark: CIPP-API's Invoke-AddTenant reads this one unstripped.
func (h *Handler) validateAddress(w http.ResponseWriter, r *http.Request, caller *csp.Caller) error {
	var address partnercenter.Address
	if _, err := h.read(w, r, caller, &address); err != nil {
		return err
	}
	verdict, err := csp.ValidateAddress(&address)
	if err != nil {
		return err
	}
	switch h.AddressValidation.form(r) {
	case AddressValidationBool:
		return web.Write(w, http.StatusOK, "", verdict.Accepted())
	case AddressValidationLegacy:
		if !verdict.Accepted() {
			return addressRejected(verdict)
		}
		empty(w, http.StatusOK)
		return nil
	default:
		return web.Write(w, http.StatusOK, "", verdict.AddressValidationResponse)
	}
}

// rejection is the JSON that stands in the description of fault 2007. Partner Center docs before May 2021:
// validate-an-address.
type rejection struct {
	Code             string            `json:"code"`
	Reason           string            `json:"reason"`
	CorrectedAddress *correctedAddress `json:"corrected_address,omitzero"`
	ObjectType       string            `json:"object_type"`
	ResourceStatus   string            `json:"resource_status"`
}

type correctedAddress struct {
	Country      string `json:"country"`
	Region       string `json:"region"`
	City         string `json:"city"`
	AddressLine1 string `json:"address_line1"`
	PostalCode   string `json:"postal_code"`
}

// addressRejected is the verdict as the service gave it in 2017. Where there is no better address to tell, or its texts are
// too long for a description, corrected_address is left out.
func addressRejected(verdict *csp.AddressVerdict) error {
	said := rejection{
		Code: "60071", Reason: verdict.Reason + " - Details: " + verdict.ValidationMessage, ObjectType: "AddressValidation", ResourceStatus: "Active",
	}
	if len(verdict.SuggestedAddresses) > 0 {
		better := verdict.SuggestedAddresses[0]
		said.CorrectedAddress = &correctedAddress{better.Country, better.State, better.City, better.AddressLine1, better.PostalCode}
		if !strings.EqualFold(better.City, strings.TrimSpace(verdict.OriginalAddress.City)) {
			said.CorrectedAddress.City = strings.ToUpper(better.City) // BELLEVUE for Redmond in the docs' sample
		}
	}
	text, err := json.Marshal(said, jsontext.AllowInvalidUTF8(true))
	if err == nil && utf8.RuneCount(text) > partnercenter.MaxDescription {
		said.CorrectedAddress = nil
		text, err = json.Marshal(said, jsontext.AllowInvalidUTF8(true))
	}
	if err != nil {
		return err
	}
	return partnercenter.ErrAddressRejected.With(string(text))
}

// checkDomainPrefix answers true for a prefix that a new customer's domain can have, and false for one that is taken or
// that no domain can have: the older twin of checkDomain, which takes the whole name. The prefix is looked for below the
// first of the configured suffixes. Source: the service's OpenAPI file, CustomerService.json of December 2020.
func (h *Handler) checkDomainPrefix(w http.ResponseWriter, r *http.Request, _ *csp.Caller) error {
	domain, ok := h.Customers.Rules.DomainOf(r.PathValue("prefix"))
	if !ok {
		return h.write(w, r, http.StatusOK, false)
	}
	taken, err := h.Store.DomainTaken(r.Context(), domain)
	if err != nil {
		return err
	}
	return h.write(w, r, http.StatusOK, !taken)
}
