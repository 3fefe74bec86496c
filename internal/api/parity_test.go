package api

import (
	"crypto/rand"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
)

const parityPage = "../../docs/parity.md"

// TestParity holds the route table, the golden files and the page that tells users what is built to each other.
func TestParity(t *testing.T) {
	page := parity(t)
	if flag.Lookup("update").Value.String() == "true" { // the flag of the golden files' test
		if err := os.WriteFile(parityPage, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile(parityPage)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != page {
		t.Error("docs/parity.md is not what the route table says; run make generate")
	}
}

func parity(t *testing.T) string {
	proofs := goldensByRoute(t)
	var real, partial, absent int
	var rows strings.Builder
	for _, operation := range documented() {
		state, proof := "absent (501)", ""
		if route := routeOf(operation); route != nil {
			state = "real"
			real++
			if operation.partial != "" {
				state = "partial: " + operation.partial
				real--
				partial++
			}
			if proof = strings.Join(proofs[route.pattern+" "+route.method], ", "); proof == "" {
				t.Errorf("no golden file shows %s %s", route.method, route.pattern)
			}
		} else {
			absent++
			if operation.partial != "" {
				t.Errorf("%s %s is said to be partial, and is not built", operation.method, operation.path)
			}
		}
		fmt.Fprintf(&rows, "| `%s` | `%s %s` | %s | %s |\n", operation.name, operation.method, operation.path, state, proof)
	}
	return fmt.Sprintf(`# Parity with the real service

Made by make generate from the route table, the list of the service's documented operations and the golden files; a test
compares it. Operations are named as in the .NET SDK, or by their page in the Partner Center docs. `+"`{}`"+` stands for a value.

%d operations are real, %d are partial, %d are answered 501 with their name. A proof is a file in internal/api/testdata.

| Operation | Request | State | Proof |
|---|---|---|---|
%s`, real, partial, absent, &rows)
}

// routeOf is the route that takes the operation, if it is built.
func routeOf(operation operation) *route {
	for i, route := range routes {
		if route.method == operation.method && placeholders.ReplaceAllString(route.pattern, "{}") == operation.path {
			return &routes[i]
		}
	}
	return nil
}

var (
	placeholders = regexp.MustCompile(`\{[^}]*\}`)
	requestLine  = regexp.MustCompile(`^([A-Z]+) (?:https://[^/]+)?(/[^ ?]*)`)
)

// goldensByRoute finds the golden files that play each route.
func goldensByRoute(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	proofs := map[string][]string{}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".txtar")
		for _, section := range archive.Files {
			line := requestLine.FindStringSubmatch(string(section.Data))
			for _, route := range routes {
				key := route.pattern + " " + route.method
				if line != nil && line[1] == route.method && taken(route, line[2]) && !slices.Contains(proofs[key], name) {
					proofs[key] = append(proofs[key], name)
				}
			}
		}
	}
	return proofs
}

// taken reports whether the route takes the path: a fixed one is no value of another route's.
func taken(line route, path string) bool {
	return matches(line.pattern, path) && (strings.EqualFold(line.pattern, path) || !slices.ContainsFunc(routes, func(fixed route) bool {
		return strings.EqualFold(fixed.pattern, path)
	}))
}

// TestEveryRouteIsDocumented finds routes that the service does not have.
func TestEveryRouteIsDocumented(t *testing.T) {
	for i := range routes {
		if !slices.ContainsFunc(documented(), func(operation operation) bool { return routeOf(operation) == &routes[i] }) {
			t.Errorf("%s %s is no operation of the service", routes[i].method, routes[i].pattern)
		}
	}
}

// TestAccess holds the tokens that a route takes to those that the docs say its operation takes.
func TestAccess(t *testing.T) {
	want := map[string]access{"app_or_appuser": appOrUser, "appuser_only": userOnly, "user_only": userOnly}
	for _, operation := range documented() {
		route := routeOf(operation)
		access, stated := want[operation.auth]
		if route != nil && stated && route.access != access {
			t.Errorf("%s %s: the docs say %s", route.method, route.pattern, operation.auth)
		}
	}
}

// sdkLess are the routes that the Go client has no use for.
var sdkLess = []string{
	"POST /generatetoken",                // the trade of tokens of the years before 2019
	"PUT /v1/SelfServePolicy",            // the docs' path; the SDKs' has the id
	"PATCH /v1/customers/{}/users",       // the path of the docs' tables; their samples and the SDKs have the id
	"GET /auditactivity/v1/auditrecords", // as GET /v1/auditrecords, which the SDKs use
	"PATCH /v1/SelfServePolicy/{}",
	"PUT /v1/profiles/supportprofile", // the docs' path; the SDKs' is that of its GET
	"PATCH /v1/profiles/support",
}

// TestClientHasEveryRoute compares the client's methods, by the operation that stands above each, with the route table.
func TestClientHasEveryRoute(t *testing.T) {
	var ours, client []string
	for _, route := range routes {
		if line := route.method + " " + placeholders.ReplaceAllString(route.pattern, "{}"); !slices.Contains(sdkLess, line) {
			ours = append(ours, line)
		}
	}
	files, err := filepath.Glob("../../partnercenter/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no client: %v", err)
	}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(node ast.Node) bool {
			if function, ok := node.(*ast.FuncDecl); ok && function.Doc != nil {
				for _, comment := range function.Doc.List {
					if line, ok := strings.CutPrefix(comment.Text, "//partnercenter:operation "); ok {
						client = append(client, placeholders.ReplaceAllString(line, "{}"))
					}
				}
			}
			return true
		})
	}
	slices.Sort(ours)
	slices.Sort(client)
	if !slices.Equal(ours, client) {
		t.Errorf("the route table and the client differ; routes:\n%s\nclient:\n%s", strings.Join(ours, "\n"), strings.Join(client, "\n"))
	}
}

// TestEveryOperationAnswers asks for each documented operation, in the spelling of its list: one that is not built is
// answered 501 with its name, never 404.
func TestEveryOperationAnswers(t *testing.T) {
	mux := http.NewServeMux()
	(&Handler{IDs: &csp.IDs{}, Rand: rand.Reader, Logger: slog.New(slog.DiscardHandler)}).Mount(mux)
	paths := web.NewPaths(Patterns())
	for _, operation := range documented() {
		if routeOf(operation) != nil {
			continue
		}
		target := placeholders.ReplaceAllString(operation.path, "94e4e214-6b06-4fb7-96d1-94d559f9b47f")
		request := httptest.NewRequest(operation.method, target, nil)
		paths.Canonical(request)
		recorder := httptest.NewRecorder()
		mux.ServeHTTP(recorder, request)
		if body := recorder.Body.String(); recorder.Code != http.StatusNotImplemented || !strings.Contains(body, operation.name) {
			t.Errorf("%s %s: got %d %s, want 501 with %s", operation.method, operation.path, recorder.Code, body, operation.name)
		}
	}
}
