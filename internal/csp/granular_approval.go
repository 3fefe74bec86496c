package csp

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/tenantry/tenantry/partnercenter"
)

// GranularPath is where the page of a granular relationship lies, before its id. The real one's is a fragment of
// https://admin.microsoft.com/AdminPortal/Home, which no server would see.
const GranularPath = "/partners/invitation/granularAdminRelationships/"

// GranularApprovals let customers' administrators approve what partners ask for, and end what they approved.
type GranularApprovals struct {
	Store Store
	IDs   *IDs
	Now   func() time.Time
}

// GranularTerms is a granular relationship as its reader has to understand it.
type GranularTerms struct {
	*GranularRelationship
	PartnerName string
	RoleNames   []string // or ids, of those that have no name here
	Active      bool
}

// Terms are what the relationship asks for, or gives. ErrInvitationOver if there is none to be approved or ended.
func (s *GranularApprovals) Terms(ctx context.Context, id string) (*GranularTerms, error) {
	r, err := s.Store.GranularRelationship(ctx, strings.ToLower(id))
	if errors.Is(err, ErrNotFound) {
		return nil, ErrInvitationOver
	}
	if err != nil {
		return nil, err
	}
	terms := &GranularTerms{GranularRelationship: r, Active: r.ActiveAt(s.Now())}
	if !terms.Active && r.Status != partnercenter.DelegatedAdminApprovalPending {
		return nil, ErrInvitationOver
	}
	partner, err := s.Store.Partner(ctx, r.Partner)
	if err != nil {
		return nil, err
	}
	terms.PartnerName = partner.Name
	for _, role := range r.Roles {
		terms.RoleNames = append(terms.RoleNames, roleName(role))
	}
	return terms, nil
}

// Check says whether the user may decide on the relationship: ErrNotAdministrator, or ErrNotCustomer if it is of no customer of
// the partner's, or of another one than was asked.
func (s *GranularApprovals) Check(ctx context.Context, r *GranularRelationship, user *User) error {
	_, err := s.Store.Customer(ctx, r.Partner, user.Tenant)
	switch {
	case errors.Is(err, partnercenter.ErrNoRelationship), errors.Is(err, partnercenter.ErrTenantNotFound), err == nil && !r.Customer.IsZero() && r.Customer != user.Tenant:
		return ErrNotCustomer
	case err != nil:
		return err
	case !user.HasRole(CompanyAdministrator):
		return ErrNotAdministrator
	}
	return nil
}

// ErrNotCustomer is returned for a tenant that the partner does not resell to, or did not ask.
var ErrNotCustomer = errors.New("the tenant is not the customer that was asked")

// Approve makes the relationship active for the user's tenant, from now on. Errors as for Terms and Check.
func (s *GranularApprovals) Approve(ctx context.Context, id string, user *User, correlationID string) error {
	return s.decide(ctx, id, user, correlationID, func(r *GranularRelationship, customer *Customer, now time.Time) (Outcome, error) {
		if r.Status != partnercenter.DelegatedAdminApprovalPending {
			return Outcome{}, ErrInvitationOver
		}
		old, err := r.audited(now)
		if err != nil {
			return Outcome{}, err
		}
		r.Customer, r.CustomerName = customer.ID, customer.BillingProfile.CompanyName
		r.Status, r.Activated, r.Ends = partnercenter.DelegatedAdminActive, now, now.AddDate(0, 0, r.Days)
		r.note(s.IDs.New(), ActionApprove, now)
		outcome, err := r.outcome(partnercenter.OperationGranularApproved, partnercenter.EventGranularApproved, old, now)
		outcome.Events = append(outcome.Events, r.event(partnercenter.EventGranularActivated))
		return outcome, err
	})
}

// Terminate ends the relationship. Errors as for Terms and Check.
func (s *GranularApprovals) Terminate(ctx context.Context, id string, user *User, correlationID string) error {
	return s.decide(ctx, id, user, correlationID, func(r *GranularRelationship, _ *Customer, now time.Time) (Outcome, error) {
		if !r.ActiveAt(now) {
			return Outcome{}, ErrInvitationOver
		}
		outcome, err := r.Over(partnercenter.DelegatedAdminTerminated, now)
		r.note(s.IDs.New(), ActionTerminate, now)
		return outcome, err
	})
}

// decide lets the function change the relationship in the name of the user's tenant.
func (s *GranularApprovals) decide(
	ctx context.Context, id string, user *User, correlationID string, change func(*GranularRelationship, *Customer, time.Time) (Outcome, error),
) error {
	terms, err := s.Terms(ctx, id)
	if err != nil {
		return err
	}
	if err := s.Check(ctx, terms.GranularRelationship, user); err != nil {
		return err
	}
	customer, err := s.Store.Customer(ctx, terms.Partner, user.Tenant)
	if err != nil {
		return err
	}
	call := Call{By: Actor{User: user.PrincipalName, CorrelationID: correlationID}}
	_, err = s.Store.ChangeGranularRelationship(ctx, terms.Partner, terms.ID, call, func(r *GranularRelationship) (*GranularRelationship, Outcome, error) {
		if r == nil || !r.Customer.IsZero() && r.Customer != user.Tenant {
			return nil, Outcome{}, ErrInvitationOver // changed since it was shown
		}
		outcome, err := change(r, customer, s.Now())
		outcome.Answer = []byte{}
		return r, outcome, err
	})
	return err
}

// roleName is what people call the role, or its id.
func roleName(id string) string {
	for _, role := range directoryRoles {
		if role.id == id {
			return role.name
		}
	}
	for _, role := range furtherRoles {
		if role.id == id {
			return role.name
		}
	}
	return id
}

// furtherRoles are directory roles that partners ask for and that no list of a customer's roles here has. Microsoft Entra docs:
// permissions-reference.
var furtherRoles = [...]struct{ name, id string }{
	{"Application Administrator", ApplicationAdministrator},
	{"Authentication Administrator", AuthenticationAdministrator},
	{"Billing Administrator", "b0f54661-2d74-4c50-afa3-1ec803f12efe"},
	{"Cloud Application Administrator", CloudApplicationAdministrator},
	{"Directory Readers", DirectoryReaders},
	{"Directory Writers", DirectoryWriters},
	{"Exchange Administrator", "29232cdf-9323-42fd-ade2-1d097af3e4de"},
	{"Global Reader", GlobalReader},
	{"Groups Administrator", "fdd7a751-b60b-444a-984c-02652fe8fa1c"},
	{"Intune Administrator", "3a2c62db-5318-420d-8d74-23affee5d9d5"},
	{"License Administrator", LicenseAdministrator},
	{"Privileged Authentication Administrator", PrivilegedAuthenticationAdministrator},
	{"Privileged Role Administrator", PrivilegedRoleAdministrator},
	{"Security Administrator", "194ae4cb-b126-40b2-bd5b-6091b380977d"},
	{"Security Reader", "5d6b6bb7-de71-4623-b4af-96380a352509"},
	{"SharePoint Administrator", "f28a1f50-f6e7-4571-818b-6a12f2af6b6c"},
	{"Teams Administrator", "69091246-20e8-4a56-aa4d-066075b2a7a8"},
}

// Directory roles that let their members read or change users.
const (
	ApplicationAdministrator              = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
	AuthenticationAdministrator           = "c4e39bd9-1100-46d3-8c65-fb160da0071f"
	CloudApplicationAdministrator         = "158c047a-c907-4556-b7ef-446551a6b5f7"
	DirectoryReaders                      = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
	DirectoryWriters                      = "9360feb5-f418-4baa-8175-e2a00bac4301"
	GlobalReader                          = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
	LicenseAdministrator                  = "4d6ac14f-3453-41d0-bef9-a3e0c569773a"
	PrivilegedAuthenticationAdministrator = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13"
	PrivilegedRoleAdministrator           = "e8611ab8-c189-46e8-94e1-60213ab1f814"
)
