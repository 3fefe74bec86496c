package storetest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// granular is a relationship of contoso's.
func (s *suite) granular(name string, status partnercenter.DelegatedAdminStatus, customer csp.ID) *csp.GranularRelationship {
	r := &csp.GranularRelationship{
		ID: s.ids.New().String() + "-" + s.ids.New().String(), Partner: s.contoso.ID, Customer: customer, Name: name, Duration: "P1D", Days: 1,
		Roles: []string{csp.GlobalReader}, Status: status, ETag: "1", Created: s.clock, Modified: s.clock,
		Requests:    []csp.GranularRequest{{ID: "r", Action: csp.ActionLock, At: s.clock}},
		Assignments: []csp.GranularAssignment{{ID: "a", Group: s.ids.New(), Roles: []string{csp.GlobalReader}, ETag: "2", Created: s.clock, Modified: s.clock}},
	}
	if status == partnercenter.DelegatedAdminActive {
		r.Activated, r.Ends = s.clock, s.clock.AddDate(0, 0, 1)
	}
	return r
}

func (s *suite) mustPutGranular(t *testing.T, r *csp.GranularRelationship) {
	t.Helper()
	_, err := s.ChangeGranularRelationship(t.Context(), s.contoso.ID, r.ID, csp.Call{}, func(before *csp.GranularRelationship) (*csp.GranularRelationship, csp.Outcome, error) {
		return r, csp.Outcome{Answer: []byte("{}")}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// statusOf is that of the relationship as it is kept.
func (s *suite) statusOf(t *testing.T, id string) partnercenter.DelegatedAdminStatus {
	t.Helper()
	r, err := s.GranularRelationship(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return r.Status
}

func testGranular(t *testing.T, s *suite) {
	ctx := t.Context()
	customer := NewCreation(s.ids, s.contoso.ID, "kestrel"+".onmicrosoft.com")
	s.mustCreate(t, customer)
	id := customer.Customer.ID
	created := s.granular("One", partnercenter.DelegatedAdminCreated, csp.ID{})
	active := s.granular("Two", partnercenter.DelegatedAdminActive, id)
	s.mustPutGranular(t, created)
	s.mustPutGranular(t, active)

	all, err := s.GranularRelationships(ctx, s.contoso.ID, csp.ID{})
	if err != nil || len(all) != 2 || !slices.IsSortedFunc(all, func(a, b *csp.GranularRelationship) int { return strings.Compare(a.ID, b.ID) }) {
		t.Fatalf("all: got %v, %v", all, err)
	}
	of, err := s.GranularRelationships(ctx, s.contoso.ID, id)
	if err != nil || len(of) != 1 || of[0].ID != active.ID || of[0].Partner != s.contoso.ID || !of[0].Ends.Equal(active.Ends) || len(of[0].Requests) != 1 || len(of[0].Assignments) != 1 ||
		of[0].Assignments[0].Group != active.Assignments[0].Group {
		t.Errorf("of the customer: got %+v, %v", of, err)
	}
	for _, customer := range []csp.ID{{}, id} {
		if none, err := s.GranularRelationships(ctx, s.fabrikam.ID, customer); err != nil || len(none) != 0 {
			t.Errorf("another partner's: got %v, %v", none, err)
		}
	}
	_, err = s.ChangeGranularRelationship(ctx, s.fabrikam.ID, active.ID, csp.Call{}, func(before *csp.GranularRelationship) (*csp.GranularRelationship, csp.Outcome, error) {
		if before != nil {
			t.Error("another partner changes it")
		}
		return nil, csp.Outcome{Answer: []byte{}}, nil
	})
	if err != nil || s.statusOf(t, active.ID) != partnercenter.DelegatedAdminActive {
		t.Errorf("another partner removes it: %v", err)
	}
	_, err = s.ChangeGranularRelationship(ctx, s.contoso.ID, "x", csp.Call{}, func(*csp.GranularRelationship) (*csp.GranularRelationship, csp.Outcome, error) {
		second := s.granular("ONE", partnercenter.DelegatedAdminCreated, csp.ID{})
		return second, csp.Outcome{Answer: []byte("{}")}, nil
	})
	if !errors.Is(err, partnercenter.ErrGranularExists) {
		t.Errorf("a name twice: got %v", err)
	}
	_, err = s.ChangeGranularRelationship(ctx, s.contoso.ID, created.ID, csp.Call{}, func(*csp.GranularRelationship) (*csp.GranularRelationship, csp.Outcome, error) {
		return nil, csp.Outcome{Answer: []byte{}}, nil
	})
	if _, getErr := s.GranularRelationship(ctx, created.ID); err != nil || !errors.Is(getErr, csp.ErrNotFound) {
		t.Errorf("removed: got %v, %v", err, getErr)
	}

	s.clock = s.clock.AddDate(0, 0, 1).Add(-time.Second)
	if n, err := s.ExpireGranularRelationships(ctx); n != 0 || err != nil {
		t.Errorf("a second before its end: got %d, %v", n, err)
	}
	s.clock = s.clock.Add(time.Second)
	if n, err := s.ExpireGranularRelationships(ctx); n != 1 || err != nil || s.statusOf(t, active.ID) != partnercenter.DelegatedAdminExpired {
		t.Errorf("at its end: got %d, %v, %s", n, err, s.statusOf(t, active.ID))
	}
}

func testGranularEnds(t *testing.T, s *suite) {
	ctx := t.Context()
	for _, end := range []struct {
		name string
		run  func(csp.ID) error
	}{
		{"relationship", func(id csp.ID) error {
			_, err := s.EndRelationship(ctx, s.contoso.ID, id, csp.Call{}, csp.Outcome{Answer: []byte("{}")})
			return err
		}},
		{"customer", func(id csp.ID) error {
			return s.DeleteCustomer(ctx, s.contoso.ID, id, csp.Call{}, csp.Outcome{Answer: []byte{}})
		}},
	} {
		going, staying := NewCreation(s.ids, s.contoso.ID, end.name+"1"+".onmicrosoft.com"), NewCreation(s.ids, s.contoso.ID, end.name+"2"+".onmicrosoft.com")
		s.mustCreate(t, going)
		s.mustCreate(t, staying)
		active := s.granular(end.name+" active", partnercenter.DelegatedAdminActive, going.Customer.ID)
		pending := s.granular(end.name+" pending", partnercenter.DelegatedAdminApprovalPending, going.Customer.ID)
		other := s.granular(end.name+" other", partnercenter.DelegatedAdminActive, staying.Customer.ID)
		for _, r := range []*csp.GranularRelationship{active, pending, other} {
			s.mustPutGranular(t, r)
		}
		if err := end.run(going.Customer.ID); err != nil {
			t.Fatal(err)
		}
		for r, want := range map[*csp.GranularRelationship]partnercenter.DelegatedAdminStatus{
			active: partnercenter.DelegatedAdminTerminated, pending: partnercenter.DelegatedAdminTerminated, other: partnercenter.DelegatedAdminActive,
		} {
			if got := s.statusOf(t, r.ID); got != want {
				t.Errorf("%s: got %s, want %s", r.Name, got, want)
			}
		}
	}
}

// testApplicationConsents looks at what ends with delegated admin and with the relationship: of the partner that created the customer,
// and of one that the customer accepted. The other's stays.
func testApplicationConsents(t *testing.T, s *suite) {
	creation := NewCreation(s.ids, s.contoso.ID, "kestrel"+".onmicrosoft.com")
	s.mustCreate(t, creation)
	id := creation.Customer.ID
	if err := s.AcceptInvitation(t.Context(), acceptance(s.fabrikam, id)); err != nil {
		t.Fatal(err)
	}
	for _, sides := range [][2]*csp.Partner{{s.contoso, s.fabrikam}, {s.fabrikam, s.contoso}} {
		s.testConsentsEnd(t, id, sides[0], sides[1])
	}
}

func (s *suite) testConsentsEnd(t *testing.T, id csp.ID, partner, other *csp.Partner) {
	ctx := t.Context()
	give := func(partner *csp.Partner) {
		t.Helper()
		_, err := s.ChangeDocuments(ctx, partner.ID, id, csp.Call{}, csp.KindApplicationConsent(partner.ID), func([]csp.Document) ([]csp.Document, csp.Outcome, error) {
			return []csp.Document{{ID: "app", Text: []byte("{}")}}, csp.Outcome{Answer: []byte("{}")}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	wants := func(what string, n int) {
		t.Helper()
		for of, n := range map[*csp.Partner]int{partner: n, other: 1} {
			if documents, err := s.Documents(ctx, of.ID, id, csp.KindApplicationConsent(of.ID)); err != nil || len(documents) != n {
				t.Errorf("%s of %s, those of %s: got %v, %v, want %d", what, partner.Name, of.Name, documents, err, n)
			}
		}
	}
	update := func(delegated bool) {
		t.Helper()
		_, err := s.UpdateCustomer(ctx, partner.ID, id, csp.Call{}, func(customer *csp.Customer) (csp.Outcome, error) {
			customer.DelegatedAccess = delegated
			return csp.Outcome{Answer: []byte("{}")}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	give(other)
	update(true)
	give(partner)
	update(true)
	wants("another change", 1)
	update(false)
	wants("the end of delegated admin", 0)
	give(partner)
	update(false)
	wants("another change without it", 1)
	if _, err := s.EndRelationship(ctx, partner.ID, id, csp.Call{}, csp.Outcome{Answer: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	again := acceptance(partner, id)
	again.Invitation.Delegated = false
	if err := s.AcceptInvitation(ctx, again); err != nil {
		t.Fatal(err)
	}
	wants("the end of the relationship", 0)
}
