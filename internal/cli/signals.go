package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/tenantry/tenantry/internal/server"
)

// grace is how long requests under way may take after the signal to stop.
const grace = 10 * time.Second

// untilSignal is a context that ends with the first SIGINT or SIGTERM. From then on signals do what they do to any program:
// a second one ends it, for who is in too much of a hurry for the grace. Nobody ends it by no longer reading what it prints:
// a server outlives the reader of its log, and a tour cleans up.
func untilSignal(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(parent)
	signal.Ignore(syscall.SIGPIPE)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
		case <-ctx.Done():
		}
		signal.Stop(signals)
		cancel()
	}()
	return ctx, cancel
}

// waitFor waits until the context or the server ends, and closes the server.
func waitFor(ctx context.Context, s *server.Server) error {
	var err error
	select {
	case <-ctx.Done():
	case err = <-s.Done():
	}
	return errors.Join(err, closeServer(ctx, s))
}

// closeServer lets the requests under way end, even though the context has.
func closeServer(ctx context.Context, s *server.Server) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	return s.Close(ctx)
}
