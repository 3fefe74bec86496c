package login

import (
	"net/http"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
)

// grant is what a kind of token request adds to the steps that all share.
type grant struct {
	name    string
	appOnly bool // the application speaks for itself, and so must prove itself

	// userName is the sign-in name that the form gives, which tells the tenant on common. Nil where there is none.
	userName func(form) string

	// subject is the user that the token will speak for; nil is the application itself.
	subject func(*Handler, *http.Request, *csp.Tenant, form) (*csp.User, error)
}

// grants is all that the token endpoints take.
var grants = []*grant{
	{
		name:    "client_credentials",
		appOnly: true,
		subject: func(*Handler, *http.Request, *csp.Tenant, form) (*csp.User, error) { return nil, nil },
	},
	{
		name:     "password",
		userName: userName,
		subject:  (*Handler).passwordSubject,
	},
}

// grantOf is the grant that the form asks for. Its name is written in any case: scripts send client_Credentials.
func grantOf(f form) (*grant, error) {
	name, err := f.need("grant_type")
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(grants))
	for _, g := range grants {
		if strings.EqualFold(g.name, name) {
			return g, nil
		}
		names = append(names, g.name)
	}
	return nil, ErrGrantUnsupported.With(name, strings.Join(names, ", "))
}
