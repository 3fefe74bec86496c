package login_test

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tenantry/tenantry/internal/csp"
)

// visitor is a browser without a screen: it keeps cookies, fills in the form that it was shown last, and follows redirects only
// where it is told to.
type visitor struct {
	t      testing.TB
	server *httptest.Server
	client *http.Client

	at     *url.URL // the page that is shown
	status int
	header http.Header
	text   string
}

// visit is a new browser, at the server of the world.
func (w *world) visit(t testing.TB) *visitor {
	t.Helper()
	server := httptest.NewServer(w.serve())
	t.Cleanup(server.Close)
	return visitorOf(t, server)
}

func visitorOf(t testing.TB, server *httptest.Server) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	client := server.Client()
	return &visitor{t: t, server: server, client: &http.Client{
		Jar: jar, Transport: client.Transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// another is a second browser at the same server.
func (v *visitor) another() *visitor { return visitorOf(v.t, v.server) }

func (v *visitor) get(path string) *visitor {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, v.server.URL+path, nil)
	must(v.t, err)
	return v.send(r)
}

var (
	formTag   = regexp.MustCompile(`<form [^>]*action="([^"]*)"`)
	hiddenTag = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
	userField = regexp.MustCompile(`<input id="username" [^>]*readonly value="([^"]*)"`)
)

// submit sends the form that is shown, with the fields filled in: names and values in turn.
func (v *visitor) submit(fields ...string) *visitor {
	v.t.Helper()
	form := url.Values{}
	for _, match := range hiddenTag.FindAllStringSubmatch(v.text, -1) {
		form.Set(match[1], html.UnescapeString(match[2]))
	}
	if match := userField.FindStringSubmatch(v.text); match != nil {
		form.Set("username", html.UnescapeString(match[1]))
	}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	action := formTag.FindStringSubmatch(v.text)
	if action == nil {
		v.t.Fatalf("no form on %s:\n%s", v.at, v.text)
	}
	return v.post(html.UnescapeString(action[1]), form)
}

func (v *visitor) post(path string, form url.Values) *visitor {
	v.t.Helper()
	to, err := url.Parse(v.server.URL)
	must(v.t, err)
	to, err = to.Parse(path)
	must(v.t, err)
	r, err := http.NewRequestWithContext(v.t.Context(), http.MethodPost, to.String(), strings.NewReader(form.Encode()))
	must(v.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return v.send(r)
}

func (v *visitor) send(r *http.Request) *visitor {
	v.t.Helper()
	response, err := v.client.Do(r)
	must(v.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	must(v.t, err)
	v.at, v.status, v.header, v.text = r.URL, response.StatusCode, response.Header, string(text)
	return v
}

// follow goes where a redirect leads, which must be a page of the server.
func (v *visitor) follow() *visitor {
	v.t.Helper()
	location := v.header.Get("Location")
	if v.status != http.StatusSeeOther || !strings.HasPrefix(location, "/") || strings.HasPrefix(location, "//") {
		v.t.Fatalf("at %s: got %d to %q, want a redirect to a page of the server\n%s", v.at, v.status, location, v.text)
	}
	return v.get(location)
}

// signIn is at the sign-in page and gives name and password.
func (v *visitor) signIn(name, password string) *visitor {
	v.t.Helper()
	return v.submit("username", name, "password", password)
}

// signInMegan opens the page and signs in on it.
func (v *visitor) signInMegan(path string) *visitor {
	v.t.Helper()
	return v.get(path).signIn(megan, chosenPassword).follow()
}

const megan = "megan@contoso.onmicrosoft.com"

// wants fails if the page has another status, or lacks one of the texts.
func (v *visitor) wants(status int, texts ...string) *visitor {
	v.t.Helper()
	said := html.UnescapeString(v.text)
	missing := slices.DeleteFunc(slices.Clone(texts), func(text string) bool { return strings.Contains(said, text) })
	if v.status != status || len(missing) > 0 {
		v.t.Fatalf("at %s: got %d without %q, want %d\n%s", v.at, v.status, missing, status, v.text)
	}
	return v
}

// cookies are what the browser holds, by name.
func (v *visitor) cookies() map[string]string {
	at, err := url.Parse(v.server.URL)
	must(v.t, err)
	all := map[string]string{}
	for _, cookie := range v.client.Jar.Cookies(at) {
		all[cookie.Name] = cookie.Value
	}
	return all
}

// hold puts a cookie into the browser.
func (v *visitor) hold(name, value string) {
	at, err := url.Parse(v.server.URL)
	must(v.t, err)
	v.client.Jar.SetCookies(at, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}

// invite is the path of an invitation by the partner.
func (w *world) invite(partner csp.ID) string {
	invitation := &csp.Invitation{Partner: partner, Delegated: true}
	path, _, _ := strings.Cut(invitation.URL("", w.root.Prove(csp.InvitationPurpose, invitation.Text())), "#")
	return path
}
