package csp

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/partnercenter"
)

// maxDomains is how many domains a tenant has beside its initial one. Entra's service limits allow 5,000; here each read of the
// customer has them all in it.
const maxDomains = 500

// AddVerifiedDomain gives the tenant of a customer of the caller's a further domain, which is then one of its names: users sign
// in by it, nobody else can have it, and it is free again when the customer is deleted.
//
// Partner Center docs: add-a-verified-domain-for-a-customer. The operation is for approved registrars, who answer for what they
// verified; every partner counts as one here, and no DNS record is looked for.
func (s *Customers) AddVerifiedDomain(ctx context.Context, caller *Caller, id ID, request *partnercenter.VerifiedDomain, call Call) (*partnercenter.Domain, error) {
	if err := caller.mustBe("add domains to a customer", AdminAgents); err != nil {
		return nil, err
	}
	if err := s.Rules.CheckVerifiedDomain(request); err != nil {
		return nil, err
	}
	kept := verifiedDomain(request)
	answer, err := json.Marshal(kept.Domain)
	if err != nil {
		return nil, err
	}
	recorded, err := s.Store.AddDomain(ctx, caller.Partner.ID, id, call, kept, func(customer *Customer) (Outcome, error) {
		if n := len(customer.CustomDomains); n >= maxDomains {
			return Outcome{}, partnercenter.ErrInvalidProperty.With("The customer has as many domains as a customer can have.", violations{{"verifiedDomainName",
				fmt.Sprintf("is one domain too many: a customer has at most %d beside its initial one", maxDomains)}}.data()...)
		}
		// Neither docs nor SDKs have a word for this operation. The one that all of them read as unknown is recorded: the Java
		// SDK fails on a whole page of records for a word that it does not have.
		return Outcome{Answer: answer, Audit: &AuditEntry{
			Operation: partnercenter.OperationUndefined, Resource: partnercenter.AuditCustomer, ResourceID: id.String(), New: answer,
		}}, nil
	})
	if err != nil {
		return nil, err
	}
	return answered(recorded, kept.Domain)
}

// verifiedDomain is the requested one as it is kept and answered. It is verified, whatever status was sent, because it is the
// tenant's from here on; and by its DNS record where no method was: so it is in the docs' sample, whose request says None.
func verifiedDomain(request *partnercenter.VerifiedDomain) *partnercenter.VerifiedDomain {
	domain := *request.Domain
	isDefault := domain.IsDefault != nil && *domain.IsDefault
	domain.IsDefault, domain.IsInitial = &isDefault, new(bool)
	domain.Status = partnercenter.DomainVerified
	if domain.VerificationMethod == partnercenter.DomainVerificationNone {
		domain.VerificationMethod = partnercenter.DomainDNSRecord
	}
	kept := &partnercenter.VerifiedDomain{Domain: &domain}
	if domain.AuthenticationType == partnercenter.DomainFederated {
		kept.DomainFederationSettings = request.DomainFederationSettings
	}
	return kept
}

// FederationOf is where the users of the domain, as it is kept, sign in; nil if that is here.
func FederationOf(domain *partnercenter.VerifiedDomain) *Federation {
	settings := domain.DomainFederationSettings
	if settings == nil {
		return nil
	}
	return &Federation{
		SAML:        settings.PreferredAuthenticationProtocol == partnercenter.DomainSAMLP,
		MetadataURL: settings.MetadataExchangeURI,
		ActiveURL:   settings.ActiveLogOnURI,
	}
}

// CheckVerifiedDomain is nil, or the fault that names everything that is missing, or else everything that is wrong.
func (r Rules) CheckVerifiedDomain(request *partnercenter.VerifiedDomain) error {
	domain, settings := request.Domain, request.DomainFederationSettings
	if domain == nil {
		domain = &partnercenter.Domain{}
	}
	if settings == nil {
		settings = &partnercenter.DomainFederationSettings{}
	}
	federated := domain.AuthenticationType == partnercenter.DomainFederated
	words := domainWords(domain)
	if federated {
		words = append(words, federationWords(settings)...)
	}
	missing := missingTexts(
		text{"verifiedDomainName", request.VerifiedDomainName},
		text{"domain.name", domain.Name},
	)
	for _, word := range words {
		if strings.TrimSpace(word.value) == "" {
			missing = append(missing, word.path)
		}
	}
	if federated {
		const settingsPath = "domainFederationSettings."
		missing = append(missing, missingTexts(
			text{settingsPath + "issuerUri", settings.IssuerURI},
			text{settingsPath + "logOffUri", settings.LogOffURI},
			text{settingsPath + "passiveLogOnUri", settings.PassiveLogOnURI},
			text{settingsPath + "signingCertificate", settings.SigningCertificate},
		)...)
	}
	if missing != nil {
		return partnercenter.ErrDetailsMissing.With("Domain details are missing", missing...)
	}
	var found violations
	for _, word := range words {
		if !slices.Contains(word.allowed, word.value) {
			found.add(word.path, "%s is not allowed here; use one of %s", quoted(word.value), strings.Join(word.allowed, ", "))
		}
	}
	r.checkVerifiedName(&found, request.VerifiedDomainName, domain)
	if federated {
		checkFederation(&found, settings)
	}
	if found != nil {
		return partnercenter.ErrInvalidProperty.With("", found.data()...)
	}
	return nil
}

// text is a text at a path of a request.
type text struct{ path, value string }

// missingTexts are the paths of those that are blank.
func missingTexts(texts ...text) (missing []string) {
	for _, text := range texts {
		if strings.TrimSpace(text.value) == "" {
			missing = append(missing, text.path)
		}
	}
	return missing
}

// word is a text that must be one of a list.
type word struct {
	text
	allowed []string
}

func domainWords(d *partnercenter.Domain) []word {
	return []word{
		{text{"domain.authenticationType", string(d.AuthenticationType)}, d.AuthenticationType.Values()},
		{text{"domain.capability", string(d.Capability)}, d.Capability.Values()},
		{text{"domain.status", string(d.Status)}, d.Status.Values()},
		{text{"domain.verificationMethod", string(d.VerificationMethod)}, d.VerificationMethod.Values()},
	}
}

func federationWords(s *partnercenter.DomainFederationSettings) []word {
	const path = "domainFederationSettings."
	return []word{
		{text{path + "preferredAuthenticationProtocol", string(s.PreferredAuthenticationProtocol)}, s.PreferredAuthenticationProtocol.Values()},
		{text{path + "promptLoginBehavior", string(s.PromptLoginBehavior)}, s.PromptLoginBehavior.Values()},
	}
}

// checkVerifiedName holds the names to each other and to the form of a domain. The domains that tenants are born with are the
// service's own to give.
func (r Rules) checkVerifiedName(found *violations, verified string, domain *partnercenter.Domain) {
	const example = ", for example kestrel.example"
	switch why := badDomain(domain.Name); {
	case why != "":
		found.add("domain.name", "%s is no domain: %s%s", quoted(domain.Name), why, example)
	case r.initialDomain(domain.Name):
		found.add("domain.name", "%s belongs to the service, which gives such domains with new customers; give a domain of the customer's own%s", quoted(domain.Name), example)
	}
	if !strings.EqualFold(verified, domain.Name) {
		found.add("verifiedDomainName", "%s is not the name of the domain; give %s", quoted(verified), quoted(domain.Name))
	}
	if root := domain.RootDomain; root != "" && !strings.EqualFold(root, domain.Name) && !strings.HasSuffix(strings.ToLower(domain.Name), "."+strings.ToLower(root)) {
		found.add("domain.rootDomain", "%s is no domain that %s lies below; leave it out", quoted(root), quoted(domain.Name))
	}
	if domain.IsInitial != nil && *domain.IsInitial {
		found.add("domain.isInitial", "a tenant keeps the initial domain that it was made with; give false, or leave it out")
	}
}

// initialDomain reports whether the domain is one of those that tenants live under, or lies below one.
func (r Rules) initialDomain(name string) bool {
	below := func(suffix string) bool {
		return strings.EqualFold(name, suffix) || strings.HasSuffix(strings.ToLower(name), "."+strings.ToLower(suffix))
	}
	return slices.ContainsFunc(r.domainSuffixes(), below) || slices.ContainsFunc(DefaultDomainSuffixes, below)
}

// badDomain says why the text is no domain of the internet, or nothing. Internationalized ones come in their ASCII form.
func badDomain(name string) string {
	if len(name) > 253 {
		return "it is longer than 253 characters"
	}
	labels := strings.Split(name, ".")
	for _, label := range labels {
		switch {
		case label == "":
			return "a part between its dots is empty"
		case len(label) > 63:
			return "a part between its dots is longer than 63 characters"
		case label[0] == '-' || label[len(label)-1] == '-':
			return "a part between its dots begins or ends with a hyphen"
		case strings.ContainsFunc(label, func(r rune) bool { return r >= utf8.RuneSelf || notInDomains(r) }):
			return "it holds more than letters, digits, hyphens and dots"
		}
	}
	if top := labels[len(labels)-1]; len(labels) < 2 || len(top) < 2 || top[0] >= '0' && top[0] <= '9' {
		return "it has no top level"
	}
	return ""
}

// The longest texts of federation settings. Those of the directory have such bounds; the docs name none.
const (
	maxURI         = 2048
	maxCertificate = 16 << 10
)

// checkFederation looks at what is given: addresses can be followed, and certificates are base64.
func checkFederation(found *violations, s *partnercenter.DomainFederationSettings) {
	const path = "domainFederationSettings."
	for _, field := range [...]text{
		{path + "activeLogOnUri", s.ActiveLogOnURI},
		{path + "logOffUri", s.LogOffURI},
		{path + "metadataExchangeUri", s.MetadataExchangeURI},
		{path + "openIdConnectDiscoveryEndpoint", s.OpenIDConnectDiscoveryEndpoint},
		{path + "passiveLogOnUri", s.PassiveLogOnURI},
	} {
		if address, err := url.Parse(field.value); field.value != "" && (err != nil || address.Scheme != "https" || address.Host == "" || len(field.value) > maxURI) {
			found.add(field.path, "%s is no address of at most %d characters that begins with https://, for example https://sts.kestrel.example/adfs/ls/", quoted(field.value), maxURI)
		}
	}
	// The issuer is a name: http://sts.kestrel.example/adfs/services/trust, or a urn.
	if issuer, err := url.Parse(s.IssuerURI); err != nil || issuer.Scheme == "" || len(s.IssuerURI) > maxURI {
		found.add(path+"issuerUri", "%s is no URI of at most %d characters, for example http://sts.kestrel.example/adfs/services/trust", quoted(s.IssuerURI), maxURI)
	}
	for _, field := range [...]text{{path + "signingCertificate", s.SigningCertificate}, {path + "nextSigningCertificate", s.NextSigningCertificate}} {
		if _, err := base64.StdEncoding.DecodeString(field.value); err != nil || len(field.value) > maxCertificate {
			found.add(field.path, "is no base64 of a certificate with at most %d characters", maxCertificate)
		}
	}
	for _, field := range [...]text{
		{path + "defaultInteractiveAuthenticationMethod", s.DefaultInteractiveAuthenticationMethod},
		{path + "federationBrandName", s.FederationBrandName},
	} {
		checkText(found, field.path, field.value, maxText)
	}
	if status := s.SigningCertificateUpdateStatus; status != nil {
		checkText(found, path+"signingCertificateUpdateStatus.lastRunAt", status.LastRunAt, maxText)
		checkText(found, path+"signingCertificateUpdateStatus.result", status.Result, maxText)
	}
}
