package storetest

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// webhook registers the partner for the event.
func (s *suite) webhook(t *testing.T, partner csp.ID, event partnercenter.WebhookEvent) *partnercenter.WebhookRegistration {
	t.Helper()
	registration := &partnercenter.WebhookRegistration{WebhookURL: "https://contoso.example/" + string(event), WebhookEvents: []partnercenter.WebhookEvent{event}}
	_, err := s.ChangeWebhook(t.Context(), partner, csp.Call{}, func(*partnercenter.WebhookRegistration) (*partnercenter.WebhookRegistration, []byte, error) {
		return registration, nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return registration
}

func testWebhook(t *testing.T, s *suite) {
	ctx := t.Context()
	if got, err := s.Webhook(ctx, s.contoso.ID); err != nil || got != nil {
		t.Errorf("before it is registered: got %+v, %v, want none", got, err)
	}
	want := s.webhook(t, s.contoso.ID, partnercenter.EventTestCreated)
	got, err := s.Webhook(ctx, s.contoso.ID)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("registered: %v (-want +got):\n%s", err, diff)
	}
	if got, err := s.Webhook(ctx, s.fabrikam.ID); err != nil || got != nil {
		t.Errorf("of another: got %+v, %v, want none", got, err)
	}
	for range 2 { // the second time the ledger answers
		recorded, err := s.ChangeWebhook(ctx, s.contoso.ID, call(s.contoso.ID, "delete"), func(before *partnercenter.WebhookRegistration) (*partnercenter.WebhookRegistration, []byte, error) {
			if before == nil {
				t.Error("the change ran again")
			}
			return nil, []byte("gone"), nil
		})
		if err != nil || recorded != nil && string(recorded) != "gone" {
			t.Errorf("delete: got %q, %v", recorded, err)
		}
	}
	for range 2 { // a refusal is remembered
		_, err := s.ChangeWebhook(ctx, s.contoso.ID, call(s.contoso.ID, "again"), func(*partnercenter.WebhookRegistration) (*partnercenter.WebhookRegistration, []byte, error) {
			return nil, nil, partnercenter.ErrWebhookNotFound
		})
		if !errors.Is(err, partnercenter.ErrWebhookNotFound) {
			t.Errorf("delete again: got %v", err)
		}
	}
}

func testDeliveries(t *testing.T, s *suite) {
	ctx := t.Context()
	event := csp.Event{Name: partnercenter.EventTestCreated, ResourceName: "test", ResourcePath: "/path"}
	if queued, err := s.QueueEvent(ctx, s.contoso.ID, s.ids.New(), event); err != nil || queued {
		t.Errorf("without a webhook: got %t, %v, want that nothing was queued", queued, err)
	}
	s.webhook(t, s.contoso.ID, partnercenter.EventDAPTerminated)
	if queued, err := s.QueueEvent(ctx, s.contoso.ID, s.ids.New(), event); err != nil || queued {
		t.Errorf("with a webhook for something else: got %t, %v, want that nothing was queued", queued, err)
	}
	if next, err := s.NextDelivery(ctx); err != nil || !next.IsZero() {
		t.Errorf("next of none: got %v, %v", next, err)
	}
	registration := s.webhook(t, s.contoso.ID, partnercenter.EventTestCreated)
	id := s.ids.New()
	if queued, err := s.QueueEvent(ctx, s.contoso.ID, id, event); err != nil || !queued {
		t.Fatalf("queue: got %t, %v", queued, err)
	}
	<-s.Deliveries()
	if next, err := s.NextDelivery(ctx); err != nil || !next.Equal(s.clock) {
		t.Errorf("next: got %v, %v, want %v", next, err, s.clock)
	}
	claimed, err := s.ClaimDeliveries(ctx, time.Minute, 10)
	want := []*csp.Delivery{{ID: id, Partner: s.contoso.ID, Event: event, Queued: s.clock, State: csp.DeliveryPending, Results: []partnercenter.WebhookResult{}, Registration: registration, Claimed: s.clock.Add(time.Minute)}}
	if diff := cmp.Diff(want, claimed); err != nil || diff != "" {
		t.Fatalf("claimed: %v (-want +got):\n%s", err, diff)
	}
	if again, err := s.ClaimDeliveries(ctx, time.Minute, 10); err != nil || len(again) != 0 {
		t.Errorf("claimed again: got %d, %v, want none before the lease is over", len(again), err)
	}
	s.clock = s.clock.Add(2 * time.Minute)
	if claimed, err = s.ClaimDeliveries(ctx, time.Minute, 10); err != nil || len(claimed) != 1 {
		t.Fatalf("after the lease: got %d, %v, want the one", len(claimed), err)
	}
	want[0].State = csp.DeliveryCompleted // says who was too slow
	if err := s.RecordDelivery(ctx, want[0], s.clock); err != nil {
		t.Fatal(err)
	}
	claimed[0].Results = append(claimed[0].Results, partnercenter.WebhookResult{ResponseCode: "NotFound"})
	if err := s.RecordDelivery(ctx, claimed[0], s.clock.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if next, err := s.NextDelivery(ctx); err != nil || !next.Equal(s.clock.Add(time.Hour)) {
		t.Errorf("next attempt: got %v, %v", next, err)
	}
	got, err := s.Delivery(ctx, s.contoso.ID, id)
	if err != nil || got.State != csp.DeliveryPending || len(got.Results) != 1 || got.Event != event {
		t.Errorf("delivery: got %+v, %v", got, err)
	}
	if _, err := s.Delivery(ctx, s.fabrikam.ID, id); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("another's delivery: got %v, want %v", err, csp.ErrNotFound)
	}
	s.forgetDeliveries(t)
}

// forgetDeliveries drops what came of deliveries, and only of those that are no longer on their way.
func (s *suite) forgetDeliveries(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	s.clock = s.clock.Add(48 * time.Hour)
	if n, err := s.ForgetDeliveries(ctx, time.Hour); err != nil || n != 0 {
		t.Errorf("forget what is on its way: got %d, %v, want 0", n, err)
	}
	claimed, err := s.ClaimDeliveries(ctx, time.Minute, 10)
	if err != nil || len(claimed) != 1 {
		t.Fatalf("the next attempt: got %d, %v", len(claimed), err)
	}
	claimed[0].State = csp.DeliveryCompleted
	if err := s.RecordDelivery(ctx, claimed[0], s.clock); err != nil {
		t.Fatal(err)
	}
	if next, err := s.NextDelivery(ctx); err != nil || !next.IsZero() {
		t.Errorf("next after the last: got %v, %v", next, err)
	}
	if n, err := s.ForgetDeliveries(ctx, time.Hour); err != nil || n != 1 {
		t.Errorf("forget what has arrived: got %d, %v, want 1", n, err)
	}
}

// testDeliveriesOfChange queues the events of a change for each partner of the customer that has a webhook for them.
func testDeliveriesOfChange(t *testing.T, s *suite) {
	ctx := t.Context()
	customer, reseller := s.indirect(t, "kestrel.onmicrosoft.com")
	s.webhook(t, reseller.ID, partnercenter.EventDAPTerminated)
	s.webhook(t, s.contoso.ID, partnercenter.EventDAPTerminated) // has nothing to do with it
	event := csp.Event{Name: partnercenter.EventDAPTerminated, ResourceName: "relationship", ResourcePath: "/v1/customers/x"}
	outcome := csp.Outcome{
		Audit:        &csp.AuditEntry{Operation: partnercenter.OperationDAPAdminRelationshipTerminated},
		FurtherAudit: []*csp.AuditEntry{{Operation: partnercenter.OperationUpdateCustomerBillingProfile}},
		Events:       []csp.Event{event},
	}
	for i, refusal := range []error{partnercenter.ErrStaleETag, nil} {
		_, err := s.UpdateCustomer(ctx, s.fabrikam.ID, customer.ID, csp.Call{}, func(*csp.Customer) (csp.Outcome, error) { return outcome, refusal })
		if !errors.Is(err, refusal) {
			t.Fatal(err)
		}
		if next, err := s.NextDelivery(ctx); err != nil || next.IsZero() != (i == 0) {
			t.Errorf("after %v: next delivery %v, %v", refusal, next, err)
		}
	}
	claimed, err := s.ClaimDeliveries(ctx, time.Minute, 10)
	if err != nil || len(claimed) != 1 || claimed[0].Partner != reseller.ID {
		t.Fatalf("claimed: got %+v, %v, want the reseller's", claimed, err)
	}
	record, err := s.AuditRecords(ctx, reseller.ID, always(csp.AuditQuery{}))
	if err != nil || len(record) != 2 || record[1].Operation != outcome.Audit.Operation {
		t.Fatalf("records: got %d, %v, want both, the event's first", len(record), err)
	}
	event.AuditPath = record[1].Path()
	if diff := cmp.Diff(event, claimed[0].Event); diff != "" {
		t.Errorf("event (-want +got):\n%s", diff)
	}
}

// testDeliveryRace lets many claim at once: nothing is claimed twice. Without a webhook what waits is dropped.
func testDeliveryRace(t *testing.T, s *suite) {
	const events = 40
	ctx := t.Context()
	s.webhook(t, s.contoso.ID, partnercenter.EventTestCreated)
	s.webhook(t, s.fabrikam.ID, partnercenter.EventTestCreated)
	for i := range events {
		partner := s.contoso.ID
		if i%2 == 0 {
			partner = s.fabrikam.ID
		}
		if _, err := s.QueueEvent(ctx, partner, s.ids.New(), csp.Event{Name: partnercenter.EventTestCreated}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := s.ChangeWebhook(ctx, s.fabrikam.ID, csp.Call{}, func(*partnercenter.WebhookRegistration) (*partnercenter.WebhookRegistration, []byte, error) {
		return nil, nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	seen := map[csp.ID]int{}
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			claimed, err := s.ClaimDeliveries(ctx, time.Minute, 3)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, delivery := range claimed {
				seen[delivery.ID]++
			}
		})
	}
	group.Wait()
	for id, times := range seen {
		if times != 1 {
			t.Errorf("delivery %s was claimed %d times", id, times)
		}
	}
	if len(seen) != events/2 {
		t.Errorf("%d deliveries were claimed, want %d", len(seen), events/2)
	}
	if next, err := s.NextDelivery(ctx); err != nil || next.Before(s.clock.Add(time.Minute)) {
		t.Errorf("next: got %v, %v, want those that were claimed when their lease is over", next, err)
	}
}
