package csp

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"

	"github.com/tenantry/tenantry/partnercenter"
)

// Invitation is a partner's request to customers whom it does not have yet: a reseller relationship. It is kept nowhere; the
// URL of its page says it, and any number of customers may open that.
type Invitation struct {
	Partner   ID // who asks
	Provider  ID // of an indirect relationship; else zero
	Reseller  ID // likewise
	Delegated bool
}

// InvitationPurpose is what the text of an invitation is proved for.
var InvitationPurpose = [16]byte([]byte("invitation v1   "))

// InvitationPath is where the page of an invitation lies. Path and query are those of the real one, seen in the sample of
// request-reseller-relationship, with a proof of ours.
const InvitationPath = "/Adminportal/Home"

// InvitationProof is the parameter of the query that holds the proof.
const InvitationProof = "invitation"

// Text is the invitation as it is proved.
func (i *Invitation) Text() []byte {
	text := make([]byte, 0, 49)
	for _, id := range [...]ID{i.Partner, i.Provider, i.Reseller} {
		text = append(text, id[:]...)
	}
	if i.Delegated {
		return append(text, 1)
	}
	return append(text, 0)
}

// ParseInvitation reads what [Invitation.Text] wrote.
func ParseInvitation(text []byte) (*Invitation, bool) {
	if len(text) != 49 || text[48] > 1 {
		return nil, false
	}
	i := &Invitation{Partner: ID(text[:16]), Provider: ID(text[16:32]), Reseller: ID(text[32:48]), Delegated: text[48] == 1}
	return i, !i.Partner.IsZero() && i.Provider.IsZero() == i.Reseller.IsZero()
}

// URL is the address of the page, below the origin. Its fragment is that of the real one, and means nothing here.
func (i *Invitation) URL(origin, proof string) string {
	provider := "0"
	if !i.Provider.IsZero() {
		provider = i.Provider.String()
	}
	return origin + InvitationPath + "?invType=ResellerRelationship&partnerId=" + i.Partner.String() + "&msppId=" + provider +
		"&DAP=" + strconv.FormatBool(i.Delegated) + "&" + InvitationProof + "=" + url.QueryEscape(proof) + "#/BillingAccounts/partner-invitation"
}

// partners are those that the customer will have.
func (i *Invitation) partners() []ID {
	if i.Reseller.IsZero() {
		return []ID{i.Partner}
	}
	return []ID{i.Provider, i.Reseller}
}

// Acceptance is all that comes into the world when a customer accepts an invitation.
type Acceptance struct {
	Invitation

	Customer ID
	By       Actor     // the customer's administrator
	Outcomes []Outcome // what each of the partners is told; nobody repeats it, so it has no answer
}

// What keeps a customer from accepting.
var (
	// ErrNotAdministrator is returned for a user who cannot bind the customer.
	ErrNotAdministrator = errors.New("the user is no administrator of the tenant")

	// ErrIsPartner is returned for the tenant of a partner: nobody resells to it here.
	ErrIsPartner = errors.New("the tenant is a partner's own")

	// ErrInvitationOver is returned for an invitation by partners who may not, or not any more, ask together.
	ErrInvitationOver = errors.New("the invitation is not valid any more")
)

// Invitations let customers become a partner's that were created by another.
type Invitations struct {
	Store Store

	// GDAPByDefault leaves delegated admin out of what is asked for.
	GDAPByDefault bool

	// SandboxLimits keeps sandbox accounts from asking, as the real service does.
	SandboxLimits bool
}

// InvitationRequest is what the query of the request says.
type InvitationRequest struct {
	Provider ID // of an indirect reseller that asks; zero: the only one that it has
	Reseller ID // for whom an indirect provider asks; zero: for itself
}

// Request is the invitation that the caller may show to customers.
// Partner Center docs: request-reseller-relationship; test-and-debug, which keeps sandbox accounts from it. The parameters of
// indirect relationships are those of the service's OpenAPI document.
func (s *Invitations) Request(ctx context.Context, caller *Caller, request *InvitationRequest) (*Invitation, error) {
	if err := caller.mustBe("request relationships with customers", AdminAgents, SalesAgents); err != nil {
		return nil, err
	}
	partner := caller.Partner
	if s.SandboxLimits && partner.Sandbox {
		return nil, partnercenter.ErrNotInSandbox
	}
	invitation := &Invitation{Partner: partner.ID, Delegated: !s.GDAPByDefault}
	switch {
	case partner.Kind == IndirectReseller:
		provider, err := s.provider(ctx, partner, request.Provider)
		if err != nil {
			return nil, err
		}
		invitation.Provider, invitation.Reseller = provider, partner.ID
	case partner.Kind == IndirectProvider && !request.Reseller.IsZero():
		invitation.Provider, invitation.Reseller = partner.ID, request.Reseller
	}
	if invitation.Reseller.IsZero() {
		return invitation, nil
	}
	return invitation, s.checkPartnership(ctx, invitation)
}

// provider is the one that the indirect reseller names, or its only one.
func (s *Invitations) provider(ctx context.Context, reseller *Partner, named ID) (ID, error) {
	if !named.IsZero() {
		return named, nil
	}
	providers, err := s.Store.Providers(ctx, reseller.ID)
	if err != nil {
		return ID{}, err
	}
	if len(providers) != 1 {
		return ID{}, partnercenter.ErrMalformedQuery.With("The query parameter indirectCloudSolutionProviderId is missing; give the tenant id of your indirect provider. You have "+
			strconv.Itoa(len(providers))+" of them.", "indirectCloudSolutionProviderId")
	}
	return providers[0].ID, nil
}

// checkPartnership refuses a reseller that is not the provider's, or has not signed.
func (s *Invitations) checkPartnership(ctx context.Context, i *Invitation) error {
	resellers, err := s.Store.Resellers(ctx, i.Provider)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	at := slices.IndexFunc(resellers, func(p *Partner) bool { return p.ID == i.Reseller })
	switch {
	case at < 0:
		return partnercenter.ErrNotAReseller.With("The partner " + i.Reseller.String() + " is not an indirect reseller of the provider " + i.Provider.String() + ".")
	case !resellers[at].AgreementAccepted:
		return partnercenter.ErrResellerAgreement
	}
	return nil
}

// Terms is an invitation as its reader has to understand it.
type Terms struct {
	*Invitation
	PartnerName  string
	ProviderName string // of an indirect relationship; else empty
	ResellerName string // likewise
}

// Terms are what the invitation asks for. ErrInvitationOver if it must not be shown any more.
func (s *Invitations) Terms(ctx context.Context, i *Invitation) (*Terms, error) {
	terms := &Terms{Invitation: i}
	for _, named := range [...]struct {
		id   ID
		name *string
	}{{i.Partner, &terms.PartnerName}, {i.Provider, &terms.ProviderName}, {i.Reseller, &terms.ResellerName}} {
		if named.id.IsZero() {
			continue
		}
		partner, err := s.Store.Partner(ctx, named.id)
		if errors.Is(err, ErrNotFound) || err == nil && s.SandboxLimits && partner.Sandbox {
			return nil, ErrInvitationOver
		}
		if err != nil {
			return nil, err
		}
		*named.name = partner.Name
	}
	if i.Reseller.IsZero() {
		return terms, nil
	}
	err := s.checkPartnership(ctx, i)
	if errors.Is(err, partnercenter.ErrNotAReseller) || errors.Is(err, partnercenter.ErrResellerAgreement) {
		err = ErrInvitationOver
	}
	return terms, err
}

// Check says whether the user may accept the invitation for its tenant: ErrNotAdministrator, ErrIsPartner, or ErrExists if one
// of the partners has the customer already.
func (s *Invitations) Check(ctx context.Context, i *Invitation, user *User) error {
	switch _, err := s.Store.Partner(ctx, user.Tenant); {
	case err == nil:
		return ErrIsPartner
	case !errors.Is(err, ErrNotFound):
		return err
	}
	if !slices.Contains(user.Roles, CompanyAdministrator) {
		return ErrNotAdministrator
	}
	for _, partner := range i.partners() {
		switch _, err := s.Store.Customer(ctx, partner, user.Tenant); {
		case err == nil:
			return ErrExists
		case !errors.Is(err, partnercenter.ErrNoRelationship):
			return err
		}
	}
	return nil
}

// Accept makes the user's tenant a customer of those who invite. Errors as for Terms and Check: of two acceptances at once,
// one meets ErrExists.
func (s *Invitations) Accept(ctx context.Context, i *Invitation, user *User, correlationID string) error {
	if _, err := s.Terms(ctx, i); err != nil {
		return err
	}
	if err := s.Check(ctx, i, user); err != nil {
		return err
	}
	acceptance := &Acceptance{
		Invitation: *i,
		Customer:   user.Tenant,
		By:         Actor{User: user.PrincipalName, CorrelationID: correlationID},
	}
	tell := func(event partnercenter.WebhookEvent, operation partnercenter.OperationType, resource partnercenter.AuditResourceType) {
		acceptance.Outcomes = append(acceptance.Outcomes, Outcome{
			Audit:  &AuditEntry{Operation: operation, Resource: resource, ResourceID: user.Tenant.String()},
			Events: []Event{relationshipEvent(event, user.Tenant)},
		})
	}
	accepted := partnercenter.EventRelationshipAccepted
	if !i.Reseller.IsZero() {
		accepted = partnercenter.EventIndirectAccepted
	}
	tell(accepted, partnercenter.OperationCreatePartnerRelationship, partnercenter.AuditPartnerCustomerRelationship)
	if i.Delegated {
		tell(partnercenter.EventDAPApproved, partnercenter.OperationDAPAdminRelationshipApproved, partnercenter.AuditPartnerCustomerDAP)
	}
	return s.Store.AcceptInvitation(ctx, acceptance)
}
