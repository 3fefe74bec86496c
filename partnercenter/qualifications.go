package partnercenter

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// CustomerQualification says that a customer may buy what is not for everybody: a school, a public authority. The first four
// members make a request, and of those the first alone is answered.
// Partner Center docs: get-customer-qualification-asynchronous, update-customer-qualification-asynchronous. The docs of 2021
// have no segment and no website, and the code in the query alone.
type CustomerQualification struct {
	Qualification    Qualification    `json:"qualification,omitzero"`
	EducationSegment EducationSegment `json:"educationSegment,omitzero"` // of Education
	Website          string           `json:"website,omitzero"`
	ValidationCode   ValidationID     `json:"validationCode,omitzero"` // of GovernmentCommunityCloud

	VettingStatus VettingStatus `json:"vettingStatus,omitzero"`
	VettingReason string        `json:"vettingReason,omitzero"` // one of VettingReasons, where the status is Denied
	// VettingCreateDate is when the vetting began. A page of the docs calls it vettingCreatedDate, the SDK and the OpenAPI
	// description do not.
	VettingCreateDate string `json:"vettingCreateDate,omitzero"`
}

// Qualification is a kind of customer. The words are those of the newer operations; the older ones have them in snake case,
// and know no state-owned entity.
type Qualification string

// The kinds. None and Nonprofit are the older operations' alone.
const (
	QualificationNone                     Qualification = "None"
	QualificationEducation                Qualification = "Education"
	QualificationNonprofit                Qualification = "Nonprofit"
	QualificationGovernmentCommunityCloud Qualification = "GovernmentCommunityCloud"
	QualificationStateOwnedEntity         Qualification = "StateOwnedEntity"
)

// qualifications begin in the order of the .NET SDK's integers.
var qualifications = [...]Qualification{
	QualificationNone, QualificationEducation, QualificationNonprofit,
	QualificationGovernmentCommunityCloud, QualificationStateOwnedEntity,
}

// ParseQualification takes the word in snake, camel or Pascal case, or the .NET SDK's integer.
func ParseQualification(word string) (Qualification, error) {
	return knownWord(word, "kind of qualification", qualifications[:])
}

// UnmarshalJSON takes what [ParseQualification] takes, and any other word or number as it is.
func (q *Qualification) UnmarshalJSON(text []byte) error {
	return unmarshalWord(text, q, "a qualification", qualifications[:])
}

// Older is the word of the older operations; none where they have no word.
func (q Qualification) Older() string {
	switch q {
	case QualificationEducation, QualificationNonprofit:
		return strings.ToLower(string(q))
	case QualificationGovernmentCommunityCloud:
		return "government_community_cloud"
	default:
		return "none"
	}
}

// EducationSegment is the kind of a school.
type EducationSegment string

// The segments.
const (
	EducationK12    EducationSegment = "K12"
	EducationHigher EducationSegment = "HigherEducation"
)

var educationSegments = [...]EducationSegment{EducationK12, EducationHigher}

// UnmarshalJSON takes the word in any case, with underscores or without, and any other as it is.
func (s *EducationSegment) UnmarshalJSON(text []byte) error {
	return unmarshalWord(text, s, "a segment of education", educationSegments[:])
}

// VettingStatus says how far the vetting of a qualification is.
type VettingStatus string

// The statuses.
const (
	VettingInReview VettingStatus = "InReview"
	VettingApproved VettingStatus = "Approved"
	VettingDenied   VettingStatus = "Denied"
)

var vettingStatuses = [...]VettingStatus{VettingInReview, VettingApproved, VettingDenied}

// UnmarshalJSON takes the word in any case, with underscores or without, and any other as it is.
func (s *VettingStatus) UnmarshalJSON(text []byte) error {
	return unmarshalWord(text, s, "a status of vetting", vettingStatuses[:])
}

// vettingReasons: Partner Center docs, get-customer-qualification-asynchronous.
var vettingReasons = [...]string{
	"Not an Education Customer", "No longer an Education Customer", "Not an Education Customer - After Review",
	"Restricted being an Education Customer", "Not an Academic Domain", "Not an eligible Library", "Not an eligible Museum",
}

// VettingReasons are why a qualification can be denied.
func VettingReasons() []string { return slices.Clone(vettingReasons[:]) }

// ValidationCode lets a partner qualify customers as GovernmentCommunityCloud, as often as it has creates remaining.
// Partner Center docs: get-a-partner-s-validation-codes.
type ValidationCode struct {
	PartnerID        string       `json:"partnerId"`
	OrganizationName string       `json:"organizationName"`
	ValidationID     ValidationID `json:"validationId"`
	MaxCreates       int          `json:"maxCreates"`
	RemainingCreates int          `json:"remainingCreates"`
	ETag             string       `json:"eTag"`
}

// CustomerValidation is the validation code that a customer was qualified by.
// Known from the service's OpenAPI description only, operation GetCustomerValidations.
type CustomerValidation struct {
	PartnerID        string       `json:"partnerId"`
	CustomerID       string       `json:"customerId"`
	ValidationID     ValidationID `json:"validationId"`
	OrganizationName string       `json:"organizationName"`
	ETag             string       `json:"eTag"`
}

// ValidationID names a validation code: digits. On the wire it is a text; the docs of the resource call it a number.
type ValidationID string

// UnmarshalJSON takes a text or a number.
func (id *ValidationID) UnmarshalJSON(text []byte) error {
	return unmarshalWord(text, id, "a validation code", nil)
}

// Qualification is what the customer is qualified as, or is in review for: the older operation knows no status. The service
// retired it in February 2021.
//
// Partner Center docs: get-customer-qualification-synchronous.
//
//partnercenter:operation GET /v1/customers/{customer-id}/qualification
func (s *CustomersService) Qualification(ctx context.Context, id string, opts *GetCustomerProfileOptions) (Qualification, error) {
	qualification, err := customerPart[Qualification](ctx, s, "CustomersService.Qualification", id, "/qualification", opts)
	if err != nil {
		return "", err
	}
	return *qualification, nil
}

// QualifyOptions are the options of the methods that qualify a customer.
type QualifyOptions struct {
	RequestOptions

	// ValidationCode is sent in the query, as the docs of 2021 have it. GovernmentCommunityCloud needs one.
	ValidationCode string
}

// UpdateQualification qualifies the customer, or ends its qualification with None. The service retired it in February 2021.
//
// Partner Center docs: update-customer-qualification-synchronous.
//
//partnercenter:operation PUT /v1/customers/{customer-id}/qualification
func (s *CustomersService) UpdateQualification(ctx context.Context, id string, qualification Qualification, opts *QualifyOptions) (Qualification, error) {
	answer, err := qualify[Qualification](ctx, s, "CustomersService.UpdateQualification", http.MethodPut, id, "/qualification", qualification.Older(), opts)
	if err != nil {
		return "", err
	}
	return *answer, nil
}

// Qualifications are those that the customer has, or has asked for.
//
// Partner Center docs: get-customer-qualification-asynchronous.
//
//partnercenter:operation GET /v1/customers/{customer-id}/qualifications
func (s *CustomersService) Qualifications(ctx context.Context, id string, opts *GetCustomerProfileOptions) ([]CustomerQualification, error) {
	found, err := customerPart[[]CustomerQualification](ctx, s, "CustomersService.Qualifications", id, "/qualifications", opts)
	if err != nil {
		return nil, err
	}
	return *found, nil
}

// CreateQualification asks for a qualification, whose vetting may take a while. The validation code may stand in the request
// or in the options.
//
// Partner Center docs: update-customer-qualification-asynchronous.
//
//partnercenter:operation POST /v1/customers/{customer-id}/qualifications
func (s *CustomersService) CreateQualification(ctx context.Context, id string, qualification *CustomerQualification, opts *QualifyOptions) (*CustomerQualification, error) {
	if qualification == nil {
		return nil, errors.New("the qualification is nil")
	}
	return qualify[CustomerQualification](ctx, s, "CustomersService.CreateQualification", http.MethodPost, id, "/qualifications", qualification, opts)
}

// qualify sends a qualification.
func qualify[T any](ctx context.Context, s *CustomersService, name, method, id, part string, body any, opts *QualifyOptions) (*T, error) {
	if opts == nil {
		opts = &QualifyOptions{}
	}
	segment, err := pathSegment("customer id", id)
	if err != nil {
		return nil, err
	}
	path := "/v1/customers/" + segment + part
	if opts.ValidationCode != "" {
		path += "?code=" + url.QueryEscape(opts.ValidationCode)
	}
	return fetch[T](ctx, s.client, call{name: name, method: method, path: path, area: AreaCustomers, body: body, options: &opts.RequestOptions})
}

// ListValidationCodesOptions are the options of [CustomersService.ValidationCodes].
type ListValidationCodesOptions RequestOptions

// ValidationCodes are the partner's.
//
// Partner Center docs: get-a-partner-s-validation-codes.
//
//partnercenter:operation GET /v1/customers/all/validations
func (s *CustomersService) ValidationCodes(ctx context.Context, opts *ListValidationCodesOptions) ([]ValidationCode, error) {
	codes, err := fetch[[]ValidationCode](ctx, s.client, call{
		name:    "CustomersService.ValidationCodes",
		method:  http.MethodGet,
		path:    "/v1/customers/all/validations",
		area:    AreaCustomers,
		options: (*RequestOptions)(opts),
	})
	if err != nil {
		return nil, err
	}
	return *codes, nil
}

// Validation is the code that the customer was qualified by; [ErrQualificationNotFound] if by none.
//
// The service's OpenAPI description: GetCustomerValidations.
//
//partnercenter:operation GET /v1/customers/{customer-id}/validations
func (s *CustomersService) Validation(ctx context.Context, id string, opts *GetCustomerProfileOptions) (*CustomerValidation, error) {
	return customerPart[CustomerValidation](ctx, s, "CustomersService.Validation", id, "/validations", opts)
}

// knownWord is the one of the words that is meant, in whatever case and with or without underscores, or by its place.
func knownWord[T ~string](word, what string, known []T) (T, error) {
	if number, err := strconv.Atoi(word); err == nil && number >= 0 && number < len(known) {
		return known[number], nil
	}
	for _, candidate := range known {
		if strings.EqualFold(strings.ReplaceAll(word, "_", ""), string(candidate)) {
			return candidate, nil
		}
	}
	return "", fmt.Errorf("%.60q is no %s", word, what)
}

// unmarshalWord reads a text or a number: a known word, or any other as it is. Null leaves what is there.
func unmarshalWord[T ~string](text []byte, into *T, what string, known []T) error {
	word := string(text)
	switch {
	case word == "null":
		return nil
	case text[0] == '"':
		if err := json.Unmarshal(text, &word); err != nil {
			return err
		}
	case text[0] != '-' && (text[0] < '0' || text[0] > '9'):
		return errors.New(what + " is a text or a number")
	}
	*into = T(word)
	if meant, err := knownWord(word, what, known); err == nil {
		*into = meant
	}
	return nil
}
