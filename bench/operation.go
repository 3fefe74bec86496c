package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
)

// operation is one kind of request, the status that its answer must have, its ceiling and the least share of that
// which is aimed at, if it has them.
type operation struct {
	name    string
	title   string
	status  int
	ceiling string
	aim     float64
	request func(*server) request
}

var (
	create = operation{
		name:    "create",
		title:   "POST /v1/customers, durable before the answer",
		status:  http.StatusCreated,
		ceiling: echoName,
		aim:     0.20,
		request: newCreateRequest,
	}
	get = operation{
		name:    "get",
		title:   "GET /v1/customers/{id}",
		status:  http.StatusOK,
		ceiling: echoName,
		aim:     0.60,
		request: newGetRequest,
	}
	firstPage = operation{
		name:    "first page",
		title:   "GET /v1/customers, the first 25 whose names begin alike",
		status:  http.StatusOK,
		request: func(s *server) request { return newPageRequest(s, s.first) },
	}
	deepPage = operation{
		name:    "deep page",
		title:   "the same, hundreds of pages further on",
		status:  http.StatusOK,
		request: func(s *server) request { return newPageRequest(s, s.deep) },
	}
	tokenOperation = operation{
		name:    "token",
		title:   "POST /{tenant}/oauth2/token, client_credentials",
		status:  http.StatusOK,
		ceiling: signingName,
		aim:     0.70,
		request: newTokenRequest,
	}
)

// request is the bytes of a request, of which some are new each time. It belongs to one connection.
type request interface {
	// next returns the bytes of one more request. They are valid until the next call.
	next(*rand.PCG) []byte
}

// The random parts have a fixed width, so the request is rendered once and then only overwritten.
const (
	idWidth     = 36
	domainWidth = 14
	nameWidth   = 17
)

// createHead and createBody are the documented example, without the comma after a last member (a server would
// refuse it once and parse again) and without "Expect: 100-continue" (which adds an answer to each request).
const (
	createHead = "POST /v1/customers HTTP/1.1\r\n" +
		"Host: %s\r\n" +
		"Authorization: Bearer %s\r\n" +
		"Accept: application/json\r\n" +
		"MS-RequestId: %s\r\n" +
		"MS-CorrelationId: %s\r\n" +
		"X-Locale: en-US\r\n" +
		"Content-Type: application/json\r\n" +
		"Content-Length: %d\r\n" +
		"\r\n"

	createBody = `{
    "CompanyProfile": {
        "Domain": "%s.onmicrosoft.com"
    },
    "BillingProfile": {
        "Culture": "EN-US",
        "Email": "test@outlook.com",
        "Language": "en",
        "CompanyName": "%s",
        "DefaultAddress": {
            "FirstName": "Test",
            "LastName": "Test",
            "AddressLine1": "One Microsoft Way",
            "City": "Redmond",
            "State": "WA",
            "PostalCode": "98052",
            "Country": "US"
        }
    }
}
`

	getHead = "GET /v1/customers/%s HTTP/1.1\r\n" +
		"Host: %s\r\n" +
		"Authorization: Bearer %s\r\n" +
		"Accept: application/json\r\n" +
		"MS-RequestId: %s\r\n" +
		"MS-CorrelationId: %s\r\n" +
		"X-Locale: en-US\r\n" +
		"\r\n"

	pageHead = " HTTP/1.1\r\n" +
		"Host: %s\r\n" +
		"Authorization: Bearer %s\r\n" +
		"Accept: application/json\r\n" +
		"MS-RequestId: %s\r\n" +
		"MS-CorrelationId: %s\r\n" +
		"X-Locale: en-US\r\n"
)

type createRequest struct {
	bytes                           []byte
	id, correlation, domain, person []byte // parts of bytes
}

func newCreateRequest(s *server) request {
	var (
		id          = strings.Repeat("1", idWidth)
		correlation = strings.Repeat("2", idWidth)
		domain      = strings.Repeat("3", domainWidth)
		name        = strings.Repeat("4", nameWidth)
	)
	body := fmt.Sprintf(createBody, domain, name)
	text := fmt.Sprintf(createHead, s.addr, s.token, id, correlation, len(body)) + body
	r := &createRequest{bytes: []byte(text)}
	r.id = part(r.bytes, text, id)
	r.correlation = part(r.bytes, text, correlation)
	r.domain = part(r.bytes, text, domain)
	r.person = part(r.bytes, text, name)
	return r
}

func (r *createRequest) next(random *rand.PCG) []byte {
	putGUID(r.id, random)
	putGUID(r.correlation, random)
	putLetters(r.domain, random)
	putLetters(r.person, random)
	r.person[0] -= 'a' - 'A'
	r.person[7] = ' '
	r.person[8] -= 'a' - 'A'
	return r.bytes
}

type getRequest struct {
	bytes                     []byte
	customer, id, correlation []byte // parts of bytes
	customers                 []customerID
}

func newGetRequest(s *server) request {
	var (
		customer    = strings.Repeat("0", idWidth)
		id          = strings.Repeat("1", idWidth)
		correlation = strings.Repeat("2", idWidth)
	)
	text := fmt.Sprintf(getHead, customer, s.addr, s.token, id, correlation)
	r := &getRequest{bytes: []byte(text), customers: s.ids}
	r.customer = part(r.bytes, text, customer)
	r.id = part(r.bytes, text, id)
	r.correlation = part(r.bytes, text, correlation)
	return r
}

func (r *getRequest) next(random *rand.PCG) []byte {
	copy(r.customer, r.customers[random.Uint64()%uint64(len(r.customers))][:])
	putGUID(r.id, random)
	putGUID(r.correlation, random)
	return r.bytes
}

// page is a page of a list: the path that asks for it, and the token that it continues from, if it is not the first.
type page struct{ path, token string }

// pageSize is how many customers a page has.
const pageSize = 25

// pathByName asks for the first page of the customers whose names begin so, as the documented search does.
func pathByName(prefix string) string {
	filter := fmt.Sprintf(`{"Field":"CompanyName","Value":"%s","Operator":"starts_with"}`, prefix)
	return fmt.Sprintf("/v1/customers?size=%d&filter=%s", pageSize, url.QueryEscape(filter))
}

// pathOfNext asks for the page that a token leads to.
var pathOfNext = fmt.Sprintf("/v1/customers?size=%d&seekOperation=Next", pageSize)

type pageRequest struct {
	bytes           []byte
	head            []byte // what all have in common
	id, correlation []byte // parts of head
	pages           []page
}

func newPageRequest(s *server, pages []page) request {
	var (
		id          = strings.Repeat("1", idWidth)
		correlation = strings.Repeat("2", idWidth)
	)
	text := fmt.Sprintf(pageHead, s.addr, s.token, id, correlation)
	r := &pageRequest{head: []byte(text), pages: pages}
	r.id = part(r.head, text, id)
	r.correlation = part(r.head, text, correlation)
	return r
}

func (r *pageRequest) next(random *rand.PCG) []byte {
	putGUID(r.id, random)
	putGUID(r.correlation, random)
	p := r.pages[random.Uint64()%uint64(len(r.pages))]
	r.bytes = append(append(append(r.bytes[:0], "GET "...), p.path...), r.head...)
	if p.token != "" {
		r.bytes = append(append(append(r.bytes, "MS-ContinuationToken: "...), p.token...), "\r\n"...)
	}
	r.bytes = append(r.bytes, "\r\n"...)
	return r.bytes
}

const tokenHead = "POST /%s/oauth2/token HTTP/1.1\r\n" +
	"Host: %s\r\n" +
	"Accept: application/json\r\n" +
	"Content-Type: application/x-www-form-urlencoded\r\n" +
	"Content-Length: %d\r\n" +
	"\r\n"

// tokenRequest is the same each time: that is how programs get their tokens, and each answer is signed anew.
type tokenRequest []byte

func newTokenRequest(s *server) request {
	body := s.app.form().Encode()
	return tokenRequest(fmt.Sprintf(tokenHead, s.app.tenant, s.addr, len(body)) + body)
}

func (r tokenRequest) next(*rand.PCG) []byte { return r }

// part returns the bytes that hold the placeholder.
func part(b []byte, text, placeholder string) []byte {
	i := strings.Index(text, placeholder)
	return b[i : i+len(placeholder)]
}

// putGUID fills dst, which has idWidth bytes, with a random (version 4) GUID.
func putGUID(dst []byte, random *rand.PCG) {
	const digits = "0123456789abcdef"
	var bits uint64
	for i := range dst {
		if i%16 == 0 {
			bits = random.Uint64()
		}
		dst[i] = digits[bits&0xf]
		bits >>= 4
	}
	dst[8], dst[13], dst[18], dst[23] = '-', '-', '-', '-'
	dst[14] = '4'
	dst[19] = "89ab"[bits&0x3]
}

// putLetters fills dst with random lower-case letters.
func putLetters(dst []byte, random *rand.PCG) {
	var bits uint64
	for i := range dst {
		if i%8 == 0 {
			bits = random.Uint64()
		}
		dst[i] = 'a' + byte(bits%26)
		bits /= 26
	}
}
