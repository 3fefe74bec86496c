package token_test

import (
	"io"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/token"
)

const rootText = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

var start = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// seeded is a source of the same bytes on every run.
func seeded(seed byte) io.Reader { return rand.NewChaCha8([32]byte{seed}) }

func mustParseRoot(t testing.TB, text string) token.Root {
	t.Helper()
	root, err := token.ParseRoot(text)
	must(t, err)
	return root
}

func mustOpenStore(t testing.TB) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "token.db"), store.Options{})
	must(t, err)
	t.Cleanup(func() { must(t, db.Close()) })
	return db
}

// mustStart starts keys over the store; seed 0 is real chance.
func mustStart(t testing.TB, db *store.DB, seed byte, now func() time.Time) *token.Keys {
	t.Helper()
	keys := &token.Keys{Store: db, Root: mustParseRoot(t, rootText), Now: now}
	if seed != 0 {
		keys.Rand = seeded(seed)
	}
	must(t, keys.Start(t.Context()))
	t.Cleanup(func() { must(t, keys.Close()) })
	return keys
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
