package csp

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/tenantry/tenantry/partnercenter"
)

// ValidationCode lets a partner qualify customers as GovernmentCommunityCloud. Whoever runs the server issues it for an
// organization, and for as many customers as that is to bring.
type ValidationCode struct {
	Partner          ID
	ID               string // digits
	OrganizationName string
	MaxCreates       int
	Used             int       // what is used stays used: neither another qualification nor the end of the customer gives it back
	Changed          time.Time // later with each change, each use being one
}

// Remaining is how many customers it is good for still. A code whose limit was lowered below its uses has none.
func (c *ValidationCode) Remaining() int { return max(c.MaxCreates-c.Used, 0) }

// UsedUp is the refusal of a code that has none left.
func (c *ValidationCode) UsedUp() error {
	return partnercenter.ErrValidationCodeUsedUp.With(fmt.Sprintf(
		"The validation code %s of %s has no creates remaining of its %d; use another, see GET /v1/customers/all/validations.",
		c.ID, quoted(c.OrganizationName), c.MaxCreates), "validationCode")
}

// wire is the code as it is answered.
func (c *ValidationCode) wire() partnercenter.ValidationCode {
	return partnercenter.ValidationCode{
		PartnerID:        c.Partner.String(),
		OrganizationName: c.OrganizationName,
		ValidationID:     partnercenter.ValidationID(c.ID),
		MaxCreates:       c.MaxCreates,
		RemainingCreates: c.Remaining(),
		ETag:             c.etag(),
	}
}

// etag is the time of the last change, with its colons escaped: Partner Center docs, get-a-partner-s-validation-codes.
func (c *ValidationCode) etag() string {
	return `W/"datetime'` + strings.ReplaceAll(c.Changed.UTC().Format("2006-01-02T15:04:05.000000Z"), ":", "%3A") + `'"`
}

// ValidationCodes is the codes of partners.
type ValidationCodes struct {
	Store Store
}

// List is the codes of a partner, in the order of their ids.
func (s *ValidationCodes) List(ctx context.Context, partner ID) ([]partnercenter.ValidationCode, error) {
	found, err := s.Store.ValidationCodes(ctx, partner)
	if err != nil {
		return nil, ofPartner(partner, err)
	}
	codes := make([]partnercenter.ValidationCode, 0, len(found)) // an empty array where there is none
	for _, code := range found {
		codes = append(codes, code.wire())
	}
	return codes, nil
}

// maxCreates bounds what a code is good for.
const maxCreates = 1_000_000

// ValidationCodeRequest is what a code is to be. The limit is the JSON of the request, because what is no number gets the same
// answer as what is a wrong one.
type ValidationCodeRequest struct {
	OrganizationName string         `json:"organizationName"`
	MaxCreates       jsontext.Value `json:"maxCreates"`
}

// Put issues a code of a partner's, or changes the organization and the limit of the one with the id; what is used of it stays
// used. A limit below the uses ends it.
func (s *ValidationCodes) Put(ctx context.Context, partner ID, id string, request *ValidationCodeRequest) (*partnercenter.ValidationCode, error) {
	var missing []string
	if strings.TrimSpace(request.OrganizationName) == "" {
		missing = append(missing, "organizationName")
	}
	if len(request.MaxCreates) == 0 || request.MaxCreates.Kind() == 'n' {
		missing = append(missing, "maxCreates")
	}
	if missing != nil {
		return nil, partnercenter.ErrDetailsMissing.With(`Validation code details are missing; send for example {"organizationName":"Kestrel County","maxCreates":5}.`, missing...)
	}
	limit, bad := checkValidationCode(id, request)
	if bad != nil {
		return nil, partnercenter.ErrInvalidProperty.With("", bad.data()...)
	}
	kept, err := s.Store.PutValidationCode(ctx, &ValidationCode{Partner: partner, ID: id, OrganizationName: request.OrganizationName, MaxCreates: limit})
	if err != nil {
		return nil, ofPartner(partner, err)
	}
	answer := kept.wire()
	return &answer, nil
}

// checkValidationCode is the limit, and all that is wrong with a code.
func checkValidationCode(id string, request *ValidationCodeRequest) (limit int, found violations) {
	if !isValidationID(id) {
		found.add("validationId", "%s is not the id of a validation code: 1 to %d digits, the first not 0, for example 40017", quoted(id), maxValidationID)
	}
	if length := utf8.RuneCountInString(request.OrganizationName); length > maxText {
		found.add("organizationName", "is %d characters long; at most %d are allowed", length, maxText)
	}
	if strings.ContainsFunc(request.OrganizationName, unicode.IsControl) {
		found.add("organizationName", "holds a control character; use printable text in one line")
	}
	limit, err := strconv.Atoi(string(request.MaxCreates))
	if err != nil || limit < 0 || limit > maxCreates {
		found.add("maxCreates", "%s is not a whole number from 0 to %d, for example 5", quoted(string(request.MaxCreates)), maxCreates)
	}
	return limit, found
}

// maxValidationID is how many digits an id has at the most. The docs of the resource call it an int: nine fit into one.
const maxValidationID = 9

func isValidationID(text string) bool {
	return text != "" && len(text) <= maxValidationID && text[0] != '0' && strings.Trim(text, "0123456789") == ""
}

// ofPartner is the store's error where whoever runs the server names a partner.
func ofPartner(partner ID, err error) error {
	if errors.Is(err, ErrNotFound) {
		return partnercenter.ErrTenantNotFound.With("No partner has the tenant id " + partner.String() + ".")
	}
	return err
}
