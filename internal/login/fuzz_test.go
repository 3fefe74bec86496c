package login_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
)

// FuzzToken sends any form and headers to the token endpoints. Whatever comes, the answer is a refusal of the catalogue
// or a token, in JSON, and never the 500 that stands for a mistake of ours.
func FuzzToken(f *testing.F) {
	f.Add("contoso.onmicrosoft.com", appOnly().Encode()+"&resource=https%3A%2F%2Fgraph.windows.net", "", "application/x-www-form-urlencoded", "localhost", false)
	f.Add("common", asUser().Encode()+"&scope=openid%20a/.default", "Bearer null", "", "localhost:8443", true)
	f.Add("organizations", "grant_type=client_Credentials&scope=%ff%00", "Basic Og==", "text/plain; x", "a b", true)
	f.Add("\xff", "&&=&a=b&a=b", "basic %%%", "application/x-www-form-urlencoded;", "", false)
	f.Add("11111111-1111-4111-8111-111111111111", "grant_type=%zz", "Basic YTpi", "application/x-www-form-urlencoded", "[::1]:1", true)
	handler := newWorld(f).serve()
	f.Fuzz(func(t *testing.T, tenant, body, authorization, contentType, host string, v2 bool) {
		path := "/oauth2/token"
		if v2 {
			path = "/oauth2/v2.0/token"
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/x"+path, strings.NewReader(body))
		r.URL.Path = "/" + strings.ReplaceAll(tenant, "/", "") + path
		r.Host = host
		r.Header.Set("Authorization", authorization)
		r.Header.Set("Content-Type", contentType)
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, r)
		if recorder.Code >= 500 {
			t.Errorf("status %d: %s", recorder.Code, recorder.Body)
		}
		var answer map[string]any
		if err := json.Unmarshal(recorder.Body.Bytes(), &answer); err != nil || !utf8.Valid(recorder.Body.Bytes()) {
			t.Errorf("no JSON: %v in %q", err, recorder.Body)
		}
		if (answer["access_token"] == nil) == (answer["error"] == nil) {
			t.Errorf("neither a token nor an error: %s", recorder.Body)
		}
	})
}
