package partnercenter

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
)

// The headers of the API. Partner Center docs: headers.
const (
	headerRequestID     = "MS-RequestId"
	headerCorrelationID = "MS-CorrelationId"
	headerServerID      = "MS-ServerId"
	headerLocale        = "X-Locale"
	headerApplication   = "MS-PartnerCenter-Application"
	headerValidateMFA   = "ValidateMfa"
)

// RequestOptions are what every call can be told. The options of a method have at least these.
// The raw response of a call is had with [policy.WithCaptureResponse], further headers are sent with
// [policy.WithHTTPHeader].
//
// [policy.WithCaptureResponse]: https://pkg.go.dev/github.com/Azure/azure-sdk-for-go/sdk/azcore/policy#WithCaptureResponse
// [policy.WithHTTPHeader]: https://pkg.go.dev/github.com/Azure/azure-sdk-for-go/sdk/azcore/policy#WithHTTPHeader
type RequestOptions struct {
	// RequestID names this call to the service (MS-RequestId): the same call with the same id is carried out once.
	// If it is empty every call gets a GUID of its own, which its retries repeat.
	RequestID string

	// CorrelationID names the work that the call is part of (MS-CorrelationId). If it is empty it is a fresh GUID.
	CorrelationID string

	// Locale takes the place of the client's.
	Locale string
}

// call is one call of the API: what a method hands to the client.
type call struct {
	name    string // of the method, in traces
	method  string
	path    string            // escaped
	area    string            // whose fault codes the answer speaks
	body    any               // sent as JSON unless nil
	answers int               // a status beyond 2xx that is no failure
	headers map[string]string // sent unless empty
	options *RequestOptions
}

// do sends a call and returns its answer, with the body in memory; a refusal is an error.
func (c *Client) do(ctx context.Context, call call) (resp *http.Response, err error) {
	ctx, end := runtime.StartSpan(ctx, call.name, c.azure.Tracer(), nil)
	defer func() { end(err) }()

	req, err := runtime.NewRequest(ctx, call.method, c.endpoint+call.path)
	if err != nil {
		return nil, err
	}
	if call.body != nil {
		if err := runtime.MarshalAsJSON(req, call.body); err != nil {
			return nil, err
		}
	}
	if err := c.setHeaders(req.Raw().Header, call.options); err != nil {
		return nil, err
	}
	for name, value := range call.headers {
		if value != "" {
			req.Raw().Header.Set(name, value)
		}
	}
	resp, err = c.azure.Pipeline().Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode/100 != 2 && resp.StatusCode != call.answers {
		return nil, newRefusal(resp, call.area)
	}
	return resp, nil
}

// setHeaders is done once for a call, before the pipeline: its retries send the same ids.
func (c *Client) setHeaders(header http.Header, opts *RequestOptions) error {
	if opts == nil {
		opts = &RequestOptions{}
	}
	header.Set("Accept", "application/json")
	for name, value := range c.headers {
		header.Set(name, value)
	}
	header.Set(headerRequestID, cmp.Or(opts.RequestID, NewRequestID()))
	header.Set(headerCorrelationID, cmp.Or(opts.CorrelationID, NewRequestID()))
	header.Set(headerLocale, cmp.Or(opts.Locale, c.headers[headerLocale]))
	for _, name := range []string{headerRequestID, headerCorrelationID, headerLocale} {
		if err := checkHeader(name, header.Get(name)); err != nil {
			return err
		}
	}
	return nil
}

// checkHeader refuses what net/http would refuse, before the pipeline takes that for a network fault and tries again.
func checkHeader(name, value string) error {
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("%s %q has control characters", name, value)
	}
	return nil
}

// fetch sends a call whose answer is a T.
func fetch[T any](ctx context.Context, c *Client, call call) (*T, error) {
	resp, err := c.do(ctx, call)
	if err != nil {
		return nil, err
	}
	answer := new(T)
	if err := decode(resp, answer); err != nil {
		return nil, fmt.Errorf("answer to %s %s (%s): %w", call.method, call.path, resp.Status, err)
	}
	return answer, nil
}
