package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tenantry/tenantry/internal/server"
)

func TestDevWorld(t *testing.T) {
	world := server.DevWorld()
	for i, want := range []struct{ name, kind, id, domain, app, user string }{
		{"Contoso Cloud", "direct", "11111111-1111-4111-8111-111111111111", "contosocloud.onmicrosoft.com", "11111111-0000-4000-8000-00000000a001", "admin@contosocloud.onmicrosoft.com"},
		{"Fabrikam Distribution", "indirect-provider", "22222222-2222-4222-8222-222222222222", "fabrikamdistribution.onmicrosoft.com", "22222222-0000-4000-8000-00000000a001", "admin@fabrikamdistribution.onmicrosoft.com"},
		{"Wingtip Resale", "indirect-reseller", "33333333-3333-4333-8333-333333333333", "wingtipresale.onmicrosoft.com", "33333333-0000-4000-8000-00000000a001", "admin@wingtipresale.onmicrosoft.com"},
	} {
		p := world.Partners[i]
		if p.Name != want.name || string(p.Kind) != want.kind || p.ID != want.id || p.Domain != want.domain || p.Apps[0].ID != want.app || p.Users[0].PrincipalName != want.user || !p.Sandbox {
			t.Errorf("partner %d: got %+v, want %+v", i, p, want)
		}
	}
	s := mustOpen(t, server.Config{})
	for _, p := range world.Partners {
		mustToken(t, s, p.ID, url.Values{"grant_type": {"client_credentials"}, "client_id": {p.Apps[0].ID}, "client_secret": {"dev-secret"}, "resource": {"https://graph.windows.net"}})
		mustToken(t, s, p.Domain, url.Values{"grant_type": {"password"}, "client_id": {publicApp}, "username": {p.Users[0].PrincipalName}, "password": {"dev-Passw0rd"}, "resource": {"https://api.partnercenter.microsoft.com"}})
	}
}

func TestReadWorldRefuses(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"no JSON", `{"partners": [`, "line 1"},
		{"unknown member", `{"partner": []}`, "partner"},
		{"bad id", `{"partners": [{"id": "contoso", "name": "Contoso", "kind": "direct"}]}`, "partner 1, Contoso"},
		{"bad app id", `{"partners": [{"id": "11111111-1111-4111-8111-111111111111", "name": "Contoso", "kind": "direct", "apps": [{"id": "x"}]}]}`, `"x"`},
		{"no certificate", `{"partners": [{"id": "11111111-1111-4111-8111-111111111111", "name": "Contoso", "kind": "direct", "apps": [{"id": "11111111-0000-4000-8000-00000000a001", "name": "billing", "certificates": ["x"]}]}]}`, "app billing: certificate 1: there is no certificate in PEM form"},
		{"bad kind", `{"partners": [{"id": "11111111-1111-4111-8111-111111111111", "name": "Contoso", "kind": "reseller"}]}`, "direct, indirect-provider, indirect-reseller"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := server.ReadWorld([]byte(test.text)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

// TestSeedCustomers fills in customers, and fills them in again at the next start without harm.
func TestSeedCustomers(t *testing.T) {
	world, err := server.ReadWorld([]byte(`{
		// as the request body that creates it
		"partners": [{"id": "11111111-1111-4111-8111-111111111111", "name": "Contoso Cloud", "domain": "contosocloud.onmicrosoft.com", "kind": "direct",
			"validationCodes": [{"validationId": "40019", "organizationName": "Harbour", "maxCreates": 3}, {"validationId": "40017", "organizationName": "Not this", "maxCreates": 1}],
			"customers": [{"companyProfile": {"domain": "seeded.onmicrosoft.com"}, "billingProfile": {"email": "a@b.example", "culture": "en-US", "language": "en", "companyName": "Seeded",
			"defaultAddress": {"country": "US", "city": "Redmond", "state": "WA", "addressLine1": "1", "postalCode": "98052", "firstName": "A", "lastName": "B"}}}]}],
	}`))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for range 2 {
		s := mustOpen(t, server.Config{Store: "sqlite:" + dir + "/tenantry.db", Dir: dir, World: server.DevWorld().And(world)})
		token := mustToken(t, s, contoso, url.Values{"grant_type": {"client_credentials"}, "client_id": {contosoApp}, "client_secret": {"dev-secret"}, "resource": {"https://graph.windows.net"}})
		if status, _ := mustSend(t, http.MethodHead, s.URL()+"/v1/domains/seeded.onmicrosoft.com", token, ""); status != http.StatusOK {
			t.Errorf("the seeded domain: got %d, want 200", status)
		}
		if _, codes := mustSend(t, http.MethodGet, s.URL()+"/v1/customers/all/validations", token, ""); strings.Count(string(codes), "validationId") != 3 || !strings.Contains(string(codes), `"Harbour"`) || strings.Contains(string(codes), "Not this") {
			t.Errorf("validation codes: got %s, want the two of the ready-made world and the seeded one", codes)
		}
		mustClose(t, s)
	}
	world.Partners[0].ValidationCodes[0].ID = "4001X"
	if _, err := server.Open(t.Context(), server.Config{World: server.DevWorld().And(world)}); err == nil || !strings.Contains(err.Error(), `Contoso Cloud: validation code "4001X"`) {
		t.Errorf("a bad code in the seed: got %v", err)
	}
	world.Partners[0].ValidationCodes = nil
	world.Partners[0].Customers[0].BillingProfile.Culture = "xx-XX"
	world.Partners[0].Customers[0].CompanyProfile.Domain = "bad.onmicrosoft.com"
	if _, err := server.Open(t.Context(), server.Config{World: server.DevWorld().And(world)}); err == nil || !strings.Contains(err.Error(), "Contoso Cloud: customer 1") || !strings.Contains(err.Error(), "xx-XX") {
		t.Errorf("a bad customer in the seed: got %v", err)
	}
}
