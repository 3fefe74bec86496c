//go:build clients

// Package clients_test drives the binary with the identity libraries that people use, as they come from their registries:
// none is patched, and each is only told where the server is. make clients runs it.
package clients_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" // the form in which the libraries want a thumbprint
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// What the world is made of. The partner is one of the ready-made world's.
const (
	tenant    = "11111111-1111-4111-8111-111111111111"
	domain    = "contosocloud.onmicrosoft.com"
	app       = "11111111-0000-4000-8000-00000000a001"
	secret    = "dev-secret"
	certApp   = "11111111-0000-4000-8000-00000000a002"
	publicApp = "11111111-0000-4000-8000-00000000a003"
	adminKey  = "dev-secret"
	userName  = "admin@contosocloud.onmicrosoft.com"
	password  = "dev-Passw0rd"
)

// world is a running binary and what clients have to know of it.
type world struct {
	dir      string // of files that clients read
	origin   string // https://localhost:port
	http     string // http://127.0.0.1:port
	customer string // a tenant that the partner administers
	ending   string // another one, for which it will end
	cert     certificate
	key      *rsa.PrivateKey
}

type certificate struct {
	der          []byte
	sha1, sha256 string
}

// environment is how programs in other languages are told of the world.
func (w *world) environment(t *testing.T) []string {
	t.Helper()
	return append(os.Environ(), "BROWSER="+w.browse(t),
		"TENANTRY_ORIGIN="+w.origin, "TENANTRY_HTTP="+w.http, "TENANT="+tenant, "DOMAIN="+domain, "APP="+app, "SECRET="+secret,
		"CERT_APP="+certApp, "PUBLIC_APP="+publicApp, "ADMIN_KEY="+adminKey, "USER_NAME="+userName, "USER_PASSWORD="+password,
		"CUSTOMER="+w.customer, "ENDING="+w.ending,
		"CA="+w.path("data/ca.pem"), "CERT="+w.path("app.pem"), "KEY="+w.path("app.key"), "WRONG_KEY="+w.path("wrong.key"), "BUNDLE="+w.path("bundle.pem"),
		"THUMBPRINT="+w.cert.sha1, "THUMBPRINT256="+w.cert.sha256,
		"NODE_EXTRA_CA_CERTS="+w.path("data/ca.pem"), "REQUESTS_CA_BUNDLE="+w.path("data/ca.pem"),
	)
}

func (w *world) path(name string) string { return filepath.Join(w.dir, name) }

// binary is the server, built once.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tenantry-clients")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "tenantry")
	build := exec.Command("go", "build", "-o", path, "../cmd/tenantry")
	if text, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, text)
	}
	return path, nil
})

// newWorld starts a server, with the flags.
func newWorld(t *testing.T, flags ...string) *world {
	t.Helper()
	w := &world{dir: t.TempDir()}
	w.makeCertificate(t)
	w.writeSeed(t)
	path, err := binary()
	must(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, path, append([]string{"dev", "--data", w.path("data"), "--seed", w.path("seed.json"), "--listen", "127.0.0.1:0", "--log-level", "warn"}, flags...)...)
	server.Cancel = func() error { return server.Process.Signal(os.Interrupt) }
	server.WaitDelay = 20 * time.Second
	output, writer := io.Pipe()
	server.Stdout, server.Stderr = writer, os.Stderr
	must(t, server.Start())
	t.Cleanup(func() {
		cancel()
		_ = server.Wait() // ended by our signal
	})
	w.findAddress(t, output)
	w.customer, w.ending = w.createCustomer(t, "kept"), w.createCustomer(t, "ending")
	return w
}

var address = regexp.MustCompile(`http://127\.0\.0\.1:(\d+)`)

// findAddress reads the screen until it says where the server listens, and then on and on, so that the server never waits.
func (w *world) findAddress(t *testing.T, output io.Reader) {
	t.Helper()
	text := make([]byte, 0, 4096)
	chunk := make([]byte, 4096)
	for {
		n, err := output.Read(chunk)
		must(t, err)
		text = append(text, chunk[:n]...)
		if found := address.FindSubmatch(text); found != nil {
			w.http, w.origin = string(found[0]), "https://localhost:"+string(found[1])
			go func() { _, _ = io.Copy(io.Discard, output) }()
			return
		}
	}
}

// makeCertificate makes a key and a certificate for an application, and another key.
func (w *world) makeCertificate(t *testing.T) {
	t.Helper()
	var err error
	w.key, err = rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	wrong, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "clients"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	w.cert.der, err = x509.CreateCertificate(rand.Reader, template, template, w.key.Public(), w.key)
	must(t, err)
	sum1, sum256 := sha1.Sum(w.cert.der), sha256.Sum256(w.cert.der)
	w.cert.sha1, w.cert.sha256 = hex.EncodeToString(sum1[:]), hex.EncodeToString(sum256[:])
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: w.cert.der})
	inPEM := func(key *rsa.PrivateKey) []byte {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		must(t, err)
		return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	}
	for name, text := range map[string][]byte{
		"app.pem": certificate, "app.key": inPEM(w.key), "wrong.key": inPEM(wrong), "bundle.pem": append(inPEM(w.key), certificate...),
	} {
		must(t, os.WriteFile(w.path(name), text, 0o600))
	}
}

// writeSeed adds applications to the ready-made world.
func (w *world) writeSeed(t *testing.T) {
	t.Helper()
	certificate, err := os.ReadFile(w.path("app.pem"))
	must(t, err)
	seed, err := json.Marshal(map[string]any{"partners": []any{map[string]any{
		"id": tenant, "name": "Contoso Cloud", "domain": domain, "kind": "direct", "country": "US",
		"apps": []any{
			map[string]any{"id": certApp, "name": "Service", "certificates": []string{string(certificate)}},
			map[string]any{"id": publicApp, "name": "Desktop", "redirectUris": []string{"http://localhost"}},
		},
	}}})
	must(t, err)
	must(t, os.WriteFile(w.path("seed.json"), seed, 0o600))
}

// createCustomer makes a customer of the partner's and returns its tenant id.
func (w *world) createCustomer(t *testing.T, name string) string {
	t.Helper()
	body := fmt.Sprintf(`{"companyProfile": {"domain": "%s%d.onmicrosoft.com"}, "billingProfile": {"email": "a@b.example", "culture": "en-US", "language": "en",
		"companyName": "%[1]s", "defaultAddress": {"country": "US", "city": "Redmond", "state": "WA", "addressLine1": "1 Way", "postalCode": "98052", "firstName": "A", "lastName": "B"}}}`,
		name, time.Now().UnixNano())
	var customer struct {
		ID string `json:"id"`
	}
	must(t, json.Unmarshal(w.call(t, http.MethodPost, "/v1/customers", body, http.StatusCreated), &customer))
	return customer.ID
}

// endDelegatedAdmin ends the partner's delegated admin at the customer.
func (w *world) endDelegatedAdmin(t *testing.T, customer string) {
	t.Helper()
	w.call(t, http.MethodPatch, "/v1/customers/"+customer, `{"allowDelegatedAccess": false, "attributes": {"objectType": "Customer"}}`, http.StatusOK)
}

// call sends a request to the API with a token of the user's.
func (w *world) call(t *testing.T, method, path, body string, want int) []byte {
	t.Helper()
	response, err := http.PostForm(w.http+"/"+tenant+"/oauth2/token", url.Values{
		"grant_type": {"password"}, "client_id": {publicApp}, "username": {userName}, "password": {password}, "resource": {"https://api.partnercenter.microsoft.com"},
	})
	must(t, err)
	defer response.Body.Close()
	var token struct {
		AccessToken string `json:"access_token"`
	}
	must(t, json.NewDecoder(response.Body).Decode(&token))
	return w.send(t, method, path, body, token.AccessToken, want)
}

// advance moves the server's clock.
func (w *world) advance(t *testing.T, by time.Duration) {
	t.Helper()
	w.send(t, http.MethodPost, "/_tenantry/admin/clock/advance", fmt.Sprintf(`{"by": %q}`, by), adminKey, http.StatusOK)
}

// createUser makes a user of the partner's, an admin agent, and returns its sign-in name and password.
func (w *world) createUser(t *testing.T, name string) (userName, password string) {
	t.Helper()
	var made struct{ User, Password string }
	must(t, json.Unmarshal(w.send(t, http.MethodPost, "/_tenantry/admin/partners/"+tenant+"/users", fmt.Sprintf(`{"name": %q, "agents": ["AdminAgents"]}`, name), adminKey, http.StatusOK), &made))
	return made.User, made.Password
}

func (w *world) send(t *testing.T, method, path, body, token string, want int) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, w.http+path, strings.NewReader(body))
	must(t, err)
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	must(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(t, err)
	if response.StatusCode != want {
		t.Fatalf("%s %s: got %s, want %d: %s", method, path, response.Status, want, text)
	}
	return text
}

// run runs a command in a directory beside this file, and shows what it said if it fails.
func run(t *testing.T, environment []string, dir, name string, args ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	command.Dir, command.Env = dir, environment
	text, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, text)
	}
	t.Logf("%s %s:\n%s", name, strings.Join(args, " "), text)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
