package server_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/store/postgrestest"
	"github.com/tenantry/tenantry/partnercenter"
)

const sharedRoot = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

// several starts servers on one database, all at once.
func several(t *testing.T, n int, config server.Config) []*server.Server {
	t.Helper()
	return severalAt(t, postgrestest.Newest(t).NewDatabase(t), n, config)
}

func severalAt(t *testing.T, database string, n int, config server.Config) []*server.Server {
	t.Helper()
	config.Store, config.RootKey, config.AdminKey = database, sharedRoot, adminKey
	if config.World == nil {
		config.World = server.DevWorld()
	}
	servers, errs := make([]*server.Server, n), make([]error, n)
	var group sync.WaitGroup
	for i := range servers {
		group.Go(func() { servers[i], errs[i] = server.Open(t.Context(), config) })
	}
	group.Wait()
	for i, s := range servers {
		if errs[i] != nil {
			t.Errorf("server %d: %v", i+1, errs[i])
			continue
		}
		t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			if err := s.Close(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	if t.Failed() {
		t.FailNow()
	}
	return servers
}

// result is what a request was answered by.
type result struct {
	status int
	body   string
	header http.Header
}

// caller sends requests, each on a connection of its own if they are many at once.
type caller struct {
	t     *testing.T
	token string
	http  *http.Client
}

func newCaller(t *testing.T, token string) *caller {
	transport := &http.Transport{MaxIdleConnsPerHost: 1000}
	t.Cleanup(transport.CloseIdleConnections)
	return &caller{t, token, &http.Client{Transport: transport}}
}

func (c *caller) send(s *server.Server, method, path, body string, header ...string) result {
	request, err := http.NewRequestWithContext(c.t.Context(), method, s.URL()+path, strings.NewReader(body))
	if err != nil {
		c.t.Error(err)
		return result{}
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := c.http.Do(request)
	if err != nil {
		c.t.Error(err)
		return result{}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Error(err)
	}
	return result{response.StatusCode, string(text), response.Header}
}

// atOnce runs the function so many times in the same moment.
func atOnce(n int, run func(i int)) {
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-start
			run(i)
		})
	}
	close(start)
	group.Wait()
}

// eventually waits until the condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("not within a minute: %s", what)
		}
		time.Sleep(10 * time.Millisecond) // nobody would tell us
	}
}

func mustUserToken(t *testing.T, s *server.Server) string {
	t.Helper()
	return mustToken(t, s, contoso, url.Values{
		"grant_type": {"password"}, "client_id": {publicApp}, "resource": {"https://api.partnercenter.microsoft.com"},
		"username": {"admin@contosocloud.onmicrosoft.com"}, "password": {"dev-Passw0rd"},
	})
}

// TestOneRequestID sends one create from 500 connections to two servers: there is one customer, and one answer.
func TestOneRequestID(t *testing.T) {
	t.Parallel()
	const connections = 500
	for _, postgres := range postgrestest.Servers(t) {
		t.Run(postgres.Name, func(t *testing.T) {
			servers := severalAt(t, postgres.NewDatabase(t), 2, server.Config{})
			c := newCaller(t, mustAppToken(t, servers[0]))
			results := make([]result, connections)
			atOnce(connections, func(i int) {
				results[i] = c.send(servers[i%2], http.MethodPost, "/v1/customers", fmt.Sprintf(createBody, "kestrel.onmicrosoft.com"), "MS-RequestId", "7b9c1f6a-0000-4000-8000-000000000001")
			})
			for i, got := range results {
				if got.status != http.StatusCreated || got.body != results[0].body {
					t.Fatalf("connection %d: got %d %s, want 201 %s", i, got.status, got.body, results[0].body)
				}
			}
			for _, s := range servers {
				var list struct{ TotalCount int }
				if got := c.send(s, http.MethodGet, "/v1/customers?size=10", ""); json.Unmarshal([]byte(got.body), &list) != nil || list.TotalCount != 1 {
					t.Errorf("customers: got %s, want one", got.body)
				}
			}
		})
	}
}

// TestOneDomain sends creates of 500 callers for one domain: one gets it.
func TestOneDomain(t *testing.T) {
	t.Parallel()
	const connections = 500
	servers := several(t, 2, server.Config{})
	c := newCaller(t, mustAppToken(t, servers[0]))
	var created, taken atomic.Int64
	atOnce(connections, func(i int) {
		got := c.send(servers[i%2], http.MethodPost, "/v1/customers", fmt.Sprintf(createBody, "kestrel.onmicrosoft.com"), "MS-RequestId", fmt.Sprintf("7b9c1f6a-0000-4000-8000-%012d", i))
		switch got.status {
		case http.StatusCreated:
			created.Add(1)
		case http.StatusConflict:
			taken.Add(1)
		default:
			t.Errorf("got %d %s", got.status, got.body)
		}
	})
	if created.Load() != 1 || taken.Load() != connections-1 {
		t.Errorf("%d got the domain and %d were told that it is taken, want 1 and %d", created.Load(), taken.Load(), connections-1)
	}
}

// TestWrittenHereReadThere reads at each of three servers what another has just answered.
func TestWrittenHereReadThere(t *testing.T) {
	t.Parallel()
	servers := several(t, 3, server.Config{})
	c := newCaller(t, mustUserToken(t, servers[0]))
	var customer partnercenter.Customer
	for i := range 9 {
		a, b := servers[i%3], servers[(i+1)%3]
		got := c.send(a, http.MethodPost, "/v1/customers", fmt.Sprintf(createBody, fmt.Sprintf("kestrel%d.onmicrosoft.com", i)))
		if err := json.Unmarshal([]byte(got.body), &customer); err != nil || got.status != http.StatusCreated {
			t.Fatalf("create: got %d %s", got.status, got.body)
		}
		if got := c.send(b, http.MethodGet, "/v1/customers/"+customer.ID, ""); got.status != http.StatusOK {
			t.Errorf("read elsewhere: got %d %s", got.status, got.body)
		}
		got = c.send(b, http.MethodPatch, "/v1/customers/"+customer.ID, `{"relationshipToPartner":"none"}`)
		if got.status != http.StatusOK {
			t.Errorf("end the relationship elsewhere: got %d %s", got.status, got.body)
		}
		if got := c.send(a, http.MethodGet, "/v1/customers/"+customer.ID, ""); got.status != http.StatusForbidden {
			t.Errorf("after its end: got %d %s, want 403", got.status, got.body)
		}
	}
}

// TestETagsAmongServers has 50 writers count in one profile by read and conditional write: no count is lost.
func TestETagsAmongServers(t *testing.T) {
	t.Parallel()
	const writers = 50
	servers := several(t, 2, server.Config{})
	c := newCaller(t, mustAppToken(t, servers[0]))
	var customer partnercenter.Customer
	if got := c.send(servers[0], http.MethodPost, "/v1/customers", fmt.Sprintf(createBody, "kestrel.onmicrosoft.com")); json.Unmarshal([]byte(got.body), &customer) != nil {
		t.Fatalf("create: %s", got.body)
	}
	path := "/v1/customers/" + customer.ID + "/profiles/billing"
	read := func(s *server.Server) (profile partnercenter.CustomerBillingProfile, n int) {
		if err := json.Unmarshal([]byte(c.send(s, http.MethodGet, path, "").body), &profile); err != nil {
			t.Error(err)
		}
		_, _ = fmt.Sscan(profile.DefaultAddress.AddressLine1, &n) // not a number: another line shows
		return profile, n
	}
	_, before := read(servers[0])
	atOnce(writers, func(i int) {
		s := servers[i%2]
		for t.Context().Err() == nil {
			profile, n := read(s)
			profile.DefaultAddress.AddressLine1 = fmt.Sprint(n + 1)
			etag := profile.Attributes.ETag
			text, err := json.Marshal(&profile)
			if err != nil {
				t.Error(err)
				return
			}
			switch got := c.send(s, http.MethodPut, path, string(text), "If-Match", etag); got.status {
			case http.StatusOK:
				return
			case http.StatusPreconditionFailed, http.StatusServiceUnavailable: // somebody was quicker, or too many were
			default:
				t.Errorf("write: got %d %s", got.status, got.body)
				return
			}
		}
	})
	for i, s := range servers {
		if _, n := read(s); n != before+writers {
			t.Errorf("server %d: counted %d, want %d", i+1, n-before, writers)
		}
	}
}

// keyOf is the id of the key that signed the token.
func keyOf(t *testing.T, token string) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[0])
	if err != nil {
		t.Fatal(err)
	}
	var header struct {
		KeyID string `json:"kid"`
	}
	if err := json.Unmarshal(text, &header); err != nil {
		t.Fatal(err)
	}
	return header.KeyID
}

// published are the ids of the keys that a server publishes.
func published(t *testing.T, s *server.Server) string {
	t.Helper()
	_, text := mustSend(t, http.MethodGet, s.URL()+"/common/discovery/keys", "", "")
	return string(text)
}

// TestKeysAmongServers takes one server's tokens at another, and rotates the keys at one: the other publishes the next key before it
// is used, and uses it from then on; one that is revoked is soon refused everywhere.
func TestKeysAmongServers(t *testing.T) {
	t.Parallel()
	var moved atomic.Int64
	servers := several(t, 2, server.Config{Now: func() time.Time { return time.Now().Add(time.Duration(moved.Load())) }})
	a, b := servers[0], servers[1]
	get := func(s *server.Server, token string) int {
		status, _ := mustSend(t, http.MethodGet, s.URL()+"/v1/customers?size=1", token, "")
		return status
	}
	for range 3 {
		for i, s := range servers {
			if got := get(servers[1-i], mustAppToken(t, s)); got != http.StatusOK {
				t.Errorf("a token of server %d at the other: got %d", i+1, got)
			}
		}
	}

	var keys []struct{ Kid, Use string }
	if err := json.Unmarshal(ask(t, a, http.MethodPost, "keys/rotate", `{"revoke":false}`, http.StatusOK), &keys); err != nil || keys[0].Use != "next" {
		t.Fatalf("rotate: got %+v, %v", keys, err)
	}
	next := keys[0].Kid
	eventually(t, "the other server publishes the next key", func() bool { return strings.Contains(published(t, b), next) })
	for i, s := range servers {
		if got := keyOf(t, mustAppToken(t, s)); got == next {
			t.Errorf("server %d signs with the next key before its time", i+1)
		}
	}
	moved.Store(int64(25 * time.Hour))
	for i, s := range servers {
		token := mustAppToken(t, s)
		if got := keyOf(t, token); got != next {
			t.Errorf("server %d signs with %s, want %s", i+1, got, next)
		}
		if got := get(servers[1-i], token); got != http.StatusOK {
			t.Errorf("its token at the other: got %d", got)
		}
	}

	token := mustAppToken(t, b)
	if got := get(b, token); got != http.StatusOK {
		t.Fatalf("got %d", got)
	}
	ask(t, a, http.MethodPost, "keys/rotate", `{"revoke":true}`, http.StatusOK)
	if got := get(a, token); got != http.StatusUnauthorized {
		t.Errorf("after it was revoked, where that was done: got %d, want 401", got)
	}
	eventually(t, "the other server refuses a token of the revoked key that it has remembered", func() bool { return get(b, token) == http.StatusUnauthorized })
	if got := get(a, mustAppToken(t, b)); got != http.StatusOK {
		t.Errorf("a new token of the other server: got %d", got)
	}
}

// signedIn is the refresh token of the user of Contoso's.
func signedIn(t *testing.T, s *server.Server, name, password string) string {
	t.Helper()
	_, refresh, failure := redeem(t, s, url.Values{
		"grant_type": {"password"}, "client_id": {publicApp}, "resource": {"https://graph.windows.net"}, "scope": {"openid offline_access"},
		"username": {name + "@contosocloud.onmicrosoft.com"}, "password": {password},
	})
	if failure != "" {
		t.Fatalf("sign-in: %s", failure)
	}
	return refresh
}

func refreshing(token string) url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "client_id": {publicApp}, "resource": {"https://graph.windows.net"}, "refresh_token": {token}}
}

// TestSignInsAmongServers ends sign-ins at one server: they are over at the other.
func TestSignInsAmongServers(t *testing.T) {
	t.Parallel()
	servers := several(t, 2, server.Config{RevokeReused: true})
	a, b := servers[0], servers[1]
	var bo struct{ Password string }
	if err := json.Unmarshal(ask(t, a, http.MethodPost, "partners/"+contoso+"/users", `{"name":"bo","agents":["AdminAgents"]}`, http.StatusOK), &bo); err != nil {
		t.Fatal(err)
	}

	first := signedIn(t, b, "bo", bo.Password)
	_, second, failure := redeem(t, a, refreshing(first))
	if failure != "" {
		t.Fatalf("refresh elsewhere: %s", failure)
	}
	_, third, failure := redeem(t, b, refreshing(second))
	if failure != "" {
		t.Fatalf("refresh again: %s", failure)
	}
	if _, _, failure = redeem(t, a, refreshing(first)); failure == "" {
		t.Error("a token whose successor was used at another server: got a token")
	}
	if _, _, failure = redeem(t, b, refreshing(third)); failure == "" {
		t.Error("the newest token after one was used again: got a token")
	}

	refresh := signedIn(t, b, "bo", bo.Password)
	ask(t, a, http.MethodPost, "users/bo@contosocloud.onmicrosoft.com/resetpassword", "", http.StatusOK)
	if _, _, failure = redeem(t, b, refreshing(refresh)); failure != "AADSTS50173" {
		t.Errorf("after a reset: got %q, want AADSTS50173", failure)
	}
	if got := signIn(t, b, "bo@contosocloud.onmicrosoft.com", bo.Password); got != 50126 {
		t.Errorf("the old password: got %d, want 50126", got)
	}

	refresh = signedIn(t, b, "admin", "dev-Passw0rd")
	ask(t, a, http.MethodDelete, "users/admin@contosocloud.onmicrosoft.com", "", http.StatusOK)
	if _, _, failure = redeem(t, b, refreshing(refresh)); failure == "" {
		t.Error("after the user was deleted: got a token")
	}
}

// TestDeviceAmongServers starts the sign-in of a device at one server, approves it at another and fetches it at a third.
func TestDeviceAmongServers(t *testing.T) {
	t.Parallel()
	servers := several(t, 3, server.Config{})
	var device struct {
		UserCode   string `json:"user_code"`
		DeviceCode string `json:"device_code"`
	}
	form := url.Values{"client_id": {publicApp}, "resource": {"https://graph.windows.net"}}
	response, err := http.PostForm(servers[0].URL()+"/"+contoso+"/oauth2/devicecode", form)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&device); err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, origin: servers[1].URL(), client: &http.Client{Jar: jar}}
	b.read(b.client.Get(b.origin + "/devicelogin?otc=" + device.UserCode))
	b.submit("username", "admin@contosocloud.onmicrosoft.com", "password", "dev-Passw0rd")
	b.origin = servers[0].URL() // as a load balancer would have it; the cookie goes by the host
	if b.submit("step", "allow"); !strings.Contains(b.page, "on your device") {
		t.Fatalf("approved: got %s", b.page)
	}
	poll := url.Values{"grant_type": {"device_code"}, "client_id": {publicApp}, "code": {device.DeviceCode}, "resource": {"https://graph.windows.net"}}
	var fetched atomic.Int64
	atOnce(12, func(i int) {
		if groups, _, failure := redeem(t, servers[i%3], poll); failure == "" && len(groups) > 0 {
			fetched.Add(1)
		}
	})
	if got := fetched.Load(); got != 1 {
		t.Errorf("the tokens were handed out %d times, want once", got)
	}
}

// TestThrottleAmongServers calls three servers as often as anybody can, while no time passes: together they let a burst pass, but
// for what each may have at hand.
func TestThrottleAmongServers(t *testing.T) {
	t.Parallel()
	const burst, n = 80, 3
	now := time.Now()
	servers := several(t, n, server.Config{ThrottlePartner: server.Limit{PerMinute: 60, Burst: burst}, Now: func() time.Time { return now }})
	c := newCaller(t, mustAppToken(t, servers[0]))
	var passed atomic.Int64
	atOnce(300, func(i int) {
		switch got := c.send(servers[i%n], http.MethodGet, "/v1/customers?size=1", ""); got.status {
		case http.StatusOK:
			passed.Add(1)
		case http.StatusTooManyRequests:
			if got.header.Get("Retry-After") == "" {
				t.Error("refused without Retry-After")
			}
		default:
			t.Errorf("got %d %s", got.status, got.body)
		}
	})
	if got := passed.Load(); got > burst || got < burst-n*burst/8 {
		t.Errorf("%d calls passed, want at most %d, and at least %d", got, burst, burst-n*burst/8)
	}

	registration := `{"webhookUrl":"https://receiver.example/","webhookEvents":["test-created"]}`
	if got := c.send(servers[0], http.MethodPost, "/webhooks/v1/registration", registration); got.status == http.StatusOK {
		t.Errorf("beyond the limit: got %d", got.status)
	}
}

// TestCodeAmongServers lets 20 customers have a validation code at once that is good for one.
func TestCodeAmongServers(t *testing.T) {
	t.Parallel()
	servers := several(t, 2, server.Config{})
	c := newCaller(t, mustUserToken(t, servers[0]))
	ids := make([]string, 20)
	atOnce(len(ids), func(i int) {
		var customer partnercenter.Customer
		got := c.send(servers[i%2], http.MethodPost, "/v1/customers", fmt.Sprintf(createBody, fmt.Sprintf("kestrel%d.onmicrosoft.com", i)))
		if err := json.Unmarshal([]byte(got.body), &customer); err != nil || got.status != http.StatusCreated {
			t.Errorf("create: got %d %s", got.status, got.body)
		}
		ids[i] = customer.ID
	})
	var used atomic.Int64
	atOnce(len(ids), func(i int) {
		got := c.send(servers[i%2], http.MethodPost, "/v1/customers/"+ids[i]+"/qualifications?code=40018", `{"Qualification":"GovernmentCommunityCloud"}`)
		switch {
		case got.status == http.StatusCreated:
			used.Add(1)
		case got.status >= 500:
			t.Errorf("got %d %s", got.status, got.body)
		}
	})
	if got := used.Load(); got != 1 {
		t.Errorf("the code was used %d times, want once", got)
	}
}

// TestAgreementAmongServers withdraws a reseller's agreement at one server: the other creates nothing for it any more, and shows it
// when what it has read is no longer fresh.
func TestAgreementAmongServers(t *testing.T) {
	t.Parallel()
	const fabrikam, wingtip = "22222222-2222-4222-8222-222222222222", "33333333-3333-4333-8333-333333333333"
	servers := several(t, 2, server.Config{})
	token := mustToken(t, servers[0], fabrikam, url.Values{
		"grant_type": {"password"}, "client_id": {publicApp}, "resource": {"https://api.partnercenter.microsoft.com"},
		"username": {"admin@fabrikamdistribution.onmicrosoft.com"}, "password": {"dev-Passw0rd"},
	})
	c := newCaller(t, token)
	create := func(s *server.Server, domain string) result {
		return c.send(s, http.MethodPost, "/v1/customers", strings.Replace(fmt.Sprintf(createBody, domain), "{", `{"associatedPartnerId":"`+wingtip+`",`, 1))
	}
	if got := create(servers[1], "a.onmicrosoft.com"); got.status != http.StatusCreated {
		t.Fatalf("before: got %d %s", got.status, got.body)
	}
	ask(t, servers[0], http.MethodPut, "partners/"+wingtip+"/agreement", `{"accepted":false}`, http.StatusOK)
	if got := create(servers[1], "b.onmicrosoft.com"); got.status == http.StatusCreated {
		t.Errorf("after: got %d %s, want a refusal", got.status, got.body)
	}
	eventually(t, "the other server shows that the agreement was withdrawn", func() bool {
		return bytes.Contains(ask(t, servers[1], http.MethodGet, "partners/"+wingtip, "", http.StatusOK), []byte(`"agreementAccepted":false`))
	})
}

// TestWebhooksAmongServers makes events at three servers, and one that a server had claimed which is no more: each is sent once.
func TestWebhooksAmongServers(t *testing.T) {
	t.Parallel()
	const events = 30
	r := newReceiver(t, "Tenantry", "Authorization")
	database := postgrestest.Newest(t).NewDatabase(t)
	first := severalAt(t, database, 1, server.Config{PrivateWebhooks: true})[0]
	bearer := mustAppToken(t, first)
	registration := `{"webhookUrl":"` + r.URL + `","webhookEvents":["test-created"]}`
	if status := asContoso(t, first, bearer, "POST", "/webhooks/v1/registration", registration, nil); status != http.StatusOK {
		t.Fatalf("register: got %d", status)
	}
	mustClose(t, first)

	dead, err := store.Open(t.Context(), database, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	partner, ids := csp.MustParseID(contoso), &csp.IDs{}
	queue := func(db *store.DB, n int) {
		event := csp.Event{Name: partnercenter.EventTestCreated, ResourceName: "test", ResourcePath: fmt.Sprint("/", n)}
		if _, err := db.QueueEvent(t.Context(), partner, ids.New(), event); err != nil {
			t.Error(err)
		}
	}
	queue(dead, 0)
	if claimed, err := dead.ClaimDeliveries(t.Context(), time.Second, 10); err != nil || len(claimed) != 1 {
		t.Fatalf("claim: got %d, %v", len(claimed), err)
	}
	if err := dead.Close(); err != nil {
		t.Fatal(err)
	}

	severalAt(t, database, 3, server.Config{PrivateWebhooks: true})
	alive, err := store.Open(t.Context(), database, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer alive.Close()
	for n := 1; n < events; n++ {
		queue(alive, n)
	}
	seen := map[string]int{}
	for range events {
		resource := (<-r.received).ResourceURI
		seen[resource[strings.LastIndex(resource, "/"):]]++
	}
	eventually(t, "all deliveries are recorded", func() bool {
		next, err := alive.NextDelivery(t.Context())
		return err == nil && next.IsZero()
	})
	if len(seen) != events || len(r.received) != 0 {
		t.Errorf("%d events were sent, and %d more often than once: %v", len(seen), len(r.received), seen)
	}
}

// TestTenServers starts ten servers in the same moment on a database in which there is nothing.
func TestTenServers(t *testing.T) {
	t.Parallel()
	for _, postgres := range postgrestest.Servers(t) {
		t.Run(postgres.Name, func(t *testing.T) {
			servers := severalAt(t, postgres.NewDatabase(t), 10, server.Config{})
			token := mustAppToken(t, servers[0])
			for i, s := range servers {
				if status, body := mustSend(t, http.MethodGet, s.URL()+"/v1/customers?size=1", token, ""); status != http.StatusOK {
					t.Errorf("server %d: got %d %s", i+1, status, body)
				}
			}
		})
	}
}
