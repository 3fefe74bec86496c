package partnercenter

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
)

// VerifiedDomain is a further domain for a customer's tenant, as it is asked for.
// Partner Center docs: add-a-verified-domain-for-a-customer.
type VerifiedDomain struct {
	VerifiedDomainName       string                    `json:"verifiedDomainName,omitzero"` // the name of the domain again
	Domain                   *Domain                   `json:"domain,omitzero"`
	DomainFederationSettings *DomainFederationSettings `json:"domainFederationSettings,omitzero"` // of a federated domain
}

// Domain is a domain of a tenant, in the order of its members on the wire.
type Domain struct {
	AuthenticationType DomainAuthentication `json:"authenticationType,omitzero"`
	Capability         DomainCapability     `json:"capability,omitzero"`
	IsDefault          *bool                `json:"isDefault,omitzero"`
	IsInitial          *bool                `json:"isInitial,omitzero"`
	Name               string               `json:"name,omitzero"`
	RootDomain         string               `json:"rootDomain,omitzero"` // the domain that this one lies below
	Status             DomainStatus         `json:"status,omitzero"`
	VerificationMethod DomainVerification   `json:"verificationMethod,omitzero"`
}

// DomainFederationSettings say where the users of a federated domain sign in.
type DomainFederationSettings struct {
	ActiveLogOnURI                         string                          `json:"activeLogOnUri,omitzero"`
	DefaultInteractiveAuthenticationMethod string                          `json:"defaultInteractiveAuthenticationMethod,omitzero"`
	FederationBrandName                    string                          `json:"federationBrandName,omitzero"`
	IssuerURI                              string                          `json:"issuerUri,omitzero"`
	LogOffURI                              string                          `json:"logOffUri,omitzero"`
	MetadataExchangeURI                    string                          `json:"metadataExchangeUri,omitzero"`
	NextSigningCertificate                 string                          `json:"nextSigningCertificate,omitzero"`
	OpenIDConnectDiscoveryEndpoint         string                          `json:"openIdConnectDiscoveryEndpoint,omitzero"`
	PassiveLogOnURI                        string                          `json:"passiveLogOnUri,omitzero"`
	PreferredAuthenticationProtocol        DomainFederationProtocol        `json:"preferredAuthenticationProtocol,omitzero"`
	PromptLoginBehavior                    DomainPromptLogin               `json:"promptLoginBehavior,omitzero"`
	SigningCertificate                     string                          `json:"signingCertificate,omitzero"` // base64
	SigningCertificateUpdateStatus         *SigningCertificateUpdateStatus `json:"signingCertificateUpdateStatus,omitzero"`
	SupportsMFA                            *bool                           `json:"supportsMfa,omitzero"`
}

// SigningCertificateUpdateStatus says how the last change of the signing certificate went. The docs have a text in its place,
// the service's OpenAPI file this object.
type SigningCertificateUpdateStatus struct {
	LastRunAt string `json:"lastRunAt,omitzero"`
	Result    string `json:"result,omitzero"`
}

// UnmarshalJSON takes the object, or the docs' text as its result.
func (s *SigningCertificateUpdateStatus) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		return json.Unmarshal(text, &s.Result)
	}
	type object SigningCertificateUpdateStatus // without this method
	return json.Unmarshal(text, (*object)(s))
}

// The words that a domain is described with. Each may be written in snake, camel or Pascal case, or as the number of its place
// in the list of the docs. What is none of them is kept as it is.
type (
	DomainAuthentication     string // who checks the passwords of the domain's users
	DomainCapability         string // what the domain is used for
	DomainStatus             string // how far its verification is
	DomainVerification       string // how it was verified
	DomainFederationProtocol string // how a federated server is spoken to
	DomainPromptLogin        string // what becomes of prompt=login at a federated server
)

// The words of [DomainAuthentication].
const (
	DomainManaged   DomainAuthentication = "managed"
	DomainFederated DomainAuthentication = "federated"
)

// The words of [DomainStatus].
const (
	DomainUnverified      DomainStatus = "unverified"
	DomainVerified        DomainStatus = "verified"
	DomainPendingDeletion DomainStatus = "pending_deletion"
)

// The words of [DomainVerification].
const (
	DomainVerificationNone DomainVerification = "none"
	DomainDNSRecord        DomainVerification = "dns_record"
	DomainEmail            DomainVerification = "email"
)

// The words of [DomainFederationProtocol].
const (
	DomainWSFed DomainFederationProtocol = "ws_fed"
	DomainSAMLP DomainFederationProtocol = "samlp"
)

var (
	domainAuthentications = []DomainAuthentication{DomainManaged, DomainFederated}
	domainCapabilities    = []DomainCapability{
		"none", "email", "sharepoint", "office_communications_online", "sharepoint_default", "full_redelegation",
		"share_point_public", "org_id_authentication", "yammer", "intune", "all",
	}
	domainStatuses            = []DomainStatus{DomainUnverified, DomainVerified, DomainPendingDeletion}
	domainVerifications       = []DomainVerification{DomainVerificationNone, DomainDNSRecord, DomainEmail}
	domainFederationProtocols = []DomainFederationProtocol{DomainWSFed, DomainSAMLP}
	domainPromptLogins        = []DomainPromptLogin{"translate_to_fresh_password_auth", "native_support", "disabled"}
)

// UnmarshalJSON implements [json.Unmarshaler].
func (w *DomainAuthentication) UnmarshalJSON(text []byte) error {
	return readWord(w, text, domainAuthentications)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (w *DomainCapability) UnmarshalJSON(text []byte) error {
	return readWord(w, text, domainCapabilities)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (w *DomainStatus) UnmarshalJSON(text []byte) error { return readWord(w, text, domainStatuses) }

// UnmarshalJSON implements [json.Unmarshaler].
func (w *DomainVerification) UnmarshalJSON(text []byte) error {
	return readWord(w, text, domainVerifications)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (w *DomainFederationProtocol) UnmarshalJSON(text []byte) error {
	return readWord(w, text, domainFederationProtocols)
}

// UnmarshalJSON implements [json.Unmarshaler].
func (w *DomainPromptLogin) UnmarshalJSON(text []byte) error {
	return readWord(w, text, domainPromptLogins)
}

// Values are the words that there are.
func (DomainAuthentication) Values() []string { return wordsOf(domainAuthentications) }

// Values are the words that there are.
func (DomainCapability) Values() []string { return wordsOf(domainCapabilities) }

// Values are the words that there are.
func (DomainStatus) Values() []string { return wordsOf(domainStatuses) }

// Values are the words that there are.
func (DomainVerification) Values() []string { return wordsOf(domainVerifications) }

// Values are the words that there are.
func (DomainFederationProtocol) Values() []string { return wordsOf(domainFederationProtocols) }

// Values are the words that there are.
func (DomainPromptLogin) Values() []string { return wordsOf(domainPromptLogins) }

// readWord is the word of the list that the JSON stands for, or else the JSON's own.
func readWord[T ~string](to *T, text []byte, words []T) error {
	if number, err := strconv.Atoi(string(text)); err == nil {
		if *to = T(text); number >= 0 && number < len(words) {
			*to = words[number]
		}
		return nil
	}
	var word string
	if err := json.Unmarshal(text, &word); err != nil {
		return err
	}
	*to = T(word)
	for _, known := range words {
		if strings.EqualFold(strings.ReplaceAll(word, "_", ""), strings.ReplaceAll(string(known), "_", "")) {
			*to = known
		}
	}
	return nil
}

func wordsOf[T ~string](words []T) []string {
	texts := make([]string, 0, len(words))
	for _, word := range words {
		texts = append(texts, string(word))
	}
	return texts
}

// AddVerifiedDomainOptions are the options of [CustomersService.AddVerifiedDomain].
type AddVerifiedDomainOptions RequestOptions

// AddVerifiedDomain gives the customer's tenant a further domain. [ErrDomainTaken] if a tenant has it already.
//
// Partner Center docs: add-a-verified-domain-for-a-customer.
//
//partnercenter:operation POST /v1/customers/{customer-id}/verifieddomain
func (s *CustomersService) AddVerifiedDomain(ctx context.Context, id string, domain *VerifiedDomain, opts *AddVerifiedDomainOptions) (*Domain, error) {
	if domain == nil {
		return nil, errors.New("the domain is nil")
	}
	segment, err := pathSegment("customer id", id)
	if err != nil {
		return nil, err
	}
	return fetch[Domain](ctx, s.client, call{
		name:    "CustomersService.AddVerifiedDomain",
		method:  http.MethodPost,
		path:    "/v1/customers/" + segment + "/verifieddomain",
		area:    AreaCustomers,
		body:    domain,
		options: (*RequestOptions)(opts),
	})
}
