package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// load is many clients that change the world of one partner, each its own customers. A client knows what has become of each of
// its requests, because it asks until it is told.
type load struct {
	t         *testing.T
	http      *http.Client
	app, user atomic.Pointer[string] // tokens
	signedIn  time.Time

	mu     sync.Mutex
	server string        // the URL of the one that runs, or ran last
	change chan struct{} // closed when there is another

	stop    chan struct{}
	group   sync.WaitGroup
	clients []*client

	creates, updates, users, deletes, reads, repeats, vanished atomic.Int64
}

// client is one of them.
type client struct {
	*load
	n         int
	random    *rand.Rand
	customers []*customer
	deleted   []*customer
}

// customer is what its client knows of it.
type customer struct {
	requestID, domain, name string
	body                    []byte // of its create
	answer                  []byte // to that
	id, email, etag         string
	users                   map[string]string // those that were added, id to name
}

func (v *victim) newLoad(t *testing.T, p *process) *load {
	t.Helper()
	l := &load{t: t, change: make(chan struct{}), stop: make(chan struct{})}
	l.http = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1000}}
	l.serves(p)
	l.signIn(t, v)
	return l
}

// signIn gets new tokens in time: they are good for an hour, whatever happens to servers.
func (l *load) signIn(t *testing.T, v *victim) {
	t.Helper()
	if !l.signedIn.IsZero() && time.Since(l.signedIn) < 20*time.Minute {
		return
	}
	server, _ := l.running()
	for token, asUser := range map[*atomic.Pointer[string]]bool{&l.app: false, &l.user: true} {
		text, err := v.token(t.Context(), server, asUser)
		if err != nil {
			t.Fatal(err)
		}
		token.Store(&text)
	}
	l.signedIn = time.Now()
}

// serves sends the clients to the server.
func (l *load) serves(p *process) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.server = address.FindString(p.stdout.String())
	close(l.change)
	l.change = make(chan struct{})
}

func (l *load) running() (server string, change <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.server, l.change
}

func (l *load) start(clients int, seed uint64) {
	for n := range clients {
		c := &client{load: l, n: n, random: rand.New(rand.NewPCG(seed, uint64(n)+1))}
		l.clients = append(l.clients, c)
		l.group.Go(c.run)
	}
	l.t.Cleanup(l.finish) // also of a test that fails
}

// finish lets each client get its last answer.
func (l *load) finish() {
	select {
	case <-l.stop:
	default:
		close(l.stop)
	}
	l.group.Wait()
}

func (l *load) report(t *testing.T) {
	t.Logf("torture: answered were %d creates, %d updates, %d users made or deleted, %d deletes and %d reads; %d requests were repeated, %d broken off",
		l.creates.Load(), l.updates.Load(), l.users.Load(), l.deletes.Load(), l.reads.Load(), l.repeats.Load(), l.vanished.Load())
}

func (c *client) run() {
	for ok := true; ok; {
		select {
		case <-c.stop:
			return
		default:
		}
		dice := c.random.IntN(1000)
		switch {
		case dice < 10:
			ok = c.vanish()
		case dice < 650 || len(c.customers) == 0:
			ok = c.create()
		case dice < 800:
			ok = c.update(c.any())
		case dice < 815: // few: each costs the hash of a password
			ok = c.addUser(c.any())
		case dice < 825:
			ok = c.removeUser(c.any())
		case dice < 875:
			ok = c.remove()
		default:
			ok = c.read(c.any())
		}
	}
}

func (c *client) any() *customer { return c.customers[c.random.IntN(len(c.customers))] }

// newID is a request id of this client's.
func (c *client) newID() string {
	return fmt.Sprintf("%08x-%04x-4000-8000-%012x", c.random.Uint32(), c.n, c.random.Int64N(1<<48))
}

const profile = `{"email":"%s","culture":"en-US","language":"en","companyName":"%s",
	"defaultAddress":{"country":"US","city":"Redmond","state":"WA","addressLine1":"One Way","postalCode":"98052","firstName":"A","lastName":"B"}}`

// create makes a customer with a random name and domain.
func (c *client) create() bool {
	name := fmt.Sprintf("%c%c%d", 'a'+c.random.IntN(26), 'a'+c.random.IntN(26), c.random.Uint64())
	made := &customer{requestID: c.newID(), domain: name + ".onmicrosoft.com", name: name, email: "a@" + name + ".example", users: map[string]string{}}
	made.body = fmt.Appendf(nil, `{"companyProfile":{"domain":"%s"},"billingProfile":`+profile+`}`, made.domain, made.email, made.name)
	answer, ok := c.ask(&c.creates, call{method: http.MethodPost, path: "/v1/customers", body: made.body, id: made.requestID}, http.StatusCreated)
	if !ok {
		return false
	}
	var said shown
	if !c.decode(answer, &said) {
		return false
	}
	made.answer, made.id, made.etag = answer, said.ID, said.BillingProfile.Attributes.ETag
	c.customers = append(c.customers, made)
	return true
}

// shown is a customer on the wire, as far as it is compared.
type shown struct {
	ID             string
	CompanyProfile struct{ Domain, CompanyName string }
	BillingProfile billing
}

type billing struct {
	Email, CompanyName string
	Attributes         struct{ ETag string }
}

// update changes the billing profile, if nobody else has: nobody has.
func (c *client) update(of *customer) bool {
	email := fmt.Sprintf("b%d@%s", c.random.Uint32(), of.domain)
	answer, ok := c.ask(&c.updates, call{
		method: http.MethodPut, path: "/v1/customers/" + of.id + "/profiles/billing", id: c.newID(), ifMatch: of.etag,
		body: fmt.Appendf(nil, profile, email, of.name),
	}, http.StatusOK)
	var said billing
	if !ok || !c.decode(answer, &said) {
		return false
	}
	if said.Email != email || said.Attributes.ETag == of.etag {
		c.t.Errorf("customer %s: the update was answered by %s", of.id, answer)
		return false
	}
	of.email, of.etag = email, said.Attributes.ETag
	return true
}

func (c *client) addUser(of *customer) bool {
	name := fmt.Sprintf("u%d@%s", c.random.Uint32(), of.domain)
	answer, ok := c.ask(&c.users, call{
		method: http.MethodPost, path: "/v1/customers/" + of.id + "/users", id: c.newID(), asUser: true,
		body: fmt.Appendf(nil, `{"usageLocation":"US","userPrincipalName":"%s","firstName":"U","lastName":"V","displayName":"U V",
			"passwordProfile":{"password":"Qw7!rtz9","forceChangePassword":true}}`, name),
	}, http.StatusOK)
	var said struct{ ID, UserPrincipalName string }
	if !ok || !c.decode(answer, &said) {
		return false
	}
	if said.UserPrincipalName != name {
		c.t.Errorf("customer %s: the user %s was answered by %s", of.id, name, answer)
		return false
	}
	of.users[said.ID] = name
	return true
}

// removeUser deletes a user of the customer, if there is one that may go.
func (c *client) removeUser(of *customer) bool {
	for id := range of.users {
		if _, ok := c.ask(&c.users, call{method: http.MethodDelete, path: "/v1/customers/" + of.id + "/users/" + id, id: c.newID(), asUser: true}, http.StatusNoContent); !ok {
			return false
		}
		delete(of.users, id)
		break
	}
	return true
}

// remove deletes a customer.
func (c *client) remove() bool {
	n := c.random.IntN(len(c.customers))
	of := c.customers[n]
	if _, ok := c.ask(&c.deletes, call{method: http.MethodDelete, path: "/v1/customers/" + of.id, id: c.newID()}, http.StatusNoContent); !ok {
		return false
	}
	c.customers = append(c.customers[:n], c.customers[n+1:]...)
	c.deleted = append(c.deleted, of)
	return true
}

// read compares a customer with what was answered last.
func (c *client) read(of *customer) bool {
	answer, ok := c.ask(&c.reads, call{method: http.MethodGet, path: "/v1/customers/" + of.id}, http.StatusOK)
	var said shown
	if !ok || !c.decode(answer, &said) {
		return false
	}
	if said.ID != of.id || said.CompanyProfile.Domain != of.domain || said.BillingProfile.CompanyName != of.name ||
		said.BillingProfile.Email != of.email || said.BillingProfile.Attributes.ETag != of.etag {
		c.t.Errorf("customer %s, of email %s and etag %s, has become %s", of.id, of.email, of.etag, answer)
		return false
	}
	return true
}

// vanish goes away in the middle of a create, which makes nothing.
func (c *client) vanish() bool {
	server, _ := c.running()
	conn, err := net.Dial("tcp", strings.TrimPrefix(server, "http://"))
	if err != nil {
		return true // it has just been killed
	}
	defer conn.Close()
	body := fmt.Sprintf(`{"companyProfile":{"domain":"gone%d.onmicrosoft.com"},"billingProfile":`+profile+`}`, c.random.Uint64(), "a@b.example", "Gone")
	_, err = fmt.Fprintf(conn, "POST /v1/customers HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		*c.app.Load(), len(body), body[:len(body)-1-c.random.IntN(len(body)-1)])
	if err == nil {
		c.vanished.Add(1)
	}
	return true
}

// call is a request.
type call struct {
	method, path string
	body         []byte
	id           string // the MS-RequestId, the same each time that the request is sent
	ifMatch      string
	token        string // the continuation
	asUser       bool
}

// ask sends the request until it is answered, which has to be with the status.
func (l *load) ask(count *atomic.Int64, call call, want int) (answer []byte, ok bool) {
	for deadline := time.Now().Add(patience); ; {
		server, change := l.running()
		status, answer, err := l.send(server, call)
		switch {
		case err == nil && status == want:
			count.Add(1)
			return answer, true
		case err == nil && status != http.StatusServiceUnavailable:
			l.t.Errorf("%s %s with MS-RequestId %s: got %d %s, want %d", call.method, call.path, call.id, status, answer, want)
			return nil, false
		case time.Now().After(deadline):
			l.t.Errorf("%s %s with MS-RequestId %s: no answer in %v: %d, %v", call.method, call.path, call.id, patience, status, err)
			return nil, false
		}
		l.repeats.Add(1)
		select {
		case <-change:
		case <-time.After(50 * time.Millisecond): // the server that runs was only busy, or has just come
		}
	}
}

// send sends the request once.
func (l *load) send(server string, call call) (status int, answer []byte, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, call.method, server+call.path, bytes.NewReader(call.body))
	if err != nil {
		return 0, nil, err
	}
	token := l.app.Load()
	if call.asUser {
		token = l.user.Load()
	}
	request.Header.Set("Authorization", "Bearer "+*token)
	for name, value := range map[string]string{"MS-RequestId": call.id, "If-Match": call.ifMatch, "MS-ContinuationToken": call.token} {
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	response, err := l.http.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

func (l *load) decode(answer []byte, into any) bool {
	if err := json.Unmarshal(answer, into); err != nil {
		l.t.Errorf("the answer %s: %v", answer, err)
		return false
	}
	return true
}
