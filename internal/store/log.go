package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// rewriteLog writes the log that a crash has left once more, byte by byte the same, and syncs it.
//
// SQLite believes of that log what it reads, and what it reads may be in the system's memory only: after a sync that failed the
// system takes those pages for written, and no later sync writes them. A commit that is believed would be answered, and be gone
// when the power is. Written anew they are on the disk, or this fails and nothing is believed. If the power goes meanwhile it
// does no harm, since old and new are the same.
//
// It is called before SQLite has the file open: later the log is SQLite's alone.
func rewriteLog(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // the store was closed, or is new
	}
	if err != nil {
		return err
	}
	if err := errors.Join(rewrite(file), file.Close()); err != nil {
		return fmt.Errorf("make the log %s durable that a crash has left: %w", path, err)
	}
	return nil
}

// rewritable is the file of a log.
type rewritable interface {
	io.ReaderAt
	io.WriterAt
	Sync() error
}

func rewrite(log rewritable) error {
	buffer := make([]byte, 1<<20)
	for at := int64(0); ; {
		n, err := log.ReadAt(buffer, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if n == 0 {
			return log.Sync()
		}
		if _, err := log.WriteAt(buffer[:n], at); err != nil {
			return err
		}
		at += int64(n)
	}
}
