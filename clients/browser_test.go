//go:build clients

package clients_test

import (
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
)

// browser stands in for a person with a web browser: it follows links, keeps cookies, fills in forms and presses buttons.
type browser struct {
	client *http.Client
	own    string            // the server's origin: what leads elsewhere is the end
	fields map[string]string // what it types, by the name of the field
	press  string            // the button that it prefers, by its value
}

var (
	formOf   = regexp.MustCompile(`(?s)<form[^>]*\saction="([^"]*)".*?</form>`)
	inputOf  = regexp.MustCompile(`<input\s[^>]*>`)
	buttonOf = regexp.MustCompile(`<button\s[^>]*>`)
	nameOf   = regexp.MustCompile(`\sname="([^"]*)"`)
	valueOf  = regexp.MustCompile(`\svalue="([^"]*)"`)
)

// open goes from page to page until it is led to another server, and returns where to, with what a form would have posted
// there as the query; or until a page has no form, and returns that page's address.
func (b *browser) open(address string) (string, error) {
	var form url.Values
	for range 12 {
		request, err := http.NewRequest(http.MethodGet, address, nil)
		if form != nil {
			request, err = http.NewRequest(http.MethodPost, address, strings.NewReader(form.Encode()))
		}
		if err != nil {
			return "", err
		}
		if form != nil {
			request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			request.Header.Set("Origin", b.own)
		}
		response, err := b.client.Do(request)
		if err != nil {
			return "", err
		}
		text, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil {
			return "", err
		}
		if location, err := response.Location(); err == nil {
			if address, form = location.String(), nil; !b.isOwn(location) {
				return address, nil
			}
			continue
		}
		found := formOf.FindSubmatch(text)
		if found == nil || response.StatusCode >= http.StatusBadRequest {
			return address, b.failed(response, text)
		}
		to, err := response.Request.URL.Parse(html.UnescapeString(string(found[1])))
		if err != nil {
			return "", err
		}
		if address, form = to.String(), b.fill(string(found[0])); !b.isOwn(to) {
			return address + "?" + form.Encode(), nil
		}
	}
	return "", errors.New("too many pages; the last is " + address)
}

func (b *browser) isOwn(u *url.URL) bool { return u.Scheme+"://"+u.Host == b.own }

func (b *browser) failed(response *http.Response, text []byte) error {
	if response.StatusCode < http.StatusBadRequest {
		return nil
	}
	return fmt.Errorf("%s %s: %s\n%s", response.Request.Method, response.Request.URL, response.Status, text)
}

// fill types into the fields of the form, and presses a button.
func (b *browser) fill(form string) url.Values {
	values := url.Values{}
	attribute := func(tag string, of *regexp.Regexp) string {
		if found := of.FindStringSubmatch(tag); found != nil {
			return html.UnescapeString(found[1])
		}
		return ""
	}
	for _, input := range inputOf.FindAllString(form, -1) {
		if name := attribute(input, nameOf); name != "" {
			values.Set(name, attribute(input, valueOf))
			if typed, ok := b.fields[name]; ok && !strings.Contains(input, `type="hidden"`) {
				values.Set(name, typed)
			}
		}
	}
	for i, button := range buttonOf.FindAllString(form, -1) {
		if name, value := attribute(button, nameOf), attribute(button, valueOf); name != "" && (i == 0 || value == b.press) {
			values.Set(name, value)
		}
	}
	return values
}

// browse starts what programs in other languages ask to sign somebody in: POST / with url, and press, code, and username,
// password and a password to change it to if need be. It answers where the browser ended. Each sign-in is a browser of its own, but for those
// that name the same one.
func (w *world) browse(t *testing.T) string {
	t.Helper()
	transport := w.client(t).Transport
	var kept sync.Map // cookies, by the browser's name
	helper := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, r *http.Request) {
		person := w.person(transport, r.FormValue("press"), r.FormValue("code"))
		for field := range person.fields {
			if typed := r.FormValue(field); typed != "" {
				person.fields[field] = typed
			}
		}
		if name := r.FormValue("browser"); name != "" {
			jar, _ := kept.LoadOrStore(name, person.client.Jar)
			person.client.Jar = jar.(http.CookieJar)
		}
		end, err := person.open(r.FormValue("url"))
		if err != nil {
			http.Error(answer, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = io.WriteString(answer, end)
	}))
	t.Cleanup(helper.Close)
	return helper.URL
}

// person is the partner's user with a new browser.
func (w *world) person(transport http.RoundTripper, press, code string) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // it never fails
	}
	return &browser{
		client: &http.Client{
			Transport: transport, Jar: jar,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		own: w.origin, press: press, fields: map[string]string{
			"username": userName, "password": password, "otc": code, "current": "", "new": "", "again": "",
		},
	}
}
