//go:build unix

package walfile

import (
	"errors"
	"fmt"
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// under is the file system of SQLite's that does the work: its connections agree in memory about who reads and writes, and no
// other process can have the file.
const under = "unix-excl"

// name is what connections ask for.
const name = "tenantry"

// capacity is how much is gathered at most: what SQLite hands to the system by one call.
const capacity = 0x1ffff

// writeLock is the one among SQLite's locks of a log that a connection has while it writes.
const writeLock = 0

// SQLite's interfaces to files, as the functions that the translated code calls.
type (
	openFunc     = func(tls *libc.TLS, vfs, name, file uintptr, flags int32, outFlags uintptr) int32
	deleteFunc   = func(tls *libc.TLS, vfs, name uintptr, syncDir int32) int32
	closeFunc    = func(tls *libc.TLS, file uintptr) int32
	readFunc     = func(tls *libc.TLS, file, into uintptr, count int32, offset int64) int32
	writeFunc    = func(tls *libc.TLS, file, from uintptr, count int32, offset int64) int32
	truncateFunc = func(tls *libc.TLS, file uintptr, size int64) int32
	syncFunc     = func(tls *libc.TLS, file uintptr, flags int32) int32
	sizeFunc     = func(tls *libc.TLS, file, size uintptr) int32
	lockFunc     = func(tls *libc.TLS, file uintptr, first, count, flags int32) int32
)

// function reads a function of SQLite's tables.
func function[F any](field *uintptr) F { return *(*F)(unsafe.Pointer(field)) }

// put puts one of ours there. It has to be one of a package, which nobody collects.
func put[F any](field *uintptr, ours F) { *(*F)(unsafe.Pointer(field)) = ours }

// at is what SQLite's address leads to; its memory is not Go's.
func at[T any](address uintptr) *T { return *(**T)(unsafe.Pointer(&address)) }

// part is ours of an open file, a log or a database. It stands in SQLite's memory, behind what belongs to the file system below.
type part struct {
	below uintptr                     // the table of the file system below
	ours  sqlite3.Tsqlite3_io_methods // the one that SQLite calls instead
	other uintptr                     // of a log, its database; of a database, its log, or zero

	bytes uintptr // room for what is gathered; zero: nothing was written yet
	start int64   // where in the file it belongs
	count int64
}

var (
	cname  uintptr // under, as SQLite reads it
	partAt uintptr // where in a file's memory our part begins
)

// Register gives SQLite the file system, and returns its name.
var Register = sync.OnceValues(func() (string, error) {
	tls := libc.NewTLS()
	defer tls.Close()
	var err error
	if cname, err = libc.CString(under); err != nil {
		return "", err
	}
	ourName, err := libc.CString(name) // SQLite's for good, as is the table
	if err != nil {
		return "", err
	}
	found := sqlite3.Xsqlite3_vfs_find(tls, cname)
	if found == 0 {
		return "", fmt.Errorf("SQLite has no file system %s", under)
	}
	address := libc.Xmalloc(tls, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_vfs{})))
	if address == 0 {
		return "", errors.New("no memory for SQLite's file system")
	}
	ours := at[sqlite3.Tsqlite3_vfs](address)
	*ours = *at[sqlite3.Tsqlite3_vfs](found)
	const word = unsafe.Sizeof(uintptr(0))
	partAt = (uintptr(ours.FszOsFile) + word - 1) / word * word
	ours.FszOsFile = int32(partAt + unsafe.Sizeof(part{}))
	ours.FpNext, ours.FzName = 0, ourName
	put[openFunc](&ours.FxOpen, open)
	put[deleteFunc](&ours.FxDelete, remove)
	if rc := sqlite3.Xsqlite3_vfs_register(tls, address, 0); rc != sqlite3.SQLITE_OK {
		return "", fmt.Errorf("register the file system: SQLite answers %d", rc)
	}
	return name, nil
})

// beneath is the file system below, looked up each time: a test may have put its own there.
func beneath(tls *libc.TLS) (vfs uintptr, table *sqlite3.Tsqlite3_vfs) {
	vfs = sqlite3.Xsqlite3_vfs_find(tls, cname)
	return vfs, at[sqlite3.Tsqlite3_vfs](vfs)
}

// open opens the file, and stands before the methods of a log and of a database.
func open(tls *libc.TLS, _, name, file uintptr, flags int32, outFlags uintptr) int32 {
	vfs, table := beneath(tls)
	rc := function[openFunc](&table.FxOpen)(tls, vfs, name, file, flags, outFlags)
	if rc != sqlite3.SQLITE_OK || flags&(sqlite3.SQLITE_OPEN_WAL|sqlite3.SQLITE_OPEN_MAIN_DB) == 0 {
		return rc
	}
	methods := &at[sqlite3.Tsqlite3_file](file).FpMethods
	p := partOf(file)
	*p = part{below: *methods, ours: *at[sqlite3.Tsqlite3_io_methods](*methods)}
	if flags&sqlite3.SQLITE_OPEN_WAL == 0 {
		put[lockFunc](&p.ours.FxShmLock, lock)
	} else {
		p.other = sqlite3.Xsqlite3_database_file_object(tls, name)
		partOf(p.other).other = file
		put[closeFunc](&p.ours.FxClose, closeLog)
		put[readFunc](&p.ours.FxRead, read)
		put[writeFunc](&p.ours.FxWrite, write)
		put[truncateFunc](&p.ours.FxTruncate, truncate)
		put[syncFunc](&p.ours.FxSync, syncLog)
		put[sizeFunc](&p.ours.FxFileSize, size)
	}
	*methods = file + partAt + unsafe.Offsetof(p.ours)
	return rc
}

func remove(tls *libc.TLS, _, name uintptr, syncDir int32) int32 {
	vfs, table := beneath(tls)
	return function[deleteFunc](&table.FxDelete)(tls, vfs, name, syncDir)
}

func partOf(file uintptr) *part { return at[part](file + partAt) }

// methods are those of the file system below.
func (p *part) methods() *sqlite3.Tsqlite3_io_methods {
	return at[sqlite3.Tsqlite3_io_methods](p.below)
}

// handOn gives the file system below what was gathered. What it refuses is forgotten: SQLite takes the transaction back, and
// writes the next one to the same place.
func (p *part) handOn(tls *libc.TLS, file uintptr) int32 {
	if p.count == 0 {
		return sqlite3.SQLITE_OK
	}
	count := p.count
	p.count = 0
	return function[writeFunc](&p.methods().FxWrite)(tls, file, p.bytes, int32(count), p.start)
}

func write(tls *libc.TLS, file, from uintptr, count int32, offset int64) int32 {
	p := partOf(file)
	if offset != p.start+p.count || p.count+int64(count) > capacity {
		if rc := p.handOn(tls, file); rc != sqlite3.SQLITE_OK {
			return rc
		}
	}
	if p.bytes == 0 {
		p.bytes = libc.Xmalloc(tls, capacity)
	}
	if p.bytes == 0 || count > capacity {
		return function[writeFunc](&p.methods().FxWrite)(tls, file, from, count, offset)
	}
	if p.count == 0 {
		p.start = offset
	}
	copy(unsafe.Slice(at[byte](p.bytes+uintptr(p.count)), count), unsafe.Slice(at[byte](from), count))
	p.count += int64(count)
	return sqlite3.SQLITE_OK
}

func read(tls *libc.TLS, file, into uintptr, count int32, offset int64) int32 {
	p := partOf(file)
	if rc := p.handOn(tls, file); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return function[readFunc](&p.methods().FxRead)(tls, file, into, count, offset)
}

func truncate(tls *libc.TLS, file uintptr, size int64) int32 {
	p := partOf(file)
	if rc := p.handOn(tls, file); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return function[truncateFunc](&p.methods().FxTruncate)(tls, file, size)
}

func syncLog(tls *libc.TLS, file uintptr, flags int32) int32 {
	p := partOf(file)
	if rc := p.handOn(tls, file); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return function[syncFunc](&p.methods().FxSync)(tls, file, flags)
}

func size(tls *libc.TLS, file, into uintptr) int32 {
	p := partOf(file)
	if rc := p.handOn(tls, file); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return function[sizeFunc](&p.methods().FxFileSize)(tls, file, into)
}

// closeLog lets go of the file whatever becomes of the rest.
func closeLog(tls *libc.TLS, file uintptr) int32 {
	p := partOf(file)
	rc := p.handOn(tls, file)
	libc.Xfree(tls, p.bytes)
	p.bytes = 0
	partOf(p.other).other = 0
	if closed := function[closeFunc](&p.methods().FxClose)(tls, file); rc == sqlite3.SQLITE_OK {
		rc = closed
	}
	return rc
}

// lock hands on what a transaction has left that was taken back, before another connection writes there. If that fails nothing is
// lost: nobody reads it.
func lock(tls *libc.TLS, file uintptr, first, count, flags int32) int32 {
	p := partOf(file)
	if p.other != 0 && first == writeLock && flags == sqlite3.SQLITE_SHM_UNLOCK|sqlite3.SQLITE_SHM_EXCLUSIVE {
		_ = partOf(p.other).handOn(tls, p.other)
	}
	return function[lockFunc](&p.methods().FxShmLock)(tls, file, first, count, flags)
}
