package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/store/postgrestest"
	"github.com/tenantry/tenantry/partnercenter"
)

// TestCreateTogether makes customers in one transaction that want the same things: each of them is answered as if it had come alone.
func TestCreateTogether(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { testCreateTogether(t, "sqlite:"+filepath.Join(t.TempDir(), "store.db")) })
	t.Run("postgres", func(t *testing.T) { testCreateTogether(t, postgrestest.Newest(t).NewDatabase(t)) })
}

func testCreateTogether(t *testing.T, storeURL string) {
	ctx := t.Context()
	db, err := Open(ctx, storeURL, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ids := &csp.IDs{}
	contoso := &csp.Partner{ID: ids.New(), Name: "Contoso", Domain: "contoso.onmicrosoft.com", Kind: csp.DirectReseller}
	if err := db.CreatePartner(ctx, contoso); err != nil {
		t.Fatal(err)
	}
	creation := func(name, call string) *newCustomer {
		id := ids.New()
		customer := &csp.Customer{ID: id, Partner: contoso.ID, DelegatedAccess: true, Created: time.Now()}
		customer.CompanyProfile = &partnercenter.CustomerCompanyProfile{Domain: name + ".onmicrosoft.com"}
		customer.BillingProfile = &partnercenter.CustomerBillingProfile{CompanyName: name}
		c, err := db.newCustomer(ctx, &csp.Creation{
			Customer: customer,
			Admin:    &csp.User{ID: ids.New(), Tenant: id, PrincipalName: "admin@" + name + ".onmicrosoft.com", Credential: []byte{1}},
			Outcome:  csp.Outcome{Answer: []byte(`"` + name + call + `"`), Audit: &csp.AuditEntry{Operation: partnercenter.OperationAddCustomer, Resource: partnercenter.AuditCustomer, ResourceID: id.String()}},
		})
		if err != nil {
			t.Fatal(err)
		}
		copy(c.Call.Key[:], call)
		return c
	}
	limited := func(name string, limit int) *newCustomer {
		c := creation(name, "limited "+name)
		c.CustomerLimit = limit
		return c
	}

	var all []*newCustomer
	for i := range 150 { // all sizes of insertions
		all = append(all, creation(fmt.Sprintf("many%d", i), fmt.Sprintf("many %d", i)))
	}
	twice := []*newCustomer{creation("twice", "twice"), creation("twice", "twice")}
	rivals := []*newCustomer{creation("rival", "rival a"), creation("rival", "rival b"), creation("rival", "rival b")}
	lastOnes := []*newCustomer{limited("last", 1), limited("toomany", 1)}
	once := creation("once", "")
	all = append(append(append(append(all, twice...), rivals...), lastOnes...), once)
	if err := db.writes.do(ctx, func(t *tx) error { return db.createAll(t, all) }); err != nil {
		t.Fatal(err)
	}

	for _, c := range append(all[:150:150], lastOnes[0], once) {
		if c.prior != nil || c.refusal != nil {
			t.Errorf("%s: got %v, %v; want it made", c.domain, c.prior, c.refusal)
		}
		if _, err := db.Customer(ctx, contoso.ID, c.Customer.ID); err != nil {
			t.Errorf("%s: %v", c.domain, err)
		}
	}
	if !errors.Is(lastOnes[1].refusal, partnercenter.ErrSandboxLimit) {
		t.Errorf("one more than there may be: got %v", lastOnes[1].refusal)
	}
	made, repeated := twice[0], twice[1]
	if made.prior != nil {
		made, repeated = repeated, made
	}
	if made.prior != nil || repeated.prior == nil || repeated.prior.answer != string(made.Answer) || repeated.prior.status != created {
		t.Errorf("the same call twice: got %v and %v", made.prior, repeated.prior)
	}
	winners := 0
	for _, c := range rivals {
		switch {
		case c.prior != nil: // as its other one
		case c.refusal == nil:
			winners++
		case !errors.Is(c.refusal, partnercenter.ErrDomainTaken):
			t.Errorf("a domain that another one has: got %v", c.refusal)
		}
	}
	if winners != 1 || (rivals[1].prior == nil) == (rivals[2].prior == nil) {
		t.Errorf("one domain for several: %d got it, with %v and %v", winners, rivals[1].prior, rivals[2].prior)
	}
	for _, pair := range [][2]*newCustomer{{rivals[1], rivals[2]}, {rivals[2], rivals[1]}} {
		if pair[0].prior == nil && (pair[0].refusal == nil) != (pair[1].prior.status == created) {
			t.Errorf("a call is answered %v, and again %v", pair[0].refusal, pair[1].prior.status)
		}
	}
	found, err := db.Customers(ctx, contoso.ID, &csp.CustomerQuery{Field: csp.ByCompanyName, Size: 500})
	if err != nil || len(found) != 150+4 {
		t.Errorf("list: got %d customers, %v; want 154", len(found), err)
	}
	records, err := db.AuditRecords(ctx, contoso.ID, &csp.AuditQuery{Until: 1 << 62, Size: 500})
	if err != nil || len(records) != len(found) {
		t.Errorf("audit: got %d records, %v; want one for each of %d customers", len(records), err, len(found))
	}
}
