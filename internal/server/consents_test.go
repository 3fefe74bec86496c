package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/tenantry/tenantry/internal/server"
)

// vendor is a partner with the application of a control panel.
const vendor = `{"partners": [{"id": "aaaaaaaa-1111-4111-8111-111111111111", "name": "Alpine", "domain": "alpine.onmicrosoft.com", "kind": "direct", "country": "US",
	"apps": [{"id": "aaaaaaaa-0000-4000-8000-00000000a001", "name": "Panel", "secret": "dev-secret", "needsConsent": true}],
	"users": [{"principalName": "admin@alpine.onmicrosoft.com", "password": "dev-Passw0rd", "agents": ["AdminAgents"]}]}]}`

// TestApplicationConsent goes the way of the CPV samples: a partner's token, a consent for the customer, a token there, and the
// end of it.
func TestApplicationConsent(t *testing.T) {
	world, err := server.ReadWorld([]byte(vendor))
	if err != nil {
		t.Fatal(err)
	}
	s := mustOpen(t, server.Config{World: world})
	form := url.Values{
		"grant_type": {"password"}, "client_id": {"aaaaaaaa-0000-4000-8000-00000000a001"}, "client_secret": {"dev-secret"}, "username": {"admin@alpine.onmicrosoft.com"},
		"password": {"dev-Passw0rd"}, "resource": {"https://api.partnercenter.microsoft.com"},
	}
	token := mustToken(t, s, "alpine.onmicrosoft.com", form)
	status, text := mustSend(t, http.MethodPost, s.URL()+"/v1/customers", token, `{"companyProfile":{"domain":"kestrel.onmicrosoft.com"},"billingProfile":{"email":"a@b.example","culture":"en-US","language":"en","companyName":"Kestrel",
		"defaultAddress":{"country":"US","city":"Redmond","state":"WA","addressLine1":"1","postalCode":"98052","firstName":"A","lastName":"B"}}}`)
	var customer struct{ ID string }
	if err := json.Unmarshal(text, &customer); err != nil || status != http.StatusCreated {
		t.Fatalf("customer: got %d %s", status, text)
	}
	form.Set("resource", "https://graph.windows.net")
	atCustomer := func() int {
		t.Helper()
		response, err := http.PostForm(s.URL()+"/"+customer.ID+"/oauth2/token", form)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Fatal(err)
		}
		return response.StatusCode
	}
	consents := s.URL() + "/v1/customers/" + customer.ID + "/applicationconsents"
	const consent = `{"applicationId":"aaaaaaaa-0000-4000-8000-00000000a001","displayName":"Panel","applicationGrants":[{"enterpriseApplicationId":"00000002-0000-0000-c000-000000000000","scope":"User.Read"}]}`
	for _, step := range []struct {
		name, method, url, body string
		want, token             int
	}{
		{"nothing to delete", http.MethodDelete, consents + "/aaaaaaaa-0000-4000-8000-00000000a001", "", http.StatusNoContent, http.StatusBadRequest},
		{"create", http.MethodPost, consents, consent, http.StatusCreated, http.StatusOK},
		{"create again", http.MethodPost, consents, consent, http.StatusConflict, http.StatusOK},
		{"delete", http.MethodDelete, consents + "/aaaaaaaa-0000-4000-8000-00000000a001", "", http.StatusNoContent, http.StatusBadRequest},
	} {
		if status, text := mustSend(t, step.method, step.url, token, step.body); status != step.want {
			t.Errorf("%s: got %d %s, want %d", step.name, status, text, step.want)
		}
		if got := atCustomer(); got != step.token {
			t.Errorf("%s: a token at the customer's: got %d, want %d", step.name, got, step.token)
		}
	}
}
