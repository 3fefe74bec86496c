package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/login"
	"github.com/tenantry/tenantry/internal/store"
)

type appsCommands struct {
	Create       appsCreate       `cmd:"" help:"Register an application of a partner, and show its secret once."`
	List         appsList         `cmd:"" help:"Show the applications of a partner."`
	Show         appsShow         `cmd:"" help:"Show an application with its secrets, certificates and redirect URIs."`
	Delete       appsDelete       `cmd:"" help:"Remove an application, and end what users granted it."`
	Secrets      appsSecrets      `cmd:"" help:"The secrets of an application, of which it may have several."`
	Certificates appsCertificates `cmd:"" help:"The certificates that an application proves itself by."`
	Redirects    appsRedirects    `cmd:"" help:"Where answers to sign-ins in an application may be sent."`
}

type appsCreate struct {
	registry
	Partner    string        `required:"" placeholder:"ID|DOMAIN" help:"The partner whose application it is."`
	Name       string        `placeholder:"NAME" help:"What people call it; by default the partner's name and \"app\"."`
	ID         string        `placeholder:"GUID" help:"The application (client) id; by default a new one."`
	Public     bool          `help:"Without a secret: an application on people's own machines."`
	Redirect   []string      `name:"redirect-uri" placeholder:"URI" sep:"none" help:"Where answers to sign-ins may be sent; http://localhost stands for all its ports. May be repeated."`
	Consent    bool          `name:"needs-consent" help:"At the tenants of customers it does what application consents allow, as a control panel vendor's; otherwise it is pre-consented there."`
	Implicit   bool          `name:"implicit-tokens" help:"Access tokens may be had from the authorize endpoint (response_type=id_token token): the implicit grant, for old single-page applications."`
	Permission []string      `placeholder:"NAME" help:"What it may do by itself at Microsoft Graph: DelegatedAdminRelationship.Read.All or DelegatedAdminRelationship.ReadWrite.All. May be repeated."`
	SecretLife time.Duration `default:"17520h" help:"How long the secret lasts."`
	outputFlag
}

// Help implements [kong.HelpProvider].
func (*appsCreate) Help() string {
	return `The application may create the partner's customers, by itself or with a user. Its secret is kept as a hash only.

    tenantry apps create --store sqlite:tenantry.db --partner northwind.onmicrosoft.com --name billing`
}

// Run registers the application.
func (c *appsCreate) Run(ctx context.Context, p *program) error {
	if err := c.check(); err != nil {
		return err
	}
	request := &csp.AppRequest{ID: c.ID, Name: c.Name, Public: c.Public, NeedsConsent: c.Consent, ImplicitTokens: c.Implicit, Permissions: c.Permission, RedirectURIs: c.Redirect, SecretExpires: time.Now().Add(c.SecretLife)}
	var made csp.Registered
	if err := c.ask(ctx, p, http.MethodPost, []string{"partners", c.Partner, "apps"}, request, &made); err != nil {
		return err
	}
	stored, err := c.stored()
	if err != nil {
		return err
	}
	return c.show(p, &made, func(w io.Writer) {
		expires := ""
		if !made.Public {
			expires = made.SecretExpires.Format(time.DateOnly)
		}
		rows(w, "Application id", made.AppID, "Name", made.Name, "Tenant id", made.TenantID, "Secret", made.Secret, "Expires", expires)
		if !made.Public {
			fmt.Fprintln(w, "\nThe secret is shown this once.")
		}
		if stored {
			fmt.Fprintf(w, "Next: tenantry serve --store %s\n", store.Redacted(c.Store))
		}
	})
}

// check finds what is wrong with the flags before a store is touched.
func (c *appsCreate) check() error {
	if c.SecretLife <= 0 {
		return wrong("--secret-life must be longer than no time, for example 17520h for two years")
	}
	for _, uri := range c.Redirect {
		if err := csp.CheckRedirectURI(uri); err != nil {
			return wrong("--redirect-uri %q: %v", uri, err)
		}
	}
	for _, permission := range c.Permission {
		if err := csp.CheckPermission(permission); err != nil {
			return wrong("--permission %q: %v", permission, err)
		}
	}
	if c.ID == "" {
		return nil
	}
	id, err := csp.ParseID(c.ID)
	if err != nil {
		return wrong("--id %q is not a GUID, for example 44444444-0000-4000-8000-00000000a001", c.ID)
	}
	if login.IsReserved(id) {
		return wrong("--id %s is an application that every tenant has; take another, or leave --id out", id)
	}
	return nil
}

type appsList struct {
	Partner string `required:"" placeholder:"ID|DOMAIN" help:"The partner whose applications they are."`
	registry
	outputFlag
}

// Help implements [kong.HelpProvider].
func (*appsList) Help() string {
	return `    tenantry apps list --partner northwind.onmicrosoft.com --store sqlite:tenantry.db
    tenantry apps list --partner contosocloud.onmicrosoft.com --admin-key dev-secret`
}

// Run shows the applications.
func (c *appsList) Run(ctx context.Context, p *program) error {
	var apps []csp.AppRecord
	if err := c.ask(ctx, p, http.MethodGet, []string{"partners", c.Partner, "apps"}, nil, &apps); err != nil {
		return err
	}
	return c.show(p, apps, func(w io.Writer) {
		if len(apps) == 0 {
			fmt.Fprintln(w, "The partner has no applications.")
			return
		}
		lines := [][]string{{"APPLICATION ID", "PROVED BY", "NAME"}}
		for i := range apps {
			lines = append(lines, []string{apps[i].AppID, proofs(&apps[i]), apps[i].Name})
		}
		columns(w, lines)
	})
}

// proofs says what an application can prove itself by today, and until when.
func proofs(app *csp.AppRecord) string {
	if app.Public {
		return "nothing: public"
	}
	secrets, certificates, until := 0, 0, time.Time{}
	for _, secret := range app.Secrets {
		if !secret.Expired {
			secrets++
			until = later(until, secret.Expires)
		}
	}
	for _, certificate := range app.Certificates {
		if !certificate.Expired {
			certificates++
			until = later(until, certificate.Expires)
		}
	}
	var parts []string
	if secrets > 0 {
		parts = append(parts, counted(secrets, "secret"))
	}
	if certificates > 0 {
		parts = append(parts, counted(certificates, "certificate"))
	}
	if parts == nil {
		return "nothing that is good"
	}
	return strings.Join(parts, ", ") + " until " + until.Format(time.DateOnly)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// oneApp is what the commands about one application have.
type oneApp struct {
	App string `arg:"" help:"The application (client) id."`
	registry
	outputFlag
}

// path is the admin API's path of the application, and further segments.
func (c *oneApp) path(further ...string) ([]string, error) {
	id, err := csp.ParseID(c.App)
	if err != nil {
		return nil, wrong("%q is not the GUID of an application, for example 44444444-0000-4000-8000-00000000a001", c.App)
	}
	return append([]string{"apps", id.String()}, further...), nil
}

// get asks for the application as it is.
func (c *oneApp) get(ctx context.Context, p *program) (*csp.AppRecord, error) {
	var app csp.AppRecord
	return &app, c.change(ctx, p, http.MethodGet, nil, &app)
}

// change asks for something to be done with the application.
func (c *oneApp) change(ctx context.Context, p *program, method string, body, answer any, further ...string) error {
	path, err := c.path(further...)
	if err != nil {
		return err
	}
	return c.ask(ctx, p, method, path, body, answer)
}

type appsShow struct{ oneApp }

// Help implements [kong.HelpProvider].
func (*appsShow) Help() string {
	return `    tenantry apps show 11111111-0000-4000-8000-00000000a001 --admin-key dev-secret`
}

// Run shows the application.
func (c *appsShow) Run(ctx context.Context, p *program) error {
	app, err := c.get(ctx, p)
	if err != nil {
		return err
	}
	return c.show(p, app, func(w io.Writer) {
		rows(w, "Application id", app.AppID, "Name", app.Name, "Tenant id", app.TenantID, "Proved by", proofs(app))
		if len(app.Secrets) > 0 {
			fmt.Fprintln(w)
			writeSecrets(w, app.Secrets)
		}
		if len(app.Certificates) > 0 {
			fmt.Fprintln(w)
			writeCertificates(w, app.Certificates)
		}
		if len(app.RedirectURIs) > 0 {
			fmt.Fprintln(w)
			writeRedirects(w, app.RedirectURIs)
		}
	})
}

type appsDelete struct{ oneApp }

// Help implements [kong.HelpProvider].
func (*appsDelete) Help() string {
	return `Its secrets and certificates are good no more, and the refresh tokens and consents that users gave it end. Access tokens that
are out last until they expire, an hour at most. Customers that it created stay.

    tenantry apps delete 44444444-0000-4000-8000-00000000a001 --store sqlite:tenantry.db`
}

// Run deletes the application.
func (c *appsDelete) Run(ctx context.Context, p *program) error {
	if err := c.change(ctx, p, http.MethodDelete, nil, &struct{}{}); err != nil {
		return err
	}
	return c.show(p, map[string]string{"deleted": c.App}, func(w io.Writer) { fmt.Fprintf(w, "The application %s is deleted.\n", c.App) })
}

// until is the end of a secret or certificate, and whether it is over.
func until(expires time.Time, expired bool) string {
	if expired {
		return expires.Format(time.DateOnly) + ", over"
	}
	return expires.Format(time.DateOnly)
}
