package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"

	"github.com/tenantry/tenantry/internal/store"
)

// resetStore removes the files of a store while it holds the store's lock, so that no server loses them under its hands.
// A database loses our tables, if no server is connected to it. A store that cannot be opened for any other reason goes as well: that may be why somebody resets it.
func resetStore(ctx context.Context, url string) error {
	path, isFile := strings.CutPrefix(url, "sqlite:")
	if !isFile {
		return store.Erase(ctx, url)
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	db, err := store.Open(ctx, url, store.Options{Owner: "a tenantry that resets it"})
	if errors.Is(err, store.ErrInUse) {
		return err
	}
	removed := removeStore(path)
	if err != nil {
		return removed
	}
	closed := db.Close()
	if removed != nil { // on Windows no open file can be removed
		removed = removeStore(path)
	}
	return errors.Join(removed, closed)
}

// removeStore removes what SQLite has made, and not the lock: see package store.
func removeStore(path string) error {
	var errs []error
	for _, suffix := range [...]string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
