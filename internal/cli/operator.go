package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/tenantry/tenantry/partnercenter"
)

// operator is whoever runs a server, and calls its admin API.
type operator struct {
	endpoint
	AdminKey string `group:"connection" placeholder:"KEY" variable:"TENANTRY_ADMIN_KEY" help:"The key that the server was started with; that of tenantry dev is dev-secret. Prefer the variable: other users of the machine see flags."`
}

// maxAdminAnswer is far more than any answer of the admin API.
const maxAdminAnswer = 16 << 20

// call sends a request below /_tenantry/admin, with each segment of the path escaped, and reads the answer.
func (o *operator) call(ctx context.Context, method string, path []string, body, answer any) error {
	if err := o.check(); err != nil {
		return err
	}
	transport, err := o.transport()
	if err != nil {
		return err
	}
	return o.exchange(ctx, transport, method, path, body, answer)
}

// sender sends a request and has its answer.
type sender interface {
	Do(*http.Request) (*http.Response, error)
}

// exchange is a call by the sender.
func (o *operator) exchange(ctx context.Context, sender sender, method string, path []string, body, answer any) error {
	target := strings.TrimRight(o.Endpoint, "/") + "/_tenantry/admin"
	for _, segment := range path {
		target += "/" + url.PathEscape(segment)
	}
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			return err
		}
	}
	request, err := http.NewRequestWithContext(ctx, method, target, &sent)
	if err != nil {
		return wrong("--endpoint: %v", err)
	}
	request.Header.Set("Authorization", "Bearer "+o.AdminKey)
	request.Header.Set("Content-Type", "application/json")
	response, err := sender.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }() // was only read
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAdminAnswer))
	if err != nil {
		return noAnswer{fmt.Errorf("%s broke off its answer: %w", o.Endpoint, err)}
	}
	if response.StatusCode != http.StatusOK {
		return o.refusal(response.StatusCode, text)
	}
	return json.Unmarshal(text, answer)
}

// check finds what is wrong with the flags before a key is sent anywhere.
func (o *operator) check() error {
	address, err := url.Parse(o.Endpoint)
	switch {
	case err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https":
		return wrong("--endpoint must be an absolute URL, such as https://localhost:8443")
	case address.Scheme == "http" && !isLoopback(address.Hostname()):
		return wrong("--endpoint: %s would send the admin key in clear text: plain http is for loopback hosts", o.Endpoint)
	case o.AdminKey == "":
		return wrong("who asks? Set TENANTRY_ADMIN_KEY, or give --admin-key; that of tenantry dev is %s", devSecret)
	default:
		return checkAdminKey(o.AdminKey)
	}
}

// checkAdminKey refuses a key that no header can carry.
func checkAdminKey(key string) error {
	if strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return wrong("--admin-key holds a blank, a control character or one beyond ASCII; use letters, digits and signs")
	}
	return nil
}

// refusal is the fault of an answer. What is no fault comes from a server that has no admin API.
func (o *operator) refusal(status int, text []byte) error {
	fault := &partnercenter.Fault{}
	if json.Unmarshal(text, fault) != nil || fault.Description == "" {
		return fmt.Errorf("%s has no admin API (status %d); start it with --admin-key or TENANTRY_ADMIN_KEY", o.Endpoint, status)
	}
	fault.Status = status
	return fault
}
