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

func testLedger(t *testing.T, s *suite) {
	first := Calling(NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com"), "one")
	s.mustCreate(t, first)

	again := Calling(NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com"), "one")
	recorded, err := s.CreateCustomer(t.Context(), again)
	if err != nil || string(recorded) != string(first.Answer) {
		t.Errorf("the same call: got %q, %v, want %q", recorded, err, first.Answer)
	}
	if _, err := s.Tenant(t.Context(), again.Customer.ID); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("the same call made a tenant: %v", err)
	}
	// Another partner's call of the same name is another call.
	s.mustCreate(t, Calling(NewCreation(s.ids, s.fabrikam.ID, "heron.onmicrosoft.com"), "one"))
	// A call that cannot be repeated is never remembered.
	s.mustCreate(t, NewCreation(s.ids, s.contoso.ID, "osprey.onmicrosoft.com"))
	if _, err := s.CreateCustomer(t.Context(), NewCreation(s.ids, s.contoso.ID, "osprey.onmicrosoft.com")); !errors.Is(err, partnercenter.ErrDomainTaken) {
		t.Errorf("without a call: got %v, want %v", err, partnercenter.ErrDomainTaken)
	}
}

func testRefusals(t *testing.T, s *suite) {
	s.mustCreate(t, NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com"))
	_, first := s.CreateCustomer(t.Context(), Calling(NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com"), "one"))
	// The call keeps its answer even when the world would now give another.
	_, second := s.CreateCustomer(t.Context(), Calling(NewCreation(s.ids, s.contoso.ID, "free.onmicrosoft.com"), "one"))
	var want, got *partnercenter.Fault
	if !errors.As(first, &want) || !errors.As(second, &got) || !errors.Is(got, partnercenter.ErrDomainTaken) {
		t.Fatalf("got %v and %v, want %v twice", first, second, partnercenter.ErrDomainTaken)
	}
	if diff := cmp.Diff(want.With(""), got.With(""), cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Area" }, cmp.Ignore())); diff != "" {
		t.Errorf("the remembered refusal differs (-first +again):\n%s", diff)
	}
	if taken, err := s.DomainTaken(t.Context(), "free.onmicrosoft.com"); err != nil || taken {
		t.Errorf("a remembered refusal took the domain: %v, %v", taken, err)
	}
}

// testInFlight sends one call many times at once.
func testInFlight(t *testing.T, s *suite) {
	const callers = 60
	answers := make([]string, callers)
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() {
			creation := Calling(NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com"), "one")
			recorded, err := s.CreateCustomer(t.Context(), creation)
			if err != nil {
				t.Errorf("caller %d: %v", i, err)
			}
			if recorded == nil {
				recorded = creation.Answer
			}
			answers[i] = string(recorded)
		})
	}
	group.Wait()
	for i, answer := range answers {
		if answer != answers[0] {
			t.Errorf("caller %d got %s, caller 0 got %s", i, answer, answers[0])
		}
	}
}

func testForget(t *testing.T, s *suite) {
	const calls = 1200 // more than one step of forgetting
	var group sync.WaitGroup
	places := make(chan struct{}, 256) // fewer than the store lets wait
	for i := range calls {
		group.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			if _, err := s.CreateCustomer(t.Context(), Calling(NewCreation(s.ids, s.contoso.ID, fmt.Sprintf("c%d.onmicrosoft.com", i)), fmt.Sprint(i))); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n, err := s.ForgetCalls(t.Context(), time.Hour); err != nil || n != 0 {
		t.Errorf("forget at once: got %d, %v, want 0", n, err)
	}
	s.clock = s.clock.Add(2 * time.Hour)
	late := Calling(NewCreation(s.ids, s.contoso.ID, "late.onmicrosoft.com"), "late")
	s.mustCreate(t, late)
	if n, err := s.ForgetCalls(t.Context(), time.Hour); err != nil || n != calls {
		t.Errorf("forget two hours later: got %d, %v, want %d", n, err, calls)
	}
	if recorded, err := s.CreateCustomer(t.Context(), late); err != nil || string(recorded) != string(late.Answer) {
		t.Errorf("a young call: got %q, %v, want %q", recorded, err, late.Answer)
	}
	if _, err := s.CreateCustomer(t.Context(), Calling(NewCreation(s.ids, s.contoso.ID, "c0.onmicrosoft.com"), "0")); !errors.Is(err, partnercenter.ErrDomainTaken) {
		t.Errorf("a forgotten call: got %v, want %v", err, partnercenter.ErrDomainTaken)
	}
}
