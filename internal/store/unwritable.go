package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// writable adds to the error of an opening what to do, if it is that a file may not be written.
func writable(path string, err error) error {
	if path == "" || !unwritable(err) {
		return err
	}
	what := path
	if refused := (*fs.PathError)(nil); errors.As(err, &refused) {
		what = refused.Path
	}
	return fmt.Errorf("%w; %s cannot be written: let the user that runs this (uid %d) own %s, the files beside it that begin with its name, and their directory %s, on a file system that is mounted for writing",
		err, what, os.Getuid(), path, filepath.Dir(path))
}

// unwritable reports whether the system forbids to write, or to make a file.
func unwritable(err error) bool {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return true
	}
	known := (*sqlite.Error)(nil)
	if !errors.As(err, &known) {
		return false
	}
	code := known.Code() & 0xff
	return code == sqlite3.SQLITE_READONLY || code == sqlite3.SQLITE_CANTOPEN // of the log, which SQLite makes itself
}
