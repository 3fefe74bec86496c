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
	f.Add("contoso.onmicrosoft.com", "grant_type=authorization_code&client_id="+publicApp.String()+"&code=1.a&code_verifier="+verifier+"&redirect_uri=x", "", "", "localhost", true)
	f.Add("common", "grant_type=refresh_token&client_id="+publicApp.String()+"&refresh_token=1.AAAA&scope=api://x/y%20openid&claims={}", "", "", "localhost", true)
	f.Add("contoso.onmicrosoft.com", asUser().Encode()+"&scope=openid&claims=%7B%22id_token%22:%7B%22amr%22:%7B%22values%22:[%22mfa%22]%7D%7D%7D", "", "", "localhost", true)
	f.Add("common", "grant_type=device_code&client_id="+publicApp.String()+"&code=2.a", "", "", "localhost", false)
	f.Add("common", "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&requested_token_use=on_behalf_of&assertion=a.b.c&client_id="+contosoApp.String()+"&client_secret="+appSecret, "", "", "localhost", false)
	f.Add("contoso.onmicrosoft.com", byCertificate(f, nil).Encode(), "", "", "localhost:8443", true)
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

// FuzzDeviceCode sends any form to the device code endpoints: a refusal of the catalogue or a code.
func FuzzDeviceCode(f *testing.F) {
	f.Add("common", "client_id="+publicApp.String()+"&scope=openid", true)
	f.Add("contoso.onmicrosoft.com", "client_id="+publicApp.String()+"&resource=https://graph.windows.net", false)
	f.Add("\xff", "client_id=&scope=%00%20/", true)
	handler := newWorld(f).serve()
	f.Fuzz(func(t *testing.T, tenant, body string, v2 bool) {
		path := "/oauth2/devicecode"
		if v2 {
			path = "/oauth2/v2.0/devicecode"
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/x"+path, strings.NewReader(body))
		r.URL.Path = "/" + strings.ReplaceAll(tenant, "/", "") + path
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, r)
		var answer map[string]any
		if err := json.Unmarshal(recorder.Body.Bytes(), &answer); err != nil || recorder.Code >= 500 {
			t.Errorf("status %d, %v in %q", recorder.Code, err, recorder.Body)
		}
		if (answer["device_code"] == nil) == (answer["error"] == nil) {
			t.Errorf("neither a code nor an error: %s", recorder.Body)
		}
	})
}
