package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tenantry/tenantry/internal/server"
)

type demoCommand struct {
	Keep   bool   `help:"Leave the server running after the tour, until Ctrl-C."`
	Listen string `default:"127.0.0.1:0" help:"Host and port to listen on; port 0 is any free one."`
}

// Help implements [kong.HelpProvider].
func (*demoCommand) Help() string {
	return `A server starts on a free port of this machine, with its data in a new directory. The tour gets a token, sends the
documented request byte for byte, reads the customer back, signs its administrator in and repeats the request. Every step
is checked: the first that is not as it should be ends the tour with exit code 1. Afterwards nothing is left.

    tenantry demo
    tenantry demo --keep`
}

// Run walks the tour.
func (c *demoCommand) Run(ctx context.Context, p *program) error {
	dir, err := os.MkdirTemp("", "tenantry-demo-")
	if err != nil {
		return err
	}
	if err := errors.Join(c.run(ctx, p, dir), os.RemoveAll(dir)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "\nAll was as it should be. The server has stopped, and %s is removed.\n", dir)
	return err
}

// run walks the tour on a server in the directory, and stops the server.
func (c *demoCommand) run(ctx context.Context, p *program, dir string) error {
	path := filepath.Join(dir, devStore)
	s, err := server.Open(ctx, server.Config{Store: "sqlite:" + path, Dir: dir, Listen: c.Listen, World: server.DevWorld()})
	if err != nil {
		return advised(err)
	}
	if err := newTour(p.stdout, s.URL(), path).walk(ctx); err != nil {
		return errors.Join(err, closeServer(ctx, s))
	}
	if c.Keep {
		fmt.Fprintf(p.stdout, "\nThe server keeps running at %s until Ctrl-C.\n", s.URL())
		return waitFor(ctx, s)
	}
	return closeServer(ctx, s)
}
