package login_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
)

// startedDevice is what a device got.
type startedDevice struct {
	UserCode        string `json:"user_code"`
	DeviceCode      string `json:"device_code"`
	VerificationURI string `json:"verification_uri"`
}

func (w *world) startDevice(t testing.TB, tenant string) (device startedDevice) {
	t.Helper()
	form := url.Values{"client_id": {publicApp.String()}, "scope": {"openid offline_access " + apiScope}}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/"+tenant+"/oauth2/v2.0/devicecode", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	recorder := httptest.NewRecorder()
	w.serve().ServeHTTP(recorder, r)
	must(t, json.Unmarshal(recorder.Body.Bytes(), &device))
	if device.UserCode == "" {
		t.Fatalf("no code: %s", recorder.Body)
	}
	return device
}

func (w *world) poll(t testing.TB, tenant string, device startedDevice) *answer {
	t.Helper()
	return post(t, w.serve(), "/"+tenant+"/oauth2/v2.0/token", url.Values{"grant_type": {"device_code"}, "client_id": {publicApp.String()}, "device_code": {device.DeviceCode}})
}

// TestDevice goes the whole way: the code, the sign-in, the question, the tokens.
func TestDevice(t *testing.T) {
	w := newWorld(t)
	device := w.startDevice(t, "contoso.onmicrosoft.com")
	at, err := url.Parse(device.VerificationURI)
	must(t, err)
	v := w.visit(t)
	v.get(at.Path).wants(200, "Sign in on another device", "The nine characters")
	v.submit("otc", "").wants(400, "Enter the code")
	v.submit("otc", "BCDFGHJKL").wants(400, "There is no such code", `value="BCDFGHJKL"`)
	typed := " " + strings.ToLower(device.UserCode[:4]+"-"+device.UserCode[4:]) + " " // as people type
	v.submit("otc", typed).follow().wants(200, "To go on to Desktop")
	v.signIn(megan, chosenPassword).follow().wants(200, "Are you signing in on your device?", "Desktop", device.UserCode, "use Microsoft Partner Center in your name", "Contoso", "Never if somebody has sent you the code.")
	if got := w.poll(t, "contoso.onmicrosoft.com", device); got.Error != "authorization_pending" {
		t.Errorf("before the answer: got %s", got.Error)
	}
	v.submit("step", "allow").wants(200, "You have signed in to Desktop on your device.")
	w.Now = func() time.Time { return start.Add(10 * time.Second) }
	got := w.poll(t, "contoso.onmicrosoft.com", device)
	if claims := claimsOf(t, got.AccessToken); claims.UPN != "Megan@contoso.onmicrosoft.com" || claims.AppID != publicApp.String() {
		t.Errorf("tokens: got %+v", claims)
	}
	v.get(at.Path+"?otc="+device.UserCode).wants(400, "There is no such code")
}

func TestDeviceRefused(t *testing.T) {
	w := newWorld(t)
	v := w.visit(t)
	v.signInMegan("/account")
	t.Run("by the user", func(t *testing.T) {
		device := w.startDevice(t, "organizations")
		v.get("/devicelogin?otc="+device.UserCode).wants(200, "Are you signing in on your device?")
		v.submit("step", "refuse").wants(200, "Desktop gets nothing.")
		if got := w.poll(t, "organizations", device); got.Error != "authorization_declined" {
			t.Errorf("got %s", got.Error)
		}
	})
	t.Run("by a form from elsewhere", func(t *testing.T) {
		device := w.startDevice(t, "organizations")
		other := w.startDevice(t, "organizations")
		v.post("/devicelogin?otc="+device.UserCode, url.Values{"step": {"allow"}}).wants(400, "AADSTS165000")
		v.get("/devicelogin?otc=" + other.UserCode)
		v.post("/devicelogin?otc="+device.UserCode, url.Values{"step": {"allow"}, "form": {tokenOf(v)}}).wants(400, "AADSTS165000")
		v.post("/devicelogin", url.Values{"step": {"code"}, "otc": {device.UserCode}}).wants(400, "AADSTS165000")
		if got := w.poll(t, "organizations", device); got.Error != "authorization_pending" {
			t.Errorf("got %s", got.Error)
		}
	})
	t.Run("too late", func(t *testing.T) {
		device := w.startDevice(t, "organizations")
		v.get("/devicelogin?otc="+device.UserCode).wants(200, "Are you signing in on your device?")
		w.Grants.Now = func() time.Time { return start.Add(csp.DeviceLife) }
		v.submit("step", "allow").wants(400, "There is no such code, or its time is over.")
		w.Grants.Now = func() time.Time { return start }
	})
	t.Run("answered in another window", func(t *testing.T) {
		device := w.startDevice(t, "organizations")
		v.get("/devicelogin?otc=" + device.UserCode)
		other := *v
		v.submit("step", "refuse").wants(200, "gets nothing")
		other.submit("step", "allow").wants(400, "There is no such code")
	})
	t.Run("for another tenant", func(t *testing.T) {
		device := w.startDevice(t, "contoso.onmicrosoft.com")
		customer := v.another()
		customer.accountOfCustomer(w, "/account")
		customer.get("/devicelogin?otc="+device.UserCode).wants(200, "Sign in")
	})
}

func TestLogout(t *testing.T) {
	ofApp := func(app, user string) string {
		return "e30." + encode(`{"aud":"`+app+`","oid":"`+user+`"}`) + ".x"
	}
	for _, test := range []struct {
		name     string
		query    url.Values
		location string // empty: a page
		left     []string
	}{
		{"all", nil, "", nil},
		{"one by its name", url.Values{"logout_hint": {"MEGAN@contoso.onmicrosoft.com"}}, "", []string{bo}},
		{"one by its id token", url.Values{"id_token_hint": {ofApp(contosoApp.String(), contoso.Derived("bo").String())}}, "", []string{megan}},
		{"back to the application", url.Values{"client_id": {contosoApp.String()}, "post_logout_redirect_uri": {webApp}, "state": {"a b"}}, webApp + "?state=a%20b", nil},
		{"back by its id token", url.Values{"id_token_hint": {ofApp(contosoApp.String(), "")}, "post_logout_redirect_uri": {webApp}}, webApp, nil},
		{"back to any port", url.Values{"client_id": {contosoApp.String()}, "post_logout_redirect_uri": {"http://localhost:5000/"}}, "http://localhost:5000/", nil},
		{"back to elsewhere", url.Values{"client_id": {contosoApp.String()}, "post_logout_redirect_uri": {"https://evil.example/"}}, "", nil},
		{"back to another application's", url.Values{"client_id": {contosoApp.String()}, "post_logout_redirect_uri": {"https://other.example/"}}, "", nil},
		{"back of no application", url.Values{"post_logout_redirect_uri": {webApp}}, "", nil},
		{"back of an unknown application", url.Values{"client_id": {"99999999-0000-4000-8000-000000000001"}, "post_logout_redirect_uri": {webApp}}, "", nil},
		{"id token that is none", url.Values{"id_token_hint": {"x.y.z"}, "post_logout_redirect_uri": {webApp}}, "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			v := w.visit(t)
			v.signInMegan("/account")
			v.get("/account?prompt=login").signIn(bo, chosenPassword).follow()
			path := "/common/oauth2/v2.0/logout?" + test.query.Encode()
			v.get(path)
			if location := v.header.Get("Location"); location != test.location {
				t.Errorf("got %q, want %q", location, test.location)
			}
			if test.location == "" {
				v.wants(200, "You are signed out")
			}
			for _, name := range []string{megan, bo} {
				v.get("/account?login_hint=" + url.QueryEscape(name))
				if in := strings.Contains(v.text, "Your account"); in != slices.Contains(test.left, name) {
					t.Errorf("%s is signed in: %t", name, in)
				}
			}
		})
	}
	t.Run("posted", func(t *testing.T) {
		v := newWorld(t).visit(t)
		v.signInMegan("/account")
		v.post("/contoso.onmicrosoft.com/oauth2/logout", url.Values{"client_id": {contosoApp.String()}, "post_logout_redirect_uri": {webApp}}).follow()
		if v.header.Get("Location") != webApp {
			t.Errorf("got %q, want %q", v.header.Get("Location"), webApp)
		}
		v.get("/account").wants(200, "Sign in")
	})
}

func encode(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
