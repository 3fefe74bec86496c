package server_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tenantry/tenantry/internal/server"
)

const adminKey = "0123456789abcdef"

// ask calls the admin API and demands the status.
func ask(t *testing.T, s *server.Server, method, path, body string, want int) []byte {
	t.Helper()
	status, text := mustSend(t, method, s.URL()+"/_tenantry/admin/"+path, adminKey, body)
	if status != want {
		t.Fatalf("%s %s: got %d %s, want %d", method, path, status, text, want)
	}
	return text
}

// redeem asks the token endpoint, and returns the agent groups that the access token tells, the refresh token, or the error.
func redeem(t *testing.T, s *server.Server, form url.Values) (groups []string, refresh, failure string) {
	t.Helper()
	response, err := http.PostForm(s.URL()+"/"+contoso+"/oauth2/token", form)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		Access      string `json:"access_token"`
		Refresh     string `json:"refresh_token"`
		Description string `json:"error_description"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	if answer.Access == "" {
		code, _, _ := strings.Cut(answer.Description, ":")
		return nil, "", code
	}
	return groupsIn(t, answer.Access), answer.Refresh, ""
}

// TestAgentsFollowTheRegistry redeems one refresh token after each change of its user.
func TestAgentsFollowTheRegistry(t *testing.T) {
	s := mustOpen(t, server.Config{Dir: t.TempDir(), AdminKey: adminKey})
	var bo struct{ Password string }
	if err := json.Unmarshal(ask(t, s, http.MethodPost, "partners/"+contoso+"/users", `{"name":"bo","agents":["AdminAgents"]}`, http.StatusOK), &bo); err != nil {
		t.Fatal(err)
	}
	signIn := url.Values{
		"grant_type": {"password"}, "client_id": {publicApp}, "resource": {"https://graph.windows.net"}, "scope": {"openid offline_access"},
		"username": {"bo@contosocloud.onmicrosoft.com"}, "password": {bo.Password},
	}
	groups, refresh, failure := redeem(t, s, signIn)
	if failure != "" || strings.Join(groups, " ") != "AdminAgents" {
		t.Fatalf("sign-in: got %v, %s", groups, failure)
	}
	again := url.Values{"grant_type": {"refresh_token"}, "client_id": {publicApp}, "resource": {"https://graph.windows.net"}, "refresh_token": {refresh}}

	ask(t, s, http.MethodPut, "users/bo@contosocloud.onmicrosoft.com/agents", `{"agents":["SalesAgents","HelpdeskAgents"]}`, http.StatusOK)
	if groups, _, failure = redeem(t, s, again); strings.Join(groups, " ") != "HelpdeskAgents SalesAgents" {
		t.Errorf("after a change: got %v, %s", groups, failure)
	}
	ask(t, s, http.MethodPut, "users/bo@contosocloud.onmicrosoft.com/agents", `{"agent":["AdminAgents"]}`, http.StatusBadRequest)
	if groups, _, failure = redeem(t, s, again); strings.Join(groups, " ") != "HelpdeskAgents SalesAgents" {
		t.Errorf("after a change that was none: got %v, %s", groups, failure)
	}
	ask(t, s, http.MethodPost, "users/bo@contosocloud.onmicrosoft.com/resetpassword", "", http.StatusOK)
	if _, _, failure = redeem(t, s, again); failure != "AADSTS50173" {
		t.Errorf("after a reset: got %q, want AADSTS50173", failure)
	}
	if err := json.Unmarshal(ask(t, s, http.MethodPost, "users/bo@contosocloud.onmicrosoft.com/resetpassword", "", http.StatusOK), &bo); err != nil {
		t.Fatal(err)
	}
	signIn.Set("password", bo.Password)
	if _, refresh, failure = redeem(t, s, signIn); failure != "" {
		t.Fatalf("sign-in after a reset: %s", failure)
	}
	again.Set("refresh_token", refresh)
	ask(t, s, http.MethodDelete, "users/bo@contosocloud.onmicrosoft.com", "", http.StatusOK)
	ask(t, s, http.MethodPost, "partners/"+contoso+"/users", `{"name":"bo"}`, http.StatusOK) // somebody else
	if _, _, failure = redeem(t, s, again); failure == "" {
		t.Error("a deleted user's refresh token is good for another of the same name")
	}
}

// TestDeletedAppIsForgotten registers an application again under its id: what it was granted before is gone.
func TestDeletedAppIsForgotten(t *testing.T) {
	s := mustOpen(t, server.Config{Dir: t.TempDir(), AdminKey: adminKey})
	const app = "55555555-0000-4000-8000-00000000a001"
	register := func() {
		ask(t, s, http.MethodPost, "partners/contosocloud.onmicrosoft.com/apps", `{"appId":"`+app+`","public":true}`, http.StatusOK)
	}
	register()
	_, refresh, failure := redeem(t, s, url.Values{
		"grant_type": {"password"}, "client_id": {app}, "resource": {"https://graph.windows.net"}, "scope": {"openid offline_access"},
		"username": {"admin@contosocloud.onmicrosoft.com"}, "password": {"dev-Passw0rd"},
	})
	if failure != "" {
		t.Fatal(failure)
	}
	again := url.Values{"grant_type": {"refresh_token"}, "client_id": {app}, "resource": {"https://graph.windows.net"}, "refresh_token": {refresh}}
	if _, _, failure = redeem(t, s, again); failure != "" {
		t.Fatal(failure)
	}
	ask(t, s, http.MethodDelete, "apps/"+app, "", http.StatusOK)
	if _, _, failure = redeem(t, s, again); failure != "AADSTS700016" {
		t.Errorf("a deleted application: got %q, want AADSTS700016", failure)
	}
	register()
	if _, _, failure = redeem(t, s, again); failure != "AADSTS50173" {
		t.Errorf("one that was registered again: got %q, want AADSTS50173", failure)
	}
}

// TestReplacedKeys replaces the signing keys of a running server: a token that it has just taken is good no more.
func TestReplacedKeys(t *testing.T) {
	s := mustOpen(t, server.Config{Dir: t.TempDir(), AdminKey: adminKey})
	token := mustAppToken(t, s)
	get := func(token string) int {
		status, _ := mustSend(t, http.MethodGet, s.URL()+"/v1/customers?size=1", token, "")
		return status
	}
	if got := get(token); got != http.StatusOK {
		t.Fatalf("got %d", got)
	}
	ask(t, s, http.MethodPost, "keys/rotate", `{"revoke":false}`, http.StatusOK)
	if got := get(token); got != http.StatusOK {
		t.Errorf("after a rotation: got %d", got)
	}
	ask(t, s, http.MethodPost, "keys/rotate", `{}`, http.StatusBadRequest)
	ask(t, s, http.MethodPost, "keys/rotate", `{"revoke":true}`, http.StatusOK)
	if got := get(token); got != http.StatusUnauthorized {
		t.Errorf("after a replacement: got %d, want 401", got)
	}
	if got := get(mustAppToken(t, s)); got != http.StatusOK {
		t.Errorf("a new token: got %d", got)
	}
}

// groupsIn are the agent groups that a token tells.
func groupsIn(t *testing.T, raw string) []string {
	t.Helper()
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims struct{ Groups []string }
	if err := json.Unmarshal(payload, &claims); err != nil {
		t.Fatal(err)
	}
	return claims.Groups
}
