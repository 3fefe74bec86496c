package api_test

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/tenantry/tenantry/internal/api"
	"github.com/tenantry/tenantry/internal/server"
)

var update = flag.Bool("update", false, "write what the server answers into the golden files")

// TestGolden plays the exchanges in testdata, byte for byte; those in graph are in Microsoft Graph's shapes. A file is pairs of request and answer, in order, on one
// server with a seeded clock and seeded chance. The words of its first line beginning with "config:" set switches.
//
// In requests {{contoso}} is an app-only token of Contoso Cloud and {{contoso-user}} one of its user, and so on, and
// CUSTOMER, USER, ETAG, TOKEN, LINK and RECORD are the id of a customer and of a user (the last one that was answered by itself, or else the first of a list), the etag, the continuation token,
// the path of an agreement's text and the id of an audit record that were answered last; RELATIONSHIP, ASSIGNMENT and GRAPHTAG likewise are of granular
// delegated admin, and the request APPROVE is the customer's administrator, who approves it on its page; in answers <BOM> is the byte order mark, and the Date is always the same.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	graph, graphErr := filepath.Glob("testdata/graph/*.txtar")
	files, err = append(files, graph...), errors.Join(err, graphErr)
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			play(t, archive)
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// play sends each request and compares its answer, or puts it in.
func play(t *testing.T, archive *txtar.Archive) {
	stage := newStage(t, string(archive.Comment))
	var played []txtar.File
	var answer []byte
	for _, file := range archive.Files {
		switch {
		case file.Name == "request":
			played = append(played, file)
			if strings.TrimSpace(string(file.Data)) == "APPROVE" {
				answer = stage.approve()
			} else {
				answer = stage.send(file.Data)
			}
			if *update {
				played = append(played, txtar.File{Name: "answer", Data: answer})
			}
		case file.Name == "answer" && !*update:
			if string(answer) != string(file.Data) {
				t.Errorf("the answer differs; got\n%s\nwant\n%s", answer, file.Data)
			}
			answer = nil
		case file.Name == "answer":
		default:
			t.Fatalf("section %q is neither request nor answer", file.Name)
		}
	}
	if *update {
		archive.Files = played
	} else if answer != nil {
		t.Error("the last request has no answer in the file; run the test with -update and read what comes")
	}
}

// stage is a server and who is known to it.
type stage struct {
	t        *testing.T
	server   *server.Server
	before   *server.Server // the same as it was before it enforced a second factor, for tokens of then; nil: it does not
	clock    atomic.Int64   // seconds
	moved    time.Duration
	password string // of the last customer's administrator
	customer string // the last customer's id, CUSTOMER in the files
	user     string // the last user's id, USER
	etag     string // of the last billing profile or policy, ETAG
	next     string // the last continuation token, TOKEN
	link     string // the path of the last agreement's text, LINK
	record   string // the last audit record's id, RECORD
	granular string // the last granular relationship's id, RELATIONSHIP
	assigned string // its last assignment's id, ASSIGNMENT
	graph    string // the last etag in Graph's dress, GRAPHTAG
}

func newStage(t *testing.T, comment string) *stage {
	t.Helper()
	s := &stage{t: t}
	s.clock.Store(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Unix())
	world, err := server.ReadWorld([]byte(furtherWorld))
	if err != nil {
		t.Fatal(err)
	}
	config := server.Config{
		World: server.DevWorld().And(world),
		Now:   func() time.Time { return time.Unix(s.clock.Load(), 0).UTC() },
	}
	for line := range strings.Lines(comment) {
		words, ok := strings.CutPrefix(line, "config:")
		for _, word := range strings.Fields(words) {
			if ok {
				s.configure(&config, word)
			}
		}
	}
	s.server = open(t, config)
	if config.MFA == api.MFAEnforce {
		config.MFA = api.MFAReport
		s.before = open(t, config)
	}
	return s
}

// open starts a server with the same chance as any other: they have the same keys.
func open(t *testing.T, config server.Config) *server.Server {
	t.Helper()
	config.Rand = &chance{source: rand.NewChaCha8([32]byte{1})}
	opened, err := server.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := opened.Close(t.Context()); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	return opened
}

func (s *stage) configure(config *server.Config, word string) {
	switch name, value, _ := strings.Cut(word, "="); name {
	case "bom":
		config.BOM = api.BOM(value)
	case "address-validation":
		config.AddressValidation = api.AddressValidation(value)
	case "mfa":
		config.MFA = api.MFA(value)
	case "user-created":
		config.UserCreated = http.StatusCreated
	case "strict-headers":
		config.StrictHeaders = true
	case "strict-registration":
		config.StrictRegistration = true
	case "strict-culture":
		config.StrictCulture = true
	case "refuse-graph-audience":
		config.RefuseGraphAudience = true
	case "sandbox-limits":
		config.SandboxLimits = true
	case "external-url":
		config.ExternalURL = value
	case "gdap-by-default":
		config.GDAPByDefault = true
	case "throttle-partner":
		config.ThrottlePartner = s.limit(value)
	case "throttle-customer":
		config.ThrottleCustomer = s.limit(value)
	case "admin-key":
		config.AdminKey = value
	case "tokens-age":
		age, err := time.ParseDuration(value)
		if err != nil {
			s.t.Fatal(err)
		}
		s.moved = age
	default:
		s.t.Fatalf("unknown switch %q", word)
	}
}

func (s *stage) limit(text string) server.Limit {
	s.t.Helper()
	var limit server.Limit
	if err := limit.UnmarshalText([]byte(text)); err != nil {
		s.t.Fatal(err)
	}
	return limit
}

// furtherWorld is who the golden files need beside the ready-made world.
const furtherWorld = `{"partners": [
	{"id": "11111111-2222-4111-8111-111111111111", "name": "Contoso Helpdesk", "domain": "contosohelp.onmicrosoft.com", "kind": "direct", "country": "US",
	 "apps": [{"id": "11111111-2222-0000-8000-00000000a001", "name": "GDAP", "secret": "dev-secret", "permissions": ["DelegatedAdminRelationship.ReadWrite.All"]},
	  {"id": "11111111-2222-0000-8000-00000000a002", "name": "Report", "secret": "dev-secret", "permissions": ["DelegatedAdminRelationship.Read.All"]}],
	 "users": [{"principalName": "admin@contosohelp.onmicrosoft.com", "password": "dev-Passw0rd", "agents": ["HelpdeskAgents"]}]},
	{"id": "44444444-4444-4444-8444-444444444444", "name": "Tailspin Resale", "domain": "tailspinresale.onmicrosoft.com", "kind": "indirect-reseller", "country": "US",
	 "agreementPending": true, "providers": ["22222222-2222-4222-8222-222222222222"]},
	{"id": "66666666-6666-4666-8666-666666666666", "name": "Northwind Cloud", "domain": "northwindcloud.onmicrosoft.com", "kind": "indirect-provider", "country": "US",
	 "users": [{"principalName": "admin@northwindcloud.onmicrosoft.com", "passwordHash": "$argon2id$v=19$m=19456,t=2,p=1$pwXJjyN9W4H4KSQ3xARhAw$nI9KcBg1HF/qU6eNz4GTKLOWat/MEebMhJvVAjASgyo", "agents": ["AdminAgents"]}]},
	{"id": "77777777-7777-4777-8777-777777777777", "name": "Litware Resale", "domain": "litwareresale.onmicrosoft.com", "kind": "indirect-reseller", "country": "US",
	 "providers": ["66666666-6666-4666-8666-666666666666"],
	 "users": [{"principalName": "admin@litwareresale.onmicrosoft.com", "passwordHash": "$argon2id$v=19$m=19456,t=2,p=1$pwXJjyN9W4H4KSQ3xARhAw$nI9KcBg1HF/qU6eNz4GTKLOWat/MEebMhJvVAjASgyo", "agents": ["AdminAgents"]}]},
]}`

// chance is a seeded source that many requests can draw from.
type chance struct {
	mu     sync.Mutex
	source *rand.ChaCha8
}

func (c *chance) Read(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.source.Read(p)
}

var placeholder = regexp.MustCompile(`\{\{([^}]+)\}\}`)

// send is the answer to a request, as the golden files write it.
func (s *stage) send(request []byte) []byte {
	s.t.Helper()
	request = placeholder.ReplaceAllFunc(request, func(match []byte) []byte {
		return []byte(s.token(string(match[2 : len(match)-2])))
	})
	request = []byte(strings.NewReplacer("CUSTOMER", s.customer, "USER", s.user, "ETAG", s.etag, "TOKEN", s.next, "LINK", s.link, "RECORD", s.record,
		"RELATIONSHIP", s.granular, "ASSIGNMENT", s.assigned, "GRAPHTAG", s.graph).Replace(string(request)))
	head, body, _ := strings.Cut(string(request), "\n\n")
	body = strings.TrimSuffix(body, "\n")
	head = strings.ReplaceAll(strings.TrimSpace(head), "\n", "\r\n")
	if !strings.Contains(head, "\r\nHost:") {
		head += "\r\nHost: api.partnercenter.microsoft.com"
	}
	if body != "" && !strings.Contains(head, "Transfer-Encoding:") {
		head += fmt.Sprintf("\r\nContent-Length: %d", len(body))
	}
	s.clock.Add(int64(s.moved.Seconds()))
	defer s.clock.Add(-int64(s.moved.Seconds()))

	conn, err := net.Dial("tcp", s.server.Addr().String())
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, head+"\r\n\r\n"+body); err != nil {
		s.t.Fatal(err)
	}
	method, _, _ := strings.Cut(head, " ")
	return s.read(conn, method)
}

var (
	etags         = regexp.MustCompile(`"etag":"(?:\\")?([^"\\]*)`) // without the quotes that some have inside
	links         = regexp.MustCompile(`"displayUri":"https?://[^/]*(/[^"]*)"`)
	users         = regexp.MustCompile(`"id":"([^"]*)","userPrincipalName"`)
	granulars     = regexp.MustCompile(`"id":"([0-9a-f]{8}-[0-9a-f-]{64})"`)
	assignments   = regexp.MustCompile(`"id":"([^"]*)","status":"active"`)
	graphTags     = regexp.MustCompile(`"@odata.etag":"W/\\"([^"\\]*)`)
	records       = regexp.MustCompile(`"id":"([^"]*_[a-z]+_\d+)"`)
	continuations = regexp.MustCompile(`"headers":\[\{"key":"MS-ContinuationToken","value":"([^"]*)"`)
)

// note keeps what the answer has of it, for the requests that follow.
func (s *stage) note(kept *string, text []byte, what *regexp.Regexp) {
	if match := what.FindSubmatch(text); match != nil {
		*kept = string(match[1])
	}
}

var dates = regexp.MustCompile(`(?m)^Date: .*$`)

func (s *stage) read(conn net.Conn, method string) []byte {
	var raw bytes.Buffer
	reader := bufio.NewReader(io.TeeReader(conn, &raw))
	for {
		response, err := http.ReadResponse(reader, &http.Request{Method: method})
		if err != nil {
			s.t.Fatalf("no answer: %v after %q", err, raw.String())
		}
		text, err := io.ReadAll(response.Body)
		if err != nil {
			s.t.Fatal(err)
		}
		if response.StatusCode == http.StatusContinue {
			continue
		}
		var created struct {
			ID              string
			UserCredentials struct{ Password string }
		}
		if json.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &created) == nil && created.UserCredentials.Password != "" {
			s.password, s.customer = created.UserCredentials.Password, created.ID
		}
		s.note(&s.etag, text, etags)
		if s.user == "" || !bytes.Contains(text, []byte(`"items"`)) {
			s.note(&s.user, text, users)
		}
		s.note(&s.next, text, continuations)
		s.note(&s.link, text, links)
		s.note(&s.record, text, records)
		s.note(&s.granular, text, granulars)
		s.note(&s.assigned, text, assignments)
		s.note(&s.graph, text, graphTags)
		break
	}
	answer := strings.ReplaceAll(raw.String(), "\r\n", "\n")
	answer = dates.ReplaceAllString(answer, "Date: Sun, 01 Mar 2026 12:00:00 GMT")
	answer = strings.ReplaceAll(answer, "\ufeff", "<BOM>")
	return []byte(strings.TrimSuffix(answer, "\n") + "\n")
}

// people are the partners of the two worlds, by the names that the files call them.
var people = map[string]struct{ tenant, app, user string }{
	"contoso":   {"11111111-1111-4111-8111-111111111111", "11111111-0000-4000-8000-00000000a001", "admin@contosocloud.onmicrosoft.com"},
	"fabrikam":  {"22222222-2222-4222-8222-222222222222", "22222222-0000-4000-8000-00000000a001", "admin@fabrikamdistribution.onmicrosoft.com"},
	"wingtip":   {"33333333-3333-4333-8333-333333333333", "33333333-0000-4000-8000-00000000a001", "admin@wingtipresale.onmicrosoft.com"},
	"northwind": {"66666666-6666-4666-8666-666666666666", "", "admin@northwindcloud.onmicrosoft.com"},
	"litware":   {"77777777-7777-4777-8777-777777777777", "", "admin@litwareresale.onmicrosoft.com"},
	"helpdesk":  {"11111111-2222-4111-8111-111111111111", "", "admin@contosohelp.onmicrosoft.com"},
	"delegator": {"11111111-2222-4111-8111-111111111111", "11111111-2222-0000-8000-00000000a001", ""},
	"reporter":  {"11111111-2222-4111-8111-111111111111", "11111111-2222-0000-8000-00000000a002", ""},
}

// token signs in as who the placeholder names: contoso, contoso-user, contoso for https://…, or admin@a-customer's-domain.
func (s *stage) token(name string) string {
	s.t.Helper()
	name, resource, ok := strings.Cut(name, " for ")
	if !ok {
		resource = "https://api.partnercenter.microsoft.com"
	}
	form := url.Values{"resource": {resource}}
	asUser := func(tenant, user, password string) string {
		form.Set("grant_type", "password")
		form.Set("client_id", "04b07795-8ddb-461a-bbee-02f9e1bf7b46")
		form.Set("username", user)
		form.Set("password", password)
		return s.signIn(tenant, form)
	}
	if _, domain, ok := strings.Cut(name, "@"); ok {
		return asUser(domain, name, s.password)
	}
	person, isUser := strings.CutSuffix(name, "-user")
	who, ok := people[person]
	if !ok {
		s.t.Fatalf("nobody is called %q", name)
	}
	if isUser {
		return asUser(who.tenant, who.user, "dev-Passw0rd")
	}
	form.Set("grant_type", "client_credentials")
	form.Set("client_id", who.app)
	form.Set("client_secret", "dev-secret")
	return s.signIn(who.tenant, form)
}

func (s *stage) signIn(tenant string, form url.Values) string {
	s.t.Helper()
	response, err := http.PostForm(cmp.Or(s.before, s.server).URL()+"/"+tenant+"/oauth2/token", form)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(text, &answer); err != nil || answer.AccessToken == "" {
		s.t.Fatalf("no token: %d %s", response.StatusCode, text)
	}
	return answer.AccessToken
}

var formToken = regexp.MustCompile(`name="form" value="([^"]*)"`)

// approve is what the customer's administrator does, who signs in for the first time: the status of the page that follows.
func (s *stage) approve() []byte {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	page := s.server.URL() + "/partners/invitation/granularAdminRelationships/" + s.granular
	const chosen = "Kestrel-bakes-7"
	name := "admin@kestrel.onmicrosoft.com"
	response, err := browser.Get(page)
	for _, form := range []url.Values{
		{"step": {"sign-in"}, "username": {name}, "password": {s.password}},
		{"step": {"change-password"}, "username": {name}, "current": {s.password}, "new": {chosen}, "again": {chosen}},
		{"step": {"accept"}},
		nil,
	} {
		if err != nil {
			s.t.Fatal(err)
		}
		text, readErr := io.ReadAll(response.Body)
		if err := errors.Join(readErr, response.Body.Close()); err != nil {
			s.t.Fatal(err)
		}
		if form == nil {
			return []byte(response.Status + "\n")
		}
		match := formToken.FindSubmatch(text)
		if match == nil {
			s.t.Fatalf("no form: %s\n%s", response.Status, text)
		}
		form.Set("form", html.UnescapeString(string(match[1])))
		response, err = browser.PostForm(response.Request.URL.String(), form)
	}
	return nil
}
