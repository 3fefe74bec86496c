package cli

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
)

type usersCommands struct {
	Create usersCreate `cmd:"" help:"Add a user to a partner's own tenant, and show the password once."`
}

type usersCreate struct {
	storage
	Partner     string   `required:"" placeholder:"ID|DOMAIN" help:"The partner whose user it is."`
	Name        string   `required:"" placeholder:"NAME" help:"The sign-in name, without the domain."`
	DisplayName string   `placeholder:"NAME" help:"What people call the user; by default the sign-in name."`
	Agents      []string `name:"agent" enum:"AdminAgents,HelpdeskAgents,SalesAgents" placeholder:"GROUP" help:"Agent group that the user is in: AdminAgents, HelpdeskAgents or SalesAgents; may be repeated."`
	outputFlag
}

// Help implements [kong.HelpProvider].
func (*usersCreate) Help() string {
	return `What a user may do is told by the agent groups: AdminAgents everything, SalesAgents create and change customers,
HelpdeskAgents reset passwords of customers' users. One in none of them signs in and may do little. The password must be
changed at the first sign-in, unless the server runs with --no-force-password-change. Users of customers are made at a
server: POST /v1/customers/{id}/users.

    tenantry users create --store sqlite:tenantry.db --partner northwind.onmicrosoft.com --name bo --agent HelpdeskAgents`
}

// newcomer is what a user is told once.
type newcomer struct {
	ID          string   `json:"id"`
	TenantID    string   `json:"tenantId"`
	User        string   `json:"user"`
	DisplayName string   `json:"displayName"`
	Agents      []string `json:"agents"`
	Password    string   `json:"password"`
}

// Run adds the user.
func (c *usersCreate) Run(ctx context.Context, p *program) (err error) {
	if !isSignInName(c.Name) {
		return wrong("--name %q is not a sign-in name; leave the domain out and use letters, digits and . _ -", c.Name)
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
	user := &csp.User{DisplayName: cmp.Or(strings.TrimSpace(c.DisplayName), c.Name), Agents: c.Agents}
	password, err := h.createUser(ctx, partner, c.Name, user)
	if errors.Is(err, csp.ErrExists) {
		return fmt.Errorf("%s has a user %s already; nothing was made", partner.Name, user.PrincipalName)
	}
	if err != nil {
		return err
	}
	made := &newcomer{
		ID: user.ID.String(), TenantID: partner.ID.String(), User: user.PrincipalName, DisplayName: user.DisplayName,
		Agents: append([]string{}, c.Agents...), Password: password,
	}
	return c.show(p, made, func(w io.Writer) {
		rows(w, "User", made.User, "Name", made.DisplayName, "Agent of", strings.Join(made.Agents, ", "), "Tenant id", made.TenantID, "Password", made.Password)
		fmt.Fprint(w, "\nThe password is shown this once, and is to be changed at the first sign-in.\n")
	})
}

// createUser adds the user under the name, which has no domain, and returns the first password.
func (h *holding) createUser(ctx context.Context, partner *csp.Partner, name string, user *csp.User) (password string, err error) {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails
	user.ID, user.Tenant, user.PrincipalName = h.ids.New(), partner.ID, name+"@"+partner.Domain
	user.Credential, user.MustChangePassword, user.Created = token.DerivedCredential(salt), true, time.Now()
	return h.root.FirstPassword(partner.ID, salt), h.CreateUser(ctx, user)
}
