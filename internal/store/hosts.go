package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

var errCommitting = errors.New("a commit is not cancelled")

// dialHosts tries the hosts of the URL, from the first-th on, until one does what the URL asks for.
//
// pgx asks the server to cancel what runs on a connection that it gives up or that has failed. For a COMMIT that waits until a
// replica has it, that is the end of the waiting and not of the transaction: everybody sees it then, a repeated call is answered by it,
// and it is gone with the server. Left alone it goes on waiting, and nobody sees it before it is safe.
func dialHosts(ctx context.Context, source string, first int, committing *atomic.Bool) (driver.Conn, int, error) {
	config, err := pgx.ParseConfig(source)
	if err != nil {
		return nil, 0, withoutSecrets(err)
	}
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		if committing.Load() { // a request to cancel comes by a connection of its own
			return nil, errCommitting
		}
		return dialer.DialContext(ctx, network, address)
	}
	hosts := hostsOf(config)
	var errs []error
	for i := range hosts {
		at := (first + i) % len(hosts)
		one, way := config.Copy(), hosts[at]
		one.Host, one.Port, one.TLSConfig, one.Fallbacks = way[0].Host, way[0].Port, way[0].TLSConfig, way[1:]
		conn, err := stdlib.GetConnector(*one).Connect(ctx)
		if err == nil {
			return conn, at, nil
		}
		errs = append(errs, err)
	}
	return nil, 0, errors.Join(errs...)
}

// hostsOf are the hosts of the URL, each with the ways to it: by TLS and without it, where the URL allows both.
func hostsOf(config *pgx.ConnConfig) [][]*pgconn.FallbackConfig {
	first := &pgconn.FallbackConfig{Host: config.Host, Port: config.Port, TLSConfig: config.TLSConfig}
	hosts := [][]*pgconn.FallbackConfig{{first}}
	for _, way := range config.Fallbacks {
		last := &hosts[len(hosts)-1]
		if before := (*last)[0]; before.Host == way.Host && before.Port == way.Port {
			*last = append(*last, way)
		} else {
			hosts = append(hosts, []*pgconn.FallbackConfig{way})
		}
	}
	return hosts
}

// silence is how long a machine may say nothing before it is taken for dead. The system would wait for a quarter of an hour.
const silence = 10 * time.Second

var dialer = &net.Dialer{
	KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: silence / 2, Interval: silence / 5, Count: 3},
	Control: func(network, _ string, socket syscall.RawConn) error {
		if !strings.HasPrefix(network, "tcp") {
			return nil
		}
		var refused error
		err := socket.Control(func(fd uintptr) { refused = limitSilence(fd) })
		return errors.Join(err, refused)
	},
}
