package csp

import (
	"context"
	"fmt"
	"strings"

	"github.com/tenantry/tenantry/partnercenter"
)

// SubscribedSKUs are the products that a customer of the caller's has licences of. Nobody sells subscriptions here, so it has
// none, in whichever group.
func (s *Users) SubscribedSKUs(ctx context.Context, caller *Caller, customer ID) (*partnercenter.Collection[partnercenter.SubscribedSKU], error) {
	if err := s.mayRead(ctx, caller, customer); err != nil {
		return nil, err
	}
	return partnercenter.CollectionOf[partnercenter.SubscribedSKU](nil), nil
}

// Licenses are those of the user, of which there are none likewise.
func (s *Users) Licenses(ctx context.Context, caller *Caller, customer, id ID) (*partnercenter.Collection[partnercenter.License], error) {
	if _, err := s.active(ctx, caller, customer, id); err != nil {
		return nil, err
	}
	return partnercenter.CollectionOf[partnercenter.License](nil), nil
}

// LicensesDeployment is how far licences of a customer of the caller's are deployed: nothing is sold, so there is nothing to
// tell. It is the partner's own record, and needs no delegated admin.
func (s *Users) LicensesDeployment(ctx context.Context, caller *Caller, customer ID) (*partnercenter.Collection[partnercenter.LicensesDeployment], error) {
	_, err := s.Store.Customer(ctx, caller.Partner.ID, customer)
	return partnercenter.CollectionOf[partnercenter.LicensesDeployment](nil), err
}

// LicensesUsage is how far they are used, likewise.
func (s *Users) LicensesUsage(ctx context.Context, caller *Caller, customer ID) (*partnercenter.Collection[partnercenter.LicensesUsage], error) {
	_, err := s.Store.Customer(ctx, caller.Partner.ID, customer)
	return partnercenter.CollectionOf[partnercenter.LicensesUsage](nil), err
}

// LicenseGroups refuses what is no group of products. Clients write the groups in any case.
func LicenseGroups(words []string) error {
	for _, word := range words {
		switch partnercenter.LicenseGroupID(strings.ToLower(strings.TrimSpace(word))) {
		case partnercenter.LicenseGroup1, partnercenter.LicenseGroup2, "":
		default:
			return partnercenter.ErrInvalidEnum.With("The licenseGroupIds "+quoted(word)+" cannot be parsed; use Group1 or Group2.", "licenseGroupIds")
		}
	}
	return nil
}

// UpdateLicenses is always refused: an assignment because the customer has no licences, as the docs show it, and a removal
// because the user has none.
func (s *Users) UpdateLicenses(ctx context.Context, caller *Caller, customer, id ID, request *partnercenter.LicenseUpdate) error {
	if _, err := s.entitled(ctx, caller, customer, &setLicenses); err != nil {
		return err
	}
	user, err := s.active(ctx, caller, customer, id)
	if err != nil {
		return err
	}
	if n := len(request.LicensesToAssign) + len(request.LicensesToRemove); n > maxLicenses {
		return partnercenter.ErrUserInvalid.With("", violations{{"licensesToAssign", fmt.Sprintf("%d licenses in one update are too many; at most %d are allowed", n, maxLicenses)}}.data()...)
	}
	var found violations
	for i, assignment := range request.LicensesToAssign {
		checkSKU(&found, fmt.Sprintf("licensesToAssign[%d].skuId", i), assignment.SKUID)
	}
	for i, sku := range request.LicensesToRemove {
		path := fmt.Sprintf("licensesToRemove[%d]", i)
		if checkSKU(&found, path, sku) {
			found.add(path, "the user has no license of %s", quoted(sku))
		}
	}
	switch {
	case len(request.LicensesToAssign)+len(request.LicensesToRemove) == 0:
		found.add("licensesToAssign", "is missing, and so is licensesToRemove; give one of them at least")
	case len(request.LicensesToAssign) > 0 && user.UsageLocation == "":
		found.add("usageLocation", "the user has none, without which there are no licenses; update the user first, for example with US")
	}
	if len(found) > 0 {
		return partnercenter.ErrUserInvalid.With("", found.data()...)
	}
	var left []string
	for _, assignment := range request.LicensesToAssign {
		// The words of Partner Center docs, assign-licenses-to-a-user.
		left = append(left, "LicenseQuotaExceededException : Subscription with Account "+customer.String()+" and SKU "+strings.ToLower(assignment.SKUID)+" has no available licenses.")
	}
	return partnercenter.ErrNoLicensesLeft.With("", left...)
}

// maxLicenses bounds what a refusal of an update can name.
const maxLicenses = 100

// checkSKU reports whether the text can be the id of a product.
func checkSKU(found *violations, path, sku string) bool {
	_, err := ParseID(sku)
	if err != nil {
		found.add(path, "%s is not the id of a product; give the GUID, for example f8a1db68-be16-40ed-86d5-cb42ce701560", quoted(sku))
	}
	return err == nil
}
