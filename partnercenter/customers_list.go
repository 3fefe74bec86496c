package partnercenter

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// CustomerFilter is what a list can be searched by. Only one field can be set.
type CustomerFilter struct {
	CompanyName      string // begins so, in any case
	Domain           string // begins so, in any case
	IndirectReseller string // the tenant id of one; for a user of an indirect provider
	IndirectProvider string // the tenant id of one; for a user of an indirect reseller
}

// ListCustomersOptions are the options of [CustomersService.List].
type ListCustomersOptions struct {
	RequestOptions
	Size   int // of a page; zero is the service's choice
	Filter CustomerFilter

	// ContinuationToken of a page asks for the next one. Size and filter are in it.
	ContinuationToken string
}

// List is a page of the partner's customers, the first one unless the options carry a continuation token.
//
// Partner Center docs: get-a-list-of-customers, get-a-customer-by-name, get-customers-of-an-indirect-reseller.
//
//partnercenter:operation GET /v1/customers
func (s *CustomersService) List(ctx context.Context, opts *ListCustomersOptions) (*CustomerCollection, error) {
	if opts == nil {
		opts = &ListCustomersOptions{}
	}
	query, err := opts.query()
	if err != nil {
		return nil, err
	}
	return fetch[CustomerCollection](ctx, s.client, call{
		name:    "CustomersService.List",
		method:  http.MethodGet,
		path:    "/v1/customers" + query,
		area:    AreaCustomers,
		headers: map[string]string{"MS-ContinuationToken": opts.ContinuationToken},
		options: &opts.RequestOptions,
	})
}

// AllCustomers are the partner's customers, page by page as they are needed. It ends with the first error.
func (c *Client) AllCustomers(ctx context.Context, opts *ListCustomersOptions) iter.Seq2[*Customer, error] {
	page := ListCustomersOptions{}
	if opts != nil {
		page = *opts
	}
	return eachItem(page.ContinuationToken, func(token string) ([]Customer, string, error) {
		page := page
		page.ContinuationToken = token
		found, err := c.Customers.List(ctx, &page)
		if err != nil {
			return nil, "", err
		}
		return found.Items, found.ContinuationToken, nil
	})
}

// query is the options as a query, with its question mark.
func (o *ListCustomersOptions) query() (string, error) {
	query := url.Values{}
	if o.ContinuationToken != "" {
		query.Set("seekOperation", "Next")
		return "?" + query.Encode(), nil
	}
	if o.Size > 0 {
		query.Set("size", strconv.Itoa(o.Size))
	}
	for _, field := range [...]struct{ name, value string }{
		{"CompanyName", o.Filter.CompanyName},
		{"Domain", o.Filter.Domain},
		{"IndirectReseller", o.Filter.IndirectReseller},
		{"IndirectCloudSolutionProvider", o.Filter.IndirectProvider},
	} {
		if field.value == "" {
			continue
		}
		if err := setFilter(query, field.name, field.value, "starts_with"); err != nil {
			return "", err
		}
	}
	if len(query) == 0 {
		return "", nil
	}
	return "?" + query.Encode(), nil
}
