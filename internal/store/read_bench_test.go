package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// BenchmarkReadCustomer reads customers that nobody remembers.
func BenchmarkReadCustomer(b *testing.B) {
	ctx := context.Background()
	db, err := Open(ctx, "sqlite:"+filepath.Join(b.TempDir(), "bench.db"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	ids := &csp.IDs{}
	partner := &csp.Partner{ID: ids.New(), Domain: "contoso.onmicrosoft.com", Kind: csp.DirectReseller}
	if err := db.CreatePartner(ctx, partner); err != nil {
		b.Fatal(err)
	}
	var customers []csp.ID
	for i := range 2000 {
		customer := &csp.Customer{ID: ids.New(), Partner: partner.ID, Created: time.Now()}
		customer.CompanyProfile = &partnercenter.CustomerCompanyProfile{Domain: fmt.Sprintf("d%d.onmicrosoft.com", i)}
		phone := ""
		customer.BillingProfile = &partnercenter.CustomerBillingProfile{
			Email: "test@outlook.com", Culture: "en-US", Language: "en", CompanyName: "test company",
			DefaultAddress: &partnercenter.Address{
				Country: "US", City: "Redmond", State: "WA", AddressLine1: "One Microsoft Way", PostalCode: "98052",
				FirstName: "Test", LastName: "Test", PhoneNumber: &phone,
			},
			Attributes: &partnercenter.ResourceAttributes{ETag: "5920358838484612121"},
		}
		admin := &csp.User{ID: ids.New(), Tenant: customer.ID, PrincipalName: "admin@" + customer.CompanyProfile.Domain, Credential: []byte{1}}
		if _, err := db.CreateCustomer(ctx, &csp.Creation{Customer: customer, Admin: admin}); err != nil {
			b.Fatal(err)
		}
		customers = append(customers, customer.ID)
	}
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := db.customerRow(ctx, partner.ID, customers[rand.IntN(len(customers))]); err != nil {
				b.Fatal(err)
			}
		}
	})
}
