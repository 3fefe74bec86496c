package cli

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/partnercenter"
)

// registry says where partners, applications, users and keys are: in a store that no server holds, or at a running server. Either
// way a command is a call of the admin API; for a store, one in this process.
type registry struct {
	Store string `placeholder:"URL" variable:"TENANTRY_STORE" help:"The store: a file that no server holds (sqlite:PATH), or a database (postgres://…). Without it, the running server is asked."`
	Dir   string `placeholder:"DIR" variable:"TENANTRY_DIR" help:"Where the root key lies; by default beside the store."`
	operator

	typed map[string]bool // the flags that were typed, not set by their variables
}

// AfterApply notes which flags were typed. Package kong calls it.
func (r *registry) AfterApply(ctx *kong.Context) error {
	r.typed = map[string]bool{}
	for _, step := range ctx.Path {
		if step.Flag != nil && !step.Resolved {
			r.typed[step.Flag.Name] = true
		}
	}
	return nil
}

// stored decides between the store and the server. What is typed wins over variables, which are often there for something else.
func (r *registry) stored() (bool, error) {
	store, server := r.typed["store"], r.typed["endpoint"] || r.typed["admin-key"]
	if !store && !server {
		store, server = r.Store != "", r.AdminKey != ""
	}
	switch {
	case store && server:
		return false, wrong("in the store, or at the running server? Give either --store, or --endpoint and --admin-key")
	case !store && !server:
		return false, wrong("where? Give --store sqlite:PATH for a store that no server holds, --store postgres://… for a database, or TENANTRY_ADMIN_KEY and --endpoint for a running server")
	case store && r.Store == memoryStore:
		return false, wrong("a store in memory ends with this command; name a file, for example --store sqlite:tenantry.db")
	}
	return store, nil
}

// ask calls the admin API, of the server or on the store.
func (r *registry) ask(ctx context.Context, p *program, method string, path []string, body, answer any) (err error) {
	stored, err := r.stored()
	if err != nil {
		return err
	}
	if !stored {
		return r.call(ctx, method, path, body, answer)
	}
	if err := r.mustBeThere(method, path); err != nil {
		return err
	}
	key := rand.Text()
	place := &storage{Store: r.Store, Dir: r.Dir}
	admin, err := server.OpenAdmin(ctx, server.Config{
		Store: r.Store, Dir: place.directory(), RootKey: p.env(rootKeyVariable), AdminKey: key,
		Logger: slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if errors.Is(err, store.ErrInUse) {
		return errors.New(err.Error() + ": give --endpoint and TENANTRY_ADMIN_KEY instead of --store")
	}
	if err != nil {
		return advised(err)
	}
	defer func() { err = errors.Join(err, admin.Close(ctx)) }()
	here := &operator{endpoint: endpoint{Endpoint: "http://localhost"}, AdminKey: key}
	err = here.exchange(ctx, inProcess{admin}, method, path, body, answer)
	return withoutService(err)
}

// withoutService is a fault in the words of a command that asked no service.
func withoutService(err error) error {
	if fault := (*partnercenter.Fault)(nil); errors.As(err, &fault) {
		return errors.New(strings.Join(append([]string{fault.Description}, fault.Data...), "\n  "))
	}
	return err
}

// mustBeThere refuses a store that is not there, unless its first partner is to be made: nothing else can be in a new one.
func (r *registry) mustBeThere(method string, path []string) error {
	file, ok := strings.CutPrefix(r.Store, "sqlite:")
	if !ok || method == http.MethodPost && len(path) == 1 {
		return nil
	}
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is no store at %s; it is made by: tenantry partners create", file)
	}
	return nil
}

// inProcess answers requests by a handler.
type inProcess struct{ http.Handler }

// Do answers a request.
func (h inProcess) Do(request *http.Request) (*http.Response, error) {
	answer := &written{header: http.Header{}, status: http.StatusOK}
	h.ServeHTTP(answer, request)
	return &http.Response{StatusCode: answer.status, Header: answer.header, Body: io.NopCloser(&answer.body)}, nil
}

// written is an answer that a handler has written.
type written struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements [http.ResponseWriter].
func (w *written) Header() http.Header { return w.header }

// WriteHeader implements [http.ResponseWriter].
func (w *written) WriteHeader(status int) { w.status = status }

// Write implements [http.ResponseWriter].
func (w *written) Write(part []byte) (int, error) { return w.body.Write(part) }
