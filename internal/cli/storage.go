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
