package login_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/login"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata")

// TestGolden sends the requests in testdata/*.txtar and compares the answers byte for byte. A file holds, after a line
// that says what it shows, "have" lines for what came before, and "set" lines for what no request can say, the request, the
// answer, and the tokens decoded.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	must(t, err)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			must(t, err)
			exchange := readExchange(t, string(text))
			exchange.run(t)
			got := exchange.String()
			if *update {
				must(t, os.WriteFile(file, []byte(got), 0o644))
				return
			}
			if diff := cmp.Diff(string(text), got); diff != "" {
				t.Errorf("answer differs (-want +got); go test -update rewrites it\n%s", diff)
			}
		})
	}
}

// exchange is a golden file.
type exchange struct {
	about, request, answer, tokens string
}

const (
	requestMark = "-- request --\n"
	answerMark  = "-- answer --\n"
	tokensMark  = "-- tokens --\n"
)

func readExchange(t *testing.T, text string) *exchange {
	t.Helper()
	about, rest, ok := strings.Cut(text, requestMark)
	if !ok {
		t.Fatal("no section " + requestMark)
	}
	request, _, _ := strings.Cut(rest, answerMark)
	return &exchange{about: about, request: request}
}

func (e *exchange) String() string {
	text := e.about + requestMark + e.request + answerMark + e.answer
	if e.tokens != "" {
		text += tokensMark + e.tokens
	}
	return text
}

// run sends the request to a new world. Its lines end in CR LF on the wire and its body, if any, has no line end.
func (e *exchange) run(t *testing.T) {
	t.Helper()
	w := newWorld(t)
	name, password := w.signIn()
	words := []string{"{adminName}", name, "{adminPassword}", password, "{customer}", w.customer.ID}
	for line := range strings.SplitSeq(e.about, "\n") {
		if what, ok := strings.CutPrefix(line, "have "); ok {
			words = append(words, have(t, w, what)...)
		}
	}
	request := strings.NewReplacer(words...).Replace(e.request)
	head, body, _ := strings.Cut(strings.TrimSuffix(request, "\n"), "\n\n")
	if body != "" {
		head += fmt.Sprintf("\nContent-Length: %d", len(body))
	}
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n" + body)))
	must(t, err)
	r = r.WithContext(t.Context())
	r.RemoteAddr = "192.0.2.1:1234" // that of httptest's requests
	for line := range strings.SplitSeq(e.about, "\n") {
		r = set(t, w, r, line)
	}
	recorder := httptest.NewRecorder()
	w.serve().ServeHTTP(recorder, r)
	e.answer = dump(t, recorder)
	e.tokens = decodeTokens(t, answerIn(t, recorder))
}

// have makes what an earlier request would have, and returns the word that stands for it and what it stands for.
func have(t *testing.T, w *world, what string) []string {
	t.Helper()
	switch what {
	case "code":
		return []string{"{code}", w.code(t, publicApp)}
	case "plain code":
		return []string{"{code}", w.code(t, publicApp, plainChallenge)}
	case "code without a challenge":
		return []string{"{code}", w.code(t, publicApp, noChallenge)}
	case "confidential code":
		return []string{"{code}", w.code(t, contosoApp)}
	case "redeemed code":
		code := w.code(t, publicApp)
		must(t, w.Grants.RedeemCode(t.Context(), code, csp.ID{}))
		return []string{"{code}", code}
	case "refresh token":
		return []string{"{refresh}", w.refresh(t)}
	case "refresh token of the panel":
		w.panel(t)
		return []string{"{refresh}", w.refreshOf(t, w.megan(t), panelApp).Get("refresh_token")}
	case "refresh token of the panel with a consent":
		w.panel(t, graphGrant)
		return []string{"{refresh}", w.refreshOf(t, w.megan(t), panelApp).Get("refresh_token")}
	case "refresh token of a helpdesk agent":
		return []string{"{refresh}", w.refreshOf(t, w.agent(t, "helpdesk", csp.HelpdeskAgents), publicApp).Get("refresh_token")}
	case "refresh token from before a reset":
		// As if it had been made then: its family is what remembers the password.
		family := &csp.Family{Authorization: *w.granted(t, publicApp), ID: w.IDs.New(), Used: start}
		beforeReset(&family.Authorization)
		must(t, w.db.AddFamily(t.Context(), family))
		return []string{"{refresh}", w.RefreshToken(family.ID, 0)}
	case "code of a deleted user":
		return []string{"{code}", w.code(t, publicApp, deletedUser)}
	case "device":
		code, _ := w.device(t, publicApp)
		return []string{"{device}", code}
	case "polled device":
		code, _ := w.device(t, publicApp)
		must(t, second(w.Grants.PollDevice(t.Context(), code)))
		return []string{"{device}", code}
	case "denied device":
		code, userCode := w.device(t, publicApp)
		must(t, w.Grants.DenyDevice(t.Context(), userCode))
		return []string{"{device}", code}
	case "approved device":
		return []string{"{device}", w.approved(t, publicApp)}
	case "access token for the client":
		return []string{"{assertion}", w.behalf(t)}
	case "assertion":
		return []string{"{assertion}", goodAssertion(t, nil)}
	case "assertion of another application":
		return []string{"{assertion}", goodAssertion(t, map[string]any{"sub": contosoApp.String()})}
	case "assertion for another tenant":
		return []string{"{assertion}", goodAssertion(t, map[string]any{"aud": "http://localhost:8443/fabrikam.onmicrosoft.com/oauth2/v2.0/token"})}
	case "assertion by an unknown key":
		return []string{"{assertion}", goodAssertion(t, map[string]any{"header x5t#S256": "x"})}
	case "assertion by an expired certificate":
		key := mustAppKey(t)
		return []string{"{assertion}", assertion(t, key.PrivateKey, jose.PS256, key.over, nil)}
	}
	t.Fatalf("have %s: unknown", what)
	return nil
}

func second[T any](_ T, err error) error { return err }

// set changes what a request cannot say.
func set(t *testing.T, w *world, r *http.Request, line string) *http.Request {
	t.Helper()
	rest, ok := strings.CutPrefix(line, "set ")
	if !ok {
		return r
	}
	switch what, value, _ := strings.Cut(rest, " "); what {
	case "signed-in": // in one browser, one after the other
		for name := range strings.FieldsSeq(value) {
			signedIn(t, w, r, name)
		}
	case "implicit-tokens":
		must(t, w.db.ChangeApp(t.Context(), contosoApp, withImplicitTokens))
	case "enrolled":
		w.enrol(t, megan)
	case "enforce-mfa":
		w.EnforceMFA = true
	case "second-factor-life":
		life, err := time.ParseDuration(value)
		must(t, err)
		w.SecondFactorLife = life
	case "consented":
		must(t, w.db.AddConsent(t.Context(), csp.Consent{Tenant: contoso, App: contosoApp}, strings.Fields(value)))
	case "force-password-change":
		w.ForcePasswordChange = true
	case "revoke-reused":
		w.RevokeReused = true
	case "no-delegated-admin":
		w.endDelegatedAdmin(t)
	case "later":
		by, err := time.ParseDuration(value)
		must(t, err)
		w.later(by)
	case "guesses": // as many wrong passwords as lock a user out, from where the request comes
		for i := range 10 {
			form := asUser()
			form.Set("password", fmt.Sprint("guess ", i))
			if got := post(t, w.serve(), v2, form); len(got.Codes) != 1 || got.Codes[0] != 50126 {
				t.Fatalf("guess %d: got %v", i, got.Codes)
			}
		}
	case "trust-forwarded":
		w.TrustForwarded = true
	case "external-url":
		w.ExternalURL = value
	case "tls":
		r.TLS = &tls.ConnectionState{}
	case "host": // one that no HTTP client can send
		r.Host = value
	case "large-body":
		r.Body = io.NopCloser(bytes.NewReader(make([]byte, 65<<10)))
	case "store-gone":
		must(t, w.db.Close())
	case "store-broken":
		w.Store = brokenStore{w.Store}
	case "caller-gone":
		ctx, cancel := context.WithCancel(r.Context())
		cancel()
		r = r.WithContext(ctx)
	default:
		t.Fatalf("set %s: unknown", what)
	}
	return r
}

// brokenStore fails to find users, in a way that nobody foresaw.
type brokenStore struct{ csp.Store }

// User implements [csp.Store].
func (brokenStore) User(context.Context, csp.ID, string) (*csp.User, error) {
	return nil, errors.New("the page at 4096 is malformed")
}

// signedIn gives the request the cookies of somebody who has signed in.
func signedIn(t *testing.T, w *world, r *http.Request, name string) {
	t.Helper()
	v := w.visit(t)
	v.client.Jar = nil
	send := func(path string, form url.Values) {
		sent, err := http.NewRequestWithContext(t.Context(), http.MethodGet, v.server.URL+path, nil)
		if form != nil {
			sent, err = http.NewRequestWithContext(t.Context(), http.MethodPost, v.server.URL+path, strings.NewReader(form.Encode()))
			sent.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		must(t, err)
		for _, cookie := range r.Cookies() {
			sent.AddCookie(cookie)
		}
		v.send(sent)
		kept := map[string]string{}
		for _, cookie := range append(r.Cookies(), (&http.Response{Header: v.header}).Cookies()...) {
			kept[cookie.Name] = cookie.Value
		}
		r.Header.Del("Cookie")
		for _, name := range slices.Sorted(maps.Keys(kept)) {
			r.AddCookie(&http.Cookie{Name: name, Value: kept[name]})
		}
	}
	send("/account?prompt=login", nil)
	send("/account?prompt=login", url.Values{"form": {tokenOf(v)}, "step": {"sign-in"}, "username": {name}, "password": {chosenPassword}})
	if v.status != http.StatusSeeOther {
		t.Fatalf("sign-in of %s: got %d\n%s", name, v.status, v.text)
	}
	if _, err := w.db.SecondFactor(t.Context(), w.megan(t)); err == nil {
		here := v.header.Get("Location")
		send(here, nil)
		send(here, url.Values{"form": {tokenOf(v)}, "step": {"second-factor"}, "otp": {w.codeOf(t, 0)}})
		if v.status != http.StatusSeeOther {
			t.Fatalf("second factor of %s: got %d\n%s", name, v.status, v.text)
		}
	}
}

// dump is the answer as it goes over the wire, headers in order.
func dump(t *testing.T, recorder *httptest.ResponseRecorder) string {
	t.Helper()
	var text bytes.Buffer
	fmt.Fprintf(&text, "%d %s\n", recorder.Code, http.StatusText(recorder.Code))
	names := make([]string, 0)
	for name := range recorder.Header() {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range recorder.Header()[name] {
			fmt.Fprintf(&text, "%s: %s\n", name, value)
		}
	}
	fmt.Fprintf(&text, "\n%s\n", recorder.Body)
	return text.String()
}

// answerIn is the body, or as JSON what a redirect has behind its #.
func answerIn(t *testing.T, recorder *httptest.ResponseRecorder) string {
	t.Helper()
	_, fragment, ok := strings.Cut(recorder.Header().Get("Location"), "#")
	if !ok {
		return recorder.Body.String()
	}
	values, err := url.ParseQuery(fragment)
	must(t, err)
	members := map[string]string{}
	for name := range values {
		members[name] = values.Get(name)
	}
	text, err := json.Marshal(members)
	must(t, err)
	return string(text)
}

// decodeTokens is what the tokens of an answer say, for people.
func decodeTokens(t *testing.T, answer string) string {
	t.Helper()
	var members map[string]any
	if answer == "" || strings.HasPrefix(answer, "<!doctype html>") {
		return ""
	}
	must(t, json.Unmarshal([]byte(answer), &members))
	text := ""
	for _, name := range []string{"access_token", "id_token", "client_info"} {
		value, ok := members[name].(string)
		if !ok {
			continue
		}
		text += name + "\n"
		for part := range strings.SplitSeq(value, ".") {
			if decoded, err := base64.RawURLEncoding.DecodeString(part); err == nil && json.Valid(decoded) {
				text += "  " + string(decoded) + "\n"
			}
		}
	}
	return text
}

// TestGoldenCoversCatalogue fails for a row of the catalogue that no golden file shows.
func TestGoldenCoversCatalogue(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	must(t, err)
	var answers strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		must(t, err)
		answers.Write(text)
	}
	all := html.UnescapeString(answers.String())
	for _, location := range regexp.MustCompile(`(?m)^Location: (.*)$`).FindAllStringSubmatch(all, -1) {
		text, err := url.QueryUnescape(location[1])
		must(t, err)
		all += text
	}
	for _, row := range login.Errors() {
		beginning, _, _ := strings.Cut(row.Error(), "%s")
		if !strings.Contains(all, `"error":"`+row.Kind+`"`) && !strings.Contains(all, "error="+row.Kind+"&") || !strings.Contains(all, beginning) {
			t.Errorf("no golden file shows %q", row.Error())
		}
	}
}
