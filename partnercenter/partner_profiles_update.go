package partnercenter

import (
	"context"
	"errors"
	"net/http"
)

// UpdateProfileOptions are the options of the methods that replace one of the partner's profiles. If the profile was changed
// since its etag was read, their error is [ErrStaleETag], or [ErrPreconditionFailed] where the options carry the etag.
type UpdateProfileOptions struct {
	RequestOptions

	// IfMatch is the etag that the profile must still have. If it is empty the one in the profile's attributes counts.
	IfMatch string
}

// UpdateBilling replaces how the partner itself is billed.
//
// Partner Center docs: update-partner-billing-profile.
//
//partnercenter:operation PUT /v1/profiles/billing
func (s *ProfilesService) UpdateBilling(ctx context.Context, profile *PartnerBillingProfile, opts *UpdateProfileOptions) (*PartnerBillingProfile, error) {
	return updateProfile(ctx, s, "ProfilesService.UpdateBilling", "/v1/profiles/billing", profile, opts)
}

// UpdateLegalBusiness replaces the partner's company as it is vetted.
//
// Partner Center docs: update-legal-business-profile.
//
//partnercenter:operation PUT /v1/profiles/legalbusiness
func (s *ProfilesService) UpdateLegalBusiness(ctx context.Context, profile *LegalBusinessProfile, opts *UpdateProfileOptions) (*LegalBusinessProfile, error) {
	return updateProfile(ctx, s, "ProfilesService.UpdateLegalBusiness", "/v1/profiles/legalbusiness", profile, opts)
}

// UpdateOrganization replaces the partner's company.
//
// Partner Center docs: update-an-organization-profile.
//
//partnercenter:operation PUT /v1/profiles/organization
func (s *ProfilesService) UpdateOrganization(ctx context.Context, profile *OrganizationProfile, opts *UpdateProfileOptions) (*OrganizationProfile, error) {
	return updateProfile(ctx, s, "ProfilesService.UpdateOrganization", "/v1/profiles/organization", profile, opts)
}

// UpdateSupport replaces where the partner's customers find help.
//
// Partner Center docs: update-support-profile; the path is the .NET SDK's.
//
//partnercenter:operation PUT /v1/profiles/support
func (s *ProfilesService) UpdateSupport(ctx context.Context, profile *SupportProfile, opts *UpdateProfileOptions) (*SupportProfile, error) {
	return updateProfile(ctx, s, "ProfilesService.UpdateSupport", "/v1/profiles/support", profile, opts)
}

func updateProfile[P any](ctx context.Context, s *ProfilesService, name, path string, profile *P, opts *UpdateProfileOptions) (*P, error) {
	if profile == nil {
		return nil, errors.New("the profile is nil")
	}
	if opts == nil {
		opts = &UpdateProfileOptions{}
	}
	return fetch[P](ctx, s.client, call{
		name:    name,
		method:  http.MethodPut,
		path:    path,
		area:    AreaProfiles,
		body:    profile,
		headers: map[string]string{"If-Match": ifMatch(opts.IfMatch)},
		options: &opts.RequestOptions,
	})
}
