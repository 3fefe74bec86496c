package csp

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/partnercenter"
)

// ApplicationConsents are what partners let their applications do at the tenants of their customers, in the customers' stead: they
// administer them. A consent is the partner's who gave it, and ends with the relationship and with delegated admin. Partner Center
// docs: partner-center-authentication, for control panel vendors (CPV).
type ApplicationConsents struct {
	Store Store
	Now   func() time.Time
}

// KindApplicationConsent is the kind of the documents that hold the consents of the partner; their ids are those of applications.
func KindApplicationConsent(partner ID) string { return "applicationconsent of " + partner.String() }

// Bounds of a consent.
const (
	maxGrants = 100
	maxScopes = 200
)

// scopeForm is what a permission of a resource may look like.
var scopeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:/-]{0,119}$`)

// Create gives the application a consent for a customer of the caller's.
func (s *ApplicationConsents) Create(
	ctx context.Context, caller *Caller, customer ID, request *partnercenter.ApplicationConsent, call Call,
) (*partnercenter.ApplicationConsent, error) {
	if err := s.mayConsent(ctx, caller, customer); err != nil {
		return nil, err
	}
	consent, err := s.checked(ctx, caller, request)
	if err != nil {
		return nil, err
	}
	answer, err := json.Marshal(consent)
	if err != nil {
		return nil, err
	}
	recorded, err := s.Store.ChangeDocuments(ctx, caller.Partner.ID, customer, call, KindApplicationConsent(caller.Partner.ID), func(documents []Document) ([]Document, Outcome, error) {
		if slices.ContainsFunc(documents, func(d Document) bool { return d.ID == consent.ApplicationID }) {
			return nil, Outcome{}, partnercenter.ErrConsentExists.With("The application " + consent.ApplicationID + " has a consent for the customer " + customer.String() +
				" already; delete it first, by DELETE /v1/customers/" + customer.String() + "/applicationconsents/" + consent.ApplicationID + ".")
		}
		entry := consentEntry(consent.ApplicationID)
		entry.New = answer
		return append(documents, Document{ID: consent.ApplicationID, Text: answer}), Outcome{Answer: answer, Audit: entry}, nil
	})
	if err != nil {
		return nil, err
	}
	return answered(recorded, consent)
}

// Delete ends the application's consent for a customer of the caller's. It has none: no error, because clients delete before
// they create (seen in the CPV samples for .NET and Java, the second of which gives up after any refusal).
func (s *ApplicationConsents) Delete(ctx context.Context, caller *Caller, customer, app ID, call Call) error {
	if err := mayGiveConsent(caller); err != nil {
		return err
	}
	_, err := s.Store.ChangeDocuments(ctx, caller.Partner.ID, customer, call, KindApplicationConsent(caller.Partner.ID), func(documents []Document) ([]Document, Outcome, error) {
		outcome := Outcome{Answer: []byte{}}
		kept := documents[:0:0]
		for _, document := range documents {
			if document.ID == app.String() {
				outcome.Audit = consentEntry(document.ID)
				outcome.Audit.Old = document.Text
			} else {
				kept = append(kept, document)
			}
		}
		return kept, outcome, nil
	})
	return err
}

// consentEntry is the record of a change, for which the docs know no operation.
func consentEntry(app string) *AuditEntry {
	return &AuditEntry{Operation: partnercenter.OperationUndefined, Resource: partnercenter.AuditApplication, ResourceID: app}
}

func mayGiveConsent(caller *Caller) error {
	return caller.mustBe("give applications consent for customers", AdminAgents)
}

// consentRoles are the directory roles whose members may give applications consent. Microsoft Entra docs: permissions-reference.
var consentRoles = []string{CompanyAdministrator, ApplicationAdministrator, CloudApplicationAdministrator}

// mayConsent lets in who may decide in the customer's stead: an admin agent whom delegated admin or a granular relationship gives
// one of the roles for it.
func (s *ApplicationConsents) mayConsent(ctx context.Context, caller *Caller, customer ID) error {
	if err := mayGiveConsent(caller); err != nil {
		return err
	}
	found, err := s.Store.Customer(ctx, caller.Partner.ID, customer)
	if err != nil {
		return err
	}
	roles, err := administers(ctx, s.Store, found, caller.Partner.ID, caller.Agents, s.Now())
	if err == nil && !hasAny(roles, consentRoles) {
		err = partnercenter.ErrNoDelegatedAdmin.With("The partner has no delegated admin privileges for the customer " + customer.String() + ", and so cannot give applications consent for it.")
	}
	return err
}

// checked is the consent as it is kept and answered, or all that is wrong with it.
func (s *ApplicationConsents) checked(ctx context.Context, caller *Caller, request *partnercenter.ApplicationConsent) (*partnercenter.ApplicationConsent, error) {
	if missing := missingOfConsent(request); missing != nil {
		return nil, partnercenter.ErrDetailsMissing.With("Application consent details are missing", missing...)
	}
	consent := &partnercenter.ApplicationConsent{
		DisplayName: strings.TrimSpace(request.DisplayName),
		Attributes:  &partnercenter.ResourceAttributes{ObjectType: "ApplicationConsent"},
	}
	var found violations
	app, err := s.app(ctx, caller, request.ApplicationID)
	switch {
	case errors.Is(err, ErrNotFound):
		found.add("applicationId", "%s is not the id of an application of the partner; give the client id of one that is registered in its tenant, for example 94e4e214-6b06-4fb7-96d1-94d559f9b47f",
			quoted(request.ApplicationID))
	case err != nil:
		return nil, err
	default:
		consent.ApplicationID = app.ID.String()
		if consent.DisplayName == "" {
			consent.DisplayName = app.Name
		}
	}
	checkText(&found, "displayName", consent.DisplayName, maxText)
	consent.ApplicationGrants = checkedGrants(&found, request.ApplicationGrants)
	if found != nil {
		return nil, partnercenter.ErrInvalidProperty.With("", found.data()...)
	}
	return consent, nil
}

// app is the caller's application, or ErrNotFound.
func (s *ApplicationConsents) app(ctx context.Context, caller *Caller, text string) (*App, error) {
	id, err := ParseID(strings.TrimSpace(text))
	if err != nil {
		return nil, ErrNotFound
	}
	app, err := s.Store.App(ctx, id)
	if err == nil && app.Tenant != caller.Partner.ID {
		err = ErrNotFound
	}
	return app, err
}

// missingOfConsent is every path that is not filled.
func missingOfConsent(request *partnercenter.ApplicationConsent) (missing []string) {
	if strings.TrimSpace(request.ApplicationID) == "" {
		missing = append(missing, "applicationId")
	}
	if len(request.ApplicationGrants) == 0 {
		missing = append(missing, "applicationGrants")
	}
	for i, grant := range request.ApplicationGrants[:min(len(request.ApplicationGrants), maxGrants)] {
		if strings.TrimSpace(grant.EnterpriseApplicationID) == "" {
			missing = append(missing, fmt.Sprintf("applicationGrants[%d].enterpriseApplicationId", i))
		}
		if strings.Trim(grant.Scope, ", ") == "" {
			missing = append(missing, fmt.Sprintf("applicationGrants[%d].scope", i))
		}
	}
	return missing
}

// checkedGrants are the grants in one spelling.
func checkedGrants(found *violations, requested []partnercenter.ApplicationGrant) (grants []partnercenter.ApplicationGrant) {
	if n := len(requested); n > maxGrants {
		found.add("applicationGrants", "%d grants are too many; give at most %d, one for each resource", n, maxGrants)
		return nil
	}
	first := map[ID]int{}
	for i, grant := range requested {
		path := fmt.Sprintf("applicationGrants[%d].", i)
		resource, err := ParseID(strings.TrimSpace(grant.EnterpriseApplicationID))
		if err != nil {
			found.add(path+"enterpriseApplicationId", "%s is not a GUID; give the application id of a resource, for example 00000003-0000-0000-c000-000000000000 for Microsoft Graph", quoted(grant.EnterpriseApplicationID))
		} else if before, twice := first[resource]; twice {
			found.add(path+"enterpriseApplicationId", "is that of applicationGrants[%d]; give a resource once, with all its scopes, for example User.Read,Directory.Read.All", before)
		} else {
			first[resource] = i
		}
		grants = append(grants, partnercenter.ApplicationGrant{EnterpriseApplicationID: resource.String(), Scope: checkedScope(found, path+"scope", grant.Scope)})
	}
	return grants
}

// checkedScope is the permissions without blanks and repetitions.
func checkedScope(found *violations, path, text string) string {
	var scopes []string
	for scope := range strings.SplitSeq(text, ",") {
		scope = strings.TrimSpace(scope)
		switch {
		case scope == "": // a comma at the end
		case !scopeForm.MatchString(scope):
			found.add(path, "%s is not a permission; give permissions with commas between them, for example User.Read,Directory.Read.All", quoted(scope))
		case len(scopes) == maxScopes:
			found.add(path, "has more than %d permissions; give fewer", maxScopes)
			return ""
		case !slices.ContainsFunc(scopes, func(other string) bool { return strings.EqualFold(other, scope) }):
			scopes = append(scopes, scope)
		}
	}
	return strings.Join(scopes, ",")
}

// administered reports whether the partner administers the customer's tenant in any way.
func (g *Grants) administered(ctx context.Context, customer *Customer, partner ID) (bool, error) {
	if customer.DelegatedAccess {
		return true, nil
	}
	relationships, err := g.Store.GranularRelationships(ctx, partner, customer.ID)
	return slices.ContainsFunc(relationships, func(r *GranularRelationship) bool { return r.ActiveAt(g.now()) }), err
}

// ConsentTo is what the partner whose application it is lets the application do at the tenant of its customer: permissions by the
// application id of their resource. It is nil where there is no consent, or none any more.
func (g *Grants) ConsentTo(ctx context.Context, tenant ID, app *App) (map[ID][]string, error) {
	customer, err := g.customer(ctx, app.Tenant, tenant)
	if err != nil || customer == nil {
		return nil, err
	}
	if rests, err := g.administered(ctx, customer, app.Tenant); err != nil || !rests {
		return nil, err
	}
	documents, err := g.Store.Documents(ctx, app.Tenant, tenant, KindApplicationConsent(app.Tenant))
	if errors.Is(err, partnercenter.ErrNoRelationship) || errors.Is(err, partnercenter.ErrTenantNotFound) {
		return nil, nil // ended just now
	}
	i := slices.IndexFunc(documents, func(d Document) bool { return d.ID == app.ID.String() })
	if err != nil || i < 0 {
		return nil, err
	}
	var consent partnercenter.ApplicationConsent
	if err := json.Unmarshal(documents[i].Text, &consent); err != nil {
		return nil, fmt.Errorf("read the consent: %w", err)
	}
	granted := make(map[ID][]string, len(consent.ApplicationGrants))
	for _, grant := range consent.ApplicationGrants {
		resource, err := ParseID(grant.EnterpriseApplicationID)
		if err != nil {
			return nil, fmt.Errorf("read the consent: %w", err)
		}
		granted[resource] = strings.Split(grant.Scope, ",")
	}
	return granted, nil
}
