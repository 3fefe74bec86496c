package store_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/tenantry/tenantry/internal/store"
)

// TestRedacted writes URLs of stores as people do, and as they mistype them. What is shown, and what an error says, has no password.
func TestRedacted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "tenantry.db")
	if err := mustOpen(t, "sqlite:"+file, nil).Close(); err != nil {
		t.Fatal(err)
	}
	for url, want := range map[string]string{
		"sqlite:/data/a@b:c.db":                                         "sqlite:/data/a@b:c.db",
		"sqlite::memory:":                                               "sqlite::memory:",
		"postgres:///tenantry":                                          "postgres:///tenantry",
		"postgres://db:5432/tenantry":                                   "postgres://db:5432/tenantry",
		"postgres://a:5432,b:5433/tenantry?sslmode=disable":             "postgres://a:5432,b:5433/tenantry?...",
		"postgres://ana@db/tenantry":                                    "postgres://ana@db/tenantry",
		"postgres://ana:hunter2@db/tenantry":                            "postgres://ana:xxxxx@db/tenantry",
		"postgresql://ana:hunter2@a,b/tenantry?sslmode=disable":         "postgresql://ana:xxxxx@a,b/tenantry?...",
		"postgres://db/tenantry?user=ana&password=hunter2":              "postgres://db/tenantry?...",
		"postgres://ana:hun@ter2@db/tenantry":                           "postgres://ana:xxxxx@db/tenantry",
		"postgres://ana:hun/ter2@db/tenantry":                           "postgres://ana:xxxxx@db/tenantry",
		"postgres://ana:hun?ter2@db/tenantry?x=y":                       "postgres://ana:xxxxx@db/tenantry?...",
		"postgres://ana:hun%zzter2@db/tenantry":                         "postgres://ana:xxxxx@db/tenantry",
		"postgres://ana:hunter2@db:port/tenantry":                       "postgres://ana:xxxxx@db:port/tenantry",
		"postgres://ana:hunter2/tenantry":                               "postgres://xxxxx",
		"postgres:/ana:hunter2@db/tenantry":                             "xxxxx",
		"host=db user=ana password=hunter2":                             "xxxxx",
		"mysql://ana:hunter2@db/tenantry":                               "mysql://ana:xxxxx@db/tenantry",
		"postgres://:hunter2@db:99999999/tenantry?connect_timeout=soon": "postgres://:xxxxx@db:99999999/tenantry?...",
	} {
		if got := store.Redacted(url); got != want {
			t.Errorf("%s: got %s, want %s", url, got, want)
		}
	}
	for _, url := range []string{
		"postgres://ana:hunter2@127.0.0.1:1/tenantry", // nothing answers there
		"postgres://127.0.0.1:1/tenantry?user=ana&password=hunter2",
		"postgres://ana:hun/ter2@127.0.0.1:1/tenantry",
		"postgres://ana:hun?ter2@127.0.0.1:1/tenantry?x=y",
		"postgres://ana:hun%zzter2@127.0.0.1:1/tenantry",
		"postgres://ana:hunter2@db:port/tenantry",
		"postgres://ana:hunter2/tenantry",
		"postgres:/ana:hunter2@127.0.0.1:1/tenantry",
		"host=127.0.0.1 port=1 user=ana password=hunter2",
		"mysql://ana:hunter2@127.0.0.1:1/tenantry",
		"postgres://ana:hunter2@127.0.0.1:1/tenantry?connect_timeout=soon",
		"postgres://ana:hunter2@127.0.0.1:1/tenantry?sslmode=perhaps",
		"postgres://ana:hunter2@127.0.0.1:1/tenantry?sslrootcert=/nothing",
	} {
		for what, open := range map[string]func() error{
			"open":  func() error { _, err := store.Open(t.Context(), url, store.Options{}); return err },
			"check": func() error { _, err := store.OpenUpkeep(t.Context(), url, ""); return err },
			"erase": func() error { return store.Erase(t.Context(), url) },
			"copy": func() error {
				_, err := store.Copy(t.Context(), "sqlite:"+file, url, store.CopyOptions{})
				return err
			},
		} {
			if err := open(); err == nil || strings.Contains(err.Error(), "ter2") {
				t.Errorf("%s %s: got %v, want an error without the password", what, url, err)
			}
		}
	}
}
