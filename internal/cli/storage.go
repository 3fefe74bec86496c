package cli

import (
	"os"
	"path/filepath"
	"strings"
)

// rootKeyVariable holds the root key of a server whose key is not to lie in a file.
const rootKeyVariable = "TENANTRY_ROOT_KEY"

// memoryStore is the store that ends with the process.
const memoryStore = "sqlite::memory:"

// storage says where a server's data is.
type storage struct {
	Store string `required:"" placeholder:"URL" variable:"TENANTRY_STORE" help:"The store: sqlite:PATH, a file that is made if it is not there, or postgres://…, a database that any number of servers share. A password belongs in the variable or in a file that PGPASSFILE names: other users of the machine see flags."`
	Dir   string `placeholder:"DIR" variable:"TENANTRY_DIR" help:"Where the root key and the local CA lie; by default beside the store."`
}

// directory is the directory of the root key and the local CA, empty for a store in memory and for a database.
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
