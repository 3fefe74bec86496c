package partnercenter

import (
	"context"
	"errors"
	"net/http"
	"net/url"
)

// SubscribedSKU is a product that a customer has licences of, in the order of its members on the wire.
// Partner Center docs: license-resources.
type SubscribedSKU struct {
	AvailableUnits   int                 `json:"availableUnits"`
	ActiveUnits      int                 `json:"activeUnits"`
	ConsumedUnits    int                 `json:"consumedUnits"`
	SuspendedUnits   int                 `json:"suspendedUnits"`
	TotalUnits       int                 `json:"totalUnits"`
	WarningUnits     int                 `json:"warningUnits"`
	ProductSKU       *ProductSKU         `json:"productSku,omitzero"`
	ServicePlans     []ServicePlan       `json:"servicePlans"`
	CapabilityStatus string              `json:"capabilityStatus,omitzero"`
	Attributes       *ResourceAttributes `json:"attributes,omitzero"`
}

// License is a licence that a user has.
// Partner Center docs: license-resources.
type License struct {
	ServicePlans []ServicePlan       `json:"servicePlans"`
	ProductSKU   *ProductSKU         `json:"productSku,omitzero"`
	Attributes   *ResourceAttributes `json:"attributes,omitzero"`
}

// ProductSKU is what a licence is of.
type ProductSKU struct {
	ID             string         `json:"id,omitzero"`
	Name           string         `json:"name,omitzero"`
	SKUPartNumber  string         `json:"skuPartNumber,omitzero"`
	TargetType     string         `json:"targetType,omitzero"` // User or Tenant
	LicenseGroupID LicenseGroupID `json:"licenseGroupId,omitzero"`
}

// ServicePlan is a part of a product.
type ServicePlan struct {
	DisplayName      string `json:"displayName,omitzero"`
	ServiceName      string `json:"serviceName,omitzero"`
	ID               string `json:"id,omitzero"`
	CapabilityStatus string `json:"capabilityStatus,omitzero"`
	TargetType       string `json:"targetType,omitzero"`
}

// LicenseUpdate is which licences a user shall get and lose.
// Partner Center docs: license-resources.
type LicenseUpdate struct {
	LicensesToAssign []LicenseAssignment `json:"licensesToAssign,omitempty"`
	LicensesToRemove []string            `json:"licensesToRemove,omitempty"` // SKU ids
	LicenseWarnings  []LicenseWarning    `json:"licenseWarnings,omitzero"`   // in answers only
	Attributes       *ResourceAttributes `json:"attributes,omitzero"`
}

// LicenseAssignment is a licence that a user shall get.
type LicenseAssignment struct {
	ExcludedPlans []string `json:"excludedPlans,omitempty"` // ids of service plans that are left off
	SKUID         string   `json:"skuId,omitzero"`
}

// LicenseWarning is what happened beside an update.
type LicenseWarning struct {
	Code         string   `json:"code,omitzero"`
	Message      string   `json:"message,omitzero"`
	ServicePlans []string `json:"servicePlans,omitempty"`
}

// LicenseGroupID is a group of products.
type LicenseGroupID string

// The groups.
const (
	LicenseGroup1 LicenseGroupID = "group1" // products that a directory manages
	LicenseGroup2 LicenseGroupID = "group2" // Minecraft
)

// ListLicensesOptions are the options of [CustomersService.SubscribedSKUs] and [UsersService.Licenses].
type ListLicensesOptions struct {
	RequestOptions
	Groups []LicenseGroupID // none: the first
}

// SubscribedSKUs is the products that the customer has licences of.
//
// Partner Center docs: get-a-list-of-available-licenses, get-a-list-of-available-licenses-by-license-group.
//
//partnercenter:operation GET /v1/customers/{customer-id}/subscribedskus
func (s *CustomersService) SubscribedSKUs(ctx context.Context, customer string, opts *ListLicensesOptions) (*Collection[SubscribedSKU], error) {
	if opts == nil {
		opts = &ListLicensesOptions{}
	}
	segment, err := pathSegment("customer id", customer)
	if err != nil {
		return nil, err
	}
	return fetch[Collection[SubscribedSKU]](ctx, s.client, call{
		name:    "CustomersService.SubscribedSKUs",
		method:  http.MethodGet,
		path:    "/v1/customers/" + segment + "/subscribedskus" + opts.query(),
		area:    AreaUsers,
		options: &opts.RequestOptions,
	})
}

// Licenses is the licences that the user has.
//
// Partner Center docs: check-which-licenses-are-assigned-to-a-user, get-licenses-assigned-to-a-user-by-license-group.
//
//partnercenter:operation GET /v1/customers/{customer-id}/users/{user-id}/licenses
func (s *UsersService) Licenses(ctx context.Context, customer, id string, opts *ListLicensesOptions) (*Collection[License], error) {
	if opts == nil {
		opts = &ListLicensesOptions{}
	}
	return userPart[Collection[License]](ctx, s, "UsersService.Licenses", customer, id, "/licenses"+opts.query(), &opts.RequestOptions)
}

// UpdateLicensesOptions are the options of [UsersService.UpdateLicenses].
type UpdateLicensesOptions RequestOptions

// UpdateLicenses gives licences to the user and takes others away. [ErrNoLicensesLeft] refuses one that the customer has no
// more of.
//
// Partner Center docs: assign-licenses-to-a-user.
//
//partnercenter:operation POST /v1/customers/{customer-id}/users/{user-id}/licenseupdates
func (s *UsersService) UpdateLicenses(ctx context.Context, customer, id string, update *LicenseUpdate, opts *UpdateLicensesOptions) (*LicenseUpdate, error) {
	if update == nil {
		return nil, errors.New("the update is nil")
	}
	path, err := userPath(customer, id)
	if err != nil {
		return nil, err
	}
	return fetch[LicenseUpdate](ctx, s.client, call{
		name:    "UsersService.UpdateLicenses",
		method:  http.MethodPost,
		path:    path + "/licenseupdates",
		area:    AreaUsers,
		body:    update,
		options: (*RequestOptions)(opts),
	})
}

// query is the groups as a query, with its question mark.
func (o *ListLicensesOptions) query() string {
	if len(o.Groups) == 0 {
		return ""
	}
	query := url.Values{}
	for _, group := range o.Groups {
		query.Add("licenseGroupIds", string(group))
	}
	return "?" + query.Encode()
}
