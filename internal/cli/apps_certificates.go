package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
)

type appsCertificate struct {
	storage
	App  string `required:"" placeholder:"GUID" help:"The application (client) id."`
	Cert string `required:"" type:"existingfile" placeholder:"FILE" help:"The certificate (PEM), with an RSA key of 2048 bits or more. Its private key stays with the application."`
	outputFlag
}

// Help implements [kong.HelpProvider].
func (*appsCertificate) Help() string {
	return `The application proves itself by signing with the certificate's private key, which no server ever sees; a secret that it
has stays good beside it. Who trusts the certificate is of no account, only its own dates are.

    openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=billing -days 365 -keyout billing.key -out billing.pem
    tenantry apps certificate --store sqlite:tenantry.db --app 44444444-0000-4000-8000-00000000a001 --cert billing.pem`
}

// certified is what the command answers.
type certified struct {
	AppID      string    `json:"appId"`
	Name       string    `json:"name"`
	Thumbprint string    `json:"thumbprint"`
	Expires    time.Time `json:"expires"`
}

// Run adds the certificate to the application.
func (c *appsCertificate) Run(ctx context.Context, p *program) (err error) {
	id, err := csp.ParseID(c.App)
	if err != nil {
		return wrong("--app %q is not a GUID, for example 44444444-0000-4000-8000-00000000a001", c.App)
	}
	der, expires, err := readCertificate(c.Cert)
	if err != nil {
		return wrong("--cert %s: %v", c.Cert, err)
	}
	h, err := c.open(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	added := &certified{AppID: id.String(), Thumbprint: token.Thumbprint(der), Expires: expires}
	err = h.ChangeApp(ctx, id, func(app *csp.App) error {
		if app.Public {
			return fmt.Errorf("the application %s is public and proves itself by nothing; nothing was changed", app.Name)
		}
		added.Name = app.Name
		for _, known := range app.Certificates {
			if bytes.Equal(known.DER, der) {
				return nil
			}
		}
		app.Certificates = append(app.Certificates, csp.AppCertificate{ID: h.ids.New(), DER: der})
		return nil
	})
	if errors.Is(err, csp.ErrNotFound) {
		return fmt.Errorf("no application of this store has the id %s; make it with: tenantry apps create", id)
	}
	if err != nil {
		return err
	}
	return c.show(p, added, func(w io.Writer) {
		rows(w, "Application id", added.AppID, "Name", added.Name, "Thumbprint", added.Thumbprint, "Expires", added.Expires.Format(time.DateOnly))
	})
}

// readCertificate is a certificate of a file, and when it ends.
func readCertificate(path string) (der []byte, expires time.Time, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, time.Time{}, err
	}
	if der, err = token.ReadCertificate(text); err != nil {
		return nil, time.Time{}, err
	}
	certificate, err := token.ParseCertificate(der)
	if err != nil {
		return nil, time.Time{}, err
	}
	return der, certificate.NotAfter.UTC(), nil
}
