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
// Grants so far: client_credentials and password. No answer carries a refresh token yet, because no grant would take it.
package login
