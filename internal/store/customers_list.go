package store

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
)

// Customers implements [csp.Store].
func (db *DB) Customers(ctx context.Context, partner csp.ID, query *csp.CustomerQuery) ([]*csp.CustomerSummary, error) {
	owner, err := db.partner(ctx, partner)
	if err != nil {
		return nil, err
	}
	page := &customersPage{CustomerQuery: *query, partner: owner.n}
	if page.Field == csp.ByReseller || page.Field == csp.ByProvider {
		other, err := db.partner(ctx, query.Other)
		if errors.Is(err, csp.ErrNotFound) {
			return nil, nil // nobody has customers of nobody
		}
		if err != nil {
			return nil, err
		}
		page.other = other.n
	}
	customers := make([]*csp.CustomerSummary, 0, page.Size)
	err = db.query(ctx, directed[page.Backward][page.Field], page.args(), func(row columns) error {
		customer := &csp.CustomerSummary{}
		var id []byte
		if err := row.Scan(&id, &customer.Name, &customer.Domain, &customer.Position.Text); err != nil {
			return err
		}
		customer.ID = csp.ID(id)
		customer.Position.Order = customer.ID.Order()
		customers = append(customers, customer)
		return nil
	})
	if page.Backward {
		slices.Reverse(customers)
	}
	return customers, err
}

// customersPage is a query with the numbers of those it speaks of.
type customersPage struct {
	csp.CustomerQuery
	partner, other int64
}

// customerQueries are those of each field. Each walks an index from the position that it was given, so that a deep page
// costs what the first one does. What is read backward has other words where the comments are.
var customerQueries = map[csp.CustomerField]string{
	csp.AnyCustomer: `
		SELECT t.id, COALESCE(a.name, t.name), t.domain, ''
		FROM relationships r
		JOIN tenants t ON t.n = r.customer
		LEFT JOIN accounts a ON r.account <> 0 AND a.customer = r.customer AND a.account = r.account
		WHERE r.partner = CAST($1 AS BIGINT) AND r.customer />/ $2
		ORDER BY r.customer /asc/
		LIMIT $3`,
	csp.ByCompanyName: `
		SELECT id, shown, domain, name
		FROM names
		WHERE partner = CAST($1 AS BIGINT) AND (name, customer) />/ ($4, $2) AND name /end/ $5
		ORDER BY name /asc/, customer /asc/
		LIMIT $3`,
	csp.ByDomain: `
		SELECT t.id, COALESCE(a.name, t.name), t.domain, d.name
		FROM domains d
		JOIN relationships r ON r.partner = CAST($1 AS BIGINT) AND r.customer = d.tenant
		JOIN tenants t ON t.n = d.tenant
		LEFT JOIN accounts a ON r.account <> 0 AND a.customer = r.customer AND a.account = r.account
		WHERE (d.name, d.tenant) />/ ($4, $2) AND d.name /end/ $5 AND d.profile = ''
		ORDER BY d.name /asc/, d.tenant /asc/
		LIMIT $3`,
	csp.ByReseller: `
		SELECT t.id, COALESCE(a.name, t.name), t.domain, ''
		FROM relationships r
		JOIN tenants t ON t.n = r.customer
		LEFT JOIN accounts a ON r.account <> 0 AND a.customer = r.customer AND a.account = r.account
		WHERE r.partner = CAST($1 AS BIGINT) AND r.reseller = CAST($4 AS BIGINT) AND r.reseller <> 0 AND r.customer />/ $2
		ORDER BY r.customer /asc/
		LIMIT $3`,
	csp.ByProvider: `
		SELECT t.id, COALESCE(a.name, t.name), t.domain, ''
		FROM relationships r
		JOIN tenants t ON t.n = r.customer
		LEFT JOIN accounts a ON r.account <> 0 AND a.customer = r.customer AND a.account = r.account
		WHERE r.partner = CAST($1 AS BIGINT) AND r.provider = CAST($4 AS BIGINT) AND r.provider <> 0 AND r.customer />/ $2
		ORDER BY r.customer /asc/
		LIMIT $3`,
}

// directions are the words of queries that are read forward, and backward.
var directions = map[bool]*strings.Replacer{
	false: strings.NewReplacer("/>/", ">", "/asc/", "ASC", "/end/", "<"),
	true:  strings.NewReplacer("/>/", "<", "/asc/", "DESC", "/end/", ">="),
}

// directed are the texts of the queries, forward and backward.
var directed = func() map[bool]map[csp.CustomerField]string {
	texts := map[bool]map[csp.CustomerField]string{}
	for backward, words := range directions {
		texts[backward] = map[csp.CustomerField]string{}
		for field, query := range customerQueries {
			texts[backward][field] = words.Replace(query)
		}
	}
	return texts
}()

// beyond every text and every order.
const (
	lastText  = "\U0010ffff"
	lastOrder = 1<<63 - 1
)

// args are the partner, where to begin, how many, and what the field is about.
func (p *customersPage) args() []any {
	prefix := csp.FoldedName(p.Prefix)
	from, end := csp.CustomerPosition{Text: prefix}, prefix+lastText
	if p.Backward {
		from, end = csp.CustomerPosition{Text: end, Order: lastOrder}, prefix
	}
	if p.From != nil {
		from = *p.From
	}
	args := []any{p.partner, from.Order, p.Size}
	switch p.Field {
	case csp.ByCompanyName, csp.ByDomain:
		return append(args, from.Text, end)
	case csp.ByReseller, csp.ByProvider:
		return append(args, p.other)
	default:
		return args
	}
}
