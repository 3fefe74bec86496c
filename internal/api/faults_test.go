package api_test

import (
	"bytes"
	"cmp"
	crand "crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/api"
	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/token"
	"github.com/tenantry/tenantry/partnercenter"
)

// elsewhere says which rows of the catalogue no golden file can show, and where they are shown.
var elsewhere = map[*partnercenter.Fault]string{
	partnercenter.ErrUnexpected:   "TestUnexpected",
	partnercenter.ErrBusy:         "TestBusy",
	partnercenter.ErrSandboxLimit: "csp: 75 customers make a long file",
}

// TestEveryFaultIsShown looks for each row of the catalogue in the golden files.
func TestEveryFaultIsShown(t *testing.T) {
	shown := map[string]bool{}
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	answer := regexp.MustCompile(`(?s)HTTP/1\.1 (\d+) .*?\n\n\{(?:"code":(\d+)|"statusCode":\d+),`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for section := range strings.SplitSeq(string(text), "-- answer --\n") {
			if match := answer.FindStringSubmatch(section); match != nil {
				shown[match[1]+"/"+cmp.Or(match[2], "0")] = true // the gateway's shape has no code
			}
		}
	}
	for _, fault := range partnercenter.Faults() {
		key := fmt.Sprintf("%d/%d", fault.Status, fault.Code)
		if _, ok := elsewhere[fault]; !ok && !shown[key] {
			t.Errorf("no golden file shows %s, %s", key, fault.Description)
		}
	}
}

// broken is a handler whose store is closed, with chance of the test's, and a token that it takes.
func broken(t *testing.T, rand io.Reader, logged io.Writer) (handler http.Handler, bearer string) {
	t.Helper()
	ctx := t.Context()
	db, err := store.Open(ctx, "sqlite::memory:", store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	root, err := token.NewRoot(nil)
	if err != nil {
		t.Fatal(err)
	}
	keys := &token.Keys{Store: db, Root: root}
	if err := keys.Start(ctx); err != nil {
		t.Fatal(err)
	}
	ids := &csp.IDs{}
	partner := &csp.Partner{ID: ids.New(), Name: "Contoso", Domain: "contoso.onmicrosoft.com", Kind: csp.DirectReseller}
	if err := db.CreatePartner(ctx, partner); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Partner(ctx, partner.ID); err != nil { // from now on the store knows it without reading
		t.Fatal(err)
	}
	bearer, err = keys.SignAccess(ctx, &token.Claims{
		Audience: "https://graph.windows.net", Issuer: token.IssuerOf(token.DefaultIssuer, partner.ID.String()), Life: token.LifeFrom(time.Now()),
		AppID: ids.New().String(), ObjectID: ids.New().String(), TenantID: partner.ID.String(), Version: "1.0",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(keys.Close(), db.Close()); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	(&api.Handler{
		Customers: &csp.Customers{
			Store: db, IDs: ids, Now: time.Now, Rand: crand.Reader,
			FirstPassword: func(csp.ID) string { return "" }, Credential: func(csp.ID) []byte { return []byte{1} },
		},
		Store: db, IDs: ids, Rand: rand, Now: time.Now, Logger: slog.New(slog.NewJSONHandler(logged, nil)),
		Tokens: &token.Verifier{Keys: keys, Audiences: []string{"https://graph.windows.net"}},
	}).Mount(mux)
	return mux, bearer
}

// TestUnexpected lets a request fail for no fault of the caller's: it learns nothing but that, and the log learns all.
func TestUnexpected(t *testing.T) {
	var logged bytes.Buffer
	handler, _ := broken(t, failing{}, &logged)
	request := httptest.NewRequest(http.MethodGet, "/v1/countryvalidationrules/US", nil)
	request.Header.Set("MS-RequestId", "94e4e214-6b06-4fb7-96d1-94d559f9b47f")
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)

	if recorder.Code != http.StatusInternalServerError {
		t.Errorf("status: got %d, want 500", recorder.Code)
	}
	var fault partnercenter.Fault
	if err := json.Unmarshal(recorder.Body.Bytes(), &fault); err != nil || fault.Code != partnercenter.ErrUnexpected.Code {
		t.Errorf("body: got %s, %v", recorder.Body, err)
	}
	if strings.Contains(recorder.Body.String(), secretCause) {
		t.Errorf("the cause reached the caller: %s", recorder.Body)
	}
	if !strings.Contains(logged.String(), secretCause) || !strings.Contains(logged.String(), "94e4e214-6b06-4fb7-96d1-94d559f9b47f") {
		t.Errorf("the log lacks the cause or the request id: %s", logged.String())
	}
}

const secretCause = "the source of chance is dry"

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New(secretCause) }

// TestBusy asks a server that cannot write any more for a customer.
func TestBusy(t *testing.T) {
	handler, bearer := broken(t, crand.Reader, io.Discard)
	request := httptest.NewRequest(http.MethodPost, "/v1/customers", strings.NewReader(
		`{"companyProfile":{"domain":"a.onmicrosoft.com"},"billingProfile":{"email":"a@b.example","culture":"en-US","language":"en","companyName":"A",
		"defaultAddress":{"country":"US","city":"Redmond","state":"WA","addressLine1":"1","postalCode":"98052","firstName":"A","lastName":"B"}}}`))
	request.Header.Set("Authorization", "Bearer "+bearer)
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	after, err := strconv.Atoi(recorder.Header().Get("Retry-After"))
	if recorder.Code != http.StatusServiceUnavailable || err != nil || after < 1 {
		t.Errorf("got %d with Retry-After %q, want 503 with seconds: %s", recorder.Code, recorder.Header().Get("Retry-After"), recorder.Body)
	}
}
