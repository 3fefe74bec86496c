package server_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/store/postgrestest"
)

// TestDatabaseAway ends the database under a running server and starts it again: meanwhile callers are told to come back, and
// then all is as it was.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	postgrestest.Servers(t) // or there is no PostgreSQL
	found := postgrestest.Installations()
	if len(found) == 0 {
		t.Skip("only servers of others")
	}
	cluster, err := postgrestest.Start(found[len(found)-1], postgrestest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Close(); err != nil {
			t.Error(err)
		}
	})
	s := severalAt(t, cluster.NewDatabase(t), 1, server.Config{})[0]
	c := newCaller(t, mustAppToken(t, s))
	create := func(n int) result {
		return c.send(s, http.MethodPost, "/v1/customers", fmt.Sprintf(createBody, fmt.Sprintf("kestrel%d.onmicrosoft.com", n)), "MS-RequestId", fmt.Sprintf("7b9c1f6a-0000-4000-8000-%012d", n))
	}
	first := create(1)
	if first.status != http.StatusCreated {
		t.Fatalf("before: got %d %s", first.status, first.body)
	}
	token := func() result {
		form := url.Values{"grant_type": {"client_credentials"}, "client_id": {contosoApp}, "client_secret": {"dev-secret"}, "resource": {"https://graph.windows.net"}}
		return c.send(s, http.MethodPost, "/"+contoso+"/oauth2/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	}

	password := func(password string) result {
		form := url.Values{"grant_type": {"password"}, "client_id": {publicApp}, "resource": {"https://graph.windows.net"}, "username": {contosoAdmin}, "password": {password}}
		return c.send(s, http.MethodPost, "/"+contoso+"/oauth2/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	}

	if err := cluster.Kill(); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]result{
		"create":    create(2),
		"again":     create(1),
		"list":      c.send(s, http.MethodGet, "/v1/customers?size=1", ""),
		"token":     token(),
		"password":  password("dev-Passw0rd"),
		"wrong one": password("wrong"),
		"wrong key": c.send(s, http.MethodGet, "/_tenantry/admin/partners", "", "Authorization", "Bearer wrong"),
		"admin API": c.send(s, http.MethodGet, "/_tenantry/admin/partners", "", "Authorization", "Bearer "+adminKey),
	} {
		if got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") == "" {
			t.Errorf("%s while it is away: got %d, Retry-After %q, %s", name, got.status, got.header.Get("Retry-After"), got.body)
		}
	}
	ready := func() int { return c.send(s, http.MethodGet, "/_tenantry/readyz", "").status }
	if got := ready(); got != http.StatusServiceUnavailable {
		t.Errorf("readyz while it is away: got %d", got)
	}
	if got := c.send(s, http.MethodGet, "/_tenantry/healthz", ""); got.status != http.StatusOK {
		t.Errorf("healthz while it is away: got %d, want 200: a restart would not help", got.status)
	}
	if got := c.send(s, http.MethodGet, "/_tenantry/metrics", ""); got.status != http.StatusOK || strings.Contains(got.body, "postgres") {
		t.Errorf("metrics while it is away: got %d", got.status)
	}

	if err := cluster.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the server is ready again", func() bool { return ready() == http.StatusOK })
	if got := create(1); got.status != http.StatusCreated || got.body != first.body {
		t.Errorf("the first again: got %d %s, want %s", got.status, got.body, first.body)
	}
	if got := create(2); got.status != http.StatusCreated {
		t.Errorf("the second again: got %d %s", got.status, got.body)
	}
	if got := token(); got.status != http.StatusOK {
		t.Errorf("token: got %d %s", got.status, got.body)
	}
}

// TestOutdatedServer raises the schema that servers have to know: the one that runs says so and ends.
func TestOutdatedServer(t *testing.T) {
	t.Parallel()
	database := postgrestest.Newest(t).NewDatabase(t)
	s := severalAt(t, database, 1, server.Config{})[0]
	newer, err := store.Open(t.Context(), database, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer newer.Close()
	if _, err := newer.Claim(t.Context(), "oldest schema", "9999"); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-s.Done():
		if !errors.Is(err, store.ErrTooNew) {
			t.Errorf("ended by %v, want %v", err, store.ErrTooNew)
		}
	case <-time.After(time.Minute):
		t.Error("it goes on")
	}
}

// TestOtherRoot starts a server with another root key, or none, on the database of one that runs.
func TestOtherRoot(t *testing.T) {
	t.Parallel()
	database := postgrestest.Newest(t).NewDatabase(t)
	severalAt(t, database, 1, server.Config{})
	for root, want := range map[string]string{
		"BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=": "another root key",
		"": "TENANTRY_ROOT_KEY",
	} {
		if _, err := server.Open(t.Context(), server.Config{Store: database, RootKey: root}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("root key %q: got %v, want an error that says %s", root, err, want)
		}
	}
}
