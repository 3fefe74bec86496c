package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/partnercenter"
)

// hold stops handlers while they work: the function of that name stands still when it looks at the clock.
type hold struct {
	function atomic.Pointer[string]
	held     chan struct{} // told of each that stands still
	release  chan struct{} // takes one of them on
}

func newHold() *hold {
	return &hold{held: make(chan struct{}), release: make(chan struct{})}
}

// on holds the next call below the function, and no other.
func (h *hold) on(function string) { h.function.Store(&function) }

// Now is the server's clock. Who makes ids holds a lock meanwhile, and is let through.
func (h *hold) Now() time.Time {
	if function := h.function.Load(); function != nil && below(*function) && !below(".(*IDs).New") && h.function.CompareAndSwap(function, nil) {
		h.held <- struct{}{}
		<-h.release
	}
	return time.Now()
}

// below reports whether the function is among the callers.
func below(function string) bool {
	callers := make([]uintptr, 64)
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers)])
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.Function, function) {
			return true
		}
		if !more {
			return false
		}
	}
}

// wantMetric reads the server's metrics and looks for a line.
func wantMetric(t *testing.T, s *server.Server, line string) {
	t.Helper()
	status, text := mustSend(t, http.MethodGet, s.URL()+"/_tenantry/metrics", "", "")
	if status != http.StatusOK || !slices.Contains(strings.Split(string(text), "\n"), line) {
		i := bytes.Index(text, []byte("\ntenantry_connections"))
		t.Errorf("metrics: got %d, without the line %q:\n%s", status, line, text[max(i, 0):])
	}
}

// TestOverload fills each of the gates in turn: what comes beyond is refused in its surface's words, and the others are open.
func TestOverload(t *testing.T) {
	clock := newHold()
	s := mustOpen(t, server.Config{MaxRequests: 1, MaxWait: 1, Now: clock.Now})
	token := mustAppToken(t, s)
	appForm := url.Values{"grant_type": {"client_credentials"}, "client_id": {contosoApp}, "client_secret": {"dev-secret"}, "resource": {"https://graph.windows.net"}}
	type call struct {
		name, kind, function, method, path, body string
		want                                     int
	}
	calls := []call{
		{"write", "write", ".createCustomer", http.MethodPost, "/v1/customers", fmt.Sprintf(createBody, "held.onmicrosoft.com"), http.StatusCreated},
		{"read", "read", ".listAuditRecords", http.MethodGet, "/v1/auditrecords?startDate=" + time.Now().UTC().Format("2006-01-02"), "", http.StatusOK},
		{"login", "login", ".tokenV1", http.MethodPost, "/" + contoso + "/oauth2/token", appForm.Encode(), http.StatusOK},
	}
	send := func(c call) (*http.Response, string) {
		request, err := http.NewRequestWithContext(t.Context(), c.method, s.URL()+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Error(err)
			return nil, ""
		}
		if c.name == "login" {
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		} else {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Error(err)
			return nil, ""
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Error(err)
		}
		return response, string(body)
	}
	for i, held := range calls {
		t.Run(held.name, func(t *testing.T) {
			clock.on(held.function)
			done := make(chan struct{})
			go func() {
				defer close(done)
				if response, body := send(held); response != nil && response.StatusCode != held.want {
					t.Errorf("who was let in: got %d %s, want %d", response.StatusCode, body, held.want)
				}
			}()
			<-clock.held
			for j, c := range calls {
				c.body = strings.Replace(c.body, "held", fmt.Sprintf("beside%d", i), 1)
				response, body := send(c)
				if response == nil {
					continue
				}
				if j != i {
					if response.StatusCode != c.want {
						t.Errorf("%s beside it: got %d %s, want %d", c.name, response.StatusCode, body, c.want)
					}
					continue
				}
				words := `{"code":800003,"description":"The service is busy. Try again later.","data":[],"source":"PartnerFD"}`
				if c.name == "login" {
					words = `"error_codes":[90033]`
				}
				if response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") != "1" || !strings.Contains(body, words) {
					t.Errorf("%s: got %d, Retry-After %q, %s\nwant 503, 1, %s", c.name, response.StatusCode, response.Header.Get("Retry-After"), body, words)
				}
				if id := response.Header.Get("MS-RequestId"); c.name != "login" && id == "" {
					t.Errorf("%s: the refusal has no MS-RequestId", c.name)
				}
			}
			if status, body := mustSend(t, http.MethodGet, s.URL()+"/_tenantry/readyz", "", ""); status != http.StatusOK {
				t.Errorf("readyz: got %d %s, want 200", status, body)
			}
			wantMetric(t, s, `tenantry_requests_working{kind="`+held.kind+`"} 1`)
			wantMetric(t, s, `tenantry_requests_refused_total{kind="`+held.kind+`"} 1`)
			clock.release <- struct{}{}
			<-done
			wantMetric(t, s, `tenantry_requests_working{kind="`+held.kind+`"} 0`)
		})
	}
}

// tries is a transport that tells of each answer to a create.
type tries struct {
	answered func(try int, status int)
	mu       sync.Mutex
	ids      []string // of the requests
}

// Do implements [policy.Transporter].
func (x *tries) Do(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultClient.Do(request)
	if err == nil && request.Method == http.MethodPost {
		x.mu.Lock()
		x.ids = append(x.ids, request.Header.Get("MS-RequestId"))
		try := len(x.ids)
		x.mu.Unlock()
		x.answered(try, response.StatusCode)
	}
	return response, err
}

var _ policy.Transporter = (*tries)(nil)

// TestOverloadRetried lets the Go SDK create a customer at a server that is busy at first: it comes back by itself, under the same
// request id, and there is one customer.
func TestOverloadRetried(t *testing.T) {
	clock := newHold()
	s := mustOpen(t, server.Config{MaxRequests: 1, MaxWait: 1, Now: clock.Now})
	token := mustAppToken(t, s)
	clock.on(".createCustomer")
	done := make(chan struct{})
	go func() {
		defer close(done)
		if status, body := create(t, s, token, "1", "held.onmicrosoft.com"); status != http.StatusCreated {
			t.Errorf("who was let in: got %d %s", status, body)
		}
	}()
	<-clock.held

	var statuses []int
	transport := &tries{answered: func(try, status int) {
		statuses = append(statuses, status)
		if try == 1 { // the server has refused; now it has time
			clock.release <- struct{}{}
			<-done
		}
	}}
	customer, err := mustSDK(t, s, transport).Customers.Create(t.Context(), wingtip("retried.onmicrosoft.com"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{http.StatusServiceUnavailable, http.StatusCreated}; !slices.Equal(statuses, want) || transport.ids[0] == "" || transport.ids[0] != transport.ids[1] {
		t.Errorf("got %v under the request ids %q, want %v under one", statuses, transport.ids, want)
	}
	if got := customers(t, s, token, "retried"); len(got) != 1 || got[0] != customer.ID {
		t.Errorf("got the customers %q, want %s alone", got, customer.ID)
	}
}

// TestOverloadOfMany lets the Go SDK create many customers at once at a server that works on two requests: each is made, and once.
func TestOverloadOfMany(t *testing.T) {
	s := mustOpen(t, server.Config{MaxRequests: 2, MaxWait: 1})
	token := mustAppToken(t, s)
	var refused atomic.Int64
	const many = 24
	client := mustSDK(t, s, &tries{answered: func(_, status int) {
		if status == http.StatusServiceUnavailable {
			refused.Add(1)
		}
	}})
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			if _, err := client.Customers.Create(t.Context(), wingtip(fmt.Sprintf("many%d.onmicrosoft.com", i)), nil); err != nil {
				t.Errorf("customer %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if got := customers(t, s, token, "many"); len(got) != many {
		t.Errorf("got %d customers, want %d", len(got), many)
	}
	wantMetric(t, s, fmt.Sprintf(`tenantry_requests_refused_total{kind="write"} %d`, refused.Load()))
}

func mustSDK(t *testing.T, s *server.Server, transport policy.Transporter) *partnercenter.Client {
	t.Helper()
	credential, err := partnercenter.NewClientSecretCredential(s.URL(), contoso, contosoApp, "dev-secret", nil)
	if err != nil {
		t.Fatal(err)
	}
	client, err := partnercenter.NewClient(credential, &partnercenter.ClientOptions{ClientOptions: azcore.ClientOptions{
		Cloud: partnercenter.Cloud(s.URL()), Transport: transport, Retry: policy.RetryOptions{MaxRetries: 20},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func wingtip(domain string) *partnercenter.Customer {
	return &partnercenter.Customer{
		CompanyProfile: &partnercenter.CustomerCompanyProfile{Domain: domain},
		BillingProfile: &partnercenter.CustomerBillingProfile{
			Email: "a@b.example", Culture: "en-US", Language: "en", CompanyName: domain,
			DefaultAddress: &partnercenter.Address{
				Country: "US", City: "Redmond", State: "WA", AddressLine1: "1", PostalCode: "98052", FirstName: "A", LastName: "B",
			},
		},
	}
}

// customers are the ids of those whose domains begin so.
func customers(t *testing.T, s *server.Server, token, prefix string) []string {
	t.Helper()
	filter := url.QueryEscape(fmt.Sprintf(`{"Field":"Domain","Value":%q,"Operator":"starts_with"}`, prefix))
	status, body := mustSend(t, http.MethodGet, s.URL()+"/v1/customers?size=500&filter="+filter, token, "")
	if status != http.StatusOK {
		t.Fatalf("customers: got %d %s", status, body)
	}
	var answer struct{ Items []struct{ ID string } }
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatal(err)
	}
	ids := make([]string, 0, len(answer.Items))
	for _, item := range answer.Items {
		ids = append(ids, item.ID)
	}
	return ids
}
