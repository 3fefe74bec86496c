package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
)

type usersCommands struct {
	Create        usersCreate        `cmd:"" help:"Add a user to a partner's own tenant, and show the password once."`
	List          usersList          `cmd:"" help:"Show the users of a partner's own tenant."`
	Show          usersShow          `cmd:"" help:"Show a partner's user."`
	Agents        usersAgents        `cmd:"" help:"The agent groups of a partner's user."`
	ResetPassword usersResetPassword `cmd:"" help:"Give a partner's user a new password, show it once, and end what the user is signed in to."`
	Delete        usersDelete        `cmd:"" help:"Remove a partner's user for good."`
}

type usersCreate struct {
	registry
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

// Run adds the user.
func (c *usersCreate) Run(ctx context.Context, p *program) error {
	if !csp.IsSignInName(c.Name) {
		return wrong("--name %q is not a sign-in name; leave the domain out and use letters, digits and . _ -", c.Name)
	}
	request := &csp.PartnerUserRequest{Name: c.Name, DisplayName: c.DisplayName, Agents: c.Agents}
	var made csp.NewPassword
	if err := c.ask(ctx, p, http.MethodPost, []string{"partners", c.Partner, "users"}, request, &made); err != nil {
		return err
	}
	return c.show(p, &made, func(w io.Writer) { writePassword(w, &made) })
}

// writePassword shows a password for the only time.
func writePassword(w io.Writer, made *csp.NewPassword) {
	rows(w, "User", made.User, "Name", made.DisplayName, "Agent of", strings.Join(made.Agents, ", "), "Tenant id", made.TenantID, "Password", made.Password)
	fmt.Fprint(w, "\nThe password is shown this once, and is to be changed at the first sign-in.\n")
}

type usersList struct {
	Partner string `required:"" placeholder:"ID|DOMAIN" help:"The partner whose users they are."`
	registry
	outputFlag
}

// Help implements [kong.HelpProvider].
func (*usersList) Help() string {
	return `    tenantry users list --partner northwind.onmicrosoft.com --store sqlite:tenantry.db`
}

// Run shows the users.
func (c *usersList) Run(ctx context.Context, p *program) error {
	var users []csp.PartnerUserRecord
	if err := c.ask(ctx, p, http.MethodGet, []string{"partners", c.Partner, "users"}, nil, &users); err != nil {
		return err
	}
	return c.show(p, users, func(w io.Writer) {
		if len(users) == 0 {
			fmt.Fprintln(w, "The partner has no users.")
			return
		}
		lines := [][]string{{"USER", "AGENT OF", "NAME"}}
		for _, user := range users {
			groups := strings.Join(user.Agents, ", ")
			if groups == "" {
				groups = "-"
			}
			lines = append(lines, []string{user.User, groups, user.DisplayName})
		}
		columns(w, lines)
	})
}

// oneUser is what the commands about one user have.
type oneUser struct {
	User string `arg:"" help:"The user's sign-in name with its domain, bo@northwind.onmicrosoft.com."`
	registry
	outputFlag
}

func (c *oneUser) print(p *program, user *csp.PartnerUserRecord) error {
	return c.show(p, user, func(w io.Writer) {
		groups, password := strings.Join(user.Agents, ", "), ""
		if groups == "" {
			groups = "no group"
		}
		if user.MustChangePassword {
			password = "to be changed at the next sign-in"
		}
		rows(w, "User", user.User, "Name", user.DisplayName, "Agent of", groups, "User id", user.ID, "Tenant id", user.TenantID,
			"Created", user.Created.Format(time.DateOnly), "Password", password)
	})
}

type usersShow struct{ oneUser }

// Help implements [kong.HelpProvider].
func (*usersShow) Help() string {
	return `    tenantry users show bo@northwind.onmicrosoft.com --store sqlite:tenantry.db`
}

// Run shows the user.
func (c *usersShow) Run(ctx context.Context, p *program) error {
	var user csp.PartnerUserRecord
	if err := c.ask(ctx, p, http.MethodGet, []string{"users", c.User}, nil, &user); err != nil {
		return err
	}
	return c.print(p, &user)
}

type usersAgents struct {
	Set agentsSet `cmd:"" help:"Put a partner's user into these agent groups and no others."`
}

type agentsSet struct {
	User   string   `arg:"" help:"The user's sign-in name with its domain, bo@northwind.onmicrosoft.com."`
	Groups []string `arg:"" optional:"" enum:"AdminAgents,HelpdeskAgents,SalesAgents" help:"AdminAgents, HelpdeskAgents, SalesAgents. Without any the user is in none."`
	registry
	outputFlag
}

// Help implements [kong.HelpProvider].
func (*agentsSet) Help() string {
	return `The user's next token tells of it, also that of a refresh. Tokens that are out stay as they are until they expire, an
hour at most.

    tenantry users agents set bo@northwind.onmicrosoft.com HelpdeskAgents SalesAgents --admin-key dev-secret`
}

// Run sets the groups.
func (c *agentsSet) Run(ctx context.Context, p *program) error {
	request := struct {
		Agents []string `json:"agents"`
	}{append([]string{}, c.Groups...)}
	var user csp.PartnerUserRecord
	if err := c.ask(ctx, p, http.MethodPut, []string{"users", c.User, "agents"}, &request, &user); err != nil {
		return err
	}
	one := &oneUser{outputFlag: c.outputFlag}
	return one.print(p, &user)
}

type usersResetPassword struct{ oneUser }

// Help implements [kong.HelpProvider].
func (*usersResetPassword) Help() string {
	return `The old password, refresh tokens and sessions of the user end. Access tokens that are out last until they expire, an hour
at most.

    tenantry users reset-password bo@northwind.onmicrosoft.com --admin-key dev-secret`
}

// Run resets the password.
func (c *usersResetPassword) Run(ctx context.Context, p *program) error {
	var made csp.NewPassword
	if err := c.ask(ctx, p, http.MethodPost, []string{"users", c.User, "resetpassword"}, nil, &made); err != nil {
		return err
	}
	return c.show(p, &made, func(w io.Writer) { writePassword(w, &made) })
}

type usersDelete struct{ oneUser }

// Help implements [kong.HelpProvider].
func (*usersDelete) Help() string {
	return `The user's refresh tokens and sessions end; access tokens that are out last until they expire, an hour at most. Another
user of the same name is somebody else. Users of customers are deleted at a server: DELETE /v1/customers/{id}/users/{id}.

    tenantry users delete bo@northwind.onmicrosoft.com --admin-key dev-secret`
}

// Run deletes the user.
func (c *usersDelete) Run(ctx context.Context, p *program) error {
	if err := c.ask(ctx, p, http.MethodDelete, []string{"users", c.User}, nil, &struct{}{}); err != nil {
		return err
	}
	return c.show(p, map[string]string{"deleted": c.User}, func(w io.Writer) { fmt.Fprintf(w, "%s is deleted.\n", c.User) })
}
