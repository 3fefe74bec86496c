//go:build failover

package patroni_test

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// world is two servers on one database, and a partner's user who calls them.
type world struct {
	servers [2]string // their URLs
	client  *http.Client
	token   string

	environment []string // of the command
	binary      string
}

// startServers starts two servers.
func startServers(t *testing.T, store string) *world {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "tenantry")
	build := exec.Command("go", "build", "-o", binary, "../../cmd/tenantry")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, text)
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	environment := append(os.Environ(), "TENANTRY_STORE="+store, "TENANTRY_ROOT_KEY="+base64.StdEncoding.EncodeToString(key))

	makeWorld(t, environment, binary)

	w := &world{client: &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 64}}, environment: environment, binary: binary}
	for i := range w.servers {
		w.servers[i] = startServer(t, environment, binary)
	}
	response, err := w.client.PostForm(w.servers[0]+"/contosocloud.onmicrosoft.com/oauth2/token", url.Values{
		"grant_type": {"password"}, "client_id": {"11111111-0000-4000-8000-00000000a001"}, "client_secret": {"dev-secret"},
		"username": {"admin@contosocloud.onmicrosoft.com"}, "password": {"dev-Passw0rd"}, "resource": {"https://api.partnercenter.microsoft.com"},
	})
	must(t, err)
	body, err := io.ReadAll(response.Body)
	must(t, err)
	var token struct {
		AccessToken string `json:"access_token"`
	}
	must(t, json.Unmarshal(body, &token))
	if token.AccessToken == "" {
		t.Fatalf("token: %s", body)
	}
	w.token = token.AccessToken
	return w
}

// makeWorld fills the store with the ready-made world, whose passwords are known.
func makeWorld(t *testing.T, environment []string, binary string) {
	t.Helper()
	dev := exec.Command(binary, "dev", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--log-level", "warn")
	dev.Env, dev.Stderr = environment, os.Stderr
	stdout, err := dev.StdoutPipe()
	must(t, err)
	must(t, dev.Start())
	if _, err := stdout.Read(make([]byte, 4096)); err != nil { // the screen comes when all is there
		t.Fatalf("make the world: %v", err)
	}
	must(t, dev.Process.Signal(os.Interrupt))
	_, _ = io.Copy(io.Discard, stdout)
	must(t, dev.Wait())
}

// startServer starts a server and returns its URL. It has to end by itself when it is asked to, whatever it has lived through.
func startServer(t *testing.T, environment []string, binary string) string {
	t.Helper()
	server := exec.Command(binary, "serve", "--dir", t.TempDir(), "--listen", "127.0.0.1:0", "--log-level", "warn")
	server.Env = environment
	log, err := os.CreateTemp(t.TempDir(), "log")
	must(t, err)
	server.Stderr = log
	stdout, err := server.StdoutPipe()
	must(t, err)
	must(t, server.Start())
	t.Cleanup(func() {
		must(t, server.Process.Signal(os.Interrupt))
		if err := server.Wait(); err != nil {
			t.Errorf("the server ended: %v", err)
		}
		text, err := os.ReadFile(log.Name())
		must(t, err)
		if t.Failed() {
			t.Logf("the server's log ends so:\n%s", text[max(0, len(text)-4096):])
		}
		if bytes.Contains(text, []byte("example-tenantry")) {
			t.Error("the log holds the password of the database")
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("start a server: %v", err)
	}
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "tenantry serves ")
	if !ok {
		t.Fatalf("the server says %q, want where it serves", line)
	}
	return address
}

// checkStore holds the store to all that has to be true of it.
func (w *world) checkStore(t *testing.T) {
	t.Helper()
	check := exec.Command(w.binary, "store", "check")
	check.Env = w.environment
	if text, err := check.CombinedOutput(); err != nil {
		t.Errorf("store check: %v\n%s", err, text)
	}
}

// answer is what a call was answered.
type answer struct {
	status     int
	retryAfter string
	body       []byte
}

// String is for messages.
func (a *answer) String() string {
	return fmt.Sprintf("%d, Retry-After %q: %s", a.status, a.retryAfter, a.body)
}

// call is a request.
type call struct {
	method, path string
	header       map[string]string
	body         string
}

// call sends the request to a server. A server that does not answer is an error: it has to, whatever its database does.
func (w *world) call(server string, c call) (*answer, error) {
	request, err := http.NewRequest(c.method, server+c.path, strings.NewReader(c.body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+w.token)
	request.Header.Set("Content-Type", "application/json")
	for name, value := range c.header {
		request.Header.Set(name, value)
	}
	response, err := w.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return &answer{response.StatusCode, response.Header.Get("Retry-After"), text}, err
}

// settled repeats the call until it is answered something other than busy.
func (w *world) settled(server string, c call) (*answer, error) {
	for deadline := time.Now().Add(patience); ; {
		a, err := w.call(server, c)
		if err != nil || a.status != http.StatusServiceUnavailable || time.Now().After(deadline) {
			return a, err
		}
		time.Sleep(time.Second)
	}
}
