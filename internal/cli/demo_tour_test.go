package cli

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tenantry/tenantry/internal/server"
)

// TestTourNotices walks the tour through a proxy that spoils one thing: the tour has to see it, at the right step.
func TestTourNotices(t *testing.T) {
	for _, test := range []struct {
		name  string
		spoil func(posts int, r *http.Request) // is told how many POST requests for customers came before
		want  string
	}{
		{"nothing", func(int, *http.Request) {}, ""},
		{"a server that is not ready", func(_ int, r *http.Request) {
			r.URL.Path = strings.Replace(r.URL.Path, "readyz", "nothing", 1)
		}, "step 1 of the tour: the status of /_tenantry/readyz is 404, not 200"},
		{"a token that is not accepted", func(_ int, r *http.Request) {
			if r.URL.Path == "/v1/customers" {
				r.Header.Del("Authorization")
			}
		}, "step 3 of the tour: the server answered 401 Unauthorized before it had the body"},
		{"another customer", func(_ int, r *http.Request) {
			if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/v1/customers/") {
				r.URL.Path = "/v1/customers/11111111-1111-4111-8111-111111111111"
			}
		}, "step 4 of the tour: The partner 11111111-1111-4111-8111-111111111111 does not have"},
		{"a repeated request that is carried out anew", func(posts int, r *http.Request) {
			if posts == 1 {
				r.Header["Ms-Requestid"] = []string{"b7a2a7a0-0000-4000-8000-000000000001"}
			}
		}, "step 6 of the tour: the status is 409, not 201"},
		{"a request that is taken for a repeated one", func(posts int, r *http.Request) {
			r.Header["Ms-Requestid"] = []string{documentedCall}
		}, "step 7 of the tour: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			path, origin := tourServer(t)
			posts := 0
			proxy := httptest.NewServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
				r.SetURL(origin)
				test.spoil(posts, r.Out)
				if r.In.Method == http.MethodPost && r.In.URL.Path == "/v1/customers" {
					posts++
				}
			}})
			defer proxy.Close()
			err := newTour(io.Discard, proxy.URL, path).walk(context.Background())
			if test.want == "" && err != nil {
				t.Errorf("got %v, want a tour to its end", err)
			}
			if test.want != "" && (err == nil || !strings.HasPrefix(err.Error(), test.want)) {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

// tourServer is a server as the demo starts it: the path of its store, and its URL.
func tourServer(t *testing.T) (path string, origin *url.URL) {
	t.Helper()
	dir := t.TempDir()
	path = filepath.Join(dir, devStore)
	s, err := server.Open(t.Context(), server.Config{Store: "sqlite:" + path, Dir: dir, World: server.DevWorld()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	origin, err = url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	return path, origin
}
