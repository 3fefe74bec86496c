package admin_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/admin"
	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/store"
)

const key = "0123456789abcdef"

// surface is the handler on a store with one partner, and that store.
func surface(t *testing.T, logged io.Writer) (http.Handler, *store.DB) {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite::memory:", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // a test may have closed it already
	partner := &csp.Partner{ID: csp.MustParseID(contoso), Name: "Contoso", Domain: "contoso.onmicrosoft.com", Kind: csp.DirectReseller}
	if err := db.CreatePartner(t.Context(), partner); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	(&admin.Handler{
		Key: key, IDs: &csp.IDs{}, Logger: slog.New(slog.NewJSONHandler(logged, nil)),
		Qualifications: &csp.Qualifications{Store: db, Now: time.Now}, Codes: &csp.ValidationCodes{Store: db}, Store: db,
	}).Mount(mux)
	return mux, db
}

const contoso = "11111111-1111-4111-8111-111111111111"

func ask(handler http.Handler, method, path, authorization, body string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, strings.TrimSuffix("/_tenantry/admin/"+path, "/"), strings.NewReader(body))
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder
}

// TestKey asks with all that could be taken for the key. Each path answers the same without it, also one that is none.
func TestKey(t *testing.T) {
	handler, _ := surface(t, io.Discard)
	for _, test := range []struct {
		name, authorization string
		want                int
	}{
		{"the key", "Bearer " + key, http.StatusOK},
		{"the scheme in small letters", "bearer  " + key + " ", http.StatusOK},
		{"nothing", "", http.StatusUnauthorized},
		{"no scheme", key, http.StatusUnauthorized},
		{"another scheme", "Basic " + key, http.StatusUnauthorized},
		{"an empty key", "Bearer ", http.StatusUnauthorized},
		{"a part of it", "Bearer " + key[:15], http.StatusUnauthorized},
		{"more than it", "Bearer " + key + "0", http.StatusUnauthorized},
		{"in capitals", "Bearer " + strings.ToUpper(key), http.StatusUnauthorized},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := ask(handler, http.MethodGet, "partners/"+contoso+"/validationcodes", test.authorization, "")
			if answer.Code != test.want || answer.Header().Get("Cache-Control") != "no-store" || strings.Contains(answer.Body.String(), key) {
				t.Errorf("got %d %s, want %d", answer.Code, answer.Body, test.want)
			}
			if test.want == http.StatusOK {
				return
			}
			for _, path := range []string{"", "nothing", "customers/" + contoso + "/qualifications"} {
				if other := ask(handler, http.MethodDelete, path, test.authorization, ""); other.Code != test.want || other.Body.String() != answer.Body.String() {
					t.Errorf("%s: got %d %s, want %d %s", path, other.Code, other.Body, answer.Code, answer.Body)
				}
			}
		})
	}
}

// burning is a store that cannot read its codes.
type burning struct{ *store.DB }

func (burning) ValidationCodes(context.Context, csp.ID) ([]*csp.ValidationCode, error) {
	return nil, errors.New("the disk is on fire")
}

// TestGuessedKeys: whoever guesses the key is slowed down, by address; who repeats an old one is not.
func TestGuessedKeys(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	var logged bytes.Buffer
	mux := http.NewServeMux()
	(&admin.Handler{Key: key, Logger: slog.New(slog.NewTextHandler(&logged, nil)), Now: func() time.Time { return now }}).Mount(mux)
	try := func(from, tried string) *httptest.ResponseRecorder {
		request := httptest.NewRequest(http.MethodGet, "/_tenantry/admin/clock", nil)
		request.Header.Set("Authorization", "Bearer "+tried)
		request.RemoteAddr = from
		recorder := httptest.NewRecorder()
		mux.ServeHTTP(recorder, request)
		return recorder
	}
	want := func(what string, status int, from, tried string) {
		t.Helper()
		if got := try(from, tried); got.Code != status {
			t.Errorf("%s: got %d %s, want %d", what, got.Code, got.Body, status)
		}
	}
	const attacker, owner, known = "198.51.100.7:1", "203.0.113.9:1", http.StatusNotFound // the key is right, and there is no clock
	for range 30 {
		want("an outdated key", http.StatusUnauthorized, owner, "outdated-key-0000")
	}
	want("the key after it", known, owner, key)
	for i := range 10 {
		want("a guess", http.StatusUnauthorized, attacker, fmt.Sprint("guess", i))
	}
	locked := try(attacker, key)
	if locked.Code != http.StatusTooManyRequests || locked.Header().Get("Retry-After") != "60" || !strings.Contains(locked.Body.String(), "Too many wrong admin keys") {
		t.Errorf("the key after ten guesses: got %d %v %s", locked.Code, locked.Header(), locked.Body)
	}
	want("another port", http.StatusTooManyRequests, "198.51.100.7:2", "guess10")
	want("no key at all", http.StatusUnauthorized, attacker, "")
	want("the owner", known, owner, key)
	if !strings.Contains(logged.String(), "198.51.100.7") || strings.Contains(logged.String(), "guess1") || strings.Contains(logged.String(), key) {
		t.Errorf("the log: got %s", &logged)
	}
	now = now.Add(time.Minute)
	want("a minute later", known, attacker, key)
	for i := range 10 {
		want("nothing is left of it", http.StatusUnauthorized, attacker, fmt.Sprint("guess", i))
	}
}

// TestTroubles lets requests fail for no fault of the caller's: it learns nothing of the cause, and the log all.
func TestTroubles(t *testing.T) {
	var logged bytes.Buffer
	handler, db := surface(t, &logged)
	if answer := ask(handler, http.MethodPut, "partners/"+contoso+"/validationcodes/1", "Bearer "+key, `{"organizationName":"A","maxCreates":1}`); answer.Code != http.StatusOK {
		t.Fatalf("put: got %d %s", answer.Code, answer.Body)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	answer := ask(handler, http.MethodPut, "partners/"+contoso+"/validationcodes/1", "Bearer "+key, `{"organizationName":"A","maxCreates":2}`)
	if answer.Code != http.StatusServiceUnavailable || answer.Header().Get("Retry-After") == "" {
		t.Errorf("a write: got %d %s, want 503 with Retry-After", answer.Code, answer.Body)
	}
	answer = ask(handler, http.MethodGet, "partners/"+contoso+"/validationcodes", "Bearer "+key, "")
	if answer.Code != http.StatusServiceUnavailable || answer.Header().Get("Retry-After") == "" {
		t.Errorf("a read: got %d %s, want 503 with Retry-After", answer.Code, answer.Body)
	}

	mux := http.NewServeMux()
	(&admin.Handler{Key: key, Logger: slog.New(slog.NewJSONHandler(&logged, nil)), Codes: &csp.ValidationCodes{Store: burning{db}}, Store: db}).Mount(mux)
	answer = ask(mux, http.MethodGet, "partners/"+contoso+"/validationcodes", "Bearer "+key, "")
	if answer.Code != http.StatusInternalServerError || strings.Contains(answer.Body.String(), "fire") {
		t.Errorf("a read from a burning disk: got %d %s, want 500 and no cause", answer.Code, answer.Body)
	}
	if !strings.Contains(logged.String(), "the disk is on fire") || strings.Contains(logged.String(), key) {
		t.Errorf("the log: got %s, want the cause, and no key", logged.String())
	}
}
