package server_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/internal/token"
)

// The user of the ready-made world who has a second factor.
const (
	enrolledName   = "mfa@contosocloud.onmicrosoft.com"
	enrolledSecret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
)

// TestEnforcedMFA: where a second factor is enforced, a token of a user who gave one passes at the API, and one of a user who did
// not is refused; nobody gets a new one without it.
func TestEnforcedMFA(t *testing.T) {
	const resource, reply = "https://api.partnercenter.microsoft.com", "http://localhost:8400/"
	dir := t.TempDir()
	var logged bytes.Buffer
	config := server.Config{
		Dir: dir, Store: "sqlite:" + filepath.Join(dir, "tenantry.db"), AdminKey: "0123456789abcdef",
		Logger: slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	s := mustOpen(t, config)
	byPassword := mustToken(t, s, contoso, url.Values{
		"grant_type": {"password"}, "client_id": {publicApp}, "resource": {resource}, "username": {"admin@contosocloud.onmicrosoft.com"}, "password": {"dev-Passw0rd"},
	})
	if got := signIn(t, s, enrolledName, "dev-Passw0rd"); got != 50076 {
		t.Errorf("the password of somebody enrolled: got %d, want 50076", got)
	}
	call := func(token string) (int, string, string) {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/v1/customers?size=1", nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+token)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.StatusCode, response.Header.Get("isMfaCompliant"), string(text)
	}
	if status, compliant, text := call(byPassword); status != http.StatusOK || compliant != "false" {
		t.Errorf("reported: got %d, %s, %s", status, compliant, text)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}

	config.MFA = "enforce"
	s = mustOpen(t, config)
	if status, _, text := call(byPassword); status != http.StatusUnauthorized || !strings.Contains(text, "900421") {
		t.Errorf("enforced, without a second factor: got %d, %s", status, text)
	}
	if got := signIn(t, s, "admin@contosocloud.onmicrosoft.com", "dev-Passw0rd"); got != 50079 {
		t.Errorf("enforced, by a password alone: got %d, want 50079", got)
	}

	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	code := ""
	b := &browser{t: t, origin: s.URL(), client: &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if code = r.URL.Query().Get("code"); code != "" { // it is the application's
			return http.ErrUseLastResponse
		}
		return nil
	}}}
	b.read(b.client.Get(s.URL() + "/contosocloud.onmicrosoft.com/oauth2/authorize?" + url.Values{
		"client_id": {publicApp}, "response_type": {"code"}, "redirect_uri": {reply}, "resource": {resource},
	}.Encode()))
	b.submit("username", enrolledName, "password", "dev-Passw0rd")
	if !strings.Contains(b.page, "Enter your code") {
		t.Fatalf("after the password: %s", b.page)
	}
	secret, err := token.ParseCodeSecret(enrolledSecret)
	if err != nil {
		t.Fatal(err)
	}
	if b.submit("otp", secret.Code(time.Now())); code == "" {
		t.Fatalf("no answer to the application: %s", b.page)
	}
	response, err := http.PostForm(s.URL()+"/"+contoso+"/oauth2/token", url.Values{
		"grant_type": {"authorization_code"}, "client_id": {publicApp}, "code": {code}, "redirect_uri": {reply}, "resource": {resource},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var tokens struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if err := json.NewDecoder(response.Body).Decode(&tokens); err != nil {
		t.Fatal(err)
	}
	if status, compliant, text := call(tokens.Access); status != http.StatusOK || compliant != "true" {
		t.Errorf("enforced, with a second factor: got %d, %s, %s", status, compliant, text)
	}
	refreshed := mustToken(t, s, contoso, url.Values{"grant_type": {"refresh_token"}, "client_id": {publicApp}, "refresh_token": {tokens.Refresh}, "resource": {resource}})
	if status, compliant, text := call(refreshed); status != http.StatusOK || compliant != "true" {
		t.Errorf("refreshed: got %d, %s, %s", status, compliant, text)
	}
	status, text := mustSend(t, http.MethodDelete, s.URL()+"/_tenantry/admin/users/contosocloud.onmicrosoft.com/"+enrolledName+"/mfa", config.AdminKey, "")
	if status != http.StatusOK {
		t.Errorf("remove: got %d %s", status, text)
	}
	if got := signIn(t, s, enrolledName, "dev-Passw0rd"); got != 50079 {
		t.Errorf("after it is removed: got %d, want 50079", got)
	}
	if b.read(b.client.Get(s.URL() + "/account")); !strings.Contains(b.page, "<h1>Sign in</h1>") {
		t.Errorf("the browser after it is removed: %s", b.page)
	}
	if strings.Contains(logged.String(), enrolledSecret) {
		t.Error("the secret is in the log")
	}
}
