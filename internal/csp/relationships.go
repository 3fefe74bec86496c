package csp

import (
	"context"

	"github.com/tenantry/tenantry/partnercenter"
)

// Relationships are those between indirect providers and their indirect resellers.
type Relationships struct {
	Store Store
}

// List is the partners whose names match that are what the type says of the caller.
//
// A partner of another kind is refused: Partner-Center-PowerShell#75 shows it for a direct reseller that asked for its
// indirect resellers.
func (s *Relationships) List(
	ctx context.Context, caller *Caller, relationship partnercenter.PartnerRelationshipType, matches func(name string) bool,
) (*partnercenter.Collection[partnercenter.PartnerRelationship], error) {
	var others []*Partner
	var err error
	switch {
	case relationship == partnercenter.IsIndirectCloudSolutionProviderOf && caller.Partner.Kind == IndirectProvider:
		others, err = s.Store.Resellers(ctx, caller.Partner.ID)
	case relationship == partnercenter.IsIndirectResellerOf && caller.Partner.Kind == IndirectReseller:
		others, err = s.Store.Providers(ctx, caller.Partner.ID)
	case relationship == partnercenter.IsIndirectResellerOf:
		return nil, partnercenter.ErrWrongKindOfPartner.With("Authorization Failed. Only an indirect reseller has indirect providers.")
	default:
		return nil, errOnlyProviders
	}
	if err != nil {
		return nil, err
	}
	var relationships []partnercenter.PartnerRelationship
	for _, other := range others {
		if matches(other.Name) {
			item := relationshipTo(other, relationship)
			item.State, item.Location = "Active", other.Country
			relationships = append(relationships, item)
		}
	}
	return partnercenter.CollectionOf(relationships), nil
}

var errOnlyProviders = partnercenter.ErrWrongKindOfPartner.With("Authorization Failed. Only an indirect provider has indirect resellers.")

// OfCustomer is the indirect resellers of a customer of the caller's.
//
// The refusals that Partner-Center-PowerShell#49 and PartnerCenterPowerShellModule#83 show are of customers of the caller's
// own, so the customer comes first. Items have neither state nor location: get-indirect-resellers-of-a-customer.
func (s *Relationships) OfCustomer(ctx context.Context, caller *Caller, id ID) (*partnercenter.Collection[partnercenter.PartnerRelationship], error) {
	customer, err := s.Store.Customer(ctx, caller.Partner.ID, id)
	if err != nil {
		return nil, err
	}
	if caller.Partner.Kind != IndirectProvider {
		return nil, errOnlyProviders
	}
	var relationships []partnercenter.PartnerRelationship
	if !customer.Reseller.IsZero() {
		reseller, err := s.Store.Partner(ctx, customer.Reseller)
		if err != nil {
			return nil, err
		}
		relationships = append(relationships, relationshipTo(reseller, partnercenter.IsIndirectCloudSolutionProviderOf))
	}
	return partnercenter.CollectionOf(relationships), nil
}

func relationshipTo(other *Partner, relationship partnercenter.PartnerRelationshipType) partnercenter.PartnerRelationship {
	return partnercenter.PartnerRelationship{
		ID:               other.ID.String(),
		Name:             other.Name,
		RelationshipType: relationship,
		MPNID:            other.MPNID,
		Attributes:       &partnercenter.ResourceAttributes{ObjectType: "PartnerRelationship"},
	}
}
