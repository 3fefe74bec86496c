//go:build clients

//lint:file-ignore SA1019 passwords are deprecated, and what scripts use

package clients_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
)

const day = 24 * time.Hour

// ended is a world whose clock is moved, and a program's libraries there.
type ended struct {
	*world
	client *http.Client
	people int
}

func (w *ended) desktop(t *testing.T, kept *storage) public.Client {
	t.Helper()
	c, err := public.New(publicApp, public.WithAuthority(w.origin+"/"+tenant), public.WithHTTPClient(w.client), public.WithInstanceDiscovery(false), public.WithCache(kept))
	must(t, err)
	return c
}

func (w *ended) web(t *testing.T, id string, credential confidential.Credential) confidential.Client {
	t.Helper()
	c, err := confidential.New(w.origin+"/"+tenant, id, credential, confidential.WithHTTPClient(w.client), confidential.WithInstanceDiscovery(false))
	must(t, err)
	return c
}

func (w *ended) secret(t *testing.T, secret string) confidential.Client {
	t.Helper()
	credential, err := confidential.NewCredFromSecret(secret)
	must(t, err)
	return w.web(t, app, credential)
}

// options are azidentity's.
func (w *ended) options() azcore.ClientOptions {
	return azcore.ClientOptions{Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: w.origin}, Transport: w.client, Retry: policy.RetryOptions{MaxRetries: -1}}
}

// code lets a user sign in to the web application.
func (w *ended) code(t *testing.T, web confidential.Client, userName, password string) string {
	t.Helper()
	address, err := web.AuthCodeURL(t.Context(), app, redirect, []string{apiScope})
	must(t, err)
	end, err := w.as(userName, password).open(address)
	must(t, err)
	parsed, err := url.Parse(end)
	must(t, err)
	return parsed.Query().Get("code")
}

const redirect = "http://localhost:8400"

// as is a user with a new browser.
func (w *ended) as(userName, password string) *browser {
	b := w.person(w.client.Transport, "", "")
	b.fields["username"], b.fields["password"] = userName, password
	return b
}

// newUser is a user with a password that it has chosen.
func (w *ended) newUser(t *testing.T) (userName, password string) {
	t.Helper()
	w.people++
	userName, first := w.createUser(t, fmt.Sprintf("person%d", w.people))
	password = fmt.Sprintf("Chosen-Passw0rd-%d", w.people)
	b := w.as(userName, first)
	b.fields["current"], b.fields["new"], b.fields["again"] = first, password, password
	_, err := b.open(w.origin + "/account")
	must(t, err)
	return userName, password
}

// works fails unless the API answers the token with the status.
func (w *ended) works(t *testing.T, token string, status int) {
	t.Helper()
	w.send(t, http.MethodGet, "/v1/customers/"+w.customer, "", token, status)
}

var expiresOn = regexp.MustCompile(`"(expires_on|extended_expires_on)":"\d+"`)

// age lets the access tokens of a cache expire, as they have by the server's clock: the library has no other way to be told.
func (s *storage) age() { s.text = expiresOn.ReplaceAll(s.text, []byte(`"$1":"1"`)) }

// TestEndedForGo: what has expired, and what was revoked. The tests follow each other, because the clock only goes on.
func TestEndedForGo(t *testing.T) {
	t.Parallel()
	w := &ended{world: newWorld(t)}
	w.client = w.world.client(t)
	for _, test := range []struct {
		name string
		run  func(*ended, *testing.T)
	}{
		{"application", (*ended).applicationEnds},
		{"tokens", (*ended).tokensExpire},
		{"azidentity", (*ended).credentialEnds},
		{"codes", (*ended).codesExpire},
		{"assertions", (*ended).assertionsExpire},
		{"password reset", func(w *ended, t *testing.T) {
			w.userEnds(t, http.MethodPost, "/resetpassword", "AADSTS50173", "AADSTS50126")
		}},
		{"user deleted", func(w *ended, t *testing.T) { w.userEnds(t, http.MethodDelete, "", "AADSTS500341", "AADSTS50034") }},
		{"keys replaced", (*ended).keysEnd},
		{"relationship", (*ended).relationshipEnds},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(w, t) })
	}
}

// applicationEnds: a secret that expires, one that is removed, and an assertion that comes too late.
func (w *ended) applicationEnds(t *testing.T) {
	add := func(body string) (id, secret string) {
		t.Helper()
		var made struct{ ID, Secret string }
		must(t, json.Unmarshal(w.send(t, http.MethodPost, "/_tenantry/admin/apps/"+app+"/secrets", body, adminKey, http.StatusOK), &made))
		return made.ID, made.Secret
	}
	_, short := add(fmt.Sprintf(`{"expires": %q}`, time.Now().Add(time.Hour).Format(time.RFC3339)))
	id, removed := add(`{}`)
	grants := func(secret string) map[string]func() (string, error) {
		return map[string]func() (string, error){
			"MSAL": func() (string, error) {
				got, err := w.secret(t, secret).AcquireTokenByCredential(t.Context(), []string{graphApp})
				return got.AccessToken, err
			},
			"azidentity": func() (string, error) {
				credential, err := azidentity.NewClientSecretCredential(tenant, app, secret, &azidentity.ClientSecretCredentialOptions{ClientOptions: w.options(), DisableInstanceDiscovery: true})
				must(t, err)
				got, err := credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{graphApp}})
				return got.Token, err
			},
		}
	}
	for _, secret := range []string{short, removed} {
		for _, grant := range grants(secret) {
			token, err := grant()
			must(t, err)
			w.works(t, token, http.StatusOK)
		}
	}
	w.advance(t, 2*time.Hour)
	w.send(t, http.MethodDelete, "/_tenantry/admin/apps/"+app+"/secrets/"+id, "", adminKey, http.StatusOK)
	for name, grant := range grants(short) {
		_, err := grant()
		wantErr(t, name+", expired secret", err, "AADSTS7000222")
	}
	for name, grant := range grants(removed) {
		_, err := grant()
		wantErr(t, name+", removed secret", err, "AADSTS7000215")
	}

	// The program's clock is behind by two hours.
	credential, err := confidential.NewCredFromCert([]*x509.Certificate{w.certificate(t)}, w.key)
	must(t, err)
	_, err = w.web(t, certApp, credential).AcquireTokenByCredential(t.Context(), []string{graphApp})
	wantErr(t, "MSAL, expired assertion", err, "AADSTS700024")
	certified, err := azidentity.NewClientCertificateCredential(tenant, certApp, []*x509.Certificate{w.certificate(t)}, w.key, &azidentity.ClientCertificateCredentialOptions{ClientOptions: w.options(), DisableInstanceDiscovery: true})
	must(t, err)
	_, err = certified.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{graphApp}})
	wantErr(t, "azidentity, expired assertion", err, "AADSTS700024")
}

func (w *ended) tokensExpire(t *testing.T) {
	kept := &storage{}
	desktop := w.desktop(t, kept)
	first, err := desktop.AcquireTokenByUsernamePassword(t.Context(), []string{apiScope}, userName, password)
	must(t, err)
	silently := func() (public.AuthResult, error) {
		return desktop.AcquireTokenSilent(t.Context(), []string{apiScope}, public.WithSilentAccount(first.Account))
	}
	again, err := silently()
	must(t, err)
	if again.AccessToken != first.AccessToken {
		t.Error("the token was not remembered")
	}
	w.advance(t, 2*time.Hour)
	w.works(t, first.AccessToken, http.StatusUnauthorized)
	kept.age()
	renewed, err := silently()
	must(t, err)
	w.works(t, renewed.AccessToken, http.StatusOK)
	w.advance(t, 91*day)
	kept.age()
	_, err = silently()
	wantErr(t, "after 91 days", err, "AADSTS700082")
}

// challenge is what a resource asks for that has refused a token: the library asks for another one.
const challenge = `{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}`

func (w *ended) credentialEnds(t *testing.T) {
	userName, password := w.newUser(t)
	credential, err := azidentity.NewDeviceCodeCredential(&azidentity.DeviceCodeCredentialOptions{
		ClientOptions: w.options(), TenantID: tenant, ClientID: publicApp, DisableInstanceDiscovery: true, DisableAutomaticAuthentication: true,
		UserPrompt: func(_ context.Context, message azidentity.DeviceCodeMessage) error {
			b := w.as(userName, password)
			b.fields["otc"] = message.UserCode
			_, err := b.open(message.VerificationURL)
			return err
		},
	})
	must(t, err)
	options := policy.TokenRequestOptions{Scopes: []string{apiApp}}
	_, err = credential.Authenticate(t.Context(), &options)
	must(t, err)
	first, err := credential.GetToken(t.Context(), options)
	must(t, err)
	w.works(t, first.Token, http.StatusOK)
	w.advance(t, 2*time.Hour)
	w.works(t, first.Token, http.StatusUnauthorized)
	options.Claims = challenge
	renewed, err := credential.GetToken(t.Context(), options)
	must(t, err)
	w.works(t, renewed.Token, http.StatusOK)
	w.send(t, http.MethodPost, "/_tenantry/admin/users/"+userName+"/resetpassword", "", adminKey, http.StatusOK)
	_, err = credential.GetToken(t.Context(), options)
	if needed := (*azidentity.AuthenticationRequiredError)(nil); !errors.As(err, &needed) {
		t.Errorf("after a reset: got %v, want that a sign-in is asked for", err)
	}
}

func (w *ended) codesExpire(t *testing.T) {
	web := w.secret(t, secret)
	code := w.code(t, web, userName, password)
	device, err := w.desktop(t, &storage{}).AcquireTokenByDeviceCode(t.Context(), []string{apiScope})
	must(t, err)
	w.advance(t, 16*time.Minute)
	_, err = web.AcquireTokenByAuthCode(t.Context(), code, redirect, []string{apiScope})
	wantErr(t, "code", err, "AADSTS70008")
	_, err = device.AuthenticationResult(t.Context())
	wantErr(t, "device code", err, "expired_token")
}

func (w *ended) assertionsExpire(t *testing.T) {
	desktop := w.desktop(t, &storage{})
	called, err := desktop.AcquireTokenByUsernamePassword(t.Context(), []string{"api://" + app + "/access"}, userName, password)
	must(t, err)
	w.advance(t, 2*time.Hour)
	_, err = w.secret(t, secret).AcquireTokenOnBehalfOf(t.Context(), called.AccessToken, []string{apiScope})
	wantErr(t, "MSAL", err, "AADSTS500133")
	credential, err := azidentity.NewOnBehalfOfCredentialWithSecret(tenant, app, called.AccessToken, secret, &azidentity.OnBehalfOfCredentialOptions{ClientOptions: w.options(), DisableInstanceDiscovery: true})
	must(t, err)
	_, err = credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{apiApp}})
	wantErr(t, "azidentity", err, "AADSTS500133")
}

// userEnds: what a user granted ends with the user, or its password, however it is redeemed.
func (w *ended) userEnds(t *testing.T, method, call, granted, again string) {
	t.Helper()
	userName, password := w.newUser(t)
	desktop, web := w.desktop(t, &storage{}), w.secret(t, secret)
	signedIn, err := desktop.AcquireTokenByUsernamePassword(t.Context(), []string{apiScope}, userName, password)
	must(t, err)
	silently := func(scope string) (public.AuthResult, error) {
		return desktop.AcquireTokenSilent(t.Context(), []string{scope}, public.WithSilentAccount(signedIn.Account))
	}
	called, err := silently("api://" + app + "/access")
	must(t, err)
	code := w.code(t, web, userName, password)
	w.advance(t, time.Minute)
	w.send(t, method, "/_tenantry/admin/users/"+userName+call, "", adminKey, http.StatusOK)

	_, err = silently("https://graph.microsoft.com/User.Read")
	wantErr(t, "refresh token", err, granted)
	_, err = web.AcquireTokenByAuthCode(t.Context(), code, redirect, []string{apiScope})
	wantErr(t, "code", err, granted)
	_, err = web.AcquireTokenOnBehalfOf(t.Context(), called.AccessToken, []string{apiScope})
	wantErr(t, "assertion", err, granted)
	_, err = desktop.AcquireTokenByUsernamePassword(t.Context(), []string{apiScope}, userName, password)
	wantErr(t, "password", err, again)
}

func (w *ended) keysEnd(t *testing.T) {
	kept := &storage{}
	desktop := w.desktop(t, kept)
	first, err := desktop.AcquireTokenByUsernamePassword(t.Context(), []string{apiScope}, userName, password)
	must(t, err)
	w.works(t, first.AccessToken, http.StatusOK)
	w.send(t, http.MethodPost, "/_tenantry/admin/keys/rotate", `{"revoke": true}`, adminKey, http.StatusOK)
	w.works(t, first.AccessToken, http.StatusUnauthorized)
	kept.age()
	renewed, err := desktop.AcquireTokenSilent(t.Context(), []string{apiScope}, public.WithSilentAccount(first.Account))
	must(t, err)
	w.works(t, renewed.AccessToken, http.StatusOK)
}

func (w *ended) relationshipEnds(t *testing.T) {
	kept := &storage{}
	desktop := w.desktop(t, kept)
	first, err := desktop.AcquireTokenByUsernamePassword(t.Context(), []string{apiScope}, userName, password)
	must(t, err)
	atCustomer := func() error {
		_, err := desktop.AcquireTokenSilent(t.Context(), []string{graphApp}, public.WithSilentAccount(first.Account), public.WithTenantID(w.ending))
		return err
	}
	must(t, atCustomer())
	w.send(t, http.MethodPatch, "/v1/customers/"+w.ending, `{"relationshipToPartner": "none", "attributes": {"objectType": "Customer"}}`, first.AccessToken, http.StatusOK)
	kept.age()
	wantErr(t, "at the former customer", atCustomer(), "AADSTS700016")
}
