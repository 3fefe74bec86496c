//go:build unix

package store

import (
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"github.com/tenantry/tenantry/internal/store/walfile"
)

// lockFile takes the lock of a store's file, and writes into it who has it.
func lockFile(path, owner string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := io.ReadAll(io.LimitReader(file, 1024))
		_ = file.Close() // nothing was written
		return nil, inUse(path, strings.TrimSpace(string(holder)))
	}
	if err := file.Truncate(0); err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(file, "%s (process %d)\n", owner, os.Getpid())
	return file, err
}

// unlockFile gives the lock back. The file stays: to remove it would let two owners lock two files of one name.
func unlockFile(file *os.File) error { return file.Close() }

// fileSystem is SQLite's way to a file that one process has for itself: its connections agree in memory about who reads and who
// writes. Else each read locks and unlocks bytes of a second file, which are two system calls and a fifth of a look-up.
func fileSystem() (name string, err error) { return walfile.Register() }
