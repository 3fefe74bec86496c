package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
)

type appsSecrets struct {
	Add    secretsAdd    `cmd:"" help:"Give an application a further secret, and show it once."`
	List   secretsList   `cmd:"" help:"Show what is known of an application's secrets."`
	Remove secretsRemove `cmd:"" help:"End a secret of an application at once."`
}

type secretsAdd struct {
	oneApp
	Life time.Duration `default:"17520h" help:"How long the secret lasts."`
}

// Help implements [kong.HelpProvider].
func (*secretsAdd) Help() string {
	return `The secrets that the application has stay good. So a secret is changed without a stop: add one, give it to the program, and
when the program uses it remove the old one.

    tenantry apps secrets add 11111111-0000-4000-8000-00000000a001 --life 4380h --admin-key dev-secret
    tenantry apps secrets list 11111111-0000-4000-8000-00000000a001 --admin-key dev-secret
    tenantry apps secrets remove 11111111-0000-4000-8000-00000000a001 SECRET-ID --admin-key dev-secret`
}

// Run adds a secret.
func (c *secretsAdd) Run(ctx context.Context, p *program) error {
	if c.Life <= 0 {
		return wrong("--life must be longer than no time, for example 17520h for two years")
	}
	var made csp.NewSecret
	if err := c.change(ctx, p, http.MethodPost, &csp.SecretRequest{Expires: time.Now().Add(c.Life)}, &made, "secrets"); err != nil {
		return err
	}
	return c.show(p, &made, func(w io.Writer) {
		rows(w, "Application id", made.AppID, "Name", made.Name, "Secret id", made.ID, "Secret", made.Secret, "Expires", made.Expires.Format(time.DateOnly))
		fmt.Fprintln(w, "\nThe secret is shown this once. Those that the application has stay good until they are removed.")
	})
}

type secretsList struct{ oneApp }

// Help implements [kong.HelpProvider].
func (*secretsList) Help() string {
	return `A secret itself is not kept; its first characters tell which one it is.

    tenantry apps secrets list 11111111-0000-4000-8000-00000000a001 --admin-key dev-secret`
}

// Run shows the secrets.
func (c *secretsList) Run(ctx context.Context, p *program) error {
	app, err := c.get(ctx, p)
	if err != nil {
		return err
	}
	return c.show(p, app.Secrets, func(w io.Writer) { writeSecrets(w, app.Secrets) })
}

type secretsRemove struct {
	oneApp
	Secret string `arg:"" name:"secret-id" help:"The secret's id, as the list shows it."`
}

// Help implements [kong.HelpProvider].
func (*secretsRemove) Help() string {
	return `The application gets no more tokens by it. Tokens that are out last until they expire, an hour at most.

    tenantry apps secrets remove 11111111-0000-4000-8000-00000000a001 SECRET-ID --admin-key dev-secret`
}

// Run removes a secret.
func (c *secretsRemove) Run(ctx context.Context, p *program) error {
	if _, err := csp.ParseID(c.Secret); err != nil {
		return wrong("%q is not the GUID of a secret; tenantry apps secrets list shows them", c.Secret)
	}
	var app csp.AppRecord
	if err := c.change(ctx, p, http.MethodDelete, nil, &app, "secrets", c.Secret); err != nil {
		return err
	}
	return c.show(p, app.Secrets, func(w io.Writer) { writeSecrets(w, app.Secrets) })
}

func writeSecrets(w io.Writer, secrets []csp.SecretRecord) {
	if len(secrets) == 0 {
		fmt.Fprintln(w, "The application has no secrets.")
		return
	}
	lines := [][]string{{"SECRET ID", "BEGINS", "EXPIRES"}}
	for _, secret := range secrets {
		lines = append(lines, []string{secret.ID, secret.Hint + "…", until(secret.Expires, secret.Expired)})
	}
	columns(w, lines)
}
