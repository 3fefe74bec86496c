package token

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// OpenRoot reads the root key from a file. If there is none, it makes a key and the file, which then has mode 0600.
// Of two processes that do so at once, one makes the file and both read it.
// A nil random is the real source.
func OpenRoot(path string, random io.Reader) (Root, error) {
	root, err := readRootFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = createRootFile(path, random); err == nil || errors.Is(err, fs.ErrExist) {
			root, err = readRootFile(path)
		}
	}
	if err != nil {
		return Root{}, fmt.Errorf("root key: %w", err)
	}
	return root, nil
}

func readRootFile(path string) (Root, error) {
	file, err := os.Open(path)
	if err != nil {
		return Root{}, err
	}
	defer file.Close()
	info, err := file.Stat() // of the open file: the one that is read is the one that is judged
	if err != nil {
		return Root{}, err
	}
	mode := info.Mode()
	switch {
	case !mode.IsRegular():
		return Root{}, fmt.Errorf("%s is not a regular file", path)
	case mode.Perm()&0o077 != 0 && runtime.GOOS != "windows": // there the bits say nothing
		return Root{}, fmt.Errorf("%s may be read by others (mode %04o): chmod 600 %s", path, mode.Perm(), path)
	}
	text, err := io.ReadAll(io.LimitReader(file, 1<<10))
	if err != nil {
		return Root{}, err
	}
	root, err := ParseRoot(string(text))
	if err != nil {
		return Root{}, fmt.Errorf("%s: %w", path, err)
	}
	return root, nil
}

// createRootFile writes a file beside path and links it there: the name appears with all its bytes on disk, or not at
// all, and never takes the place of a key that is there.
func createRootFile(path string, random io.Reader) error {
	key, err := newRootKey(random)
	if err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, ".root-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err = os.Link(file.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		err = os.Rename(file.Name(), path) // a file system without links
	}
	if err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes the name durable. Passwords are derived from the key, so a key that a power cut takes back would lock
// out the administrators that were made meanwhile.
func syncDir(path string) error {
	if runtime.GOOS == "windows" { // cannot sync directories
		return nil
	}
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
