package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/throttle"
	"github.com/tenantry/tenantry/internal/token"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// Handler answers the requests of the surface.
type Handler struct {
	Customers *csp.Customers
	Store     csp.Store
	Tokens    *token.Verifier
	Root      token.Root // proves continuation tokens and links
	IDs       *csp.IDs
	Rand      io.Reader
	Now       func() time.Time
	Logger    *slog.Logger

	Origin        web.Origin // of the links that lead out of the surface
	ServerID      string     // MS-ServerId
	BOM           BOM
	StrictHeaders bool // MS-RequestId and MS-CorrelationId must be GUIDs

	AddressValidation AddressValidation // the form of the verdict on an address

	RefuseGraphAudience bool // tokens for the directory's graph are answered 900420; Tokens must not accept them then

	ThrottlePartner  throttle.Limit // of all calls of a partner
	ThrottleCustomer throttle.Limit // of a partner's calls for one customer
	partnerCalls     *throttle.Buckets[csp.ID]
	customerCalls    *throttle.Buckets[ofPartner]
}

// access is which tokens an operation takes.
type access int

const (
	appOrUser access = iota
	userOnly         // an app-only token is refused with 900329
)

// route is a line of the table. Name is the operation's in the .NET SDK.
type route struct {
	method  string
	pattern string
	access  access
	handle  func(*Handler, http.ResponseWriter, *http.Request, *csp.Caller) error
}

// routes is the table of what is built. What is documented and not built stands in operations.csv.
var routes = []route{
	{"POST", "/v1/customers", appOrUser, (*Handler).createCustomer},
	{"GET", "/v1/customers", appOrUser, (*Handler).listCustomers},
	{"GET", "/v1/customers/relationshiprequests", userOnly, (*Handler).getRelationshipRequest},
	{"GET", "/v1/customers/{customer}", appOrUser, (*Handler).getCustomer},
	{"PATCH", "/v1/customers/{customer}", userOnly, (*Handler).patchCustomer},
	{"DELETE", "/v1/customers/{customer}", appOrUser, (*Handler).deleteCustomer},
	{"GET", "/v1/customers/{customer}/profiles/billing", appOrUser, (*Handler).getBillingProfile},
	{"PUT", "/v1/customers/{customer}/profiles/billing", appOrUser, (*Handler).putBillingProfile},
	{"GET", "/v1/customers/{customer}/profiles/company", userOnly, (*Handler).getCompanyProfile},
	{"GET", "/v1/customers/{customer}/customDomains", appOrUser, (*Handler).getCustomDomains},
	{"HEAD", "/v1/domains/{domain}", appOrUser, (*Handler).checkDomain},
	{"POST", "/v1/validations/address", appOrUser, (*Handler).validateAddress},
	{"GET", "/v1/validations/checkdomainavailability/{prefix}", appOrUser, (*Handler).checkDomainPrefix},
	{"GET", "/v1/countryvalidationrules/{country}", appOrUser, (*Handler).getCountryValidationRules},
	{"GET", "/v1/profiles/organization", userOnly, (*Handler).getOrganizationProfile},
	{"GET", "/v1/profiles/legalbusiness", appOrUser, (*Handler).getLegalBusinessProfile},
	{"GET", "/v1/profiles/mpn", userOnly, (*Handler).getMPNProfile},
	{"GET", "/v1/profiles/support", userOnly, (*Handler).getSupportProfile},
	{"GET", "/v1/profiles/billing", userOnly, (*Handler).getPartnerBillingProfile},
	{"GET", "/v1/relationships", userOnly, (*Handler).listRelationships},
	{"GET", "/v1/customers/{customer}/relationships", userOnly, (*Handler).listCustomerRelationships},
	{"GET", "/v1/customers/{customer}/usagebudget", appOrUser, (*Handler).getUsageBudget},
	{"PATCH", "/v1/customers/{customer}/usagebudget", appOrUser, (*Handler).patchUsageBudget},
	{"GET", "/v1/customers/{customer}/validationStatus", userOnly, (*Handler).getValidationStatus},
	{"GET", "/v1/customers/{customer}/managedservices", userOnly, (*Handler).getManagedServices},
	{"GET", "/v1/SelfServePolicy", userOnly, (*Handler).listSelfServePolicies},
	{"POST", "/v1/SelfServePolicy", userOnly, (*Handler).createSelfServePolicy},
	{"PUT", "/v1/SelfServePolicy", userOnly, (*Handler).putSelfServePolicy},
	{"GET", "/v1/SelfServePolicy/{policy}", userOnly, (*Handler).getSelfServePolicy},
	{"PUT", "/v1/SelfServePolicy/{policy}", userOnly, (*Handler).putSelfServePolicy},
	{"DELETE", "/v1/SelfServePolicy/{policy}", userOnly, (*Handler).deleteSelfServePolicy},
	{"GET", "/v1/agreements", userOnly, (*Handler).listAgreements},
	{"GET", "/v1/agreementtemplates/{template}/document", userOnly, (*Handler).getAgreementDocument},
	{"GET", "/v1/customers/{customer}/agreements", userOnly, (*Handler).listCustomerAgreements},
	{"POST", "/v1/customers/{customer}/agreements", userOnly, (*Handler).confirmAgreement},
	{"GET", "/v1/customers/{customer}/directSignedMicrosoftCustomerAgreementStatus", userOnly, (*Handler).getDirectSignedAgreementStatus},
	{"GET", "/v1/auditrecords", appOrUser, (*Handler).listAuditRecords},
	{"GET", "/auditactivity/v1/auditrecords", appOrUser, (*Handler).listAuditRecords},
	{"GET", "/auditactivity/v1/auditrecords/{record}", appOrUser, (*Handler).getAuditRecord},
	{"POST", "/generatetoken", appOrUser, (*Handler).generateToken},
}

// Prefixes are the first segments of the paths that belong to this surface.
var Prefixes = []string{"v1", "generatetoken", "auditactivity", "webhooks", "partner"}

// Patterns are all paths that the surface knows, built or not.
func Patterns() []string {
	patterns := make([]string, 0, len(routes))
	for _, route := range routes {
		patterns = append(patterns, route.pattern)
	}
	for _, operation := range documented() {
		patterns = append(patterns, operation.path)
	}
	return patterns
}

// Mount puts the surface on a mux of its own.
func (h *Handler) Mount(mux *http.ServeMux) {
	h.partnerCalls = &throttle.Buckets[csp.ID]{Limit: h.ThrottlePartner, Now: h.Now}
	h.customerCalls = &throttle.Buckets[ofPartner]{Limit: h.ThrottleCustomer, Now: h.Now}
	mounted := make([]web.Route, 0, len(routes)+1)
	for _, route := range routes {
		mounted = append(mounted, web.Route{Method: route.method, Pattern: route.pattern, Handler: h.prepared(h.authorized(route))})
	}
	for _, operation := range documented() {
		if operation.hiddenByRoute() {
			mounted = append(mounted, web.Route{Method: operation.method, Pattern: operation.path, Handler: h.prepared(h.notBuilt)})
		}
	}
	mounted = append(mounted, web.Route{Pattern: "/", Handler: h.prepared(h.notBuilt)})
	web.Mount(mux, mounted, h.writeError)
}

// writeError is the one place that answers with an error.
func (h *Handler) writeError(w http.ResponseWriter, r *http.Request, err error) {
	fault := (*partnercenter.Fault)(nil)
	switch {
	case errors.As(err, &fault):
	case errors.Is(err, csp.ErrUnavailable), errors.Is(err, context.Canceled):
		fault = partnercenter.ErrBusy // also where the caller has gone: nobody reads it, and the log need not know
	default:
		h.Logger.ErrorContext(r.Context(), "request failed",
			"method", r.Method, "path", r.URL.Path, "requestId", requestID(w), "correlationId", correlationID(w), "err", err)
		fault = partnercenter.ErrUnexpected
	}
	switch fault.Status {
	case http.StatusUnauthorized:
		w.Header()["WWW-Authenticate"] = []string{`Bearer realm="partnercenter", error="invalid_token"`}
	case http.StatusServiceUnavailable:
		w.Header()["Retry-After"] = []string{"1"}
	}
	if r.Method == http.MethodHead {
		empty(w, fault.Status)
		return
	}
	if err := web.Write(w, fault.Status, "", bodyOf(fault)); err != nil {
		h.Logger.ErrorContext(r.Context(), "fault not written", "err", err)
		empty(w, http.StatusInternalServerError)
	}
}

// bodyOf is the fault in the shape that its answer has.
func bodyOf(fault *partnercenter.Fault) any {
	switch {
	case fault.Status == http.StatusTooManyRequests:
		return gatewayFault{fault.Status, fault.Description}
	case fault.ErrorName != "":
		return newerFaultOf(fault)
	default:
		return fault
	}
}
