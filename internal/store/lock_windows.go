package store

import (
	"os"
	"syscall"
)

// lockFile opens the lock file for nobody but this process; Windows then refuses it to others.
func lockFile(path, _ string) (*os.File, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		return nil, inUse(path, "")
	}
	return os.NewFile(uintptr(handle), path), nil
}

// unlockFile gives the lock back.
func unlockFile(file *os.File) error { return file.Close() }

// fileSystem is SQLite's own: on Windows it has only one way to a file.
func fileSystem() (name string, err error) { return "", nil }
