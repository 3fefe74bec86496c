package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/token"
)

// rootKeyVariable holds the root key of a server whose key is not to lie in a file.
const rootKeyVariable = "TENANTRY_ROOT_KEY"

// memoryStore is the store that ends with the process.
const memoryStore = "sqlite::memory:"

// storage says where a server's data is.
type storage struct {
	Store string `required:"" placeholder:"sqlite:PATH" variable:"TENANTRY_STORE" help:"The store. It is made if it is not there."`
	Dir   string `placeholder:"DIR" variable:"TENANTRY_DIR" help:"Where the root key and the local CA lie; by default beside the store."`
}

// directory is the directory of the root key and the local CA, empty for a store in memory.
func (s *storage) directory() string {
	if s.Dir != "" {
		return s.Dir
	}
	path, ok := strings.CutPrefix(s.Store, "sqlite:")
	if !ok || s.Store == memoryStore {
		return ""
	}
	return filepath.Dir(path)
}

// makeDirectory makes a directory for what nobody else may read.
func makeDirectory(dir string) error {
	if dir == "" {
		return nil
	}
	return os.MkdirAll(dir, 0o700)
}

// holding is an open store with the root key that belongs to it.
type holding struct {
	*store.DB
	root token.Root
	ids  csp.IDs
}

// open opens the store and its root key, as a server would. The caller closes it.
func (s *storage) open(ctx context.Context, p *program) (_ *holding, err error) {
	if s.Store == memoryStore {
		return nil, wrong("a store in memory ends with this command; name a file, for example --store sqlite:tenantry.db")
	}
	db, err := store.Open(ctx, s.Store, store.Options{Owner: "another tenantry command"})
	if err != nil {
		return nil, advised(err)
	}
	h := &holding{DB: db}
	if h.root, err = server.OpenRoot(ctx, db, p.env(rootKeyVariable), s.directory(), nil); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return h, nil
}

// partner finds a partner by its tenant id or by its domain.
func (h *holding) partner(ctx context.Context, name string) (*csp.Partner, error) {
	id, err := csp.ParseID(name)
	if err != nil {
		tenant, err := h.TenantByDomain(ctx, name)
		if errors.Is(err, csp.ErrNotFound) {
			return nil, noPartner(name)
		}
		if err != nil {
			return nil, err
		}
		id = tenant.ID
	}
	partner, err := h.Partner(ctx, id)
	if errors.Is(err, csp.ErrNotFound) {
		return nil, noPartner(name)
	}
	return partner, err
}

func noPartner(name string) error {
	return fmt.Errorf("no partner of this store has the tenant id or domain %q; make it with: tenantry partners create", name)
}
