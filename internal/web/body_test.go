package web_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/tenantry/tenantry/internal/web"
)

// bodies is a server that says how it read a body.
func bodies(t *testing.T) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := web.Body(w, r)
		switch {
		case errors.Is(err, web.ErrBodyTooLarge), errors.Is(err, web.ErrBodyIncomplete):
			http.Error(w, err.Error(), http.StatusBadRequest)
		case err != nil:
			http.Error(w, "no error that is known: "+err.Error(), http.StatusInternalServerError)
		default:
			fmt.Fprintf(w, "%d of %q", len(body), bytes.Trim(body, "x"))
		}
	}))
	t.Cleanup(server.Close)
	return server
}

func TestBody(t *testing.T) {
	const limit = 256 << 10
	const tooLarge = "the body is larger than 256 KiB\n"
	server := bodies(t)
	for _, test := range []struct {
		name    string
		size    int
		chunked bool
		want    string
	}{
		{"none", 0, false, `0 of ""`},
		{"small", 5, false, `5 of ""`},
		{"all it may have", limit, false, `262144 of ""`},
		{"one too many", limit + 1, false, tooLarge},
		{"far too many", 4 * limit, false, tooLarge},
		{"chunked, none", 0, true, `0 of ""`},
		{"chunked, small", 5, true, `5 of ""`},
		{"chunked, all it may have", limit, true, `262144 of ""`},
		{"chunked, one too many", limit + 1, true, tooLarge},
		{"chunked, far too many", 4 * limit, true, tooLarge},
	} {
		t.Run(test.name, func(t *testing.T) {
			var body io.Reader = strings.NewReader(strings.Repeat("x", test.size))
			if test.chunked {
				body = io.MultiReader(body) // whose length net/http does not know
			}
			answer, err := http.Post(server.URL, "application/json", body)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if got, err := io.ReadAll(answer.Body); string(got) != test.want || err != nil {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

// TestBodyClaimed: what a header claims is not made room for.
func TestBodyClaimed(t *testing.T) {
	r := httptest.NewRequest("POST", "/", iotest.ErrReader(errors.New("read")))
	r.ContentLength = 1 << 50
	if got, err := web.Body(httptest.NewRecorder(), r); err != web.ErrBodyTooLarge {
		t.Errorf("got %d bytes, %v, want %v", len(got), err, web.ErrBodyTooLarge)
	}
}

// TestBodyEndsEarly: what is cut off must not be taken for a whole request.
func TestBodyEndsEarly(t *testing.T) {
	server := bodies(t)
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, body, want string }{
		{"short of its length", "Content-Length: 10\r\n\r\n{}", "the body did not arrive whole"},
		{"short of its chunk", "Transfer-Encoding: chunked\r\n\r\nA\r\n{}", "the body did not arrive whole"},
		{"without the last chunk", "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", "the body did not arrive whole"},
		{"chunks that are none", "Transfer-Encoding: chunked\r\n\r\n{}\r\n", "the body did not arrive whole"},
		{"more than its length", "Content-Length: 2\r\nConnection: close\r\n\r\n{}{}", `2 of "{}"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", address.Host)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\n"+test.body); err != nil {
				t.Fatal(err)
			}
			if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
				t.Fatal(err)
			}
			if got, err := io.ReadAll(conn); !strings.Contains(string(got), test.want) {
				t.Errorf("got %q, %v, want %s", got, err, test.want)
			}
		})
	}
}
