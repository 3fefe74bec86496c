package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/tenantry/tenantry/internal/store"
	"github.com/tenantry/tenantry/internal/token"
)

var errOtherRoot = errors.New("the data in this store was made under another root key, and its passwords, secrets and tokens cannot be read with this one; give the root.key that belongs to it, or TENANTRY_ROOT_KEY")

var errNoRoot = errors.New("there is no root key for this store: give all its servers the same TENANTRY_ROOT_KEY, 32 bytes as base64 (for example what openssl rand -base64 32 prints), or a --dir in which root.key lies")

// OpenRoot is the root key that belongs to the store: the text if there is one, else the file root.key in dir. It is made,
// or drawn and kept nowhere if there is no dir, for a new store only.
func OpenRoot(ctx context.Context, db *store.DB, text, dir string, random io.Reader) (token.Root, error) {
	root, err := readRoot(ctx, db, text, dir, random)
	if err != nil {
		return token.Root{}, err
	}
	claimed, err := db.Claim(ctx, store.RootKeySetting, root.Fingerprint())
	if err != nil {
		return token.Root{}, err
	}
	if claimed != root.Fingerprint() {
		return token.Root{}, errOtherRoot
	}
	return root, nil
}

func readRoot(ctx context.Context, db *store.DB, text, dir string, random io.Reader) (token.Root, error) {
	if text != "" {
		root, err := token.ParseRoot(text)
		if err != nil {
			return token.Root{}, fmt.Errorf("TENANTRY_ROOT_KEY: %w", err)
		}
		return root, nil
	}
	if dir == "" && db.Lasting() {
		return token.Root{}, errNoRoot
	}
	if dir == "" {
		return token.NewRoot(random)
	}
	path := filepath.Join(dir, "root.key")
	claimed, err := db.Claimed(ctx, store.RootKeySetting)
	if err != nil {
		return token.Root{}, err
	}
	if _, err := os.Stat(path); claimed && errors.Is(err, os.ErrNotExist) {
		return token.Root{}, fmt.Errorf("the store has a root key and there is none at %s; put the root.key there that belongs to it, or give TENANTRY_ROOT_KEY", path)
	}
	return token.OpenRoot(path, random)
}

// IsRoot reports whether a server would take the root key of the fingerprint, by the text if there is one, else by the file
// root.key in dir. Nothing is made; there is false where there is neither.
func IsRoot(fingerprint, text, dir string) (is, there bool, err error) {
	path := filepath.Join(dir, "root.key")
	var root token.Root
	if text != "" {
		root, err = token.ParseRoot(text)
	} else if _, err = os.Stat(path); dir == "" || errors.Is(err, os.ErrNotExist) {
		return false, false, nil
	} else {
		root, err = token.OpenRoot(path, nil)
	}
	if err != nil {
		return false, true, err
	}
	return root.Fingerprint() == fingerprint, true, nil
}
