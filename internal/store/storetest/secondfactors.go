package storetest

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
)

func testSecondFactor(t *testing.T, s *suite) {
	ctx := t.Context()
	ana, twin := &csp.User{ID: s.ids.New(), Tenant: s.contoso.ID}, &csp.User{ID: s.ids.New(), Tenant: s.contoso.ID}
	elsewhere := &csp.User{ID: ana.ID, Tenant: s.fabrikam.ID}
	factor := &csp.SecondFactor{ID: s.ids.New(), Sealed: []byte{0, 1, 255}, Enrolled: s.clock, Step: 7}
	wants := func(when string, got, want error) {
		t.Helper()
		if !errors.Is(got, want) {
			t.Errorf("%s: got %v, want %v", when, got, want)
		}
	}
	_, err := s.SecondFactor(ctx, ana)
	wants("before", err, csp.ErrNotFound)
	wants("use none", s.UseSecondFactor(ctx, ana, factor.ID, 8), csp.ErrNotFound)
	wants("remove none", s.RemoveSecondFactor(ctx, ana), csp.ErrNotFound)
	wants("enrol", s.AddSecondFactor(ctx, ana, factor), nil)
	wants("enrol again", s.AddSecondFactor(ctx, ana, &csp.SecondFactor{ID: s.ids.New(), Sealed: []byte{9}, Enrolled: s.clock}), csp.ErrExists)
	got, err := s.SecondFactor(ctx, ana)
	if diff := cmp.Diff(factor, got); err != nil || diff != "" {
		t.Errorf("second factor: %v (-want +got):\n%s", err, diff)
	}
	for _, other := range []*csp.User{twin, elsewhere} {
		_, err := s.SecondFactor(ctx, other)
		wants("another's", err, csp.ErrNotFound)
		wants("use another's", s.UseSecondFactor(ctx, other, factor.ID, 8), csp.ErrNotFound)
		wants("remove another's", s.RemoveSecondFactor(ctx, other), csp.ErrNotFound)
	}
	for _, use := range []struct {
		step int64
		want error
	}{{7, csp.ErrRedeemed}, {6, csp.ErrRedeemed}, {9, nil}, {9, csp.ErrRedeemed}, {8, csp.ErrRedeemed}, {10, nil}} {
		wants("use", s.UseSecondFactor(ctx, ana, factor.ID, use.step), use.want)
	}
	wants("use of another enrolment", s.UseSecondFactor(ctx, ana, s.ids.New(), 11), csp.ErrNotFound)
	wants("remove", s.RemoveSecondFactor(ctx, ana), nil)
	_, err = s.SecondFactor(ctx, ana)
	wants("after", err, csp.ErrNotFound)
	wants("enrol anew", s.AddSecondFactor(ctx, ana, factor), nil)
}

// testSecondFactorRace uses one code many times at once: it is accepted once.
func testSecondFactorRace(t *testing.T, s *suite) {
	ana := &csp.User{ID: s.ids.New(), Tenant: s.contoso.ID}
	factor := &csp.SecondFactor{ID: s.ids.New(), Sealed: []byte{1}, Enrolled: s.clock}
	if err := s.AddSecondFactor(t.Context(), ana, factor); err != nil {
		t.Fatal(err)
	}
	var accepted atomic.Int64
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			switch err := s.UseSecondFactor(t.Context(), ana, factor.ID, 5); {
			case err == nil:
				accepted.Add(1)
			case !errors.Is(err, csp.ErrRedeemed):
				t.Error(err)
			}
		})
	}
	group.Wait()
	if accepted.Load() != 1 {
		t.Errorf("accepted %d times, want once", accepted.Load())
	}
}

// testSecondFactorEnds: it lasts as long as its user can come back, and so does what the user allowed applications.
func testSecondFactorEnds(t *testing.T, s *suite) {
	creation := NewCreation(s.ids, s.contoso.ID, "kestrel.onmicrosoft.com")
	s.mustCreate(t, creation)
	customer := creation.Customer.ID
	ana, bo, cy := s.newUser(customer, "ana"), s.newUser(customer, "bo"), s.newUser(customer, "cy")
	app := s.ids.New()
	for _, user := range []*csp.User{ana, bo, cy} {
		s.mustCreateUser(t, s.contoso.ID, user)
		err := errors.Join(
			s.AddSecondFactor(t.Context(), user, &csp.SecondFactor{ID: s.ids.New(), Sealed: []byte{1}, Enrolled: s.clock}),
			s.AddConsent(t.Context(), csp.Consent{Tenant: customer, User: user.ID, App: app}, []string{"openid", "profile"}))
		if err != nil {
			t.Fatal(err)
		}
	}
	for user, age := range map[*csp.User]time.Duration{ana: 3 * 24 * time.Hour, bo: 24 * time.Hour} {
		if err := s.change(t, user, func(user *csp.User) { user.Deleted = s.clock.Add(-age) }); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.ForgetUsers(t.Context(), 60*time.Hour); err != nil || n != 1 {
		t.Fatalf("purged %d, %v, want 1", n, err)
	}
	s.wantLeft(t, ana, app, false) // purged
	s.wantLeft(t, bo, app, true)   // deleted
	s.wantLeft(t, cy, app, true)
	if err := s.DeleteCustomer(t.Context(), s.contoso.ID, customer, csp.Call{}, csp.Outcome{}); err != nil {
		t.Fatal(err)
	}
	s.wantLeft(t, bo, app, false)
	s.wantLeft(t, cy, app, false)
}
