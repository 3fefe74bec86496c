package store

import (
	"context"
	"database/sql"
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
	rows, err := db.pool.QueryContext(ctx, db.dialect.spell(page.directed()), page.args()...)
	if err != nil {
		return nil, err
	}
	customers, err := summaries(rows)
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
		SELECT t.id, t.name, t.domain, ''
		FROM relationships r
		JOIN tenants t ON t.n = r.customer
		WHERE r.partner = $1 AND r.customer />/ $2
		ORDER BY r.customer /asc/
		LIMIT $3`,
	csp.ByCompanyName: `
		SELECT t.id, t.name, t.domain, x.name
		FROM names x
		JOIN tenants t ON t.n = x.customer
		WHERE x.partner = $1 AND (x.name, x.customer) />/ ($4, $2) AND x.name /end/ $5
		ORDER BY x.name /asc/, x.customer /asc/
		LIMIT $3`,
	csp.ByDomain: `
		SELECT t.id, t.name, t.domain, d.name
		FROM domains d
		JOIN relationships r ON r.partner = $1 AND r.customer = d.tenant
		JOIN tenants t ON t.n = d.tenant
		WHERE (d.name, d.tenant) />/ ($4, $2) AND d.name /end/ $5 AND d.profile = ''
		ORDER BY d.name /asc/, d.tenant /asc/
		LIMIT $3`,
	csp.ByReseller: `
		SELECT t.id, t.name, t.domain, ''
		FROM relationships r
		JOIN tenants t ON t.n = r.customer
		WHERE r.partner = $1 AND r.reseller = $4 AND r.reseller <> 0 AND r.customer />/ $2
		ORDER BY r.customer /asc/
		LIMIT $3`,
	csp.ByProvider: `
		SELECT t.id, t.name, t.domain, ''
		FROM relationships r
		JOIN tenants t ON t.n = r.customer
		WHERE r.partner = $1 AND r.provider = $4 AND r.provider <> 0 AND r.customer />/ $2
		ORDER BY r.customer /asc/
		LIMIT $3`,
}

var (
	forward  = strings.NewReplacer("/>/", ">", "/asc/", "ASC", "/end/", "<")
	backward = strings.NewReplacer("/>/", "<", "/asc/", "DESC", "/end/", ">=")
)

// directed is the text of the query in its direction.
func (p *customersPage) directed() string {
	if p.Backward {
		return backward.Replace(customerQueries[p.Field])
	}
	return forward.Replace(customerQueries[p.Field])
}

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

func summaries(rows *sql.Rows) (customers []*csp.CustomerSummary, err error) {
	defer func() {
		if closed := rows.Close(); err == nil {
			err = closed
		}
	}()
	for rows.Next() {
		customer := &csp.CustomerSummary{}
		var id []byte
		if err := rows.Scan(&id, &customer.Name, &customer.Domain, &customer.Position.Text); err != nil {
			return nil, err
		}
		customer.ID = csp.ID(id)
		customer.Position.Order = customer.ID.Order()
		customers = append(customers, customer)
	}
	return customers, rows.Err()
}
