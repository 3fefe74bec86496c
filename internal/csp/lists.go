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
	found, beside := cut(found, query.Size, query.Backward, query.From != nil)
	page := &Page{Items: make([]partnercenter.Customer, 0, len(found))}
	for _, summary := range found {
		page.Items = append(page.Items, summary.item())
	}
	if len(found) == 0 {
		return page, nil
	}
	if beside.next {
		page.Next = &found[len(found)-1].Position
	}
	if beside.previous {
		page.Previous = &found[0].Position
	}
	return page, nil
}

// neighbours says on which sides of a page there are others.
type neighbours struct{ next, previous bool }

// cut is the page of what was found, one more than its size if there is more. Reached says that the page begins beyond a
// position: there is a page on the side that it was reached from.
func cut[T any](found []T, size int, backward, reached bool) ([]T, neighbours) {
	more := len(found) > size
	switch {
	case more && backward:
		found = found[1:]
	case more:
		found = found[:size]
	}
	return found, neighbours{next: more && !backward || reached && backward, previous: more && backward || reached && !backward}
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
