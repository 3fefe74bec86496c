package csp

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/market"
	"github.com/tenantry/tenantry/partnercenter"
)

// Profiles are what partners say of themselves. Until a profile is updated it holds what is known from the enrolment.
type Profiles struct {
	Store Store
	Rand  io.Reader // makes etags
}

// profileKind is one of a partner's profiles.
type profileKind[P any] struct {
	name       string // of the document's kind, and of the document
	enrolled   func(*Partner) *P
	attributes func(*P) *partnercenter.ResourceAttributes
	check      func(partner *Partner, request *P) (missing []string, found violations)
	keep       func(partner *Partner, kept *P) // puts in what is not the partner's to say, and the service's spelling
}

var (
	organizationProfile = &profileKind[partnercenter.OrganizationProfile]{
		name:       "organizationprofile",
		enrolled:   (*Partner).OrganizationProfile,
		attributes: func(p *partnercenter.OrganizationProfile) *partnercenter.ResourceAttributes { return p.Attributes },
		check:      checkOrganizationProfile,
		keep:       keepOrganizationProfile,
	}
	legalBusinessProfile = &profileKind[partnercenter.LegalBusinessProfile]{
		name:       "legalbusinessprofile",
		enrolled:   (*Partner).LegalBusinessProfile,
		attributes: func(p *partnercenter.LegalBusinessProfile) *partnercenter.ResourceAttributes { return p.Attributes },
		check:      checkLegalBusinessProfile,
		keep:       keepLegalBusinessProfile,
	}
	billingProfile = &profileKind[partnercenter.PartnerBillingProfile]{
		name:       "billingprofile",
		enrolled:   (*Partner).BillingProfile,
		attributes: func(p *partnercenter.PartnerBillingProfile) *partnercenter.ResourceAttributes { return p.Attributes },
		check:      checkPartnerBillingProfile,
		keep:       keepPartnerBillingProfile,
	}
	supportProfile = &profileKind[partnercenter.SupportProfile]{
		name:       "supportprofile",
		enrolled:   (*Partner).SupportProfile,
		attributes: func(p *partnercenter.SupportProfile) *partnercenter.ResourceAttributes { return p.Attributes },
		check:      checkSupportProfile,
		keep:       keepSupportProfile,
	}
)

// Organization is the caller's company.
func (s *Profiles) Organization(ctx context.Context, caller *Caller) (*partnercenter.OrganizationProfile, error) {
	return readProfile(ctx, s, caller, organizationProfile)
}

// LegalBusiness is the caller's company as it was vetted.
func (s *Profiles) LegalBusiness(ctx context.Context, caller *Caller) (*partnercenter.LegalBusinessProfile, error) {
	return readProfile(ctx, s, caller, legalBusinessProfile)
}

// Billing is how the caller itself is billed.
func (s *Profiles) Billing(ctx context.Context, caller *Caller) (*partnercenter.PartnerBillingProfile, error) {
	return readProfile(ctx, s, caller, billingProfile)
}

// Support is where the caller's customers find help.
func (s *Profiles) Support(ctx context.Context, caller *Caller) (*partnercenter.SupportProfile, error) {
	return readProfile(ctx, s, caller, supportProfile)
}

// UpdateOrganization replaces the organization profile. The account stays as it was enrolled: its name, country and domain.
func (s *Profiles) UpdateOrganization(ctx context.Context, caller *Caller, etag ETag, request *partnercenter.OrganizationProfile, call Call) (*partnercenter.OrganizationProfile, error) {
	return updateProfile(ctx, s, caller, organizationProfile, etag, request, call)
}

// UpdateLegalBusiness replaces the legal business profile. Nobody is vetted again: the status stays.
func (s *Profiles) UpdateLegalBusiness(ctx context.Context, caller *Caller, etag ETag, request *partnercenter.LegalBusinessProfile, call Call) (*partnercenter.LegalBusinessProfile, error) {
	return updateProfile(ctx, s, caller, legalBusinessProfile, etag, request, call)
}

// UpdateBilling replaces the billing profile.
func (s *Profiles) UpdateBilling(ctx context.Context, caller *Caller, etag ETag, request *partnercenter.PartnerBillingProfile, call Call) (*partnercenter.PartnerBillingProfile, error) {
	return updateProfile(ctx, s, caller, billingProfile, etag, request, call)
}

// UpdateSupport replaces the support profile.
func (s *Profiles) UpdateSupport(ctx context.Context, caller *Caller, etag ETag, request *partnercenter.SupportProfile, call Call) (*partnercenter.SupportProfile, error) {
	return updateProfile(ctx, s, caller, supportProfile, etag, request, call)
}

// PatchSupport replaces what the request says of the support profile.
func (s *Profiles) PatchSupport(ctx context.Context, caller *Caller, etag ETag, request *partnercenter.SupportProfile, call Call) (*partnercenter.SupportProfile, error) {
	return changeProfile(ctx, s, caller, supportProfile, etag.or(request.Attributes), call, func(current *partnercenter.SupportProfile) *partnercenter.SupportProfile {
		return &partnercenter.SupportProfile{
			Email:     cmp.Or(request.Email, current.Email),
			Telephone: cmp.Or(request.Telephone, current.Telephone),
			Website:   cmp.Or(request.Website, current.Website),
		}
	})
}

func readProfile[P any](ctx context.Context, s *Profiles, caller *Caller, kind *profileKind[P]) (*P, error) {
	documents, err := s.Store.PartnerDocuments(ctx, caller.Partner.ID, kind.name)
	if err != nil {
		return nil, err
	}
	return kind.of(caller.Partner, documents)
}

// of is the profile in the document, or that of the enrolment if there is none.
func (k *profileKind[P]) of(partner *Partner, documents []Document) (*P, error) {
	if len(documents) == 0 {
		return k.enrolled(partner), nil
	}
	profile := new(P)
	if err := json.Unmarshal(documents[0].Text, profile); err != nil {
		return nil, fmt.Errorf("read the %s: %w", k.name, err)
	}
	return profile, nil
}

// updateProfile puts the request in the place of the profile.
func updateProfile[P any](ctx context.Context, s *Profiles, caller *Caller, kind *profileKind[P], etag ETag, request *P, call Call) (*P, error) {
	return changeProfile(ctx, s, caller, kind, etag.or(kind.attributes(request)), call, func(*P) *P {
		kept := *request
		return &kept
	})
}

// changeProfile puts what the function makes of the profile in its place.
func changeProfile[P any](ctx context.Context, s *Profiles, caller *Caller, kind *profileKind[P], etag ETag, call Call, change func(current *P) *P) (*P, error) {
	if err := caller.mustBe("change the partner's profiles", AdminAgents); err != nil {
		return nil, err
	}
	var profile *P
	recorded, err := s.Store.ChangePartnerDocuments(ctx, caller.Partner.ID, call, kind.name, func(documents []Document) ([]Document, Outcome, error) {
		current, err := kind.of(caller.Partner, documents)
		if err != nil {
			return nil, Outcome{}, err
		}
		tag := kind.attributes(current).ETag
		if !etag.matches(tag) {
			return nil, Outcome{}, etag.refusal()
		}
		profile = change(current)
		if err := kind.refusal(caller.Partner, profile); err != nil {
			return nil, Outcome{}, err
		}
		kind.keep(caller.Partner, profile)
		if tag != "" { // the docs' samples of two profiles have none
			kind.attributes(profile).ETag = newETag(s.Rand)
		}
		before, err := json.Marshal(current)
		if err != nil {
			return nil, Outcome{}, err
		}
		after, err := json.Marshal(profile)
		if err != nil {
			return nil, Outcome{}, err
		}
		// Neither docs nor SDKs have a word for this operation, nor for what it is done to; see AddVerifiedDomain.
		return []Document{{ID: kind.name, Text: after}}, Outcome{Answer: after, Audit: &AuditEntry{
			Operation: partnercenter.OperationUndefined, Resource: partnercenter.AuditUndefined, ResourceID: kind.name, Old: before, New: after,
		}}, nil
	})
	if err != nil {
		return nil, err
	}
	return answered(recorded, profile)
}

// refusal is the fault that names all that is missing in the profile, or else all that is wrong.
func (k *profileKind[P]) refusal(partner *Partner, profile *P) error {
	switch missing, found := k.check(partner, profile); {
	case missing != nil:
		return partnercenter.ErrProfileMissing.With("", missing...)
	case found != nil:
		return partnercenter.ErrProfileInvalid.With("", found.data()...)
	default:
		return nil
	}
}

// What a profile must hold is what it holds from its enrolment: clients read it, change a telephone number, and send it back.

func checkOrganizationProfile(partner *Partner, p *partnercenter.OrganizationProfile) (missing []string, found violations) {
	missing = missingTexts(
		text{"companyName", p.CompanyName},
		text{"defaultAddress.country", countryOf(p.DefaultAddress)},
		text{"email", p.Email},
		text{"language", p.Language},
		text{"culture", p.Culture},
	)
	for _, fixed := range [...]struct{ path, value, want string }{
		{"id", p.ID, partner.ID.String()},
		{"tenantId", p.TenantID, partner.ID.String()},
		{"domain", p.Domain, partner.Domain},
	} {
		checkFixed(&found, fixed.path, fixed.value, fixed.want)
	}
	checkText(&found, "companyName", p.CompanyName, maxText)
	checkProfileAddress(&found, "defaultAddress", p.DefaultAddress, partner.market())
	checkEmail(&found, "email", p.Email)
	if !market.Language(p.Language) {
		found.add("language", "%s is not a language; give its two letters, for example %s", quoted(p.Language), languageOf(market.Nearest(p.Language)))
	}
	if _, ok := market.Culture(p.Culture); !ok {
		found.add("culture", "%s is not a supported culture, for example %s", quoted(p.Culture), market.Nearest(p.Culture))
	}
	return missing, found
}

func keepOrganizationProfile(partner *Partner, p *partnercenter.OrganizationProfile) {
	enrolled := partner.OrganizationProfile()
	p.ID, p.TenantID, p.Domain = enrolled.ID, enrolled.TenantID, enrolled.Domain
	p.ProfileType, p.Links, p.Attributes = enrolled.ProfileType, enrolled.Links, enrolled.Attributes
	p.Culture, _ = market.Culture(p.Culture)
	p.DefaultAddress = keptAddress(p.DefaultAddress, true)
}

func checkLegalBusinessProfile(partner *Partner, p *partnercenter.LegalBusinessProfile) (missing []string, found violations) {
	missing = missingTexts(
		text{"companyName", p.CompanyName},
		text{"address.country", countryOf(p.Address)},
	)
	if p.CompanyApproverAddress != nil {
		missing = append(missing, missingTexts(text{"companyApproverAddress.country", p.CompanyApproverAddress.Country})...)
	}
	checkText(&found, "companyName", p.CompanyName, maxText)
	checkProfileAddress(&found, "address", p.Address, partner.market())
	checkContact(&found, p.PrimaryContact)
	checkProfileAddress(&found, "companyApproverAddress", p.CompanyApproverAddress, nil)
	checkEmail(&found, "companyApproverEmail", p.CompanyApproverEmail)
	return missing, found
}

func keepLegalBusinessProfile(partner *Partner, p *partnercenter.LegalBusinessProfile) {
	enrolled := partner.LegalBusinessProfile()
	p.VettingStatus, p.VettingSubStatus = enrolled.VettingStatus, enrolled.VettingSubStatus
	p.ProfileType, p.Links, p.Attributes = enrolled.ProfileType, enrolled.Links, enrolled.Attributes
	p.Address, p.CompanyApproverAddress = keptAddress(p.Address, true), keptAddress(p.CompanyApproverAddress, false)
}

func checkPartnerBillingProfile(partner *Partner, p *partnercenter.PartnerBillingProfile) (missing []string, found violations) {
	missing = missingTexts(
		text{"companyName", p.CompanyName},
		text{"address.country", countryOf(p.Address)},
	)
	checkText(&found, "companyName", p.CompanyName, maxText)
	checkProfileAddress(&found, "address", p.Address, partner.market())
	checkContact(&found, p.PrimaryContact)
	checkText(&found, "purchaseOrderNumber", p.PurchaseOrderNumber, maxText)
	checkText(&found, "taxId", p.TaxID, maxText)
	checkFixed(&found, "billingCurrency", p.BillingCurrency, partner.market().BillingCurrency())
	if p.BillingDay < 0 || p.BillingDay > 31 {
		found.add("billingDay", "%d is no day of a month; give 1 to 31, or leave it out", p.BillingDay)
	}
	return missing, found
}

func keepPartnerBillingProfile(partner *Partner, p *partnercenter.PartnerBillingProfile) {
	enrolled := partner.BillingProfile()
	p.BillingCurrency = enrolled.BillingCurrency
	p.ProfileType, p.Links, p.Attributes = enrolled.ProfileType, enrolled.Links, enrolled.Attributes
	p.Address = keptAddress(p.Address, false)
}

func checkSupportProfile(_ *Partner, p *partnercenter.SupportProfile) (missing []string, found violations) {
	missing = missingTexts(text{"email", p.Email})
	checkEmail(&found, "email", p.Email)
	checkText(&found, "telephone", p.Telephone, maxText)
	if p.Website != "" && !isWebsite(p.Website) {
		found.add("website", "%s is no address of a website, for example www.contoso.com or https://www.contoso.com/help", quoted(p.Website))
	}
	return missing, found
}

func keepSupportProfile(partner *Partner, p *partnercenter.SupportProfile) {
	enrolled := partner.SupportProfile()
	p.ProfileType, p.Links, p.Attributes = enrolled.ProfileType, enrolled.Links, enrolled.Attributes
}

// isWebsite takes a website with and without its scheme: the docs' samples have none.
func isWebsite(text string) bool {
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	address, err := url.Parse(text)
	return err == nil && utf8.RuneCountInString(text) <= maxURI && (address.Scheme == "https" || address.Scheme == "http") &&
		address.User == nil && badDomain(address.Hostname()) == ""
}

func countryOf(address *partnercenter.Address) string {
	if address == nil {
		return ""
	}
	return address.Country
}

// checkProfileAddress looks at an address, whose country must be the given one if there is one.
func checkProfileAddress(found *violations, path string, address *partnercenter.Address, country *market.Country) {
	if address == nil {
		return
	}
	path += "."
	if country != nil {
		checkFixed(found, path+"country", address.Country, country.ISO2)
	}
	if country == nil || strings.EqualFold(address.Country, country.ISO2) {
		checkPlace(found, path, address)
	}
	for _, field := range [...]struct {
		name, value string
		limit       int
	}{
		{"region", address.Region, maxText},
		{"city", address.City, maxText},
		{"state", address.State, maxText},
		{"addressLine1", address.AddressLine1, 200},
		{"addressLine2", address.AddressLine2, 200},
		{"postalCode", address.PostalCode, maxText},
		{"firstName", address.FirstName, 50},
		{"middleName", address.MiddleName, 50},
		{"lastName", address.LastName, 50},
		{"phoneNumber", phoneOf(address), maxText},
	} {
		checkText(found, path+field.name, field.value, field.limit)
	}
}

// keptAddress is the address as it is kept, with a phone number that is there even if it is empty where samples show one so.
func keptAddress(address *partnercenter.Address, withPhone bool) *partnercenter.Address {
	if address == nil {
		return nil
	}
	kept := *address
	kept.Country = strings.ToUpper(kept.Country)
	if kept.PhoneNumber == nil && withPhone {
		kept.PhoneNumber = new(string)
	}
	return &kept
}

func checkContact(found *violations, contact *partnercenter.Contact) {
	if contact == nil {
		return
	}
	checkText(found, "primaryContact.firstName", contact.FirstName, 50)
	checkText(found, "primaryContact.lastName", contact.LastName, 50)
	checkEmail(found, "primaryContact.email", contact.Email)
	checkText(found, "primaryContact.phoneNumber", contact.PhoneNumber, maxText)
}

func checkEmail(found *violations, path, email string) {
	if why := badEmail(email); email != "" && why != "" {
		found.add(path, "%s is not an e-mail address: %s, for example ana@contoso.com", quoted(email), why)
	}
}

// checkFixed refuses another value than the one that the account has.
func checkFixed(found *violations, path, value, want string) {
	if value != "" && !strings.EqualFold(value, want) {
		found.add(path, "%s cannot be changed here; give %s", quoted(value), want)
	}
}
