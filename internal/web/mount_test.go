package web_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tenantry/tenantry/internal/web"
)

var errTeapot = errors.New("a teapot")

// handlers are handlers that end in all ways.
var handlers = []web.Route{
	{Method: "GET", Pattern: "/fine", Handler: func(w http.ResponseWriter, _ *http.Request) error {
		return web.Write(w, http.StatusOK, "", "fine")
	}},
	{Method: "GET", Pattern: "/error", Handler: func(http.ResponseWriter, *http.Request) error { return errTeapot }},
	{Pattern: "/any/{what}", Handler: func(w http.ResponseWriter, r *http.Request) error {
		return web.Write(w, http.StatusOK, "", r.Method+" "+r.PathValue("what"))
	}},
	{Method: "GET", Pattern: "/panic", Handler: func(http.ResponseWriter, *http.Request) error { panic("oh no") }},
	{Method: "GET", Pattern: "/panic-error", Handler: func(http.ResponseWriter, *http.Request) error { panic(errTeapot) }},
	{Method: "GET", Pattern: "/panic-uncomparable", Handler: func(http.ResponseWriter, *http.Request) error { panic([]string{"oh"}) }},
	{Method: "GET", Pattern: "/panic-nil", Handler: func(http.ResponseWriter, *http.Request) error { panic(nil) }},
	{Method: "GET", Pattern: "/bug", Handler: func(http.ResponseWriter, *http.Request) error {
		none := []int{}
		return fmt.Errorf("never made: %d", none[len(none)]) // out of range
	}},
	{Method: "GET", Pattern: "/abort", Handler: func(http.ResponseWriter, *http.Request) error { panic(http.ErrAbortHandler) }},
	{Pattern: "/", Handler: func(http.ResponseWriter, *http.Request) error { return errors.New("not found") }},
}

func TestMount(t *testing.T) {
	mux := http.NewServeMux()
	web.Mount(mux, handlers, func(w http.ResponseWriter, _ *http.Request, err error) {
		text, stack, _ := strings.Cut(err.Error(), "\n")
		if strings.HasPrefix(text, "panic: ") != strings.Contains(stack, "mount_test.go:") {
			t.Errorf("stack: got %q with %q", stack, text)
		}
		http.Error(w, text, http.StatusTeapot)
	})
	for _, test := range []struct {
		method, target string
		status         int
		want           string
	}{
		{"GET", "/fine", 200, `"fine"`},
		{"GET", "/error", 418, "a teapot\n"},
		{"POST", "/fine", 418, "not found\n"},
		{"GET", "/any/thing", 200, `"GET thing"`},
		{"PATCH", "/any/a%2Fb", 200, `"PATCH a/b"`},
		{"GET", "/panic", 418, "panic: oh no\n"},
		{"GET", "/panic-error", 418, "panic: a teapot\n"},
		{"GET", "/panic-uncomparable", 418, "panic: [oh]\n"},
		{"GET", "/panic-nil", 418, "panic: panic called with nil argument\n"},
		{"GET", "/bug", 418, "panic: runtime error: index out of range [0] with length 0\n"},
		{"GET", "/elsewhere", 418, "not found\n"},
	} {
		t.Run(test.method+test.target, func(t *testing.T) {
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, httptest.NewRequest(test.method, test.target, nil))
			if w.Code != test.status || w.Body.String() != test.want {
				t.Errorf("got %d %q, want %d %q", w.Code, w.Body, test.status, test.want)
			}
		})
	}
}

// TestAbort: net/http knows this panic and closes the connection, as the handler wants it.
func TestAbort(t *testing.T) {
	mux := http.NewServeMux()
	web.Mount(mux, handlers, func(http.ResponseWriter, *http.Request, error) { t.Error("an error was written") })
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("panic: got %v, want %v", got, http.ErrAbortHandler)
		}
	}()
	mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/abort", nil))
}
