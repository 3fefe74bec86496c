package cli

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
)

func TestExampleRequest(t *testing.T) {
	request := exampleRequest("http://127.0.0.1:4711", "TOKEN")
	want := "POST http://127.0.0.1:4711/v1/customers HTTP/1.1\r\n" +
		"Authorization: Bearer TOKEN\r\n" +
		"Accept: application/json\r\n" +
		"MS-RequestId: 94e4e214-6b06-4fb7-96d1-94d559f9b47f\r\n" +
		"MS-CorrelationId: ab993325-1605-4cf4-bac4-fb584142a31b\r\n" +
		"X-Locale: en-US\r\n" +
		"Content-Type: application/json\r\n" +
		"Host: 127.0.0.1:4711\r\n" +
		"Content-Length: 505\r\n" +
		"Expect: 100-continue\r\n" +
		"Connection: Keep-Alive\r\n\r\n"
	if got := string(request.head); got != want {
		t.Errorf("head:\ngot  %q\nwant %q", got, want)
	}
	if got := len(request.body); got != 505 {
		t.Errorf("body: got %d bytes, want 505", got)
	}
	for _, comma := range []string{"\"xyz.ccsctp.net\",\n    },", "\"US\",\n        }\n"} {
		if !bytes.Contains(request.body, []byte(comma)) {
			t.Errorf("body: the trailing comma of %q is not there", comma)
		}
	}
	other := string(request.withCall("OTHER").head)
	if got := strings.Replace(other, "OTHER", documentedCall, 1); got != want {
		t.Errorf("with another id: got %q", other)
	}
}

func TestWireKeepsTheBytes(t *testing.T) {
	const interim, head, body = "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 201 Created\r\ncontent-length: 4\r\nX-Odd:  spaced\r\n\r\n", "{\"a\""
	w := newWire(strings.NewReader(interim + head + body))
	for _, want := range []struct {
		status int
		bytes  string
	}{{http.StatusContinue, interim}, {http.StatusCreated, head}} {
		response, err := w.response()
		if err != nil {
			t.Fatal(err)
		}
		if got := string(w.taken()); response.StatusCode != want.status || got != want.bytes {
			t.Errorf("got %d %q, want %d %q", response.StatusCode, got, want.status, want.bytes)
		}
	}
}

func TestShortened(t *testing.T) {
	token := strings.Repeat("a", 12) + strings.Repeat("b", 100) + strings.Repeat("c", 12)
	got := exampleRequest("http://127.0.0.1:1", token).shortened(token)
	if want := "Authorization: Bearer aaaaaaaaaaaa…100 characters…cccccccccccc\n"; !strings.Contains(got, want) || strings.Contains(got, "bb") {
		t.Errorf("got %s, want it to hold %s", got, want)
	}
}
