// Package login is the second surface: the host that unmodified clients take for login.microsoftonline.com. It issues
// tokens, and publishes the documents by which clients find where and check what they got.
//
// A token request passes the numbered steps of [Handler] in token.go, whatever its grant; a grant fills in only who the
// token speaks for:
//
//	form ─► tenant ─► client ─► grant: subject ─► resource ─► mint ─► answer
//
// Pages are for people. Each does all that belongs to it under its own address: signing in, the first password, and what it is
// for; see visit. Nothing is kept of a browser: its cookies say who it is, proved by the root key.
//
// The package owns the endpoints' rules and the catalogue of AADSTS errors. Keys, passwords and the form of tokens belong
// to package token; tenants, users and applications to csp.Store; what a token lets its bearer do to the API.
//
// What a user granted is kept by csp.Grants and csp.Store until the application fetches it: under the hash of an
// authorization code, of a device code, or as a family of refresh tokens. A refresh token itself is not kept anywhere: it names
// its family behind a tag under the root key.
package login
