package login

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
)

// visit is a browser's request to a page.
//
// A page does all that belongs to it under its own address: signing in, choosing a password, and what it is for. So there is no
// parameter that says where to go afterwards, and none that could lead astray. The steps of a page are forms that it sends to
// itself; each carries a token that binds it to the browser, the account and the address that it was shown for.
type visit struct {
	h        *Handler
	w        http.ResponseWriter
	r        *http.Request
	query    url.Values
	form     form // of a POST; else nil
	language string
	secure   bool // the browser came by TLS
	browser  [16]byte
	accounts []*account // who has signed in, the last first

	correlation csp.ID
}

// pageRoute is a path that shows a page, to GET and POST alike.
type pageRoute struct {
	pattern string
	show    func(*Handler, *visit) error
}

// pages is the table of pages.
var pages = []pageRoute{
	{"/account", (*Handler).accountPage},
	{"/account/password", (*Handler).passwordPage},
	{"/account/second-factor", (*Handler).secondFactorPage},
	{csp.InvitationPath, (*Handler).invitationPage},
	{csp.GranularPath + "{relationship}", (*Handler).granularPage},
	{"/{tenant}/oauth2/deviceauth", (*Handler).devicePage},
	{"/devicelogin", (*Handler).devicePage},
	{"/{tenant}/oauth2/logout", (*Handler).logoutPage},
	{"/{tenant}/oauth2/v2.0/logout", (*Handler).logoutPage},
	{"/{tenant}/oauth2/authorize", (*Handler).authorizeV1},
	{"/{tenant}/oauth2/v2.0/authorize", (*Handler).authorizeV2},
}

// pagePatterns is the table by pattern, as requests have it.
var pagePatterns = func() map[string]bool {
	patterns := map[string]bool{}
	for _, route := range pages {
		patterns["GET "+route.pattern], patterns["POST "+route.pattern] = true, true
	}
	return patterns
}()

// shown lets the page be the answer to a request.
func (h *Handler) shown(route pageRoute) func(http.ResponseWriter, *http.Request) error {
	return func(w http.ResponseWriter, r *http.Request) error {
		v := h.visit(w, r)
		v.correlation = h.mark(w, r, h.IDs.New())
		v.readBrowser()
		if r.Method == http.MethodPost {
			f, err := readForm(w, r)
			if err != nil {
				return err
			}
			v.form = f
		}
		var err error
		if v.accounts, err = v.session(); err != nil {
			return err
		}
		return route.show(h, v)
	}
}

// visit is the request as far as it cannot fail.
func (h *Handler) visit(w http.ResponseWriter, r *http.Request) *visit {
	v := &visit{h: h, w: w, r: r, language: languageOf(r)}
	v.query, _ = url.ParseQuery(r.URL.RawQuery) // what cannot be read is as good as not there
	origin, err := h.origin(r)
	v.secure = err == nil && strings.HasPrefix(origin, "https:")
	return v
}

// The cookies. The prefix holds them to this very host, over TLS; plain HTTP cannot have it.
const (
	securePrefix  = "__Host-"
	browserCookie = "tenantry-browser"
	sessionCookie = "tenantry-session"
)

func (v *visit) cookie(name string) string {
	if v.secure {
		name = securePrefix + name
	}
	cookie, err := v.r.Cookie(name)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// setCookie keeps the value until the browser ends; an empty one removes the cookie.
func (v *visit) setCookie(name, value string) {
	cookie := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.secure}
	if v.secure {
		cookie.Name = securePrefix + name
	}
	if value == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(v.w, cookie)
}

// readBrowser knows the browser again, or gives it something to be known by.
func (v *visit) readBrowser() {
	known, err := base64.RawURLEncoding.Strict().DecodeString(v.cookie(browserCookie))
	if err == nil && len(known) == len(v.browser) {
		copy(v.browser[:], known)
		return
	}
	v.newBrowser()
}

// newBrowser draws another mark for the browser, with which all forms that it has shown end.
func (v *visit) newBrowser() {
	if _, err := io.ReadFull(v.h.chance(), v.browser[:]); err != nil {
		panic("login: no randomness: " + err.Error())
	}
	v.setCookie(browserCookie, base64.RawURLEncoding.EncodeToString(v.browser[:]))
}

func (h *Handler) chance() io.Reader {
	if h.Rand == nil {
		return rand.Reader
	}
	return h.Rand
}

// self is the page's own address, in one spelling.
func (v *visit) self() string { return v.link() }

// link is the page's own address with other parameters: names and values in turn, an empty value for none.
func (v *visit) link(changes ...string) string {
	query := url.Values{}
	for name, values := range v.query {
		query[name] = slices.Clone(values)
	}
	for i := 0; i < len(changes); i += 2 {
		if changes[i+1] == "" {
			query.Del(changes[i])
			continue
		}
		query.Set(changes[i], changes[i+1])
	}
	link := "/" + strings.TrimLeft((&url.URL{Path: v.r.URL.Path}).EscapedPath(), "/")
	if len(query) > 0 {
		link += "?" + query.Encode()
	}
	return link
}

// redirect sends the browser to a link of this page, by GET.
func (v *visit) redirect(link string) error {
	v.w.Header().Set("Location", link)
	v.w.Header().Set("Referrer-Policy", "same-origin")
	v.w.WriteHeader(http.StatusSeeOther)
	return nil
}

var formPurpose = [16]byte([]byte("form of a page  "))

// formText is what a form's token says: who showed it to whom, and where.
func (v *visit) formText(who *account) []byte {
	address := sha256.Sum256([]byte(v.self()))
	said := append(v.browser[:], address[:16]...)
	if who == nil {
		return said
	}
	return append(said, who.user.ID[:]...)
}

func (v *visit) token(who *account) string {
	return v.h.Passwords.Root.Prove(formPurpose, v.formText(who))
}

// step is what the form asks the page to do, empty if nothing was posted.
func (v *visit) step() string { return v.form["step"] }

// checkForm refuses a form that this page did not show to this browser for this account.
func (v *visit) checkForm(who *account) error {
	said, ok := v.h.Passwords.Root.Proved(formPurpose, v.form["form"])
	if !ok || !sameBytes(said, v.formText(who)) {
		return ErrFormForged
	}
	return nil
}

// T is a text of the visitor's language.
func (v *visit) T(key string, names ...any) string { return text(v.language, key, names...) }

// message is a page with one text.
func (v *visit) message(status int, who *account, title, said string) error {
	return (&page{visit: v, Name: "message", Status: status, Account: who, Title: title, Data: said}).show()
}
