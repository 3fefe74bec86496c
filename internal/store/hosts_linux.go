package store

import "syscall"

// tcpUserTimeout is TCP_USER_TIMEOUT of tcp(7), which syscall leaves out.
const tcpUserTimeout = 18

// limitSilence ends a connection when what was sent is not acknowledged for so long. Keep-alives do that only where nothing was sent.
func limitSilence(socket uintptr) error {
	return syscall.SetsockoptInt(int(socket), syscall.IPPROTO_TCP, tcpUserTimeout, int(silence.Milliseconds()))
}
