package csp

import (
	"encoding/binary"
	"strconv"

	"github.com/tenantry/tenantry/internal/market"
	"github.com/tenantry/tenantry/partnercenter"
)

// The profiles of a partner that has not updated them hold what is known of it, and leave out what nobody was asked for at its enrolment: streets, names
// of people, telephone numbers. What its country says of it is the market's.

// OrganizationProfile is the partner's company.
func (p *Partner) OrganizationProfile() *partnercenter.OrganizationProfile {
	culture := p.market().DefaultCulture
	return &partnercenter.OrganizationProfile{
		ID:             p.ID.String(),
		CompanyName:    p.Name,
		DefaultAddress: p.addressWithPhone(),
		TenantID:       p.ID.String(),
		Domain:         p.Domain,
		Email:          p.email(),
		Language:       languageOf(culture),
		Culture:        culture,
		ProfileType:    "OrganizationProfile",
		Links:          partnercenter.LinkTo("/profiles/organization"),
		Attributes:     p.profileAttributes("OrganizationProfile"),
	}
}

// LegalBusinessProfile is the partner's company as it was vetted: with success, since it is enrolled.
func (p *Partner) LegalBusinessProfile() *partnercenter.LegalBusinessProfile {
	return &partnercenter.LegalBusinessProfile{
		CompanyName:            p.Name,
		Address:                p.addressWithPhone(),
		PrimaryContact:         &partnercenter.Contact{Email: p.email()},
		CompanyApproverAddress: p.address(),
		CompanyApproverEmail:   p.email(),
		VettingStatus:          "authorized",
		VettingSubStatus:       "none",
		ProfileType:            "LegalBusinessProfile",
		Links:                  partnercenter.LinkTo("/profiles/legalbusiness"),
		Attributes:             &partnercenter.ResourceAttributes{ObjectType: "LegalBusinessProfile"},
	}
}

// MPNProfile is the partner's membership of Microsoft's partner network; without an id if it has none.
func (p *Partner) MPNProfile() *partnercenter.MPNProfile {
	return &partnercenter.MPNProfile{
		PartnerName: p.Name,
		MPNID:       p.MPNID,
		ProfileType: "MpnProfile",
		Links:       partnercenter.LinkTo("/profiles/mpn"),
		Attributes:  &partnercenter.ResourceAttributes{ObjectType: "MpnProfile"},
	}
}

// SupportProfile is where the partner's customers find help.
//
// The samples of 2015 to 2021 have the profile type support_profile, and the later ones SupportProfile, in the form of the
// other profiles'. The object type is that of the former; their links still have the version in them, which none has any more.
func (p *Partner) SupportProfile() *partnercenter.SupportProfile {
	return &partnercenter.SupportProfile{
		Email:       p.email(),
		ProfileType: "SupportProfile",
		Links:       partnercenter.LinkTo("/profiles/support"),
		Attributes:  &partnercenter.ResourceAttributes{ObjectType: "PartnerSupportProfile"},
	}
}

// BillingProfile is how the partner itself is billed.
func (p *Partner) BillingProfile() *partnercenter.PartnerBillingProfile {
	return &partnercenter.PartnerBillingProfile{
		CompanyName:     p.Name,
		Address:         p.address(),
		PrimaryContact:  &partnercenter.Contact{Email: p.email()},
		BillingCurrency: p.market().BillingCurrency(),
		ProfileType:     "BillingProfile",
		Links:           partnercenter.LinkTo("/profiles/billing"),
		Attributes:      p.profileAttributes("BillingProfile"),
	}
}

// market is the country of the partner, or the United States if it is none that is known: a seed may say anything.
func (p *Partner) market() *market.Country {
	country, ok := market.Lookup(p.Country)
	if !ok {
		country, _ = market.Lookup("US")
	}
	return country
}

// address has the country, which clients read.
func (p *Partner) address() *partnercenter.Address {
	return &partnercenter.Address{Country: p.market().ISO2}
}

// addressWithPhone is the address in the profiles whose samples show a phone number in it, empty where there is none.
func (p *Partner) addressWithPhone() *partnercenter.Address {
	address := p.address()
	address.PhoneNumber = new(string)
	return address
}

// email is the address that the administrator of a new tenant has.
func (p *Partner) email() string { return adminName + "@" + p.Domain }

// profileAttributes have an etag in the form that a customer's billing profile has one: that of the profile until its first
// update.
func (p *Partner) profileAttributes(objectType string) *partnercenter.ResourceAttributes {
	version := p.ID.Derived(objectType)
	return &partnercenter.ResourceAttributes{
		ETag:       strconv.FormatInt(int64(binary.BigEndian.Uint64(version[:])), 10),
		ObjectType: objectType,
	}
}
