package partnercenter

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// NonMFACompliantPrincipal is a user who calls the API without a second factor.
// Partner Center docs: get-portal-requests-without-mfa.
type NonMFACompliantPrincipal struct {
	ObjectID                           string `json:"objectId"`
	TenantID                           string `json:"tenantId"`
	UPN                                string `json:"upn"`
	LastNonMFACompliantRequestDateTime string `json:"lastNonMfaCompliantRequestDateTime"`
}

// MFAAdoption is how many calls of a day users made with an application, and how many of them with a second factor.
// Partner Center docs: get-api-request-summary.
type MFAAdoption struct {
	LoginDate                string `json:"loginDate"` // 2026-03-01
	MFACompliantRequestCount int    `json:"mfaCompliantRequestCount"`
	TotalRequestCount        int    `json:"totalRequestCount"`
	ApplicationID            string `json:"applicationId"`
	ApplicationName          string `json:"applicationName"`
}

// PartnerRequest is a call that a user of the partner made. Partner Center docs: get-api-request-details.
type PartnerRequest struct {
	RequestID       string `json:"requestId"`
	CorrelationID   string `json:"correlationId"`
	OperationName   string `json:"operationName"` // Get /v{version}/customers
	RequestDateTime string `json:"requestDateTime"`
	SourceIPAddress string `json:"sourceIpAddress"`
	ObjectID        string `json:"objectId"`
	TenantID        string `json:"tenantId"`
	UPN             string `json:"upn"`
	ApplicationID   string `json:"applicationId"`
	MFACompliant    bool   `json:"mfaCompliant"`
}

// MFAReportsService says which calls of users are made without a second factor.
type MFAReportsService service

// MFAReportOptions are the options of the reports.
type MFAReportOptions RequestOptions

// NonCompliantPrincipals are the users who called without a second factor.
//
// Partner Center docs: get-portal-requests-without-mfa.
//
//partnercenter:operation GET /v1/nonMfaCompliantPartnerPrincipals
func (s *MFAReportsService) NonCompliantPrincipals(ctx context.Context, opts *MFAReportOptions) (*Collection[NonMFACompliantPrincipal], error) {
	return fetch[Collection[NonMFACompliantPrincipal]](ctx, s.client, call{
		name: "MFAReportsService.NonCompliantPrincipals", method: http.MethodGet, path: "/v1/nonMfaCompliantPartnerPrincipals",
		area: AreaMFAReports, options: (*RequestOptions)(opts),
	})
}

// MFAAdoptionOptions are the options of [MFAReportsService.Adoption].
type MFAAdoptionOptions struct {
	RequestOptions
	Start, End time.Time // days; zero: all that there is
}

// Adoption is how many calls were made each day with each application, and how many of them with a second factor.
//
// Partner Center docs: get-api-request-summary.
//
//partnercenter:operation GET /v1/applicationmfaadoptionstatus
func (s *MFAReportsService) Adoption(ctx context.Context, opts *MFAAdoptionOptions) ([]MFAAdoption, error) {
	if opts == nil {
		opts = &MFAAdoptionOptions{}
	}
	query := url.Values{}
	for name, day := range map[string]time.Time{"startDate": opts.Start, "endDate": opts.End} {
		if !day.IsZero() {
			query.Set(name, day.UTC().Format(time.DateOnly))
		}
	}
	path := "/v1/applicationmfaadoptionstatus"
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	adoption, err := fetch[[]MFAAdoption](ctx, s.client, call{
		name: "MFAReportsService.Adoption", method: http.MethodGet, path: path, area: AreaMFAReports, options: &opts.RequestOptions,
	})
	if err != nil {
		return nil, err
	}
	return *adoption, nil
}

// Requests are the calls that users of the partner made in the last seven days, at most 10,000, the newest first.
//
// Partner Center docs: get-api-request-details.
//
//partnercenter:operation GET /v1/partnerRequests
func (s *MFAReportsService) Requests(ctx context.Context, opts *MFAReportOptions) (*Collection[PartnerRequest], error) {
	return fetch[Collection[PartnerRequest]](ctx, s.client, call{
		name: "MFAReportsService.Requests", method: http.MethodGet, path: "/v1/partnerRequests",
		area: AreaMFAReports, options: (*RequestOptions)(opts),
	})
}
