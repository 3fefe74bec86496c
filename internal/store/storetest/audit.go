package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// always is from the first record to the last.
func always(query csp.AuditQuery) *csp.AuditQuery {
	query.Until = 1<<63 - 1
	if query.Size == 0 {
		query.Size = 100
	}
	return &query
}

// audited is a change of a customer with a record of it.
func (s *suite) audited(t *testing.T, partner csp.ID, customer csp.ID, by csp.Actor, entry csp.AuditEntry, err error) {
	t.Helper()
	_, got := s.ChangeDocuments(t.Context(), partner, customer, csp.Call{By: by}, "kind", func([]csp.Document) ([]csp.Document, csp.Outcome, error) {
		return nil, csp.Outcome{Audit: &entry}, err
	})
	if !errors.Is(got, err) {
		t.Fatalf("change: got %v, want %v", got, err)
	}
}

func testAudit(t *testing.T, s *suite) {
	ctx := t.Context()
	creation := NewCreation(s.ids, s.contoso.ID, "direct.onmicrosoft.com")
	creation.Call.By = csp.Actor{App: "app", CorrelationID: "one"}
	creation.Audit = &csp.AuditEntry{Operation: partnercenter.OperationAddCustomer, Resource: partnercenter.AuditCustomer, ResourceID: "r", New: []byte(`{"a":1}`)}
	creation.Customer.BillingProfile.CompanyName = "50% Off_Straße!"
	s.mustCreate(t, creation)
	indirect, reseller := s.indirect(t, "indirect.onmicrosoft.com")
	budget := csp.AuditEntry{Operation: partnercenter.OperationUpdateCustomerSpendingBudget, Resource: partnercenter.AuditCustomer, Old: []byte(`{}`), New: []byte(`{"amount":1}`)}
	agreement := csp.AuditEntry{Operation: partnercenter.OperationCreateAgreement, Resource: partnercenter.AuditAgreement}
	s.audited(t, s.contoso.ID, creation.Customer.ID, csp.Actor{User: "admin", App: "app", CorrelationID: "two"}, budget, nil)
	s.audited(t, s.contoso.ID, creation.Customer.ID, csp.Actor{}, budget, partnercenter.ErrStaleETag)
	s.audited(t, reseller.ID, indirect.ID, csp.Actor{User: "r"}, agreement, nil)

	got, err := s.AuditRecords(ctx, s.contoso.ID, always(csp.AuditQuery{}))
	if err != nil || len(got) != 2 {
		t.Fatalf("records: got %d, %v, want 2", len(got), err)
	}
	if got[0].Order <= got[1].Order || got[1].Order < csp.OrderAt(s.clock) || got[0].Order > csp.OrderAt(s.clock.Add(time.Second)) {
		t.Errorf("orders: got %d, %d at %d, want the newest first", got[0].Order, got[1].Order, csp.OrderAt(s.clock))
	}
	want := []*csp.AuditRecord{
		{AuditEntry: budget, Order: got[0].Order, Partner: s.contoso.ID, Participants: []csp.ID{s.contoso.ID}, Customer: creation.Customer.ID,
			CustomerName: "50% Off_Straße!", By: csp.Actor{User: "admin", App: "app", CorrelationID: "two"}},
		{AuditEntry: *creation.Audit, Order: got[1].Order, Partner: s.contoso.ID, Participants: []csp.ID{s.contoso.ID}, Customer: creation.Customer.ID,
			CustomerName: "50% Off_Straße!", By: creation.Call.By},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	for _, reader := range []csp.ID{s.fabrikam.ID, reseller.ID} { // both partners of the customer may read
		got, err := s.AuditRecords(ctx, reader, always(csp.AuditQuery{}))
		if err != nil || len(got) != 1 || got[0].Partner != reseller.ID || !cmp.Equal(got[0].Participants, []csp.ID{s.fabrikam.ID, reseller.ID}) {
			t.Errorf("records of an indirect customer, for %s: got %+v, %v", reader, got, err)
		}
	}
	s.testAuditFilters(t, creation.Customer.ID, indirect.ID, got[0].Order)
	before, err := s.AuditRecords(ctx, s.contoso.ID, &csp.AuditQuery{Until: got[0].Order, Size: 5})
	if err != nil || len(before) != 1 || before[0].Order != got[1].Order {
		t.Errorf("until the newest: got %+v, %v, want the one before", before, err)
	}
	if err := s.DeleteCustomer(ctx, s.contoso.ID, creation.Customer.ID, csp.Call{}, csp.Outcome{}); err != nil {
		t.Fatal(err)
	}
	if left, err := s.AuditRecords(ctx, s.contoso.ID, always(csp.AuditQuery{})); err != nil || len(left) != 2 {
		t.Errorf("records of a deleted customer: got %d, %v, want 2", len(left), err)
	}
	if n, err := s.ForgetAudit(ctx, time.Hour); err != nil || n != 0 {
		t.Errorf("forget at once: got %d, %v, want 0", n, err)
	}
	s.clock = s.clock.Add(2 * time.Hour)
	if n, err := s.ForgetAudit(ctx, time.Hour); err != nil || n != 4 {
		t.Errorf("forget two hours later: got %d, %v, want 4", n, err)
	}
}

// testAuditFilters asks for some of the two records of Contoso's customer.
func (s *suite) testAuditFilters(t *testing.T, own, others csp.ID, newest int64) {
	t.Helper()
	ctx := t.Context()
	for _, test := range []struct {
		name  string
		query csp.AuditQuery
		want  int
	}{
		{"part of the name", csp.AuditQuery{CompanyName: "STRASSE"}, 0},
		{"part of the name in another case", csp.AuditQuery{CompanyName: "OFF_STRAß"}, 2},
		{"a percent sign", csp.AuditQuery{CompanyName: "50% O"}, 2},
		{"a percent sign that stands for nothing", csp.AuditQuery{CompanyName: "5%O"}, 0},
		{"an underscore that stands for nothing", csp.AuditQuery{CompanyName: "5_% Off"}, 0},
		{"the sign of escape", csp.AuditQuery{CompanyName: "ße!"}, 2},
		{"customer", csp.AuditQuery{Customer: own}, 2},
		{"another's customer", csp.AuditQuery{Customer: others}, 0},
		{"resource", csp.AuditQuery{Resource: partnercenter.AuditCustomer}, 2},
		{"another resource", csp.AuditQuery{Resource: partnercenter.AuditAgreement}, 0},
		{"size", csp.AuditQuery{Size: 1}, 1},
		{"from the newest", csp.AuditQuery{From: newest}, 1},
	} {
		found, err := s.AuditRecords(ctx, s.contoso.ID, always(test.query))
		if err != nil || len(found) != test.want {
			t.Errorf("%s: got %d, %v, want %d", test.name, len(found), err, test.want)
		}
	}
}

// testConcurrentAudit changes many customers at once: a record for each change that was made, and none else.
func testConcurrentAudit(t *testing.T, s *suite) {
	const writers = 60
	creation := NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com")
	s.mustCreate(t, creation)
	var group sync.WaitGroup
	for i := range writers {
		group.Go(func() {
			entry := csp.AuditEntry{Operation: partnercenter.OperationCreateAgreement, Resource: partnercenter.AuditAgreement, ResourceID: fmt.Sprint(i)}
			var err error
			if i%3 == 0 {
				err = partnercenter.ErrAgreementExists
			}
			s.audited(t, s.contoso.ID, creation.Customer.ID, csp.Actor{}, entry, err)
		})
	}
	group.Wait()
	got, err := s.AuditRecords(t.Context(), s.contoso.ID, always(csp.AuditQuery{}))
	if err != nil || len(got) != writers-writers/3 {
		t.Errorf("got %d records, %v, want %d", len(got), err, writers-writers/3)
	}
}

// testCreation reads the record of a creation while the customer is as it was created, and when it is not any more.
func testCreation(t *testing.T, s *suite) {
	ctx := t.Context()
	asIs := func(creation *csp.Creation) *csp.Creation {
		creation.Audit = creation.Customer.CreationEntry()
		s.mustCreate(t, creation)
		return creation
	}
	reseller := s.mustPartner(t, "wingtip", csp.IndirectReseller)
	if err := s.CreatePartnership(ctx, s.fabrikam.ID, reseller.ID); err != nil {
		t.Fatal(err)
	}
	changed := asIs(NewCreation(s.ids, s.contoso.ID, "changed.onmicrosoft.com"))
	deleted := asIs(NewCreation(s.ids, s.contoso.ID, "deleted.onmicrosoft.com"))
	ended := NewCreation(s.ids, s.fabrikam.ID, "ended.onmicrosoft.com")
	ended.Customer.Reseller = reseller.ID
	asIs(ended)

	check := func(when string, reader csp.ID, creation *csp.Creation, want string) {
		t.Helper()
		record, err := s.Creation(ctx, reader, creation.Customer.ID)
		if err != nil || record.AsIs || string(record.New) != want || record.Operation != partnercenter.OperationAddCustomer {
			t.Errorf("creation of %s %s: got %+v, %v; want %s", creation.Customer.CompanyProfile.Domain, when, record, err, want)
		}
		records, err := s.AuditRecords(ctx, reader, always(csp.AuditQuery{Customer: creation.Customer.ID}))
		if err != nil || len(records) == 0 || !cmp.Equal(records[len(records)-1], record) {
			t.Errorf("records of %s %s: got %+v, %v", creation.Customer.CompanyProfile.Domain, when, records, err)
		}
	}
	values := map[*csp.Creation]string{}
	for _, creation := range []*csp.Creation{changed, deleted, ended} {
		values[creation] = string(creation.Customer.CreationValue())
		check("as it was created", creation.Customer.Partner, creation, values[creation])
	}
	check("for the reseller", reseller.ID, ended, values[ended])

	_, err := s.UpdateCustomer(ctx, s.contoso.ID, changed.Customer.ID, csp.Call{}, func(customer *csp.Customer) (csp.Outcome, error) {
		customer.BillingProfile.CompanyName, customer.DelegatedAccess = "Another name", false
		return csp.Outcome{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteCustomer(ctx, s.contoso.ID, deleted.Customer.ID, csp.Call{}, csp.Outcome{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.EndRelationship(ctx, reseller.ID, ended.Customer.ID, csp.Call{}, csp.Outcome{}); err != nil {
		t.Fatal(err)
	}
	for creation, value := range values {
		check("when it is no longer so", creation.Customer.Partner, creation, value)
	}
	check("for the reseller that left", reseller.ID, ended, values[ended])

	if _, err := s.Creation(ctx, s.fabrikam.ID, changed.Customer.ID); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("creation of another partner's customer: got %v", err)
	}
}
