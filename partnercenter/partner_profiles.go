package partnercenter

import (
	"context"
	"net/http"
	"net/url"
)

// OrganizationProfile is the partner's company. Clients read it when they start: the PowerShell module takes its country
// and locale from defaultAddress.country and culture.
// Partner Center docs: update-an-organization-profile, which has the order of the members, and profile-resources.
type OrganizationProfile struct {
	ID             string              `json:"id,omitzero"`
	CompanyName    string              `json:"companyName,omitzero"`
	DefaultAddress *Address            `json:"defaultAddress,omitzero"`
	TenantID       string              `json:"tenantId,omitzero"`
	Domain         string              `json:"domain,omitzero"` // the initial domain
	Email          string              `json:"email,omitzero"`
	Language       string              `json:"language,omitzero"`
	Culture        string              `json:"culture,omitzero"`
	ProfileType    string              `json:"profileType,omitzero"`
	Links          *ResourceLinks      `json:"links,omitzero"`
	Attributes     *ResourceAttributes `json:"attributes,omitzero"`
}

// LegalBusinessProfile is the partner's company as it was vetted.
// Partner Center docs: get-legal-business-profile, profile-resources.
type LegalBusinessProfile struct {
	CompanyName            string              `json:"companyName,omitzero"`
	Address                *Address            `json:"address,omitzero"`
	PrimaryContact         *Contact            `json:"primaryContact,omitzero"`
	CompanyApproverAddress *Address            `json:"companyApproverAddress,omitzero"`
	CompanyApproverEmail   string              `json:"companyApproverEmail,omitzero"`
	VettingStatus          string              `json:"vettingStatus,omitzero"`    // none, pending, authorized or rejected
	VettingSubStatus       string              `json:"vettingSubStatus,omitzero"` // the step that the vetting is at, or none
	ProfileType            string              `json:"profileType,omitzero"`
	Links                  *ResourceLinks      `json:"links,omitzero"`
	Attributes             *ResourceAttributes `json:"attributes,omitzero"`
}

// MPNProfile is a partner's membership of Microsoft's partner network.
// Partner Center docs: get-partner-network-profile, get-partner-by-mpn-id; the older samples lack partnerName, which the
// newer ones and the SDKs have. Without it the sample's Content-Length agrees.
type MPNProfile struct {
	PartnerName string              `json:"partnerName,omitzero"`
	MPNID       string              `json:"mpnId,omitzero"`
	ProfileType string              `json:"profileType,omitzero"`
	Links       *ResourceLinks      `json:"links,omitzero"`
	Attributes  *ResourceAttributes `json:"attributes,omitzero"`
}

// SupportProfile is where the partner's customers find help.
// Partner Center docs: get-support-profile, profile-resources.
type SupportProfile struct {
	Email       string              `json:"email,omitzero"`
	Telephone   string              `json:"telephone,omitzero"`
	Website     string              `json:"website,omitzero"`
	ProfileType string              `json:"profileType,omitzero"`
	Links       *ResourceLinks      `json:"links,omitzero"`
	Attributes  *ResourceAttributes `json:"attributes,omitzero"`
}

// PartnerBillingProfile is how the partner itself is billed.
// Partner Center docs: get-partner-billing-profile; billingDay, which its sample lacks, stands in profile-resources.
type PartnerBillingProfile struct {
	CompanyName         string              `json:"companyName,omitzero"`
	Address             *Address            `json:"address,omitzero"`
	PrimaryContact      *Contact            `json:"primaryContact,omitzero"`
	PurchaseOrderNumber string              `json:"purchaseOrderNumber,omitzero"`
	TaxID               string              `json:"taxId,omitzero"`
	BillingCurrency     string              `json:"billingCurrency,omitzero"` // ISO 4217
	BillingDay          int                 `json:"billingDay,omitzero"`
	ProfileType         string              `json:"profileType,omitzero"`
	Links               *ResourceLinks      `json:"links,omitzero"`
	Attributes          *ResourceAttributes `json:"attributes,omitzero"`
}

// Contact is somebody who is reached for a company.
type Contact struct {
	FirstName   string `json:"firstName,omitzero"`
	LastName    string `json:"lastName,omitzero"`
	Email       string `json:"email,omitzero"`
	PhoneNumber string `json:"phoneNumber,omitzero"`
}

// ProfilesService is the partner's own profiles.
type ProfilesService service

// OrganizationProfileOptions are the options of [ProfilesService.Organization].
type OrganizationProfileOptions RequestOptions

// Organization is the partner's company.
//
// Partner Center docs: get-an-organization-profile.
//
//partnercenter:operation GET /v1/profiles/organization
func (s *ProfilesService) Organization(ctx context.Context, opts *OrganizationProfileOptions) (*OrganizationProfile, error) {
	return fetch[OrganizationProfile](ctx, s.client, call{
		name:    "ProfilesService.Organization",
		method:  http.MethodGet,
		path:    "/v1/profiles/organization",
		area:    AreaProfiles,
		options: (*RequestOptions)(opts),
	})
}

// VettingVersion says which vetting a [LegalBusinessProfile] tells of.
type VettingVersion string

// The versions. The real service takes no version for the current one.
const (
	VettingCurrent       VettingVersion = "Current"
	VettingLastFinalized VettingVersion = "LastFinalized"
)

// LegalBusinessProfileOptions are the options of [ProfilesService.LegalBusiness].
type LegalBusinessProfileOptions struct {
	RequestOptions

	VettingVersion VettingVersion
}

// LegalBusiness is the partner's company as it was vetted.
//
// Partner Center docs: get-legal-business-profile.
//
//partnercenter:operation GET /v1/profiles/legalbusiness
func (s *ProfilesService) LegalBusiness(ctx context.Context, opts *LegalBusinessProfileOptions) (*LegalBusinessProfile, error) {
	if opts == nil {
		opts = &LegalBusinessProfileOptions{}
	}
	path := "/v1/profiles/legalbusiness"
	if opts.VettingVersion != "" {
		path += "?vettingVersion=" + url.QueryEscape(string(opts.VettingVersion))
	}
	return fetch[LegalBusinessProfile](ctx, s.client, call{
		name:    "ProfilesService.LegalBusiness",
		method:  http.MethodGet,
		path:    path,
		area:    AreaProfiles,
		options: &opts.RequestOptions,
	})
}

// MPNProfileOptions are the options of [ProfilesService.MPN].
type MPNProfileOptions struct {
	RequestOptions

	// MPNID asks for the partner with this id, whoever that is, instead of the caller.
	MPNID string
}

// MPN is the membership of Microsoft's partner network, the caller's own unless the options name another.
// [ErrMPNIDNotFound] if there is no such partner.
//
// Partner Center docs: get-partner-network-profile, get-partner-by-mpn-id.
//
//partnercenter:operation GET /v1/profiles/mpn
func (s *ProfilesService) MPN(ctx context.Context, opts *MPNProfileOptions) (*MPNProfile, error) {
	if opts == nil {
		opts = &MPNProfileOptions{}
	}
	path := "/v1/profiles/mpn"
	if opts.MPNID != "" {
		path += "?mpnId=" + url.QueryEscape(opts.MPNID)
	}
	return fetch[MPNProfile](ctx, s.client, call{
		name:    "ProfilesService.MPN",
		method:  http.MethodGet,
		path:    path,
		area:    AreaProfiles,
		options: &opts.RequestOptions,
	})
}

// SupportProfileOptions are the options of [ProfilesService.Support].
type SupportProfileOptions RequestOptions

// Support is where the partner's customers find help.
//
// Partner Center docs: get-support-profile.
//
//partnercenter:operation GET /v1/profiles/support
func (s *ProfilesService) Support(ctx context.Context, opts *SupportProfileOptions) (*SupportProfile, error) {
	return fetch[SupportProfile](ctx, s.client, call{
		name:    "ProfilesService.Support",
		method:  http.MethodGet,
		path:    "/v1/profiles/support",
		area:    AreaProfiles,
		options: (*RequestOptions)(opts),
	})
}

// PartnerBillingProfileOptions are the options of [ProfilesService.Billing].
type PartnerBillingProfileOptions RequestOptions

// Billing is how the partner itself is billed.
//
// Partner Center docs: get-partner-billing-profile.
//
//partnercenter:operation GET /v1/profiles/billing
func (s *ProfilesService) Billing(ctx context.Context, opts *PartnerBillingProfileOptions) (*PartnerBillingProfile, error) {
	return fetch[PartnerBillingProfile](ctx, s.client, call{
		name:    "ProfilesService.Billing",
		method:  http.MethodGet,
		path:    "/v1/profiles/billing",
		area:    AreaProfiles,
		options: (*RequestOptions)(opts),
	})
}
