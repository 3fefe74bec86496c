package partnercenter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// AgreementMetaData is an agreement that customers can be asked to consent to.
// Partner Center docs: get-agreement-metadata, get-customer-agreement-metadata.
type AgreementMetaData struct {
	TemplateID    string        `json:"templateId"` // opaque, and case-sensitive
	AgreementType AgreementType `json:"agreementType"`
	AgreementLink string        `json:"agreementLink"`
	VersionRank   int           `json:"versionRank"`
}

// Agreement is a partner's confirmation that a customer has consented to an agreement, in the order of its members on the
// wire. Partner Center docs: confirm-customer-consent-customer-agreement, get-confirmation-of-customer-agreement.
type Agreement struct {
	UserID         string        `json:"userId,omitzero"`         // who confirmed; in the answer to the confirmation only
	PrimaryContact *Contact      `json:"primaryContact,omitzero"` // who consented
	TemplateID     string        `json:"templateId,omitzero"`     // of [AgreementMetaData]
	DateAgreed     string        `json:"dateAgreed,omitzero"`     // ISO 8601, for example 2026-01-10T00:00:00.000Z; comes back as it was sent
	Type           AgreementType `json:"type,omitzero"`
	AgreementLink  string        `json:"agreementLink,omitzero"` // in lists only
}

// AgreementDocument says where the text of an agreement can be read and had. The links end after five minutes.
// Partner Center docs: download-customer-agreement-template.
type AgreementDocument struct {
	DisplayURI  string `json:"displayUri"`
	DownloadURI string `json:"downloadUri"`
	Language    string `json:"language"`
	Country     string `json:"country"`
}

// DirectSignedAgreementStatus says whether a customer has accepted the Microsoft Customer Agreement without its partner.
// Partner Center docs: get-direct-sign-status-of-customer-agreement.
type DirectSignedAgreementStatus struct {
	IsSigned bool `json:"isSigned"`
}

// AgreementType is a kind of agreement.
type AgreementType string

// The types of agreements; AllAgreements stands for each of them in a question.
const (
	MicrosoftCloudAgreement    AgreementType = "MicrosoftCloudAgreement"
	MicrosoftCustomerAgreement AgreementType = "MicrosoftCustomerAgreement"
	AllAgreements              AgreementType = "*"
)

// agreementTypes is in the order of the SDK's integers.
var agreementTypes = [...]AgreementType{MicrosoftCloudAgreement, MicrosoftCustomerAgreement}

// ParseAgreementType takes the word in snake, camel or Pascal case, or the .NET SDK's integer. AllAgreements is no type.
func ParseAgreementType(word string) (AgreementType, error) {
	if number, err := strconv.Atoi(word); err == nil && number >= 0 && number < len(agreementTypes) {
		return agreementTypes[number], nil
	}
	for _, known := range agreementTypes {
		if strings.EqualFold(strings.ReplaceAll(word, "_", ""), string(known)) {
			return known, nil
		}
	}
	return "", fmt.Errorf("%.60q is no type of agreement", word)
}

// UnmarshalJSON takes what [ParseAgreementType] takes, and any other word or number as it is.
func (t *AgreementType) UnmarshalJSON(text []byte) error {
	word := string(text)
	switch {
	case word == "null":
		return nil
	case text[0] == '"':
		if err := json.Unmarshal(text, &word); err != nil {
			return err
		}
	case text[0] != '-' && (text[0] < '0' || text[0] > '9'):
		return errors.New("a type of agreement is a text or a number")
	}
	*t = AgreementType(word)
	if known, err := ParseAgreementType(word); err == nil {
		*t = known
	}
	return nil
}

// AgreementsService is the agreements that customers consent to.
type AgreementsService service

// ListAgreementsOptions are the options of [AgreementsService.List].
type ListAgreementsOptions struct {
	RequestOptions

	Type AgreementType // if it is empty the service takes MicrosoftCloudAgreement
}

// List is the agreements of a type, or of each.
//
// Partner Center docs: get-agreement-metadata, get-customer-agreement-metadata.
//
//partnercenter:operation GET /v1/agreements
func (s *AgreementsService) List(ctx context.Context, opts *ListAgreementsOptions) (*Collection[AgreementMetaData], error) {
	if opts == nil {
		opts = &ListAgreementsOptions{}
	}
	return fetch[Collection[AgreementMetaData]](ctx, s.client, call{
		name:    "AgreementsService.List",
		method:  http.MethodGet,
		path:    "/v1/agreements" + ofAgreementType(opts.Type),
		area:    AreaAgreements,
		options: &opts.RequestOptions,
	})
}

// AgreementDocumentOptions are the options of [AgreementsService.Document].
type AgreementDocumentOptions struct {
	RequestOptions

	Language string // for example de-DE; en-US if it is empty, or the agreement does not exist in it
	Country  string // ISO 3166-1 alpha-2, in capital letters; US if it is empty
}

// Document is where the text of an agreement can be read. Each call makes new links. [ErrTemplateNotFound] if no agreement
// has the template id.
//
// Partner Center docs: download-customer-agreement-template.
//
//partnercenter:operation GET /v1/agreementtemplates/{template-id}/document
func (s *AgreementsService) Document(ctx context.Context, templateID string, opts *AgreementDocumentOptions) (*AgreementDocument, error) {
	if opts == nil {
		opts = &AgreementDocumentOptions{}
	}
	segment, err := pathSegment("template id", templateID)
	if err != nil {
		return nil, err
	}
	query := url.Values{}
	if opts.Language != "" {
		query.Set("language", opts.Language)
	}
	if opts.Country != "" {
		query.Set("country", opts.Country)
	}
	path := "/v1/agreementtemplates/" + segment + "/document"
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return fetch[AgreementDocument](ctx, s.client, call{
		name:    "AgreementsService.Document",
		method:  http.MethodGet,
		path:    path,
		area:    AreaAgreements,
		options: &opts.RequestOptions,
	})
}

// ListCustomerAgreementsOptions are the options of [CustomersService.Agreements].
type ListCustomerAgreementsOptions struct {
	RequestOptions

	Type AgreementType // if it is empty the service takes MicrosoftCloudAgreement
}

// Agreements is what the partner has confirmed of the customer's consent to agreements of a type, or of each; oldest first.
//
// Partner Center docs: get-confirmation-of-customer-consent, get-confirmation-of-customer-agreement.
//
//partnercenter:operation GET /v1/customers/{customer-id}/agreements
func (s *CustomersService) Agreements(ctx context.Context, id string, opts *ListCustomerAgreementsOptions) (*Collection[Agreement], error) {
	if opts == nil {
		opts = &ListCustomerAgreementsOptions{}
	}
	segment, err := pathSegment("customer id", id)
	if err != nil {
		return nil, err
	}
	return fetch[Collection[Agreement]](ctx, s.client, call{
		name:    "CustomersService.Agreements",
		method:  http.MethodGet,
		path:    "/v1/customers/" + segment + "/agreements" + ofAgreementType(opts.Type),
		area:    AreaCustomers,
		options: &opts.RequestOptions,
	})
}

func ofAgreementType(agreementType AgreementType) string {
	if agreementType == "" {
		return ""
	}
	return "?agreementType=" + url.QueryEscape(string(agreementType))
}

// ConfirmAgreementOptions are the options of [CustomersService.ConfirmAgreement].
type ConfirmAgreementOptions RequestOptions

// ConfirmAgreement confirms that the customer has consented to an agreement. [ErrAgreementExists] if it was confirmed with
// the same contact before; any difference makes another confirmation. [ErrInvalidProperty] names all that is wrong with it.
//
// Partner Center docs: confirm-customer-consent-customer-agreement.
//
//partnercenter:operation POST /v1/customers/{customer-id}/agreements
func (s *CustomersService) ConfirmAgreement(ctx context.Context, id string, agreement *Agreement, opts *ConfirmAgreementOptions) (*Agreement, error) {
	if agreement == nil {
		return nil, errors.New("the agreement is nil")
	}
	segment, err := pathSegment("customer id", id)
	if err != nil {
		return nil, err
	}
	return fetch[Agreement](ctx, s.client, call{
		name:    "CustomersService.ConfirmAgreement",
		method:  http.MethodPost,
		path:    "/v1/customers/" + segment + "/agreements",
		area:    AreaCustomers,
		body:    agreement,
		options: (*RequestOptions)(opts),
	})
}

// DirectSignedAgreementStatusOptions are the options of [CustomersService.DirectSignedAgreementStatus].
type DirectSignedAgreementStatusOptions RequestOptions

// DirectSignedAgreementStatus says whether the customer has accepted the Microsoft Customer Agreement itself.
//
// Partner Center docs: get-direct-sign-status-of-customer-agreement.
//
//partnercenter:operation GET /v1/customers/{customer-id}/directSignedMicrosoftCustomerAgreementStatus
func (s *CustomersService) DirectSignedAgreementStatus(ctx context.Context, id string, opts *DirectSignedAgreementStatusOptions) (*DirectSignedAgreementStatus, error) {
	return customerPart[DirectSignedAgreementStatus](
		ctx, s, "CustomersService.DirectSignedAgreementStatus", id, "/directSignedMicrosoftCustomerAgreementStatus", (*GetCustomerProfileOptions)(opts))
}
