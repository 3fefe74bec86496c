package cli

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
)

type appsCertificates struct {
	Add    certificatesAdd    `cmd:"" help:"Give an application a certificate to prove itself by."`
	List   certificatesList   `cmd:"" help:"Show an application's certificates."`
	Remove certificatesRemove `cmd:"" help:"End a certificate of an application at once."`
}

type certificatesAdd struct {
	oneApp
	Cert string `required:"" type:"existingfile" placeholder:"FILE" help:"The certificate (PEM), with an RSA key of 2048 bits or more. Its private key stays with the application."`
}

// Help implements [kong.HelpProvider].
func (*certificatesAdd) Help() string {
	return `The application proves itself by signing with the certificate's private key, which no server ever sees; secrets and
certificates that it has stay good beside it. Who trusts the certificate is of no account, only its own dates are.

    openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=billing -days 365 -keyout billing.key -out billing.pem
    tenantry apps certificates add 44444444-0000-4000-8000-00000000a001 --store sqlite:tenantry.db --cert billing.pem`
}

// Run adds the certificate.
func (c *certificatesAdd) Run(ctx context.Context, p *program) error {
	text, err := os.ReadFile(c.Cert)
	if err != nil {
		return err
	}
	der, err := token.ReadCertificate(text)
	if err != nil {
		return wrong("--cert %s: %v", c.Cert, err)
	}
	// The file may hold the private key as well, which is nobody else's business.
	alone := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	request := struct {
		Certificate string `json:"certificate"`
	}{string(alone)}
	var added csp.Certified
	if err := c.change(ctx, p, http.MethodPost, &request, &added, "certificates"); err != nil {
		return err
	}
	return c.show(p, &added, func(w io.Writer) {
		rows(w, "Application id", added.AppID, "Name", added.Name, "Thumbprint", added.Thumbprint, "Expires", added.Expires.Format(time.DateOnly))
	})
}

type certificatesList struct{ oneApp }

// Help implements [kong.HelpProvider].
func (*certificatesList) Help() string {
	return `    tenantry apps certificates list 44444444-0000-4000-8000-00000000a001 --store sqlite:tenantry.db`
}

// Run shows the certificates.
func (c *certificatesList) Run(ctx context.Context, p *program) error {
	app, err := c.get(ctx, p)
	if err != nil {
		return err
	}
	return c.show(p, app.Certificates, func(w io.Writer) { writeCertificates(w, app.Certificates) })
}

type certificatesRemove struct {
	oneApp
	Certificate string `arg:"" name:"thumbprint" help:"The certificate's thumbprint or id, as the list shows them."`
}

// Help implements [kong.HelpProvider].
func (*certificatesRemove) Help() string {
	return `    tenantry apps certificates remove 44444444-0000-4000-8000-00000000a001 563A722009692DCE6BB9EE91A1D0ED819EA8E7D2 \
      --store sqlite:tenantry.db`
}

// Run removes the certificate.
func (c *certificatesRemove) Run(ctx context.Context, p *program) error {
	var app csp.AppRecord
	if err := c.change(ctx, p, http.MethodDelete, nil, &app, "certificates", c.Certificate); err != nil {
		return err
	}
	return c.show(p, app.Certificates, func(w io.Writer) { writeCertificates(w, app.Certificates) })
}

func writeCertificates(w io.Writer, certificates []csp.CertificateRecord) {
	if len(certificates) == 0 {
		fmt.Fprintln(w, "The application has no certificates.")
		return
	}
	lines := [][]string{{"THUMBPRINT", "EXPIRES"}}
	for _, certificate := range certificates {
		lines = append(lines, []string{certificate.Thumbprint, until(certificate.Expires, certificate.Expired)})
	}
	columns(w, lines)
}
