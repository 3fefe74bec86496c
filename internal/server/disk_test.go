//go:build unix

package server_test

import (
	"bytes"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/store/disktest"
)

// logLines are a log that is read while it is written.
type logLines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logLines) Write(line []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(line)
}

// count is how often the words were logged.
func (l *logLines) count(words string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), words)
}

// onDisk is the configuration of a server whose store is on a disk that can fail.
func onDisk(t *testing.T, dir string) (server.Config, *disktest.Disk, *logLines) {
	t.Helper()
	disk, err := disktest.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(disk.Repair)
	log := &logLines{}
	return server.Config{
		Store:  "sqlite:" + filepath.Join(dir, "tenantry.db"),
		Dir:    t.TempDir(),
		Logger: slog.New(slog.NewTextHandler(log, nil)),
	}, disk, log
}

// mustBeBusy sends a create that the server cannot take, and looks whether the caller is told to come again.
func mustBeBusy(t *testing.T, s *server.Server, bearer, requestID, domain string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/v1/customers", strings.NewReader(strings.Replace(createBody, "%s", domain, 1)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+bearer)
	request.Header.Set("MS-RequestId", requestID)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" {
		t.Errorf("create %s: got %d, Retry-After %q, want 503 and a time", requestID, response.StatusCode, response.Header.Get("Retry-After"))
	}
}

// TestDiskFailsToSync has the disk fail to make a create durable: it is not answered as done, nothing is written any more, the
// server says so, and one that starts on what is left of the disk goes on.
func TestDiskFailsToSync(t *testing.T) {
	config, disk, log := onDisk(t, t.TempDir())
	s := mustOpen(t, config)
	bearer := mustAppToken(t, s)
	status, first := create(t, s, bearer, "first", "first.onmicrosoft.com")
	if status != http.StatusCreated {
		t.Fatalf("create: got %d %s", status, first)
	}
	disk.FailSyncs("-wal")
	mustBeBusy(t, s, bearer, "second", "second.onmicrosoft.com")
	disk.Repair()
	mustBeBusy(t, s, bearer, "second", "second.onmicrosoft.com")
	mustBeBusy(t, s, bearer, "third", "third.onmicrosoft.com")
	if err := <-s.Done(); !errors.Is(err, store.ErrSyncFailed) {
		t.Errorf("done: got %v, want %v", err, store.ErrSyncFailed)
	}
	for path, want := range map[string]int{
		"/_tenantry/readyz":                 http.StatusServiceUnavailable,
		"/_tenantry/healthz":                http.StatusOK,
		"/v1/domains/first.onmicrosoft.com": http.StatusOK,
	} {
		method := http.MethodGet
		if strings.HasPrefix(path, "/v1/domains") {
			method = http.MethodHead
		}
		if status, body := mustSend(t, method, s.URL()+path, bearer, ""); status != want {
			t.Errorf("%s: got %d %s, want %d", path, status, body, want)
		}
	}
	if n := log.count("the store has failed"); n != 1 {
		t.Errorf("the log tells of the failure %d times, want once", n)
	}
	left := t.TempDir()
	if err := disk.CutPower(left, rand.New(rand.NewPCG(1, 2))); err != nil {
		t.Fatal(err)
	}
	mustClose(t, s)

	s = mustOpen(t, server.Config{Store: "sqlite:" + filepath.Join(left, "tenantry.db"), Dir: config.Dir})
	if status, again := create(t, s, bearer, "first", "first.onmicrosoft.com"); status != http.StatusCreated || again != first {
		t.Errorf("what was answered before: got %d %s, want 201 %s", status, again, first)
	}
	for _, name := range []string{"second", "third"} {
		if status, body := create(t, s, bearer, name, name+".onmicrosoft.com"); status != http.StatusCreated {
			t.Errorf("%s, which was not: got %d %s, want 201", name, status, body)
		}
	}
}

// TestDiskIsFull refuses what would write, reads on, and goes on by itself when there is space again.
func TestDiskIsFull(t *testing.T) {
	config, disk, log := onDisk(t, t.TempDir())
	s := mustOpen(t, config)
	bearer := mustAppToken(t, s)
	status, first := create(t, s, bearer, "first", "first.onmicrosoft.com")
	if status != http.StatusCreated {
		t.Fatalf("create: got %d %s", status, first)
	}
	disk.Fill(true)
	for range 3 {
		mustBeBusy(t, s, bearer, "second", "second.onmicrosoft.com")
		// What only asks within a transaction succeeds, and says nothing about the space.
		if status, again := create(t, s, bearer, "first", "first.onmicrosoft.com"); status != http.StatusCreated || again != first {
			t.Errorf("a repeated create on a full disk: got %d %s, want 201 %s", status, again, first)
		}
	}
	for path, want := range map[string]int{"/v1/domains/first.onmicrosoft.com": http.StatusOK, "/v1/domains/second.onmicrosoft.com": http.StatusNotFound} {
		if status, _ := mustSend(t, http.MethodHead, s.URL()+path, bearer, ""); status != want {
			t.Errorf("%s on a full disk: got %d, want %d", path, status, want)
		}
	}
	if status, body := mustSend(t, http.MethodGet, s.URL()+"/_tenantry/readyz", "", ""); status != http.StatusOK {
		t.Errorf("ready for reads: got %d %s", status, body)
	}
	disk.Fill(false)
	if status, body := create(t, s, bearer, "second", "second.onmicrosoft.com"); status != http.StatusCreated {
		t.Errorf("with space again: got %d %s, want 201", status, body)
	}
	for words, want := range map[string]int{"the store cannot write": 1, "the store writes again": 1, "request failed": 0} {
		if n := log.count(words); n != want {
			t.Errorf("the log says %q %d times, want %d", words, n, want)
		}
	}
}
