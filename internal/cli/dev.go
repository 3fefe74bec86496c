package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/internal/store"
)

type devCommand struct {
	Listen string `default:"127.0.0.1:8080" variable:"TENANTRY_LISTEN" help:"Host and port to listen on; port 0 is any free one."`
	Data   string `placeholder:"DIR" xor:"data" variable:"TENANTRY_DATA" help:"Where everything is kept; by default in $XDG_DATA_HOME/tenantry/dev or ~/.local/share/tenantry/dev."`
	Store  string `placeholder:"URL" xor:"store" variable:"TENANTRY_STORE" help:"Where the customers are kept, if not in a file beside the rest: sqlite:PATH or postgres://…, which any number of servers share."`
	Memory bool   `xor:"data,reset,store" variable:"TENANTRY_MEMORY" help:"Keep nothing: all is gone when the server stops."`
	Reset  bool   `xor:"reset" help:"Forget the customers of earlier runs. Root key and local CA stay."`
	Seed   string `placeholder:"FILE" type:"existingfile" variable:"TENANTRY_SEED" help:"Further partners, applications, users and customers: JSON, with comments and trailing commas if you like."`

	AdminKey string `default:"dev-secret" placeholder:"KEY" variable:"TENANTRY_ADMIN_KEY" help:"What the admin API (/_tenantry/admin) is called with."`
	switches
}

// Help implements [kong.HelpProvider].
func (*devCommand) Help() string {
	return `The world is the same on every machine: Contoso Cloud, a direct reseller; Fabrikam Distribution, an indirect
provider; and Wingtip Resale, its indirect reseller. The screen shows their ids. Nothing here is secret: every
application's secret and the admin key are ` + devSecret + `, every partner user's password is ` + devPassword + `.

    tenantry dev                                    keep customers from run to run
    tenantry dev --memory --listen 127.0.0.1:0      start from nothing on a free port, keep nothing
    tenantry dev --reset --seed world.json          start again, with partners of your own too
    tenantry dev --store postgres:///tenantry       keep customers in PostgreSQL

A seed file:

    {"partners": [{
      "id": "44444444-4444-4444-8444-444444444444", "name": "Northwind", "kind": "direct", // or indirect-…
      "domain": "northwind.onmicrosoft.com", "country": "US", "sandbox": true,
      "apps":  [{"id": "44444444-0000-4000-8000-00000000a001", "name": "Northwind app", "secret": "dev-secret"}],
      "users": [{"principalName": "admin@northwind.onmicrosoft.com", "password": "dev-Passw0rd", "agents": ["AdminAgents"]}],
      "validationCodes": [{"validationId": "40019", "organizationName": "Northwind County", "maxCreates": 5}],
      "customers": [], // the bodies that would create them
    }]}`
}

// devStore is the store's file in the data directory.
const devStore = "tenantry.db"

// Run serves the ready-made world until a signal.
func (c *devCommand) Run(ctx context.Context, p *program) error {
	config, err := c.config(p)
	if err != nil {
		return err
	}
	if err := checkAdminKey(c.AdminKey); err != nil {
		return err
	}
	config.Listen, config.AdminKey, config.MovableClock = c.Listen, c.AdminKey, true
	if config.World, err = c.world(); err != nil {
		return err
	}
	if !c.Memory {
		config.Dir = c.directory(p)
		if config.Store, err = c.prepare(ctx, config.Dir); err != nil {
			return c.advised(err)
		}
	}
	if !isLoopback(c.Listen) {
		fmt.Fprintf(p.stderr, "tenantry: warning: %s can be reached from other machines, and all secrets of this world are public\n", c.Listen)
	}
	tuneMemory(p)
	s, err := server.Open(ctx, config)
	if err != nil {
		return c.advised(err)
	}
	screen := devScreen{url: s.URL(), ca: s.CA(), data: config.Dir, store: store.Redacted(c.Store), reset: c.Reset, world: config.World, seed: c.Seed, adminKey: c.AdminKey, took: sinceStart()}
	fmt.Fprint(p.stdout, screen.String())
	return waitFor(ctx, s)
}

// world is the ready-made one, and that of the seed file.
func (c *devCommand) world() (*server.World, error) {
	world := server.DevWorld()
	if c.Seed == "" {
		return world, nil
	}
	text, err := os.ReadFile(c.Seed)
	if err != nil {
		return nil, err
	}
	seeded, err := server.ReadWorld(text)
	if err != nil {
		return nil, fmt.Errorf("seed file %s: %w", c.Seed, err)
	}
	return world.And(seeded), nil
}

// directory is where the data lies.
func (c *devCommand) directory(p *program) string {
	home := cmp.Or(p.env("HOME"), p.env("USERPROFILE"))
	switch {
	case c.Data != "":
		return c.Data
	case p.env("XDG_DATA_HOME") != "":
		return filepath.Join(p.env("XDG_DATA_HOME"), "tenantry", "dev")
	case home != "":
		return filepath.Join(home, ".local", "share", "tenantry", "dev")
	default:
		return "tenantry-data"
	}
}

// prepare makes the directory, and its store new if that is wanted.
func (c *devCommand) prepare(ctx context.Context, dir string) (url string, err error) {
	url = cmp.Or(c.Store, "sqlite:"+filepath.Join(dir, devStore))
	if err := makeDirectory(dir); err != nil {
		return "", err
	}
	if c.Reset {
		return url, resetStore(ctx, url)
	}
	return url, nil
}

func (c *devCommand) advised(err error) error {
	if errors.Is(err, store.ErrInUse) {
		return fmt.Errorf("%w; or start this one with --memory, or with a --data of its own", err)
	}
	return advised(err)
}
