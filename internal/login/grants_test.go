package login_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

const (
	verifier  = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk" // RFC 7636, appendix B
	challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	replyURL  = "http://localhost:8400/"
)

// certApp proves itself by certificates: one that is good, and one that is over.
var certApp = csp.MustParseID("aaaaaaaa-0000-4000-8000-000000000004")

// appKey is the key of an application, with its certificates.
type appKey struct {
	*rsa.PrivateKey
	good, over []byte
}

var appKeys = sync.OnceValues(func() (*appKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	certify := func(from, to time.Time) []byte {
		template := &x509.Certificate{SerialNumber: big.NewInt(to.Unix()), Subject: pkix.Name{CommonName: "app"}, NotBefore: from, NotAfter: to}
		der, failed := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if failed != nil {
			err = failed
		}
		return der
	}
	return &appKey{key, certify(start.AddDate(-1, 0, 0), start.AddDate(100, 0, 0)), certify(start.AddDate(-2, 0, 0), start.AddDate(-1, 0, 0))}, err
})

func mustAppKey(t testing.TB) *appKey {
	t.Helper()
	key, err := appKeys()
	must(t, err)
	return key
}

// assertion is one by certApp, with claims and members of the header changed; null removes one.
func assertion(t testing.TB, key any, algorithm jose.SignatureAlgorithm, certificate []byte, changes map[string]any) string {
	t.Helper()
	sum := sha256.Sum256(certificate)
	header := map[jose.HeaderKey]any{"x5t#S256": base64.RawURLEncoding.EncodeToString(sum[:])}
	claims := map[string]any{
		"iss": certApp.String(), "sub": certApp.String(), "aud": "http://localhost:8443" + v2, "jti": "1", "nbf": start.Unix(), "exp": start.Unix() + 600,
	}
	maps.Copy(claims, changes)
	for name, value := range claims {
		if member, ok := strings.CutPrefix(name, "header "); ok {
			delete(claims, name)
			header[jose.HeaderKey(member)] = value
		} else if value == nil {
			delete(claims, name)
		}
	}
	for name, value := range header {
		if value == nil {
			delete(header, name)
		}
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, &jose.SignerOptions{ExtraHeaders: header})
	must(t, err)
	payload, err := json.Marshal(claims)
	must(t, err)
	signed, err := signer.Sign(payload)
	must(t, err)
	raw, err := signed.CompactSerialize()
	must(t, err)
	return raw
}

func goodAssertion(t testing.TB, changes map[string]any) string {
	t.Helper()
	key := mustAppKey(t)
	return assertion(t, key.PrivateKey, jose.PS256, key.good, changes)
}

// byCertificate is the form of a good request by certApp.
func byCertificate(t testing.TB, changes map[string]any) url.Values {
	return url.Values{
		"grant_type": {"client_credentials"}, "client_id": {certApp.String()}, "scope": {"https://graph.windows.net/.default"},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {goodAssertion(t, changes)},
	}
}

// megan is the partner's admin agent.
func (w *world) megan(t testing.TB) *csp.User {
	t.Helper()
	user, err := w.db.User(t.Context(), contoso, "megan@contoso.onmicrosoft.com")
	must(t, err)
	return user
}

// granted is what megan grants to the client.
func (w *world) granted(t testing.TB, client csp.ID) *csp.Authorization {
	t.Helper()
	a := csp.AuthorizationOf(w.megan(t), client, start.Add(-time.Minute), "pwd", "mfa")
	a.RedirectURI, a.Nonce = replyURL, "n-0S6_WzA2Mj"
	a.Scope = "https://api.partnercenter.microsoft.com/user_impersonation openid offline_access"
	return a
}

// code is an authorization code for what megan grants to the client, with PKCE unless it is confidential.
func (w *world) code(t testing.TB, client csp.ID, changes ...func(*csp.Authorization)) string {
	t.Helper()
	a := w.granted(t, client)
	if client != contosoApp {
		a.Challenge, a.ChallengeMethod = challenge, "S256"
	}
	for _, change := range changes {
		change(a)
	}
	code, err := w.Grants.IssueCode(t.Context(), a)
	must(t, err)
	return code
}

// later moves the clock.
func (w *world) later(by time.Duration) {
	now := start.Add(by)
	w.Now = func() time.Time { return now }
	w.Grants.Now = w.Now
}

// beforeReset is a change to what was granted that makes it one of before the last change of the password.
func beforeReset(a *csp.Authorization) {
	a.Credential = (&csp.User{Credential: []byte("$another")}).CredentialMark()
}

// deletedUser is a change to what was granted that makes it somebody's who is no more.
func deletedUser(a *csp.Authorization) {
	a.User = csp.MustParseID("aaaaaaaa-0000-4000-8000-0000000000ff")
}

// plainChallenge is a change to what was granted: PKCE without a hash.
func plainChallenge(a *csp.Authorization) { a.Challenge, a.ChallengeMethod = verifier, "plain" }

// noChallenge is a change to what was granted: no PKCE.
func noChallenge(a *csp.Authorization) { a.Challenge, a.ChallengeMethod = "", "" }

// device is the code of a device that waits for megan.
func (w *world) device(t testing.TB, client csp.ID) (deviceCode, userCode string) {
	t.Helper()
	device := &csp.Device{Client: client, Tenant: contoso, Scope: "https://api.partnercenter.microsoft.com/.default openid offline_access"}
	code, err := w.Grants.StartDevice(t.Context(), device)
	must(t, err)
	return code, device.UserCode
}

// approved is the code of a device that megan approved.
func (w *world) approved(t testing.TB, client csp.ID) (deviceCode string) {
	t.Helper()
	code, userCode := w.device(t, client)
	must(t, w.Grants.ApproveDevice(t.Context(), userCode, csp.AuthorizationOf(w.megan(t), client, start, "pwd", "mfa")))
	return code
}

// redeeming is the form that redeems the code by the public client.
func redeeming(code string) url.Values {
	return url.Values{
		"grant_type": {"authorization_code"}, "client_id": {publicApp.String()}, "code": {code}, "code_verifier": {verifier}, "redirect_uri": {replyURL},
	}
}

// refreshing is the form that redeems the refresh token by the public client.
func refreshing(token string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "client_id": {publicApp.String()}, "refresh_token": {token}}
}

// refresh is a refresh token of the public client's, from a code.
func (w *world) refresh(t testing.TB, changes ...func(*csp.Authorization)) string {
	t.Helper()
	return post(t, w.serve(), v2, redeeming(w.code(t, publicApp, changes...))).RefreshToken
}

// passwordAlone is a change to what was granted: without a second factor.
func passwordAlone(a *csp.Authorization) { a.AMR = []string{"pwd"} }

// behalf is an access token for contosoApp that megan has by the public client.
func (w *world) behalf(t testing.TB) string {
	t.Helper()
	return post(t, w.serve(), v2, with(redeeming(w.code(t, publicApp, passwordAlone)), "scope", "api://"+contosoApp.String()+"/access_as_user")).AccessToken
}

// TestBehalfEndsWithThePassword: a token of before a reset gives nothing that outlives it, on behalf of the user either.
func TestBehalfEndsWithThePassword(t *testing.T) {
	w := newWorld(t)
	asking := url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "requested_token_use": {"on_behalf_of"}, "scope": {pc + "/.default offline_access"},
		"client_id": {contosoApp.String()}, "client_secret": {appSecret}, "assertion": {w.behalf(t)},
	}
	wantCode(t, "before", post(t, w.serve(), v2, asking), 0)
	w.later(time.Minute)
	must(t, w.db.ChangePartnerUser(t.Context(), contoso, megan, func(user *csp.User) error {
		user.SetPassword(user.Credential, false, w.Now())
		return nil
	}))
	wantCode(t, "after", post(t, w.serve(), v2, asking), 50173)
	asking.Set("assertion", post(t, w.serve(), v2, with(asUser(), "scope", "api://"+contosoApp.String()+"/access_as_user")).AccessToken)
	wantCode(t, "with a token of after", post(t, w.serve(), v2, asking), 0)
}

// TestRenamedUser: whatever a user granted is the user's, not the name's. It stays good under another name, and is nothing to whoever
// gets the old one.
func TestRenamedUser(t *testing.T) {
	w := newWorld(t)
	handler, customer := w.serve(), csp.MustParseID(w.customer.ID)
	name, _ := w.signIn()
	path := "/" + w.customer.ID + "/oauth2/v2.0/token"
	first, err := w.db.User(t.Context(), customer, name)
	must(t, err)
	changed := *first
	changed.MustChangePassword = false
	changed.Credential, err = chosenCredential()
	must(t, err)
	must(t, w.db.ReplaceCredential(t.Context(), first, &changed))
	admin := &changed
	granted := csp.AuthorizationOf(admin, publicApp, start, csp.Password)
	granted.RedirectURI, granted.Scope = replyURL, "openid offline_access "+pc+"/.default"
	code, err := w.Grants.IssueCode(t.Context(), granted)
	must(t, err)
	family := &csp.Family{Authorization: *granted, ID: w.IDs.New(), Used: start}
	must(t, w.db.AddFamily(t.Context(), family))
	waiting := &csp.Device{Client: publicApp, Tenant: customer, Scope: granted.Scope}
	device, err := w.Grants.StartDevice(t.Context(), waiting)
	must(t, err)
	must(t, w.Grants.ApproveDevice(t.Context(), waiting.UserCode, granted))
	v := w.visit(t)
	v.get("/account").signIn(name, chosenPassword).follow().wants(200, "Your account")

	renamed := "gena@" + w.customer.CompanyProfile.Domain
	_, err = w.db.UpdateCustomerUser(t.Context(), contoso, customer, admin.ID, csp.Call{}, func(user *csp.User) (csp.Outcome, error) {
		user.PrincipalName = renamed
		return csp.Outcome{}, nil
	})
	must(t, err)
	heir := &csp.User{ID: w.IDs.New(), Tenant: customer, PrincipalName: name, DisplayName: "Heir", Credential: admin.Credential, Created: start}
	_, err = w.db.CreateCustomerUser(t.Context(), contoso, csp.Call{}, heir, csp.Outcome{})
	must(t, err)

	for what, form := range map[string]url.Values{
		"refresh token": refreshing(w.RefreshToken(family.ID, 0)),
		"code":          with(redeeming(code), "code_verifier", ""),
		"device":        {"grant_type": {"device_code"}, "client_id": {publicApp.String()}, "device_code": {device}},
	} {
		got := post(t, handler, path, form)
		wantCode(t, what, got, 0)
		if claims := w.claims(t, got.AccessToken); claims.UPN != renamed || claims.ObjectID != admin.ID.String() {
			t.Errorf("%s: got a token of %s, %s", what, claims.UPN, claims.ObjectID)
		}
	}
	v.get("/account").wants(200, "Your account", renamed)
}

// endDelegatedAdmin ends it for the customer.
func (w *world) endDelegatedAdmin(t testing.TB) {
	t.Helper()
	no := false
	w.patchCustomer(t, &partnercenter.Customer{AllowDelegatedAccess: &no})
}

// endRelationship ends the one with the customer.
func (w *world) endRelationship(t testing.TB) {
	t.Helper()
	w.patchCustomer(t, &partnercenter.Customer{RelationshipToPartner: partnercenter.RelationshipNone})
}

func (w *world) patchCustomer(t testing.TB, request *partnercenter.Customer) {
	t.Helper()
	partner, err := w.db.Partner(t.Context(), contoso)
	must(t, err)
	customers := &csp.Customers{Store: w.db, IDs: w.IDs, Now: w.Now}
	_, err = customers.Patch(t.Context(), &csp.Caller{Partner: partner}, csp.MustParseID(w.customer.ID), request, csp.Call{})
	must(t, err)
}
