package web

import (
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
)

// Handler answers a request, or returns the error that its surface writes.
// It returns an error only while nothing of the answer is written.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Route is a line of a surface's table.
type Route struct {
	Method  string // empty: any
	Pattern string // as http.ServeMux takes it
	Handler Handler
}

// Mount puts the routes on the mux. Errors, and panics made errors, go to the surface's one writer.
func Mount(mux *http.ServeMux, routes []Route, writeError func(http.ResponseWriter, *http.Request, error)) {
	for _, route := range routes {
		guarded := Guard(route.Handler)
		mux.HandleFunc(strings.TrimSpace(route.Method+" "+route.Pattern), func(w http.ResponseWriter, r *http.Request) {
			if err := guarded(w, r); err != nil {
				if s, ok := w.(interface{ Written() bool }); ok && s.Written() {
					panic(http.ErrAbortHandler) // the answer has begun; to cut it off is all that is left
				}
				writeError(w, r, err)
			}
		})
	}
}

// Guard is the handler with a panic turned into an error that carries the stack.
func Guard(handler Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) (err error) {
		defer func() {
			if cause := recover(); cause != nil {
				if cause == http.ErrAbortHandler {
					panic(cause)
				}
				err = fmt.Errorf("panic: %v\n%s", cause, debug.Stack())
			}
		}()
		return handler(w, r)
	}
}
