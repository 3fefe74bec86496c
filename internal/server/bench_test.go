package server

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
)

// BenchmarkGetCustomer is a GET by id without the network.
func BenchmarkGetCustomer(b *testing.B) {
	dir := b.TempDir()
	s, err := Open(b.Context(), Config{Store: "sqlite:" + filepath.Join(dir, "tenantry.db"), Dir: dir, World: DevWorld()})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close(b.Context()) }()
	handler := s.http.Handler

	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {"11111111-0000-4000-8000-00000000a001"}, "client_secret": {"dev-secret"}, "resource": {"https://graph.windows.net"}}
	request := httptest.NewRequest(http.MethodPost, "/11111111-1111-4111-8111-111111111111/oauth2/token", strings.NewReader(form.Encode()))
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(recorder.Body.Bytes(), &token); err != nil {
		b.Fatal(err)
	}
	var ids []string
	for i := range 1000 {
		request := httptest.NewRequest(http.MethodPost, "/v1/customers", strings.NewReader(fmt.Sprintf(`{"companyProfile":{"domain":"a%d.onmicrosoft.com"},"billingProfile":{"email":"a@b.example","culture":"en-US","language":"en","companyName":"A",
			"defaultAddress":{"country":"US","city":"Redmond","state":"WA","addressLine1":"1","postalCode":"98052","firstName":"A","lastName":"B"}}}`, i)))
		request.Header.Set("Authorization", "Bearer "+token.AccessToken)
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, request)
		var customer struct{ ID string }
		if err := json.Unmarshal(recorder.Body.Bytes(), &customer, json.MatchCaseInsensitiveNames(true)); err != nil {
			b.Fatal(err)
		}
		ids = append(ids, customer.ID)
	}
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			request := httptest.NewRequest(http.MethodGet, "/v1/customers/"+ids[i*7%1000], nil)
			request.Header.Set("Authorization", "Bearer "+token.AccessToken)
			recorder := httptest.NewRecorder()
			handler.ServeHTTP(recorder, request)
			if recorder.Code != http.StatusOK {
				b.Fatal(recorder.Code)
			}
		}
	})
}
