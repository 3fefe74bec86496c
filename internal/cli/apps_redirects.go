package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/tenantry/tenantry/internal/csp"
)

type appsRedirects struct {
	Add    redirectsAdd    `cmd:"" help:"Let answers to sign-ins in an application be sent to a URI."`
	List   redirectsList   `cmd:"" help:"Show an application's redirect URIs."`
	Remove redirectsRemove `cmd:"" help:"Let no more answers be sent to a URI."`
}

// redirecting is the change of one redirect URI.
type redirecting struct {
	oneApp
	URI string `arg:"" name:"uri" help:"https://…, http://localhost, which stands for all its ports, or a scheme of the application's own."`
}

// do adds or removes the URI, and shows those that there are then.
func (c *redirecting) do(ctx context.Context, p *program, further ...string) error {
	if err := csp.CheckRedirectURI(c.URI); err != nil {
		return wrong("%q: %v", c.URI, err)
	}
	request := struct {
		URI string `json:"uri"`
	}{c.URI}
	var app csp.AppRecord
	if err := c.change(ctx, p, http.MethodPost, &request, &app, append([]string{"redirecturis"}, further...)...); err != nil {
		return err
	}
	return c.show(p, app.RedirectURIs, func(w io.Writer) { writeRedirects(w, app.RedirectURIs) })
}

type redirectsAdd struct{ redirecting }

// Help implements [kong.HelpProvider].
func (*redirectsAdd) Help() string {
	return `    tenantry apps redirects add 44444444-0000-4000-8000-00000000a001 https://billing.example.com/signed-in \
      --store sqlite:tenantry.db`
}

// Run adds the URI.
func (c *redirectsAdd) Run(ctx context.Context, p *program) error { return c.do(ctx, p) }

type redirectsRemove struct{ redirecting }

// Help implements [kong.HelpProvider].
func (*redirectsRemove) Help() string {
	return `    tenantry apps redirects remove 44444444-0000-4000-8000-00000000a001 https://billing.example.com/signed-in \
      --store sqlite:tenantry.db`
}

// Run removes the URI.
func (c *redirectsRemove) Run(ctx context.Context, p *program) error { return c.do(ctx, p, "remove") }

type redirectsList struct{ oneApp }

// Help implements [kong.HelpProvider].
func (*redirectsList) Help() string {
	return `    tenantry apps redirects list 44444444-0000-4000-8000-00000000a001 --store sqlite:tenantry.db`
}

// Run shows the URIs.
func (c *redirectsList) Run(ctx context.Context, p *program) error {
	app, err := c.get(ctx, p)
	if err != nil {
		return err
	}
	return c.show(p, app.RedirectURIs, func(w io.Writer) { writeRedirects(w, app.RedirectURIs) })
}

func writeRedirects(w io.Writer, uris []string) {
	if len(uris) == 0 {
		fmt.Fprintln(w, "The application has no redirect URIs.")
		return
	}
	fmt.Fprintln(w, "REDIRECT URI")
	for _, uri := range uris {
		fmt.Fprintln(w, uri)
	}
}
