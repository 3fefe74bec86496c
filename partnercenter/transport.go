package partnercenter

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

const (
	answerLimit = 16 << 20 // of a success: beyond it the answer is refused
	faultLimit  = 1 << 20  // of a failure: beyond it the body is cut, the status is worth more

	tryTimeout = 3 * time.Minute // the .NET SDK's

	idleConnections = 100 // to one host: the standard library keeps two, and its clients talk to many
)

// hardened are the options of a pipeline of this package: answers bounded, redirects not followed, no try for ever, and
// the token in no log whatever the user allows.
func hardened(opts azcore.ClientOptions) azcore.ClientOptions {
	opts.Transport = newTransport(opts.Transport)
	switch {
	case opts.Retry.TryTimeout == 0:
		opts.Retry.TryTimeout = tryTimeout
	case opts.Retry.TryTimeout < 0:
		opts.Retry.TryTimeout = 0
	}
	if opts.Retry.RetryDelay < 0 {
		opts.Retry.RetryDelay = 1 // azcore promises no delay, but takes 0 for an overflow and waits for the longest
	}
	opts.Logging.AllowedHeaders = slices.DeleteFunc(slices.Clone(opts.Logging.AllowedHeaders), func(name string) bool {
		return strings.EqualFold(name, "Authorization")
	})
	return opts
}

// transport downloads what the next one answers. azcore would do so too, but without a bound; and it would not repeat
// a POST whose answer broke off, which a POST with an MS-RequestId may be. It also gives every try a body of its own.
type transport struct {
	next policy.Transporter
}

var _ policy.Transporter = transport{}

func newTransport(next policy.Transporter) policy.Transporter {
	if next == nil {
		next = &http.Client{Transport: newConnections()}
	}
	if client, ok := next.(*http.Client); ok && client != nil && client.CheckRedirect == nil {
		still := *client
		still.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		next = &still
	}
	return transport{next}
}

// newConnections are connections as the program's default has them (proxy, roots, dialer), kept in greater number.
func newConnections() http.RoundTripper {
	standard, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	own := standard.Clone()
	own.MaxIdleConnsPerHost = idleConnections
	return own
}

// Do sends a request once.
func (t transport) Do(req *http.Request) (*http.Response, error) {
	req, err := withOwnBody(req)
	if err != nil {
		return nil, err
	}
	resp, err := t.next.Do(req)
	if err != nil {
		return nil, lasting(err)
	}
	if resp == nil || resp.Body == nil {
		return resp, nil
	}
	body, err := readBody(resp)
	_ = resp.Body.Close()
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// withOwnBody is a request with a copy of the body. net/http may go on sending a body after the answer has come, while
// azcore rewinds it for the next try: the two would read the same bytes by turns.
func withOwnBody(req *http.Request) (*http.Request, error) {
	if req.Body == nil {
		return req, nil
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	own := req.WithContext(req.Context())
	own.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	own.Body, _ = own.GetBody()
	return own, nil
}

// readBody reads no more of a body than is good for anybody.
func readBody(resp *http.Response) ([]byte, error) {
	if resp.StatusCode/100 != 2 {
		return io.ReadAll(io.LimitReader(resp.Body, faultLimit))
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit+1))
	if err == nil && len(body) > answerLimit {
		err = lastingError{fmt.Errorf("the answer is larger than %d MiB", answerLimit>>20)}
	}
	return body, err
}

// lasting marks the faults of TLS: another try meets the same certificate, and the user waits for nothing.
func lasting(err error) error {
	if errors.As(err, new(*tls.CertificateVerificationError)) || errors.Is(err, http.ErrSchemeMismatch) {
		return lastingError{err}
	}
	return err
}

// lastingError is an error that azcore's retries give up on.
type lastingError struct{ error }

func (e lastingError) Unwrap() error { return e.error }

// NonRetriable is the mark that azcore looks for.
func (lastingError) NonRetriable() {}
