package server_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"testing"

	"github.com/tenantry/tenantry/internal/server"
)

// TestMovedClock moves the clock of a running server: what had a time is over, and what follows it is there when the call answers.
func TestMovedClock(t *testing.T) {
	s := mustOpen(t, server.Config{Dir: t.TempDir(), AdminKey: adminKey, MovableClock: true})
	bearer := mustAppToken(t, s)
	_, created := mustSend(t, http.MethodPost, s.URL()+"/v1/customers", bearer, `{"companyProfile":{"domain":"moved.onmicrosoft.com"},`+createBody[len(`{"companyProfile":{"domain":"%s"},`):])
	var customer struct{ ID string }
	if err := json.Unmarshal(created, &customer); err != nil || customer.ID == "" {
		t.Fatalf("create: %s, %v", created, err)
	}
	get := func(bearer string) int {
		t.Helper()
		status, _ := mustSend(t, http.MethodGet, s.URL()+"/v1/customers/"+customer.ID, bearer, "")
		return status
	}
	if status := get(bearer); status != http.StatusOK {
		t.Fatalf("at first: got %d", status)
	}
	ask(t, s, http.MethodPost, "clock/advance", `{"by":"2h"}`, http.StatusOK)
	if status := get(bearer); status != http.StatusUnauthorized {
		t.Errorf("two hours later: got %d, want 401", status)
	}
	if status := get(mustAppToken(t, s)); status != http.StatusOK {
		t.Errorf("with a new token: got %d", status)
	}

	var keys []struct{ Use string }
	ask(t, s, http.MethodPost, "clock/advance", `{"by":"1008h"}`, http.StatusOK) // 42 days
	if err := json.Unmarshal(ask(t, s, http.MethodGet, "keys", "", http.StatusOK), &keys); err != nil || len(keys) != 2 || keys[0].Use != "next" {
		t.Errorf("six weeks later: got %v, %v, want the next key beside the first", keys, err)
	}
	_, _, failure := redeem(t, s, url.Values{"grant_type": {"client_credentials"}, "client_id": {contosoApp}, "client_secret": {"dev-secret"}, "resource": {"https://graph.windows.net"}})
	if failure != "" {
		t.Errorf("a token by then: got %s", failure)
	}
}

// TestClockOfOthers cannot be moved.
func TestClockOfOthers(t *testing.T) {
	s := mustOpen(t, server.Config{Dir: t.TempDir(), AdminKey: adminKey})
	ask(t, s, http.MethodPost, "clock/advance", `{"by":"2h"}`, http.StatusNotFound)
}
