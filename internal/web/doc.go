// Package web is what the surfaces share: handlers that return their error, routes as one table, paths without
// redirects, the origin of absolute URLs, bodies of a bounded size, and JSON as lenient as the clients need it.
//
// It knows nothing of customers or tokens; what an error looks like on the wire is each surface's own.
package web
