package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/market"
	"github.com/tenantry/tenantry/internal/store"
)

type partnersCommands struct {
	Create    partnersCreate    `cmd:"" help:"Enrol a partner, with its first user, and show the user's password once."`
	List      partnersList      `cmd:"" help:"Show all partners."`
	Show      partnersShow      `cmd:"" help:"Show a partner."`
	Agreement partnersAgreement `cmd:"" help:"The Microsoft Partner Agreement of a partner."`
}

type partnersCreate struct {
	registry
	Name      string          `required:"" placeholder:"NAME" help:"The company's name."`
	Domain    string          `required:"" placeholder:"DOMAIN" help:"The domain of its tenant, which its users sign in under: northwind.onmicrosoft.com, or one of its own."`
	Kind      csp.PartnerKind `required:"" enum:"direct,indirect-provider,indirect-reseller" placeholder:"KIND" help:"direct, indirect-provider or indirect-reseller."`
	Country   string          `default:"US" help:"ISO 3166-1 code."`
	MPNID     string          `name:"mpn-id" placeholder:"NUMBER" help:"Its id in Microsoft's partner network."`
	ID        string          `placeholder:"GUID" help:"The tenant id; by default a new one."`
	Sandbox   bool            `help:"An integration sandbox: its customers can be deleted."`
	Providers []string        `name:"provider" placeholder:"ID|DOMAIN" help:"An indirect reseller's indirect provider; may be repeated."`
	Pending   bool            `name:"agreement-pending" help:"It has not accepted the Microsoft Partner Agreement yet: nobody can create customers for it."`
	Admin     string          `default:"admin" help:"The first user's sign-in name, without the domain."`
	outputFlag
}

// Help implements [kong.HelpProvider].
func (*partnersCreate) Help() string {
	return `The first user is a member of AdminAgents and Company Administrator. Its password must be changed at the first
sign-in, unless the server runs with --no-force-password-change.

    tenantry partners create --store sqlite:tenantry.db --kind direct --name Northwind --domain northwind.onmicrosoft.com

    tenantry partners create --store sqlite:tenantry.db --kind indirect-reseller --mpn-id 4700123 \
      --provider northwind.onmicrosoft.com --name Wingtip --domain wingtip.onmicrosoft.com`
}

// Run enrols the partner.
func (c *partnersCreate) Run(ctx context.Context, p *program) error {
	if err := c.check(); err != nil {
		return err
	}
	request := &csp.PartnerRequest{
		ID: c.ID, Name: c.Name, Domain: c.Domain, Kind: c.Kind, Country: c.Country, MPNID: c.MPNID, Sandbox: c.Sandbox,
		AgreementPending: c.Pending, Providers: c.Providers, Admin: c.Admin,
	}
	var made csp.Enrolled
	if err := c.ask(ctx, p, http.MethodPost, []string{"partners"}, request, &made); err != nil {
		return err
	}
	stored, err := c.stored()
	if err != nil {
		return err
	}
	return c.show(p, &made, func(w io.Writer) {
		rows(w, append(partnerRows(&made.PartnerRecord), "User", made.User, "Password", made.Password)...)
		next := "tenantry apps create --partner " + made.Domain
		if stored {
			next = "tenantry apps create --store " + store.Redacted(c.Store) + " --partner " + made.Domain
		}
		fmt.Fprintf(w, "\nThe password is shown this once, and is to be changed at the first sign-in.\nNext: %s\n", next)
	})
}

// check finds what is wrong with the flags before a store is touched.
func (c *partnersCreate) check() error {
	reseller := c.Kind == csp.IndirectReseller
	switch _, known := market.Lookup(c.Country); {
	case strings.TrimSpace(c.Name) == "":
		return wrong("--name is empty")
	case !csp.IsDomain(c.Domain):
		return wrong("--domain %q is not a domain; give its labels of letters, digits and hyphens, for example northwind.onmicrosoft.com", c.Domain)
	case !known:
		return wrong("--country %q is not the two-letter ISO 3166-1 code of a supported country, for example US", c.Country)
	case !csp.IsSignInName(c.Admin):
		return wrong("--admin %q is not a sign-in name; leave the domain out and use letters, digits and . _ -", c.Admin)
	case reseller && len(c.Providers) == 0:
		return wrong("an indirect reseller needs its indirect provider: --provider ID|DOMAIN")
	case !reseller && len(c.Providers) > 0:
		return wrong("--provider is for --kind indirect-reseller; a partner of kind %s has none", c.Kind)
	}
	if _, err := csp.ParseID(c.ID); c.ID != "" && err != nil {
		return wrong("--id %q is not a GUID, for example 44444444-4444-4444-8444-444444444444", c.ID)
	}
	return nil
}

// partnerRows are what people see of a partner.
func partnerRows(partner *csp.PartnerRecord) []string {
	agreement := "accepted"
	if !partner.AgreementAccepted {
		agreement = "not accepted"
	}
	kind := string(partner.Kind)
	if partner.Sandbox {
		kind += ", a sandbox"
	}
	return []string{
		"Tenant id", partner.TenantID, "Name", partner.Name, "Domain", partner.Domain, "Kind", kind, "Country", partner.Country,
		"MPN id", partner.MPNID, "Providers", strings.Join(partner.Providers, ", "), "Agreement", agreement,
	}
}

type partnersList struct {
	registry
	outputFlag
}

// Help implements [kong.HelpProvider].
func (*partnersList) Help() string {
	return `    tenantry partners list --store sqlite:tenantry.db
    tenantry partners list --endpoint http://127.0.0.1:8080 --admin-key dev-secret`
}

// Run shows the partners.
func (c *partnersList) Run(ctx context.Context, p *program) error {
	var partners []csp.PartnerRecord
	if err := c.ask(ctx, p, http.MethodGet, []string{"partners"}, nil, &partners); err != nil {
		return err
	}
	return c.show(p, partners, func(w io.Writer) {
		if len(partners) == 0 {
			fmt.Fprintln(w, "There are no partners.")
			return
		}
		lines := [][]string{{"TENANT ID", "DOMAIN", "KIND", "AGREEMENT", "NAME"}}
		for _, partner := range partners {
			agreement := "accepted"
			if !partner.AgreementAccepted {
				agreement = "pending"
			}
			lines = append(lines, []string{partner.TenantID, partner.Domain, string(partner.Kind), agreement, partner.Name})
		}
		columns(w, lines)
	})
}

type partnersShow struct {
	Partner string `arg:"" help:"The partner's tenant id or domain."`
	registry
	outputFlag
}

// Help implements [kong.HelpProvider].
func (*partnersShow) Help() string {
	return `    tenantry partners show northwind.onmicrosoft.com --store sqlite:tenantry.db`
}

// Run shows the partner.
func (c *partnersShow) Run(ctx context.Context, p *program) error {
	var partner csp.PartnerRecord
	if err := c.ask(ctx, p, http.MethodGet, []string{"partners", c.Partner}, nil, &partner); err != nil {
		return err
	}
	return c.show(p, &partner, func(w io.Writer) { rows(w, partnerRows(&partner)...) })
}

type partnersAgreement struct {
	Accept   agreementAccept   `cmd:"" help:"Note that the partner has accepted the agreement."`
	Withdraw agreementWithdraw `cmd:"" help:"Note that the partner has not accepted the agreement."`
}

// agreement is what both commands about it have.
type agreement struct {
	Partner string `arg:"" help:"The partner's tenant id or domain."`
	registry
	outputFlag
}

// note notes whether it is accepted, and shows the partner.
func (c *agreement) note(ctx context.Context, p *program, accepted bool) error {
	request := struct {
		Accepted bool `json:"accepted"`
	}{accepted}
	var partner csp.PartnerRecord
	if err := c.ask(ctx, p, http.MethodPut, []string{"partners", c.Partner, "agreement"}, &request, &partner); err != nil {
		return err
	}
	return c.show(p, &partner, func(w io.Writer) { rows(w, partnerRows(&partner)...) })
}

type agreementAccept struct{ agreement }

// Help implements [kong.HelpProvider].
func (*agreementAccept) Help() string {
	return `An indirect provider creates no customer for a reseller that has not accepted it (code 900123).

    tenantry partners agreement accept wingtip.onmicrosoft.com --admin-key dev-secret`
}

// Run notes it.
func (c *agreementAccept) Run(ctx context.Context, p *program) error { return c.note(ctx, p, true) }

type agreementWithdraw struct{ agreement }

// Help implements [kong.HelpProvider].
func (*agreementWithdraw) Help() string {
	return `To see what your program makes of a reseller that has not accepted it (code 900123). Customers that it has stay.

    tenantry partners agreement withdraw wingtip.onmicrosoft.com --admin-key dev-secret`
}

// Run notes it.
func (c *agreementWithdraw) Run(ctx context.Context, p *program) error { return c.note(ctx, p, false) }
