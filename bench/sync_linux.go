package main

import (
	"os"
	"syscall"
)

// syncData makes what was written to the file durable.
func syncData(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
