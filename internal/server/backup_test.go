package server_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/login"
	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/internal/store"
)

// answered is a create with its answer.
type answered struct{ requestID, domain, answer string }

// TestBackup takes a backup while customers are created, and makes a server of it: all that was answered before the backup began
// is there, and passwords, tokens and secrets are good under the same root key.
func TestBackup(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	s := mustOpen(t, server.Config{Store: "sqlite:" + filepath.Join(dir, "tenantry.db"), Dir: dir, AdminKey: "dev-secret"})
	bearer := mustAppToken(t, s)
	var mu sync.Mutex
	var all []answered
	enough, done := make(chan struct{}), make(chan struct{})
	var workers sync.WaitGroup
	for worker := range 8 {
		workers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				a := answered{requestID: (&csp.IDs{}).New().String(), domain: fmt.Sprintf("k%dx%d.onmicrosoft.com", worker, i)}
				status := 0
				if status, a.answer = create(t, s, bearer, a.requestID, a.domain); status != http.StatusCreated {
					t.Errorf("create: got %d %s", status, a.answer)
					return
				}
				mu.Lock()
				if all = append(all, a); len(all) == 60 {
					close(enough)
				}
				mu.Unlock()
			}
		})
	}
	<-enough
	mu.Lock()
	before := append([]answered(nil), all...)
	mu.Unlock()
	backup := mustBackup(t, s)
	close(done)
	workers.Wait()
	mustClose(t, s)

	storeURL := "sqlite:" + filepath.Join(other, "restored.db")
	key, err := os.ReadFile(filepath.Join(dir, "root.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, "root.key"), key, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := store.Restore(t.Context(), backup, storeURL, false, func(*store.BackupFile) error { return nil }); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, server.Config{Store: storeURL, Dir: other})
	for _, a := range before {
		if status, answer := create(t, s, bearer, a.requestID, a.domain); status != http.StatusCreated || answer != a.answer {
			t.Errorf("the same call after a restore: got %d\n%s\nwant\n%s", status, answer, a.answer)
		}
	}
	_, password, _ := strings.Cut(before[0].answer, `"password":"`)
	password, _, _ = strings.Cut(password, `"`)
	mustToken(t, s, before[0].domain, url.Values{
		"grant_type": {"password"}, "client_id": {publicApp}, "resource": {"https://graph.windows.net"}, "username": {"admin@" + before[0].domain}, "password": {password},
	})
	mustAppToken(t, s)
	mustClose(t, s)

	upkeep, err := store.OpenUpkeep(t.Context(), storeURL, "the test")
	if err != nil {
		t.Fatal(err)
	}
	defer upkeep.Close()
	checked, err := upkeep.Check(t.Context(), login.IsReserved, func(finding store.Finding) error {
		t.Errorf("check of the restored store: %+v", finding)
		return nil
	})
	if err != nil || len(checked) == 0 {
		t.Errorf("check: got %d tables, %v", len(checked), err)
	}
}

// mustBackup asks the admin API for a backup, and returns its file.
func mustBackup(t *testing.T, s *server.Server) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/_tenantry/admin/backup", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer dev-secret")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || int64(len(text)) != response.ContentLength {
		t.Fatalf("backup: got %d, %d of %d bytes, %v", response.StatusCode, len(text), response.ContentLength, err)
	}
	path := filepath.Join(t.TempDir(), "backup.db")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
