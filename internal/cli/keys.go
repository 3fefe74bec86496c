package cli

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/tenantry/tenantry/internal/token"
)

type keysCommands struct {
	List   keysList   `cmd:"" help:"Show the signing keys that are published."`
	Rotate keysRotate `cmd:"" help:"Make the next signing key now, or replace all of them."`
}

type keysList struct {
	registry
	outputFlag
}

// Help implements [kong.HelpProvider].
func (*keysList) Help() string {
	return `    tenantry keys list --admin-key dev-secret`
}

// Run shows the keys.
func (c *keysList) Run(ctx context.Context, p *program) error {
	var keys []token.KeyRecord
	if err := c.ask(ctx, p, http.MethodGet, []string{"keys"}, nil, &keys); err != nil {
		return err
	}
	return c.show(p, keys, func(w io.Writer) { writeKeys(w, keys) })
}

type keysRotate struct {
	Revoke bool `help:"After a leak: the new key signs at once, and the others end with all that they signed."`
	registry
	outputFlag
}

// Help implements [kong.HelpProvider].
func (*keysRotate) Help() string {
	return `Keys follow each other every six weeks by themselves. This makes the next one before its time: it is published now and signs
a day later, when all clients know it, and the present one stays trusted beside it. Nobody notices.

With --revoke access tokens and id tokens that are out are refused at once; clients get new ones by their secrets and refresh
tokens. Clients that look for the published keys seldom refuse the new tokens until they do.

    tenantry keys rotate --admin-key dev-secret
    tenantry keys rotate --revoke --admin-key dev-secret`
}

// Run rotates the keys, and shows those that there are then.
func (c *keysRotate) Run(ctx context.Context, p *program) error {
	request := struct {
		Revoke bool `json:"revoke"`
	}{c.Revoke}
	var keys []token.KeyRecord
	if err := c.ask(ctx, p, http.MethodPost, []string{"keys", "rotate"}, &request, &keys); err != nil {
		return err
	}
	return c.show(p, keys, func(w io.Writer) { writeKeys(w, keys) })
}

func writeKeys(w io.Writer, keys []token.KeyRecord) {
	lines := [][]string{{"KEY ID", "USE", "SIGNS FROM"}}
	for _, key := range keys {
		lines = append(lines, []string{key.ID, string(key.Use), key.From.Format(time.RFC3339)})
	}
	columns(w, lines)
}
