package tenantrytest_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tenantry/tenantry/partnercenter"
	"github.com/tenantry/tenantry/tenantrytest"
)

// TestAgreements finds an agreement, opens its text, confirms it and reads what was confirmed.
func TestAgreements(t *testing.T) {
	client := tenantrytest.Start(t).UserClient(t)
	ctx := t.Context()
	customer, err := client.Customers.Create(ctx, newCustomer("kestrel.onmicrosoft.com", "Kestrel Bakery"), nil)
	if err != nil {
		t.Fatal(err)
	}
	templates, err := client.Agreements.List(ctx, &partnercenter.ListAgreementsOptions{Type: partnercenter.MicrosoftCustomerAgreement})
	if err != nil || templates.TotalCount != 1 {
		t.Fatalf("got %+v, %v, want one agreement", templates, err)
	}
	template := templates.Items[0]
	document, err := client.Agreements.Document(ctx, template.TemplateID, &partnercenter.AgreementDocumentOptions{Language: "de-DE", Country: "AT"})
	if err != nil {
		t.Fatal(err)
	}
	for _, uri := range []string{document.DisplayURI, document.DownloadURI} {
		if page := MustOpen(t, uri); !strings.Contains(page, "de-DE") || !strings.Contains(page, template.AgreementLink) {
			t.Errorf("%s: got %s", uri, page)
		}
	}

	confirmation := &partnercenter.Agreement{
		PrimaryContact: &partnercenter.Contact{FirstName: "Ana", LastName: "Roche", Email: "ana@kestrel.example"},
		TemplateID:     template.TemplateID,
		Type:           template.AgreementType,
		DateAgreed:     "2026-01-10T00:00:00.000Z",
	}
	confirmed, err := client.Customers.ConfirmAgreement(ctx, customer.ID, confirmation, nil)
	if err != nil || confirmed.UserID == "" || confirmed.DateAgreed != confirmation.DateAgreed {
		t.Errorf("confirm: got %+v, %v", confirmed, err)
	}
	if _, err := client.Customers.ConfirmAgreement(ctx, customer.ID, confirmation, nil); !errors.Is(err, partnercenter.ErrAgreementExists) {
		t.Errorf("confirm again: got %v, want %v", err, partnercenter.ErrAgreementExists)
	}
	if kept, err := client.Customers.Agreements(ctx, customer.ID, nil); err != nil || kept.TotalCount != 0 {
		t.Errorf("of the other type: got %+v, %v, want none", kept, err)
	}
	kept, err := client.Customers.Agreements(ctx, customer.ID, &partnercenter.ListCustomerAgreementsOptions{Type: partnercenter.AllAgreements})
	if err != nil || kept.TotalCount != 1 || *kept.Items[0].PrimaryContact != *confirmation.PrimaryContact {
		t.Errorf("of all types: got %+v, %v, want the confirmation", kept, err)
	}
	if status, err := client.Customers.DirectSignedAgreementStatus(ctx, customer.ID, nil); err != nil || status.IsSigned {
		t.Errorf("signed directly: got %+v, %v, want false", status, err)
	}
}

// MustOpen is the page that a link leads to.
func MustOpen(t *testing.T, uri string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, uri, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: got %s, %v, want 200", uri, response.Status, err)
	}
	return string(page)
}
