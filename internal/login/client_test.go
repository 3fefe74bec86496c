package login_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/tenantry/tenantry/internal/login"
	"github.com/tenantry/tenantry/internal/token"
)

// TestAzidentity gets tokens with the real client, over TLS.
func TestAzidentity(t *testing.T) {
	w := newWorld(t)
	w.Now = nil // the client looks at the real clock
	server := httptest.NewTLSServer(w.serve())
	defer server.Close()
	options := azcore.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: server.URL},
		Transport: server.Client(),
		Retry:     policy.RetryOptions{MaxRetries: -1},
	}
	adminName, adminPassword := w.signIn()
	for _, test := range []struct {
		name    string
		scope   string
		make    func() (azcore.TokenCredential, error)
		appOnly bool
	}{
		{"client secret", "https://graph.windows.net/.default", func() (azcore.TokenCredential, error) {
			return azidentity.NewClientSecretCredential(contoso.String(), contosoApp.String(), appSecret, &azidentity.ClientSecretCredentialOptions{
				ClientOptions: options, DisableInstanceDiscovery: true,
			})
		}, true},
		{"client secret, by domain", "https://api.partnercenter.microsoft.com/.default", func() (azcore.TokenCredential, error) {
			return azidentity.NewClientSecretCredential("contoso.onmicrosoft.com", contosoApp.String(), appSecret, &azidentity.ClientSecretCredentialOptions{
				ClientOptions: options, DisableInstanceDiscovery: true,
			})
		}, true},
		{"user name and password", "https://api.partnercenter.microsoft.com/.default", func() (azcore.TokenCredential, error) {
			return azidentity.NewUsernamePasswordCredential(contoso.String(), powerShell, "megan@contoso.onmicrosoft.com", chosenPassword,
				//lint:ignore SA1019 deprecated, and what scripts use
				&azidentity.UsernamePasswordCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
		}, false},
		{"a customer's administrator, by way of organizations", "https://api.partnercenter.microsoft.com/user_impersonation", func() (azcore.TokenCredential, error) {
			return azidentity.NewUsernamePasswordCredential("organizations", powerShell, adminName, adminPassword,
				//lint:ignore SA1019 as above
				&azidentity.UsernamePasswordCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
		}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			credential, err := test.make()
			must(t, err)
			got, err := credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{test.scope}})
			must(t, err)
			if left := time.Until(got.ExpiresOn); left < 59*time.Minute || left > time.Hour {
				t.Errorf("expires in %v", left)
			}
			verifier := &token.Verifier{Keys: w.Keys, Audiences: login.PartnerCenterAudiences(true)}
			claims, err := verifier.Verify(t.Context(), got.Token)
			must(t, err)
			if claims.AppOnly() != test.appOnly {
				t.Errorf("app-only = %t, want %t", claims.AppOnly(), test.appOnly)
			}
		})
	}
	t.Run("wrong secret", func(t *testing.T) {
		credential, err := azidentity.NewClientSecretCredential(contoso.String(), contosoApp.String(), "wrong", &azidentity.ClientSecretCredentialOptions{
			ClientOptions: options, DisableInstanceDiscovery: true,
		})
		must(t, err)
		_, err = credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{"https://graph.windows.net/.default"}})
		if err == nil || !strings.Contains(err.Error(), "AADSTS7000215") || !strings.Contains(err.Error(), http.StatusText(http.StatusUnauthorized)) {
			t.Errorf("err = %v, want AADSTS7000215 and 401", err)
		}
	})
}
