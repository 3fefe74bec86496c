package storetest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
)

// authorization has every field, so that a forgotten one shows.
func (s *suite) authorization() *csp.Authorization {
	return &csp.Authorization{
		Tenant: s.fabrikam.ID, Home: s.contoso.ID, User: s.ids.New(), UserName: "ana@contoso.onmicrosoft.com", Credential: []byte{0, 1, 255},
		Client: s.ids.New(), RedirectURI: "http://localhost:8400/", Scope: "openid a/.default", Resource: "https://graph.windows.net",
		Nonce: "ü", Challenge: "c", ChallengeMethod: "S256", AuthTime: s.clock, AMR: []string{"pwd", "mfa"}, Session: s.ids.New(),
		Factor: s.ids.New(), FactorTime: s.clock,
	}
}

func testCode(t *testing.T, s *suite) {
	code := &csp.IssuedCode{Authorization: *s.authorization(), Expires: s.clock.Add(time.Minute)}
	if err := s.AddCode(t.Context(), csp.Hash{1}, code); err != nil {
		t.Fatal(err)
	}
	got, err := s.Code(t.Context(), csp.Hash{1})
	if diff := cmp.Diff(code, got); err != nil || diff != "" {
		t.Errorf("code: %v (-want +got):\n%s", err, diff)
	}
	if _, err := s.Code(t.Context(), csp.Hash{2}); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("another code: got %v, want %v", err, csp.ErrNotFound)
	}
	if err := s.RedeemCode(t.Context(), csp.Hash{2}, s.ids.New()); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("redeem another code: got %v, want %v", err, csp.ErrNotFound)
	}
	family, other := s.mustFamily(t), s.mustFamily(t)
	if err := s.RedeemCode(t.Context(), csp.Hash{1}, family.ID); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Code(t.Context(), csp.Hash{1}); err != nil || !got.Redeemed {
		t.Errorf("a redeemed code: got %+v, %v", got, err)
	}
	if got, err := s.Family(t.Context(), family.ID); err != nil || got.Revoked {
		t.Errorf("the family of a code that was redeemed once: got %+v, %v", got, err)
	}
	if err := s.RedeemCode(t.Context(), csp.Hash{1}, other.ID); !errors.Is(err, csp.ErrRedeemed) {
		t.Errorf("redeem again: got %v, want %v", err, csp.ErrRedeemed)
	}
	if got, err := s.Family(t.Context(), family.ID); err != nil || !got.Revoked {
		t.Errorf("the family of a code that was redeemed twice: got %+v, %v, want a revoked one", got, err)
	}
	if got, err := s.Family(t.Context(), other.ID); err != nil || got.Revoked {
		t.Errorf("another family: got %+v, %v", got, err)
	}
	// Without a family there is nothing to revoke, and still only one may redeem.
	if err := s.AddCode(t.Context(), csp.Hash{3}, code); err != nil {
		t.Fatal(err)
	}
	for _, want := range []error{nil, csp.ErrRedeemed} {
		if err := s.RedeemCode(t.Context(), csp.Hash{3}, csp.ID{}); !errors.Is(err, want) {
			t.Errorf("redeem for no family: got %v, want %v", err, want)
		}
	}
}

// testCodeRace redeems one code many times at once.
func testCodeRace(t *testing.T, s *suite) {
	if err := s.AddCode(t.Context(), csp.Hash{1}, &csp.IssuedCode{Authorization: *s.authorization(), Expires: s.clock.Add(time.Minute)}); err != nil {
		t.Fatal(err)
	}
	var redeemed atomic.Int64
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			switch err := s.RedeemCode(t.Context(), csp.Hash{1}, s.ids.New()); {
			case err == nil:
				redeemed.Add(1)
			case !errors.Is(err, csp.ErrRedeemed):
				t.Error(err)
			}
		})
	}
	group.Wait()
	if redeemed.Load() != 1 {
		t.Errorf("%d redeemed the code, want 1", redeemed.Load())
	}
}

func testDevice(t *testing.T, s *suite) {
	device := &csp.Device{
		UserCode: "BCDFGHJKL", Client: s.ids.New(), Tenant: s.contoso.ID, Scope: "openid", Resource: "r",
		State: csp.DevicePending, Expires: s.clock.Add(time.Minute),
	}
	if err := s.AddDevice(t.Context(), csp.Hash{1}, device); err != nil {
		t.Fatal(err)
	}
	if err := s.AddDevice(t.Context(), csp.Hash{2}, device); !errors.Is(err, csp.ErrExists) {
		t.Errorf("a user code in use: got %v, want %v", err, csp.ErrExists)
	}
	byCode := func(context.Context, csp.Hash) (*csp.Device, error) {
		return s.DeviceByUserCode(t.Context(), "BCDFGHJKL")
	}
	poll := func(ctx context.Context, hash csp.Hash) (*csp.Device, error) { return s.PollDevice(ctx, hash, s.clock) }
	check := func(step string, read func(context.Context, csp.Hash) (*csp.Device, error)) {
		t.Helper()
		got, err := read(t.Context(), csp.Hash{1})
		if diff := cmp.Diff(device, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", step, err, diff)
		}
	}
	check("by user code", byCode)
	check("the first poll", poll)
	device.Polled = s.clock
	check("the second poll", poll)

	for name, err := range map[string]error{
		"poll":    second(s.PollDevice(t.Context(), csp.Hash{2}, s.clock)),
		"look up": second(s.DeviceByUserCode(t.Context(), "bcdfghjkl")),
		"answer":  s.AnswerDevice(t.Context(), "LKJHGFDCB", s.clock, nil),
		"late":    s.AnswerDevice(t.Context(), "BCDFGHJKL", device.Expires, s.authorization()),
	} {
		if !errors.Is(err, csp.ErrNotFound) {
			t.Errorf("%s another code: got %v, want %v", name, err, csp.ErrNotFound)
		}
	}
	if err := s.FetchDevice(t.Context(), csp.Hash{1}); !errors.Is(err, csp.ErrRedeemed) {
		t.Errorf("fetch what nobody approved: got %v, want %v", err, csp.ErrRedeemed)
	}
	device.State, device.Authorization = csp.DeviceApproved, s.authorization()
	if err := s.AnswerDevice(t.Context(), "BCDFGHJKL", s.clock, device.Authorization); err != nil {
		t.Fatal(err)
	}
	check("approved", byCode)
	if err := s.AnswerDevice(t.Context(), "BCDFGHJKL", s.clock, nil); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("deny what was approved: got %v, want %v", err, csp.ErrNotFound)
	}
	for _, want := range []error{nil, csp.ErrRedeemed} {
		if err := s.FetchDevice(t.Context(), csp.Hash{1}); !errors.Is(err, want) {
			t.Errorf("fetch: got %v, want %v", err, want)
		}
	}
	device.State = csp.DeviceFetched
	check("fetched", poll)

	denied := &csp.Device{UserCode: "MNPQRSTVW", State: csp.DevicePending, Expires: device.Expires}
	if err := errors.Join(s.AddDevice(t.Context(), csp.Hash{3}, denied), s.AnswerDevice(t.Context(), denied.UserCode, s.clock, nil)); err != nil {
		t.Fatal(err)
	}
	if got, err := s.PollDevice(t.Context(), csp.Hash{3}, s.clock); err != nil || got.State != csp.DeviceDenied || got.Authorization != nil {
		t.Errorf("denied: got %+v, %v", got, err)
	}
}

func second[T any](_ T, err error) error { return err }

func (s *suite) mustFamily(t *testing.T) *csp.Family {
	t.Helper()
	family := &csp.Family{Authorization: *s.authorization(), ID: s.ids.New(), Used: s.clock}
	if err := s.AddFamily(t.Context(), family); err != nil {
		t.Fatal(err)
	}
	return family
}

func testFamily(t *testing.T, s *suite) {
	family := s.mustFamily(t)
	check := func(step string) {
		t.Helper()
		got, err := s.Family(t.Context(), family.ID)
		if diff := cmp.Diff(family, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", step, err, diff)
		}
	}
	check("new")
	if err := s.AddFamily(t.Context(), family); !errors.Is(err, csp.ErrExists) {
		t.Errorf("a family again: got %v, want %v", err, csp.ErrExists)
	}
	for _, step := range []struct {
		name       string
		after      time.Duration
		generation int64
		used       bool // the time is noted
	}{
		{"the first", time.Minute, 0, false},
		{"the second", time.Minute, 1, true},
		{"the first again", time.Minute, 0, false},
		{"the first much later", 2 * time.Hour, 0, true},
		{"the fifth", 0, 4, false},
	} {
		s.clock = s.clock.Add(step.after)
		if step.used {
			family.Used = s.clock
		}
		family.Generation = max(family.Generation, step.generation)
		if err := s.UseFamily(t.Context(), family.ID, step.generation, s.clock); err != nil {
			t.Fatal(err)
		}
		check(step.name)
	}
	if err := s.UseFamily(t.Context(), s.ids.New(), 1, s.clock); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("use no family: got %v, want %v", err, csp.ErrNotFound)
	}
	if err := errors.Join(s.RevokeFamily(t.Context(), family.ID), s.RevokeFamily(t.Context(), s.ids.New())); err != nil {
		t.Fatal(err)
	}
	family.Revoked = true
	check("revoked")
}

// testForgetGrants lets codes and devices grow a day old, and families as old as is asked for.
func testForgetGrants(t *testing.T, s *suite) {
	old := s.mustFamily(t)
	add := func(hash byte) {
		t.Helper()
		err := errors.Join(
			s.AddCode(t.Context(), csp.Hash{hash}, &csp.IssuedCode{Authorization: *s.authorization(), Expires: s.clock}),
			s.AddDevice(t.Context(), csp.Hash{hash}, &csp.Device{UserCode: string(rune('A' + hash)), State: csp.DevicePending, Expires: s.clock}))
		if err != nil {
			t.Fatal(err)
		}
	}
	add(1)
	s.clock = s.clock.Add(25 * time.Hour)
	add(2)
	young := s.mustFamily(t)
	if n, err := s.ForgetGrants(t.Context(), 25*time.Hour); err != nil || n != 2 {
		t.Errorf("forget: got %d, %v, want 2", n, err)
	}
	if n, err := s.ForgetGrants(t.Context(), 24*time.Hour); err != nil || n != 1 {
		t.Errorf("forget families: got %d, %v, want 1", n, err)
	}
	for name, err := range map[string]error{
		"code":   second(s.Code(t.Context(), csp.Hash{1})),
		"device": second(s.PollDevice(t.Context(), csp.Hash{1}, s.clock)),
		"family": second(s.Family(t.Context(), old.ID)),
	} {
		if !errors.Is(err, csp.ErrNotFound) {
			t.Errorf("the old %s: got %v, want %v", name, err, csp.ErrNotFound)
		}
	}
	for name, err := range map[string]error{
		"code":   second(s.Code(t.Context(), csp.Hash{2})),
		"device": second(s.PollDevice(t.Context(), csp.Hash{2}, s.clock)),
		"family": second(s.Family(t.Context(), young.ID)),
	} {
		if err != nil {
			t.Errorf("the young %s: %v", name, err)
		}
	}
}
