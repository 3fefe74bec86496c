package login_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
)

const (
	authorizeV2 = "/contoso.onmicrosoft.com/oauth2/v2.0/authorize"
	authorizeV1 = "/common/oauth2/authorize"
	webApp      = "https://localhost:44395/"
	apiScope    = "https://api.partnercenter.microsoft.com/user_impersonation"
)

// asking is a good request, changed: names and values in turn, an empty value for none.
func asking(changes ...string) url.Values {
	query := url.Values{
		"client_id": {contosoApp.String()}, "response_type": {"code"}, "redirect_uri": {webApp}, "state": {"a b&c"},
		"scope": {"openid offline_access " + apiScope},
	}
	for i := 0; i < len(changes); i += 2 {
		with(query, changes[i], changes[i+1])
	}
	return query
}

func (v *visitor) ask(path string, query url.Values) *visitor {
	v.t.Helper()
	return v.get(path + "?" + query.Encode())
}

// answered is what the application got, which must be at the redirect URI.
func (v *visitor) answered(at string) url.Values {
	v.t.Helper()
	location := v.header.Get("Location")
	rest, ok := strings.CutPrefix(location, at)
	if !ok || rest == "" || rest[0] != '?' && rest[0] != '#' {
		v.t.Fatalf("at %s: got %d to %q, want an answer at %s\n%s", v.at, v.status, location, at, v.text)
	}
	answer, err := url.ParseQuery(rest[1:])
	must(v.t, err)
	return answer
}

// redeem asks the token endpoint.
func (w *world) redeem(t testing.TB, path, code string, changes ...string) *answer {
	t.Helper()
	form := url.Values{"grant_type": {"authorization_code"}, "client_id": {contosoApp.String()}, "client_secret": {appSecret}, "code": {code}, "redirect_uri": {webApp}}
	for i := 0; i < len(changes); i += 2 {
		with(form, changes[i], changes[i+1])
	}
	return post(t, w.serve(), path, form)
}

// TestAuthorize goes the whole way: sign-in, consent, code, tokens; and the shorter ones that are left after it.
func TestAuthorize(t *testing.T) {
	w := newWorld(t)
	v := w.visit(t)
	sum := sha256.Sum256([]byte(verifier))
	query := asking("nonce", "n-1", "client_info", "1", "code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]), "code_challenge_method", "S256", "login_hint", megan)
	v.ask(authorizeV2, query).wants(200, "To go on to Web", `value="`+megan+`"`)
	v.signIn(megan, chosenPassword).follow().wants(200, "Web asks you to let it:", "read your name", "while you are not there", "use Microsoft Partner Center in your name", "Contoso", "localhost:44395")
	v.submit("step", "allow")
	if v.status != http.StatusSeeOther {
		t.Errorf("got %d, want 303: the answer to a POST must be fetched by GET", v.status)
	}
	answer := v.answered(webApp)
	if answer.Get("state") != "a b&c" || answer.Get("client_info") == "" || answer.Get("session_state") == "" || answer.Get("error") != "" {
		t.Errorf("answer: got %v", answer)
	}
	got := w.redeem(t, v2, answer.Get("code"), "code_verifier", verifier)
	claims := claimsOf(t, got.AccessToken)
	if got.Scope == "" || claims.UPN != "Megan@contoso.onmicrosoft.com" || claims.Scope != "user_impersonation" || !slices.Equal(claims.AMR, []string{"pwd"}) {
		t.Errorf("tokens: got %+v, %+v", got, claims)
	}
	if id := idClaimsOf(t, got.IDToken); id.Nonce != "n-1" || id.AuthTime != start.Unix() || id.Audience != contosoApp.String() {
		t.Errorf("id token: got %+v", id)
	}
	if code := v.ask(authorizeV2, query).answered(webApp).Get("code"); code == "" || code == answer.Get("code") {
		t.Errorf("without a page: got the code %q, want another", code)
	}
	if v.status != http.StatusFound {
		t.Errorf("without a page: got %d, want 302", v.status)
	}
	if v.ask(authorizeV2, asking("prompt", "none")).answered(webApp).Get("code") == "" {
		t.Errorf("prompt=none: got no code")
	}
	v.ask(authorizeV2, asking("scope", "openid https://graph.microsoft.com/Mail.Read")).wants(200, "use Microsoft Graph in your name, for Mail.Read")
	if got := v.submit("step", "refuse").answered(webApp); got.Get("error") != "access_denied" || !strings.HasPrefix(got.Get("error_description"), "AADSTS65004") || got.Get("state") != "a b&c" || got.Get("code") != "" {
		t.Errorf("refused: got %v", got)
	}
	v.ask(authorizeV2, asking("scope", "openid https://graph.microsoft.com/Mail.Read")).wants(200, "Allow")
}

// withImplicitTokens is a change of an application.
func withImplicitTokens(app *csp.App) error {
	app.ImplicitTokens = true
	return nil
}

// TestImplicit: access tokens without a code, of an application that is registered so. Discovery promises them.
func TestImplicit(t *testing.T) {
	w := newWorld(t)
	must(t, w.db.ChangeApp(t.Context(), contosoApp, withImplicitTokens))
	v := w.allowed(t)
	both := asking("response_type", "token id_token", "nonce", "n")
	got := v.ask(authorizeV2, both).answered(webApp)
	claims, id := claimsOf(t, got.Get("access_token")), idClaimsOf(t, got.Get("id_token"))
	sum := sha256.Sum256([]byte(got.Get("access_token")))
	if claims.UPN != "Megan@contoso.onmicrosoft.com" || claims.AppIDACR != "0" || claims.Scope != "user_impersonation" || !slices.Equal(claims.Groups, []string{csp.AdminAgents, csp.SalesAgents}) {
		t.Errorf("access token: got %+v", claims)
	}
	if id.AccessTokenHash != base64.RawURLEncoding.EncodeToString(sum[:16]) || id.Nonce != "n" || id.CodeHash != "" {
		t.Errorf("id token: got %+v", id)
	}
	if got.Get("token_type") != "Bearer" || got.Get("expires_in") != "3600" || got.Get("scope") == "" || got.Get("state") != "a b&c" || got.Has("code") || got.Has("refresh_token") {
		t.Errorf("answer: got %v", got)
	}
	if posted := v.ask(authorizeV2, with(both, "response_mode", "form_post")); posted.status != http.StatusOK || !strings.Contains(posted.text, `name="access_token"`) {
		t.Errorf("in a form: got %d\n%s", posted.status, posted.text)
	}
	both.Set("response_mode", "query")
	if got := v.ask(authorizeV2, both).answered(webApp); !strings.HasPrefix(got.Get("error_description"), "AADSTS70007:") {
		t.Errorf("in a query, which servers log: got %v", got)
	}
	both.Del("response_mode")
	atCustomer := "/" + w.customer.ID + "/oauth2/v2.0/authorize"
	v.ask(atCustomer, both).wants(200, "Allow").submit("step", "allow")
	if claims := claimsOf(t, v.answered(webApp).Get("access_token")); claims.TenantID != w.customer.ID || !slices.Equal(claims.RoleTemplates, []string{csp.CompanyAdministrator}) {
		t.Errorf("at a customer: got %+v", claims)
	}
	w.EnforceMFA = true
	if got := v.ask(authorizeV2, with(both, "prompt", "none")).answered(webApp); got.Get("error") != "interaction_required" || got.Has("access_token") {
		t.Errorf("without the second factor that the server asks for: got %v", got)
	}
	w.EnforceMFA = false
	v.ask(authorizeV2, with(asking("response_type", "id_token token", "nonce", "n"), "scope", "openid https://graph.microsoft.com/Mail.Read")).wants(200, "Mail.Read")
}

func idClaimsOf(t testing.TB, raw string) (claims token.IDClaims) {
	t.Helper()
	parts := strings.Split(raw, ".")
	if len(parts) != 3 {
		t.Fatalf("no token: %q", raw)
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	must(t, err)
	must(t, json.Unmarshal(text, &claims))
	return claims
}

// allowed is a browser of Megan's, who has allowed the application what asking asks for.
func (w *world) allowed(t testing.TB) *visitor {
	t.Helper()
	must(t, w.db.AddConsent(t.Context(), csp.Consent{Tenant: contoso, App: contosoApp}, []string{"openid", "offline_access", apiScope, "00000002-0000-0000-c000-000000000000/user_impersonation"}))
	return w.visit(t).signInMegan("/account")
}

// TestAuthorizeModes: where the answer stands, and what it holds.
func TestAuthorizeModes(t *testing.T) {
	w := newWorld(t)
	v := w.allowed(t)
	for _, test := range []struct{ types, mode, begins string }{
		{"code", "", webApp + "?code="},
		{"code", "query", webApp + "?code="},
		{"code", "fragment", webApp + "#code="},
		{"id_token", "", webApp + "#id_token="},
		{"code id_token", "", webApp + "#code="},
		{"id_token code", "FRAGMENT", webApp + "#code="},
	} {
		v.ask(authorizeV2, asking("response_type", test.types, "response_mode", test.mode, "nonce", "n"))
		if location := v.header.Get("Location"); !strings.HasPrefix(location, test.begins) {
			t.Errorf("%s, %s: got %q, want it to begin with %q", test.types, test.mode, location, test.begins)
			continue
		}
		answer := v.answered(webApp)
		if wantsID := strings.Contains(test.types, "id_token"); wantsID != (answer.Get("id_token") != "") {
			t.Errorf("%s: got %v", test.types, answer)
		} else if wantsID {
			id := idClaimsOf(t, answer.Get("id_token"))
			if (id.CodeHash != "") != (answer.Get("code") != "") || id.Nonce != "n" || id.PreferredUsername != "Megan@contoso.onmicrosoft.com" {
				t.Errorf("%s: got %+v", test.types, id)
			}
		}
	}
	// A query in the redirect URI is added to.
	must(t, w.db.ChangeApp(t.Context(), contosoApp, func(app *csp.App) error {
		app.RedirectURIs = append(app.RedirectURIs, "https://app.example/done?tab=1")
		return nil
	}))
	v.ask(authorizeV2, asking("redirect_uri", "https://app.example/done?tab=1"))
	if location := v.header.Get("Location"); !strings.HasPrefix(location, "https://app.example/done?tab=1&code=") {
		t.Errorf("a query: got %q", location)
	}
	v.ask(authorizeV1, asking("response_type", "code id_token", "response_mode", "form_post", "nonce", "n", "scope", "openid profile")).
		wants(200, `<form method="post" action="`+webApp+`">`, `name="code"`, `name="id_token"`, `name="state" value="a b&c"`, `name="session_state"`)
	if !strings.Contains(v.text, `value="a b&amp;c"`) {
		t.Errorf("form_post does not escape:\n%s", v.text)
	}
	code := regexp.MustCompile(`name="code" value="([^"]*)"`).FindStringSubmatch(v.text)[1]
	if got := w.redeem(t, "/common/oauth2/token", html.UnescapeString(code), "resource", "https://api.partnercenter.microsoft.com"); claimsOf(t, got.AccessToken).Audience != "https://api.partnercenter.microsoft.com" {
		t.Errorf("v1: got %+v", got)
	}
}

// TestAuthorizeShown: what is wrong with the application or its redirect URI is shown and sent nowhere.
func TestAuthorizeShown(t *testing.T) {
	w := newWorld(t)
	v := w.allowed(t)
	for _, test := range []struct {
		name, path string
		query      url.Values
		code       string
	}{
		{"no client", authorizeV2, asking("client_id", ""), "AADSTS900144"},
		{"client that is no GUID", authorizeV2, asking("client_id", "x"), "AADSTS700016"},
		{"unknown client", authorizeV2, asking("client_id", "99999999-0000-4000-8000-000000000001"), "AADSTS700016"},
		{"another tenant's client", authorizeV2, asking("client_id", otherApp.String(), "redirect_uri", "https://other.example/"), "AADSTS700016"},
		{"another tenant's client, on common", "/common/oauth2/v2.0/authorize", asking("client_id", otherApp.String(), "redirect_uri", "https://other.example/"), "AADSTS700016"},
		{"another client's redirect URI", authorizeV2, asking("redirect_uri", "https://other.example/"), "AADSTS50011"},
		{"longer", authorizeV2, asking("redirect_uri", webApp+"x"), "AADSTS50011"},
		{"as a subdomain", authorizeV2, asking("redirect_uri", "https://localhost:44395.evil.example/"), "AADSTS50011"},
		{"behind a user", authorizeV2, asking("redirect_uri", "https://localhost:44395@evil.example/"), "AADSTS50011"},
		{"script", authorizeV2, asking("redirect_uri", "javascript:alert(1)"), "AADSTS50011"},
		{"another port of the web", authorizeV2, asking("redirect_uri", "https://localhost:44396/"), "AADSTS50011"},
		{"a native client on the web", authorizeV2, asking("client_id", publicApp.String()), "AADSTS50011"},
		{"none of two", authorizeV2, asking("redirect_uri", ""), "AADSTS900971"},
		{"none at all", authorizeV2, asking("client_id", bareApp.String(), "redirect_uri", ""), "AADSTS900971"},
		{"unknown tenant", "/nowhere.example/oauth2/authorize", asking(), "AADSTS90002"},
		{"no tenant", "/x/oauth2/authorize", asking(), "AADSTS900023"},
		{"personal accounts", "/consumers/oauth2/authorize", asking(), "AADSTS9001023"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v.t = t
			v.ask(test.path, test.query)
			if v.status != 400 || !strings.Contains(v.text, test.code) || v.header.Get("Location") != "" {
				t.Errorf("got %d to %q, want %s\n%s", v.status, v.header.Get("Location"), test.code, v.text)
			}
		})
	}
}

// TestAuthorizeRefused: what else is wrong is told to the application, with its state.
func TestAuthorizeRefused(t *testing.T) {
	w := newWorld(t)
	v := w.allowed(t)
	for _, test := range []struct {
		name    string
		changes []string
		kind    string
		code    string
	}{
		{"no response type", []string{"response_type", ""}, "invalid_request", "AADSTS900144"},
		{"token", []string{"response_type", "token"}, "unsupported_response_type", "AADSTS700051"},
		{"id token and token", []string{"response_type", "id_token token", "nonce", "n"}, "unsupported_response_type", "AADSTS700051"},
		{"code and token", []string{"response_type", "code token"}, "unsupported_response_type", "AADSTS70005"},
		{"unknown mode", []string{"response_mode", "web_message"}, "invalid_request", "AADSTS70007"},
		{"id token in a query", []string{"response_type", "id_token", "response_mode", "query", "nonce", "n"}, "invalid_request", "AADSTS70007"},
		{"id token without nonce", []string{"response_type", "id_token"}, "invalid_request", "AADSTS900144"},
		{"no scope", []string{"scope", ""}, "invalid_request", "AADSTS900144"},
		{"malformed scope", []string{"scope", "https://api.partnercenter.microsoft.com"}, "invalid_scope", "AADSTS70011"},
		{"two resources", []string{"scope", apiScope + " https://graph.microsoft.com/Mail.Read"}, "invalid_scope", "AADSTS70011"},
		{"unknown resource", []string{"scope", "https://nowhere.example/Mail.Read"}, "invalid_resource", "AADSTS500011"},
		{"short challenge", []string{"code_challenge", "short", "code_challenge_method", "S256"}, "invalid_request", "AADSTS90023"},
		{"challenge with a blank", []string{"code_challenge", strings.Repeat("a ", 30), "code_challenge_method", "S256"}, "invalid_request", "AADSTS90023"},
		{"method of no challenge", []string{"code_challenge_method", "S256"}, "invalid_request", "AADSTS90023"},
		{"unknown method", []string{"code_challenge", strings.Repeat("a", 43), "code_challenge_method", "S512"}, "invalid_request", "AADSTS90023"},
		{"unknown prompt", []string{"prompt", "please"}, "invalid_request", "AADSTS90023"},
		{"none and login", []string{"prompt", "none login"}, "invalid_request", "AADSTS90023"},
		{"max_age", []string{"max_age", "-1"}, "invalid_request", "AADSTS90023"},
		{"claims", []string{"claims", "{"}, "invalid_request", "AADSTS9002313"},
		{"nobody of that name", []string{"prompt", "none", "login_hint", bo}, "login_required", "AADSTS50058"},
		{"admin consent by none", []string{"prompt", "admin_consent"}, "access_denied", "AADSTS90094"},
		{"more than was allowed", []string{"prompt", "none", "scope", "openid https://graph.microsoft.com/Mail.Read"}, "consent_required", "AADSTS65001"},
	} {
		t.Run(test.name, func(t *testing.T) {
			v.t = t
			got := v.ask(authorizeV2, asking(test.changes...)).answered(webApp)
			if got.Get("error") != test.kind || !strings.HasPrefix(got.Get("error_description"), test.code+":") || got.Get("state") != "a b&c" || got.Get("code") != "" {
				t.Errorf("got %v, want %s, %s", got, test.kind, test.code)
			}
		})
	}
}

// TestAuthorizeAccounts: which account a request is for.
func TestAuthorizeAccounts(t *testing.T) {
	t.Run("login", func(t *testing.T) {
		w := newWorld(t)
		v := w.allowed(t)
		v.ask(authorizeV2, asking("prompt", "login")).wants(200, "Sign in")
		if v.signIn(megan, chosenPassword).follow().answered(webApp).Get("code") == "" {
			t.Error("no code after the second sign-in")
		}
	})
	t.Run("select_account", func(t *testing.T) {
		w := newWorld(t)
		v := w.allowed(t)
		v.ask(authorizeV2, asking("prompt", "select_account")).wants(200, "Choose an account", "Megan@")
		link := regexp.MustCompile(`<li><a href="([^"]*)"`).FindStringSubmatch(v.text)
		if v.get(html.UnescapeString(link[1])).answered(webApp).Get("code") == "" {
			t.Error("no code for the chosen account")
		}
		v.ask(authorizeV2, asking("prompt", "select_account"))
		other := regexp.MustCompile(`<p><a href="([^"]*)"`).FindStringSubmatch(v.text)
		v.get(html.UnescapeString(other[1])).wants(200, "Sign in").signIn(bo, chosenPassword)
		if v.follow().answered(webApp).Get("code") == "" {
			t.Error("no code for another account")
		}
		v.ask(authorizeV2, asking()).wants(200, "Choose an account", "Megan@", bo)
		if v.ask(authorizeV2, asking("login_hint", bo)).answered(webApp).Get("code") == "" {
			t.Error("no code for the hint")
		}
	})
	t.Run("consent", func(t *testing.T) {
		v := newWorld(t).allowed(t)
		v.ask(authorizeV2, asking("prompt", "consent")).wants(200, "Allow")
		if v.submit("step", "allow").answered(webApp).Get("code") == "" {
			t.Error("no code")
		}
	})
	t.Run("admin_consent", func(t *testing.T) {
		w := newWorld(t)
		v := w.visit(t)
		v.ask(authorizeV2, asking("prompt", "admin_consent")).signIn(bo, chosenPassword).follow().wants(200, "You allow it for all users of Contoso.")
		v.submit("step", "allow").answered(webApp)
		other := v.another()
		if other.signInMegan("/account").ask(authorizeV2, asking("prompt", "none")).answered(webApp).Get("code") == "" {
			t.Error("somebody else is asked again")
		}
	})
	t.Run("max_age", func(t *testing.T) {
		w := newWorld(t)
		v := w.allowed(t)
		w.Now = func() time.Time { return start.Add(time.Hour) }
		w.Grants.Now = w.Now
		if v.ask(authorizeV2, asking("max_age", "3600")).answered(webApp).Get("code") == "" {
			t.Error("an hour is over an hour")
		}
		for _, age := range []string{"3599", "0"} {
			v.ask(authorizeV2, asking("max_age", age)).wants(200, "Sign in")
		}
		w.Now = func() time.Time { return start.Add(2 * time.Hour) }
		v.signIn(megan, chosenPassword)
		w.Now = func() time.Time { return start.Add(2*time.Hour + 2*time.Second) }
		if v.follow().answered(webApp).Get("code") == "" {
			t.Error("no code after a fresh sign-in")
		}
	})
	t.Run("domain_hint", func(t *testing.T) {
		w := newWorld(t)
		v := w.allowed(t)
		v.accountOfCustomer(w, "/account?prompt=login")
		must(t, w.db.AddConsent(t.Context(), csp.Consent{Tenant: csp.MustParseID(w.customer.ID), App: contosoApp}, []string{"openid", "offline_access", apiScope}))
		v.ask("/common/oauth2/v2.0/authorize", asking()).wants(200, "Choose an account")
		answer := v.ask("/common/oauth2/v2.0/authorize", asking("domain_hint", "WINGTIPTOYS.onmicrosoft.com", "client_info", "1")).answered(webApp)
		info, err := base64.RawURLEncoding.DecodeString(answer.Get("client_info"))
		if err != nil || !strings.Contains(string(info), w.customer.ID) {
			t.Errorf("got %s, %v, want the account of %s", info, err, w.customer.ID)
		}
		v.ask("/common/oauth2/v2.0/authorize", asking("domain_hint", "organizations")).wants(200, "Choose an account")
	})
	t.Run("another tenant's user", func(t *testing.T) {
		w := newWorld(t)
		v := w.visit(t)
		name, _ := w.signIn()
		v.accountOfCustomer(w, "/account")
		v.ask(authorizeV2, asking()).wants(200, "Sign in")
		v.signIn(name, goodPassword).wants(400, "The user name or the password is wrong.")
	})
	t.Run("delegated admin", func(t *testing.T) {
		w := newWorld(t)
		v := w.allowed(t)
		must(t, w.db.AddConsent(t.Context(), csp.Consent{Tenant: csp.MustParseID(w.customer.ID), App: contosoApp}, []string{"openid", "offline_access", apiScope}))
		code := v.ask("/"+w.customer.ID+"/oauth2/v2.0/authorize", asking()).answered(webApp).Get("code")
		got := w.redeem(t, "/"+w.customer.ID+"/oauth2/v2.0/token", code)
		if claims := claimsOf(t, got.AccessToken); claims.TenantID != w.customer.ID || claims.UPN != "Megan@contoso.onmicrosoft.com" {
			t.Errorf("got %+v", claims)
		}
	})
}

// TestAuthorizePosted: OpenID Connect lets a client post its request. It has no cookies then, and is asked by GET again.
func TestAuthorizePosted(t *testing.T) {
	v := newWorld(t).allowed(t)
	v.post(authorizeV2, asking("username", "x"))
	if code := v.follow().answered(webApp).Get("code"); code == "" {
		t.Error("no code")
	}
}

// TestAuthorizeNative: an application on this machine listens on any port.
func TestAuthorizeNative(t *testing.T) {
	w := newWorld(t)
	v := w.visit(t)
	v.signInMegan("/account")
	for _, port := range []int{8400, 8999} {
		at := "http://localhost:" + strconv.Itoa(port) + "/"
		sum := sha256.Sum256([]byte(verifier))
		query := asking("client_id", powerShell, "redirect_uri", at, "code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]), "code_challenge_method", "S256")
		code := v.ask("/organizations/oauth2/v2.0/authorize", query).answered(at).Get("code")
		form := []string{"client_id", powerShell, "client_secret", "", "redirect_uri", at, "code_verifier", verifier}
		if got := w.redeem(t, "/organizations/oauth2/v2.0/token", code, form...); got.AccessToken == "" {
			t.Errorf("port %d: got %v", port, got.Codes)
		}
	}
}

// TestCodeIsBound: a code is worth nothing without what its sign-in had.
func TestCodeIsBound(t *testing.T) {
	w := newWorld(t)
	v := w.allowed(t)
	sum := sha256.Sum256([]byte(verifier))
	challenge := []string{"code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]), "code_challenge_method", "S256"}
	for _, test := range []struct {
		name           string
		asked, redeems []string
		code           int
	}{
		{"without the verifier", challenge, nil, 9002325},
		{"with another verifier", challenge, []string{"code_verifier", strings.Repeat("a", 43)}, 501481},
		{"a challenge that somebody removed", nil, []string{"code_verifier", verifier}, 501481},
		{"a method that somebody changed", []string{"code_challenge", challenge[1], "code_challenge_method", "plain"}, []string{"code_verifier", verifier}, 501481},
		{"another redirect URI", nil, []string{"redirect_uri", "http://localhost"}, 500112},
		{"another application", nil, []string{"client_id", publicApp.String(), "client_secret", ""}, 70000},
	} {
		t.Run(test.name, func(t *testing.T) {
			v.t = t
			code := v.ask(authorizeV2, asking(test.asked...)).answered(webApp).Get("code")
			if got := w.redeem(t, v2, code, test.redeems...); !slices.Contains(got.Codes, test.code) || got.AccessToken != "" {
				t.Errorf("got %v, want %d", got.Codes, test.code)
			}
		})
	}
}

// TestConsentForged: nobody allows an application by a form from elsewhere, or more than was shown.
func TestConsentForged(t *testing.T) {
	w := newWorld(t)
	v := w.visit(t)
	v.signInMegan("/account")
	v.ask(authorizeV2, asking()).wants(200, "Allow")
	token, path := tokenOf(v), v.at.RequestURI()
	v.post(path, url.Values{"step": {"allow"}}).wants(400, "AADSTS165000")
	more := authorizeV2 + "?" + asking("scope", "openid offline_access https://graph.microsoft.com/Mail.Read").Encode()
	v.post(more, url.Values{"step": {"allow"}, "form": {token}}).wants(400, "AADSTS165000")
	if permissions, err := w.db.Consents(t.Context(), csp.Consent{Tenant: contoso, App: contosoApp}); err != nil || len(permissions) != 0 {
		t.Errorf("allowed: got %v, %v", permissions, err)
	}
	v.post(path, url.Values{"step": {"allow"}, "form": {token}}).answered(webApp)
}

// FuzzAuthorize holds that nothing leads anywhere but to the registered redirect URI, and nothing breaks.
func FuzzAuthorize(f *testing.F) {
	f.Add(asking().Encode())
	f.Add(asking("response_mode", "form_post", "state", "\"><script>").Encode())
	f.Add(asking("redirect_uri", "http://localhost:1/\r\nX: y", "prompt", "none").Encode())
	f.Add("client_id=%00&redirect_uri=//x&claims=[")
	w := newWorld(f)
	handler := w.serve()
	f.Fuzz(func(t *testing.T, query string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, authorizeV2, nil)
		r.URL.RawQuery = query
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, r)
		location := recorder.Header().Get("Location")
		app := csp.App{RedirectURIs: []string{webApp, "http://localhost"}}
		at, _, _ := strings.Cut(location, "#")
		at, _, _ = strings.Cut(at, "?")
		if recorder.Code >= 500 || location != "" && !app.Redirects(at) {
			t.Errorf("got %d to %q\n%s", recorder.Code, location, recorder.Body)
		}
	})
}
