package csp

import (
	"context"

	"github.com/tenantry/tenantry/partnercenter"
)

// MaxPage is how many customers a page has at the most, and where the caller names no size.
const MaxPage = 500

// Page is a page of customers, and where the pages beside it begin.
type Page struct {
	Items    []partnercenter.Customer
	Next     *CustomerPosition // nil: this is the last one
	Previous *CustomerPosition // nil: this is the first one
}

// List is a page of the caller's customers.
func (s *Customers) List(ctx context.Context, caller *Caller, query CustomerQuery) (*Page, error) {
	if (query.Field == ByReseller || query.Field == ByProvider) && caller.AppOnly() {
		return nil, partnercenter.ErrAppOnly.With("Customers of an indirect reseller or provider cannot be listed with app-only authentication. Use a token of the application and a user.")
	}
	if query.Size <= 0 || query.Size > MaxPage {
		query.Size = MaxPage
	}
	asked := query
	asked.Size++ // whether there is more
	found, err := s.Store.Customers(ctx, caller.Partner.ID, &asked)
	if err != nil {
		return nil, err
	}
	more := len(found) > query.Size
	switch {
	case more && query.Backward:
		found = found[1:]
	case more:
		found = found[:query.Size]
	}
	page := &Page{Items: make([]partnercenter.Customer, 0, len(found))}
	for _, summary := range found {
		page.Items = append(page.Items, summary.item())
	}
	if len(found) == 0 {
		return page, nil
	}
	first, last := &found[0].Position, &found[len(found)-1].Position
	reached := query.From != nil // there is a page on the side that this one was reached from
	if more && !query.Backward || reached && query.Backward {
		page.Next = last
	}
	if more && query.Backward || reached && !query.Backward {
		page.Previous = first
	}
	return page, nil
}

// item is the customer as lists show it. Partner Center docs: get-a-list-of-customers.
func (c *CustomerSummary) item() partnercenter.Customer {
	id := c.ID.String()
	return partnercenter.Customer{
		ID: id,
		CompanyProfile: &partnercenter.CustomerCompanyProfile{
			TenantID:    id,
			Domain:      c.Domain,
			CompanyName: c.Name,
			Links:       partnercenter.LinkTo("/customers/" + id + "/profiles/company"),
			Attributes:  &partnercenter.ResourceAttributes{ObjectType: typeCompanyProfile},
		},
		RelationshipToPartner: partnercenter.RelationshipReseller,
		Links:                 partnercenter.LinkTo("/customers/" + id),
		Attributes:            &partnercenter.ResourceAttributes{ObjectType: typeCustomer},
	}
}
