package csp

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText bounds the texts for which the docs name no length; a directory's display name has the same bound.
const maxText = 256

// checkTexts holds every text to its length and to printable characters. Lengths: Partner Center docs, utility-resources.
func (d *details) checkTexts(found *violations) {
	for _, field := range [...]struct {
		path  string
		value string
		limit int
	}{
		{"companyProfile.organizationRegistrationNumber", d.company.OrganizationRegistrationNumber, maxText},
		{"billingProfile.firstName", d.billing.FirstName, 50},
		{"billingProfile.lastName", d.billing.LastName, 50},
		{"billingProfile.companyName", d.billing.CompanyName, maxText},
		{"billingProfile.defaultAddress.region", d.address.Region, maxText},
		{"billingProfile.defaultAddress.city", d.address.City, maxText},
		{"billingProfile.defaultAddress.state", d.address.State, maxText},
		{"billingProfile.defaultAddress.addressLine1", d.address.AddressLine1, 200},
		{"billingProfile.defaultAddress.addressLine2", d.address.AddressLine2, 200},
		{"billingProfile.defaultAddress.postalCode", d.address.PostalCode, maxText},
		{"billingProfile.defaultAddress.firstName", d.address.FirstName, 50},
		{"billingProfile.defaultAddress.middleName", d.address.MiddleName, 50},
		{"billingProfile.defaultAddress.lastName", d.address.LastName, 50},
		{"billingProfile.defaultAddress.phoneNumber", d.phone(), maxText},
	} {
		checkText(found, field.path, field.value, field.limit)
	}
}

// checkText holds a text to its length and to printable characters.
func checkText(found *violations, path, value string, limit int) {
	if length := utf8.RuneCountInString(value); length > limit {
		found.add(path, "is %d characters long; at most %d are allowed", length, limit)
	}
	if strings.ContainsFunc(value, unicode.IsControl) {
		found.add(path, "holds a control character; use printable text in one line")
	}
}

// DefaultDomainSuffixes are the domains that tenants live under in the clouds of the service, its sandbox's first.
var DefaultDomainSuffixes = []string{"onmicrosoft.com", "ccsctp.net", "partner.onmschina.cn", "onmicrosoft.us"}

// maxDomainPrefix is the length of a tenant's own part of its domain.
const maxDomainPrefix = 27

func (r Rules) checkDomain(found *violations, domain string) {
	suffixes := r.domainSuffixes()
	prefix, suffix, _ := strings.Cut(domain, ".")
	known := false
	for _, candidate := range suffixes {
		// The lengths keep out letters beyond ASCII that fold to one within it: a long s would make another name of the same look.
		known = known || len(candidate) == len(suffix) && strings.EqualFold(candidate, suffix)
	}
	if known && prefix != "" && domainPrefix(prefix) == prefix {
		return
	}
	proposal := domainPrefix(prefix)
	if proposal == "" {
		proposal = "contoso"
	}
	if !known {
		suffix = suffixes[0]
	}
	found.add("companyProfile.domain", "%s must be 1 to %d letters or digits followed by one of .%s, for example %s",
		quoted(domain), maxDomainPrefix, strings.Join(suffixes, ", ."), proposal+"."+strings.ToLower(suffix))
}

// DomainOf is the domain with this prefix below the first of the suffixes, if the prefix can be a tenant's own part of it.
func (r Rules) DomainOf(prefix string) (domain string, ok bool) {
	if prefix == "" || domainPrefix(prefix) != prefix {
		return "", false
	}
	return prefix + "." + r.domainSuffixes()[0], true
}

func (r Rules) domainSuffixes() []string {
	if len(r.DomainSuffixes) == 0 {
		return DefaultDomainSuffixes
	}
	return r.DomainSuffixes
}

// domainPrefix is the text without what a tenant's own part of its domain must not hold.
func domainPrefix(text string) string {
	kept := strings.Map(func(r rune) rune {
		if letterOrDigit(r) {
			return r
		}
		return -1
	}, text)
	return kept[:min(len(kept), maxDomainPrefix)]
}

func letterOrDigit(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

// badEmail says why the text is no e-mail address, or nothing.
func badEmail(text string) string {
	if len(text) > 254 {
		return "it is longer than 254 characters"
	}
	parsed, err := mail.ParseAddress(text)
	if err != nil || parsed.Address != text {
		return "it must have the form name@domain"
	}
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) { // net/mail lets those beyond ASCII pass
		return "it holds a character that is not printed"
	}
	domain := text[strings.LastIndexByte(text, '@')+1:]
	labels := strings.Split(domain, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' || strings.ContainsFunc(label, notInDomains) {
			return "its domain is not one"
		}
	}
	// A top level of one letter was refused by the live service (CloudBlue KB 133047: client1@example.u).
	if top := labels[len(labels)-1]; len(labels) < 2 || utf8.RuneCountInString(top) < 2 || strings.Trim(top, "0123456789") == "" {
		return "its domain has no top level"
	}
	return ""
}

// notInDomains takes letters beyond ASCII as they are: internationalized domains are not looked into.
func notInDomains(r rune) bool { return r < utf8.RuneSelf && r != '-' && !letterOrDigit(r) }

// quoted shows a value of the caller's back to it, cut to a length that leaves room for the rule.
func quoted(value string) string {
	const most = 60
	if runes := []rune(value); len(runes) > most {
		value = string(runes[:most]) + "…"
	}
	return "'" + strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '�'
		}
		return r
	}, value) + "'"
}
