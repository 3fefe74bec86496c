package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

type clockCommands struct {
	Show    clockShow    `cmd:"" help:"Show the server's time."`
	Advance clockAdvance `cmd:"" help:"Move it forward."`
}

// serverTime is the clock of a server.
type serverTime struct {
	Now   time.Time `json:"now"`
	Ahead string    `json:"ahead"`
}

func (c *serverTime) write(w io.Writer) {
	fmt.Fprintf(w, "%s, %s ahead of the machine's clock.\n", c.Now.Format(time.RFC3339), c.Ahead)
}

type clockShow struct {
	outputFlag
	operator
}

// Help implements [kong.HelpProvider].
func (*clockShow) Help() string {
	return `    tenantry clock show --admin-key dev-secret`
}

// Run shows the clock.
func (c *clockShow) Run(ctx context.Context, p *program) error {
	var now serverTime
	if err := c.call(ctx, http.MethodGet, []string{"clock"}, nil, &now); err != nil {
		return err
	}
	return c.show(p, &now, now.write)
}

type clockAdvance struct {
	By time.Duration `arg:"" help:"How far, in hours, minutes and seconds, for example 2h or 2160h for 90 days."`
	outputFlag
	operator
}

// Help implements [kong.HelpProvider].
func (*clockAdvance) Help() string {
	return `For tests of what time brings about: tokens, codes and secrets expire, deleted users are purged, keys follow each other. It goes
forward only, in tenantry dev only, and until the server is stopped; what was made meanwhile keeps its dates.

    tenantry clock advance 2h --admin-key dev-secret`
}

// Run moves the clock.
func (c *clockAdvance) Run(ctx context.Context, p *program) error {
	request := struct {
		By string `json:"by"`
	}{c.By.String()}
	var now serverTime
	if err := c.call(ctx, http.MethodPost, []string{"clock", "advance"}, &request, &now); err != nil {
		return err
	}
	return c.show(p, &now, now.write)
}
