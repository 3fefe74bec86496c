package store

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// CreateCustomer implements [csp.Store].
func (db *DB) CreateCustomer(ctx context.Context, creation *csp.Creation) ([]byte, error) {
	c, err := db.newCustomer(ctx, creation)
	if err != nil {
		return nil, err
	}
	if err := db.writes.create(ctx, c); err != nil {
		return nil, err
	}
	if c.prior != nil {
		return c.prior.outcome()
	}
	return nil, c.refusal
}

// newCustomer is a creation as its columns, which are made before the write has its turn, and then what came of it.
type newCustomer struct {
	*csp.Creation
	n       int64
	partner int64
	domain  string
	profile string
	admin   string
	records []string // of the audit

	reseller int64 // of an indirect customer
	prior    *entry
	refusal  error
}

func (db *DB) newCustomer(ctx context.Context, creation *csp.Creation) (*newCustomer, error) {
	customer := creation.Customer
	partner, err := db.partner(ctx, customer.Partner)
	if err != nil {
		return nil, err
	}
	admin, err := json.Marshal(userProfileOf(creation.Admin))
	if err != nil {
		return nil, err
	}
	c := &newCustomer{
		Creation: creation,
		n:        customer.ID.Order(),
		partner:  partner.n,
		domain:   strings.ToLower(customer.CompanyProfile.Domain),
		profile:  string(customer.Profile().AppendJSON(make([]byte, 0, 1024))),
		admin:    string(admin),
	}
	readers := []csp.ID{customer.Partner}
	if !customer.Reseller.IsZero() {
		readers = append(readers, customer.Reseller)
	}
	for _, entry := range creation.Entries() {
		record, err := auditText(c.deed(), readers, entry)
		if err != nil {
			return nil, err
		}
		c.records = append(c.records, string(record))
	}
	return c, nil
}

// deed is the creation as the audit tells it.
func (c *newCustomer) deed() *deed {
	return &deed{partner: c.Customer.Partner, customer: c.Customer.ID, name: c.Customer.BillingProfile.CompanyName, readers: c.partners(), by: c.Call.By}
}

// partners are those that the customer is in a relationship with.
func (c *newCustomer) partners() []int64 {
	if c.reseller == 0 {
		return []int64{c.partner}
	}
	return []int64{c.partner, c.reseller}
}

// relationships are the rows of the customer's partners.
func (c *newCustomer) relationships() []*relationship {
	var rows []*relationship
	for _, partner := range c.partners() {
		r := &relationship{partner: partner, customer: c.n, delegated: c.Customer.DelegatedAccess}
		if c.reseller != 0 {
			r.reseller, r.provider = c.reseller, c.partner
		}
		rows = append(rows, r)
	}
	return rows
}

// createAll makes the customers in the transaction, and leaves with each what came of it. None of them spoils it for the others: who
// wants what another one has got is refused.
func (db *DB) createAll(t *tx, all []*newCustomer) error {
	together := make([]*newCustomer, 0, len(all))
	for _, c := range all {
		c.reseller, c.prior, c.refusal = 0, nil, nil
		if c.CustomerLimit == 0 {
			together = append(together, c)
		} else if err := db.createTogether(t, []*newCustomer{c}); err != nil { // those before it count
			return err
		}
	}
	if len(together) == 0 {
		return nil
	}
	return db.createTogether(t, together)
}

// createTogether is a few statements for all of the customers. What servers insert that another one may want as well is inserted in one
// order by all of them, so that none of them has what the other waits for.
func (db *DB) createTogether(t *tx, customers []*newCustomer) error {
	fresh, repeated, err := db.rememberAll(t, customers)
	if err != nil {
		return err
	}
	admitted, err := t.admit(fresh)
	if err != nil {
		return err
	}
	made, err := t.claimDomains(admitted)
	if err != nil {
		return err
	}
	if err := t.insertCustomers(made); err != nil {
		return err
	}
	if err := db.tellCreations(t, made); err != nil {
		return err
	}
	for _, c := range fresh {
		if c.refusal != nil {
			if err := t.rememberRefusal(c.Call, c.refusal); err != nil {
				return err
			}
		}
	}
	for _, c := range repeated {
		c.prior = &entry{}
		if err := t.row(priorQuery, c.Call.Key[:]).Scan(&c.prior.status, &c.prior.answer); err != nil {
			return err
		}
	}
	return nil
}

var insertLedger = newInsertion(`INSERT INTO ledger (n, call, status, answer)`, 4, `ON CONFLICT (call) DO NOTHING RETURNING n`)

// rememberAll enters the answers to the calls, and tells those that the ledger has no answer to from those that repeat others.
func (db *DB) rememberAll(t *tx, customers []*newCustomer) (fresh, repeated []*newCustomer, err error) {
	slices.SortFunc(customers, func(a, b *newCustomer) int { return bytes.Compare(a.Call.Key[:], b.Call.Key[:]) })
	values := make([]any, 0, insertLedger.columns*len(customers))
	entered := make(map[int64]*newCustomer, len(customers))
	for _, c := range customers {
		if !c.Call.Repeatable() {
			fresh = append(fresh, c)
			continue
		}
		n := db.rows.New().Order()
		values = append(values, n, c.Call.Key[:], created, string(c.Answer))
		entered[n] = c
	}
	err = t.insert(insertLedger, values, func(row scanner) error {
		var n int64
		if err := row.Scan(&n); err != nil {
			return err
		}
		fresh = append(fresh, entered[n])
		delete(entered, n)
		return nil
	})
	for _, c := range entered {
		repeated = append(repeated, c)
	}
	return fresh, repeated, err
}

// admit refuses customers for the sake of their partners.
func (t *tx) admit(customers []*newCustomer) (admitted []*newCustomer, err error) {
	for _, c := range customers {
		if c.reseller, c.refusal, err = t.reseller(c); err != nil {
			return nil, err
		}
		if c.refusal == nil {
			if c.refusal, err = t.full(c); err != nil {
				return nil, err
			}
		}
		if c.refusal == nil {
			admitted = append(admitted, c)
		}
	}
	return admitted, nil
}

var insertDomains = newInsertion(`INSERT INTO domains (name, tenant)`, 2, `ON CONFLICT (name) DO NOTHING RETURNING tenant`)

// claimDomains refuses customers whose domains are taken.
func (t *tx) claimDomains(customers []*newCustomer) (made []*newCustomer, err error) {
	slices.SortFunc(customers, func(a, b *newCustomer) int { return strings.Compare(a.domain, b.domain) })
	values := make([]any, 0, insertDomains.columns*len(customers))
	waiting := make(map[int64]*newCustomer, len(customers))
	for _, c := range customers {
		values = append(values, c.domain, c.n)
		waiting[c.n] = c
	}
	err = t.insert(insertDomains, values, func(row scanner) error {
		var n int64
		if err := row.Scan(&n); err != nil {
			return err
		}
		made = append(made, waiting[n])
		delete(waiting, n)
		return nil
	})
	for _, c := range waiting {
		c.refusal = partnercenter.ErrDomainTaken.With("The domain "+c.Customer.CompanyProfile.Domain+" is already used by another tenant.", "companyProfile.domain")
	}
	return made, err
}

var (
	insertTenants       = newInsertion(`INSERT INTO tenants (n, id, name, domain, created, profile)`, 6, `ON CONFLICT (n) DO NOTHING RETURNING n`)
	insertUsers         = newInsertion(`INSERT INTO users (tenant, name, id, credential, profile)`, 5, ``)
	insertRelationships = newInsertion(`INSERT INTO relationships (partner, customer, reseller, provider, delegated, account)`, 6, ``)
	insertNames         = newInsertion(`INSERT INTO names (partner, name, customer, id, shown, domain)`, 6, ``)
)

// insertCustomers writes the rows of customers that nothing stands in the way of.
func (t *tx) insertCustomers(customers []*newCustomer) error {
	slices.SortFunc(customers, func(a, b *newCustomer) int { return bytes.Compare(a.Customer.ID[:], b.Customer.ID[:]) })
	var tenants, users, relationships, names []any
	for _, c := range customers {
		id, name, domain := c.Customer.ID[:], c.Customer.BillingProfile.CompanyName, c.Customer.CompanyProfile.Domain
		tenants = append(tenants, c.n, id, name, domain, c.Customer.Created.UnixMicro(), c.profile)
		users = append(users, c.n, csp.FoldedName(c.Admin.PrincipalName), c.Admin.ID[:], c.Admin.Credential, c.admin)
		for _, r := range c.relationships() {
			relationships = append(relationships, r.values()...)
			names = append(names, r.partner, csp.FoldedName(name), c.n, id, name, domain)
		}
	}
	inserted := 0
	err := t.insert(insertTenants, tenants, func(scanner) error { inserted++; return nil })
	if err != nil {
		return err
	}
	if inserted < len(customers) {
		return csp.ErrExists // another server made an id of the same instant
	}
	if err := t.insert(insertUsers, users, nil); err != nil {
		return err
	}
	if err := t.insert(insertRelationships, relationships, nil); err != nil {
		return err
	}
	return t.insert(insertNames, names, nil)
}

// tellCreations is [DB.tell] for customers that were made.
func (db *DB) tellCreations(t *tx, customers []*newCustomer) error {
	var values []any
	for _, c := range customers {
		d := c.deed()
		for i, entry := range c.Entries() {
			for _, reader := range d.readers {
				values = append(values, db.auditValues(d, entry, reader, c.records[i])...)
			}
		}
	}
	return t.insert(insertAudit, values, nil)
}
