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

// TestQualifications asks for a qualification, vets it by the admin API, and uses a validation code for another customer.
func TestQualifications(t *testing.T) {
	server := tenantrytest.Start(t)
	client, ctx := server.UserClient(t), t.Context()
	school, err := client.Customers.Create(ctx, newCustomer("school.onmicrosoft.com", "Kestrel School"), nil)
	if err != nil {
		t.Fatal(err)
	}
	request := &partnercenter.CustomerQualification{Qualification: partnercenter.QualificationEducation, EducationSegment: partnercenter.EducationK12, Website: "school.example"}
	asked, err := client.Customers.CreateQualification(ctx, school.ID, request, nil)
	if err != nil || asked.VettingStatus != partnercenter.VettingInReview || asked.VettingCreateDate == "" {
		t.Errorf("ask: got %+v, %v, want it in review", asked, err)
	}
	if _, err := client.Customers.CreateQualification(ctx, school.ID, request, nil); !errors.Is(err, partnercenter.ErrQualificationExists) {
		t.Errorf("ask again: got %v, want %v", err, partnercenter.ErrQualificationExists)
	}
	vet(t, server, school.ID, `{"vettingStatus":"Denied","vettingReason":"Not an Academic Domain"}`)
	list, err := client.Customers.Qualifications(ctx, school.ID, nil)
	if err != nil || len(list) != 1 || list[0].VettingStatus != partnercenter.VettingDenied || list[0].VettingReason != "Not an Academic Domain" {
		t.Errorf("denied: got %+v, %v", list, err)
	}
	if word, err := client.Customers.Qualification(ctx, school.ID, nil); err != nil || word != partnercenter.QualificationNone {
		t.Errorf("denied: got %s, %v, want None", word, err)
	}
	vet(t, server, school.ID, `{"vettingStatus":"Approved"}`)
	if word, err := client.Customers.Qualification(ctx, school.ID, nil); err != nil || word != partnercenter.QualificationEducation {
		t.Errorf("approved: got %s, %v, want Education", word, err)
	}

	county, err := client.Customers.Create(ctx, newCustomer("county.onmicrosoft.com", "Kestrel County"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Customers.Validation(ctx, county.ID, nil); !errors.Is(err, partnercenter.ErrQualificationNotFound) {
		t.Errorf("no code yet: got %v, want %v", err, partnercenter.ErrQualificationNotFound)
	}
	government := partnercenter.QualificationGovernmentCommunityCloud
	if _, err := client.Customers.UpdateQualification(ctx, county.ID, government, nil); !errors.Is(err, partnercenter.ErrDetailsMissing) {
		t.Errorf("without a code: got %v, want %v", err, partnercenter.ErrDetailsMissing)
	}
	word, err := client.Customers.UpdateQualification(ctx, county.ID, government, &partnercenter.QualifyOptions{ValidationCode: "40018"})
	if err != nil || word != government {
		t.Errorf("with a code: got %s, %v", word, err)
	}
	if used, err := client.Customers.Validation(ctx, county.ID, nil); err != nil || used.ValidationID != "40018" || used.CustomerID != county.ID {
		t.Errorf("the code: got %+v, %v", used, err)
	}
	if word, err := client.Customers.UpdateQualification(ctx, county.ID, partnercenter.QualificationNone, nil); err != nil || word != partnercenter.QualificationNone {
		t.Errorf("none: got %s, %v", word, err)
	}
	_, err = client.Customers.CreateQualification(ctx, county.ID, &partnercenter.CustomerQualification{Qualification: government, ValidationCode: "40018"}, nil)
	if !errors.Is(err, partnercenter.ErrValidationCodeUsedUp) {
		t.Errorf("a code that is used up: got %v, want %v", err, partnercenter.ErrValidationCodeUsedUp)
	}
	codes, err := client.Customers.ValidationCodes(ctx, nil)
	if err != nil || len(codes) != 2 || codes[0].RemainingCreates != 5 || codes[1].RemainingCreates != 0 || codes[1].ETag == codes[0].ETag {
		t.Errorf("codes: got %+v, %v", codes, err)
	}
}

// vet gives a verdict on the customer's education.
func vet(t *testing.T, server *tenantrytest.Server, customer, verdict string) {
	t.Helper()
	target := server.URL + "/_tenantry/admin/customers/" + customer + "/qualifications/Education/vetting"
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, target, strings.NewReader(verdict))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+tenantrytest.AdminKey)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if text, err := io.ReadAll(response.Body); err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("vet: got %s %s, %v", response.Status, text, err)
	}
}
