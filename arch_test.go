// Package tenantry_test holds the house rules as tests: who imports whom, that every package says what it owns, and what
// go.mod may not say.
package tenantry_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/tenantry/tenantry/"

// imports says which of our own packages each package may import, outside of its tests, and why no others.
var imports = []struct {
	importer string
	imported []string
	reason   string
}{
	{"partnercenter", nil, "the contract is for everybody, and knows nobody"},
	{"partnercenter/internal/appendgen", nil, "it knows the contract as source text"},
	{"internal/market", nil, "tables know nobody"},
	{"internal/recent", nil, "a map knows nobody"},
	{"internal/throttle", []string{"internal/recent"}, "buckets and locks know neither partners nor requests"},
	{"internal/token", []string{"internal/recent"}, "it knows tenants and users as bytes"},
	{"internal/port", nil, "a listener knows nothing of what is served"},
	{"internal/web", nil, "what surfaces share knows none of them"},
	{"internal/csp", []string{"partnercenter", "internal/market"}, "the world knows its contract and its tables, not who asks or who keeps"},
	{"internal/store", []string{"partnercenter", "internal/csp", "internal/store/walfile", "internal/throttle", "internal/token"}, "it implements the interfaces of those who need it"},
	{"internal/store/walfile", nil, "a file system knows nothing of what is in its files"},
	{"internal/store/disktest", nil, "a disk knows nothing of what is on it"},
	{"internal/store/storetest", []string{"partnercenter", "internal/csp", "internal/throttle", "internal/token"}, "a suite for every store must not know one"},
	{"internal/store/postgrestest", nil, "it knows databases, not what is kept in them"},
	{"internal/api", []string{"partnercenter", "internal/csp", "internal/market", "internal/throttle", "internal/token", "internal/web"}, "a surface knows neither the store nor another surface"},
	{"internal/login", []string{"internal/csp", "internal/throttle", "internal/token", "internal/web"}, "a surface knows neither the store nor another surface"},
	{"internal/admin", []string{"partnercenter", "internal/csp", "internal/throttle", "internal/token", "internal/web"}, "a surface knows neither the store nor another surface"},
	{"internal/webhook", []string{"partnercenter", "internal/csp"}, "who sends events knows neither their store nor what they are signed with"},
	{"internal/server", []string{"partnercenter", "internal/admin", "internal/api", "internal/csp", "internal/login", "internal/port", "internal/store", "internal/throttle", "internal/token", "internal/web", "internal/webhook"}, "the wiring is the only one that knows everybody"},
	{"internal/cli", []string{"partnercenter", "internal/csp", "internal/login", "internal/market", "internal/server", "internal/store", "internal/token"}, "serve, dev and the admin API on a store that no server holds are wired by server; the rest speak through partnercenter"},
	{"cmd/tenantry", []string{"internal/cli"}, "main is ten lines"},
	{"bench", nil, "the load knows the server by its port only"},
	{"bench/echo", []string{"partnercenter"}, "the ceiling shares the contract and nothing else"},
	{"tenantrytest", []string{"partnercenter", "internal/server"}, "a server in a user's test is the server"},
}

// outsiders says which packages alone may import a foreign one.
var outsiders = []struct {
	imported string
	by       []string
	reason   string
}{
	{"database/sql", []string{"internal/store"}, "SQL lives in the store"},
	{"modernc.org/sqlite", []string{"internal/store", "internal/store/disktest", "internal/store/walfile"}, "SQL lives in the store, and what is below it beside it"},
	{"modernc.org/libc", []string{"internal/store/disktest", "internal/store/walfile"}, "only file systems go below SQLite"},
	{"github.com/pressly/goose", []string{"internal/store"}, "SQL lives in the store"},
	{"github.com/jackc/pgx", []string{"internal/store", "internal/store/postgrestest"}, "SQL lives in the store"},
	{"github.com/go-jose/go-jose", []string{"internal/token"}, "tokens are made and read in one place"},
	{"github.com/prometheus", []string{"internal/server"}, "what is observed is the wiring's"},
	{"github.com/alecthomas/kong", []string{"internal/cli"}, "only commands have flags"},
	{"github.com/Azure", []string{"partnercenter", "internal/cli"}, "the client is built on azcore, the server is not"},
	{"rsc.io/qr", []string{"internal/login"}, "only pages show pictures"},
	{"github.com/chromedp", nil, "only tests drive a browser"},
	{"testing", []string{"internal/store/postgrestest", "internal/store/storetest", "tenantrytest"}, "tests stay out of the binary"},
	{"net/http", []string{"partnercenter", "internal/admin", "internal/api", "internal/login", "internal/web", "internal/webhook", "internal/server", "internal/cli", "bench", "bench/echo", "tenantrytest", "internal/store/storetest"}, "the world and its store know no HTTP"},
}

func TestImports(t *testing.T) {
	allowed := map[string]int{}
	for i, rule := range imports {
		allowed[rule.importer] = i
	}
	for importer, imported := range packages(t) {
		i, ok := allowed[importer]
		if !ok {
			t.Errorf("package %s is not in the table of imports; say there what it may know", importer)
			continue
		}
		for _, path := range imported {
			own, isOwn := strings.CutPrefix(path, module)
			if isOwn && !slices.Contains(imports[i].imported, own) {
				t.Errorf("%s imports %s: %s", importer, own, imports[i].reason)
			}
			for _, rule := range outsiders {
				if (path == rule.imported || strings.HasPrefix(path, rule.imported+"/")) && !slices.Contains(rule.by, importer) && !isOwn {
					t.Errorf("%s imports %s: %s", importer, path, rule.reason)
				}
			}
		}
	}
}

// TestRulesAreAlive finds lines of the tables that speak of packages or imports that are no more.
func TestRulesAreAlive(t *testing.T) {
	found := packages(t)
	for _, rule := range imports {
		imported, ok := found[rule.importer]
		if !ok {
			t.Errorf("the table of imports speaks of %s, which does not exist", rule.importer)
		}
		for _, own := range rule.imported {
			if !slices.Contains(imported, module+own) {
				t.Errorf("the table lets %s import %s, which it does not", rule.importer, own)
			}
		}
	}
}

func TestPackageDocs(t *testing.T) {
	docs := map[string]int{}
	for name := range packages(t) {
		docs[name] = 0
	}
	eachFile(t, func(path string) {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if file.Doc != nil {
			docs[filepath.ToSlash(filepath.Dir(path))]++
		}
	})
	for name, n := range docs {
		if n != 1 {
			t.Errorf("package %s has %d files with a package doc, want one that says what it owns", name, n)
		}
	}
}

func TestGoMod(t *testing.T) {
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		for _, word := range []string{"replace", "exclude", "toolchain"} {
			if strings.HasPrefix(line, word) {
				t.Errorf("go.mod says %q: who builds us as a dependency would build something else", strings.TrimSpace(line))
			}
		}
	}
}

// packages is every package below the root with what its files import, tests left out.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	eachFile(t, func(path string) {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.ToSlash(filepath.Dir(path))
		if found[name] == nil {
			found[name] = []string{}
		}
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			found[name] = append(found[name], path)
		}
	})
	return found
}

// eachFile visits the Go files that are no tests.
func eachFile(t *testing.T, visit func(path string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || path != "." && strings.HasPrefix(entry.Name(), ".")):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go"):
			visit(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
