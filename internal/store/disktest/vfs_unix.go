//go:build unix

package disktest

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// name is the file system that does the work for the one that the store opens its file with.
const name = "unix-excl"

// SQLite's interfaces to files, as the functions that the translated code calls.
type (
	openFunc     = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32
	deleteFunc   = func(tls *libc.TLS, vfs, name uintptr, syncDir int32) int32
	closeFunc    = func(tls *libc.TLS, file uintptr) int32
	writeFunc    = func(tls *libc.TLS, file, bytes uintptr, count int32, at int64) int32
	truncateFunc = func(tls *libc.TLS, file uintptr, size int64) int32
	syncFunc     = func(tls *libc.TLS, file uintptr, flags int32) int32
)

// as reads a function of SQLite's tables.
func as[F any](field *uintptr) F { return *(*F)(unsafe.Pointer(field)) }

// into puts one of ours there. It has to be one of a package, which nobody collects.
func into[F any](field *uintptr, function F) { *(*F)(unsafe.Pointer(field)) = function }

// at is what SQLite's address leads to; its memory is not Go's.
func at[T any](address uintptr) *T { return *(**T)(unsafe.Pointer(&address)) }

// handle is a file that SQLite has open on one of our disks.
type handle struct {
	disk     *Disk
	name     string
	original *sqlite3.Tsqlite3_io_methods
	ours     uintptr // a table of the same kind, which SQLite calls instead
}

var (
	original uintptr  // the file system that does the work
	handles  sync.Map // uintptr, SQLite's file, to *handle
)

// register puts our file system before SQLite's own of that name.
var register = sync.OnceValue(func() error {
	tls := libc.NewTLS()
	defer tls.Close()
	cname, err := libc.CString(name) // SQLite's for good
	if err != nil {
		return err
	}
	if original = sqlite3.Xsqlite3_vfs_find(tls, cname); original == 0 {
		return fmt.Errorf("SQLite has no file system %s", name)
	}
	before, err := copied(tls, at[sqlite3.Tsqlite3_vfs](original))
	if err != nil {
		return err
	}
	ours := at[sqlite3.Tsqlite3_vfs](before)
	ours.FpNext, ours.FzName = 0, cname
	into[openFunc](&ours.FxOpen, open)
	into[deleteFunc](&ours.FxDelete, remove)
	if rc := sqlite3.Xsqlite3_vfs_register(tls, before, 0); rc != sqlite3.SQLITE_OK {
		return fmt.Errorf("register the file system: SQLite answers %d", rc)
	}
	return nil
})

// copied is a copy in SQLite's memory: the race detector lets nobody reckon with addresses in Go's.
func copied[T any](tls *libc.TLS, table *T) (uintptr, error) {
	address := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(*table)))
	if address == 0 {
		return 0, errors.New("no memory")
	}
	*at[T](address) = *table
	return address, nil
}

// open opens the file and, on one of our disks, takes the place of what SQLite would write and sync with.
func open(tls *libc.TLS, _, name, file uintptr, flags int32, outFlags uintptr) int32 {
	vfs := at[sqlite3.Tsqlite3_vfs](original)
	rc := as[openFunc](&vfs.FxOpen)(tls, original, name, file, flags, outFlags)
	if rc != sqlite3.SQLITE_OK || name == 0 {
		return rc
	}
	path := libc.GoString(name)
	disk := diskOf(path)
	if disk == nil {
		return rc
	}
	h := &handle{disk: disk, name: filepath.Base(path)}
	if err := disk.opened(h.name); err != nil {
		return sqlite3.SQLITE_CANTOPEN
	}
	methods := &at[sqlite3.Tsqlite3_file](file).FpMethods
	h.original = at[sqlite3.Tsqlite3_io_methods](*methods)
	var err error
	if h.ours, err = copied(tls, h.original); err != nil {
		return sqlite3.SQLITE_NOMEM
	}
	ours := at[sqlite3.Tsqlite3_io_methods](h.ours)
	into[closeFunc](&ours.FxClose, closeFile)
	into[writeFunc](&ours.FxWrite, write)
	into[truncateFunc](&ours.FxTruncate, truncate)
	into[syncFunc](&ours.FxSync, syncFile)
	*methods = h.ours
	handles.Store(file, h)
	return rc
}

func remove(tls *libc.TLS, _, name uintptr, syncDir int32) int32 {
	vfs := at[sqlite3.Tsqlite3_vfs](original)
	rc := as[deleteFunc](&vfs.FxDelete)(tls, original, name, syncDir)
	if path := libc.GoString(name); rc == sqlite3.SQLITE_OK {
		if disk := diskOf(path); disk != nil {
			disk.deleted(filepath.Base(path))
		}
	}
	return rc
}

func handleOf(file uintptr) *handle {
	h, _ := handles.Load(file)
	return h.(*handle)
}

func closeFile(tls *libc.TLS, file uintptr) int32 {
	h := handleOf(file)
	handles.Delete(file)
	rc := as[closeFunc](&h.original.FxClose)(tls, file)
	libc.Xfree(tls, h.ours) // the original has let go of it
	return rc
}

func write(tls *libc.TLS, file, from uintptr, count int32, offset int64) int32 {
	h := handleOf(file)
	written := unsafe.Slice(at[byte](from), count)
	if err := h.disk.changed(h.name, change{at: offset, bytes: bytes.Clone(written)}); err != nil {
		return codeOf(err, sqlite3.SQLITE_IOERR_WRITE)
	}
	return as[writeFunc](&h.original.FxWrite)(tls, file, from, count, offset)
}

func truncate(tls *libc.TLS, file uintptr, size int64) int32 {
	h := handleOf(file)
	if err := h.disk.changed(h.name, change{at: size}); err != nil {
		return codeOf(err, sqlite3.SQLITE_IOERR_TRUNCATE)
	}
	return as[truncateFunc](&h.original.FxTruncate)(tls, file, size)
}

func syncFile(tls *libc.TLS, file uintptr, flags int32) int32 {
	h := handleOf(file)
	if err := h.disk.synced(h.name); err != nil {
		return codeOf(err, sqlite3.SQLITE_IOERR_FSYNC)
	}
	return as[syncFunc](&h.original.FxSync)(tls, file, flags)
}

// codeOf is how SQLite's own file system answers to the error.
func codeOf(err error, otherwise int32) int32 {
	if errors.Is(err, errFull) {
		return sqlite3.SQLITE_FULL
	}
	return otherwise
}
