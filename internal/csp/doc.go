// Package csp is the world of a Cloud Solution Provider programme: partners and their applications, the customers they
// create, each customer's directory tenant and users, and the rules that hold between them.
//
// It owns what is true and what is allowed. How a request looks on the wire belongs to package partnercenter, how a
// caller proves who it is to the login and api surfaces, and how facts survive to whoever implements [Store].
package csp
