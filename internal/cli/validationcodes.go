package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/tenantry/tenantry/partnercenter"
)

type validationCodesCommands struct {
	Issue validationCodesIssue `cmd:"" help:"Issue a validation code to a partner, or change one."`
	List  validationCodesList  `cmd:"" help:"Show a partner's validation codes."`
}

type validationCodesIssue struct {
	Partner          string `arg:"" help:"The partner's tenant id."`
	Code             string `arg:"" help:"The code: up to nine digits."`
	OrganizationName string `name:"organization" required:"" placeholder:"NAME" help:"Whom the partner is to bring."`
	MaxCreates       int    `required:"" placeholder:"N" help:"For how many customers the code is good. What is used of a code stays used."`
	outputFlag
	operator
}

// Help implements [kong.HelpProvider].
func (*validationCodesIssue) Help() string {
	return `    tenantry validation-codes issue 11111111-1111-4111-8111-111111111111 40020 --organization "Kestrel County" --max-creates 5 \
      --admin-key dev-secret`
}

// Run issues the code.
func (c *validationCodesIssue) Run(ctx context.Context, p *program) error {
	request := struct {
		OrganizationName string `json:"organizationName"`
		MaxCreates       int    `json:"maxCreates"`
	}{c.OrganizationName, c.MaxCreates}
	var code partnercenter.ValidationCode
	if err := c.call(ctx, http.MethodPut, []string{"partners", c.Partner, "validationcodes", c.Code}, &request, &code); err != nil {
		return err
	}
	return c.show(p, &code, func(w io.Writer) { writeValidationCode(w, &code) })
}

type validationCodesList struct {
	Partner string `arg:"" help:"The partner's tenant id."`
	outputFlag
	operator
}

// Help implements [kong.HelpProvider].
func (*validationCodesList) Help() string {
	return `    tenantry validation-codes list 11111111-1111-4111-8111-111111111111 --admin-key dev-secret`
}

// Run shows the codes.
func (c *validationCodesList) Run(ctx context.Context, p *program) error {
	var codes []partnercenter.ValidationCode
	if err := c.call(ctx, http.MethodGet, []string{"partners", c.Partner, "validationcodes"}, nil, &codes); err != nil {
		return err
	}
	return c.show(p, codes, func(w io.Writer) {
		if len(codes) == 0 {
			fmt.Fprintln(w, "The partner has no validation codes.")
		}
		for i := range codes {
			writeValidationCode(w, &codes[i])
		}
	})
}

func writeValidationCode(w io.Writer, code *partnercenter.ValidationCode) {
	fmt.Fprintf(w, "%-9s  %s, %d of %d creates remaining\n", code.ValidationID, code.OrganizationName, code.RemainingCreates, code.MaxCreates)
}
