package login_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/login"
	"github.com/tenantry/tenantry/partnercenter"
)

const goodPassword = "Harbour-Lights-7"

func TestSignIn(t *testing.T) {
	for _, test := range []struct {
		name, user, password string
		problems             []string
	}{
		{"nothing", "", "", []string{`<a href="#username">Enter your user name.`, `<a href="#password">Enter your password.`}},
		{"no name", "", chosenPassword, []string{`<a href="#username">Enter your user name.`}},
		{"no password", megan, "", []string{`<a href="#password">Enter your password.`, `value="` + megan + `"`}},
		{"wrong password", megan, "wrong", []string{"The user name or the password is wrong."}},
		{"unknown user", "nobody@contoso.onmicrosoft.com", chosenPassword, []string{"The user name or the password is wrong."}},
		{"unknown domain", "megan@nowhere.example", chosenPassword, []string{"The user name or the password is wrong."}},
		{"no domain", "megan", chosenPassword, []string{"The user name or the password is wrong."}},
		{"script", `"><script>alert(1)</script>@contoso.onmicrosoft.com`, "x", []string{"The user name or the password is wrong."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			v := w.visit(t)
			v.get("/account").signIn(test.user, test.password).wants(400, test.problems...)
			if strings.Contains(v.text, "<script") || strings.Contains(v.text, test.password) && test.password == chosenPassword {
				t.Errorf("the page repeats what it must not:\n%s", v.text)
			}
			if v.cookies()["tenantry-session"] != "" {
				t.Error("a refused sign-in has a session")
			}
		})
	}
	t.Run("good", func(t *testing.T) {
		v := newWorld(t).visit(t)
		v.get("/account").signIn(" MEGAN@contoso.onmicrosoft.com ", chosenPassword).follow().wants(200, "Your account", "Megan@contoso.onmicrosoft.com", "Contoso")
		v.get("/account").wants(200, "Your account") // and stays signed in
	})
}

// TestSignInTellsNobody: whoever is refused is refused in the same words, at the same cost.
func TestSignInTellsNobody(t *testing.T) {
	w := newWorld(t)
	v := w.visit(t)
	var words []string
	for _, name := range []string{megan, "nobody@contoso.onmicrosoft.com", "megan@nowhere.example", "megan"} {
		before := w.Passwords.Hashes()
		v.get("/account").signIn(name, "wrong")
		if cost := w.Passwords.Hashes() - before; cost != 1 {
			t.Errorf("%s: %d slow hashes, want 1", name, cost)
		}
		words = append(words, strings.ReplaceAll(v.text, name, "NAME"))
	}
	if len(slices.Compact(words)) != 1 {
		t.Errorf("the refusals differ: %q", words)
	}
}

// TestLockTellsNobody: a name that there is not is locked out as one that there is, in the same words and at the same cost.
func TestLockTellsNobody(t *testing.T) {
	w := newWorld(t)
	v := w.visit(t)
	for i := range 13 {
		var words []string
		for _, name := range []string{megan, "nobody@contoso.onmicrosoft.com", "megan@nowhere.example"} {
			before := w.Passwords.Hashes()
			v.get("/account").signIn(name, fmt.Sprint("guess ", i))
			if cost := w.Passwords.Hashes() - before; cost != 1 {
				t.Errorf("guess %d of %s: %d slow hashes, want 1", i, name, cost)
			}
			words = append(words, strings.ReplaceAll(v.text, name, "NAME"))
		}
		if len(slices.Compact(words)) != 1 {
			t.Errorf("guess %d: the refusals differ: %q", i, words)
		}
	}
	v.get("/account").signIn(megan, chosenPassword).wants(400, "Too many wrong passwords")
	v.get("/account").signIn("NOBODY@contoso.onmicrosoft.com", "another").wants(400, "Too many wrong passwords")
	v.get("/account").signIn("somebody@contoso.onmicrosoft.com", "another").wants(400, "is wrong")
}

// TestFirstPassword: an administrator chooses a password at the first sign-in, and can do all that users can from then on.
func TestFirstPassword(t *testing.T) {
	w := newWorld(t)
	w.ForcePasswordChange = true
	name, first := w.signIn()
	v := w.visit(t)
	v.get("/account").signIn(name, first).wants(200, "Choose a new password", "Somebody else has given you this password.")
	if v.cookies()["tenantry-session"] != "" {
		t.Error("there is a session before the password is changed")
	}
	for _, test := range []struct {
		name, current, new, again string
		want                      []string
	}{
		{"nothing", "", "", "", []string{"#current", "at least 8 characters", "three of these"}},
		{"all at once", first, "admin", "nimda", []string{"at least 8 characters", "three of these", "must not contain your user name", "are not the same"}},
		{"the same", first, first, first, []string{"must be another"}},
		{"too long", first, strings.Repeat("aB3", 86), strings.Repeat("aB3", 86), []string{"at most 256"}},
		{"mistyped", first, goodPassword, goodPassword + "x", []string{`<a href="#again">`}},
		{"wrong current", "wrong", goodPassword, goodPassword, []string{`<a href="#current">The user name or the password is wrong.`}},
	} {
		v.submit("current", test.current, "new", test.new, "again", test.again).wants(400, test.want...)
		for _, secret := range []string{first, goodPassword} {
			if strings.Contains(v.text, secret) {
				t.Errorf("%s: the page repeats a password", test.name)
			}
		}
	}
	password := func(password string) *answer {
		form := with(with(asUser(), "username", name), "password", password)
		form.Set("scope", "https://api.partnercenter.microsoft.com/.default")
		return post(t, w.serve(), "/wingtiptoys.onmicrosoft.com/oauth2/v2.0/token", form)
	}
	if got := password(first); !slices.Contains(got.Codes, 50055) {
		t.Errorf("the first password before the change: got %v, want 50055", got.Codes)
	}
	v.submit("current", first, "new", goodPassword, "again", goodPassword).follow().wants(200, "Your account", name)
	if got := password(goodPassword); got.AccessToken == "" {
		t.Errorf("the chosen password: got %v, want a token", got.Codes)
	}
	if got := password(first); !slices.Contains(got.Codes, 50126) {
		t.Errorf("the first password after the change: got %v, want 50126", got.Codes)
	}
}

// TestChangePassword changes a password that need not be, which ends the sessions of other browsers.
func TestChangePassword(t *testing.T) {
	w := newWorld(t)
	v := w.visit(t)
	other := v.another()
	other.signInMegan("/account").wants(200, "Your account")
	v.signInMegan("/account/password").wants(200, "Choose a new password")
	v.submit("current", chosenPassword, "new", goodPassword, "again", goodPassword).follow().wants(200, "Your account")
	if !strings.HasPrefix(v.at.Path, "/account") {
		t.Errorf("after the change at %s", v.at)
	}
	other.get("/account").wants(200, "Sign in")
	other.signIn(megan, chosenPassword).wants(400, "is wrong")
	other.signIn(megan, goodPassword).follow().wants(200, "Your account")
}

// TestFormerPassword: a password is not chosen again soon, though it is hashed with another salt.
func TestFormerPassword(t *testing.T) {
	w := newWorld(t)
	v := w.visit(t)
	v.signInMegan("/account")
	change := func(current, chosen string) *visitor {
		return v.get("/account/password").submit("current", current, "new", chosen, "again", chosen)
	}
	change(chosenPassword, goodPassword+"1").follow().wants(200, "Your account")
	change(goodPassword+"1", goodPassword+"2").follow().wants(200, "Your account")
	change(goodPassword+"2", goodPassword+"1").wants(400, "You have had this password before.")
	change(goodPassword+"2", "correct-Horse-7").follow().wants(200, "Your account")
}

// TestLockedOut: wrong passwords on the pages and at the token endpoints count together, also those of a change.
func TestLockedOut(t *testing.T) {
	w := newWorld(t)
	v := w.visit(t)
	v.get("/account")
	for i := range 5 {
		v.signIn(megan, fmt.Sprint("guess ", i)).wants(400, "is wrong")
	}
	other := v.another()
	other.get("/account").signIn(bo, chosenPassword)
	form := func(current string) url.Values {
		return url.Values{"step": {"change-password"}, "form": {tokenOf(v)}, "username": {megan}, "current": {current}, "new": {goodPassword}, "again": {goodPassword}}
	}
	for i := range 5 {
		v.post("/account", form(fmt.Sprint("current ", i))).wants(400, "is wrong")
		v.get("/account")
	}
	v.signIn(megan, chosenPassword).wants(400, "Too many wrong passwords have come from here.")
	v.get("/account").post("/account", form(chosenPassword)).wants(400, "Too many wrong passwords have come from here.")
	other.follow().wants(200, bo)
	w.Now = func() time.Time { return start.Add(time.Hour) }
	v.get("/account").signIn(megan, chosenPassword).follow().wants(200, "Your account")
}

// TestForgedForms: a form counts for the browser, the account and the address that its page was shown for.
func TestForgedForms(t *testing.T) {
	good := func(v *visitor) url.Values {
		return url.Values{"step": {"sign-in"}, "form": {tokenOf(v)}, "username": {megan}, "password": {chosenPassword}}
	}
	for _, test := range []struct {
		name string
		send func(w *world, v *visitor)
	}{
		{"no token", func(_ *world, v *visitor) { v.post("/account", with(good(v.get("/account")), "form", "")) }},
		{"a token that is changed", func(_ *world, v *visitor) {
			form := good(v.get("/account"))
			v.post("/account", with(form, "form", "B"+form.Get("form")[1:]))
		}},
		{"proved for something else", func(w *world, v *visitor) {
			v.get("/account")
			v.post("/account", with(good(v), "form", w.root.Prove([16]byte([]byte("browser session ")), []byte("x"))))
		}},
		{"another browser's", func(_ *world, v *visitor) {
			form := good(v.another().get("/account"))
			v.get("/account")
			v.post("/account", form)
		}},
		{"no cookie", func(_ *world, v *visitor) {
			v.another().get("/account")
			v.post("/account", good(v.get("/account").another().get("/account")))
		}},
		{"another address's", func(_ *world, v *visitor) { v.post("/account?mkt=nl", good(v.get("/account"))) }},
		{"one from before the sign-in", func(_ *world, v *visitor) {
			v.get("/account")
			form := good(v)
			v.signIn(megan, chosenPassword)
			v.post("/account", form)
		}},
		{"sign-out for somebody else", func(w *world, v *visitor) {
			v.signInMegan("/account")
			form := url.Values{"step": {"sign-out"}, "form": {tokenOf(v)}}
			name, first := w.signIn()
			v.get("/account?prompt=login").signIn(name, first)
			v.submit("current", first, "new", goodPassword, "again", goodPassword).follow()
			v.post("/account?login_hint="+url.QueryEscape(name), form)
		}},
		{"acceptance without a token", func(w *world, v *visitor) {
			v.accountOfCustomer(w, w.invite(fabrikam))
			v.post(v.at.RequestURI(), url.Values{"step": {"accept"}})
		}},
		{"acceptance with the token of another invitation", func(w *world, v *visitor) {
			v.accountOfCustomer(w, w.invite(fabrikam))
			token := tokenOf(v)
			v.post(v.at.RequestURI()+"&DAP=false", url.Values{"step": {"accept"}, "form": {token}})
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			v := w.visit(t)
			test.send(w, v)
			v.wants(400, "AADSTS165000")
			if _, err := w.db.Customer(t.Context(), fabrikam, csp.MustParseID(w.customer.ID)); !errors.Is(err, partnercenter.ErrNoRelationship) {
				t.Errorf("a forged form accepted: %v", err)
			}
		})
	}
}

func tokenOf(v *visitor) string {
	match := regexp.MustCompile(`name="form" value="([^"]*)"`).FindStringSubmatch(v.text)
	if match == nil {
		v.t.Fatalf("no form at %s:\n%s", v.at, v.text)
	}
	return match[1]
}

// accountOfCustomer opens the page as the customer's administrator, who has to choose a password on the way.
func (v *visitor) accountOfCustomer(w *world, path string) *visitor {
	v.t.Helper()
	name, first := w.signIn()
	v.get(path).signIn(name, first)
	return v.submit("current", first, "new", goodPassword, "again", goodPassword).follow()
}

// TestSession: what a browser was given before somebody signs in is worth nothing after it, and what it says counts only if we
// said it, for a day, while user and password stay.
func TestSession(t *testing.T) {
	t.Run("made anew", func(t *testing.T) {
		v := newWorld(t).visit(t)
		v.get("/account")
		before := v.cookies()["tenantry-browser"]
		v.signInMegan("/account")
		if v.cookies()["tenantry-browser"] == before {
			t.Error("the browser is known by the same mark after the sign-in")
		}
		session := v.cookies()["tenantry-session"]
		v.get("/account?prompt=login").signIn(megan, chosenPassword)
		if v.cookies()["tenantry-session"] == "" || before == "" || session == "" {
			t.Errorf("cookies: got %v", v.cookies())
		}
	})
	t.Run("planted mark", func(t *testing.T) {
		v := newWorld(t).visit(t)
		mallory := v.another().get("/account")
		v.hold("tenantry-browser", mallory.cookies()["tenantry-browser"])
		v.signInMegan("/account")
		mallory.post("/account?login_hint="+url.QueryEscape(megan), url.Values{"step": {"sign-out"}, "form": {tokenOf(v)}}).wants(200, "Sign in")
		v.get("/account").wants(200, "Your account")
	})
	t.Run("forged", func(t *testing.T) {
		w := newWorld(t)
		v := w.visit(t)
		v.signInMegan("/account")
		session := v.cookies()["tenantry-session"]
		for _, forged := range []string{"", "x", session[:len(session)-2], "A" + session[1:], w.root.Prove([16]byte([]byte("form of a page  ")), []byte("[]"))} {
			v.hold("tenantry-session", forged)
			v.get("/account").wants(200, "Sign in")
		}
		v.hold("tenantry-session", session)
		v.get("/account").wants(200, "Your account")
	})
	t.Run("ends after a day", func(t *testing.T) {
		w := newWorld(t)
		v := w.visit(t)
		v.signInMegan("/account")
		w.Now = func() time.Time { return start.Add(24*time.Hour - time.Second) }
		v.get("/account").wants(200, "Your account")
		w.Now = func() time.Time { return start.Add(24 * time.Hour) }
		v.get("/account").wants(200, "Sign in")
	})
	t.Run("sign-out", func(t *testing.T) {
		v := newWorld(t).visit(t)
		v.signInMegan("/account").submit("step", "sign-out").wants(200, "You are signed out")
		v.get("/account").wants(200, "Sign in")
	})
	t.Run("several", func(t *testing.T) {
		w := newWorld(t)
		v := w.visit(t)
		name, _ := w.signIn()
		v.accountOfCustomer(w, "/account")
		v.get("/account?prompt=login").signIn(megan, chosenPassword).follow().wants(200, "Megan@")
		v.get("/account").wants(200, "Choose an account", name, "Megan@contoso.onmicrosoft.com")
		v.get("/account?login_hint="+url.QueryEscape(name)).wants(200, "Your account", name)
		v.get("/account?login_hint=bo%40contoso.onmicrosoft.com").wants(200, "Sign in", `value="bo@contoso.onmicrosoft.com"`)
		v.get("/account?prompt=select_account&login_hint="+url.QueryEscape(name)).wants(200, "Choose an account")
	})
}

// TestCookies: each cookie is kept from scripts and other sites, and over TLS bound to this very host.
func TestCookies(t *testing.T) {
	for _, test := range []struct {
		name, prefix string
		server       func(http.Handler) *httptest.Server
	}{
		{"plain", "", httptest.NewServer},
		{"TLS", "__Host-", httptest.NewTLSServer},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			server := test.server(w.serve())
			t.Cleanup(server.Close)
			v := visitorOf(t, server)
			v.get("/account").signIn(megan, chosenPassword)
			set := v.header.Values("Set-Cookie")
			if len(set) != 2 {
				t.Fatalf("got %q, want two cookies", set)
			}
			for _, line := range set {
				cookie, err := http.ParseSetCookie(line)
				must(t, err)
				if !strings.HasPrefix(cookie.Name, test.prefix+"tenantry-") || !cookie.HttpOnly || cookie.SameSite != http.SameSiteLaxMode ||
					cookie.Secure != (test.prefix != "") || cookie.Path != "/" || cookie.Domain != "" || cookie.MaxAge != 0 || !cookie.Expires.IsZero() {
					t.Errorf("got %s", line)
				}
			}
			v.follow().wants(200, "Your account")
		})
	}
}

// TestRedirectsStayHere: nothing that a visitor can write into an address leads a sign-in elsewhere.
func TestRedirectsStayHere(t *testing.T) {
	for _, path := range []string{
		"/account?login_hint=https://evil.example", "//evil.example/account", "/account?return=//evil.example&next=https://evil.example",
		"/\\evil.example/..%2faccount", "/account/?Location=%0d%0aX-Evil:1", "/account?%0d%0aSet-Cookie:x=y=1", "/account;evil.example", "/ACCOUNT//",
	} {
		t.Run(path, func(t *testing.T) {
			w := newWorld(t)
			v := w.visit(t)
			r, err := http.ReadRequest(bufio.NewReader(strings.NewReader("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))) // as it stands
			must(t, err)
			recorder := httptest.NewRecorder()
			w.serve().ServeHTTP(recorder, r.WithContext(t.Context()))
			if recorder.Code == 404 {
				return
			}
			for _, cookie := range recorder.Result().Cookies() {
				v.hold(cookie.Name, cookie.Value)
			}
			v.text = recorder.Body.String()
			v.signIn(megan, chosenPassword)
			location := v.header.Get("Location")
			if v.status != http.StatusSeeOther || !strings.HasPrefix(location, "/account?") || v.header.Get("X-Evil") != "" || len(v.header.Values("Set-Cookie")) != 2 {
				t.Errorf("got %d to %q, %v", v.status, location, v.header)
			}
			v.follow().wants(200, "Your account")
		})
	}
}

// TestPageHeaders: every page, refusals included, keeps to itself.
func TestPageHeaders(t *testing.T) {
	w := newWorld(t)
	v := w.visit(t)
	for _, path := range []string{"/account", "/account/password", w.invite(fabrikam), "/Adminportal/Home"} {
		v.get(path)
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Frame-Options":         "DENY", "Referrer-Policy": "same-origin", "Cache-Control": "no-cache, no-store", "X-Content-Type-Options": "nosniff",
			"Content-Type": "text/html; charset=utf-8", "Content-Language": "en",
		} {
			if got := v.header.Get(name); got != want {
				t.Errorf("%s: %s: got %q, want %q", path, name, got, want)
			}
		}
		if regexp.MustCompile(`(?i)<script|<style|\sstyle=|\son[a-z]+=|javascript:`).MatchString(v.text) {
			t.Errorf("%s has what its policy forbids:\n%s", path, v.text)
		}
	}
	sheet := regexp.MustCompile(`href="(/pages/[^"]*)"`).FindStringSubmatch(v.text)
	v.get(sheet[1]).wants(200, ":focus-visible")
	if v.header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("stylesheet: got %s", v.header.Get("Content-Type"))
	}
	if v.get("/pages/other.css"); v.status != 404 {
		t.Errorf("another stylesheet: got %d, want 404", v.status)
	}
}

func TestInvitation(t *testing.T) {
	ctx := t.Context()
	w := newWorld(t)
	v := w.visit(t)
	id := csp.MustParseID(w.customer.ID)
	relation := func() error {
		_, err := w.db.Customer(ctx, fabrikam, id)
		return err
	}
	v.get(w.invite(fabrikam)).wants(200, "Sign in as an administrator of your organization to see what Fabrikam asks for.")
	v.accountOfCustomer(w, w.invite(fabrikam)).wants(200, "Fabrikam asks to become a reseller of Wingtip Toys", "delegated administration", "Accept", "Decline")
	v.submit("step", "decline").wants(200, "You have declined. Fabrikam gets no access")
	if err := relation(); !errors.Is(err, partnercenter.ErrNoRelationship) {
		t.Fatalf("declined: got %v", err)
	}
	v.get(w.invite(fabrikam)).wants(200, "Accept")
	page := *v
	v.submit("step", "accept").follow().wants(200, "Fabrikam is a reseller of Wingtip Toys")
	if err := relation(); err != nil {
		t.Fatalf("accepted: got %v", err)
	}
	page.submit("step", "accept").wants(200, "Fabrikam is a reseller of Wingtip Toys") // a second click
	records, err := w.db.AuditRecords(ctx, fabrikam, &csp.AuditQuery{Until: 1 << 62, Size: 9})
	name, _ := w.signIn()
	if err != nil || len(records) != 2 || !strings.EqualFold(records[0].By.User, name) || records[0].By.CorrelationID == "" {
		t.Errorf("audit: got %+v, %v, want two records of %s", records, err, name)
	}
	if _, err := w.db.EndRelationship(ctx, fabrikam, id, csp.Call{}, csp.Outcome{}); err != nil {
		t.Fatal(err)
	}
	v.get(w.invite(fabrikam)).wants(200, "Accept").submit("step", "accept").follow().wants(200, "Fabrikam is a reseller")
	if err := relation(); err != nil {
		t.Fatalf("accepted again after the end: got %v", err)
	}
	v.get(w.invite(contoso)).wants(200, "Contoso is a reseller of Wingtip Toys")
}

func TestInvitationRefused(t *testing.T) {
	w := newWorld(t)
	sandbox := csp.MustParseID("33333333-3333-4333-8333-333333333333")
	must(t, w.db.CreatePartner(t.Context(), &csp.Partner{ID: sandbox, Name: "Sandbox", Domain: "sandbox.onmicrosoft.com", Kind: csp.DirectReseller, Sandbox: true}))
	credential, err := chosenCredential()
	must(t, err)
	customer := csp.MustParseID(w.customer.ID)
	must(t, w.db.CreateUser(t.Context(), &csp.User{ID: customer.Derived("bo"), Tenant: customer, PrincipalName: "bo@wingtiptoys.onmicrosoft.com", Credential: credential}))

	v := w.visit(t)
	w.SandboxLimits = true
	v.get(w.invite(sandbox)).wants(410, "This request is not valid any more.")
	v.get(w.invite(csp.MustParseID("99999999-9999-4999-8999-999999999999"))).wants(410, "This request is not valid any more.")
	good := w.invite(fabrikam)
	for name, path := range map[string]string{
		"none":       "/Adminportal/Home?invType=ResellerRelationship&partnerId=" + fabrikam.String(),
		"cut off":    good[:len(good)-4],
		"of no form": "/Adminportal/Home?invitation=" + w.root.Prove(csp.InvitationPurpose, []byte("short")),
		"a session":  "/Adminportal/Home?invitation=" + w.root.Prove([16]byte([]byte("browser session ")), (&csp.Invitation{Partner: fabrikam}).Text()),
	} {
		if v.get(path); v.status != 404 {
			t.Errorf("%s: got %d, want 404", name, v.status)
		}
	}
	v.get(good).signIn(megan, chosenPassword).follow().wants(403, "Contoso is a partner itself", "Use another account")
	v.get(good+"&prompt=login").signIn("bo@wingtiptoys.onmicrosoft.com", chosenPassword).follow().wants(403, "Only a company administrator of Wingtip Toys can accept.")
}

// TestTexts: each text is there in each language, takes the same names, and is used; and each key of a template is there.
func TestTexts(t *testing.T) {
	var texts map[string]map[string]string
	file, err := os.ReadFile("pages/texts.json")
	must(t, err)
	must(t, json.Unmarshal(file, &texts))
	for key, words := range texts {
		for _, language := range login.Languages {
			if words[language] == "" || strings.Count(words[language], "%s") != strings.Count(words["en"], "%s") || strings.Count(words[language], "%") != strings.Count(words[language], "%s") {
				t.Errorf("%s in %s: got %q for %q", key, language, words[language], words["en"])
			}
		}
		if len(words) != len(login.Languages) {
			t.Errorf("%s has %d languages, want %d", key, len(words), len(login.Languages))
		}
	}
	used := map[string]bool{}
	sources, err := filepath.Glob("*.go")
	must(t, err)
	pages, err := filepath.Glob("pages/*.html")
	must(t, err)
	call := regexp.MustCompile(`\bT\(?\s?"([a-z.]+)"|"((?:change|consent|device)\.[a-z.]+)"`)
	for _, name := range append(sources, pages...) {
		text, err := os.ReadFile(name)
		must(t, err)
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, match := range call.FindAllStringSubmatch(string(text), -1) {
			key := match[1] + match[2]
			used[key] = true
			if texts[key] == nil {
				t.Errorf("%s uses the text %q, which there is not", name, key)
			}
		}
	}
	for key := range texts {
		if !used[key] {
			t.Errorf("nobody uses the text %q", key)
		}
	}
}

func TestLanguage(t *testing.T) {
	w := newWorld(t)
	for _, test := range []struct{ name, query, header, want string }{
		{"nothing", "", "", "en"},
		{"browser", "", "de-AT,de;q=0.9,en;q=0.8", "de"},
		{"the most liked that there is", "", "ja, fr;q=0.5, es;q=0.7", "es"},
		{"refused", "", "nl;q=0", "en"},
		{"no number", "", "nl;q=x, fr;q=0.1", "fr"},
		{"none that there is", "", "ja,zh-Hans;q=0.9", "en"},
		{"the client before the browser", "ui_locales=ja+nl-NL", "de", "nl"},
		{"the service's parameter", "mkt=es-MX", "de", "es"},
		{"a parameter that is none", "mkt=%3Cscript%3E", "FR", "fr"},
		{"underscore", "ui_locales=fr_CA", "", "fr"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/account?"+test.query, nil)
			r.Header.Set("Accept-Language", test.header)
			recorder := httptest.NewRecorder()
			w.serve().ServeHTTP(recorder, r)
			if got := recorder.Header().Get("Content-Language"); got != test.want || !strings.Contains(recorder.Body.String(), `<html lang="`+test.want+`">`) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// FuzzPage holds that no address, header or cookie breaks a page or gets a word of its own into it.
func FuzzPage(f *testing.F) {
	f.Add("login_hint=a&prompt=login", "de;q=0.5", "x")
	f.Add("ui_locales=%FF&mkt=<b>&%zz=1;2", "q=;;,,*", "tenantry-session=AAAA")
	w := newWorld(f)
	handler := w.serve()
	f.Fuzz(func(t *testing.T, query, language, cookie string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/account", nil)
		r.URL.RawQuery = query
		r.Header["Accept-Language"] = []string{language}
		r.Header["Cookie"] = []string{"tenantry-session=" + cookie, "tenantry-browser=" + cookie}
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, r)
		if recorder.Code != 200 || strings.Contains(recorder.Body.String(), "<script") {
			t.Errorf("got %d\n%s", recorder.Code, recorder.Body)
		}
	})
}
