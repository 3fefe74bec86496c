package login_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/login"
)

var update = flag.Bool("update", false, "rewrite the answers in testdata")

// TestGolden sends the requests in testdata/*.txtar and compares the answers byte for byte. A file holds, after a line
// that says what it shows and "set" lines for what no request can say, the request, the answer, and the tokens decoded.
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
	request := strings.NewReplacer("{adminName}", name, "{adminPassword}", password, "{customer}", w.customer.ID).Replace(e.request)
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
	e.tokens = decodeTokens(t, recorder.Body.Bytes())
}

// set changes what a request cannot say.
func set(t *testing.T, w *world, r *http.Request, line string) *http.Request {
	t.Helper()
	rest, ok := strings.CutPrefix(line, "set ")
	if !ok {
		return r
	}
	switch what, value, _ := strings.Cut(rest, " "); what {
	case "force-password-change":
		w.ForcePasswordChange = true
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
	case "caller-gone":
		ctx, cancel := context.WithCancel(r.Context())
		cancel()
		r = r.WithContext(ctx)
	default:
		t.Fatalf("set %s: unknown", what)
	}
	return r
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

// decodeTokens is what the tokens of an answer say, for people.
func decodeTokens(t *testing.T, answer []byte) string {
	t.Helper()
	var members map[string]any
	must(t, json.Unmarshal(answer, &members))
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
	for _, row := range login.Errors() {
		beginning, _, _ := strings.Cut(row.Error(), "%s")
		if !strings.Contains(answers.String(), `"error":"`+row.Kind+`"`) || !strings.Contains(answers.String(), beginning) {
			t.Errorf("no golden file shows %q", row.Error())
		}
	}
}
