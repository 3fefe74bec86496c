package api

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/token"
)

// BenchmarkKnownBearer is what it adds to a request to find out who is calling, by a token that came before. The bench reads it.
func BenchmarkKnownBearer(b *testing.B) {
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	db, err := store.Open(b.Context(), "sqlite::memory:", store.Options{})
	must(err)
	defer func() { must(db.Close()) }()
	partner := &csp.Partner{ID: csp.MustParseID("11111111-1111-4111-8111-111111111111"), Name: "Contoso", Domain: "contoso.onmicrosoft.com", Kind: csp.DirectReseller}
	must(db.CreatePartner(b.Context(), partner))
	root, err := token.NewRoot(nil)
	must(err)
	keys := &token.Keys{Store: db, Root: root}
	must(keys.Start(b.Context()))
	defer func() { must(keys.Close()) }()
	const audience = "https://graph.windows.net"
	raw, err := keys.SignAccess(b.Context(), &token.Claims{
		Audience: audience, Issuer: token.IssuerOf(token.DefaultIssuer, partner.ID.String()), Life: token.LifeFrom(time.Now()),
		AppID: "11111111-0000-4000-8000-00000000a001", TenantID: partner.ID.String(), ObjectID: partner.ID.Derived("bo").String(),
		Scope: "user_impersonation", Groups: []string{csp.AdminAgents}, UPN: "bo@contoso.onmicrosoft.com", AMR: []string{"pwd", "mfa"}, Version: "1.0",
	})
	must(err)
	h := &Handler{Store: db, Tokens: &token.Verifier{Keys: keys, Audiences: []string{audience}}}
	request := httptest.NewRequest(http.MethodGet, "/v1/customers", nil)
	request.Header.Set("Authorization", "Bearer "+raw)
	b.ReportAllocs()
	for b.Loop() {
		caller, err := h.caller(request)
		if err != nil || caller.Partner.ID != partner.ID || caller.User.IsZero() {
			b.Fatalf("got %+v, %v", caller, err)
		}
	}
}
