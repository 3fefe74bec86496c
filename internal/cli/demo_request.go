package cli

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
)

// documented is the request of the documented example, with its trailing commas, as it stands in the docs.
// Partner Center docs: create-a-customer.
//
//go:embed create-customer.http
var documented string

// What the example names and a server of one's own has to be told otherwise.
const (
	documentedOrigin = "https://api.partnercenter.microsoft.com"
	documentedToken  = "<token>"
	documentedDomain = "xyz.ccsctp.net"
	documentedCall   = "94e4e214-6b06-4fb7-96d1-94d559f9b47f"
)

// wireRequest is a request as the bytes of its head and of its body.
type wireRequest struct {
	head []byte // to the blank line and including it
	body []byte
}

// exampleRequest is the documented request for a server: its bytes, but for the token, the host and a Content-Length
// that is true.
func exampleRequest(url, token string) *wireRequest {
	head, body, _ := strings.Cut(documented, "\n\n")
	var b bytes.Buffer
	for line := range strings.SplitSeq(head, "\n") {
		switch name, _, _ := strings.Cut(line, ":"); name {
		case "Host":
			line = "Host: " + hostOfURL(url)
		case "Content-Length":
			line = fmt.Sprintf("Content-Length: %d", len(body))
		default:
			line = strings.NewReplacer(documentedOrigin, url, documentedToken, token).Replace(line)
		}
		b.WriteString(line + "\r\n")
	}
	b.WriteString("\r\n")
	return &wireRequest{head: b.Bytes(), body: []byte(body)}
}

// withCall is the same request under another MS-RequestId.
func (r *wireRequest) withCall(id string) *wireRequest {
	return &wireRequest{head: bytes.Replace(r.head, []byte(documentedCall), []byte(id), 1), body: r.body}
}

func hostOfURL(url string) string {
	_, host, _ := strings.Cut(url, "://")
	return host
}
