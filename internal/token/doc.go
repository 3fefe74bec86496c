// Package token owns what proves identity: the server's root key, the passwords and secrets made from it, the signing
// keys, and the tokens that they sign and check.
//
//	Root ─┬─► first passwords        Passwords.Verify
//	      ├─► hashes of app secrets  Root.MatchSecret
//	      ├─► pairwise subjects      Root.Subject
//	      ├─► tags                   Root.Prove: refresh tokens, links
//	      ├─► sealed code secrets    CodeSecret.Match
//	      └─► sealed signing keys    Keys ─┬─► SignAccess, SignID
//	                                       ├─► JWKS
//	                                       └─► Verifier.Verify
//
// It knows tenants, users and applications as 16 bytes, and keeps keys where [KeyStore] says. Who may have a token, for
// what, and in which words that is refused, is the login surface's; what a token lets its bearer do is the API's.
// [VerifyAssertion] checks what applications sign with keys of their own.
package token
