package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tenantry/tenantry/internal/web"
)

var patterns = []string{
	"/v1/customers", "/v1/customers/{customer}", "/v1/customers/{customer}/profiles/billing", "/v1/SelfServePolicy",
	"/v1/countryvalidationrules/{country}", "/v1/domains/{domain}", "/{tenant}/v2.0/.well-known/openid-configuration",
	"/v1/productUpgrades", "/v1/productupgrades/{upgrade}",
}

func newPaths() *web.Paths {
	paths := web.NewPaths(patterns)
	paths.Alias("V1.0", "v1")
	return paths
}

// MustGetRequest is a request as net/http reads it.
func MustGetRequest(t testing.TB, target string) *http.Request {
	t.Helper()
	u, err := url.ParseRequestURI(target)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Request{Method: "GET", URL: u, RequestURI: target}
}

func TestCanonical(t *testing.T) {
	paths := newPaths()
	const guid = "dfd8cc0a-c592-468c-8461-869a38d24738"
	for _, test := range []struct {
		name, target string
		path         string // decoded, as handlers see it
		want         string // escaped, with the query
	}{
		{"canonical", "/v1/customers", "/v1/customers", "/v1/customers"},
		{"canonical, with a query", "/v1/customers?size=2&x=/V1//", "/v1/customers", "/v1/customers?size=2&x=/V1//"},
		{"root", "/", "/", "/"},
		{"slashes only", "///", "/", "/"},
		{"case", "/V1/Customers/" + guid + "/Profiles/BILLING", "/v1/customers/" + guid + "/profiles/billing", "/v1/customers/" + guid + "/profiles/billing"},
		{"case of a word in Pascal case", "/v1/selfservepolicy", "/v1/SelfServePolicy", "/v1/SelfServePolicy"},
		{"case of a value", "/v1/Domains/ConToso.onMicrosoft.com", "/v1/domains/ConToso.onMicrosoft.com", "/v1/domains/ConToso.onMicrosoft.com"},
		{"two slashes", "/v1//customers?size=2", "/v1/customers", "/v1/customers?size=2"},
		{"slashes in front", "//v1/customers", "/v1/customers", "/v1/customers"},
		{"slash behind", "/v1/customers/" + guid + "/", "/v1/customers/" + guid, "/v1/customers/" + guid},
		{"slash behind and a query", "/v1/customers/?size=2", "/v1/customers", "/v1/customers?size=2"},
		{"blank behind", "/v1/customers/" + guid + "%20", "/v1/customers/" + guid, "/v1/customers/" + guid},
		{"blanks around", "/v1/%20%09customers%0A/%C2%A0" + guid, "/v1/customers/" + guid, "/v1/customers/" + guid},
		{"blank only", "/v1/%20/customers", "/v1/customers", "/v1/customers"},
		{"blank inside a value", "/v1/domains/a%20b", "/v1/domains/a b", "/v1/domains/a%20b"},
		{"case of a word that is spelled in two ways", "/v1/productUpgrades", "/v1/productupgrades", "/v1/productupgrades"},
		{"alias", "/v1.0/customers", "/v1/customers", "/v1/customers"},
		{"alias, upper case", "/V1.0//Customers", "/v1/customers", "/v1/customers"},
		{"no alias", "/v1.1/customers", "/v1.1/customers", "/v1.1/customers"},
		{"v2.0 of the login host", "/contoso.com/V2.0/.Well-Known/OpenID-Configuration", "/contoso.com/v2.0/.well-known/openid-configuration", "/contoso.com/v2.0/.well-known/openid-configuration"},
		{"escaped letters", "/v1/%63ustomers", "/v1/customers", "/v1/customers"},
		{"escaped slash", "/v1/domains/a%2Fb", "/v1/domains/a/b", "/v1/domains/a%2Fb"},
		{"escaped slash, lower case", "/v1/domains/a%2fb/", "/v1/domains/a/b", "/v1/domains/a%2Fb"},
		{"escaped slash that would end a route", "/v1/customers%2F" + guid, "/v1/customers/" + guid, "/v1/customers%2F" + guid},
		{"escaped slash only", "/v1/%2F/customers", "/v1///customers", "/v1/%2F/customers"},
		{"one dot is left out", "/v1/./customers", "/v1/customers", "/v1/customers"},
		{"two dots lead to the root", "/v1/./customers/%2E./domains", "/", "/"},
		{"escaped dot segments", "/v1/%2e/customers/%2E%2e/", "/", "/"},
		{"dot segments behind an escaped slash", "/v1/domains/..%2F..%2Fetc", "/v1/domains/../../etc", "/v1/domains/..%2F..%2Fetc"},
		{"three dots", "/v1/.../x", "/v1/.../x", "/v1/.../x"},
		{"dots inside", "/v1/domains/a..b", "/v1/domains/a..b", "/v1/domains/a..b"},
		{"beyond ASCII", "/v1/domains/caf%C3%A9", "/v1/domains/café", "/v1/domains/caf%C3%A9"},
		{"beyond ASCII, not escaped", "/V1/domains/café", "/v1/domains/café", "/v1/domains/caf%C3%A9"},
		{"no UTF-8", "/v1/domains/%FF/", "/v1/domains/\xff", "/v1/domains/%FF"},
		{"NUL", "/v1/domains/%00", "/v1/domains/\x00", "/v1/domains/%00"},
		{"escaped percent sign", "/V1/domains/100%2525", "/v1/domains/100%25", "/v1/domains/100%2525"},
		{"escaped question mark", "/V1/domains/a%3Fb", "/v1/domains/a?b", "/v1/domains/a%3Fb"},
		{"semicolon", "/V1/domains/a;b", "/v1/domains/a;b", "/v1/domains/a%3Bb"},
		{"plus is no blank", "/V1/domains/a+b", "/v1/domains/a+b", "/v1/domains/a+b"},
		{"backslash", "/V1/domains/a%5Cb", `/v1/domains/a\b`, "/v1/domains/a%5Cb"},
		{"absolute", "http://api.partnercenter.microsoft.com/V1/customers", "/v1/customers", "http://api.partnercenter.microsoft.com/v1/customers"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := MustGetRequest(t, test.target)
			for _, time := range []string{"first", "second"} {
				paths.Canonical(r)
				if r.URL.Path != test.path || r.URL.String() != test.want {
					t.Errorf("%s time: got %q, %s, want %q, %s", time, r.URL.Path, r.URL, test.path, test.want)
				}
			}
			if r.RequestURI != test.target {
				t.Errorf("RequestURI: got %s, want %s", r.RequestURI, test.target)
			}
		})
	}
}

// TestCanonicalProperties holds for all paths what the table shows for some.
func TestCanonicalProperties(t *testing.T) {
	piece := rapid.OneOf(
		rapid.SampledFrom([]string{
			"/", "//", "v1", "V1.0", "customers", "CUSTOMERS", "SelfServePolicy", "profiles", ".", "..", "%2e", "%2E%2e", "%20", "%09", "%2F", "%2f", "%25", "%252F", "%00", "%FF", "%C3%A9", "é", ";", "+", "%3F", "K", "%E2%84%AA", "*",
		}),
		rapid.StringMatching(`[a-zA-Z0-9!$&'()*+,;=:@._~-]{1,3}`),
	)
	rapid.Check(t, func(t *rapid.T) {
		target := "/" + strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces"), "")
		if strings.HasPrefix(target, "//") {
			target = "/x" + target // else it would be a host for some parsers
		}
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return // no target of a request
		}
		wantCanonical(t, u)
	})
}

// wantCanonical fails if the path does not become what routes can be found by.
func wantCanonical(t interface {
	Helper()
	Fatalf(string, ...any)
}, u *url.URL,
) {
	t.Helper()
	paths := newPaths()
	r := &http.Request{Method: "GET", URL: u}
	before := *u
	paths.Canonical(r)
	first := *r.URL
	paths.Canonical(r)
	if *r.URL != first {
		t.Fatalf("%s: got %#v, and %#v the second time", before.EscapedPath(), first, *r.URL)
	}
	escaped := u.EscapedPath()
	if unescaped, err := url.PathUnescape(escaped); err != nil || unescaped != u.Path {
		t.Fatalf("%s: got path %q with escaped path %q", before.EscapedPath(), u.Path, escaped)
	}
	if escaped != "/" && (strings.HasSuffix(escaped, "/") || strings.Contains(escaped, "//")) || !strings.HasPrefix(escaped, "/") {
		t.Fatalf("%s: got %s, which has empty segments", before.EscapedPath(), escaped)
	}
	for segment := range strings.SplitSeq(escaped[1:], "/") {
		if text, _ := url.PathUnescape(segment); text == "." || text == ".." || text != strings.TrimSpace(text) {
			t.Fatalf("%s: got segment %q", before.EscapedPath(), text)
		}
	}
	if u.RawQuery != before.RawQuery || u.Host != before.Host {
		t.Fatalf("%s: got %s, want path and nothing else changed", before.String(), u)
	}

	mux := http.NewServeMux()
	for _, pattern := range patterns {
		mux.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) {})
	}
	mux.HandleFunc("/", func(http.ResponseWriter, *http.Request) {})
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: got status %d and Location %s, want that it is served", before.EscapedPath(), w.Code, w.Header().Get("Location"))
	}
}

// TestCanonicalIsFree: the usual request pays nothing.
func TestCanonicalIsFree(t *testing.T) {
	paths := newPaths()
	for _, target := range []string{
		"/", "/v1/customers", "/v1/customers/dfd8cc0a-c592-468c-8461-869a38d24738", "/v1/SelfServePolicy",
		"/V1//customers/", "/common/v2.0/.well-known/openid-configuration", "/v1/domains/contoso.onmicrosoft.com",
	} {
		t.Run(target, func(t *testing.T) {
			r := MustGetRequest(t, target)
			paths.Canonical(r)
			want := *r.URL
			if got := testing.AllocsPerRun(100, func() { paths.Canonical(r) }); got != 0 {
				t.Errorf("allocations: got %v, want 0", got)
			}
			if *r.URL != want {
				t.Errorf("got %#v, want %#v", *r.URL, want)
			}
		})
	}
}
