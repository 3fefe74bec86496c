package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
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
	Users     *csp.Users
	Store     csp.Store
	Replica   csp.Store // a copy of the store that may be behind it; nil: there is none
	Tokens    *token.Verifier
	Graph     *token.Verifier // of tokens for what is Microsoft Graph's; nil: Tokens
	Root      token.Root      // proves continuation tokens and links
	IDs       *csp.IDs
	Rand      io.Reader
	Now       func() time.Time
	Logger    *slog.Logger

	Origin        web.Origin // of the links that lead out of the surface
	ServerID      string     // MS-ServerId
	BOM           BOM
	StrictHeaders bool // MS-RequestId and MS-CorrelationId must be GUIDs

	UserCreated       int               // the status of an answer with a new user; zero: 200
	AddressValidation AddressValidation // the form of the verdict on an address

	RefuseGraphAudience bool // tokens for the directory's graph are answered 900420; Tokens must not accept them then

	MFA          MFA
	UserRequests *csp.UserRequestLog

	Reads, Writes *web.Gate // of requests that are worked on at once; nil: any number

	ThrottlePartner  throttle.Limit // of all calls of a partner
	ThrottleCustomer throttle.Limit // of a partner's calls for one customer
	Pool             Pool           // what servers count calls in together; nil: there is one
	partnerCalls     counter[csp.ID]
	customerCalls    counter[ofPartner]

	PlainWebhooks bool            // webhooks may be of plain HTTP
	validations   counter[csp.ID] // test events of a partner's webhook
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
	{"POST", "/v1/customers/{customer}/verifieddomain", appOrUser, (*Handler).addVerifiedDomain},
	{"HEAD", "/v1/domains/{domain}", appOrUser, (*Handler).checkDomain},
	{"POST", "/v1/validations/address", appOrUser, (*Handler).validateAddress},
	{"GET", "/v1/validations/checkdomainavailability/{prefix}", appOrUser, (*Handler).checkDomainPrefix},
	{"GET", "/v1/countryvalidationrules/{country}", appOrUser, (*Handler).getCountryValidationRules},
	{"GET", "/v1/profiles/organization", userOnly, (*Handler).getOrganizationProfile},
	{"GET", "/v1/profiles/legalbusiness", appOrUser, (*Handler).getLegalBusinessProfile},
	{"GET", "/v1/profiles/mpn", userOnly, (*Handler).getMPNProfile},
	{"GET", "/v1/profiles/support", userOnly, (*Handler).getSupportProfile},
	{"GET", "/v1/profiles/billing", userOnly, (*Handler).getPartnerBillingProfile},
	{"PUT", "/v1/profiles/organization", userOnly, (*Handler).putOrganizationProfile},
	{"PUT", "/v1/profiles/legalbusiness", userOnly, (*Handler).putLegalBusinessProfile},
	{"PUT", "/v1/profiles/support", userOnly, (*Handler).putSupportProfile},
	{"PATCH", "/v1/profiles/support", userOnly, (*Handler).patchSupportProfile},
	{"PUT", "/v1/profiles/supportprofile", userOnly, (*Handler).putSupportProfile},
	{"PUT", "/v1/profiles/billing", userOnly, (*Handler).putPartnerBillingProfile},
	{"GET", "/v1/relationships", userOnly, (*Handler).listRelationships},
	{"GET", "/v1/customers/{customer}/relationships", userOnly, (*Handler).listCustomerRelationships},
	{"GET", "/v1/customers/{customer}/usagebudget", appOrUser, (*Handler).getUsageBudget},
	{"PATCH", "/v1/customers/{customer}/usagebudget", appOrUser, (*Handler).patchUsageBudget},
	{"GET", "/v1/customers/{customer}/validationStatus", userOnly, (*Handler).getValidationStatus},
	{"GET", "/v1/customers/{customer}/managedservices", userOnly, (*Handler).getManagedServices},
	{"GET", "/v1/customers/{customer}/subscriptions", appOrUser, (*Handler).listSubscriptions},
	{"GET", "/v1/customers/{customer}/orders", appOrUser, (*Handler).listOrders},
	{"GET", "/v1/customers/{customer}/qualification", appOrUser, (*Handler).getQualification},
	{"PUT", "/v1/customers/{customer}/qualification", userOnly, (*Handler).putQualification},
	{"GET", "/v1/customers/{customer}/qualifications", appOrUser, (*Handler).listQualifications},
	{"POST", "/v1/customers/{customer}/qualifications", userOnly, (*Handler).createQualification},
	{"GET", "/v1/customers/all/validations", appOrUser, (*Handler).listValidationCodes},
	{"GET", "/v1/customers/{customer}/validations", appOrUser, (*Handler).getCustomerValidation},
	{"GET", "/v1/SelfServePolicy", userOnly, (*Handler).listSelfServePolicies},
	{"POST", "/v1/SelfServePolicy", userOnly, (*Handler).createSelfServePolicy},
	{"PUT", "/v1/SelfServePolicy", userOnly, (*Handler).putSelfServePolicy},
	{"GET", "/v1/SelfServePolicy/{policy}", userOnly, (*Handler).getSelfServePolicy},
	{"PUT", "/v1/SelfServePolicy/{policy}", userOnly, (*Handler).putSelfServePolicy},
	{"PATCH", "/v1/SelfServePolicy/{policy}", userOnly, (*Handler).patchSelfServePolicy},
	{"DELETE", "/v1/SelfServePolicy/{policy}", userOnly, (*Handler).deleteSelfServePolicy},
	{"GET", "/v1/agreements", userOnly, (*Handler).listAgreements},
	{"GET", "/v1/agreementtemplates/{template}/document", userOnly, (*Handler).getAgreementDocument},
	{"GET", "/v1/customers/{customer}/agreements", userOnly, (*Handler).listCustomerAgreements},
	{"POST", "/v1/customers/{customer}/agreements", userOnly, (*Handler).confirmAgreement},
	{"GET", "/v1/customers/{customer}/directSignedMicrosoftCustomerAgreementStatus", userOnly, (*Handler).getDirectSignedAgreementStatus},
	{"POST", "/v1/customers/{customer}/users", userOnly, (*Handler).createUser},
	{"GET", "/v1/customers/{customer}/users", userOnly, (*Handler).listUsers},
	{"PATCH", "/v1/customers/{customer}/users", userOnly, (*Handler).patchUserOfBody},
	{"GET", "/v1/customers/{customer}/users/{user}", userOnly, (*Handler).getUser},
	{"PATCH", "/v1/customers/{customer}/users/{user}", userOnly, (*Handler).patchUser},
	{"DELETE", "/v1/customers/{customer}/users/{user}", userOnly, (*Handler).deleteUser},
	{"PATCH", "/v1/customers/{customer}/users/{user}/resetpassword", userOnly, (*Handler).resetPassword},
	{"GET", "/v1/customers/{customer}/users/{user}/directoryroles", userOnly, (*Handler).listRolesOfUser},
	{"GET", "/v1/customers/{customer}/users/{user}/licenses", userOnly, (*Handler).listLicenses},
	{"POST", "/v1/customers/{customer}/users/{user}/licenseupdates", userOnly, (*Handler).updateLicenses},
	{"GET", "/v1/customers/{customer}/directoryroles", userOnly, (*Handler).listDirectoryRoles},
	{"GET", "/v1/customers/{customer}/directoryroles/{role}/usermembers", userOnly, (*Handler).listUserMembers},
	{"POST", "/v1/customers/{customer}/directoryroles/{role}/usermembers", userOnly, (*Handler).addUserMember},
	{"DELETE", "/v1/customers/{customer}/directoryroles/{role}/usermembers/{user}", userOnly, (*Handler).removeUserMember},
	{"GET", "/v1/customers/{customer}/subscribedskus", userOnly, (*Handler).listSubscribedSKUs},
	{"GET", "/v1/customers/{customer}/analytics/licenses/deployment", userOnly, (*Handler).listLicensesDeployment},
	{"GET", "/v1/customers/{customer}/analytics/licenses/usage", userOnly, (*Handler).listLicensesUsage},
	{"POST", "/v1/customers/{customer}/applicationconsents", userOnly, (*Handler).createApplicationConsent},
	{"DELETE", "/v1/customers/{customer}/applicationconsents/{application}", userOnly, (*Handler).deleteApplicationConsent},
	{"GET", "/v1/auditrecords", appOrUser, (*Handler).listAuditRecords},
	{"GET", "/auditactivity/v1/auditrecords", appOrUser, (*Handler).listAuditRecords},
	{"GET", "/auditactivity/v1/auditrecords/{record}", appOrUser, (*Handler).getAuditRecord},
	{"GET", "/webhooks/v1/registration/events", appOrUser, (*Handler).getWebhookEvents},
	{"GET", "/webhooks/v1/registration", appOrUser, (*Handler).getWebhook},
	{"POST", "/webhooks/v1/registration", appOrUser, (*Handler).registerWebhook},
	{"PUT", "/webhooks/v1/registration", appOrUser, (*Handler).putWebhook},
	{"DELETE", "/webhooks/v1/registration", appOrUser, (*Handler).deleteWebhook},
	{"POST", "/webhooks/v1/registration/validationEvents", appOrUser, (*Handler).validateWebhook},
	{"GET", "/webhooks/v1/registration/validationEvents/{event}", appOrUser, (*Handler).getWebhookValidation},
	{"GET", "/v1/nonMfaCompliantPartnerPrincipals", userOnly, (*Handler).getNonMFACompliantPrincipals},
	{"GET", "/v1/applicationmfaadoptionstatus", userOnly, (*Handler).getMFAAdoption},
	{"GET", "/v1/partnerRequests", userOnly, (*Handler).getPartnerRequests},
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
	for _, route := range granularRoutes {
		patterns = append(patterns, route.pattern)
	}
	for _, operation := range documented() {
		patterns = append(patterns, operation.path)
	}
	return patterns
}

// Mount puts the surface on a mux of its own.
func (h *Handler) Mount(mux *http.ServeMux) {
	h.partnerCalls = newCounter(h, h.ThrottlePartner, func(partner csp.ID) string { return "partner " + partner.String() })
	h.customerCalls = newCounter(h, h.ThrottleCustomer, func(of ofPartner) string { return "customer " + of.partner.String() + " " + of.customer.String() })
	h.validations = newCounter(h, validationLimit, func(partner csp.ID) string { return "test events " + partner.String() })
	mounted := make([]web.Route, 0, len(routes)+len(granularRoutes)+1)
	behind := h.behind()
	for _, route := range slices.Concat(routes, granularRoutes) {
		if behind != nil && route.mayBeStale() {
			route = route.stale(behind)
		}
		mounted = append(mounted, web.Route{Method: route.method, Pattern: route.pattern, Handler: h.prepared(h.gate(route.method).Admit(h.authorized(route)))})
	}
	for _, operation := range documented() {
		if operation.hiddenByRoute() {
			mounted = append(mounted, web.Route{Method: operation.method, Pattern: operation.path, Handler: h.prepared(h.gate(operation.method).Admit(h.notBuilt))})
		}
	}
	mounted = append(mounted, web.Route{Pattern: "/", Handler: h.prepared(h.Reads.Admit(h.notBuilt))})
	web.Mount(mux, mounted, h.writeError)
}

// gate is the one that requests of the method come through: who reads must not wait for those who write.
func (h *Handler) gate(method string) *web.Gate {
	if method == http.MethodGet || method == http.MethodHead {
		return h.Reads
	}
	return h.Writes
}

// writeError is the one place that answers with an error.
func (h *Handler) writeError(w http.ResponseWriter, r *http.Request, err error) {
	fault := (*partnercenter.Fault)(nil)
	switch {
	case errors.As(err, &fault):
	case errors.Is(err, csp.ErrUnavailable), errors.Is(err, token.ErrBusy), errors.Is(err, context.Canceled):
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
		web.ComeBack(w)
	}
	if r.Method == http.MethodHead {
		empty(w, fault.Status)
		return
	}
	body := bodyOf(fault)
	if isGranular(r) {
		body = h.graphFaultOf(w, fault)
	}
	if err := web.Write(w, fault.Status, "", body); err != nil {
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
