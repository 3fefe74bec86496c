package store

import (
	"errors"
	"net"
	"syscall"
	"testing"
)

// TestSilence looks at a connection as the system sees it: a machine that says nothing is given up.
func TestSilence(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	conn, err := dialer.DialContext(t.Context(), "tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	socket, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	for _, option := range []struct {
		name                string
		level, option, want int
	}{
		{"SO_KEEPALIVE", syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1},
		{"TCP_KEEPIDLE", syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, 5},
		{"TCP_KEEPINTVL", syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL, 2},
		{"TCP_KEEPCNT", syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT, 3},
		{"TCP_USER_TIMEOUT", syscall.IPPROTO_TCP, tcpUserTimeout, 10_000},
	} {
		var got int
		var refused error
		err := socket.Control(func(fd uintptr) { got, refused = syscall.GetsockoptInt(int(fd), option.level, option.option) })
		if err := errors.Join(err, refused); err != nil || got != option.want {
			t.Errorf("%s: got %d, %v, want %d", option.name, got, err, option.want)
		}
	}
}
