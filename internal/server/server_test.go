package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/server"
)

const (
	contoso    = "11111111-1111-4111-8111-111111111111"
	contosoApp = "11111111-0000-4000-8000-00000000a001"
	publicApp  = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
)

func mustOpen(t *testing.T, config server.Config) *server.Server {
	t.Helper()
	if config.World == nil {
		config.World = server.DevWorld()
	}
	s, err := server.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestMainJob is the whole of it: a token, a customer, its administrator's sign-in.
func TestMainJob(t *testing.T) {
	var logged bytes.Buffer
	s := mustOpen(t, server.Config{Dir: t.TempDir(), Logger: slog.New(slog.NewJSONHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	token := mustToken(t, s, contoso, url.Values{
		"grant_type": {"client_credentials"}, "client_id": {contosoApp}, "client_secret": {"dev-secret"}, "resource": {"https://graph.windows.net"},
	})
	status, body := mustSend(t, http.MethodPost, s.URL()+"/v1/customers", token, `{"CompanyProfile":{"Domain":"kestrel.onmicrosoft.com",},
		"BillingProfile":{"Culture":"EN-US","Email":"ana@kestrel.example","Language":"en","CompanyName":"Kestrel","DefaultAddress":{"FirstName":"Ana","LastName":"Roche",
		"AddressLine1":"12 Mill St","City":"Salem","State":"OR","PostalCode":"97301","Country":"US",}}}`)
	var customer struct {
		ID              string
		UserCredentials struct{ UserName, Password string }
	}
	if err := json.Unmarshal(body, &customer); err != nil || status != http.StatusCreated {
		t.Fatalf("create: got %d %s", status, body)
	}
	status, body = mustSend(t, http.MethodGet, s.URL()+"/v1//Customers/"+customer.ID+"/", token, "")
	if status != http.StatusOK || !bytes.Contains(body, []byte(`"relationshipToPartner":"reseller"`)) {
		t.Errorf("get: got %d %s", status, body)
	}
	mustToken(t, s, "kestrel.onmicrosoft.com", url.Values{
		"grant_type": {"password"}, "client_id": {publicApp}, "resource": {"https://graph.windows.net"},
		"username": {customer.UserCredentials.UserName + "@kestrel.onmicrosoft.com"}, "password": {customer.UserCredentials.Password},
	})
	for _, secret := range []string{token, customer.UserCredentials.Password, "dev-secret"} {
		if strings.Contains(logged.String(), secret) {
			t.Errorf("the log holds a secret: %.20s…", secret)
		}
	}
	if !strings.Contains(logged.String(), `"route":"POST /v1/customers"`) {
		t.Errorf("the log does not tell of the request: %s", logged.String())
	}
}

func mustToken(t *testing.T, s *server.Server, tenant string, form url.Values) string {
	t.Helper()
	response, err := http.PostForm(s.URL()+"/"+tenant+"/oauth2/token", form)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var answer struct {
		AccessToken      string `json:"access_token"`
		ErrorDescription string `json:"error_description"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("token: got %d, %v, %s", response.StatusCode, err, answer.ErrorDescription)
	}
	return answer.AccessToken
}

func mustSend(t *testing.T, method, target, token, body string) (int, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
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
	return response.StatusCode, text
}
