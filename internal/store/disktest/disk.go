//go:build unix

package disktest

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// sector is what a disk writes whole or not at all.
const sector = 512

// Disk is everything below a directory. It knows what of its files would outlive a loss of power.
type Disk struct {
	dir string

	mu       sync.Mutex
	files    map[string]*file
	full     bool
	badSyncs func(name string) bool
	badWrite func(name string) bool
	syncs    int
	writes   map[string]int // by the name of the file
}

// file is one of a disk's, beside what the operating system holds of it.
type file struct {
	durable []byte   // what a loss of power leaves for certain
	pending []change // what has been written since, and may be there or not
}

// change is a write, or a truncation.
type change struct {
	at    int64
	bytes []byte // nil: the file ends at at
}

// disks are found by the files that SQLite opens.
var disks struct {
	sync.Mutex
	byDir map[string]*Disk
}

// New has a disk for the directory, which no store has opened yet.
func New(dir string) (*Disk, error) {
	if err := register(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil { // as SQLite does
		return nil, err
	}
	d := &Disk{dir: dir, files: map[string]*file{}, writes: map[string]int{}}
	disks.Lock()
	defer disks.Unlock()
	if disks.byDir == nil {
		disks.byDir = map[string]*Disk{}
	}
	disks.byDir[dir] = d
	return d, nil
}

// diskOf is the disk that the file is on, or nil.
func diskOf(path string) *Disk {
	disks.Lock()
	defer disks.Unlock()
	return disks.byDir[filepath.Dir(path)]
}

// FailSyncs has every sync fail of the files whose names end so; all names end in nothing. What was written before a sync that
// failed is not made durable by one that does not: the system takes it for written.
func (d *Disk) FailSyncs(suffix string) { d.set(func() { d.badSyncs = endsIn(suffix) }) }

// FailWrites has every write fail of the files whose names end so.
func (d *Disk) FailWrites(suffix string) { d.set(func() { d.badWrite = endsIn(suffix) }) }

// Fill leaves no space on the disk, or makes it again.
func (d *Disk) Fill(full bool) { d.set(func() { d.full = full }) }

// Repair ends all that was asked of the disk.
func (d *Disk) Repair() { d.set(func() { d.full, d.badSyncs, d.badWrite = false, nil, nil }) }

// Writes is how many writes of the file the disk was asked for.
func (d *Disk) Writes(name string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.writes[name]
}

func (d *Disk) set(change func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change()
}

func endsIn(suffix string) func(string) bool {
	return func(name string) bool { return strings.HasSuffix(name, suffix) }
}

// Syncs is how many syncs the disk was asked for.
func (d *Disk) Syncs() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.syncs
}

// CutPower writes into the directory what would be found after a loss of power now: all that was synced, and of what was not
// any part that chance picks, sectors torn. The disk itself goes on.
func (d *Disk) CutPower(into string, chance *rand.Rand) error {
	d.mu.Lock()
	left := map[string][]byte{}
	for name, f := range d.files {
		content := bytes.Clone(f.durable)
		for _, c := range f.pending {
			content = c.torn(chance).on(content)
		}
		left[name] = content
	}
	d.mu.Unlock()
	for name, content := range left {
		if err := os.WriteFile(filepath.Join(into, name), content, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// torn is what of the change has come to pass: nothing, all, or some sectors of it.
func (c change) torn(chance *rand.Rand) change {
	switch chance.IntN(4) {
	case 0:
		return change{at: -1}
	case 1:
		return c
	}
	if c.bytes == nil {
		return c
	}
	n := chance.IntN(len(c.bytes)+sector) / sector * sector
	return change{at: c.at, bytes: c.bytes[:min(n, len(c.bytes))]}
}

// on is the content after the change.
func (c change) on(content []byte) []byte {
	switch {
	case c.at < 0:
		return content
	case c.bytes == nil:
		if c.at < int64(len(content)) {
			return content[:c.at]
		}
		return append(content, make([]byte, c.at-int64(len(content)))...)
	}
	end := c.at + int64(len(c.bytes))
	if missing := end - int64(len(content)); missing > 0 {
		content = append(content, make([]byte, missing)...)
	}
	copy(content[c.at:end], c.bytes)
	return content
}

// opened is told of a file that SQLite opened.
func (d *Disk) opened(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.files[name] != nil {
		return nil
	}
	content, err := os.ReadFile(filepath.Join(d.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	d.files[name] = &file{durable: content}
	return err
}

// changed is asked before a change, and allows it or answers how it fails.
func (d *Disk) changed(name string, c change) (refused error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c.bytes != nil {
		d.writes[name]++
	}
	switch {
	case d.badWrite != nil && d.badWrite(name):
		return errBroken
	case d.full && c.bytes != nil:
		return errFull
	}
	if f := d.files[name]; f != nil {
		f.pending = append(f.pending, c)
	}
	return nil
}

// synced is asked before a sync.
func (d *Disk) synced(name string) (refused error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.syncs++
	f := d.files[name]
	if f == nil {
		return nil
	}
	bad := d.badSyncs != nil && d.badSyncs(name)
	for _, c := range f.pending {
		if !bad {
			f.durable = c.on(f.durable)
		}
	}
	f.pending = nil
	if bad {
		return errBroken
	}
	return nil
}

// deleted is told of a file that is gone.
func (d *Disk) deleted(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.files, name)
}

var (
	errBroken = errors.New("input/output error")
	errFull   = errors.New("no space left on device")
)
