package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tenantry/tenantry/internal/server"
)

// signIn is the code that a sign-in under the domain is answered by, 0 for a token.
func signIn(t *testing.T, s *server.Server, name, password string) int {
	t.Helper()
	_, domain, _ := strings.Cut(name, "@")
	response, err := http.PostForm(s.URL()+"/"+domain+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"password"}, "client_id": {publicApp}, "scope": {"https://api.partnercenter.microsoft.com/.default"}, "username": {name}, "password": {password},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		Codes []int `json:"error_codes"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Codes) == 0 {
		return 0
	}
	return answer.Codes[0]
}

// TestUserSignsIn follows a user from its creation to its end, and looks at the login host after each step.
func TestUserSignsIn(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "tenantry.db")
	var logged bytes.Buffer
	s := mustOpen(t, server.Config{Dir: dir, Store: "sqlite:" + file, ForcePasswordChange: true, Logger: slog.New(slog.NewJSONHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	status, customer := create(t, s, mustAppToken(t, s), "", "kestrel.onmicrosoft.com")
	if status != http.StatusCreated {
		t.Fatalf("create: got %d %s", status, customer)
	}
	var id struct{ ID string }
	if err := json.Unmarshal([]byte(customer), &id); err != nil {
		t.Fatal(err)
	}
	users := s.URL() + "/v1/customers/" + id.ID + "/users"
	token := mustToken(t, s, contoso, url.Values{
		"grant_type": {"password"}, "client_id": {publicApp}, "resource": {"https://graph.windows.net"}, "username": {"admin@contosocloud.onmicrosoft.com"}, "password": {"dev-Passw0rd"},
	})
	send := func(method, path, body string) {
		t.Helper()
		status, text := mustSend(t, method, users+path, token, body)
		if status/100 != 2 {
			t.Fatalf("%s %s: got %d %s", method, path, status, text)
		}
		if path == "" && json.Unmarshal(text, &id) != nil {
			t.Fatalf("got %s", text)
		}
	}
	const bo, first, second, third = "bo@kestrel.onmicrosoft.com", "Qw7!rtz9-first", "Qw7!rtz9-second", "Qw7!rtz9-third"
	const unknown, wrong, expired = 50034, 50126, 50055
	want := func(name, password string, want int) {
		t.Helper()
		if got := signIn(t, s, name, password); got != want {
			t.Errorf("%s signs in with %s: got %d, want %d", name, password, got, want)
		}
	}
	profile := func(password string, force bool) string {
		return fmt.Sprintf(`{"passwordProfile":{"password":%q,"forceChangePassword":%t}}`, password, force)
	}
	want(bo, first, unknown)
	send(http.MethodPost, "", `{"userPrincipalName":"`+bo+`","displayName":"Bo",`+profile(first, false)[1:])
	want("BO@kestrel.onmicrosoft.com", first, 0)
	want(bo, second, wrong)
	send(http.MethodPatch, "/"+id.ID, profile(second, true))
	want(bo, first, wrong)
	want(bo, second, expired)
	send(http.MethodPatch, "/"+id.ID+"/resetpassword", profile(third, false))
	want(bo, third, 0)
	send(http.MethodDelete, "/"+id.ID, "")
	want(bo, third, unknown)
	send(http.MethodPatch, "/"+id.ID, `{"state":"active","userPrincipalName":"lindt@kestrel.onmicrosoft.com"}`)
	want(bo, third, unknown)
	want("lindt@kestrel.onmicrosoft.com", third, 0)

	for _, path := range []string{file, file + "-wal"} {
		kept, err := os.ReadFile(path)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if bytes.Contains(kept, []byte("Qw7!rtz9")) {
			t.Errorf("%s holds a password", filepath.Base(path))
		}
	}
	if strings.Contains(logged.String(), "Qw7!rtz9") {
		t.Error("the log holds a password")
	}
}
