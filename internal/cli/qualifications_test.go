package cli

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/server"
	"github.com/tenantry/tenantry/partnercenter"
)

// TestVetting gives one verdict after the other on what a partner has asked for.
func TestVetting(t *testing.T) {
	s, err := server.Open(t.Context(), server.Config{World: server.DevWorld(), AdminKey: devSecret})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	client, err := (&connection{endpoint: endpoint{Endpoint: s.URL()}, Username: "admin@contosocloud.onmicrosoft.com", Password: devPassword}).client()
	if err != nil {
		t.Fatal(err)
	}
	country := &partnercenter.Address{FirstName: "A", LastName: "B", AddressLine1: "1", City: "Redmond", State: "WA", PostalCode: "98052", Country: "US"}
	customer, err := client.Customers.Create(t.Context(), &partnercenter.Customer{
		CompanyProfile: &partnercenter.CustomerCompanyProfile{Domain: "school.onmicrosoft.com"},
		BillingProfile: &partnercenter.CustomerBillingProfile{Email: "a@b.example", Culture: "en-US", Language: "en", CompanyName: "School", DefaultAddress: country},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(what partnercenter.Qualification) {
		if _, err := client.Customers.CreateQualification(t.Context(), customer.ID, &partnercenter.CustomerQualification{Qualification: what}, nil); err != nil {
			t.Fatal(err)
		}
	}
	env := map[string]string{"TENANTRY_ENDPOINT": s.URL(), "TENANTRY_ADMIN_KEY": devSecret}
	ask(partnercenter.QualificationEducation)
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"list", customer.ID}, "Qualification  Education\nVetting        InReview\nAsked for      "},
		{[]string{"approve", customer.ID}, "Qualification  Education\nVetting        Approved\n"},
		{[]string{"deny", customer.ID, "education", "--reason", "not an academic domain"}, "Vetting        Denied\nReason         Not an Academic Domain\n"},
		{[]string{"list", customer.ID, "-o", "json"}, `"vettingReason": "Not an Academic Domain"`},
	} {
		code, stdout, stderr := run(t, env, append([]string{"qualifications"}, test.args...)...)
		if code != 0 || !strings.Contains(stdout, test.want) || stderr != "" {
			t.Errorf("%v: got %d, %q, %q, want %q", test.args, code, stdout, stderr, test.want)
		}
	}
	ask(partnercenter.QualificationStateOwnedEntity)
	if code, stdout, stderr := run(t, env, "qualifications", "approve", customer.ID, "state_owned_entity"); code != 0 || !strings.HasPrefix(stdout, "Qualification  StateOwnedEntity\nVetting        Approved\n") {
		t.Errorf("the other: got %d, %q, %q", code, stdout, stderr)
	}
	if code, stdout, _ := run(t, env, "qualifications", "list", customer.ID); code != 0 || strings.Count(stdout, "Qualification  ") != 2 || !strings.Contains(stdout, "\n\nQualification  StateOwnedEntity\n") {
		t.Errorf("list of both: got %d, %q", code, stdout)
	}
	if code, _, stderr := run(t, env, "qualifications", "approve", customer.ID); code != exitRefused || !strings.Contains(stderr, "is approved as StateOwnedEntity") {
		t.Errorf("a second one: got %d, %q", code, stderr)
	}
}
