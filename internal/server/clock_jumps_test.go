package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/server"
)

// TestClockJumps sets the clock back by days while the server runs, and while it does not: ids rise, nothing is refused or
// overwritten, repeated calls are known, and who signs in by the new clock gets tokens that are good by it.
func TestClockJumps(t *testing.T) {
	dir := t.TempDir()
	var offset atomic.Int64
	start := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	began := time.Now()
	config := server.Config{Store: "sqlite:" + filepath.Join(dir, "tenantry.db"), Dir: dir, Now: func() time.Time {
		return start.Add(time.Since(began)).Add(time.Duration(offset.Load()))
	}}
	s := mustOpen(t, config)
	var ids []csp.ID
	answers := map[string]string{}
	for step, jump := range []struct {
		by      time.Duration
		restart bool
	}{
		{by: 0},
		{by: -30 * time.Second},
		{by: -50 * time.Hour},
		{by: -10 * time.Minute, restart: true},
		{by: 100 * time.Hour},
		{by: -365 * 24 * time.Hour, restart: true},
		{by: 365 * 24 * time.Hour},
		{by: -time.Minute, restart: true},
	} {
		before := mustAppToken(t, s)
		offset.Add(int64(jump.by))
		if jump.restart {
			mustClose(t, s)
			s = mustOpen(t, config)
		}
		name := fmt.Sprintf("after jump %d by %v", step, jump.by)
		bearer := mustAppToken(t, s)
		for i := range 10 {
			requestID, domain := fmt.Sprintf("%d.%d", step, i), fmt.Sprintf("c%dx%d.onmicrosoft.com", step, i)
			status, body := create(t, s, bearer, requestID, domain)
			if status != http.StatusCreated {
				t.Fatalf("%s: create: got %d %s", name, status, body)
			}
			var customer struct{ ID string }
			if err := json.Unmarshal([]byte(body), &customer); err != nil {
				t.Fatal(err)
			}
			ids = append(ids, csp.MustParseID(customer.ID))
			answers[domain] = body
		}
		if jump.by > -time.Minute && jump.by < time.Minute {
			if status, _ := mustSend(t, http.MethodGet, s.URL()+"/v1/customers?size=1", before, ""); status != http.StatusOK {
				t.Errorf("%s: a token of a moment before: got %d, want 200", name, status)
			}
		}
		for i := range 10 { // calls of the last minute are known, whatever the clock says
			domain := fmt.Sprintf("c%dx%d.onmicrosoft.com", step, i)
			if status, again := create(t, s, bearer, fmt.Sprintf("%d.%d", step, i), domain); status != http.StatusCreated || again != answers[domain] {
				t.Errorf("%s: a repeated call: got %d %s, want 201 %s", name, status, again, answers[domain])
			}
		}
		mustUser(t, s, name, ids[len(ids)-1], fmt.Sprintf("c%dx9.onmicrosoft.com", step))
	}
	if !slices.IsSortedFunc(ids, func(a, b csp.ID) int { return int(min(max(a.Order()-b.Order(), -1), 1)) }) {
		t.Errorf("ids do not rise: %v", ids)
	}
	bearer := mustAppToken(t, s)
	for _, id := range ids {
		if status, body := mustSend(t, http.MethodGet, s.URL()+"/v1/customers/"+id.String(), bearer, ""); status != http.StatusOK {
			t.Errorf("customer %s: got %d %s, want 200", id, status, body)
		}
	}
}

// mustUser lets a user of the partner's sign in and make a user for the customer.
func mustUser(t *testing.T, s *server.Server, name string, customer csp.ID, domain string) {
	t.Helper()
	bearer := mustToken(t, s, contoso, url.Values{
		"grant_type": {"password"}, "client_id": {contosoApp}, "client_secret": {"dev-secret"}, "resource": {"https://graph.windows.net"},
		"username": {"admin@contosocloud.onmicrosoft.com"}, "password": {"dev-Passw0rd"},
	})
	users := s.URL() + "/v1/customers/" + customer.String() + "/users"
	status, body := mustSend(t, http.MethodPost, users, bearer, fmt.Sprintf(`{"usageLocation":"US","userPrincipalName":"bo@%s","firstName":"Bo","lastName":"Lindt",
		"displayName":"Bo Lindt","passwordProfile":{"password":"Qw7!rtz9","forceChangePassword":true}}`, domain))
	if status != http.StatusOK {
		t.Errorf("%s: create a user: got %d %s, want 200", name, status, body)
	}
	if status, body := mustSend(t, http.MethodGet, users, bearer, ""); status != http.StatusOK || !strings.Contains(string(body), `"totalCount":2`) {
		t.Errorf("%s: users: got %d %s, want the administrator and Bo", name, status, body)
	}
}
