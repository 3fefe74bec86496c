package store

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
)

// landed is a store as the second version of the schema held it: a partner and its customer.
const landed = `
	INSERT INTO partners (n, id, kind, country, mpn_id, sandbox, agreement) VALUES (1, x'11111111111141118111111111111111', 'direct', 'US', '', 0, 1);
	INSERT INTO tenants (n, id, name, domain, created, profile) VALUES (1, x'11111111111141118111111111111111', 'Contoso', 'contoso.onmicrosoft.com', 0, '');
	INSERT INTO domains (name, tenant) VALUES ('contoso.onmicrosoft.com', 1);
	INSERT INTO tenants (n, id, name, domain, created, profile) VALUES (7259612774400003, x'019ca9450a0070039554263850b678d7', 'Kestrel', 'Kestrel.onmicrosoft.com', 0,
		'{"companyProfile":{},"billingProfile":{"email":"a@b.example","culture":"en-US","language":"en","companyName":"Kestrel","attributes":{"etag":"1"}}}');
	INSERT INTO domains (name, tenant) VALUES ('kestrel.onmicrosoft.com', 7259612774400003);
	INSERT INTO users (tenant, name, id, credential, profile) VALUES (7259612774400003, 'admin@kestrel.onmicrosoft.com', x'019ca9450a0070039554263850b678d8', x'01',
		'{"principalName":"admin@kestrel.onmicrosoft.com","roles":["62e90394-69f5-4237-9190-012177145e10"],"created":0}');
	INSERT INTO relationships (partner, customer, reseller, provider, delegated) VALUES (1, 7259612774400003, 0, 0, 1);
	INSERT INTO names (partner, name, customer) VALUES (1, 'kestrel', 7259612774400003);
	INSERT INTO documents (customer, kind, id, document) VALUES (7259612774400003, 'usagebudget', 'usagebudget', '1.5');`

// TestMigrate opens a store that an earlier version made: nothing of it is lost.
func TestMigrate(t *testing.T) {
	ctx := t.Context()
	storeURL := "sqlite:" + filepath.Join(t.TempDir(), "tenantry.db")
	d, err := dialectOf(storeURL)
	if err != nil {
		t.Fatal(err)
	}
	old, err := sql.Open(d.driver, "file:"+d.path)
	if err != nil {
		t.Fatal(err)
	}
	provider, err := newProvider(old, d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.UpTo(ctx, 2); err != nil {
		t.Fatal(err)
	}
	if _, err := old.ExecContext(ctx, landed); err != nil {
		t.Fatal(err)
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}

	db, err := Open(ctx, storeURL, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	contoso, kestrel := csp.MustParseID("11111111-1111-4111-8111-111111111111"), csp.MustParseID("019ca945-0a00-7003-9554-263850b678d7")
	for _, field := range []csp.CustomerField{csp.AnyCustomer, csp.ByCompanyName, csp.ByDomain} {
		found, err := db.Customers(ctx, contoso, &csp.CustomerQuery{Field: field, Size: 9})
		if err != nil || len(found) != 1 || found[0].ID != kestrel || found[0].Name != "Kestrel" || found[0].Domain != "Kestrel.onmicrosoft.com" {
			t.Errorf("list by %d: got %+v, %v", field, found, err)
		}
	}
	customer, err := db.Customer(ctx, contoso, kestrel)
	if err != nil || customer.BillingProfile.CompanyName != "Kestrel" || !customer.DelegatedAccess {
		t.Errorf("customer: got %+v, %v", customer, err)
	}
	if user, err := db.User(ctx, kestrel, "Admin@kestrel.onmicrosoft.com"); err != nil || user.ID.String() != "019ca945-0a00-7003-9554-263850b678d8" {
		t.Errorf("administrator: got %+v, %v", user, err)
	}
	if documents, err := db.Documents(ctx, contoso, kestrel, "usagebudget"); err != nil || len(documents) != 1 {
		t.Errorf("documents: got %d, %v", len(documents), err)
	}
	if taken, err := db.DomainTaken(ctx, "KESTREL.onmicrosoft.com"); err != nil || !taken {
		t.Errorf("domain taken: got %t, %v", taken, err)
	}
}
