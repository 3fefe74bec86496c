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

// BenchmarkReadCustomer reads customers by their ids: those of the first partner, and of two partners in turns, which costs the
// same.
func BenchmarkReadCustomer(b *testing.B) {
	ctx := context.Background()
	db, err := Open(ctx, "sqlite:"+filepath.Join(b.TempDir(), "bench.db"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	ids := &csp.IDs{}
	partners := make([]csp.ID, 2)
	for i := range partners {
		partners[i] = ids.New()
		if err := db.CreatePartner(ctx, &csp.Partner{ID: partners[i], Domain: fmt.Sprintf("p%d.onmicrosoft.com", i), Kind: csp.DirectReseller}); err != nil {
			b.Fatal(err)
		}
	}
	customers := make([][]csp.ID, len(partners))
	for i := range 4000 {
		of := i % len(partners)
		customer := &csp.Customer{ID: ids.New(), Partner: partners[of], Created: time.Now()}
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
		customers[of] = append(customers[of], customer.ID)
	}
	for _, test := range []struct {
		name     string
		partners int
	}{
		{"one partner", 1},
		{"two partners", 2},
	} {
		b.Run(test.name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for i := 0; pb.Next(); i++ {
					of := i % test.partners
					if _, err := db.Customer(ctx, partners[of], customers[of][rand.IntN(len(customers[of]))]); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
