package login

import (
	"context"
	"slices"
	"strings"
)

// grant is what a kind of token request adds to the steps that all share.
type grant struct {
	name    string
	short   string // another name that clients send
	appOnly bool   // the application speaks for itself
	proved  bool   // the application must prove itself, so that a public one cannot use it

	// userName is the sign-in name that the form gives, which tells the tenant on common.
	userName func(form) string

	// carries says that what the form carries has its tenant with it, which tells it on common.
	carries bool

	// subject is who the token will speak for.
	subject func(*Handler, context.Context, *tokenRequest) (*subject, error)
}

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

// grants is all that the token endpoints take.
var grants = []*grant{
	{name: "client_credentials", appOnly: true, proved: true, subject: (*Handler).applicationSubject},
	{name: "password", userName: userName, subject: (*Handler).passwordSubject},
	{name: "authorization_code", carries: true, subject: (*Handler).codeSubject},
	{name: "refresh_token", carries: true, subject: (*Handler).refreshSubject},
	// MSAL for Node and Go send the short name, as v1 clients do (seen in msal-node 2.16, MSAL Go 1.10).
	{name: deviceGrant, short: "device_code", carries: true, subject: (*Handler).deviceSubject},
	{name: "urn:ietf:params:oauth:grant-type:jwt-bearer", carries: true, proved: true, subject: (*Handler).behalfSubject},
}

// grantOf is the grant that the form asks for. Its name is written in any case: scripts send client_Credentials.
func grantOf(f form) (*grant, error) {
	name, err := f.need("grant_type")
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(grants))
	for _, g := range grants {
		if strings.EqualFold(g.name, name) || g.short != "" && strings.EqualFold(g.short, name) {
			return g, nil
		}
		names = append(names, g.name)
	}
	slices.Sort(names)
	return nil, ErrGrantUnsupported.With(name, strings.Join(names, ", "))
}

// grantNamed is the grant of the table with that name.
func grantNamed(name string) *grant {
	i := slices.IndexFunc(grants, func(g *grant) bool { return g.name == name })
	return grants[i]
}

// applicationSubject is the application itself.
func (h *Handler) applicationSubject(context.Context, *tokenRequest) (*subject, error) {
	return &subject{}, nil
}
