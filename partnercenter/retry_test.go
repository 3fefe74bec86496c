package partnercenter

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// script answers one request after the other, and remembers when each came and with which ids.
type script struct {
	answers []answer
	times   []time.Duration
	ids     []string
	start   time.Time
}

type answer struct {
	status int
	header http.Header
	body   string
	err    error
}

func (s *script) Do(req *http.Request) (*http.Response, error) {
	s.times = append(s.times, time.Since(s.start))
	s.ids = append(s.ids, req.Header.Get("MS-RequestId")+" "+req.Header.Get("MS-CorrelationId"))
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if string(body) != "{}" || err != nil {
			return nil, errors.New("the body was not sent again: " + string(body))
		}
	}
	next := s.answers[0]
	if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	if next.err != nil {
		return nil, next.err
	}
	return response(req, next.status, next.header, next.body), nil
}

// mustScripted is a client that plays a script, on the fake clock of a bubble.
func mustScripted(t *testing.T, s *script) *Client {
	t.Helper()
	s.start = time.Now()
	opts := &ClientOptions{}
	opts.Transport = s
	client, err := NewClient(staticToken("t"), opts)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestRetries(t *testing.T) {
	reset := answer{err: errors.New("connection reset by peer")}
	created := answer{status: 201, body: `{"id":"1"}`}
	for _, test := range []struct {
		name    string
		answers []answer
		tries   int
		status  int // of the fault, 0 for none
	}{
		{"success", []answer{created}, 1, 0},
		{"network", []answer{reset, created}, 2, 0},
		{"network down", []answer{reset}, 4, 0},
		{"400", []answer{{status: 400}, created}, 1, 400},
		{"401", []answer{{status: 401}, created}, 1, 401},
		{"403", []answer{{status: 403}, created}, 1, 403},
		{"404", []answer{{status: 404}, created}, 1, 404},
		{"408", []answer{{status: 408}, created}, 2, 0},
		{"409", []answer{{status: 409}, created}, 1, 409},
		{"412", []answer{{status: 412}, created}, 1, 412},
		{"429", []answer{{status: 429}, created}, 2, 0},
		{"500", []answer{{status: 500}, created}, 2, 0},
		{"501", []answer{{status: 501}, created}, 1, 501},
		{"502", []answer{{status: 502}, created}, 2, 0},
		{"503", []answer{{status: 503}, created}, 2, 0},
		{"504", []answer{{status: 504}, created}, 2, 0},
		{"503 for ever", []answer{{status: 503}}, 4, 503},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: test.answers}
				_, err := mustScripted(t, s).Customers.Create(t.Context(), &Customer{}, nil)
				if len(s.ids) != test.tries {
					t.Errorf("got %d tries, want %d (%v)", len(s.ids), test.tries, err)
				}
				for _, ids := range s.ids {
					if ids != s.ids[0] {
						t.Errorf("got ids %q, want the same in every try", s.ids)
					}
				}
				fault, _ := errors.AsType[*Fault](err)
				if test.status != 0 && (fault == nil || fault.Status != test.status) {
					t.Errorf("got %v, want status %d", err, test.status)
				}
				if last := test.answers[len(test.answers)-1]; test.status == 0 && !errors.Is(err, last.err) {
					t.Errorf("got %v, want %v", err, last.err)
				}
			})
		})
	}
}

// TestTriesHaveTheirOwnBody is the connection that still sends the body of a try when the next one has begun.
func TestTriesHaveTheirOwnBody(t *testing.T) {
	var bodies []io.Reader
	opts := &ClientOptions{}
	opts.Retry.RetryDelay = -1
	opts.Transport = transporter(func(req *http.Request) (*http.Response, error) {
		if bodies = append(bodies, req.Body); len(bodies) == 1 {
			return response(req, 503, nil, ""), nil
		}
		for i, body := range bodies {
			if text, err := io.ReadAll(body); string(text) != "{}" || err != nil {
				t.Errorf("body of try %d: got %q, %v", i+1, text, err)
			}
		}
		return response(req, 201, nil, "{}"), nil
	})
	client, err := NewClient(staticToken("t"), opts)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Customers.Create(t.Context(), &Customer{}, nil); err != nil {
		t.Error(err)
	}
}

func TestCallsHaveTheirOwnIDs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 201, body: "{}"}}}
		client := mustScripted(t, s)
		for _, opts := range []*CreateCustomerOptions{nil, {}, {RequestID: "r", CorrelationID: "c"}, {CorrelationID: "c"}} {
			if _, err := client.Customers.Create(t.Context(), &Customer{}, opts); err != nil {
				t.Fatal(err)
			}
		}
		seen := map[string]bool{}
		for _, ids := range s.ids {
			if seen[ids] {
				t.Errorf("got ids %q twice", ids)
			}
			seen[ids] = true
		}
		if !seen["r c"] {
			t.Errorf("got ids %q, want the given ones among them", s.ids)
		}
	})
}

func TestClientIsShared(t *testing.T) {
	rec := &recorder{status: 201, body: "{}"}
	client := mustClient(t, rec, nil)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, err := client.Customers.Create(t.Context(), &Customer{}, nil); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	ids := map[string]bool{}
	for _, sent := range rec.requests {
		ids[sent.header.Get("MS-RequestId")] = true
	}
	if len(ids) != 50 {
		t.Errorf("got %d request ids, want 50", len(ids))
	}
}

func TestRetryAfter(t *testing.T) {
	for _, test := range []struct {
		name, after string
		status      int
		want        []time.Duration
	}{
		{"seconds", "7", 429, []time.Duration{0, 7 * time.Second}},
		{"of a busy server", "3", 503, []time.Duration{0, 3 * time.Second}},
		{"longer than anybody waits", "3600", 429, []time.Duration{0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: []answer{
					{status: test.status, header: http.Header{"Retry-After": {test.after}}, body: `{"statusCode":429,"message":"m"}`},
					{status: 201, body: "{}"},
				}}
				_, err := mustScripted(t, s).Customers.Create(t.Context(), &Customer{}, nil)
				if diff := cmp.Diff(test.want, s.times); diff != "" {
					t.Errorf("times of the tries (-want +got):\n%s%v", diff, err)
				}
			})
		})
	}
}

// TestSilentServer says that a try ends, and that the next one may succeed.
func TestSilentServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		opts := &ClientOptions{}
		opts.Transport = transporter(func(req *http.Request) (*http.Response, error) {
			if tries++; tries == 1 {
				<-req.Context().Done()
				return nil, req.Context().Err()
			}
			return response(req, 200, nil, `{"id":"1"}`), nil
		})
		client, err := NewClient(staticToken("t"), opts)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if _, err := client.Customers.Get(t.Context(), "1", nil); err != nil {
			t.Error(err)
		}
		if waited := time.Since(start).Round(10 * time.Second); waited != tryTimeout {
			t.Errorf("got an answer after %v, want about %v", waited, tryTimeout)
		}
	})
}

func TestTryTimeoutOff(t *testing.T) {
	opts := &ClientOptions{}
	opts.Retry.TryTimeout = -1
	if got := hardened(opts.ClientOptions).Retry.TryTimeout; got != 0 {
		t.Errorf("got %v, want none", got)
	}
}

func TestCancelledCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []answer{{status: 503}}}
		client := mustScripted(t, s)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := client.Customers.Get(ctx, "1", nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
		}
		if waited := time.Since(s.start); waited != time.Second {
			t.Errorf("waited %v, want 1s", waited)
		}
	})
}

// TestAnswerBreaksOff is the server that has created the customer when its connection fails.
func TestAnswerBreaksOff(t *testing.T) {
	for _, test := range []struct{ name, head string }{
		{"before the answer", ""},
		{"in its header", "HTTP/1.1 201 Cre"},
		{"in its body", "HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"id\":"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var ids []string
			opts := &ClientOptions{}
			opts.Retry.RetryDelay = -1
			client := mustClient(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				io.Copy(io.Discard, r.Body)
				ids = append(ids, r.Header.Get("MS-RequestId"))
				if len(ids) > 1 {
					w.WriteHeader(201)
					io.WriteString(w, `{"id":"1"}`)
					return
				}
				connection, _, err := w.(http.Hijacker).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				io.WriteString(connection, test.head)
				connection.Close()
			}), opts)
			got, err := client.Customers.Create(t.Context(), &Customer{}, nil)
			if err != nil || got.ID != "1" {
				t.Errorf("got %+v, %v", got, err)
			}
			if len(ids) != 2 || ids[0] != ids[1] || !guid.MatchString(ids[0]) {
				t.Errorf("got request ids %q, want one GUID twice", ids)
			}
		})
	}
}

// TestUntrustedServer says that no time is lost on what another try cannot mend.
func TestUntrustedServer(t *testing.T) {
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0) // of the handshake that fails
	untrusted.StartTLS()
	defer untrusted.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	for _, test := range []struct{ name, endpoint string }{
		{"unknown authority", untrusted.URL},
		{"no TLS", "https" + plain.URL[len("http"):]},
	} {
		t.Run(test.name, func(t *testing.T) {
			tries := 0
			opts := &ClientOptions{}
			opts.Cloud = Cloud(test.endpoint)
			opts.Transport = transporter(func(req *http.Request) (*http.Response, error) {
				tries++
				return http.DefaultClient.Do(req)
			})
			client, err := NewClient(staticToken("t"), opts)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := client.Customers.Get(t.Context(), "1", nil); err == nil || tries != 1 {
				t.Errorf("got %v after %d tries, want an error after 1", err, tries)
			}
		})
	}
}
