//go:build clients

//lint:file-ignore SA1019 passwords are deprecated, and what scripts use

package clients_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/cache"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/confidential"
	"github.com/AzureAD/microsoft-authentication-library-for-go/apps/public"
)

const (
	apiScope = "https://api.partnercenter.microsoft.com/user_impersonation"
	apiApp   = "https://api.partnercenter.microsoft.com/.default"
	graphApp = "https://graph.windows.net/.default"
)

func (w *world) client(t *testing.T) *http.Client {
	t.Helper()
	text, err := os.ReadFile(w.path("data/ca.pem"))
	must(t, err)
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		t.Fatal("no certificate in the CA's file")
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
}

// wantErr fails unless the error says the code.
func wantErr(t *testing.T, what string, err error, code string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), code) {
		t.Errorf("%s: got %v, want %s", what, err, code)
	}
}

func TestMSALForGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	client := w.client(t)
	authority := w.origin + "/" + tenant
	confident := func(id string, credential confidential.Credential) confidential.Client {
		t.Helper()
		c, err := confidential.New(authority, id, credential, confidential.WithHTTPClient(client), confidential.WithInstanceDiscovery(false))
		must(t, err)
		return c
	}
	good, err := confidential.NewCredFromSecret(secret)
	must(t, err)
	wrong, err := confidential.NewCredFromSecret("wrong")
	must(t, err)
	certificates := []*x509.Certificate{w.certificate(t)}
	certified, err := confidential.NewCredFromCert(certificates, w.key)
	must(t, err)

	for _, credential := range []struct {
		id string
		confidential.Credential
	}{{app, good}, {certApp, certified}} {
		got, err := confident(credential.id, credential.Credential).AcquireTokenByCredential(t.Context(), []string{graphApp})
		must(t, err)
		w.send(t, http.MethodGet, "/v1/customers/"+w.customer, "", got.AccessToken, http.StatusOK)
	}
	_, err = confident(app, wrong).AcquireTokenByCredential(t.Context(), []string{graphApp})
	wantErr(t, "wrong secret", err, "AADSTS7000215")
	_, err = confident(app, certified).AcquireTokenByCredential(t.Context(), []string{graphApp})
	wantErr(t, "a certificate of another application", err, "AADSTS700027")

	desktop, err := public.New(publicApp, public.WithAuthority(authority), public.WithHTTPClient(client), public.WithInstanceDiscovery(false))
	must(t, err)
	signedIn, err := desktop.AcquireTokenByUsernamePassword(t.Context(), []string{apiScope}, userName, password)
	must(t, err)
	w.send(t, http.MethodGet, "/v1/customers/"+w.customer, "", signedIn.AccessToken, http.StatusOK)
	_, err = desktop.AcquireTokenByUsernamePassword(t.Context(), []string{apiScope}, userName, "wrong")
	wantErr(t, "wrong password", err, "AADSTS50126")

	// The refresh token serves another resource, and the customer's tenant while delegated admin lives.
	_, err = desktop.AcquireTokenSilent(t.Context(), []string{"https://graph.windows.net/user_impersonation"}, public.WithSilentAccount(signedIn.Account))
	must(t, err)
	_, err = desktop.AcquireTokenSilent(t.Context(), []string{apiScope}, public.WithSilentAccount(signedIn.Account), public.WithTenantID(w.customer))
	must(t, err)
	_, err = desktop.AcquireTokenSilent(t.Context(), []string{apiScope}, public.WithSilentAccount(signedIn.Account), public.WithTenantID(w.ending))
	must(t, err)
	w.endDelegatedAdmin(t, w.ending)
	_, err = desktop.AcquireTokenSilent(t.Context(), []string{graphApp}, public.WithSilentAccount(signedIn.Account), public.WithTenantID(w.ending))
	wantErr(t, "delegated admin has ended", err, "AADSTS50020")

	// On behalf of the user who called.
	called, err := desktop.AcquireTokenSilent(t.Context(), []string{"api://" + app + "/access"}, public.WithSilentAccount(signedIn.Account))
	must(t, err)
	onBehalf, err := confident(app, good).AcquireTokenOnBehalfOf(t.Context(), called.AccessToken, []string{apiScope})
	must(t, err)
	w.send(t, http.MethodGet, "/v1/customers/"+w.customer, "", onBehalf.AccessToken, http.StatusOK)
	_, err = confident(app, good).AcquireTokenOnBehalfOf(t.Context(), signedIn.AccessToken, []string{apiScope})
	wantErr(t, "a token for another audience", err, "AADSTS50013")
}

// storage is a token cache that a test can read.
type storage struct{ text []byte }

func (s *storage) Replace(_ context.Context, into cache.Unmarshaler, _ cache.ReplaceHints) error {
	if s.text == nil {
		return nil
	}
	return into.Unmarshal(s.text)
}

func (s *storage) Export(_ context.Context, from cache.Marshaler, _ cache.ExportHints) (err error) {
	s.text, err = from.Marshal()
	return err
}

// TestRevokedForGo has a server that ends a sign-in whose old refresh token comes again: a thief and the owner look the same.
func TestRevokedForGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "--revoke-reused-refresh-tokens")
	with := func(kept *storage) public.Client {
		t.Helper()
		c, err := public.New(publicApp, public.WithAuthority(w.origin+"/"+tenant), public.WithHTTPClient(w.client(t)), public.WithInstanceDiscovery(false), public.WithCache(kept))
		must(t, err)
		return c
	}
	owners := &storage{}
	owner := with(owners)
	signedIn, err := owner.AcquireTokenByUsernamePassword(t.Context(), []string{apiScope}, userName, password)
	must(t, err)
	stolen := &storage{text: owners.text}
	for _, scope := range []string{graphApp, "https://management.azure.com/.default"} {
		_, err = owner.AcquireTokenSilent(t.Context(), []string{scope}, public.WithSilentAccount(signedIn.Account))
		must(t, err)
	}
	_, err = with(stolen).AcquireTokenSilent(t.Context(), []string{graphApp}, public.WithSilentAccount(signedIn.Account))
	wantErr(t, "the stolen token", err, "AADSTS50173")
	_, err = owner.AcquireTokenSilent(t.Context(), []string{"https://graph.microsoft.com/User.Read"}, public.WithSilentAccount(signedIn.Account))
	wantErr(t, "the owner's", err, "AADSTS50173")
}

func TestAzidentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	options := azcore.ClientOptions{
		Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: w.origin}, Transport: w.client(t), Retry: policy.RetryOptions{MaxRetries: -1},
	}
	get := func(credential azcore.TokenCredential, err error, scope string) (string, error) {
		t.Helper()
		must(t, err)
		token, err := credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{scope}})
		return token.Token, err
	}
	withSecret := func(secret string) (azcore.TokenCredential, error) {
		return azidentity.NewClientSecretCredential(domain, app, secret, &azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	}
	withCertificate := func(app string) (azcore.TokenCredential, error) {
		return azidentity.NewClientCertificateCredential(tenant, app, []*x509.Certificate{w.certificate(t)}, w.key,
			&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true, SendCertificateChain: true})
	}
	withPassword := func(password string) (azcore.TokenCredential, error) {
		return azidentity.NewUsernamePasswordCredential("organizations", publicApp, userName, password,
			&azidentity.UsernamePasswordCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	}
	onBehalf := func(assertion string) (azcore.TokenCredential, error) {
		return azidentity.NewOnBehalfOfCredentialWithSecret(tenant, app, assertion, secret,
			&azidentity.OnBehalfOfCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	}
	for name, make := range map[string]func() (azcore.TokenCredential, error){
		"secret":      func() (azcore.TokenCredential, error) { return withSecret(secret) },
		"certificate": func() (azcore.TokenCredential, error) { return withCertificate(certApp) },
		"password":    func() (azcore.TokenCredential, error) { return withPassword(password) },
	} {
		credential, err := make()
		token, err := get(credential, err, apiApp)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		w.send(t, http.MethodGet, "/v1/customers/"+w.customer, "", token, http.StatusOK)
	}
	credential, err := withPassword(password)
	called, err := get(credential, err, "api://"+app+"/.default")
	must(t, err)
	credential, err = onBehalf(called)
	token, err := get(credential, err, apiApp)
	must(t, err)
	w.send(t, http.MethodGet, "/v1/customers/"+w.customer, "", token, http.StatusOK)

	for _, test := range []struct {
		name, code string
		make       func() (azcore.TokenCredential, error)
	}{
		{"wrong secret", "AADSTS7000215", func() (azcore.TokenCredential, error) { return withSecret("wrong") }},
		{"a certificate of another application", "AADSTS700027", func() (azcore.TokenCredential, error) { return withCertificate(app) }},
		{"wrong password", "AADSTS50126", func() (azcore.TokenCredential, error) { return withPassword("wrong") }},
		{"an access token for another audience", "AADSTS50013", func() (azcore.TokenCredential, error) { return onBehalf(token) }},
	} {
		credential, err := test.make()
		_, err = get(credential, err, apiApp)
		wantErr(t, test.name, err, test.code)
	}
}

func (w *world) certificate(t *testing.T) *x509.Certificate {
	t.Helper()
	certificate, err := x509.ParseCertificate(w.cert.der)
	must(t, err)
	return certificate
}
