package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/internal/store"
)

type serveCommand struct {
	storage
	Listen string `default:"127.0.0.1:8080" variable:"TENANTRY_LISTEN" help:"Host and port to listen on; port 0 is any free one."`

	AdminKey string `placeholder:"KEY" variable:"TENANTRY_ADMIN_KEY" help:"What the admin API (/_tenantry/admin) is called with; without a key there is none. Prefer the variable: other users of the machine see flags."`

	Replica    string        `placeholder:"URL" variable:"TENANTRY_REPLICA" help:"PostgreSQL server that follows the one of --store; may name several hosts. Reads of customers go there whose callers accept answers of some age, with Cache-Control: max-stale=SECONDS."`
	ReplicaLag time.Duration `default:"1m" placeholder:"DURATION" variable:"TENANTRY_REPLICA_LAG" help:"How far the replica may be behind at most, whatever callers accept."`
	switches
}

// Help implements [kong.HelpProvider].
func (*serveCommand) Help() string {
	return `The server has no ready-made world and no development shortcuts. Make the first partner and its application
before its first start; they print what to sign in with:

    tenantry partners create --store sqlite:tenantry.db --name Northwind --domain northwind.onmicrosoft.com --kind direct
    tenantry apps create --store sqlite:tenantry.db --partner northwind.onmicrosoft.com
    tenantry serve --store sqlite:tenantry.db --listen 0.0.0.0:443 --tls-cert cert.pem --tls-key key.pem

The root key, from which passwords and secrets are made, lies beside the store (root.key, kept with every backup) or
comes from TENANTRY_ROOT_KEY. When the server answers it prints "tenantry serves URL" on stdout; its log goes to stderr. SIGINT or SIGTERM ends it: requests
under way have 10 seconds, and a second signal ends it at once.`
}

// minAdminKey keeps out what could be guessed: wrong keys are not counted.
const minAdminKey = 16

// Run serves until a signal.
func (c *serveCommand) Run(ctx context.Context, p *program) error {
	config, err := c.config(p)
	if err != nil {
		return err
	}
	if err := checkAdminKey(c.AdminKey); err != nil {
		return err
	}
	if n := len(c.AdminKey); n > 0 && n < minAdminKey {
		return wrong("--admin-key has %d characters; give at least %d that nobody guesses, for example what openssl rand -hex 32 prints", n, minAdminKey)
	}
	if c.ReplicaLag < time.Second {
		return wrong("--replica-lag must be at least 1s, for example 1m")
	}
	config.Replica, config.ReplicaMost = c.Replica, c.ReplicaLag
	config.Store, config.Dir, config.Listen, config.AdminKey = c.Store, c.directory(), c.Listen, c.AdminKey
	if err := makeDirectory(config.Dir); err != nil {
		return err
	}
	tuneMemory(p)
	s, err := server.Open(ctx, config)
	if err != nil {
		return advised(err)
	}
	config.Logger.Info("tenantry serves", "url", s.URL(), "store", store.Redacted(c.Store), "ca", s.CA(), "version", version())
	if s.CA() != "" && !isLoopback(c.Listen) {
		config.Logger.Warn("plain HTTP is served beyond this machine; give --tls-cert and --tls-key to have TLS only")
	}
	fmt.Fprintln(p.stdout, "tenantry serves "+s.URL())
	if err := waitFor(ctx, s); err != nil {
		return err
	}
	config.Logger.Info("tenantry has stopped")
	return nil
}
