package login_test

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
)

const testSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

// enrol gives a partner's user the second factor of testSecret.
func (w *world) enrol(t testing.TB, name string) *csp.SecondFactor {
	t.Helper()
	user, err := w.db.User(t.Context(), contoso, name)
	must(t, err)
	secret, err := token.ParseCodeSecret(testSecret)
	must(t, err)
	sealed, err := w.root.SealCodeSecret(seeded(7), user.ID, secret)
	must(t, err)
	factor := &csp.SecondFactor{ID: user.ID.Derived("second factor"), Sealed: sealed, Enrolled: w.Now()}
	must(t, w.db.AddSecondFactor(t.Context(), user, factor))
	return factor
}

// codeOf is the code of testSecret at a time away from now.
func (w *world) codeOf(t testing.TB, away time.Duration) string {
	t.Helper()
	return codeOf(t, testSecret, w.Now().Add(away))
}

func codeOf(t testing.TB, text string, at time.Time) string {
	t.Helper()
	secret, err := token.ParseCodeSecret(text)
	must(t, err)
	return secret.Code(at)
}

// wrongCode is none of testSecret at any time near now.
func (w *world) wrongCode(t testing.TB) string {
	t.Helper()
	for i := range 9 {
		wrong := fmt.Sprintf("%06d", i)
		if wrong != w.codeOf(t, 0) && wrong != w.codeOf(t, -30*time.Second) && wrong != w.codeOf(t, 30*time.Second) {
			return wrong
		}
	}
	t.Fatal("all codes are right")
	return ""
}

var shownSecret = regexp.MustCompile(`<span class="secret">([A-Z2-7 ]+)</span>`)

// secretOf is the secret that the page shows.
func secretOf(t testing.TB, v *visitor) string {
	t.Helper()
	match := shownSecret.FindStringSubmatch(v.text)
	if match == nil {
		t.Fatalf("no secret on %s:\n%s", v.at, v.text)
	}
	return match[1]
}

// redeem redeems the code that the application is answered with.
func (v *visitor) redeem(w *world) *answer {
	v.t.Helper()
	location, err := url.Parse(v.header.Get("Location"))
	must(v.t, err)
	if location.Query().Get("code") == "" {
		v.t.Fatalf("at %s: got %d to %s, want a code\n%s", v.at, v.status, location, v.text)
	}
	return post(v.t, w.serve(), v2, url.Values{
		"grant_type": {"authorization_code"}, "client_id": {contosoApp.String()}, "client_secret": {appSecret},
		"code": {location.Query().Get("code")}, "redirect_uri": {"https://localhost:44395/"},
	})
}

// authorizing is the address of the authorize endpoint, with consent given beforehand.
func (w *world) authorizing(t testing.TB, changes ...string) string {
	t.Helper()
	permissions := []string{"openid", "offline_access", pc + "/user_impersonation", "api://" + contosoApp.String() + "/user_impersonation"}
	must(t, w.db.AddConsent(t.Context(), csp.Consent{Tenant: contoso, App: contosoApp}, permissions))
	return authorizeV2 + "?" + asking(changes...).Encode()
}

// TestSecondFactor goes the way of a user from the first sign-in with a second factor to the next.
func TestSecondFactor(t *testing.T) {
	w := newWorld(t)
	v := w.visit(t)
	v.get(w.authorizing(t, "amr_values", "mfa")).signIn(megan, chosenPassword).follow().wants(200, "Set up a second factor", "Megan@contoso.onmicrosoft.com")
	secret := secretOf(t, v)
	v.wants(200, "otpauth://totp/Tenantry:Megan@contoso.onmicrosoft.com?issuer=Tenantry&secret="+strings.ReplaceAll(secret, " ", ""), "data:image/png;base64,")

	v.submit("otp", "").wants(400, "Enter the code that your app shows.", secret)
	v.submit("otp", "12345").wants(400, "The code is not one of this secret", secret) // the page keeps the secret that was scanned
	code := codeOf(t, secret, w.Now())
	v.submit("otp", code[:3]+" "+code[3:])
	if got := claimsOf(t, v.follow().redeem(w).AccessToken); !slices.Equal(got.AMR, []string{"pwd", "mfa"}) {
		t.Errorf("enrolled: got amr %q", got.AMR)
	}
	v.get("/account/second-factor").wants(200, "Your second factor is set up")

	// The next sign-in, which nobody asks anything of: the code is asked for all the same.
	v = w.visit(t)
	v.get(w.authorizing(t)).signIn(megan, chosenPassword).follow().wants(200, "Enter your code")
	v.submit("otp", code).wants(400, "The code was used already.")
	w.later(30 * time.Second)
	v.submit("otp", codeOf(t, secret, w.Now()))
	got := v.follow().redeem(w)
	if amr := claimsOf(t, got.AccessToken).AMR; !slices.Equal(amr, []string{"pwd", "mfa"}) {
		t.Errorf("the next time: got amr %q", amr)
	}
	refreshed := post(t, w.serve(), v2, url.Values{
		"grant_type": {"refresh_token"}, "client_id": {contosoApp.String()}, "client_secret": {appSecret}, "refresh_token": {got.RefreshToken}, "claims": {demandMFA},
	})
	if amr := claimsOf(t, refreshed.AccessToken).AMR; !slices.Equal(amr, []string{"pwd", "mfa"}) {
		t.Errorf("refreshed: got amr %q", amr)
	}
	v.get(w.authorizing(t, "prompt", "none", "amr_values", "mfa")).redeem(w) // and is not asked for again
}

const demandMFA = `{"id_token":{"amr":{"essential":true,"values":["mfa"]}}}`

// TestSecondFactorDemanded: who has none is asked to set one up by whoever may ask, and nobody else is.
func TestSecondFactorDemanded(t *testing.T) {
	for _, test := range []struct {
		name     string
		enforce  bool
		changes  []string
		demanded bool
	}{
		{"nobody", false, nil, false},
		{"amr_values", false, []string{"amr_values", "ngcmfa mfa"}, true},
		{"amr_values in another case", false, []string{"amr_values", "MFA"}, true},
		{"other amr_values", false, []string{"amr_values", "pwd"}, false},
		{"the claim amr", false, []string{"claims", demandMFA}, true},
		{"the claim amr, one value", false, []string{"claims", `{"access_token":{"amr":{"value":"mfa"}}}`}, true},
		{"the claim amr, any value", false, []string{"claims", `{"access_token":{"amr":null}}`}, false},
		{"an authentication context", false, []string{"claims", `{"access_token":{"acrs":{"essential":true,"value":"c1"}}}`}, true},
		{"capabilities", false, []string{"claims", `{"access_token":{"xms_cc":{"values":["cp1"]}}}`}, false},
		{"the server", true, nil, true},
	} {
		w := newWorld(t)
		w.EnforceMFA = test.enforce
		v := w.visit(t)
		v.get(w.authorizing(t, test.changes...)).signIn(megan, chosenPassword).follow()
		if !test.demanded {
			if got := claimsOf(t, v.redeem(w).AccessToken).AMR; !slices.Equal(got, []string{"pwd"}) {
				t.Errorf("%s: got amr %q", test.name, got)
			}
			continue
		}
		v.wants(200, "Set up a second factor")
	}
	t.Run("a customer's administrator", func(t *testing.T) {
		w := newWorld(t)
		w.EnforceMFA = true
		name, first := w.signIn()
		v := w.visit(t)
		v.get("/account").signIn(name, first)
		v.submit("current", first, "new", goodPassword, "again", goodPassword).follow().wants(200, "Your account")
	})
}

// TestSecondFactorCannotBePassedBy tries every page, and every step of one, with the password alone.
func TestSecondFactorCannotBePassedBy(t *testing.T) {
	w := newWorld(t)
	code, userCode := w.device(t, publicApp)
	v := w.visit(t)
	v.signInMegan("/account").wants(200, "Your account") // before there was a second factor
	w.enrol(t, megan)
	other := v.another()
	other.signInMegan("/account").wants(200, "Enter your code")
	for _, v := range []*visitor{v, other} {
		for _, path := range []string{
			"/account", "/account/second-factor", "/account/password", w.authorizing(t), w.authorizing(t, "prompt", "consent"), w.authorizing(t, "login_hint", megan),
			"/common/oauth2/deviceauth?otc=" + userCode, w.invite(fabrikam),
		} {
			v.get(path).wants(200, "Enter your code")
			for _, step := range []string{"allow", "accept", "sign-out", "enrol", ""} {
				if path == "/common/oauth2/deviceauth?otc="+userCode || step != "" {
					v.submit("step", step, "secret", "AAAA", "otp", "123456")
				}
				if v.status == http.StatusOK && !strings.Contains(v.text, "Enter your code") && step != "" {
					t.Errorf("%s with the step %q:\n%s", path, step, v.text)
				}
				if location := v.header.Get("Location"); strings.Contains(location, "code=1.") {
					t.Errorf("%s with the step %q: a code", path, step)
				}
				v.get(path).wants(200, "Enter your code")
			}
		}
	}
	poll := post(t, w.serve(), v2, url.Values{"grant_type": {"device_code"}, "client_id": {publicApp.String()}, "device_code": {code}})
	wantCode(t, "the device", poll, 70016)
	for _, form := range []url.Values{asUser(), with(asUser(), "claims", demandMFA), with(asUser(), "otp", w.codeOf(t, 0))} {
		wantCode(t, "a password alone", post(t, w.serve(), v2, with(form, "scope", pc+"/.default")), 50076)
	}
	wantCode(t, "the password of somebody else", post(t, w.serve(), v2, with(with(asUser(), "username", bo), "scope", pc+"/.default")), 0)
}

// TestSecondFactorForms: the forms are bound to browser, account and secret.
func TestSecondFactorForms(t *testing.T) {
	w := newWorld(t)
	w.enrol(t, megan)
	v := w.visit(t)
	stranger := v.another()
	v.signInMegan("/account").wants(200, "Enter your code")
	form := tokenOf(v)
	before := v.cookies()
	stranger.signInMegan("/account").wants(200, "Enter your code")
	stranger.submit("otp", w.codeOf(t, 0), "form", form).wants(400, "AADSTS165000")

	// Fixation: what the browser held before the code is worth nothing more than before.
	v.submit("otp", w.codeOf(t, 0)).follow().wants(200, "Your account")
	after := v.cookies()
	if before["tenantry-browser"] == after["tenantry-browser"] || before["tenantry-session"] == after["tenantry-session"] {
		t.Error("the cookies are those of before the code")
	}
	thief := v.another()
	for name, value := range before {
		thief.hold(name, value)
	}
	thief.get("/account").wants(200, "Enter your code")

	// A secret that was sealed for somebody else, or by nobody.
	b := v.another()
	b.get("/account/second-factor").signIn(bo, chosenPassword).follow().wants(200, "Set up a second factor")
	for _, secret := range []string{"", "AAAA", "!", strings.Repeat("A", 64)} {
		b.submit("secret", secret, "otp", "123456").wants(400, "AADSTS165000")
		b.get("/account/second-factor")
	}
	bos, err := w.db.User(t.Context(), contoso, bo)
	must(t, err)
	if _, err := w.db.SecondFactor(t.Context(), bos); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("bo has a second factor: %v", err)
	}
}

// TestSecondFactorGuessed: who knows the password and guesses codes is locked out, from wherever, and repeating a guess is one.
func TestSecondFactorGuessed(t *testing.T) {
	w := newWorld(t)
	w.enrol(t, megan)
	v := w.visit(t)
	v.signInMegan("/account")
	wrong := w.wrongCode(t)
	for range 10 {
		v.submit("otp", wrong).wants(400, "The code is wrong, or too old.")
	}
	v.submit("otp", w.codeOf(t, 0)).wants(400, "There were too many wrong codes.")
	another := v.another()
	another.signInMegan("/account").submit("otp", w.codeOf(t, 0)).wants(400, "There were too many wrong codes.")
	// Neither can the page for another password be used to guess.
	another.get("/account/password").wants(200, "Enter your code")
	w.later(time.Minute)
	v.get("/account").submit("otp", w.wrongCode(t)).wants(400, "The code is wrong, or too old.")
	v.submit("otp", w.codeOf(t, 0)).wants(400, "There were too many wrong codes.")
	w.later(4 * time.Minute)
	v.get("/account").submit("otp", w.codeOf(t, 0)).follow().wants(200, "Your account")
	v.get("/account?prompt=login").signIn(bo, chosenPassword).follow().wants(200, bo) // nobody else is locked out
}

// TestSecondFactorAndPassword: another password needs the second factor as well.
func TestSecondFactorAndPassword(t *testing.T) {
	w := newWorld(t)
	w.enrol(t, megan)
	v := w.visit(t)
	v.get("/account/password").signIn(megan, chosenPassword).follow().wants(200, "Enter your code")
	v.submit("otp", w.codeOf(t, 0)).follow().wants(200, "Choose a new password")
	if strings.Contains(v.text, `name="otp"`) {
		t.Error("a code is asked for that was just given")
	}
	change := []string{"current", chosenPassword, "new", goodPassword, "again", goodPassword}
	v.submit(change...).follow().wants(200, "Your account") // stays proved

	// The same form from a browser that has not proved the second factor.
	thief := v.another()
	thief.get("/account").submit("step", "change-password", "username", megan, "current", goodPassword, "new", goodPassword+"x", "again", goodPassword+"x").wants(400, "Enter the code that your app shows.", `name="otp"`)
	again := []string{"current", goodPassword, "new", goodPassword + "x", "again", goodPassword + "x", "otp"}
	thief.submit(append(again, w.codeOf(t, 0))...).wants(400, "The code was used already.")
	thief.submit(append(again, w.wrongCode(t))...).wants(400, "The code is wrong, or too old.")
	w.later(30 * time.Second)
	thief.submit(append(again, w.codeOf(t, 0))...).follow().wants(200, "Your account")
}

// TestForcedPasswordOfEnrolled: whoever has to choose a password and has a second factor is asked for both on one page.
func TestForcedPasswordOfEnrolled(t *testing.T) {
	w := newWorld(t)
	w.enrol(t, megan)
	user := w.megan(t)
	changed := *user
	changed.MustChangePassword = true
	must(t, w.db.ReplaceCredential(t.Context(), user, &changed))
	v := w.visit(t)
	v.get("/account").signIn(megan, chosenPassword).wants(200, "Choose a new password", `name="otp"`)
	v.submit("current", chosenPassword, "new", "short", "again", "short", "otp", w.codeOf(t, 0)).wants(400, `name="otp"`)
	v.submit("current", chosenPassword, "new", goodPassword, "again", goodPassword, "otp", w.codeOf(t, 0)).follow().wants(200, "Your account")
}

// TestSecondFactorRemoved: what it was given for ends with it, and so does what was set up in its place earlier.
func TestSecondFactorRemoved(t *testing.T) {
	w := newWorld(t)
	w.enrol(t, megan)
	v := w.visit(t)
	v.get(w.authorizing(t)).signIn(megan, chosenPassword).follow().submit("otp", w.codeOf(t, 0))
	got := v.follow().redeem(w)
	refresh := url.Values{"grant_type": {"refresh_token"}, "client_id": {contosoApp.String()}, "client_secret": {appSecret}, "refresh_token": {got.RefreshToken}}
	behalf := url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "requested_token_use": {"on_behalf_of"}, "scope": {pc + "/.default offline_access"},
		"client_id": {contosoApp.String()}, "client_secret": {appSecret},
		"assertion": {post(t, w.serve(), v2, with(refresh, "scope", "api://"+contosoApp.String()+"/user_impersonation")).AccessToken},
	}
	onBehalf := post(t, w.serve(), v2, behalf)
	if amr := claimsOf(t, onBehalf.AccessToken).AMR; !slices.Equal(amr, []string{"pwd", "mfa"}) {
		t.Errorf("on behalf of: got amr %q", amr)
	}
	onward := url.Values{"grant_type": {"refresh_token"}, "client_id": {contosoApp.String()}, "client_secret": {appSecret}, "refresh_token": {onBehalf.RefreshToken}}
	refresh.Del("scope")
	wantCode(t, "before, from on behalf of", post(t, w.serve(), v2, onward), 0)
	wantCode(t, "before", post(t, w.serve(), v2, refresh), 0)
	must(t, w.db.RemoveSecondFactor(t.Context(), w.megan(t)))
	for _, when := range []string{"removed", "enrolled anew"} {
		wantCode(t, when+": the refresh token", post(t, w.serve(), v2, refresh), 50173)
		wantCode(t, when+": on behalf of", post(t, w.serve(), v2, behalf), 50173)
		wantCode(t, when+": the refresh token from it", post(t, w.serve(), v2, onward), 50173)
		v.get("/account").wants(200, "Sign in")
		w.later(2 * time.Second)
		if when == "removed" {
			factor := w.enrol(t, megan)
			must(t, w.db.RemoveSecondFactor(t.Context(), w.megan(t)))
			factor.ID = w.IDs.New()
			must(t, w.db.AddSecondFactor(t.Context(), w.megan(t), factor))
		}
	}
	w.later(31 * time.Second)
	v.get("/account").signIn(megan, chosenPassword).follow().submit("otp", w.codeOf(t, 0)).follow().wants(200, "Your account")
}

// TestSecondFactorIsTruthful: what was granted with a password alone stays so, whatever the user sets up later.
func TestSecondFactorIsTruthful(t *testing.T) {
	w := newWorld(t)
	handler := w.serve()
	refresh := w.refresh(t, passwordAlone)
	w.enrol(t, megan)
	got := post(t, handler, v2, refreshing(refresh))
	if amr := claimsOf(t, got.AccessToken).AMR; !slices.Equal(amr, []string{"pwd"}) {
		t.Errorf("refreshed: got amr %q", amr)
	}
	wantCode(t, "where the client asks for one", post(t, handler, v2, with(refreshing(refresh), "claims", demandMFA)), 50076)
	w.EnforceMFA = true
	wantCode(t, "where the server does", post(t, handler, v2, refreshing(refresh)), 50076)
	wantCode(t, "on behalf of, likewise", post(t, handler, v2, url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "requested_token_use": {"on_behalf_of"}, "scope": {pc + "/.default"},
		"client_id": {contosoApp.String()}, "client_secret": {appSecret}, "assertion": {w.behalfBefore(t)},
	}), 50076)
	wantCode(t, "an application", post(t, handler, v2, with(appOnly(), "scope", "https://graph.windows.net/.default")), 0)
	must(t, w.db.RemoveSecondFactor(t.Context(), w.megan(t)))
	wantCode(t, "and there is none any more", post(t, handler, v2, refreshing(refresh)), 50079)
}

// behalfBefore is an assertion of before the server demanded a second factor.
func (w *world) behalfBefore(t testing.TB) string {
	t.Helper()
	enforced := w.EnforceMFA
	w.EnforceMFA = false
	defer func() { w.EnforceMFA = enforced }()
	return w.behalf(t)
}

// TestDeviceWithSecondFactor: the tokens of a device tell what its user proved in the browser.
func TestDeviceWithSecondFactor(t *testing.T) {
	for _, enrolled := range []bool{false, true} {
		w := newWorld(t)
		want := []string{"pwd"}
		code, userCode := w.device(t, publicApp)
		if enrolled {
			want = []string{"pwd", "mfa"}
			w.enrol(t, megan)
		}
		v := w.visit(t)
		v.signInMegan("/common/oauth2/deviceauth?otc=" + userCode)
		if enrolled {
			v.wants(200, "Enter your code").submit("otp", w.codeOf(t, 0)).follow()
		}
		v.submit("step", "allow").wants(200, "You have signed in")
		got := post(t, w.serve(), v2, url.Values{"grant_type": {"device_code"}, "client_id": {publicApp.String()}, "device_code": {code}})
		if amr := claimsOf(t, got.AccessToken).AMR; !slices.Equal(amr, want) {
			t.Errorf("enrolled %t: got amr %q", enrolled, amr)
		}
	}
}

// TestSecondFactorLife: a second factor that is too old is asked for again where one is asked for, and nowhere else.
func TestSecondFactorLife(t *testing.T) {
	w := newWorld(t)
	w.SecondFactorLife = time.Hour
	w.enrol(t, megan)
	v := w.visit(t)
	v.get(w.authorizing(t)).signIn(megan, chosenPassword).follow().submit("otp", w.codeOf(t, 0))
	got := v.follow().redeem(w)
	refresh := url.Values{"grant_type": {"refresh_token"}, "client_id": {contosoApp.String()}, "client_secret": {appSecret}, "refresh_token": {got.RefreshToken}, "claims": {demandMFA}}
	w.later(time.Hour - time.Second)
	wantCode(t, "in time", post(t, w.serve(), v2, refresh), 0)
	v.get(w.authorizing(t, "amr_values", "mfa")).redeem(w)
	w.later(time.Hour)
	wantCode(t, "too late", post(t, w.serve(), v2, refresh), 50078)
	wantCode(t, "too late, and nobody asks", post(t, w.serve(), v2, with(refresh, "claims", "")), 0)
	v.get(w.authorizing(t)).redeem(w)
	v.get(w.authorizing(t, "amr_values", "mfa")).wants(200, "Enter your code").submit("otp", w.codeOf(t, 0))
	v.follow().redeem(w)
}

// TestEnrolmentNeedsThePassword: whoever finds a browser open cannot set up a second factor in it.
func TestEnrolmentNeedsThePassword(t *testing.T) {
	w := newWorld(t)
	v := w.visit(t)
	v.signInMegan("/account/second-factor").wants(200, "Set up a second factor")
	w.later(30*time.Minute + time.Second)
	v.submit("otp", codeOf(t, secretOf(t, v), w.Now())).wants(200, "Sign in")
	v.get("/account").wants(200, "Your account")
	v.get("/account/second-factor").wants(200, "Sign in")
	if _, err := w.db.SecondFactor(t.Context(), w.megan(t)); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("after all: %v", err)
	}
}

// TestEnrolledTwice: of two windows the first wins, and the other asks for its code.
func TestEnrolledTwice(t *testing.T) {
	w := newWorld(t)
	v := w.visit(t)
	v.signInMegan("/account/second-factor").wants(200, "Set up a second factor")
	w.enrol(t, megan)
	v.submit("otp", codeOf(t, secretOf(t, v), w.Now())).wants(200, "Enter your code")
}

// TestSecondFactorIsNotLogged: neither secrets nor codes reach the log, or pages that have no business with them.
func TestSecondFactorIsNotLogged(t *testing.T) {
	w := newWorld(t)
	var logged bytes.Buffer
	w.Logger = slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	v := w.visit(t)
	v.signInMegan("/account/second-factor")
	secret := secretOf(t, v)
	code := codeOf(t, secret, w.Now())
	v.submit("otp", "123456")
	v.submit("otp", code).follow()
	text := html.UnescapeString(v.text)
	for _, said := range []string{secret, strings.ReplaceAll(secret, " ", ""), code} {
		if strings.Contains(logged.String(), said) || strings.Contains(text, said) {
			t.Errorf("%q is told:\n%s\n%s", said, logged.String(), text)
		}
	}
}
