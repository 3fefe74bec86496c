package login

import (
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
)

// logoutPage signs out: the account that the client names, or else all. It leads back to the client by a redirect URI that is
// registered for it, and to nowhere else. OpenID Connect RP-Initiated Logout 1.0; as the real service it does not ask first.
func (h *Handler) logoutPage(v *visit) error {
	if v.form != nil {
		return v.fromForm()
	}
	hint := hinted(v.query.Get("id_token_hint"))
	leaving := func(a *account) bool {
		name := v.query.Get("logout_hint")
		switch {
		case hint.User != "":
			return a.user.ID.String() == hint.User
		case name != "":
			return strings.EqualFold(a.user.PrincipalName, name)
		}
		return true
	}
	v.accounts = slices.DeleteFunc(v.accounts, leaving)
	if len(v.accounts) == 0 {
		v.leave()
	} else {
		v.remember()
		v.newBrowser()
	}
	if back := v.query.Get("post_logout_redirect_uri"); back != "" {
		registered, err := v.redirectsAfterLogout(hint, back)
		if err != nil {
			return err
		}
		if registered {
			return v.returnTo(back)
		}
	}
	if len(v.accounts) > 0 {
		return v.message(http.StatusOK, nil, v.T("signedout.title"), v.T("signedout.one"))
	}
	return v.message(http.StatusOK, nil, v.T("signedout.title"), v.T("signedout.text"))
}

// hint is what an id token says of whose sign-out is asked for.
type hint struct {
	App  string `json:"aud"`
	User string `json:"oid"`
}

// hinted reads an id token, without a look at its signature or age: it proves nothing here. All that comes of it is which
// application's registered redirect URIs are compared, and which account leaves.
func hinted(idToken string) (said hint) {
	parts := strings.Split(idToken, ".")
	if len(parts) != 3 {
		return said
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(text, &said) != nil {
		return hint{}
	}
	return said
}

// redirectsAfterLogout reports whether the URI is registered for the application that asks.
func (v *visit) redirectsAfterLogout(said hint, uri string) (bool, error) {
	client := v.query.Get("client_id")
	if client == "" {
		client = said.App
	}
	id, err := csp.ParseID(client)
	if err != nil {
		return false, nil
	}
	app, err := v.h.app(v.r.Context(), id.String(), &tokenRequest{segment: v.r.PathValue("tenant"), grant: grantNamed("authorization_code")})
	if refusal := (*Error)(nil); errors.As(err, &refusal) {
		return false, nil
	}
	return err == nil && app.Redirects(uri), err
}

// returnTo leads back to a registered URI.
func (v *visit) returnTo(uri string) error {
	var answer parameters
	answer.add("state", v.query.Get("state"))
	if len(answer) > 0 {
		separator := "?"
		if strings.Contains(uri, "?") {
			separator = "&"
		}
		uri += separator + answer.encode()
	}
	header := v.w.Header()
	header.Set("Location", uri)
	header.Set("Referrer-Policy", "no-referrer")
	v.w.WriteHeader(http.StatusFound)
	return nil
}
