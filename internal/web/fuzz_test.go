package web_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// FuzzDecode holds that whatever is decoded can be sent, and is the same when it comes back; and that whatever is not is
// refused in words that can be shown.
func FuzzDecode(f *testing.F) {
	f.Add(MustRead(f, "create-customer.request-body.txt"))
	f.Add(MustRead(f, "dotnet-sdk.request-body.txt"))
	for _, body := range []string{
		"", "null", "{}", "[]", "\ufeff{}", `{"relationshipToPartner":5,"links":{"self":{"headers":[{"key":"a"}]}}}`,
		`{"customDomains":["\ud83d\ude00",null],}`, "{/* x */} // y", `{"a":"\ud800"}`, "{\"a\":\"\xff\",}", `{"relationshipToPartner":"Microsoft_Support"}`,
		strings.Repeat("[", 100), strings.Repeat(`{"links":`, 70), `{"companyProfile":{"domain":1e999}}`, `{"companyProfile":null,"companyProfile":{"Domain":"x"}}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		sent := bytes.Clone(body)
		start := time.Now()
		var customer partnercenter.Customer
		err := web.Decode(body, &customer)
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("took %v, want milliseconds", took)
		}
		if !bytes.Equal(body, sent) {
			t.Error("the body was changed")
		}
		if err != nil {
			wantShowable(t, err)
			return
		}
		text, err := json.Marshal(customer)
		if err != nil {
			t.Fatalf("what was decoded cannot be sent: %v", err)
		}
		var again partnercenter.Customer
		if err := web.Decode(text, &again); err != nil {
			t.Fatalf("what was sent cannot be decoded: %v", err)
		}
		if second, err := json.Marshal(again); err != nil || !bytes.Equal(second, text) {
			t.Errorf("got %s, %v, want %s", second, err, text)
		}
	})
}

func FuzzCanonical(f *testing.F) {
	for _, path := range []string{
		"/v1/customers", "/V1//Customers/", "/v1.0/customers/x%20", "/v1/domains/a%2Fb", "/v1/%2e%2E/./x", "/v1/domains/caf\u00e9", "/%FF%00", "*", "/", "//x/y",
		"/v1/domains/%E2%84%AA", "/a;b/c+d/(e)", "/%252F/%2525", "/ ", "?a=b",
	} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, target string) {
		u, err := url.ParseRequestURI(target)
		if err != nil || u.Opaque != "" {
			return
		}
		if u.Path == "*" || u.Path == "" { // net/http answers OPTIONS * itself
			newPaths().Canonical(&http.Request{URL: u})
			return
		}
		wantCanonical(t, u)
	})
}
