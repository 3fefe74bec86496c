package csp

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tenantry/tenantry/internal/market"
	"github.com/tenantry/tenantry/partnercenter"
)

// invalid is everything that is wrong with a request for a new user, or for a change of the current one. The docs have no
// table of what must be there: the fields are those that all their samples send, the lengths the directory's (Microsoft Graph
// docs: user resource type).
func (s *Users) invalid(ctx context.Context, customer ID, request *partnercenter.CustomerUser, current *User) (found violations, err error) {
	for _, field := range [...]struct {
		path, text string
		limit      int
		required   bool
	}{
		{"userPrincipalName", request.UserPrincipalName, maxPrincipalName, true},
		{"displayName", request.DisplayName, maxText, true},
		{"firstName", request.FirstName, 64, false},
		{"lastName", request.LastName, 64, false},
		{"phoneNumber", request.PhoneNumber, 64, false},
		{"immutableId", request.ImmutableID, maxText, false},
	} {
		length := utf8.RuneCountInString(field.text)
		switch {
		case field.required && strings.TrimSpace(field.text) == "" && (current == nil || field.text != ""):
			found.add(field.path, "is missing")
		case length > field.limit:
			found.add(field.path, "is %d characters long; at most %d are allowed", length, field.limit)
		}
		if strings.ContainsFunc(field.text, unicode.IsControl) || !utf8.ValidString(field.text) {
			found.add(field.path, "holds a control character; use printable text in one line")
		}
	}
	if name := strings.TrimSpace(request.UserPrincipalName); name != "" && (current == nil || name != current.PrincipalName) {
		if err := s.checkPrincipalName(ctx, &found, customer, name); err != nil {
			return nil, err
		}
	}
	if _, known := market.Lookup(request.UsageLocation); request.UsageLocation != "" && !known {
		found.add("usageLocation", "%s is not the two-letter ISO 3166-1 code of a supported country, for example US%s", quoted(request.UsageLocation), hintAtUK(request.UsageLocation))
	}
	switch {
	case current != nil && request.State != "" && request.State != partnercenter.UserActive && current.Deleted.IsZero():
		found.add("state", "%s is not allowed here; use %s to restore a deleted user, and DELETE to delete one", quoted(string(request.State)), partnercenter.UserActive)
	case current == nil && request.PasswordProfile == nil:
		found.add("passwordProfile", "is missing")
	}
	if request.PasswordProfile != nil {
		err = s.checkPassword(ctx, &found, request, current)
	}
	return found, err
}

// maxPrincipalName is how long a sign-in name may be; 64 of it before the @. Microsoft Entra docs: the userPrincipalName
// attribute.
const (
	maxPrincipalName = 113
	maxLocalPart     = 64
)

// checkPrincipalName holds a sign-in name to the characters that the directory takes, and to the domains of the tenant.
func (s *Users) checkPrincipalName(ctx context.Context, found *violations, customer ID, name string) error {
	const property = "userPrincipalName"
	tenant, err := s.Store.Tenant(ctx, customer)
	if errors.Is(err, ErrNotFound) {
		return partnercenter.ErrTenantNotFound.With("No tenant has the id " + customer.String() + ".")
	}
	if err != nil {
		return err
	}
	local, domain, ok := strings.Cut(name, "@")
	if !ok || local == "" || len(local) > maxLocalPart || strings.ContainsFunc(local, notInPrincipalNames) || local[0] == '.' || local[len(local)-1] == '.' {
		found.add(property, "%s is not a sign-in name: it must be 1 to %d of letters, digits and '.-_!#^~ with no dot at either end, an @ and a domain, for example %s",
			quoted(name), maxLocalPart, "bo@"+tenant.Domain)
		return nil
	}
	switch owner, err := s.Store.TenantByDomain(ctx, domain); {
	case errors.Is(err, ErrNotFound), err == nil && owner.ID != customer:
		found.add(property, "%s is not a domain of the customer; use one of its own, for example %s", quoted(domain), local+"@"+tenant.Domain)
		return nil
	case err != nil:
		return err
	}
	federation, err := s.Store.Federation(ctx, domain)
	if errors.Is(err, ErrNotFound) {
		return nil // it has gone in this moment, and nobody signs in there
	}
	if federation != nil {
		// Partner Center docs since 2022, create-user-accounts-for-a-customer.
		found.add(property, "%s is federated, and its users are made where their passwords are checked; use another domain of the customer, for example %s", quoted(domain), local+"@"+tenant.Domain)
	}
	return err
}

func notInPrincipalNames(r rune) bool {
	return !letterOrDigit(r) && !strings.ContainsRune("'.-_!#^~", r)
}
