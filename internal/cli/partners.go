package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/market"
)

type partnersCommands struct {
	Create partnersCreate `cmd:"" help:"Enrol a partner, with its first user, and show the user's password once."`
}

type partnersCreate struct {
	storage
	Name      string          `required:"" placeholder:"NAME" help:"The company's name."`
	Domain    string          `required:"" placeholder:"DOMAIN" help:"The domain of its tenant, which its users sign in under: northwind.onmicrosoft.com, or one of its own."`
	Kind      csp.PartnerKind `required:"" enum:"direct,indirect-provider,indirect-reseller" placeholder:"KIND" help:"direct, indirect-provider or indirect-reseller."`
	Country   string          `default:"US" help:"ISO 3166-1 code."`
	MPNID     string          `name:"mpn-id" placeholder:"NUMBER" help:"Its id in Microsoft's partner network."`
	ID        string          `placeholder:"GUID" help:"The tenant id; by default a new one."`
	Sandbox   bool            `help:"An integration sandbox: its customers can be deleted."`
	Providers []string        `name:"provider" placeholder:"ID|DOMAIN" help:"An indirect reseller's indirect provider; may be repeated."`
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

// enrolment is what a partner is told once.
type enrolment struct {
	TenantID string          `json:"tenantId"`
	Name     string          `json:"name"`
	Domain   string          `json:"domain"`
	Kind     csp.PartnerKind `json:"kind"`
	Country  string          `json:"country"`
	MPNID    string          `json:"mpnId,omitzero"`
	Sandbox  bool            `json:"sandbox"`
	User     string          `json:"user"`
	Password string          `json:"password"`
}

// Run enrols the partner.
func (c *partnersCreate) Run(ctx context.Context, p *program) (err error) {
	if err := c.check(); err != nil {
		return err
	}
	h, err := c.open(ctx, p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	partner := c.partner(h)
	providers, err := c.providers(ctx, h)
	if err != nil {
		return err
	}
	if err := h.CreatePartner(ctx, partner); err != nil {
		return c.taken(err)
	}
	for _, provider := range providers {
		if err := h.CreatePartnership(ctx, provider.ID, partner.ID); err != nil {
			return err
		}
	}
	user, password, err := h.firstUser(ctx, partner, c.Admin)
	if err != nil {
		return err
	}
	return c.print(p, &enrolment{
		TenantID: partner.ID.String(), Name: partner.Name, Domain: partner.Domain, Kind: partner.Kind,
		Country: partner.Country, MPNID: partner.MPNID, Sandbox: partner.Sandbox, User: user, Password: password,
	})
}

// check finds what is wrong with the flags before a store is touched.
func (c *partnersCreate) check() error {
	reseller := c.Kind == csp.IndirectReseller
	switch _, known := market.Lookup(c.Country); {
	case strings.TrimSpace(c.Name) == "":
		return wrong("--name is empty")
	case !isDomain(c.Domain):
		return wrong("--domain %q is not a domain; give its labels of letters, digits and hyphens, for example northwind.onmicrosoft.com", c.Domain)
	case !known:
		return wrong("--country %q is not the two-letter ISO 3166-1 code of a supported country, for example US", c.Country)
	case !isSignInName(c.Admin):
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

func (c *partnersCreate) partner(h *holding) *csp.Partner {
	id := h.ids.New()
	if c.ID != "" {
		id = csp.MustParseID(c.ID) // check has seen to it
	}
	return &csp.Partner{
		ID: id, Name: strings.TrimSpace(c.Name), Domain: c.Domain, Kind: c.Kind, Country: strings.ToUpper(c.Country),
		MPNID: c.MPNID, Sandbox: c.Sandbox, AgreementAccepted: true,
	}
}

// providers are the partners that --provider names.
func (c *partnersCreate) providers(ctx context.Context, h *holding) ([]*csp.Partner, error) {
	var providers []*csp.Partner
	for _, name := range c.Providers {
		provider, err := h.partner(ctx, name)
		if err != nil {
			return nil, err
		}
		if provider.Kind != csp.IndirectProvider {
			return nil, fmt.Errorf("%s is of kind %s, and only an %s creates customers for indirect resellers", provider.Name, provider.Kind, csp.IndirectProvider)
		}
		providers = append(providers, provider)
	}
	return providers, nil
}

func (c *partnersCreate) taken(err error) error {
	if errors.Is(err, csp.ErrExists) {
		return fmt.Errorf("the store has a tenant with the domain %s or with that id already; nothing was made", c.Domain)
	}
	return err
}

// firstUser makes the partner's administrator and its first password.
func (h *holding) firstUser(ctx context.Context, partner *csp.Partner, name string) (signIn, password string, err error) {
	user := &csp.User{DisplayName: partner.Name + " " + name, Roles: []string{csp.CompanyAdministrator}, Agents: []string{csp.AdminAgents}}
	password, err = h.createUser(ctx, partner, name, user)
	return user.PrincipalName, password, err
}

func (c *partnersCreate) print(p *program, e *enrolment) error {
	return c.show(p, e, func(w io.Writer) {
		rows(w, "Tenant id", e.TenantID, "Name", e.Name, "Domain", e.Domain, "Kind", string(e.Kind), "User", e.User, "Password", e.Password)
		fmt.Fprintf(w, "\nThe password is shown this once, and is to be changed at the first sign-in.\nNext: tenantry apps create --store %s --partner %s\n", c.Store, e.Domain)
	})
}

// isDomain reports whether the text is a domain of two labels or more.
func isDomain(text string) bool {
	labels := strings.Split(text, ".")
	for _, label := range labels {
		if !isLabel(label) {
			return false
		}
	}
	return len(labels) > 1 && len(text) <= 253 && strings.Trim(labels[len(labels)-1], "0123456789") != ""
}

func isLabel(label string) bool {
	return label != "" && len(label) <= 63 && label[0] != '-' && label[len(label)-1] != '-' &&
		!strings.ContainsFunc(label, func(r rune) bool { return r != '-' && !isAlphanumeric(r) })
}

func isSignInName(text string) bool {
	return text != "" && len(text) <= 64 &&
		!strings.ContainsFunc(text, func(r rune) bool { return !strings.ContainsRune("._-", r) && !isAlphanumeric(r) })
}

func isAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
