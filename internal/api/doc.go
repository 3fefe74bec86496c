// Package api is the REST surface of the service: /v1 and what belongs to it.
//
// It owns the route table, who may call which operation, the headers of requests and answers, which operations are
// documented but not carried, and the pages beside /v1 that links in answers lead to. The rules of the programme are
// package csp's, the shapes on the wire partnercenter's, tokens package token's.
package api
