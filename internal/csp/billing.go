package csp

import (
	"context"
	"strings"

	"github.com/tenantry/tenantry/partnercenter"
)

// ETag is the condition under which a resource may be changed.
type ETag struct {
	Value    string // empty: no condition
	InHeader bool   // it came in If-Match, not in the resource
}

// matches reports whether the resource may be changed. The service takes etags with and without quotes and the W/ of a weak
// one, and * for any (Partner Center docs: test-and-debug).
func (e ETag) matches(current string) bool {
	value := strings.Trim(strings.TrimPrefix(strings.TrimSpace(e.Value), "W/"), `"`)
	return value == "" || value == "*" || value == current
}

// or is the condition, or that of the resource's own attributes where the header has none.
func (e ETag) or(attributes *partnercenter.ResourceAttributes) ETag {
	if e.Value == "" && attributes != nil {
		e.Value = attributes.ETag
	}
	return e
}

// refusal is the fault for an etag that does not match: 412 only where the header carried it, because the .NET and Java SDKs
// repeat a 412, and they send the etag in the body.
func (e ETag) refusal() error {
	if e.InHeader {
		return partnercenter.ErrPreconditionFailed.With("The etag of If-Match is no longer valid. Read the resource again and apply the change to it.")
	}
	return partnercenter.ErrStaleETag.With("The etag is no longer valid. Read the resource again and apply the change to it.", "attributes.etag")
}

// UpdateBillingProfile replaces the billing profile of a customer of the caller's.
func (s *Customers) UpdateBillingProfile(ctx context.Context, caller *Caller, id ID, etag ETag, request *partnercenter.CustomerBillingProfile, call Call) (*partnercenter.CustomerBillingProfile, error) {
	if err := caller.mustBe("change customers", AdminAgents, SalesAgents); err != nil {
		return nil, err
	}
	if etag.Value == "" && request.Attributes != nil {
		etag.Value = request.Attributes.ETag
	}
	var profile *partnercenter.CustomerBillingProfile
	recorded, err := s.Store.UpdateCustomer(ctx, caller.Partner.ID, id, call, func(customer *Customer) (Outcome, error) {
		current := customer.Account().BillingProfile
		switch {
		case request.ID != "" && !strings.EqualFold(request.ID, current.ID):
			return Outcome{}, partnercenter.ErrInvalidProperty.With("", violations{{"id", quoted(request.ID) + " is not the id of this profile; leave it out, or give " + current.ID}}.data()...)
		case !etag.matches(current.Attributes.ETag):
			return Outcome{}, etag.refusal()
		}
		if err := s.Rules.CheckNewCustomer(&partnercenter.Customer{CompanyProfile: customer.CompanyProfile, BillingProfile: request}); err != nil {
			return Outcome{}, err
		}
		customer.BillingProfile = s.billingProfile(request)
		profile = customer.Account().BillingProfile
		answer := profile.AppendJSON(nil)
		return Outcome{Answer: answer, Audit: &AuditEntry{
			Operation: partnercenter.OperationUpdateCustomerBillingProfile, Resource: partnercenter.AuditCustomer, ResourceID: id.String(),
			Old: current.AppendJSON(nil), New: answer,
		}}, nil
	})
	if err != nil {
		return nil, err
	}
	return answered(recorded, profile)
}

// billingProfile is the requested one as it is kept: the service's spelling of culture and country, a phone number that is
// there even if it is empty, and a new etag.
func (s *Customers) billingProfile(request *partnercenter.CustomerBillingProfile) *partnercenter.CustomerBillingProfile {
	billing := *request
	billing.ID, billing.Links = "", nil
	billing.Culture = s.Rules.culture(billing.Culture)
	billing.Attributes = &partnercenter.ResourceAttributes{ETag: s.newETag()}
	address := *billing.DefaultAddress
	address.Country = strings.ToUpper(address.Country)
	if address.PhoneNumber == nil {
		address.PhoneNumber = new(string)
	}
	billing.DefaultAddress = &address
	return &billing
}
