package cli

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/tenantry/tenantry/partnercenter"
)

type qualificationsCommands struct {
	List    qualificationsList    `cmd:"" help:"Show a customer's qualifications, with what their vetting needs."`
	Approve qualificationsApprove `cmd:"" help:"Approve a qualification of a customer."`
	Deny    qualificationsDeny    `cmd:"" help:"Deny a qualification of a customer."`
}

type qualificationsList struct {
	Customer string `arg:"" help:"The customer's tenant id."`
	outputFlag
	operator
}

// Help implements [kong.HelpProvider].
func (*qualificationsList) Help() string {
	return `    tenantry qualifications list dfd8cc0a-c592-468c-8461-869a38d24738 --admin-key dev-secret`
}

// Run shows the qualifications.
func (c *qualificationsList) Run(ctx context.Context, p *program) error {
	var qualifications []partnercenter.CustomerQualification
	if err := c.call(ctx, http.MethodGet, []string{"customers", c.Customer, "qualifications"}, nil, &qualifications); err != nil {
		return err
	}
	return c.show(p, qualifications, func(w io.Writer) {
		if len(qualifications) == 0 {
			fmt.Fprintln(w, "The customer has no qualifications.")
		}
		for i := range qualifications {
			if i > 0 {
				fmt.Fprintln(w)
			}
			rows(w, qualificationRows(&qualifications[i])...)
		}
	})
}

// vetting is what a verdict is given on.
type vetting struct {
	Customer      string `arg:"" help:"The customer's tenant id."`
	Qualification string `arg:"" optional:"" default:"Education" help:"Education (the default), StateOwnedEntity, Nonprofit or GovernmentCommunityCloud."`
	outputFlag
	operator
}

// give sends the verdict and shows what comes of it.
func (v *vetting) give(ctx context.Context, p *program, status partnercenter.VettingStatus, reason string) error {
	verdict := partnercenter.CustomerQualification{VettingStatus: status, VettingReason: reason}
	var vetted partnercenter.CustomerQualification
	err := v.call(ctx, http.MethodPost, []string{"customers", v.Customer, "qualifications", v.Qualification, "vetting"}, &verdict, &vetted)
	if err != nil {
		return err
	}
	return v.show(p, &vetted, func(w io.Writer) { rows(w, qualificationRows(&vetted)...) })
}

type qualificationsApprove struct{ vetting }

// Help implements [kong.HelpProvider].
func (*qualificationsApprove) Help() string {
	return `What was denied can be approved too, as long as the customer has no other qualification in the meantime.

    tenantry qualifications approve dfd8cc0a-c592-468c-8461-869a38d24738 --admin-key dev-secret
    tenantry qualifications approve dfd8cc0a-c592-468c-8461-869a38d24738 StateOwnedEntity`
}

// Run approves the qualification.
func (c *qualificationsApprove) Run(ctx context.Context, p *program) error {
	return c.give(ctx, p, partnercenter.VettingApproved, "")
}

type qualificationsDeny struct {
	Reason string `required:"" placeholder:"TEXT" help:"Why: one of the service's reasons, listed above."`
	vetting
}

// Help implements [kong.HelpProvider].
func (*qualificationsDeny) Help() string {
	return `What was approved can be denied too. The reasons that clients know:

    ` + strings.Join(partnercenter.VettingReasons(), "\n    ") + `

    tenantry qualifications deny dfd8cc0a-c592-468c-8461-869a38d24738 --reason "Not an Academic Domain"`
}

// Run denies the qualification.
func (c *qualificationsDeny) Run(ctx context.Context, p *program) error {
	return c.give(ctx, p, partnercenter.VettingDenied, c.Reason)
}

func qualificationRows(qualification *partnercenter.CustomerQualification) []string {
	return []string{
		"Qualification", string(qualification.Qualification),
		"Segment", string(qualification.EducationSegment),
		"Website", qualification.Website,
		"Vetting", string(qualification.VettingStatus),
		"Reason", qualification.VettingReason,
		"Asked for", qualification.VettingCreateDate,
	}
}
