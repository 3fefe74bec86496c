package partnercenter

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/tracing"
	"github.com/google/go-cmp/cmp"
)

// operations calls every method of the client, with each part of its path set to the part's name.
var operations = map[string]func(context.Context, *Client) error{
	"CountryValidationRulesService.Get": func(ctx context.Context, c *Client) error {
		_, err := c.CountryValidationRules.Get(ctx, "country", nil)
		return err
	},
	"CustomersService.Create": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.Create(ctx, &Customer{}, nil)
		return err
	},
	"CustomersService.Get": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.Get(ctx, "customer-id", nil)
		return err
	},
	"DomainsService.Exists": func(ctx context.Context, c *Client) error {
		_, err := c.Domains.Exists(ctx, "domain", nil)
		return err
	},
}

// TestOperations compares what a method's comment says with what it sends and with the name of its trace.
func TestOperations(t *testing.T) {
	declared := declaredOperations(t)
	for name := range operations {
		if declared[name] == "" {
			t.Errorf("%s has no //partnercenter:operation", name)
		}
	}
	for name, want := range declared {
		operation, ok := operations[name]
		if !ok {
			t.Errorf("%s is not called by this test", name)
			continue
		}
		var spans []string
		opts := &ClientOptions{}
		opts.TracingProvider = tracing.NewProvider(func(string, string) tracing.Tracer {
			return tracing.NewTracer(func(ctx context.Context, span string, _ *tracing.SpanOptions) (context.Context, tracing.Span) {
				spans = append(spans, span)
				return ctx, tracing.Span{}
			}, nil)
		}, nil)
		rec := &recorder{status: 200, body: "{}"}
		if err := operation(t.Context(), mustClient(t, rec, opts)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		sent := rec.only(t)
		if got := sent.method + " " + sent.uri; got != strings.NewReplacer("{", "", "}", "").Replace(want) {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
		if wantSpans := []string{name, "HTTP " + sent.method}; !cmp.Equal(spans, wantSpans) {
			t.Errorf("%s: got spans %q, want %q", name, spans, wantSpans)
		}
	}
}

// declaredOperations is the operation of every method of a service, from the comments.
func declaredOperations(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			method, ok := declaration.(*ast.FuncDecl)
			if !ok || method.Recv == nil || !method.Name.IsExported() {
				continue
			}
			receiver, ok := method.Recv.List[0].Type.(*ast.StarExpr)
			if !ok || !strings.HasSuffix(receiver.X.(*ast.Ident).Name, "Service") {
				continue
			}
			found[receiver.X.(*ast.Ident).Name+"."+method.Name.Name] = directive(method.Doc)
		}
	}
	return found
}

// directive is what follows //partnercenter:operation.
func directive(doc *ast.CommentGroup) string {
	if doc != nil {
		for _, comment := range doc.List {
			if operation, ok := strings.CutPrefix(comment.Text, "//partnercenter:operation "); ok {
				return operation
			}
		}
	}
	return ""
}
