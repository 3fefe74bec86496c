package cli

import (
	"errors"
	"fmt"
	"net"
	"syscall"
	"time"
)

// advised adds to an error of a start what the user can do about it.
func advised(err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s; give another with --listen, or any free one with --listen 127.0.0.1:0", taken(err))
	case errors.Is(err, syscall.EACCES) && errors.As(err, new(*net.OpError)):
		return fmt.Errorf("%w; ports below 1024 are for the system's administrator: give another with --listen", err)
	default:
		return err
	}
}

// taken names the port that somebody else listens on.
func taken(err error) string {
	address := "the address"
	if op := (*net.OpError)(nil); errors.As(err, &op) && op.Addr != nil {
		address = "port " + portOf(op.Addr.String()) + " of " + hostOf(op.Addr.String())
	}
	return address + " is taken by another program"
}

func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}

func portOf(address string) string {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return port
}

// isLoopback reports whether only this machine reaches an address to listen on.
func isLoopback(address string) bool {
	host := hostOf(address)
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// started is when the program was, as near as it can tell itself: packages are initialized a few milliseconds after the
// process is made. It never changes.
var started = time.Now()

func sinceStart() time.Duration { return time.Since(started) }
