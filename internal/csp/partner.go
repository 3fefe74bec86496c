package csp

import (
	"slices"
	"strings"

	"github.com/tenantry/tenantry/partnercenter"
)

// PartnerKind is the way in which a partner takes part in the programme.
type PartnerKind string

// The kinds of partners.
const (
	DirectReseller   PartnerKind = "direct"            // sells to its customers itself
	IndirectProvider PartnerKind = "indirect-provider" // creates customers for its indirect resellers
	IndirectReseller PartnerKind = "indirect-reseller" // its customers are created by a provider
)

// Partner is an account of the programme. It is a directory tenant as well: its id is the tenant's.
type Partner struct {
	ID                ID
	Name              string
	Domain            string
	Kind              PartnerKind
	Country           string // ISO 3166-1 alpha-2
	MPNID             string
	Sandbox           bool // an integration sandbox: its customers can be deleted
	AgreementAccepted bool // the Microsoft Partner Agreement
}

// Caller is who stands behind a request to the API.
type Caller struct {
	Partner  *Partner
	App      string   // the client id of the application
	User     ID       // zero: the application speaks for itself
	UserName string   // the user's principal name
	Agents   []string // the agent groups that the user is in
	MFA      bool     // the user proved who it is with a second factor

	Permissions []string // at Graph, of an application that speaks for itself
}

// AppOnly reports whether no user stands behind the request.
func (c *Caller) AppOnly() bool { return c.User.IsZero() }

// The agent groups of a partner's tenant.
const (
	AdminAgents    = "AdminAgents"
	HelpdeskAgents = "HelpdeskAgents"
	SalesAgents    = "SalesAgents"
)

// mustBe refuses a caller without the rights of one of the groups, who alone may do so.
func (c *Caller) mustBe(may string, groups ...string) error {
	if c.IsAgent(groups...) {
		return nil
	}
	return partnercenter.ErrNotAllowed.With("Only members of " + strings.Join(groups, " or ") + " may " + may + ".")
}

// needsRight refuses a caller without the rights of one of the groups, in the words of the directory.
func (c *Caller) needsRight(may string, groups ...string) error {
	if c.IsAgent(groups...) {
		return nil
	}
	return partnercenter.ErrRightMissing.With("The role of the caller lacks the right to " + may + "; members of " + strings.Join(groups, " or ") + " have it.")
}

// IsAgent reports whether the caller acts with the rights of one of the groups. An application that speaks for itself
// does: its registration is what entitles it.
func (c *Caller) IsAgent(groups ...string) bool {
	return c.AppOnly() || slices.ContainsFunc(groups, func(group string) bool { return slices.Contains(c.Agents, group) })
}
