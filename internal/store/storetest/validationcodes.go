package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// mustPut issues a code of the partner's, or changes it.
func (s *suite) mustPut(t *testing.T, partner *csp.Partner, id, organization string, maxCreates int) *csp.ValidationCode {
	t.Helper()
	code, err := s.PutValidationCode(t.Context(), &csp.ValidationCode{Partner: partner.ID, ID: id, OrganizationName: organization, MaxCreates: maxCreates})
	if err != nil {
		t.Fatalf("put code %s: %v", id, err)
	}
	return code
}

// wantCodes compares the partner's codes, without the times of their changes.
func (s *suite) wantCodes(t *testing.T, partner *csp.Partner, want ...csp.ValidationCode) {
	t.Helper()
	codes, err := s.ValidationCodes(t.Context(), partner.ID)
	var got []csp.ValidationCode
	for _, code := range codes {
		said := *code
		said.Changed = time.Time{}
		got = append(got, said)
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("codes: %v (-want +got):\n%s", err, diff)
	}
}

// use is a change that uses its code.
func use(id string) func(*csp.Qualifying) (csp.Outcome, error) {
	return func(q *csp.Qualifying) (csp.Outcome, error) {
		q.UseCode = true
		q.Documents = append(q.Documents, csp.Document{ID: id, Text: []byte("{}")})
		return csp.Outcome{Answer: []byte("used"), Audit: &csp.AuditEntry{Operation: partnercenter.OperationUpdateCustomerQualification, Resource: partnercenter.AuditCustomer}}, nil
	}
}

func testValidationCodes(t *testing.T, s *suite) {
	s.wantCodes(t, s.contoso)
	first := s.mustPut(t, s.contoso, "40017", "Kestrel County", 5)
	if want := (csp.ValidationCode{Partner: s.contoso.ID, ID: "40017", OrganizationName: "Kestrel County", MaxCreates: 5, Changed: s.clock}); *first != want {
		t.Errorf("a new code: got %+v, want %+v", *first, want)
	}
	s.mustPut(t, s.contoso, "40016", "Kestrel Harbour", 1)
	s.mustPut(t, s.fabrikam, "40017", "Lakeview", 2)
	creation := NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com")
	s.mustCreate(t, creation)
	if _, err := s.Qualify(t.Context(), s.contoso.ID, creation.Customer.ID, csp.Call{}, "40017", use("a")); err != nil {
		t.Fatal(err)
	}
	changed := s.mustPut(t, s.contoso, "40017", "Kestrel Parish", 9)
	if !changed.Changed.After(first.Changed.Add(time.Microsecond)) { // the clock stands still; a use and a change came between
		t.Errorf("changed at %v, want more than a microsecond after %v", changed.Changed, first.Changed)
	}
	s.wantCodes(t, s.contoso,
		csp.ValidationCode{Partner: s.contoso.ID, ID: "40016", OrganizationName: "Kestrel Harbour", MaxCreates: 1},
		csp.ValidationCode{Partner: s.contoso.ID, ID: "40017", OrganizationName: "Kestrel Parish", MaxCreates: 9, Used: 1})
	s.wantCodes(t, s.fabrikam, csp.ValidationCode{Partner: s.fabrikam.ID, ID: "40017", OrganizationName: "Lakeview", MaxCreates: 2})

	nobody := s.ids.New()
	if _, err := s.ValidationCodes(t.Context(), nobody); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("of no partner: got %v, want %v", err, csp.ErrNotFound)
	}
	if _, err := s.PutValidationCode(t.Context(), &csp.ValidationCode{Partner: nobody, ID: "1", OrganizationName: "A", MaxCreates: 1}); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("for no partner: got %v, want %v", err, csp.ErrNotFound)
	}
}

func testQualify(t *testing.T, s *suite) {
	ctx := t.Context()
	customer, reseller := s.indirect(t, "kestrel.onmicrosoft.com")
	s.mustPut(t, s.fabrikam, "40017", "Kestrel County", 3)
	used := func(n int) csp.ValidationCode {
		return csp.ValidationCode{Partner: s.fabrikam.ID, ID: "40017", OrganizationName: "Kestrel County", MaxCreates: 3, Used: n}
	}
	for range 2 { // the second time the ledger answers
		recorded, err := s.Qualify(ctx, s.fabrikam.ID, customer.ID, call(s.fabrikam.ID, "one"), "40017", use("a"))
		if err != nil || recorded != nil && string(recorded) != "used" {
			t.Fatalf("use: got %q, %v", recorded, err)
		}
	}
	s.wantCodes(t, s.fabrikam, used(1))
	refusal := partnercenter.ErrQualificationExists.With("No.")
	for range 2 { // remembered as well
		_, err := s.Qualify(ctx, s.fabrikam.ID, customer.ID, call(s.fabrikam.ID, "two"), "40017", func(q *csp.Qualifying) (csp.Outcome, error) {
			q.UseCode, q.Documents = true, nil
			return csp.Outcome{}, refusal
		})
		if !errors.Is(err, refusal) {
			t.Errorf("refused: got %v, want %v", err, refusal)
		}
	}
	for _, test := range []struct {
		name     string
		partner  csp.ID
		customer csp.ID
		code     string
		want     error
		has      bool // the function is given a code
	}{
		{"a code that is looked at", s.fabrikam.ID, customer.ID, "40017", nil, true},
		{"the provider's code by the reseller", reseller.ID, customer.ID, "40017", nil, false},
		{"an unknown code", s.fabrikam.ID, customer.ID, "40018", nil, false},
		{"no code", s.fabrikam.ID, customer.ID, "", nil, false},
		{"somebody else's customer", s.contoso.ID, customer.ID, "40017", partnercenter.ErrNoRelationship, false},
		{"nobody's customer", s.fabrikam.ID, s.ids.New(), "40017", partnercenter.ErrTenantNotFound, false},
	} {
		has := false
		_, err := s.Qualify(ctx, test.partner, test.customer, csp.Call{}, test.code, func(q *csp.Qualifying) (csp.Outcome, error) {
			has = q.Code != nil
			return csp.Outcome{}, nil
		})
		if !errors.Is(err, test.want) || has != test.has {
			t.Errorf("%s: got a code %t, %v, want %t, %v", test.name, has, err, test.has, test.want)
		}
	}
	s.wantCodes(t, s.fabrikam, used(1))
	for _, partner := range []csp.ID{s.fabrikam.ID, reseller.ID} {
		if got, err := s.Documents(ctx, partner, customer.ID, csp.KindQualification); err != nil || len(got) != 1 || got[0].ID != "a" {
			t.Errorf("documents: got %v, %v, want the one", got, err)
		}
	}
	s.mustPut(t, s.fabrikam, "40017", "Kestrel County", 0) // fewer than are used
	if _, err := s.Qualify(ctx, s.fabrikam.ID, customer.ID, csp.Call{}, "40017", use("b")); !errors.Is(err, partnercenter.ErrValidationCodeUsedUp) {
		t.Errorf("a code that has ended: got %v, want %v", err, partnercenter.ErrValidationCodeUsedUp)
	}
	if got, err := s.Documents(ctx, s.fabrikam.ID, customer.ID, csp.KindQualification); err != nil || len(got) != 1 {
		t.Errorf("after the refusal: got %v, %v, want the one", got, err)
	}
	s.wantPartners(t, customer.ID, nil, s.fabrikam.ID, reseller.ID)
	if _, err := s.EndRelationship(ctx, s.fabrikam.ID, customer.ID, csp.Call{}, csp.Outcome{}); err != nil {
		t.Fatal(err)
	}
	s.wantPartners(t, customer.ID, nil)
	s.wantPartners(t, s.contoso.ID, nil)
	s.wantPartners(t, s.ids.New(), partnercenter.ErrTenantNotFound)
}

// wantPartners compares who has a relationship with the customer.
func (s *suite) wantPartners(t *testing.T, customer csp.ID, wantErr error, want ...csp.ID) {
	t.Helper()
	got, err := s.PartnersOf(t.Context(), customer)
	if diff := cmp.Diff(want, got); !errors.Is(err, wantErr) || diff != "" {
		t.Errorf("partners of %s: %v, want %v (-want +got):\n%s", customer, err, wantErr, diff)
	}
}

// testLastUses lets fifty customers race for the last three uses of a code, each of them twice under one call.
func testLastUses(t *testing.T, s *suite) {
	const customers, uses = 50, 3
	s.mustPut(t, s.contoso, "40017", "Kestrel County", uses)
	var won, lost atomic.Int64
	var group sync.WaitGroup
	ids := make([]csp.ID, customers)
	for i := range customers {
		creation := NewCreation(s.ids, s.contoso.ID, fmt.Sprintf("c%d.onmicrosoft.com", i))
		s.mustCreate(t, creation)
		ids[i] = creation.Customer.ID
		for range 2 {
			group.Go(func() {
				_, err := s.Qualify(t.Context(), s.contoso.ID, ids[i], call(s.contoso.ID, fmt.Sprint(i)), "40017", use("a"))
				switch {
				case err == nil:
					won.Add(1)
				case errors.Is(err, partnercenter.ErrValidationCodeUsedUp):
					lost.Add(1)
				default:
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	if won.Load() != 2*uses || lost.Load() != 2*(customers-uses) {
		t.Errorf("got %d answers that it was used, %d that it was used up, want %d and %d", won.Load(), lost.Load(), 2*uses, 2*(customers-uses))
	}
	qualified := 0
	for _, id := range ids {
		documents, err := s.Documents(t.Context(), s.contoso.ID, id, csp.KindQualification)
		if err != nil {
			t.Error(err)
		}
		qualified += len(documents)
	}
	records, err := s.AuditRecords(t.Context(), s.contoso.ID, &csp.AuditQuery{Until: 1<<63 - 1, Resource: partnercenter.AuditCustomer, Size: customers})
	if err != nil || qualified != uses || len(records) != uses {
		t.Errorf("got %d customers qualified and %d records, %v, want %d of each", qualified, len(records), err, uses)
	}
	s.wantCodes(t, s.contoso, csp.ValidationCode{Partner: s.contoso.ID, ID: "40017", OrganizationName: "Kestrel County", MaxCreates: uses, Used: uses})
}
