package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
)

type secondFactorsCommands struct {
	Remove secondFactorsRemove `cmd:"" help:"Remove the second factor of a user who has lost it."`
}

type secondFactorsRemove struct {
	User string `arg:"" help:"The user's sign-in name."`
	outputFlag
	operator
}

// Help implements [kong.HelpProvider].
func (*secondFactorsRemove) Help() string {
	return `What the second factor was given for ends with it: sessions in browsers and refresh tokens. The password stays, and the user
sets up another second factor where one is asked for, or at /account/second-factor.

    tenantry second-factors remove mfa@contosocloud.onmicrosoft.com --admin-key dev-secret`
}

// Run removes the second factor.
func (c *secondFactorsRemove) Run(ctx context.Context, p *program) error {
	_, domain, _ := strings.Cut(c.User, "@")
	if domain == "" {
		return wrong("%q is not a sign-in name, such as admin@contosocloud.onmicrosoft.com", c.User)
	}
	var user struct {
		ID                string `json:"id"`
		TenantID          string `json:"tenantId"`
		UserPrincipalName string `json:"userPrincipalName"`
	}
	if err := c.call(ctx, http.MethodDelete, []string{"users", domain, c.User, "mfa"}, nil, &user); err != nil {
		return err
	}
	return c.show(p, &user, func(w io.Writer) {
		fmt.Fprintf(w, "%s has no second factor any more.\n", user.UserPrincipalName)
	})
}
