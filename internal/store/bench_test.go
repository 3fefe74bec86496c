package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/store/storetest"
)

// BenchmarkCreateCustomer is the store's part of a create: durable, with random domains and calls.
func BenchmarkCreateCustomer(b *testing.B) {
	for _, callers := range []int{1, 64, 256} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			ctx := context.Background()
			var batches, writes atomic.Int64
			db, err := store.Open(ctx, "sqlite:"+filepath.Join(b.TempDir(), "bench.db"), store.Options{Committed: func(n int) { batches.Add(1); writes.Add(int64(n)) }})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			ids := &csp.IDs{}
			partner := &csp.Partner{ID: ids.New(), Name: "Contoso", Domain: "contoso.onmicrosoft.com", Kind: csp.DirectReseller}
			if err := db.CreatePartner(ctx, partner); err != nil {
				b.Fatal(err)
			}
			b.SetParallelism(callers / 2)
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					creation := storetest.NewCreation(ids, partner.ID, fmt.Sprintf("x%026x.onmicrosoft.com", rand.Uint64()))
					storetest.Calling(creation, fmt.Sprint(rand.Uint64()))
					if _, err := db.CreateCustomer(ctx, creation); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(writes.Load())/float64(batches.Load()), "writes/commit")
		})
	}
}
