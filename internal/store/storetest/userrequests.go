package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
)

func testUserRequests(t *testing.T, s *suite) {
	ctx := t.Context()
	user, other := s.ids.New(), s.ids.New()
	request := func(partner, user csp.ID, app string, mfa bool) *csp.UserRequest {
		return &csp.UserRequest{Partner: partner, At: s.clock, User: user, UserID: user.String(), UserName: user.String() + "@x", App: app, RequestID: fmt.Sprint(s.clock), Operation: "Get", MFA: mfa}
	}
	first := []*csp.UserRequest{
		request(s.contoso.ID, user, "one", false),
		request(s.contoso.ID, user, "one", true),
		request(s.contoso.ID, other, "two", true),
		request(s.fabrikam.ID, other, "two", false),
	}
	yesterday := s.clock
	s.record(t, first)
	s.clock = s.clock.Add(24 * time.Hour)
	s.record(t, []*csp.UserRequest{request(s.contoso.ID, user, "one", false), request(s.contoso.ID, other, "one", false)})

	day := func(at time.Time) time.Time { return at.Truncate(24 * time.Hour) }
	adoption, err := s.Adoption(ctx, s.contoso.ID, time.Time{}, s.clock)
	want := []csp.DayAdoption{
		{Day: day(yesterday), App: "one", Compliant: 1, Total: 2}, {Day: day(yesterday), App: "two", Compliant: 1, Total: 1}, {Day: day(s.clock), App: "one", Compliant: 0, Total: 2},
	}
	if diff := cmp.Diff(want, adoption); err != nil || diff != "" {
		t.Errorf("adoption: %v (-want +got):\n%s", err, diff)
	}
	if some, err := s.Adoption(ctx, s.contoso.ID, s.clock, s.clock); err != nil || len(some) != 1 {
		t.Errorf("adoption of a day: got %+v, %v, want one row", some, err)
	}
	lapses, err := s.Lapses(ctx, s.contoso.ID)
	if err != nil || len(lapses) != 2 || !lapses[0].Last.Equal(s.clock) || !lapses[1].Last.Equal(s.clock) {
		t.Errorf("lapses: got %+v, %v, want both users at %v", lapses, err, s.clock)
	}
	if lapses, err := s.Lapses(ctx, s.fabrikam.ID); err != nil || len(lapses) != 1 || lapses[0].User != other || !lapses[0].Last.Equal(yesterday) {
		t.Errorf("another's lapses: got %+v, %v", lapses, err)
	}
	got, err := s.UserRequests(ctx, s.contoso.ID, yesterday.Add(-time.Hour), 4)
	if err != nil || len(got) != 4 || !got[0].At.Equal(s.clock) || got[3].App != "one" || !got[3].MFA {
		t.Errorf("the newest four: got %+v, %v", got, err)
	}
	if got, err := s.UserRequests(ctx, s.contoso.ID, s.clock.Add(-time.Minute), 9); err != nil || len(got) != 2 {
		t.Errorf("those of today: got %d, %v, want 2", len(got), err)
	}
	s.clock = s.clock.Add(time.Minute)
	if n, err := s.ForgetUserRequests(ctx, time.Hour); err != nil || n != len(first) {
		t.Errorf("forget: got %d, %v, want %d", n, err, len(first))
	}
}

func (s *suite) record(t *testing.T, requests []*csp.UserRequest) {
	t.Helper()
	if err := s.RecordUserRequests(t.Context(), requests); err != nil {
		t.Fatal(err)
	}
}
