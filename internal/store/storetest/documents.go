package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

func testDocuments(t *testing.T, s *suite) {
	ctx := t.Context()
	customer, reseller := s.indirect(t, "kestrel.onmicrosoft.com")
	add := func(id string) func([]csp.Document) ([]csp.Document, csp.Outcome, error) {
		return func(documents []csp.Document) ([]csp.Document, csp.Outcome, error) {
			return append(documents, csp.Document{ID: id, Text: []byte(fmt.Sprintf(`{"n":%d}`, len(documents)))}), csp.Outcome{Answer: []byte("added " + id)}, nil
		}
	}
	for range 2 { // the second time the ledger answers
		recorded, err := s.ChangeDocuments(ctx, s.fabrikam.ID, customer.ID, call(s.fabrikam.ID, "one"), "kind", add("b"))
		if err != nil || recorded != nil && string(recorded) != "added b" {
			t.Fatalf("add: got %q, %v", recorded, err)
		}
	}
	if _, err := s.ChangeDocuments(ctx, reseller.ID, customer.ID, csp.Call{}, "kind", add("a")); err != nil {
		t.Error(err)
	}
	if _, err := s.ChangeDocuments(ctx, reseller.ID, customer.ID, csp.Call{}, "other", add("c")); err != nil {
		t.Error(err)
	}
	want := []csp.Document{{ID: "a", Text: []byte(`{"n":1}`)}, {ID: "b", Text: []byte(`{"n":0}`)}}
	got, err := s.Documents(ctx, s.fabrikam.ID, customer.ID, "kind")
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("documents: %v (-want +got):\n%s", err, diff)
	}
	for i, want := range [][]csp.Document{
		{{ID: "a", Text: []byte(`{"n":1}`)}, {ID: "b", Text: []byte(`{"n":2}`)}, {ID: "d", Text: []byte(`{}`)}}, // one kept, one changed, one new
		{{ID: "b", Text: []byte(`{"n":2}`)}, {ID: "d", Text: []byte(`{}`)}},                                     // one gone
		nil,
		{{ID: "a", Text: []byte(`{"n":1}`)}, {ID: "b", Text: []byte(`{"n":0}`)}},
	} {
		_, err := s.ChangeDocuments(ctx, s.fabrikam.ID, customer.ID, csp.Call{}, "kind", func(documents []csp.Document) ([]csp.Document, csp.Outcome, error) {
			clear(documents) // they are the function's to use
			return want, csp.Outcome{}, nil
		})
		got, readErr := s.Documents(ctx, s.fabrikam.ID, customer.ID, "kind")
		if diff := cmp.Diff(want, got); err != nil || readErr != nil || diff != "" {
			t.Errorf("change %d: %v, %v (-want +got):\n%s", i, err, readErr, diff)
		}
	}
	if got, err := s.Documents(ctx, s.fabrikam.ID, customer.ID, "other"); err != nil || len(got) != 1 {
		t.Errorf("of the other kind: got %d, %v, want the one", len(got), err)
	}
	refusal := partnercenter.ErrStaleETag.With("No.")
	_, err = s.ChangeDocuments(ctx, s.fabrikam.ID, customer.ID, csp.Call{}, "kind", func([]csp.Document) ([]csp.Document, csp.Outcome, error) { return nil, csp.Outcome{}, refusal })
	if !errors.Is(err, refusal) {
		t.Errorf("refused: got %v", err)
	}
	if got, err := s.Documents(ctx, s.fabrikam.ID, customer.ID, "kind"); err != nil || len(got) != 2 {
		t.Errorf("after the refusal: got %d, %v", len(got), err)
	}
	for _, test := range []struct {
		partner, customer csp.ID
		want              error
	}{
		{s.contoso.ID, customer.ID, partnercenter.ErrNoRelationship},
		{s.contoso.ID, s.ids.New(), partnercenter.ErrTenantNotFound},
	} {
		if _, err := s.Documents(ctx, test.partner, test.customer, "kind"); !errors.Is(err, test.want) {
			t.Errorf("somebody else's: got %v, want %v", err, test.want)
		}
		if _, err := s.ChangeDocuments(ctx, test.partner, test.customer, csp.Call{}, "kind", add("x")); !errors.Is(err, test.want) {
			t.Errorf("change somebody else's: got %v, want %v", err, test.want)
		}
	}
	if err := s.DeleteCustomer(ctx, s.fabrikam.ID, customer.ID, csp.Call{}, csp.Outcome{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Documents(ctx, s.fabrikam.ID, customer.ID, "kind"); !errors.Is(err, partnercenter.ErrTenantNotFound) {
		t.Errorf("of a deleted customer: got %v", err)
	}
}

// testConcurrentDocuments adds many at once: none is lost.
func testConcurrentDocuments(t *testing.T, s *suite) {
	const writers = 50
	creation := NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com")
	s.mustCreate(t, creation)
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			_, err := s.ChangeDocuments(t.Context(), s.contoso.ID, creation.Customer.ID, csp.Call{}, "kind", func(documents []csp.Document) ([]csp.Document, csp.Outcome, error) {
				return append(documents, csp.Document{ID: fmt.Sprint(i), Text: []byte("{}")}), csp.Outcome{}, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got, err := s.Documents(t.Context(), s.contoso.ID, creation.Customer.ID, "kind"); err != nil || len(got) != writers {
		t.Errorf("got %d, %v, want %d", len(got), err, writers)
	}
}

func testPartnerDocuments(t *testing.T, s *suite) {
	ctx := t.Context()
	set := func(documents ...csp.Document) func([]csp.Document) ([]csp.Document, csp.Outcome, error) {
		return func([]csp.Document) ([]csp.Document, csp.Outcome, error) {
			return documents, csp.Outcome{Answer: []byte("set"), Audit: &csp.AuditEntry{Operation: "undefined", Resource: "undefined", ResourceID: "kind"}}, nil
		}
	}
	want := []csp.Document{{ID: "a", Text: []byte(`{"n":1}`)}}
	for range 2 { // the second time the ledger answers
		recorded, err := s.ChangePartnerDocuments(ctx, s.contoso.ID, call(s.contoso.ID, "one"), "kind", set(want...))
		if err != nil || recorded != nil && string(recorded) != "set" {
			t.Fatalf("set: got %q, %v", recorded, err)
		}
	}
	refusal := partnercenter.ErrStaleETag.With("No.")
	for range 2 {
		_, err := s.ChangePartnerDocuments(ctx, s.contoso.ID, call(s.contoso.ID, "two"), "kind", func(before []csp.Document) ([]csp.Document, csp.Outcome, error) {
			if diff := cmp.Diff(want, before); diff != "" {
				t.Errorf("before the change (-want +got):\n%s", diff)
			}
			return nil, csp.Outcome{}, refusal
		})
		if !errors.Is(err, refusal) {
			t.Errorf("refused: got %v", err)
		}
	}
	for _, test := range []struct {
		partner csp.ID
		kind    string
		want    []csp.Document
	}{
		{s.contoso.ID, "kind", want},
		{s.contoso.ID, "other", nil},
		{s.fabrikam.ID, "kind", nil},
	} {
		got, err := s.PartnerDocuments(ctx, test.partner, test.kind)
		if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
			t.Errorf("%s of %s: %v (-want +got):\n%s", test.kind, test.partner, err, diff)
		}
	}
	query := &csp.AuditQuery{Until: 1<<63 - 1, Size: 10}
	for partner, want := range map[csp.ID]int{s.contoso.ID: 1, s.fabrikam.ID: 0} {
		records, err := s.AuditRecords(ctx, partner, query)
		if err != nil || len(records) != want {
			t.Errorf("records of %s: got %d, %v, want %d", partner, len(records), err, want)
		}
		for _, record := range records {
			if !record.Customer.IsZero() || record.Partner != partner || record.ResourceID != "kind" {
				t.Errorf("got %+v, want the partner's own record", record)
			}
		}
	}
	if _, err := s.ChangePartnerDocuments(ctx, s.contoso.ID, csp.Call{}, "kind", set()); err != nil {
		t.Error(err)
	}
	if got, err := s.PartnerDocuments(ctx, s.contoso.ID, "kind"); err != nil || len(got) != 0 {
		t.Errorf("taken away: got %d, %v", len(got), err)
	}
	nobody := s.ids.New()
	if _, err := s.PartnerDocuments(ctx, nobody, "kind"); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("of nobody: got %v, want %v", err, csp.ErrNotFound)
	}
	if _, err := s.ChangePartnerDocuments(ctx, nobody, csp.Call{}, "kind", set()); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("change of nobody's: got %v, want %v", err, csp.ErrNotFound)
	}
}
