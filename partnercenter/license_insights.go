package partnercenter

import "context"

// LicensesDeployment is how far the licences of a product are deployed at a customer, in the order of its members on the wire.
// Partner Center docs: get-customer-licenses-deployment-information.
type LicensesDeployment struct {
	CustomerName      string              `json:"customerName,omitzero"`
	ProductName       string              `json:"productName,omitzero"`
	LicensesDeployed  int                 `json:"licensesDeployed"`
	DeploymentPercent float64             `json:"deploymentPercent"`
	LicensesSold      int                 `json:"licensesSold"`
	ProcessedDateTime string              `json:"processedDateTime,omitzero"`
	ServiceName       string              `json:"serviceName,omitzero"` // o365
	Channel           string              `json:"channel,omitzero"`     // reseller
	Attributes        *ResourceAttributes `json:"attributes,omitzero"`
}

// LicensesUsage is how far the licences of a product are used at a customer, in the order of the .NET SDK's model.
// Partner Center docs: get-customer-licenses-usage-information.
type LicensesUsage struct {
	CustomerName      string              `json:"customerName,omitzero"`
	ProductName       string              `json:"productName,omitzero"`
	LicensesActive    int                 `json:"licensesActive"`
	LicensesQualified int                 `json:"licensesQualified"`
	UsagePercent      float64             `json:"usagePercent"`
	WorkloadName      string              `json:"workloadName,omitzero"`
	ProcessedDateTime string              `json:"processedDateTime,omitzero"`
	ServiceName       string              `json:"serviceName,omitzero"`
	Channel           string              `json:"channel,omitzero"`
	Attributes        *ResourceAttributes `json:"attributes,omitzero"`
}

// LicensesDeployment is how far the customer's licences are deployed, product by product.
//
// Partner Center docs: get-customer-licenses-deployment-information.
//
//partnercenter:operation GET /v1/customers/{customer-id}/analytics/licenses/deployment
func (s *CustomersService) LicensesDeployment(ctx context.Context, id string, opts *GetCustomerProfileOptions) (*Collection[LicensesDeployment], error) {
	return customerPart[Collection[LicensesDeployment]](ctx, s, "CustomersService.LicensesDeployment", id, "/analytics/licenses/deployment", opts)
}

// LicensesUsage is how far the customer's licences are used, product by product.
//
// Partner Center docs: get-customer-licenses-usage-information.
//
//partnercenter:operation GET /v1/customers/{customer-id}/analytics/licenses/usage
func (s *CustomersService) LicensesUsage(ctx context.Context, id string, opts *GetCustomerProfileOptions) (*Collection[LicensesUsage], error) {
	return customerPart[Collection[LicensesUsage]](ctx, s, "CustomersService.LicensesUsage", id, "/analytics/licenses/usage", opts)
}
