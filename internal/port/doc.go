// Package port owns the server's one listener, which speaks TLS and plain HTTP
// on the same port, and the certificates that TLS needs.
//
//	             ┌─ 0x16 ─► *tls.Conn ─┐
//	accept ─► first byte               ├─► Accept ─► http.Server
//	             └─ other ─► plain ────┘
//
// Certificates come from an [Authority], a local CA made at the first start,
// or from the user's own [Files]. Which addresses to listen on, which names to
// answer for, and the limits on a connection after its first byte are the
// business of the http.Server and of package server.
package port
