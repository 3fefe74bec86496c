package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/login"
)

type appsCommands struct {
	Create      appsCreate      `cmd:"" help:"Register an application of a partner, and show its secret once."`
	Certificate appsCertificate `cmd:"" help:"Give an application a certificate to prove itself by."`
}

type appsCreate struct {
	storage
	Partner    string        `required:"" placeholder:"ID|DOMAIN" help:"The partner whose application it is."`
	Name       string        `placeholder:"NAME" help:"What people call it; by default the partner's name and \"app\"."`
	ID         string        `placeholder:"GUID" help:"The application (client) id; by default a new one."`
	Public     bool          `help:"Without a secret: an application on people's own machines."`
	Redirect   []string      `name:"redirect-uri" placeholder:"URI" sep:"none" help:"Where answers to sign-ins may be sent; http://localhost stands for all its ports. May be repeated."`
	SecretLife time.Duration `default:"17520h" help:"How long the secret lasts."`
	outputFlag
}

// Help implements [kong.HelpProvider].
func (*appsCreate) Help() string {
	return `The application may create the partner's customers, by itself or with a user. Its secret is kept as a hash only.

    tenantry apps create --store sqlite:tenantry.db --partner northwind.onmicrosoft.com --name billing`
}

// registration is what an application is told once.
type registration struct {
	AppID         string    `json:"appId"`
	Name          string    `json:"name"`
	TenantID      string    `json:"tenantId"`
	Public        bool      `json:"public"`
	Secret        string    `json:"secret,omitzero"`
	SecretExpires time.Time `json:"secretExpires,omitzero"`
}

// Run registers the application.
func (c *appsCreate) Run(ctx context.Context, p *program) (err error) {
	if err := c.check(); err != nil {
		return err
	}
	h, err := c.open(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	partner, err := h.partner(ctx, c.Partner)
	if err != nil {
		return err
	}
	app := &csp.App{ID: h.ids.New(), Tenant: partner.ID, Name: cmp.Or(c.Name, partner.Name+" app"), Public: c.Public, RedirectURIs: c.Redirect}
	if c.ID != "" {
		app.ID = csp.MustParseID(c.ID) // check has seen to it
	}
	registered := &registration{AppID: app.ID.String(), Name: app.Name, TenantID: partner.ID.String(), Public: c.Public}
	if !c.Public {
		if registered.Secret, err = h.addSecret(app, c.SecretLife); err != nil {
			return err
		}
		registered.SecretExpires = app.Secrets[0].Expires
	}
	if err := h.CreateApp(ctx, app); errors.Is(err, csp.ErrExists) {
		return fmt.Errorf("the store has an application with the id %s already; nothing was made", app.ID)
	} else if err != nil {
		return err
	}
	return c.print(p, registered)
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

// addSecret gives the application a secret and returns it.
func (h *holding) addSecret(app *csp.App, life time.Duration) (string, error) {
	secret, err := h.root.NewSecret(nil)
	if err != nil {
		return "", err
	}
	app.Secrets = append(app.Secrets, csp.AppSecret{
		ID: h.ids.New(), Hash: h.root.HashSecret(app.ID, secret), Hint: secret[:3], Expires: time.Now().Add(life).UTC().Truncate(time.Second),
	})
	return secret, nil
}

func (c *appsCreate) print(p *program, r *registration) error {
	return c.show(p, r, func(w io.Writer) {
		expires := ""
		if !r.Public {
			expires = r.SecretExpires.Format(time.DateOnly)
		}
		rows(w, "Application id", r.AppID, "Name", r.Name, "Tenant id", r.TenantID, "Secret", r.Secret, "Expires", expires)
		if !r.Public {
			fmt.Fprintln(w, "\nThe secret is shown this once.")
		}
		fmt.Fprintf(w, "Next: tenantry serve --store %s\n", c.Store)
	})
}
