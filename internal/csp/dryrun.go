package csp

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/tenantry/tenantry/partnercenter"
)

// Validate is a dry run of [Customers.Create]: it makes nothing, and answers with the details as they would be kept, or with
// one fault that names every violation, of the values as well as of the state of the world.
func (s *Customers) Validate(ctx context.Context, caller *Caller, request *partnercenter.Customer) (*partnercenter.Customer, error) {
	if err := mayCreate(caller, request); err != nil {
		return nil, err
	}
	found := s.Rules.all(detailsOf(request))
	if err := s.stateOfTheWorld(ctx, caller, request, &found); err != nil {
		return nil, err
	}
	if len(found) > 0 {
		return nil, partnercenter.ErrInvalidProperty.With("", found.data()...)
	}
	billing := s.billingProfile(request.BillingProfile)
	billing.Attributes = &partnercenter.ResourceAttributes{ObjectType: typeBillingProfile}
	return &partnercenter.Customer{
		CompanyProfile: &partnercenter.CustomerCompanyProfile{
			Domain:                         request.CompanyProfile.Domain,
			OrganizationRegistrationNumber: request.CompanyProfile.OrganizationRegistrationNumber,
			Attributes:                     &partnercenter.ResourceAttributes{ObjectType: typeCompanyProfile},
		},
		BillingProfile:      billing,
		AssociatedPartnerID: request.AssociatedPartnerID,
		Attributes:          &partnercenter.ResourceAttributes{ObjectType: typeCustomer},
	}, nil
}

// all is every violation of the rules at once, where a create stops after the first kind.
func (r Rules) all(d *details) violations {
	var found violations
	missing := d.missing()
	for _, path := range missing {
		found.add(path, "is missing")
	}
	for _, err := range [...]error{r.checkRegistrationNumber(d), d.checkPhone()} {
		if fault := (*partnercenter.Fault)(nil); errors.As(err, &fault) {
			found.add(fault.Data[0], "%s", fault.Description)
		}
	}
	for _, violation := range r.invalid(d) {
		if !slices.Contains(missing, violation.property) {
			found = append(found, violation)
		}
	}
	return found
}

// stateOfTheWorld adds what the store would refuse.
func (s *Customers) stateOfTheWorld(ctx context.Context, caller *Caller, request *partnercenter.Customer, found *violations) error {
	if request.CompanyProfile != nil {
		taken, err := s.Store.DomainTaken(ctx, request.CompanyProfile.Domain)
		if err != nil {
			return err
		}
		if taken {
			found.add("companyProfile.domain", "%s is already used by another tenant", quoted(request.CompanyProfile.Domain))
		}
	}
	if _, err := ParseID(request.AssociatedPartnerID); err == nil {
		if err := s.checkReseller(ctx, caller, request.AssociatedPartnerID, found); err != nil {
			return err
		}
	}
	if !s.SandboxLimits || !caller.Partner.Sandbox {
		return nil
	}
	customers, err := s.Store.Customers(ctx, caller.Partner.ID, &CustomerQuery{Size: sandboxCustomers})
	if err == nil && len(customers) >= sandboxCustomers {
		found.add("customers", "the sandbox account has %d, as many as it may have; delete one first", sandboxCustomers)
	}
	return err
}

func (s *Customers) checkReseller(ctx context.Context, caller *Caller, id string, found *violations) error {
	resellers, err := s.Store.Resellers(ctx, caller.Partner.ID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(resellers, func(partner *Partner) bool { return strings.EqualFold(partner.ID.String(), id) })
	switch {
	case i < 0:
		found.add("associatedPartnerId", "%s is not an indirect reseller of yours", quoted(id))
	case !resellers[i].AgreementAccepted:
		found.add("associatedPartnerId", "the indirect reseller %s has not accepted the Microsoft Partner Agreement", quoted(id))
	}
	return nil
}
