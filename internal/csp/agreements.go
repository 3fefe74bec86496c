package csp

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/partnercenter"
)

// agreementKind is the kind of the documents that confirmations are kept as.
const agreementKind = "agreement"

// agreementTemplates are the agreements that there are. Ids and links: Partner Center docs, get-agreement-metadata and
// get-customer-agreement-metadata; a recording of January 2019 shows the first.
var agreementTemplates = [...]partnercenter.AgreementMetaData{
	{
		TemplateID:    "998b88de-aa99-4388-a42c-1b3517d49490",
		AgreementType: partnercenter.MicrosoftCloudAgreement,
		AgreementLink: "https://docs.microsoft.com/partner-center/agreements",
	},
	{
		TemplateID:    "117a77b0-9360-443b-8795-c6dedc750cf9",
		AgreementType: partnercenter.MicrosoftCustomerAgreement,
		AgreementLink: "https://aka.ms/customeragreement",
	},
}

// templateOf is the agreement with the id, which is compared letter by letter; nil if there is none.
func templateOf(id string) *partnercenter.AgreementMetaData {
	for i := range agreementTemplates {
		if agreementTemplates[i].TemplateID == id {
			return &agreementTemplates[i]
		}
	}
	return nil
}

// AgreementTemplates is the agreements of the type, or of each.
func AgreementTemplates(of partnercenter.AgreementType) *partnercenter.Collection[partnercenter.AgreementMetaData] {
	var templates []partnercenter.AgreementMetaData
	for _, template := range agreementTemplates {
		if isOf(template.AgreementType, of) {
			templates = append(templates, template)
		}
	}
	return partnercenter.CollectionOf(templates)
}

func isOf(agreementType, asked partnercenter.AgreementType) bool {
	return asked == partnercenter.AllAgreements || asked == agreementType
}

// Agreements is what partners confirm of their customers' consent.
type Agreements struct {
	Store Store
}

// OfCustomer is what was confirmed for a customer of the caller's, oldest first. Who confirmed it is not told: the samples of
// get-confirmation-of-customer-agreement leave it out.
func (s *Agreements) OfCustomer(ctx context.Context, caller *Caller, customer ID, of partnercenter.AgreementType) (*partnercenter.Collection[partnercenter.Agreement], error) {
	documents, err := s.Store.Documents(ctx, caller.Partner.ID, customer, agreementKind)
	if err != nil {
		return nil, err
	}
	confirmed, err := agreementsOf(documents)
	if err != nil {
		return nil, err
	}
	var agreements []partnercenter.Agreement
	for _, agreement := range confirmed {
		if !isOf(agreement.Type, of) {
			continue
		}
		agreement.UserID = ""
		if template := templateOf(agreement.TemplateID); template != nil {
			agreement.AgreementLink = template.AgreementLink
		}
		agreements = append(agreements, agreement)
	}
	return partnercenter.CollectionOf(agreements), nil
}

// Confirm adds a confirmation to those of a customer of the caller's. There may be any number, but each with another contact.
func (s *Agreements) Confirm(ctx context.Context, caller *Caller, customer ID, request *partnercenter.Agreement, call Call) (*partnercenter.Agreement, error) {
	if err := caller.mustBe("confirm that a customer has consented to an agreement", AdminAgents, SalesAgents); err != nil {
		return nil, err
	}
	agreement := &partnercenter.Agreement{
		UserID:         caller.User.String(),
		PrimaryContact: request.PrimaryContact,
		TemplateID:     request.TemplateID,
		DateAgreed:     request.DateAgreed,
		Type:           request.Type,
	}
	recorded, err := s.Store.ChangeDocuments(ctx, caller.Partner.ID, customer, call, agreementKind, func(before []Document) ([]Document, Outcome, error) {
		if bad := badAgreement(agreement); len(bad) > 0 {
			return nil, Outcome{}, partnercenter.ErrInvalidProperty.With("", bad.data()...)
		}
		confirmed, err := agreementsOf(before)
		if err != nil {
			return nil, Outcome{}, err
		}
		for _, other := range confirmed {
			if *other.PrimaryContact == *agreement.PrimaryContact {
				return nil, Outcome{}, partnercenter.ErrAgreementExists.With(fmt.Sprintf(
					"The partner has confirmed an agreement with the contact %s %s, %s, for the customer already. Another first name, last name, email or phone number makes another confirmation.",
					quoted(other.PrimaryContact.FirstName), quoted(other.PrimaryContact.LastName), quoted(other.PrimaryContact.Email)))
			}
		}
		text, err := json.Marshal(agreement)
		if err != nil {
			return nil, Outcome{}, err
		}
		return append(before, Document{ID: fmt.Sprintf("%09d", len(before)+1), Text: text}), Outcome{Answer: text, Audit: &AuditEntry{
			Operation: partnercenter.OperationCreateAgreement, Resource: partnercenter.AuditAgreement, New: text,
		}}, nil
	})
	if err != nil {
		return nil, err
	}
	return answered(recorded, agreement)
}

// DirectSigned says whether a customer of the caller's has accepted the Microsoft Customer Agreement itself. Nobody has: there
// is no place where customers could.
func (s *Agreements) DirectSigned(ctx context.Context, caller *Caller, customer ID) (*partnercenter.DirectSignedAgreementStatus, error) {
	if _, err := s.Store.Customer(ctx, caller.Partner.ID, customer); err != nil {
		return nil, err
	}
	return &partnercenter.DirectSignedAgreementStatus{}, nil
}

func agreementsOf(documents []Document) ([]partnercenter.Agreement, error) {
	agreements := make([]partnercenter.Agreement, len(documents))
	for i, document := range documents {
		if err := json.Unmarshal(document.Text, &agreements[i]); err != nil {
			return nil, fmt.Errorf("agreement %s: %w", document.ID, err)
		}
	}
	return agreements, nil
}

// badAgreement is all that is wrong with a confirmation.
func badAgreement(agreement *partnercenter.Agreement) violations {
	var found violations
	contact := agreement.PrimaryContact
	if contact == nil {
		contact = &partnercenter.Contact{}
	}
	const prefix = "primaryContact."
	for _, field := range [...]struct {
		path, value string
		required    bool
	}{
		{prefix + "firstName", contact.FirstName, true},
		{prefix + "lastName", contact.LastName, true},
		{prefix + "email", contact.Email, true},
		{prefix + "phoneNumber", contact.PhoneNumber, false},
	} {
		switch length := utf8.RuneCountInString(field.value); {
		case field.required && strings.TrimSpace(field.value) == "":
			found.add(field.path, "is missing")
		case length > maxText:
			found.add(field.path, "is %d characters long; at most %d are allowed", length, maxText)
		case strings.ContainsFunc(field.value, unicode.IsControl):
			found.add(field.path, "holds a control character; use printable text in one line")
		case field.path == prefix+"email" && badEmail(field.value) != "":
			found.add(field.path, "%s is not an e-mail address: %s, for example ana@contoso.com", quoted(field.value), badEmail(field.value))
		}
	}
	checkTemplate(&found, agreement)
	switch {
	case agreement.DateAgreed == "":
		found.add("dateAgreed", "is missing")
	case !isDateTime(agreement.DateAgreed):
		found.add("dateAgreed", "%s is not a date and time in UTC, for example 2026-01-10T00:00:00.000Z", quoted(agreement.DateAgreed))
	}
	return found
}

// checkTemplate holds the id and the type to the agreements that there are, and to each other.
func checkTemplate(found *violations, agreement *partnercenter.Agreement) {
	template := templateOf(agreement.TemplateID)
	switch {
	case agreement.TemplateID == "":
		found.add("templateId", "is missing; use one of %s", strings.Join(templateIDs(), ", "))
	case template == nil:
		found.add("templateId", "%s is not the template of an agreement, letter by letter; use one of %s", quoted(agreement.TemplateID), strings.Join(templateIDs(), ", "))
	}
	known, err := partnercenter.ParseAgreementType(string(agreement.Type))
	switch {
	case agreement.Type == "":
		found.add("type", "is missing; use %s or %s", partnercenter.MicrosoftCloudAgreement, partnercenter.MicrosoftCustomerAgreement)
	case err != nil:
		found.add("type", "%s is no type of agreement; use %s or %s", quoted(string(agreement.Type)), partnercenter.MicrosoftCloudAgreement, partnercenter.MicrosoftCustomerAgreement)
	case template != nil && template.AgreementType != known:
		found.add("type", "%s is not the type of template %s; use %s", known, template.TemplateID, template.AgreementType)
	}
}

func templateIDs() []string {
	ids := make([]string, len(agreementTemplates))
	for i := range agreementTemplates {
		ids[i] = agreementTemplates[i].TemplateID
	}
	return ids
}

// isDateTime takes a zone, and none: .NET writes none for a date whose kind it was not told.
func isDateTime(text string) bool {
	const most = 40 // 2026-01-10T00:00:00.0000000+00:00 and some more; package time takes any number of decimals
	return len(text) <= most && slices.ContainsFunc([]string{time.RFC3339, "2006-01-02T15:04:05"}, func(layout string) bool {
		_, err := time.Parse(layout, text)
		return err == nil
	})
}
