package login_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/login"
	"github.com/tenantry/tenantry/internal/token"
)

// wantCode fails unless the answer is a refusal with the code; zero is an answer with a token.
func wantCode(t testing.TB, what string, got *answer, code int) {
	t.Helper()
	switch {
	case code == 0 && got.AccessToken == "":
		t.Errorf("%s: got %d %s %v, want a token", what, got.status, got.Error, got.Codes)
	case code != 0 && !slices.Contains(got.Codes, code):
		t.Errorf("%s: got %d %s %v, want %d", what, got.status, got.Error, got.Codes, code)
	}
}

const pc = "https://api.partnercenter.microsoft.com"

// TestCodeReplay redeems a code twice: the second time is refused, and ends what the first gave.
func TestCodeReplay(t *testing.T) {
	w := newWorld(t)
	handler := w.serve()
	code := w.code(t, publicApp)
	first := post(t, handler, v2, redeeming(code))
	wantCode(t, "the first time", first, 0)
	wantCode(t, "its refresh token", post(t, handler, v2, refreshing(first.RefreshToken)), 0)

	// Who has the code but not what belongs to it can neither redeem it nor end anything.
	wantCode(t, "another client", post(t, handler, v2, with(with(redeeming(code), "client_id", contosoApp.String()), "client_secret", appSecret)), 70000)
	wantCode(t, "another verifier", post(t, handler, v2, with(redeeming(code), "code_verifier", strings.Repeat("x", 43))), 501481)
	wantCode(t, "its refresh token still", post(t, handler, v2, refreshing(first.RefreshToken)), 0)

	wantCode(t, "the second time", post(t, handler, v2, redeeming(code)), 54005)
	wantCode(t, "its refresh token then", post(t, handler, v2, refreshing(first.RefreshToken)), 50173)
}

// TestCodeRace redeems a code many times at once: one is answered with tokens, and their refresh token is not good for long.
func TestCodeRace(t *testing.T) {
	w := newWorld(t)
	handler := w.serve()
	code := w.code(t, publicApp)
	var tokens atomic.Int64
	var group sync.WaitGroup
	var refresh atomic.Value
	for range 8 {
		group.Go(func() {
			if got := post(t, handler, v2, redeeming(code)); got.AccessToken != "" {
				tokens.Add(1)
				refresh.Store(got.RefreshToken)
			} else {
				wantCode(t, "a loser", got, 54005)
			}
		})
	}
	group.Wait()
	if tokens.Load() != 1 {
		t.Fatalf("%d got tokens, want 1", tokens.Load())
	}
	wantCode(t, "the winner's refresh token", post(t, handler, v2, refreshing(refresh.Load().(string))), 50173)
}

// TestPKCE tries what a thief of a code would.
func TestPKCE(t *testing.T) {
	w := newWorld(t)
	handler := w.serve()
	method := func(challenge, method string) func(*csp.Authorization) {
		return func(a *csp.Authorization) { a.Challenge, a.ChallengeMethod = challenge, method }
	}
	for _, test := range []struct {
		name     string
		change   func(*csp.Authorization)
		verifier string
		code     int
	}{
		{"good", method(challenge, "S256"), verifier, 0},
		{"good and plain", method(verifier, "plain"), verifier, 0},
		{"none", noChallenge, "", 0},
		{"no verifier", method(challenge, "S256"), "", 9002325},
		{"the challenge itself", method(challenge, "S256"), challenge, 501481},
		{"the verifier in another case", method(challenge, "S256"), strings.ToLower(verifier), 501481},
		{"the verifier cut short", method(challenge, "S256"), verifier[:42], 501481},
		{"the verifier and a line end", method(challenge, "S256"), verifier + "\n", 501481},
		{"a plain verifier's hash", method(verifier, "plain"), challenge, 501481},
		{"too short though plain", method("short", "plain"), "short", 501481},
		{"too long though plain", method(strings.Repeat("a", 129), "plain"), strings.Repeat("a", 129), 501481},
		{"an unknown method", method(challenge, "S512"), verifier, 501481},
		{"no method", method(verifier, ""), verifier, 501481},
		{"a challenge that was taken away", noChallenge, verifier, 501481},
		{"a lot", method(challenge, "S256"), strings.Repeat("a", 60000), 501481},
	} {
		form := with(redeeming(w.code(t, publicApp, test.change)), "code_verifier", test.verifier)
		wantCode(t, test.name, post(t, handler, v2, form), test.code)
	}
	for redirect, code := range map[string]int{
		strings.TrimSuffix(replyURL, "/"): 0, strings.ToUpper(replyURL): 500112, replyURL + "/": 500112, replyURL + "?": 500112, replyURL + "a/..": 500112, "http://localhost:8401/": 500112,
	} {
		wantCode(t, redirect, post(t, handler, v2, with(redeeming(w.code(t, publicApp)), "redirect_uri", redirect)), code)
	}
	wantCode(t, "a redirect URI only now", post(t, handler, v2, redeeming(w.code(t, publicApp, func(a *csp.Authorization) { a.RedirectURI = "" }))), 0)
	wantCode(t, "neither PKCE nor a redirect URI", post(t, handler, v2, with(with(redeeming(w.code(t, publicApp, noChallenge)), "code_verifier", ""), "redirect_uri", "")), 900144)
}

// TestSubstitution shows what is one client's, tenant's or partner's to another.
func TestSubstitution(t *testing.T) {
	w := newWorld(t)
	handler := w.serve()
	fabrikamV2 := "/fabrikam.onmicrosoft.com/oauth2/v2.0/token"
	customerV2 := "/" + w.customer.ID + "/oauth2/v2.0/token"
	asOther := func(form url.Values) url.Values {
		return with(with(form, "client_id", otherApp.String()), "client_secret", appSecret)
	}
	asWeb := func(form url.Values) url.Values {
		return with(with(form, "client_id", contosoApp.String()), "client_secret", appSecret)
	}
	refresh := w.refresh(t)
	atCustomer := post(t, handler, customerV2, refreshing(refresh))
	wantCode(t, "an admin agent at its customer's", atCustomer, 0)
	forClient, idToken, appToken := w.behalf(t), post(t, handler, v2, with(asUser(), "scope", "openid")).IDToken, post(t, handler, v2, with(appOnly(), "scope", pc+"/.default")).AccessToken
	behalf := func(assertion string) url.Values {
		return url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "requested_token_use": {"on_behalf_of"}, "scope": {pc + "/.default"},
			"client_id": {contosoApp.String()}, "client_secret": {appSecret}, "assertion": {assertion},
		}
	}
	device := func(code string) url.Values {
		return url.Values{"grant_type": {"device_code"}, "client_id": {publicApp.String()}, "device_code": {code}}
	}
	for _, test := range []struct {
		name, path string
		form       url.Values
		code       int
	}{
		{"a code, to another client", v2, asWeb(redeeming(w.code(t, publicApp))), 70000},
		{"a code, to another partner's client", fabrikamV2, asOther(redeeming(w.code(t, publicApp))), 70000},
		{"a code, to another partner's client on common", "/common/oauth2/v2.0/token", asOther(redeeming(w.code(t, publicApp))), 70000},
		{"a code, at another partner's tenant", fabrikamV2, redeeming(w.code(t, publicApp)), 700016},
		{"a code, at a customer's tenant", customerV2, redeeming(w.code(t, publicApp)), 700005},
		{"a refresh token, to another client", v2, asWeb(refreshing(refresh)), 70000},
		{"a refresh token, to another partner's client", fabrikamV2, asOther(refreshing(refresh)), 70000},
		{"a refresh token, to another partner's client on common", "/organizations/oauth2/v2.0/token", asOther(refreshing(refresh)), 70000},
		{"a refresh token, at another partner's tenant", fabrikamV2, refreshing(refresh), 700016},
		{"a refresh token, as a code", v2, redeeming(refresh), 70000},
		{"a code, as a refresh token", v2, refreshing(w.code(t, publicApp)), 70000},
		{"a device code, to another client", v2, asWeb(device(w.approved(t, publicApp))), 70018},
		{"a device code, at a customer's tenant", customerV2, device(w.approved(t, publicApp)), 700005},
		{"on behalf of", v2, behalf(forClient), 0},
		{"on behalf of, by another client", fabrikamV2, asOther(behalf(forClient)), 50013},
		{"on behalf of, at a customer's tenant", customerV2, behalf(forClient), 700005},
		{"on behalf of, by a token for another audience", v2, behalf(atCustomer.AccessToken), 50013},
		{"on behalf of, by an id token", v2, behalf(idToken), 50013},
		{"on behalf of, by an application's token", v2, behalf(appToken), 50013},
		{"on behalf of, by a refresh token", v2, behalf(refresh), 50027},
		{"on behalf of, by a client that proves nothing", v2, with(with(behalf(forClient), "client_id", publicApp.String()), "client_secret", ""), 7000218},
		{"an application of somebody else as the resource", v2, with(refreshing(refresh), "scope", "api://"+otherApp.String()+"/x"), 500011},
		{"an application for itself, with another as the resource", v2, with(appOnly(), "scope", "api://"+certApp.String()+"/.default"), 500011},
	} {
		wantCode(t, test.name, post(t, handler, test.path, test.form), test.code)
	}
	verifier := &token.Verifier{Keys: w.Keys, Now: w.Now, Audiences: login.PartnerCenterAudiences(true)}
	claims, err := verifier.Verify(t.Context(), atCustomer.AccessToken)
	must(t, err)
	if claims.TenantID != w.customer.ID || len(claims.Groups) != 0 || !slices.Equal(claims.RoleTemplates, []string{csp.CompanyAdministrator}) {
		t.Errorf("claims at the customer's: %+v", claims)
	}
	if _, err := verifier.Verify(t.Context(), forClient); err == nil {
		t.Error("the API takes a token for an application")
	}
}

// TestDelegatedAdminEnds ends what a partner may do at a customer's, step by step.
func TestDelegatedAdminEnds(t *testing.T) {
	w := newWorld(t)
	handler := w.serve()
	path := "/" + w.customer.ID + "/oauth2/v2.0/token"
	form := refreshing(w.refresh(t))
	wantCode(t, "at first", post(t, handler, path, form), 0)
	wantCode(t, "by password", post(t, handler, path, with(asUser(), "scope", pc+"/.default")), 0)
	w.endDelegatedAdmin(t)
	wantCode(t, "without delegated admin", post(t, handler, path, form), 50020)
	wantCode(t, "without delegated admin, by password", post(t, handler, path, with(asUser(), "scope", pc+"/.default")), 50034)
	w.endRelationship(t)
	wantCode(t, "without the relationship", post(t, handler, path, form), 700016)
	wantCode(t, "at home", post(t, handler, v2, form), 0)
}

// TestPasswordChange gives the user another password: what was granted before is over.
func TestPasswordChange(t *testing.T) {
	w := newWorld(t)
	handler := w.serve()
	code, refresh, device := w.code(t, publicApp), w.refresh(t), w.approved(t, publicApp)
	before := w.megan(t)
	after := *before
	after.Credential = []byte("$another")
	must(t, w.db.ReplaceCredential(t.Context(), before, &after))
	wantCode(t, "a code", post(t, handler, v2, redeeming(code)), 50173)
	wantCode(t, "a refresh token", post(t, handler, v2, refreshing(refresh)), 50173)
	wantCode(t, "a refresh token at a customer's", post(t, handler, "/"+w.customer.ID+"/oauth2/v2.0/token", refreshing(refresh)), 50173)
	wantCode(t, "a device code", post(t, handler, v2, url.Values{"grant_type": {"device_code"}, "client_id": {publicApp.String()}, "device_code": {device}}), 50173)
	wantCode(t, "a code from afterwards", post(t, handler, v2, redeeming(w.code(t, publicApp))), 0)
}

// TestRefreshReuse redeems old refresh tokens where that is taken, and where it ends the family.
func TestRefreshReuse(t *testing.T) {
	w := newWorld(t)
	handler := w.serve()
	first := w.refresh(t)
	second := post(t, handler, v2, refreshing(first)).RefreshToken
	third := post(t, handler, v2, refreshing(second)).RefreshToken
	if first == second || second == third || third == "" {
		t.Errorf("no rotation: %q, %q, %q", first, second, third)
	}
	wantCode(t, "the first again, as the service's clients do", post(t, handler, v2, refreshing(first)), 0)

	w.RevokeReused = true
	wantCode(t, "the last one", post(t, handler, v2, refreshing(second)), 0)
	wantCode(t, "the last one, as if its answer was lost", post(t, handler, v2, refreshing(second)), 0)
	wantCode(t, "an old one", post(t, handler, v2, refreshing(first)), 50173)
	for _, token := range []string{first, second, third} {
		wantCode(t, "afterwards", post(t, handler, v2, refreshing(token)), 50173)
	}
}

// TestRefreshForgeries changes a refresh token in every way that costs nothing.
func TestRefreshForgeries(t *testing.T) {
	w := newWorld(t)
	handler := w.serve()
	good := w.refresh(t)
	forged := []string{good + "A", good[:len(good)-1], good[2:], "2." + good[2:], strings.ToUpper(good), good + "=", good + "\n", "1.", strings.Repeat("1.", 20000)}
	for i := 2; i < len(good); i++ {
		for _, c := range []byte("Az") {
			if good[i] != c {
				forged = append(forged, good[:i]+string(c)+good[i+1:])
			}
		}
	}
	for _, token := range forged {
		wantCode(t, token[:min(20, len(token))], post(t, handler, v2, refreshing(token)), 70000)
	}
	other, err := token.NewRoot(nil)
	must(t, err)
	stranger := &login.Handler{Passwords: &token.Passwords{Root: other}}
	family, generation := csp.ID{}, int64(0)
	wantCode(t, "under another root key", post(t, handler, v2, refreshing(stranger.RefreshToken(family, generation))), 70000)
	wantCode(t, "of a family that was forgotten", post(t, handler, v2, refreshing(w.RefreshToken(family, generation))), 700082)
	wantCode(t, "the good one", post(t, handler, v2, refreshing(good)), 0)
}

// TestRefusedUsesNothingUp sends a good code with a bad rest, and then with a good one.
func TestRefusedUsesNothingUp(t *testing.T) {
	w := newWorld(t)
	handler := w.serve()
	code := w.code(t, publicApp)
	wantCode(t, "an unknown resource", post(t, handler, v2, with(redeeming(code), "scope", "https://example.com/.default")), 500011)
	wantCode(t, "no JSON for claims", post(t, handler, v2, with(redeeming(code), "claims", "{")), 9002313)
	wantCode(t, "another redirect URI", post(t, handler, v2, with(redeeming(code), "redirect_uri", "http://localhost:1/")), 500112)
	wantCode(t, "the code", post(t, handler, v2, redeeming(code)), 0)

	device := url.Values{"grant_type": {"device_code"}, "client_id": {publicApp.String()}, "device_code": {w.approved(t, publicApp)}}
	wantCode(t, "an unknown resource", post(t, handler, v1, with(device, "resource", "https://example.com")), 500011)
	wantCode(t, "the device code", post(t, handler, v1, with(device, "resource", "")), 0)
	wantCode(t, "the device code again", post(t, handler, v1, device), 70018)
}

// TestDeviceAsksForTooMuch sends what would be kept without anybody having proved anything.
func TestDeviceAsksForTooMuch(t *testing.T) {
	handler := newWorld(t).serve()
	scope := pc + "/.default" + strings.Repeat(" ", 2048)
	form := url.Values{"client_id": {publicApp.String()}, "scope": {scope[:2048]}}
	path := "/contoso.onmicrosoft.com/oauth2/v2.0/devicecode"
	if got := post(t, handler, path, form); got.status != http.StatusOK {
		t.Errorf("2 KiB: got %d %v", got.status, got.Codes)
	}
	wantCode(t, "more than 2 KiB", post(t, handler, path, with(form, "scope", scope[:2049])), 70011)
}

// TestRestart opens the store again: what was granted before is good afterwards, and so are tokens.
func TestRestart(t *testing.T) {
	w := newWorld(t)
	code, refresh, device := w.code(t, publicApp), w.refresh(t), w.approved(t, publicApp)
	access := post(t, w.serve(), v2, refreshing(refresh)).AccessToken
	w.reopen(t)
	handler := w.serve()
	wantCode(t, "the code", post(t, handler, v2, redeeming(code)), 0)
	wantCode(t, "the code again", post(t, handler, v2, redeeming(code)), 54005)
	wantCode(t, "the refresh token", post(t, handler, v2, refreshing(refresh)), 0)
	wantCode(t, "the device code", post(t, handler, v2, url.Values{"grant_type": {"device_code"}, "client_id": {publicApp.String()}, "device_code": {device}}), 0)
	verifier := &token.Verifier{Keys: w.Keys, Now: w.Now, Audiences: login.PartnerCenterAudiences(true)}
	if _, err := verifier.Verify(t.Context(), access); err != nil {
		t.Errorf("a token from before the restart: %v", err)
	}
}

// TestAssertions has good client assertions in all spellings, and what attackers try.
func TestAssertions(t *testing.T) {
	w := newWorld(t)
	handler := w.serve()
	key := mustAppKey(t)
	own, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	sum1, sum256 := token.Thumbprint(key.good), sha256.Sum256(key.good)
	pkix, err := x509.MarshalPKIXPublicKey(key.Public())
	must(t, err)
	hs256 := func(secret []byte) string {
		header, err := json.Marshal(map[string]string{"alg": "HS256", "typ": "JWT", "x5t#S256": base64.RawURLEncoding.EncodeToString(sum256[:])})
		must(t, err)
		input := base64.RawURLEncoding.EncodeToString(header) + "." + strings.Split(goodAssertion(t, nil), ".")[1]
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(input))
		return input + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	}
	changed := func(name string, value any) string { return goodAssertion(t, map[string]any{name: value}) }
	byOwn := func(header string, value any) string {
		return assertion(t, own, jose.PS256, key.good, map[string]any{"header " + header: value})
	}
	good := goodAssertion(t, nil)
	parts := strings.Split(good, ".")
	for _, test := range []struct {
		name, assertion string
		code            int
	}{
		{"good", good, 0},
		{"good, RS256", assertion(t, key.PrivateKey, jose.RS256, key.good, nil), 0},
		{"good, a thumbprint by SHA-1", goodAssertion(t, map[string]any{"header x5t#S256": nil, "header kid": sum1}), 0},
		{"good, the thumbprint in standard base64", changed("header x5t#S256", base64.StdEncoding.EncodeToString(sum256[:])), 0},
		{"good, several audiences", changed("aud", []string{"https://example.com", "http://localhost:8443" + v1}), 0},
		{"good, the issuer as the audience", changed("aud", "http://localhost:8443/"+contoso.String()+"/v2.0"), 0},
		{"good, the audience that libraries know by heart", changed("aud", "https://login.microsoftonline.com/"+contoso.String()+"/oauth2/v2.0/token"), 0},
		{"good, without a beginning", changed("nbf", nil), 0},
		{"good, a fraction of a second", changed("exp", float64(start.Unix())+0.5), 0},

		{"algorithm none", base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + parts[1] + ".", 50027},
		{"algorithm None with the signature", base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"None"}`)) + "." + parts[1] + "." + parts[2], 50027},
		{"HMAC with the certificate", hs256(key.good), 50027},
		{"HMAC with the public key", hs256(pkix), 50027},
		{"HMAC with the public key in PEM", hs256(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pkix})), 50027},
		{"PS512", assertion(t, key.PrivateKey, jose.PS512, key.good, nil), 50027},
		{"another key", assertion(t, own, jose.PS256, key.good, nil), 700027},
		{"a key that it brings along", byOwn("jwk", jose.JSONWebKey{Key: own.Public()}), 700027},
		{"a certificate that it brings along", byOwn("x5c", []string{base64.StdEncoding.EncodeToString(mustSelfSigned(t, own))}), 700027},
		{"a key elsewhere", byOwn("jku", "https://example.com/keys"), 700027},
		{"a certificate elsewhere", byOwn("x5u", "https://example.com/cert.pem"), 700027},
		{"a critical extension", goodAssertion(t, map[string]any{"header crit": []string{"x"}, "header x": 1}), 700027},
		{"no thumbprint", changed("header x5t#S256", nil), 700027},
		{"an empty thumbprint", goodAssertion(t, map[string]any{"header x5t#S256": "", "header x5t": "", "header kid": ""}), 700027},
		{"a thumbprint that is a number", changed("header x5t#S256", 1), 700027},
		{"a key id that is a path", goodAssertion(t, map[string]any{"header x5t#S256": nil, "header kid": "../../../../dev/null"}), 700027},
		{"a key id that is a query", goodAssertion(t, map[string]any{"header x5t#S256": nil, "header kid": "' OR 1=1 --"}), 700027},
		{"signed by the server's own key's id", goodAssertion(t, map[string]any{"header x5t#S256": nil, "header kid": "I71O7gQbRVHohNaEGGiTZDI_aAA"}), 700027},
		{"another payload", parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{}`)) + "." + parts[2], 700027},
		{"another audience", changed("aud", "https://example.com/"+contoso.String()+"/oauth2/v2.0/token"), 700023},
		{"another port", changed("aud", "http://localhost:8444"+v2), 700023},
		{"another tenant", changed("aud", "http://localhost:8443/"+fabrikam.String()+"/oauth2/v2.0/token"), 700023},
		{"another endpoint", changed("aud", "http://localhost:8443/"+contoso.String()+"/oauth2/v2.0/authorize"), 700023},
		{"the audience with a user", changed("aud", "http://a@localhost:8443"+v2), 700023},
		{"plain HTTP to a cloud", changed("aud", "http://login.microsoftonline.com"+v2), 700023},
		{"no audience", changed("aud", nil), 700023},
		{"an audience that is an object", changed("aud", map[string]string{}), 50027},
		{"another subject", changed("sub", contosoApp.String()), 700021},
		{"another issuer", changed("iss", contosoApp.String()), 700021},
		{"no end", changed("exp", nil), 700024},
		{"over", changed("exp", start.Add(-time.Minute).Unix()), 700024},
		{"not begun", changed("nbf", start.Add(6*time.Minute).Unix()), 700024},
		{"an end that is a text", changed("exp", "9999999999"), 50027},
		{"too long", changed("pad", strings.Repeat("a", token.MaxAssertion)), 50027},
		{"a line end", good + "\n", 50027},
		{"five parts", good + ".a.b", 50027},
		{"JSON", `{"payload":"` + parts[1] + `","signatures":[]}`, 50027},
	} {
		form := with(byCertificate(t, nil), "client_assertion", test.assertion)
		wantCode(t, test.name, post(t, handler, v2, form, "Host", "localhost:8443"), test.code)
	}
	wantCode(t, "another application's certificate", post(t, handler, v2, with(byCertificate(t, nil), "client_id", contosoApp.String())), 700027)
	wantCode(t, "an unknown application", post(t, handler, v2, with(byCertificate(t, nil), "client_id", otherApp.String())), 700016)
}

func mustSelfSigned(t *testing.T, key *rsa.PrivateKey) []byte {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: start.Add(-time.Hour), NotAfter: start.Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	must(t, err)
	return der
}

// TestGrantsAreNotLogged redeems everything and looks for it in the log.
func TestGrantsAreNotLogged(t *testing.T) {
	w := newWorld(t)
	var log bytes.Buffer
	w.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	handler := w.serve()
	code, refresh, device, client := w.code(t, publicApp), w.refresh(t), w.approved(t, publicApp), goodAssertion(t, nil)
	secrets := []string{code, refresh, device, client, verifier}
	w.RevokeReused = true
	for range 2 {
		post(t, handler, v2, redeeming(code))
		if got := post(t, handler, v2, refreshing(refresh)); got.RefreshToken != "" {
			secrets = append(secrets, got.RefreshToken)
			post(t, handler, v2, refreshing(got.RefreshToken))
		}
		post(t, handler, v2, url.Values{"grant_type": {"device_code"}, "client_id": {publicApp.String()}, "device_code": {device}})
		post(t, handler, v2, with(byCertificate(t, nil), "client_assertion", client+"x"))
	}
	if !strings.Contains(log.String(), "an old refresh token was redeemed") {
		t.Errorf("the log misses the reuse:\n%s", &log)
	}
	for _, secret := range secrets {
		if secret == "" || strings.Contains(log.String(), secret) {
			t.Errorf("%q is in the log:\n%s", secret, &log)
		}
	}
	if status := post(t, handler, v2, refreshing(refresh)).status; status != http.StatusBadRequest {
		t.Errorf("status %d", status)
	}
}
