//go:build unix

package server

import "syscall"

// maxFiles is how many files the process may have open. Go raises it at the start as far as the system allows.
func maxFiles() (int, bool) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return 0, false
	}
	return int(min(uint64(limit.Cur), 1<<30)), true
}
