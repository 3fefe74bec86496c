package partnercenter

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

func TestLargeAnswers(t *testing.T) {
	padded := func(size int) string { return "{}" + strings.Repeat(" ", size-2) }
	for _, test := range []struct {
		name string
		body string
		want string // of the error
	}{
		{"as large as may be", padded(answerLimit), ""},
		{"one byte more", padded(answerLimit + 1), "the answer is larger than 16 MiB"},
	} {
		t.Run(test.name, func(t *testing.T) {
			rec := &recorder{status: 200, body: test.body}
			opts := &ClientOptions{} // with retries, which must not happen
			_, err := mustClient(t, rec, opts).Customers.Get(t.Context(), "1", nil)
			if (err != nil) != (test.want != "") || err != nil && err.Error() != test.want {
				t.Errorf("got %v, want %q", err, test.want)
			}
			rec.only(t)
		})
	}
}

// TestUnpackedSizeCounts sends a small answer that grows.
func TestUnpackedSizeCounts(t *testing.T) {
	var packed bytes.Buffer
	packer := gzip.NewWriter(&packed)
	packer.Write(bytes.Repeat([]byte(" "), answerLimit+1))
	packer.Close()
	rec := &recorder{status: 200, header: http.Header{"Content-Encoding": {"gzip"}}, body: packed.String()}
	_, err := mustClient(t, rec, nil).Customers.Get(t.Context(), "1", nil)
	if want := "the answer is larger than 16 MiB"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLargeFault(t *testing.T) {
	rec := &recorder{status: 403, body: strings.Repeat("x", 3*faultLimit)}
	var raw *http.Response
	_, err := mustClient(t, rec, nil).Customers.Get(policy.WithCaptureResponse(t.Context(), &raw), "1", nil)
	fault, ok := errors.AsType[*Fault](err)
	if !ok || fault.Status != 403 || fault.Description != strings.Repeat("x", excerptLimit)+"…" {
		t.Errorf("got %v, want 403 and the beginning of the text", err)
	}
	if kept, err := io.ReadAll(raw.Body); len(kept) != faultLimit || err != nil {
		t.Errorf("got %d bytes kept, %v; want %d", len(kept), err, faultLimit)
	}
}

// TestRedirects says that neither the token nor the password goes where an answer points.
func TestRedirects(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("got %s %s with %q, want nothing", r.Method, r.URL, r.Header)
	}))
	defer elsewhere.Close()
	rec := &recorder{status: 307, header: http.Header{"Location": {elsewhere.URL}}}
	server := httptest.NewServer(rec)
	defer server.Close()

	for _, test := range []struct {
		name string
		own  *http.Client
	}{
		{"our connections", nil},
		{"the user's", &http.Client{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			opts := &ClientOptions{}
			if test.own != nil {
				opts.Transport = test.own
			}
			_, err := mustClient(t, rec, opts).Customers.Create(t.Context(), &Customer{}, nil)
			if fault, ok := errors.AsType[*Fault](err); !ok || fault.Status != 307 {
				t.Errorf("got %v, want a fault with status 307", err)
			}
			cred, err := NewClientSecretCredential(server.URL, "t", "c", "s",
				&ClientSecretCredentialOptions{ClientOptions: opts.ClientOptions})
			if err != nil {
				t.Fatal(err)
			}
			_, err = cred.GetToken(t.Context(), tokenRequest)
			if refused, ok := errors.AsType[*AuthenticationError](err); !ok || refused.Status != 307 {
				t.Errorf("got %v, want an AuthenticationError with status 307", err)
			}
		})
	}
}

func TestUsersOwnRedirects(t *testing.T) {
	own := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("asked") }}
	rec := &recorder{status: 307, header: http.Header{"Location": {"/"}}}
	opts := &ClientOptions{}
	opts.Transport = own
	opts.Retry.MaxRetries = -1
	_, err := mustClient(t, rec, opts).Customers.Get(t.Context(), "1", nil)
	if err == nil || !strings.Contains(err.Error(), "asked") {
		t.Errorf("got %v, want the user's own refusal", err)
	}
}

// TestReplacedDefaultTransport is the program that has wrapped http.DefaultTransport, for its traces for example.
func TestReplacedDefaultTransport(t *testing.T) {
	standard := http.DefaultTransport
	defer func() { http.DefaultTransport = standard }()
	http.DefaultTransport = roundTripper(func(req *http.Request) (*http.Response, error) {
		return response(req, 200, nil, `{"id":"wrapped"}`), nil
	})
	client, err := NewClient(staticToken("t"), nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := client.Customers.Get(t.Context(), "1", nil)
	if err != nil || got.ID != "wrapped" {
		t.Errorf("got %+v, %v", got, err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (rt roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return rt(req) }

// TestConnectionsAreKept makes many calls at once, twice, and counts the connections.
func TestConnectionsAreKept(t *testing.T) {
	const callers = 20
	var opened atomic.Int32
	var arrived sync.WaitGroup
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived.Done()
		arrived.Wait() // for the others, so that each has a connection
		io.WriteString(w, "{}")
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	opts := &ClientOptions{}
	opts.Cloud = Cloud(server.URL)
	client, err := NewClient(staticToken("t"), opts)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		arrived.Add(callers)
		var calls sync.WaitGroup
		for range callers {
			calls.Go(func() {
				if _, err := client.Customers.Get(t.Context(), "1", nil); err != nil {
					t.Error(err)
				}
			})
		}
		calls.Wait()
	}
	// A connection is idle a moment after its answer is read, so a few of the second round may be new.
	if got := opened.Load(); got > callers+callers/2 {
		t.Errorf("got %d connections for %d callers, want them used again", got, callers)
	}
}

// TestNoAnswer is the transport that breaks its contract.
func TestNoAnswer(t *testing.T) {
	opts := &ClientOptions{}
	opts.Retry.MaxRetries = -1
	opts.Transport = transporter(func(*http.Request) (*http.Response, error) { return nil, nil })
	client, err := NewClient(staticToken("t"), opts)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Customers.Get(t.Context(), "1", nil); err == nil {
		t.Error("got no error")
	}
	opts.Transport = transporter(func(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF })
	client, err = NewClient(staticToken("t"), opts)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Customers.Get(t.Context(), "1", nil); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v, want %v", err, io.ErrUnexpectedEOF)
	}
}
