package partnercenter

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/tracing"
	"github.com/google/go-cmp/cmp"
)

// operations calls every method of the client, with each part of its path set to the part's name.
var operations = map[string]func(context.Context, *Client) error{
	"AgreementsService.Document": func(ctx context.Context, c *Client) error {
		_, err := c.Agreements.Document(ctx, "template-id", &AgreementDocumentOptions{Country: "US"})
		return err
	},
	"AgreementsService.List": func(ctx context.Context, c *Client) error {
		_, err := c.Agreements.List(ctx, &ListAgreementsOptions{Type: AllAgreements})
		return err
	},
	"AuditRecordsService.Get": func(ctx context.Context, c *Client) error {
		_, err := c.AuditRecords.Get(ctx, "record-id", nil)
		return err
	},
	"AuditRecordsService.List": func(ctx context.Context, c *Client) error {
		_, err := c.AuditRecords.List(ctx, nil)
		return err
	},
	"WebhooksService.Delete": func(ctx context.Context, c *Client) error { return c.Webhooks.Delete(ctx, nil) },
	"WebhooksService.Events": func(ctx context.Context, c *Client) error {
		_, err := c.Webhooks.Events(ctx, nil)
		return err
	},
	"WebhooksService.Register": func(ctx context.Context, c *Client) error {
		_, err := c.Webhooks.Register(ctx, &WebhookRegistration{}, nil)
		return err
	},
	"WebhooksService.Registration": func(ctx context.Context, c *Client) error {
		_, err := c.Webhooks.Registration(ctx, nil)
		return err
	},
	"WebhooksService.Update": func(ctx context.Context, c *Client) error {
		_, err := c.Webhooks.Update(ctx, &WebhookRegistration{}, nil)
		return err
	},
	"WebhooksService.Validate": func(ctx context.Context, c *Client) error {
		_, err := c.Webhooks.Validate(ctx, nil)
		return err
	},
	"WebhooksService.Validation": func(ctx context.Context, c *Client) error {
		_, err := c.Webhooks.Validation(ctx, "correlation-id", nil)
		return err
	},
	"CustomersService.AddVerifiedDomain": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.AddVerifiedDomain(ctx, "customer-id", &VerifiedDomain{}, nil)
		return err
	},
	"MFAReportsService.Adoption": func(ctx context.Context, c *Client) error {
		_, err := c.MFAReports.Adoption(ctx, nil)
		return err
	},
	"MFAReportsService.NonCompliantPrincipals": func(ctx context.Context, c *Client) error {
		_, err := c.MFAReports.NonCompliantPrincipals(ctx, nil)
		return err
	},
	"MFAReportsService.Requests": func(ctx context.Context, c *Client) error {
		_, err := c.MFAReports.Requests(ctx, nil)
		return err
	},
	"CustomersService.Agreements": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.Agreements(ctx, "customer-id", nil)
		return err
	},
	"CustomersService.ConfirmAgreement": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.ConfirmAgreement(ctx, "customer-id", &Agreement{}, nil)
		return err
	},
	"CustomersService.DirectSignedAgreementStatus": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.DirectSignedAgreementStatus(ctx, "customer-id", nil)
		return err
	},
	"CountryValidationRulesService.Get": func(ctx context.Context, c *Client) error {
		_, err := c.CountryValidationRules.Get(ctx, "country", nil)
		return err
	},
	"CustomersService.CreateApplicationConsent": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.CreateApplicationConsent(ctx, "customer-id", &ApplicationConsent{}, nil)
		return err
	},
	"CustomersService.DeleteApplicationConsent": func(ctx context.Context, c *Client) error {
		return c.Customers.DeleteApplicationConsent(ctx, "customer-id", "application-id", nil)
	},
	"CustomersService.BillingProfile": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.BillingProfile(ctx, "customer-id", nil)
		return err
	},
	"CustomersService.CompanyProfile": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.CompanyProfile(ctx, "customer-id", nil)
		return err
	},
	"CustomersService.CustomDomains": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.CustomDomains(ctx, "customer-id", nil)
		return err
	},
	"CustomersService.Delete": func(ctx context.Context, c *Client) error {
		return c.Customers.Delete(ctx, "customer-id", nil)
	},
	"CustomersService.List": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.List(ctx, nil)
		return err
	},
	"CustomersService.Update": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.Update(ctx, "customer-id", &Customer{}, nil)
		return err
	},
	"CustomersService.UpdateBillingProfile": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.UpdateBillingProfile(ctx, "customer-id", &CustomerBillingProfile{}, nil)
		return err
	},
	"CustomersService.Create": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.Create(ctx, &Customer{}, nil)
		return err
	},
	"CustomersService.Get": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.Get(ctx, "customer-id", nil)
		return err
	},
	"CustomersService.RelationshipRequest": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.RelationshipRequest(ctx, nil)
		return err
	},
	"CustomersService.Orders": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.Orders(ctx, "customer-id", nil)
		return err
	},
	"CustomersService.Subscriptions": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.Subscriptions(ctx, "customer-id", nil)
		return err
	},
	"CustomersService.Relationships": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.Relationships(ctx, "customer-id", nil)
		return err
	},
	"ProfilesService.Billing": func(ctx context.Context, c *Client) error {
		_, err := c.Profiles.Billing(ctx, nil)
		return err
	},
	"ProfilesService.LegalBusiness": func(ctx context.Context, c *Client) error {
		_, err := c.Profiles.LegalBusiness(ctx, nil)
		return err
	},
	"ProfilesService.MPN": func(ctx context.Context, c *Client) error {
		_, err := c.Profiles.MPN(ctx, nil)
		return err
	},
	"ProfilesService.Organization": func(ctx context.Context, c *Client) error {
		_, err := c.Profiles.Organization(ctx, nil)
		return err
	},
	"ProfilesService.Support": func(ctx context.Context, c *Client) error {
		_, err := c.Profiles.Support(ctx, nil)
		return err
	},
	"ProfilesService.UpdateBilling": func(ctx context.Context, c *Client) error {
		_, err := c.Profiles.UpdateBilling(ctx, &PartnerBillingProfile{}, nil)
		return err
	},
	"ProfilesService.UpdateLegalBusiness": func(ctx context.Context, c *Client) error {
		_, err := c.Profiles.UpdateLegalBusiness(ctx, &LegalBusinessProfile{}, nil)
		return err
	},
	"ProfilesService.UpdateOrganization": func(ctx context.Context, c *Client) error {
		_, err := c.Profiles.UpdateOrganization(ctx, &OrganizationProfile{}, nil)
		return err
	},
	"ProfilesService.UpdateSupport": func(ctx context.Context, c *Client) error {
		_, err := c.Profiles.UpdateSupport(ctx, &SupportProfile{}, nil)
		return err
	},
	"RelationshipsService.List": func(ctx context.Context, c *Client) error {
		_, err := c.Relationships.List(ctx, IsIndirectResellerOf, nil)
		return err
	},
	"CustomersService.UsageBudget": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.UsageBudget(ctx, "customer-id", nil)
		return err
	},
	"CustomersService.UpdateUsageBudget": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.UpdateUsageBudget(ctx, "customer-id", &SpendingBudget{}, nil)
		return err
	},
	"CustomersService.ValidationStatus": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.ValidationStatus(ctx, "customer-id", nil)
		return err
	},
	"CustomersService.ManagedServices": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.ManagedServices(ctx, "customer-id", nil)
		return err
	},
	"SelfServePoliciesService.List": func(ctx context.Context, c *Client) error {
		_, err := c.SelfServePolicies.List(ctx, "customer-id", nil)
		return err
	},
	"SelfServePoliciesService.Get": func(ctx context.Context, c *Client) error {
		_, err := c.SelfServePolicies.Get(ctx, "policy-id", nil)
		return err
	},
	"SelfServePoliciesService.Create": func(ctx context.Context, c *Client) error {
		_, err := c.SelfServePolicies.Create(ctx, &SelfServePolicy{}, nil)
		return err
	},
	"SelfServePoliciesService.Update": func(ctx context.Context, c *Client) error {
		_, err := c.SelfServePolicies.Update(ctx, "policy-id", &SelfServePolicy{}, nil)
		return err
	},
	"SelfServePoliciesService.Delete": func(ctx context.Context, c *Client) error {
		return c.SelfServePolicies.Delete(ctx, "policy-id", nil)
	},
	"CustomersService.Qualification": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.Qualification(ctx, "customer-id", nil)
		return err
	},
	"CustomersService.UpdateQualification": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.UpdateQualification(ctx, "customer-id", QualificationEducation, nil)
		return err
	},
	"CustomersService.Qualifications": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.Qualifications(ctx, "customer-id", nil)
		return err
	},
	"CustomersService.CreateQualification": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.CreateQualification(ctx, "customer-id", &CustomerQualification{}, &QualifyOptions{ValidationCode: "40017"})
		return err
	},
	"CustomersService.ValidationCodes": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.ValidationCodes(ctx, nil)
		return err
	},
	"CustomersService.Validation": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.Validation(ctx, "customer-id", nil)
		return err
	},
	"CustomersService.LicensesDeployment": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.LicensesDeployment(ctx, "customer-id", nil)
		return err
	},
	"CustomersService.LicensesUsage": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.LicensesUsage(ctx, "customer-id", nil)
		return err
	},
	"CustomersService.SubscribedSKUs": func(ctx context.Context, c *Client) error {
		_, err := c.Customers.SubscribedSKUs(ctx, "customer-id", nil)
		return err
	},
	"DirectoryRolesService.List": func(ctx context.Context, c *Client) error {
		_, err := c.DirectoryRoles.List(ctx, "customer-id", nil)
		return err
	},
	"DirectoryRolesService.Members": func(ctx context.Context, c *Client) error {
		_, err := c.DirectoryRoles.Members(ctx, "customer-id", "role-id", nil)
		return err
	},
	"DirectoryRolesService.AddMember": func(ctx context.Context, c *Client) error {
		_, err := c.DirectoryRoles.AddMember(ctx, "customer-id", "role-id", &UserMember{}, nil)
		return err
	},
	"DirectoryRolesService.RemoveMember": func(ctx context.Context, c *Client) error {
		return c.DirectoryRoles.RemoveMember(ctx, "customer-id", "role-id", "user-id", nil)
	},
	"UsersService.Create": func(ctx context.Context, c *Client) error {
		_, err := c.Users.Create(ctx, "customer-id", &CustomerUser{}, nil)
		return err
	},
	"UsersService.Get": func(ctx context.Context, c *Client) error {
		_, err := c.Users.Get(ctx, "customer-id", "user-id", nil)
		return err
	},
	"UsersService.List": func(ctx context.Context, c *Client) error {
		_, err := c.Users.List(ctx, "customer-id", nil)
		return err
	},
	"UsersService.Update": func(ctx context.Context, c *Client) error {
		_, err := c.Users.Update(ctx, "customer-id", "user-id", &CustomerUser{}, nil)
		return err
	},
	"UsersService.ResetPassword": func(ctx context.Context, c *Client) error {
		_, err := c.Users.ResetPassword(ctx, "customer-id", "user-id", &PasswordProfile{}, nil)
		return err
	},
	"UsersService.Delete": func(ctx context.Context, c *Client) error {
		return c.Users.Delete(ctx, "customer-id", "user-id", nil)
	},
	"UsersService.DirectoryRoles": func(ctx context.Context, c *Client) error {
		_, err := c.Users.DirectoryRoles(ctx, "customer-id", "user-id", nil)
		return err
	},
	"UsersService.Licenses": func(ctx context.Context, c *Client) error {
		_, err := c.Users.Licenses(ctx, "customer-id", "user-id", nil)
		return err
	},
	"UsersService.UpdateLicenses": func(ctx context.Context, c *Client) error {
		_, err := c.Users.UpdateLicenses(ctx, "customer-id", "user-id", &LicenseUpdate{}, nil)
		return err
	},
	"DomainsService.Exists": func(ctx context.Context, c *Client) error {
		_, err := c.Domains.Exists(ctx, "domain", nil)
		return err
	},
	"DomainsService.PrefixAvailable": func(ctx context.Context, c *Client) error {
		_, err := c.Domains.PrefixAvailable(ctx, "prefix", nil)
		return err
	},
	"ValidationsService.Address": func(ctx context.Context, c *Client) error {
		_, err := c.Validations.Address(ctx, &Address{}, nil)
		return err
	},
}

// TestOperations compares what a method's comment says with what it sends and with the name of its trace.
func TestOperations(t *testing.T) {
	declared := declaredOperations(t)
	for name := range operations {
		if declared[name] == "" {
			t.Errorf("%s has no //partnercenter:operation", name)
		}
	}
	for name, want := range declared {
		operation, ok := operations[name]
		if !ok {
			t.Errorf("%s is not called by this test", name)
			continue
		}
		var spans []string
		opts := &ClientOptions{}
		opts.TracingProvider = tracing.NewProvider(func(string, string) tracing.Tracer {
			return tracing.NewTracer(func(ctx context.Context, span string, _ *tracing.SpanOptions) (context.Context, tracing.Span) {
				spans = append(spans, span)
				return ctx, tracing.Span{}
			}, nil)
		}, nil)
		body := "{}"
		switch name {
		case "MFAReportsService.Adoption", "CustomersService.CustomDomains", "CustomersService.Qualifications", "CustomersService.ValidationCodes", "WebhooksService.Events":
			body = "[]"
		case "CustomersService.Qualification", "CustomersService.UpdateQualification":
			body = `"education"`
		case "DomainsService.PrefixAvailable":
			body = "true"
		}
		rec := &recorder{status: 200, body: body}
		if err := operation(t.Context(), mustClient(t, rec, opts)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		sent := rec.only(t)
		path, _, _ := strings.Cut(sent.uri, "?") // operations are told apart without their queries
		if got := sent.method + " " + path; got != strings.NewReplacer("{", "", "}", "").Replace(want) {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
		if wantSpans := []string{name, "HTTP " + sent.method}; !cmp.Equal(spans, wantSpans) {
			t.Errorf("%s: got spans %q, want %q", name, spans, wantSpans)
		}
	}
}

// declaredOperations is the operation of every method of a service, from the comments.
func declaredOperations(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, declaration := range file.Decls {
			method, ok := declaration.(*ast.FuncDecl)
			if !ok || method.Recv == nil || !method.Name.IsExported() {
				continue
			}
			receiver, ok := method.Recv.List[0].Type.(*ast.StarExpr)
			if !ok || !strings.HasSuffix(receiver.X.(*ast.Ident).Name, "Service") {
				continue
			}
			found[receiver.X.(*ast.Ident).Name+"."+method.Name.Name] = directive(method.Doc)
		}
	}
	return found
}

// directive is what follows //partnercenter:operation.
func directive(doc *ast.CommentGroup) string {
	if doc != nil {
		for _, comment := range doc.List {
			if operation, ok := strings.CutPrefix(comment.Text, "//partnercenter:operation "); ok {
				return operation
			}
		}
	}
	return ""
}
