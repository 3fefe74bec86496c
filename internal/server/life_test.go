package server_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/internal/token"
)

const createBody = `{"companyProfile":{"domain":"%s"},"billingProfile":{"email":"a@b.example","culture":"en-US","language":"en","companyName":"A",
	"defaultAddress":{"country":"US","city":"Redmond","state":"WA","addressLine1":"1","postalCode":"98052","firstName":"A","lastName":"B"}}}`

func mustClose(t *testing.T, s *server.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

func mustAppToken(t *testing.T, s *server.Server) string {
	t.Helper()
	return mustToken(t, s, contoso, url.Values{"grant_type": {"client_credentials"}, "client_id": {contosoApp}, "client_secret": {"dev-secret"}, "resource": {"https://graph.windows.net"}})
}

// create sends a create under a request id, and returns the whole answer.
func create(t *testing.T, s *server.Server, token, requestID, domain string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/v1/customers", strings.NewReader(fmt.Sprintf(createBody, domain)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("MS-RequestId", requestID)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// TestRestart stops the server and starts it again: tokens, customers and answers are still good.
func TestRestart(t *testing.T) {
	dir := t.TempDir()
	config := server.Config{Store: "sqlite:" + filepath.Join(dir, "tenantry.db"), Dir: dir}
	s := mustOpen(t, config)
	bearer := mustAppToken(t, s)
	status, first := create(t, s, bearer, "94e4e214-6b06-4fb7-96d1-94d559f9b47f", "kestrel.onmicrosoft.com")
	if status != http.StatusCreated {
		t.Fatalf("create: got %d %s", status, first)
	}
	ca, err := os.ReadFile(s.CA())
	if err != nil {
		t.Fatal(err)
	}
	mustClose(t, s)

	s = mustOpen(t, config)
	if status, again := create(t, s, bearer, "94e4e214-6b06-4fb7-96d1-94d559f9b47f", "kestrel.onmicrosoft.com"); status != http.StatusCreated || again != first {
		t.Errorf("the same call after a restart: got %d\n%s\nwant 201\n%s", status, again, first)
	}
	if status, other := create(t, s, bearer, "94e4e214-6b06-4fb7-96d1-94d559f9b47f", "Kestrel.onmicrosoft.com"); status != http.StatusConflict {
		t.Errorf("another body under the same id: got %d %s, want 409", status, other)
	}
	if again, err := os.ReadFile(s.CA()); err != nil || string(again) != string(ca) {
		t.Errorf("the CA changed: %v", err)
	}
	mustClose(t, s)

	elsewhere, another := t.TempDir(), t.TempDir()
	if _, err := token.OpenRoot(filepath.Join(another, "root.key"), nil); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		config server.Config
		want   string
	}{
		{server.Config{Store: config.Store, Dir: elsewhere}, "there is none at " + elsewhere},
		{server.Config{Store: config.Store, Dir: another}, "another root key"},
		{server.Config{Store: config.Store, RootKey: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}, "another root key"},
	} {
		if _, err := server.Open(t.Context(), test.config); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("a store under another root key: got %v, want %q", err, test.want)
		}
	}
	if left, err := os.ReadDir(elsewhere); err != nil || len(left) != 0 {
		t.Errorf("the refused start left %v, %v", left, err)
	}
}

// TestClockRunsBack starts again with a clock that shows what it showed before, over and over.
func TestClockRunsBack(t *testing.T) {
	dir := t.TempDir()
	frozen := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	config := server.Config{Store: "sqlite:" + filepath.Join(dir, "tenantry.db"), Dir: dir, Now: func() time.Time { return frozen }}
	for i := range 3 {
		s := mustOpen(t, config)
		bearer := mustAppToken(t, s)
		for j := range 20 {
			if status, body := create(t, s, bearer, fmt.Sprint(i, j), fmt.Sprintf("c%dx%d.onmicrosoft.com", i, j)); status != http.StatusCreated {
				t.Fatalf("start %d, customer %d: got %d %s", i, j, status, body)
			}
		}
		mustClose(t, s)
	}
}

// TestOneOwner starts a second server on the data of the first.
func TestOneOwner(t *testing.T) {
	dir := t.TempDir()
	config := server.Config{Store: "sqlite:" + filepath.Join(dir, "tenantry.db"), Dir: dir}
	s := mustOpen(t, config)
	if _, err := server.Open(t.Context(), config); err == nil || !strings.Contains(err.Error(), "in use by tenantry at 127.0.0.1:0") {
		t.Errorf("a second server: got %v", err)
	}
	mustClose(t, s)
}

func TestOwnEndpoints(t *testing.T) {
	s := mustOpen(t, server.Config{})
	create(t, s, mustAppToken(t, s), "1", "kestrel.onmicrosoft.com")
	for _, test := range []struct{ path, want string }{
		{"/_tenantry/healthz", `{"status":"ok"}`},
		{"/_tenantry/readyz", `{"status":"ok"}`},
		{"/_tenantry/metrics", `tenantry_request_seconds_count{route="POST /v1/customers",status="201"} 1`},
		{"/_tenantry/metrics", `tenantry_store_writes_per_commit_count`},
		{"/_tenantry/ca.pem", "-----BEGIN CERTIFICATE-----"},
	} {
		if status, body := mustSend(t, http.MethodGet, s.URL()+test.path, "", ""); status != http.StatusOK || !strings.Contains(string(body), test.want) {
			t.Errorf("%s: got %d without %q:\n%s", test.path, status, test.want, body)
		}
	}
	if status, _ := mustSend(t, http.MethodGet, s.URL()+"/_tenantry/nothing", "", ""); status != http.StatusNotFound {
		t.Errorf("unknown path: got %d, want 404", status)
	}
}

// TestTLS lets azidentity, unmodified, get tokens over TLS on the port that also speaks plain HTTP.
func TestTLS(t *testing.T) {
	s := mustOpen(t, server.Config{Dir: t.TempDir()})
	pem, err := os.ReadFile(s.CA())
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		t.Fatal("no certificate in the CA's file")
	}
	transport := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	options := azcore.ClientOptions{
		Transport: transport,
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: strings.Replace(s.URL(), "http://127.0.0.1", "https://localhost", 1)},
	}
	secret, err := azidentity.NewClientSecretCredential(contoso, contosoApp, "dev-secret", &azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, scope := range []string{"https://graph.windows.net/.default", "https://api.partnercenter.microsoft.com/.default"} {
		token, err := secret.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{scope}})
		if err != nil {
			t.Fatalf("%s: %v", scope, err)
		}
		status, _ := mustSend(t, http.MethodHead, s.URL()+"/v1/domains/free.onmicrosoft.com", token.Token, "")
		if status != http.StatusNotFound {
			t.Errorf("%s: the API answered %d to the token, want 404", scope, status)
		}
	}
}

// TestCertificateOfOnesOwn serves TLS only, unless plain HTTP is asked for.
func TestCertificateOfOnesOwn(t *testing.T) {
	dir := t.TempDir()
	mustClose(t, mustOpen(t, server.Config{Dir: dir})) // makes a key pair that will do
	cert, key := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "ca.key")

	s := mustOpen(t, server.Config{TLSCert: cert, TLSKey: key})
	if !strings.HasPrefix(s.URL(), "https://") || s.CA() != "" {
		t.Errorf("URL %s, CA %q", s.URL(), s.CA())
	}
	plain := strings.Replace(s.URL(), "https://", "http://", 1)
	if status, body := mustSend(t, http.MethodGet, plain+"/_tenantry/healthz", "", ""); status != http.StatusBadRequest {
		t.Errorf("plain HTTP: got %d %s, want 400", status, body)
	}
	both := mustOpen(t, server.Config{TLSCert: cert, TLSKey: key, PlainHTTP: true})
	if status, _ := mustSend(t, http.MethodGet, both.URL()+"/_tenantry/healthz", "", ""); status != http.StatusOK {
		t.Errorf("plain HTTP that is asked for: got %d, want 200", status)
	}
	if _, err := server.Open(t.Context(), server.Config{TLSCert: filepath.Join(dir, "none.pem"), TLSKey: key}); err == nil {
		t.Error("a certificate that is not there: got no error")
	}
}

// TestGracefulClose closes the server while a request is under way.
func TestGracefulClose(t *testing.T) {
	s := mustOpen(t, server.Config{})
	token := mustAppToken(t, s)
	conn, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := fmt.Sprintf(createBody, "late.onmicrosoft.com")
	_, err = fmt.Fprintf(conn, "POST /v1/customers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", token, len(body))
	if err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReader(conn)
	if line, err := reader.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") { // now the handler waits for the body
		t.Fatalf("got %q, %v", line, err)
	}
	if _, err := reader.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	closed := make(chan error, 1)
	go func() { closed <- s.Close(context.Background()) }()
	if _, err := io.WriteString(conn, body); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(reader, nil)
	if err != nil || response.StatusCode != http.StatusCreated {
		t.Fatalf("the request under way: got %v, %v, want 201", response, err)
	}
	response.Body.Close()
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if err, open := <-s.Done(); open {
		t.Errorf("serving ended with %v", err)
	}
}

// TestHostile sends what nobody should, and asks whether the server is still well.
func TestHostile(t *testing.T) {
	s := mustOpen(t, server.Config{})
	token := mustAppToken(t, s)
	for _, test := range []struct {
		name, body string
		want       int
	}{
		{"a body at the limit", strings.Repeat(" ", 256<<10), http.StatusBadRequest},
		{"a body over the limit", strings.Repeat(" ", 256<<10+1), http.StatusBadRequest},
		{"a deep body", strings.Repeat("[", 200<<10), http.StatusBadRequest},
		{"a deep body behind a quote in a comment", `/*"*/` + strings.Repeat("[", 200<<10), http.StatusBadRequest},
		{"not UTF-8", "{\"companyProfile\":{\"domain\":\"\xff\xfe\"}}", http.StatusBadRequest},
		{"many commas", "{" + strings.Repeat(",", 200<<10) + "}", http.StatusBadRequest},
	} {
		if status, body := mustSend(t, http.MethodPost, s.URL()+"/v1/customers", token, test.body); status != test.want || !strings.Contains(string(body), `"code":800002`) {
			t.Errorf("%s: got %d %.200s, want %d", test.name, status, body, test.want)
		}
	}
	for _, target := range []string{"/v1/customers/%00", "/v1/customers/%2e%2e", "/v1/domains/%F0%9F", "/%2Fv1", "/v1/customers/" + strings.Repeat("a", 60000), "//", "/..", "/v1/\x7f"} {
		conn, err := net.Dial("tcp", s.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", target, token); err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil || response.StatusCode >= 500 && response.StatusCode != http.StatusNotImplemented || response.StatusCode < 400 {
			t.Errorf("%.60s: got %v, %v, want a refusal", target, response, err)
		} else {
			response.Body.Close()
		}
		conn.Close()
	}
	if status, _ := mustSend(t, http.MethodGet, s.URL()+"/_tenantry/readyz", "", ""); status != http.StatusOK {
		t.Errorf("afterwards: got %d, want 200", status)
	}
}
