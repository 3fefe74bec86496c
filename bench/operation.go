package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
)

// operation is one kind of request, the status that its answer must have, and the least share of the ceiling
// that is aimed at.
type operation struct {
	name    string
	title   string
	status  int
	aim     float64
	request func(*server) request
}

var (
	create = operation{
		name:    "create",
		title:   "POST /v1/customers, durable before the answer",
		status:  http.StatusCreated,
		aim:     0.20,
		request: newCreateRequest,
	}
	get = operation{
		name:    "get",
		title:   "GET /v1/customers/{id}",
		status:  http.StatusOK,
		aim:     0.60,
		request: newGetRequest,
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
