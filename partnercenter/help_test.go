package partnercenter

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// guid is what a generated id looks like.
var guid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// staticToken is a credential whose token never changes.
type staticToken string

func (token staticToken) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: string(token), ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// transporter is a func in the place of the network.
type transporter func(*http.Request) (*http.Response, error)

func (t transporter) Do(req *http.Request) (*http.Response, error) { return t(req) }

// response is an answer to req that no network carried.
func response(req *http.Request, status int, header http.Header, body string) *http.Response {
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Header: header, Request: req,
		Body: io.NopCloser(strings.NewReader(body)),
	}
}

// request is what came over the wire.
type request struct {
	method, uri, body string
	header            http.Header
}

// recorder answers every request alike, or as its turn says, and remembers them.
type recorder struct {
	status int
	header http.Header
	body   string

	mu       sync.Mutex
	requests []request
}

func (rec *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	rec.mu.Lock()
	rec.requests = append(rec.requests, request{r.Method, r.RequestURI, string(body), r.Header.Clone()})
	rec.mu.Unlock()
	for name, values := range rec.header {
		w.Header()[name] = values
	}
	w.WriteHeader(rec.status)
	io.WriteString(w, rec.body)
}

// only is the one request that came.
func (rec *recorder) only(t *testing.T) request {
	t.Helper()
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if len(rec.requests) != 1 {
		t.Fatalf("got %d requests, want 1: %+v", len(rec.requests), rec.requests)
	}
	return rec.requests[0]
}

// mustClient is a client of a test server, which does not try twice unless opts say so.
func mustClient(t *testing.T, handler http.Handler, opts *ClientOptions) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	if opts == nil {
		opts = &ClientOptions{}
		opts.Retry.MaxRetries = -1
	}
	opts.Cloud = Cloud(server.URL)
	client, err := NewClient(staticToken("eyJ.secret.token"), opts)
	if err != nil {
		t.Fatal(err)
	}
	return client
}
