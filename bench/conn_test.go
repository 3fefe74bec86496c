package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestParseHead(t *testing.T) {
	for _, tt := range []struct {
		name    string
		text    string
		want    head
		wantErr string
	}{
		{name: "nothing yet", text: ""},
		{name: "half", text: "HTTP/1.1 201 Created\r\nContent-Length: 8\r\n"},
		{name: "whole", text: "HTTP/1.1 201 Created\r\nContent-Length: 8\r\n\r\n", want: head{size: 43, status: 201, length: 8}},
		{name: "with body", text: "HTTP/1.1 201 Created\r\nContent-Length: 8\r\n\r\n{}", want: head{size: 43, status: 201, length: 8}},
		{name: "lower case", text: "HTTP/1.1 409 Conflict\r\nDate: now\r\ncontent-length:12\r\n\r\n", want: head{size: 55, status: 409, length: 12}},
		{name: "no reason", text: "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", want: head{size: 36, status: 200}},
		{name: "refused", text: "HTTP/1.1 503 Busy\r\nContent-Length: 2\r\nRetry-After: 3\r\n\r\n", want: head{size: 56, status: 503, length: 2, retryAfter: 3}},
		{name: "refused without length", text: "HTTP/1.1 503 Busy\r\nRetry-After: 3\r\n\r\n", wantErr: "no Content-Length"},
		{name: "no length", text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", wantErr: "no Content-Length"},
		{name: "bad length", text: "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", wantErr: "no length"},
		{name: "bad status", text: "HTTP/1.1 2x0 OK\r\nContent-Length: 1\r\n\r\n", wantErr: "no status"},
		{name: "other protocol", text: "SSH-2.0-server\r\n\r\n", wantErr: "not an HTTP/1.1 status line"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseHead([]byte(tt.text))
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
					t.Fatalf("got error %v, want %q", err, tt.wantErr)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestFirstID(t *testing.T) {
	const id = "dfd8cc0a-c592-468c-8461-869a38d24738"
	for _, tt := range []struct {
		name string
		body string
		want string // empty for an error
	}{
		{name: "compact", body: `{"id":"` + id + `","commerceId":"x","billingProfile":{"id":"y"}}`, want: id},
		{name: "indented", body: "{\n    \"id\": \"" + id + "\"\n}", want: id},
		{name: "short", body: `{"id":"dfd8cc0a"}`},
		{name: "none", body: `{"code":2000}`},
		{name: "empty", body: ``},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := firstID([]byte(tt.body))
			if err == nil && string(got[:]) != tt.want || (err != nil) != (tt.want == "") {
				t.Errorf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

// TestConnInPieces has the answer arrive a byte at a time, and larger than the first buffer.
func TestConnInPieces(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	want := strings.Repeat("x", 40<<10)
	go func() {
		c, err := listener.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
			return
		}
		for _, b := range []byte("HTTP/1.1 200 OK\r\nContent-Length: 40960\r\n\r\n") {
			c.Write([]byte{b})
		}
		io.WriteString(c, want)
	}()

	c, err := dial(t.Context(), listener.Addr().String(), time.Now().Add(10*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	status, body, err := c.do([]byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if status != 200 || string(body) != want {
		t.Errorf("got %d and %d bytes, want 200 and %d bytes", status, len(body), len(want))
	}
}
