//go:build !unix

package server

// maxFiles is unknown where the system has no such limit.
func maxFiles() (int, bool) { return 0, false }
