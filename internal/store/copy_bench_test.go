package store_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/store/postgrestest"
)

// BenchmarkCopy copies 20,000 customers to PostgreSQL and back, the comparison of all rows included.
func BenchmarkCopy(b *testing.B) {
	ctx, dir := context.Background(), b.TempDir()
	file := "sqlite:" + filepath.Join(dir, "tenantry.db")
	db, err := store.Open(ctx, file, store.Options{})
	if err != nil {
		b.Fatal(err)
	}
	mustFill(b, db, 20_000)
	if err := db.Close(); err != nil {
		b.Fatal(err)
	}
	server := postgrestest.Newest(b)
	database := server.NewDatabase(b)
	if _, err := store.Copy(ctx, file, database, store.CopyOptions{}); err != nil {
		b.Fatal(err)
	}
	for _, way := range []struct {
		name, from string
		to         func() string
	}{
		{"to=postgresql", file, func() string { return server.NewDatabase(b) }},
		{"to=sqlite", database, func() string { return "sqlite:" + filepath.Join(b.TempDir(), "copy.db") }},
	} {
		b.Run(way.name, func(b *testing.B) {
			var rows int64
			for range b.N {
				copied, err := store.Copy(ctx, way.from, way.to(), store.CopyOptions{})
				if err != nil {
					b.Fatal(err)
				}
				for _, table := range copied.Tables {
					rows += table.Rows
				}
			}
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(float64(b.N)*20_000/b.Elapsed().Seconds(), "customers/s")
		})
	}
}
