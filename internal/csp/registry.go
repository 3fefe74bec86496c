package csp

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tenantry/tenantry/internal/market"
	"github.com/tenantry/tenantry/partnercenter"
)

// Registry is who takes part: the partners, with their own users and applications. Whoever runs the server keeps it; on the real
// service that is done by enrolment, in the portal and in the directory.
type Registry struct {
	Store Store
	IDs   *IDs
	Now   func() time.Time

	// FirstPassword is a new password for a user of the tenant, and what proves it.
	FirstPassword func(tenant ID) (password string, credential []byte, err error)

	// NewSecret is a new secret for the application, and what proves it.
	NewSecret func(app ID) (secret string, hash []byte, err error)

	// ReadCertificate is the DER of a certificate in PEM that an application may prove itself by.
	ReadCertificate func(text string) (der []byte, err error)

	// DescribeCertificate tells a certificate's thumbprint and when it ends.
	DescribeCertificate func(der []byte) (thumbprint string, expires time.Time)

	// Reserved reports whether the id is that of an application that every tenant has.
	Reserved func(app ID) bool
}

// PartnerRecord is a partner as whoever runs the server sees it.
type PartnerRecord struct {
	TenantID          string      `json:"tenantId"`
	Name              string      `json:"name"`
	Domain            string      `json:"domain"`
	Kind              PartnerKind `json:"kind"`
	Country           string      `json:"country"`
	MPNID             string      `json:"mpnId,omitzero"`
	Sandbox           bool        `json:"sandbox"`
	AgreementAccepted bool        `json:"agreementAccepted"`
	Providers         []string    `json:"providers,omitzero"` // the domains of an indirect reseller's providers
}

// PartnerRequest is what a partner is to be.
type PartnerRequest struct {
	ID               string      `json:"tenantId,omitzero"` // empty: a new one
	Name             string      `json:"name"`
	Domain           string      `json:"domain"`
	Kind             PartnerKind `json:"kind"`
	Country          string      `json:"country"`
	MPNID            string      `json:"mpnId,omitzero"`
	Sandbox          bool        `json:"sandbox,omitzero"`
	AgreementPending bool        `json:"agreementPending,omitzero"`
	Providers        []string    `json:"providers,omitzero"` // by tenant id or domain
	Admin            string      `json:"admin"`              // the first user's sign-in name, without the domain; empty: admin
}

// Enrolled is what a partner is told once.
type Enrolled struct {
	PartnerRecord
	User     string `json:"user"`
	Password string `json:"password"`
}

// Partners are all partners, in the order of their enrolment.
func (s *Registry) Partners(ctx context.Context) ([]PartnerRecord, error) {
	partners, err := s.Store.Partners(ctx)
	if err != nil {
		return nil, err
	}
	records := make([]PartnerRecord, 0, len(partners))
	for _, partner := range partners {
		record, err := s.partnerRecord(ctx, partner)
		if err != nil {
			return nil, err
		}
		records = append(records, *record)
	}
	return records, nil
}

// Partner is the partner of that tenant id or domain.
func (s *Registry) Partner(ctx context.Context, name string) (*PartnerRecord, error) {
	partner, err := s.partner(ctx, name)
	if err != nil {
		return nil, err
	}
	return s.partnerRecord(ctx, partner)
}

// SetAgreement notes whether the partner has accepted the Microsoft Partner Agreement.
func (s *Registry) SetAgreement(ctx context.Context, name string, accepted bool) (*PartnerRecord, error) {
	partner, err := s.partner(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := s.Store.SetAgreement(ctx, partner.ID, accepted); err != nil {
		return nil, err
	}
	return s.Partner(ctx, name)
}

// Enrol makes a partner with its first user, who is a member of AdminAgents and Company Administrator.
func (s *Registry) Enrol(ctx context.Context, request *PartnerRequest) (*Enrolled, error) {
	if request.Admin == "" {
		request.Admin = "admin"
	}
	if found := checkPartner(request); found != nil {
		return nil, partnercenter.ErrInvalidProperty.With("", found.data()...)
	}
	providers, err := s.providers(ctx, request)
	if err != nil {
		return nil, err
	}
	partner := &Partner{
		ID: s.idOr(request.ID), Name: strings.TrimSpace(request.Name), Domain: request.Domain, Kind: request.Kind,
		Country: strings.ToUpper(request.Country), MPNID: request.MPNID, Sandbox: request.Sandbox, AgreementAccepted: !request.AgreementPending,
	}
	admin := &User{DisplayName: partner.Name + " " + request.Admin, Roles: []string{CompanyAdministrator}, Agents: []string{AdminAgents}}
	password, err := s.newUser(partner, request.Admin, admin)
	if err != nil {
		return nil, err
	}
	err = s.Store.Enrol(ctx, &Enrolment{Partner: partner, Providers: providers, Admin: admin})
	if errors.Is(err, ErrExists) {
		return nil, partnercenter.ErrDomainTaken.With("There is a tenant with the domain " + partner.Domain + " or with that id already; nothing was made.")
	}
	if err != nil {
		return nil, err
	}
	record, err := s.partnerRecord(ctx, partner)
	if err != nil {
		return nil, err
	}
	return &Enrolled{*record, admin.PrincipalName, password}, nil
}

func checkPartner(request *PartnerRequest) (found violations) {
	if strings.TrimSpace(request.Name) == "" {
		found.add("name", "is empty")
	}
	if !IsDomain(request.Domain) {
		found.add("domain", "%s is not a domain; give its labels of letters, digits and hyphens, for example northwind.onmicrosoft.com", quoted(request.Domain))
	}
	kinds := []PartnerKind{DirectReseller, IndirectProvider, IndirectReseller}
	if !slices.Contains(kinds, request.Kind) {
		found.add("kind", "%s is not one of %s, %s and %s", quoted(string(request.Kind)), DirectReseller, IndirectProvider, IndirectReseller)
	}
	if _, known := market.Lookup(request.Country); !known {
		found.add("country", "%s is not the two-letter ISO 3166-1 code of a supported country, for example US", quoted(request.Country))
	}
	if !IsSignInName(request.Admin) {
		found.add("admin", "%s is not a sign-in name; leave the domain out and use letters, digits and . _ -", quoted(request.Admin))
	}
	if reseller := request.Kind == IndirectReseller; reseller && len(request.Providers) == 0 {
		found.add("providers", "an indirect reseller needs its indirect provider")
	} else if !reseller && len(request.Providers) > 0 {
		found.add("providers", "a partner of kind %s has none; an %s has", request.Kind, IndirectReseller)
	}
	if _, err := ParseID(request.ID); request.ID != "" && err != nil {
		found.add("tenantId", "%s is not a GUID, for example 44444444-4444-4444-8444-444444444444", quoted(request.ID))
	}
	return found
}

// providers are the partners that the request names.
func (s *Registry) providers(ctx context.Context, request *PartnerRequest) (ids []ID, err error) {
	for _, name := range request.Providers {
		provider, err := s.partner(ctx, name)
		if err != nil {
			return nil, err
		}
		if provider.Kind != IndirectProvider {
			return nil, partnercenter.ErrInvalidProperty.With(
				provider.Name + " is of kind " + string(provider.Kind) + ", and only an " + string(IndirectProvider) + " creates customers for indirect resellers.")
		}
		ids = append(ids, provider.ID)
	}
	return ids, nil
}

// idOr is the id of the text, which was checked, or a new one for none.
func (s *Registry) idOr(text string) ID {
	if text == "" {
		return s.IDs.New()
	}
	return MustParseID(text)
}

// partner finds a partner by its tenant id or by its domain.
func (s *Registry) partner(ctx context.Context, name string) (*Partner, error) {
	id, err := ParseID(name)
	if err != nil {
		tenant, err := s.Store.TenantByDomain(ctx, name)
		if errors.Is(err, ErrNotFound) {
			return nil, noPartner(name)
		}
		if err != nil {
			return nil, err
		}
		id = tenant.ID
	}
	partner, err := s.Store.Partner(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil, noPartner(name)
	}
	return partner, err
}

func noPartner(name string) error {
	return partnercenter.ErrTenantNotFound.With("No partner has the tenant id or domain " + quoted(name) + "; make it with: tenantry partners create")
}

func (s *Registry) partnerRecord(ctx context.Context, partner *Partner) (*PartnerRecord, error) {
	record := &PartnerRecord{
		TenantID: partner.ID.String(), Name: partner.Name, Domain: partner.Domain, Kind: partner.Kind, Country: partner.Country,
		MPNID: partner.MPNID, Sandbox: partner.Sandbox, AgreementAccepted: partner.AgreementAccepted,
	}
	if partner.Kind != IndirectReseller {
		return record, nil
	}
	providers, err := s.Store.Providers(ctx, partner.ID)
	for _, provider := range providers {
		record.Providers = append(record.Providers, provider.Domain)
	}
	return record, err
}

// IsDomain reports whether the text is a domain of two labels or more.
func IsDomain(text string) bool {
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

// IsSignInName reports whether the text can stand before the @ of a partner's user.
func IsSignInName(text string) bool {
	return text != "" && len(text) <= 64 &&
		!strings.ContainsFunc(text, func(r rune) bool { return !strings.ContainsRune("._-", r) && !isAlphanumeric(r) })
}

func isAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}
