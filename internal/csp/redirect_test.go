package csp_test

import (
	"strings"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
)

func TestCheckRedirectURI(t *testing.T) {
	for _, test := range []struct {
		uri string
		ok  bool
	}{
		{"https://localhost:44395/", true},
		{"https://app.example", true},
		{"https://app.example/a?b=c", true},
		{"http://localhost", true},
		{"http://localhost:8400/", true},
		{"http://127.0.0.1/done", true},
		{"com.example.app://auth", true},
		{"msal04b07795-8ddb-461a-bbee-02f9e1bf7b46://auth", true},
		{"https://app.example/" + strings.Repeat("x", 236), true},
		{"https://app.example/" + strings.Repeat("x", 237), false},
		{"", false},
		{"/relative", false},
		{"https://", false},
		{"https:///path", false},
		{"http://app.example/", false},
		{"http://localhost.evil.example/", false},
		{"http://localhost@evil.example/", false},
		{"https://user@app.example/", false},
		{"https://*.app.example/", false},
		{"https://app.example/#done", false},
		{"https://app.example\\@evil.example/", false},
		{"https://app.example/\r\nX: y", false},
		{"https://exämple.com/", false},
		{"javascript:alert(1)", false},
		{"javascript://x/%0aalert(1)", false},
		{"data://text/html,x", false},
		{"file:///etc/passwd", false},
		{"com.example.app:auth", false},
		{"HTTPS://app.example/", false},
	} {
		if err := csp.CheckRedirectURI(test.uri); (err == nil) != test.ok {
			t.Errorf("%q: got %v, want %t", test.uri, err, test.ok)
		}
	}
}

func TestRedirects(t *testing.T) {
	app := &csp.App{RedirectURIs: []string{"https://app.example/done", "https://bare.example", "http://localhost", "http://127.0.0.1:80/path", "com.example.app://auth"}}
	for _, test := range []struct {
		uri  string
		want bool
	}{
		{"https://app.example/done", true},
		{"https://app.example/done/", false},
		{"https://app.example/Done", false},
		{"https://APP.example/done", false},
		{"https://app.example/done?x=y", false},
		{"https://app.example/done/../evil", false},
		{"https://app.example/done#x", false},
		{"https://app.example:444/done", false},
		{"http://app.example/done", false},
		{"https://app.example.evil.example/done", false},
		{"https://bare.example", true},
		{"https://bare.example/", true},
		{"https://bare.example//", false},
		{"http://localhost", true},
		{"http://localhost/", true},
		{"http://localhost:8400/", true},
		{"http://localhost:8999", true},
		{"http://localhost:8999/path", false},
		{"https://localhost:8400/", false},
		{"http://127.0.0.1:5000/path", true},
		{"http://127.0.0.1:5000/", false},
		{"http://localhost:80@evil.example/", false},
		{"com.example.app://auth", true},
		{"com.example.other://auth", false},
		{"", false},
	} {
		if got := app.Redirects(test.uri); got != test.want {
			t.Errorf("%q: got %t, want %t", test.uri, got, test.want)
		}
	}
}

// FuzzRedirects holds that nothing is redirected to but what is registered, up to the two differences.
func FuzzRedirects(f *testing.F) {
	app := &csp.App{RedirectURIs: []string{"https://app.example/done", "http://localhost"}}
	f.Add("https://app.example/done")
	f.Add("http://localhost:1/")
	f.Add("http://localhost:1@evil.example/")
	f.Fuzz(func(t *testing.T, uri string) {
		if !app.Redirects(uri) || uri == "https://app.example/done" {
			return
		}
		rest, ok := strings.CutPrefix(uri, "http://localhost")
		if !ok || strings.Trim(rest, ":0123456789") != "" && strings.Trim(rest, ":0123456789") != "/" {
			t.Errorf("redirects to %q", uri)
		}
	})
}
