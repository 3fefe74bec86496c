package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/store/storetest"
)

// BenchmarkCustomers reads pages of 25, the first and deep ones, from collections of two sizes: what counts is that the cost
// does not grow with either.
func BenchmarkCustomers(b *testing.B) {
	for _, customers := range []int{1_000, 100_000} {
		ctx := context.Background()
		db, err := store.Open(ctx, "sqlite:"+filepath.Join(b.TempDir(), "bench.db"), store.Options{})
		if err != nil {
			b.Fatal(err)
		}
		partner := mustFill(b, db, customers)
		for _, test := range []struct {
			name  string
			query csp.CustomerQuery
			deep  bool
		}{
			{"name, first", csp.CustomerQuery{Field: csp.ByCompanyName, Prefix: "f"}, false},
			{"name, deep", csp.CustomerQuery{Field: csp.ByCompanyName}, true},
			{"domain, first", csp.CustomerQuery{Field: csp.ByDomain, Prefix: "f"}, false},
			{"all, first", csp.CustomerQuery{}, false},
			{"all, deep", csp.CustomerQuery{}, true},
		} {
			b.Run(fmt.Sprintf("%s/customers=%d", test.name, customers), func(b *testing.B) {
				query := test.query
				query.Size = 25
				if test.deep {
					query.From = middle(b, db, partner, query, customers)
				}
				b.ReportAllocs()
				b.ResetTimer()
				for range b.N {
					if page, err := db.Customers(ctx, partner, &query); err != nil || len(page) != query.Size {
						b.Fatal(len(page), err)
					}
				}
			})
		}
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// mustFill creates customers with random names and domains.
func mustFill(b *testing.B, db *store.DB, customers int) (partner csp.ID) {
	b.Helper()
	ctx, ids := context.Background(), &csp.IDs{}
	partner = ids.New()
	if err := db.CreatePartner(ctx, &csp.Partner{ID: partner, Domain: "contoso.onmicrosoft.com", Kind: csp.DirectReseller}); err != nil {
		b.Fatal(err)
	}
	const writers = 100
	var group sync.WaitGroup
	for range writers {
		group.Go(func() {
			for range customers / writers {
				creation := storetest.NewCreation(ids, partner, fmt.Sprintf("%016x.onmicrosoft.com", rand.Uint64()))
				creation.Customer.BillingProfile.CompanyName = fmt.Sprintf("%016X Ltd", rand.Uint64())
				if _, err := db.CreateCustomer(ctx, creation); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	return partner
}

// middle is a position in the middle of the list.
func middle(b *testing.B, db *store.DB, partner csp.ID, query csp.CustomerQuery, customers int) *csp.CustomerPosition {
	b.Helper()
	query.Size = customers / 2
	half, err := db.Customers(context.Background(), partner, &query)
	if err != nil {
		b.Fatal(err)
	}
	return &half[len(half)-1].Position
}
