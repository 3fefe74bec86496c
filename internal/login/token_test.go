package login_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/login"
	"github.com/tenantry/tenantry/internal/token"
)

const (
	v1 = "/contoso.onmicrosoft.com/oauth2/token"
	v2 = "/contoso.onmicrosoft.com/oauth2/v2.0/token"
)

// appOnly and asUser are the forms of good requests, but for what the token is for.
func appOnly() url.Values {
	return url.Values{"grant_type": {"client_credentials"}, "client_id": {contosoApp.String()}, "client_secret": {appSecret}}
}

func asUser() url.Values {
	return url.Values{"grant_type": {"password"}, "client_id": {powerShell}, "username": {"megan@contoso.onmicrosoft.com"}, "password": {chosenPassword}}
}

// with is the form with one value changed; the empty value removes it.
func with(form url.Values, name, value string) url.Values {
	form.Set(name, value)
	if value == "" {
		form.Del(name)
	}
	return form
}

// answer is what the tests look at of a token response.
type answer struct {
	status      int
	Codes       []int  `json:"error_codes"`
	Error       string `json:"error"`
	Scope       string `json:"scope"`
	AccessToken string `json:"access_token"`
	IDToken     string `json:"id_token"`
	ClientInfo  string `json:"client_info"`

	RefreshToken string `json:"refresh_token"`
}

func post(t testing.TB, handler http.Handler, path string, form url.Values, header ...string) *answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	if host := r.Header.Get("Host"); host != "" {
		r.Host = host
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, r)
	return mustAnswer(t, recorder)
}

func mustAnswer(t testing.TB, recorder *httptest.ResponseRecorder) *answer {
	t.Helper()
	got := &answer{status: recorder.Code}
	must(t, json.Unmarshal(recorder.Body.Bytes(), got))
	return got
}

func claimsOf(t testing.TB, raw string) (claims token.Claims) {
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

func TestTargets(t *testing.T) {
	const pc = "https://api.partnercenter.microsoft.com"
	handler := newWorld(t).serve()
	for _, test := range []struct {
		name, path string
		form       url.Values
		audience   string
		scp, scope string
		code       int
	}{
		{"v1 resource", v1, with(appOnly(), "resource", pc), pc, "", "", 0},
		{"v1 resource with a slash", v1, with(appOnly(), "resource", pc+"/"), pc, "", "", 0},
		{"v1 resource in another case", v1, with(appOnly(), "resource", "HTTPS://API.PartnerCenter.Microsoft.com"), pc, "", "", 0},
		{"v1 resource by its id", v1, with(appOnly(), "resource", "FA3D9A0C-3fb0-42cc-9193-47c7ecd2edbd"), "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd", "", "", 0},
		{"v1 resource of another cloud", v1, with(appOnly(), "resource", "https://graph.chinacloudapi.cn"), "https://graph.chinacloudapi.cn", "", "", 0},
		{"v1 management", v1, with(asUser(), "resource", "https://management.azure.com/"), "https://management.azure.com", "user_impersonation", "user_impersonation", 0},
		{"v1 graph", v1, with(asUser(), "resource", "https://graph.microsoft.com"), "https://graph.microsoft.com", "User.Read", "User.Read", 0},
		{"v1 without a resource", v1, asUser(), "00000002-0000-0000-c000-000000000000", "user_impersonation", "user_impersonation", 0},
		{"v1 a client as the resource", v1, with(appOnly(), "resource", contosoApp.String()), "", "", "", 500011},
		{"v1 a resource with more behind", v1, with(appOnly(), "resource", pc+"/v1"), "", "", "", 500011},

		{"v2 app-only", v2, with(appOnly(), "scope", pc+"/.default"), pc, "", "", 0},
		{"v2 app-only, two slashes", v2, with(appOnly(), "scope", "https://graph.windows.net//.default"), "https://graph.windows.net", "", "", 0},
		{"v2 app-only, default twice", v2, with(appOnly(), "scope", pc+"/.default "+pc+"/.Default"), pc, "", "", 0},
		{"v2 app-only, graph", v2, with(appOnly(), "scope", ".default"), "https://graph.microsoft.com", "", "", 0},
		{"v2 app-only, blanks", v2, with(appOnly(), "scope", "  "+pc+"/.default\t openid "), pc, "", "", 0},
		{"v2 app-only, only blanks", v2, with(appOnly(), "scope", "  "), "", "", "", 1002012},
		{"v2 app-only, a bare resource", v2, with(appOnly(), "scope", pc), "", "", "", 1002012},
		{"v2 app-only, a slash", v2, with(appOnly(), "scope", "/"), "", "", "", 1002012},
		{"v2 app-only, an unknown resource", v2, with(appOnly(), "scope", "api://x/.default"), "", "", "", 500011},
		{"v2 app-only, nothing before default", v2, with(appOnly(), "scope", "/.default"), "", "", "", 500011},
		{"v2 app-only, two resources", v2, with(appOnly(), "scope", pc+"/.default https://graph.windows.net/.default"), "", "", "", 70011},

		{"v2 user, default", v2, with(asUser(), "scope", pc+"/.default"), pc, "user_impersonation", pc + "/user_impersonation " + pc + "/.default", 0},
		{"v2 user, by name", v2, with(asUser(), "scope", pc+"/user_impersonation offline_access"), pc, "user_impersonation", pc + "/user_impersonation", 0},
		{"v2 user, by id", v2, with(asUser(), "scope", "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd/.default openid"), "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd", "user_impersonation",
			"openid fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd/user_impersonation fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd/.default", 0},
		{"v2 user, two names of a resource", v2, with(asUser(), "scope", "User.Read https://graph.microsoft.com/Mail.Send"), "https://graph.microsoft.com", "Mail.Send User.Read",
			"https://graph.microsoft.com/Mail.Send https://graph.microsoft.com/User.Read User.Read", 0},
		{"v2 user, no permission", v2, with(asUser(), "scope", pc+"/"), "", "", "", 70011},
		{"v2 user, no resource", v2, with(asUser(), "scope", "user_impersonation"), "", "", "", 70011},
		{"v2 user, no such permission", v2, with(asUser(), "scope", pc+"/everything"), "", "", "", 70011},
		{"v2 user, an unknown resource", v2, with(asUser(), "scope", "https://example.com/user_impersonation"), "", "", "", 500011},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := post(t, handler, test.path, test.form)
			if test.code != 0 {
				if len(got.Codes) != 1 || got.Codes[0] != test.code {
					t.Errorf("codes = %v, want %d", got.Codes, test.code)
				}
				return
			}
			if got.status != http.StatusOK {
				t.Fatalf("status %d, %+v", got.status, got)
			}
			claims := claimsOf(t, got.AccessToken)
			if claims.Audience != test.audience || claims.Scope != test.scp || got.Scope != test.scope {
				t.Errorf("aud %q, scp %q, scope %q; want %q, %q, %q", claims.Audience, claims.Scope, got.Scope, test.audience, test.scp, test.scope)
			}
		})
	}
}

func TestClients(t *testing.T) {
	handler := newWorld(t).serve()
	basic := func(text string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(text)) }
	for _, test := range []struct {
		name          string
		form          url.Values
		authorization string
		acr           string
		code          int
	}{
		{"a secret", appOnly(), "", "1", 0},
		{"another secret", with(appOnly(), "client_secret", olderSecret), "", "1", 0},
		{"an id in upper case", with(appOnly(), "client_id", strings.ToUpper(contosoApp.String())), "", "1", 0},
		{"an id in braces", with(appOnly(), "client_id", "{"+contosoApp.String()+"}"), "", "", 700016},
		{"a secret with a blank behind", with(appOnly(), "client_secret", appSecret+" "), "", "", 7000215},
		{"an empty secret", with(appOnly(), "client_secret", ""), "", "", 7000218},
		{"the secret's hash", with(appOnly(), "client_secret", string(root().HashSecret(contosoApp, appSecret))), "", "", 7000215},
		{"an application that has none", with(appOnly(), "client_id", bareApp.String()), "", "", 7000215},
		{"a registered public client", with(asUser(), "client_id", publicApp.String()), "", "0", 0},
		{"a registered public client speaking for itself", with(with(appOnly(), "client_id", publicApp.String()), "client_secret", ""), "", "", 7000218},
		{"a registered public client with a secret", with(appOnly(), "client_id", publicApp.String()), "", "", 700025},
		{"a confidential client without a secret", with(asUser(), "client_id", contosoApp.String()), "", "", 7000218},
		{"Exchange Online PowerShell", with(asUser(), "client_id", "a0c73c16-a7e3-4564-9a95-2bdf47383716"), "", "0", 0},
		{"a resource as the client", with(asUser(), "client_id", "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"), "", "", 700016},
		{"the zero id", with(appOnly(), "client_id", csp.ID{}.String()), "", "", 700016},

		{"Basic", url.Values{"grant_type": {"client_credentials"}}, basic(contosoApp.String() + ":" + url.QueryEscape(olderSecret)), "1", 0},
		{"Basic in lower case", url.Values{"grant_type": {"client_credentials"}}, "b" + basic(contosoApp.String() + ":" + appSecret)[1:], "1", 0},
		{"Basic and the form", appOnly(), basic(contosoApp.String() + ":" + appSecret), "1", 0},
		{"Basic goes before the form", appOnly(), basic(contosoApp.String() + ":wrong"), "", 7000215},
		{"Basic with an empty secret", url.Values{"grant_type": {"client_credentials"}}, basic(contosoApp.String() + ":"), "", 7000218},
		{"Basic with an empty id", url.Values{"grant_type": {"client_credentials"}}, basic(":" + appSecret), "", 9002313},
		{"Basic without a colon", url.Values{"grant_type": {"client_credentials"}}, basic(contosoApp.String()), "", 9002313},
		{"Basic with a broken escape", url.Values{"grant_type": {"client_credentials"}}, basic(contosoApp.String() + ":%zz"), "", 9002313},
		{"Basic for a public client", with(asUser(), "client_id", ""), basic(powerShell + ":"), "0", 0},
		{"Bearer", appOnly(), "Bearer null", "1", 0},
		{"junk", appOnly(), "Basically", "1", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := post(t, handler, v1, test.form, "Authorization", test.authorization)
			if test.code != 0 {
				if len(got.Codes) != 1 || got.Codes[0] != test.code || got.AccessToken != "" {
					t.Errorf("codes = %v, want %d", got.Codes, test.code)
				}
				return
			}
			if got.status != http.StatusOK {
				t.Fatalf("status %d, %+v", got.status, got)
			}
			if claims := claimsOf(t, got.AccessToken); claims.AppIDACR != test.acr {
				t.Errorf("appidacr = %q, want %q", claims.AppIDACR, test.acr)
			}
		})
	}
}

func TestTenants(t *testing.T) {
	w := newWorld(t)
	handler := w.serve()
	admin, password := w.signIn()
	customerAdmin := func() url.Values { return with(with(asUser(), "username", admin), "password", password) }
	for _, test := range []struct {
		name, segment string
		form          url.Values
		want          string // the token's tenant
		code          int
	}{
		{"an id", contoso.String(), appOnly(), contoso.String(), 0},
		{"an id in upper case", strings.ToUpper(contoso.String()), appOnly(), contoso.String(), 0},
		{"a domain in another case", "CONTOSO.OnMicrosoft.com", appOnly(), contoso.String(), 0},
		{"another partner's", "fabrikam.onmicrosoft.com", appOnly(), "", 700016},
		{"a customer's, for the partner's application", w.customer.ID, appOnly(), "", 700016},
		{"a customer's, for the partner's admin agent", w.customer.ID, asUser(), w.customer.ID, 0},
		{"a customer's, for its administrator", w.customer.ID, customerAdmin(), w.customer.ID, 0},
		{"the partner's, for the customer's administrator", contoso.String(), customerAdmin(), "", 50034},
		{"common", "common", customerAdmin(), w.customer.ID, 0},
		{"organizations", "Organizations", customerAdmin(), w.customer.ID, 0},
		{"common, name in another case", "common", with(asUser(), "username", " MEGAN@Contoso.onmicrosoft.COM "), contoso.String(), 0},
		{"common, an unknown domain", "common", with(asUser(), "username", "x@nobody.onmicrosoft.com"), "", 90002},
		{"common, an id for a domain", "common", with(asUser(), "username", "x@"+contoso.String()), "", 50059},
		{"common, nothing for a domain", "common", with(asUser(), "username", "megan@"), "", 50059},
		{"common, for an application", "common", appOnly(), "", 50059},
		{"consumers", "consumers", asUser(), "", 9001023},
		{"a word", "contoso", appOnly(), "", 900023},
		{"a long word", strings.Repeat("a.", 200) + "com", appOnly(), "", 900023},
		{"the zero id", csp.ID{}.String(), appOnly(), "", 90002},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := post(t, handler, "/"+test.segment+"/oauth2/token", test.form)
			if test.code != 0 {
				if len(got.Codes) != 1 || got.Codes[0] != test.code {
					t.Errorf("codes = %v, want %d", got.Codes, test.code)
				}
				return
			}
			if got.status != http.StatusOK {
				t.Fatalf("status %d, %+v", got.status, got)
			}
			if claims := claimsOf(t, got.AccessToken); claims.TenantID != test.want || claims.Issuer != "https://sts.windows.net/"+test.want+"/" {
				t.Errorf("tid %s, iss %s; want tenant %s", claims.TenantID, claims.Issuer, test.want)
			}
		})
	}
}

// TestCustomerAdmin shows what the administrator's token says, who came into the world with a customer.
func TestCustomerAdmin(t *testing.T) {
	w := newWorld(t)
	name, password := w.signIn()
	got := post(t, w.serve(), "/organizations/oauth2/v2.0/token", url.Values{
		"grant_type": {"password"}, "client_id": {powerShell}, "username": {name}, "password": {password},
		"scope": {"openid https://api.partnercenter.microsoft.com/.default"}, "client_info": {"1"},
	})
	claims := claimsOf(t, got.AccessToken)
	if len(claims.RoleTemplates) != 1 || claims.RoleTemplates[0] != csp.CompanyAdministrator {
		t.Errorf("wids = %v, want Company Administrator", claims.RoleTemplates)
	}
	if claims.AppOnly() || claims.UPN != "admin@WingtipToys.onmicrosoft.com" || claims.TenantID != w.customer.ID || len(claims.Groups) != 0 {
		t.Errorf("claims = %+v", claims)
	}
	id := claimsOf(t, got.IDToken)
	if id.Audience != powerShell || id.AppID != "" || id.Subject != claims.Subject || id.Subject == claims.ObjectID {
		t.Errorf("id token = %+v", id)
	}
	info, err := base64.RawURLEncoding.DecodeString(got.ClientInfo)
	must(t, err)
	if want := `{"uid":"` + claims.ObjectID + `","utid":"` + w.customer.ID + `"}`; string(info) != want {
		t.Errorf("client_info = %s, want %s", info, want)
	}
}

// TestIDTokenIsNoAccessToken shows it for the one that an attacker would want: of a client whose id is a resource's.
func TestIDTokenIsNoAccessToken(t *testing.T) {
	w := newWorld(t)
	reserved := csp.MustParseID("fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd")
	if !login.IsReserved(reserved) {
		t.Fatal("the id of Partner Center may be registered")
	}
	must(t, w.db.CreateApp(t.Context(), &csp.App{ID: reserved, Tenant: contoso, Name: "Evil", Public: true})) // past the rule
	got := post(t, w.serve(), v2, with(with(asUser(), "client_id", reserved.String()), "scope", "openid"))
	verifier := &token.Verifier{Keys: w.Keys, Now: w.Now, Audiences: login.PartnerCenterAudiences(true)}
	if claims, err := verifier.Verify(t.Context(), got.IDToken); err == nil {
		t.Errorf("an id token was accepted: %+v", claims)
	}
}

func TestIsReserved(t *testing.T) {
	for _, test := range []struct {
		id   string
		want bool
	}{
		{"fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd", true},
		{"4990cffe-04e8-4e8b-808a-1175604b879f", true},
		{"00000002-0000-0000-c000-000000000000", true},
		{"00000003-0000-0000-C000-000000000000", true},
		{"797f4846-ba00-4fd7-ba43-dac1f8f63013", true},
		{powerShell, true},
		{"a0c73c16-a7e3-4564-9a95-2bdf47383716", true},
		{contosoApp.String(), false},
		{csp.ID{}.String(), false},
	} {
		if got := login.IsReserved(csp.MustParseID(test.id)); got != test.want {
			t.Errorf("IsReserved(%s) = %t, want %t", test.id, got, test.want)
		}
	}
}

// TestNothingSecretIsLogged sends secrets to every kind of end and looks for them in the log and the answers.
func TestNothingSecretIsLogged(t *testing.T) {
	w := newWorld(t)
	var log bytes.Buffer
	w.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	handler := w.serve()
	const wrong = "s3cret-that-is-wrong"
	for _, form := range []url.Values{
		with(appOnly(), "client_secret", wrong), with(appOnly(), "client_secret", expiredSecret), with(asUser(), "password", wrong),
		with(asUser(), "client_secret", wrong), with(with(asUser(), "username", "nobody@contoso.onmicrosoft.com"), "password", wrong),
		with(with(asUser(), "username", wrong), "password", chosenPassword), with(appOnly(), "resource", "x"), appOnly(), asUser(),
		with(appOnly(), "grant_type", "x"), with(appOnly(), "client_assertion", wrong),
	} {
		for _, path := range []string{v1, v2} {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path+"?client_secret="+wrong, strings.NewReader(form.Encode()))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			recorder := httptest.NewRecorder()
			handler.ServeHTTP(recorder, r)
			for _, secret := range []string{wrong, appSecret, expiredSecret, chosenPassword} {
				if strings.Contains(recorder.Body.String(), secret) {
					t.Errorf("%q is in the answer to %v", secret, form)
				}
			}
		}
	}
	w.Store = brokenStore{w.Store}
	post(t, handler, v2, asUser())
	if !strings.Contains(log.String(), "request failed") || !strings.Contains(log.String(), "refused") {
		t.Errorf("the log misses entries:\n%s", &log)
	}
	for _, secret := range []string{wrong, appSecret, expiredSecret, "horse", "eyJ"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q is in the log:\n%s", secret, &log)
		}
	}
}

// TestRefusalsCostTheSame counts the slow hashes behind each refusal of a password: an unknown user, a wrong password, chosen or
// first, the right one of a user who is locked out.
func TestRefusalsCostTheSame(t *testing.T) {
	w := newWorld(t)
	handler := w.serve()
	admin, first := w.signIn()
	must(t, w.db.CreateUser(t.Context(), &csp.User{ID: w.IDs.New(), Tenant: contoso, PrincipalName: "new@contoso.onmicrosoft.com", Credential: []byte{}, Created: start})) // has none yet
	try := func(name, password string) (hashes int64, code int) {
		t.Helper()
		before := w.Passwords.Hashes()
		got := post(t, handler, "/common/oauth2/token", with(with(asUser(), "username", name), "password", password))
		if len(got.Codes) > 0 {
			code = got.Codes[len(got.Codes)-1]
		}
		return w.Passwords.Hashes() - before, code
	}
	for _, test := range []struct {
		what, name, password string
		code                 int
	}{
		{"unknown, of a customer", "x" + admin, "wrong", 50034},
		{"unknown, of a partner", "nobody@contoso.onmicrosoft.com", "wrong", 50034},
		{"unknown, with a password of somebody else", "nobody@contoso.onmicrosoft.com", chosenPassword, 50034},
		{"wrong, for a first one", admin, "wrong", 50126},
		{"wrong, for a chosen one", megan, "wrong", 50126},
		{"wrong, for none", "new@contoso.onmicrosoft.com", "wrong", 50126},
	} {
		if hashes, code := try(test.name, test.password); hashes != 1 || code != test.code {
			t.Errorf("%s: got %d hashes and code %d, want 1 and %d", test.what, hashes, code, test.code)
		}
	}
	for i := range 10 {
		for _, name := range []string{admin, megan, "nobody@contoso.onmicrosoft.com"} {
			try(name, fmt.Sprint("guess ", i))
		}
	}
	for _, test := range []struct {
		what, name, password string
		code                 int
	}{
		{"locked, wrong", megan, "wrong", 50053},
		{"locked, right", megan, chosenPassword, 50053},
		{"locked, right and a first one", admin, first, 50053},
		{"unknown still", "nobody@contoso.onmicrosoft.com", "wrong", 50034},
	} {
		if hashes, code := try(test.name, test.password); hashes != 1 || code != test.code {
			t.Errorf("%s: got %d hashes and code %d, want 1 and %d", test.what, hashes, code, test.code)
		}
	}
}

// TestPermissions: an application's permissions at Graph are in its tokens for Graph, of its own tenant, and in no others.
func TestPermissions(t *testing.T) {
	w := newWorld(t)
	w.panel(t, graphGrant)
	for _, app := range []csp.ID{contosoApp, panelApp} {
		must(t, w.db.ChangeApp(t.Context(), app, func(app *csp.App) error {
			app.Permissions = []string{csp.PermissionReadDelegation}
			return nil
		}))
	}
	byItself := func(app csp.ID, scope string) url.Values {
		return url.Values{"grant_type": {"client_credentials"}, "client_id": {app.String()}, "client_secret": {appSecret}, "scope": {scope + "/.default"}}
	}
	for _, test := range []struct {
		what, path string
		form       url.Values
		want       []string
	}{
		{"Graph", v2, byItself(contosoApp, "https://graph.microsoft.com"), []string{csp.PermissionReadDelegation}},
		{"Graph by its id", v2, byItself(contosoApp, "00000003-0000-0000-c000-000000000000"), []string{csp.PermissionReadDelegation}},
		{"the directory's graph", v2, byItself(contosoApp, graph), nil},
		{"Partner Center", v2, byItself(contosoApp, pc), nil},
		{"Graph, of a user", v2, with(asUser(), "scope", "https://graph.microsoft.com/.default"), nil},
		{"at a customer", "/" + w.customer.ID + "/oauth2/v2.0/token", byItself(panelApp, graph), nil},
	} {
		got := post(t, w.serve(), test.path, test.form)
		wantCode(t, test.what, got, 0)
		if roles := claimsOf(t, got.AccessToken).Roles; !slices.Equal(roles, test.want) {
			t.Errorf("%s: got roles %q, want %q", test.what, roles, test.want)
		}
	}
}

func TestTogether(t *testing.T) {
	handler := newWorld(t).serve()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for _, form := range []url.Values{appOnly(), asUser(), with(appOnly(), "client_secret", "wrong")} {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, v1, strings.NewReader(form.Encode()))
				handler.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
	group.Wait()
}
