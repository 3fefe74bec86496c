package api

import (
	_ "embed"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/tenantry/tenantry/partnercenter"
)

//go:embed operations.csv
var operationsCSV string

// operation is a documented call of the service: one that the .NET SDK's configuration knows or a docs page describes.
type operation struct {
	method  string
	path    string // {} stands for a value
	name    string
	auth    string // which tokens the docs say that it takes
	partial string // where it is built in part: what is less than the service's
}

// documented is every operation of the service, read once.
var documented = sync.OnceValue(func() []operation {
	var operations []operation
	for line := range strings.Lines(operationsCSV) {
		fields := strings.Split(strings.TrimSpace(line), ",")
		operation := operation{method: fields[0], path: fields[1], name: fields[2], auth: fields[3]}
		if len(fields) > 5 { // the fifth is the docs' page, for who reads the list
			operation.partial = fields[5]
		}
		operations = append(operations, operation)
	}
	return operations[1:]
})

// hiddenByRoute reports whether the operation is not built and has a fixed path that a route would take for a value:
// GET /v1/customers/usagerecords is not the customer of that id.
func (o operation) hiddenByRoute() bool {
	if strings.Contains(o.path, "{") {
		return false
	}
	hidden := false
	for _, route := range routes {
		if route.method == o.method && route.pattern == o.path {
			return false // built
		}
		hidden = hidden || route.method == o.method && matches(route.pattern, o.path)
	}
	return hidden
}

// notBuilt answers what no route of the table takes: 501 with its name for an operation that the service documents,
// 405 for a method that the path does not have, 404 for the rest.
func (h *Handler) notBuilt(w http.ResponseWriter, r *http.Request) error {
	var methods []string
	for _, operation := range documented() {
		if !matches(operation.path, r.URL.Path) {
			continue
		}
		if operation.method == r.Method {
			return partnercenter.ErrNotImplemented.With("The operation " + operation.name + " (" + operation.method + " " + operation.path + ") is not implemented by this server.")
		}
		methods = append(methods, operation.method)
	}
	for _, route := range slices.Concat(routes, granularRoutes) {
		if matches(route.pattern, r.URL.Path) {
			methods = append(methods, route.method)
		}
	}
	if len(methods) == 0 {
		return partnercenter.ErrRouteNotFound.With("The resource " + r.URL.Path + " was not found.")
	}
	slices.Sort(methods)
	allowed := strings.Join(slices.Compact(methods), ", ")
	w.Header()["Allow"] = []string{allowed}
	return partnercenter.ErrMethodNotAllowed.With("The method " + r.Method + " is not allowed for " + r.URL.Path + "; use " + allowed + ".")
}

// matches reports whether the path is one of the pattern, in which {…} stands for any one segment. Words may be written
// in any case: the lists of operations spell some in two ways.
func matches(pattern, path string) bool {
	for {
		wantSegment, wantRest, wantMore := strings.Cut(pattern, "/")
		segment, rest, more := strings.Cut(path, "/")
		if !strings.EqualFold(segment, wantSegment) && (segment == "" || !strings.HasPrefix(wantSegment, "{")) || more != wantMore {
			return false
		}
		if !more {
			return true
		}
		pattern, path = wantRest, rest
	}
}
