//go:build clients

package clients_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
)

// TestSignInForGo lets a person with a browser sign in to MSAL for Go.
func TestSignInForGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := w.client(t)
	const redirect = "http://localhost:8400"
	desktop, err := public.New(publicApp, public.WithAuthority(w.origin+"/"+tenant), public.WithHTTPClient(client), public.WithInstanceDiscovery(false))
	must(t, err)
	code := func(address string, err error) string {
		t.Helper()
		must(t, err)
		end, err := w.person(client.Transport, "", "").open(address)
		must(t, err)
		parsed, err := url.Parse(end)
		must(t, err)
		return parsed.Query().Get("code")
	}

	verifier := strings.Repeat("v", 43)
	sum := sha256.Sum256([]byte(verifier))
	address, err := desktop.AuthCodeURL(t.Context(), publicApp, redirect, []string{apiScope})
	got := code(address+"&code_challenge_method=S256&code_challenge="+base64.RawURLEncoding.EncodeToString(sum[:]), err)
	_, err = desktop.AcquireTokenByAuthCode(t.Context(), got, redirect, []string{apiScope}, public.WithChallenge(strings.Repeat("w", 43)))
	wantErr(t, "another verifier", err, "AADSTS501481")
	signedIn, err := desktop.AcquireTokenByAuthCode(t.Context(), got, redirect, []string{apiScope}, public.WithChallenge(verifier))
	must(t, err)
	w.send(t, http.MethodGet, "/v1/customers/"+w.customer, "", signedIn.AccessToken, http.StatusOK)
	_, err = desktop.AcquireTokenByAuthCode(t.Context(), got, redirect, []string{apiScope}, public.WithChallenge(verifier))
	wantErr(t, "the code again", err, "AADSTS54005")
	_, err = desktop.AcquireTokenSilent(t.Context(), []string{graphApp}, public.WithSilentAccount(signedIn.Account))
	wantErr(t, "what the code gave", err, "AADSTS50173")

	credential, err := confidential.NewCredFromSecret(secret)
	must(t, err)
	web, err := confidential.New(w.origin+"/"+tenant, app, credential, confidential.WithHTTPClient(client), confidential.WithInstanceDiscovery(false))
	must(t, err)
	address, err = web.AuthCodeURL(t.Context(), app, redirect, []string{apiScope})
	byWeb, err := web.AcquireTokenByAuthCode(t.Context(), code(address, err), redirect, []string{apiScope})
	must(t, err)
	w.send(t, http.MethodGet, "/v1/customers/"+w.customer, "", byWeb.AccessToken, http.StatusOK)

	device, err := desktop.AcquireTokenByDeviceCode(t.Context(), []string{apiScope})
	must(t, err)
	_, err = w.person(client.Transport, "", device.Result.UserCode).open(device.Result.VerificationURL)
	must(t, err)
	byDevice, err := device.AuthenticationResult(t.Context())
	must(t, err)
	w.send(t, http.MethodGet, "/v1/customers/"+w.customer, "", byDevice.AccessToken, http.StatusOK)
}
