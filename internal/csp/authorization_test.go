package csp_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

func TestIssueCode(t *testing.T) {
	w := MustWorld(t, inMemory)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	grants := &csp.Grants{Store: w.db, Now: func() time.Time { return now }}
	person := &csp.User{ID: w.IDs.New(), Tenant: w.direct.ID, PrincipalName: "ana@x", Credential: []byte("$")}
	code, err := grants.IssueCode(t.Context(), csp.AuthorizationOf(person, w.IDs.New(), now, "pwd"))
	if err != nil {
		t.Fatal(err)
	}
	other, err := grants.IssueCode(t.Context(), csp.AuthorizationOf(person, w.IDs.New(), now, "pwd"))
	if err != nil || other == code {
		t.Fatalf("two codes: %q, %q, %v", code, other, err)
	}
	got, err := grants.Code(t.Context(), code)
	if err != nil || got.User != person.ID || !got.Expires.Equal(now.Add(10*time.Minute)) || got.Redeemed {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, wrong := range []string{"", code + "x", strings.ToUpper(code), code[2:]} {
		if _, err := grants.Code(t.Context(), wrong); !errors.Is(err, csp.ErrNotFound) {
			t.Errorf("code %q: got %v, want %v", wrong, err, csp.ErrNotFound)
		}
	}
	for _, want := range []error{nil, csp.ErrRedeemed, csp.ErrRedeemed} {
		if err := grants.RedeemCode(t.Context(), code, csp.ID{}); !errors.Is(err, want) {
			t.Errorf("redeem: got %v, want %v", err, want)
		}
	}
}

func TestDevice(t *testing.T) {
	w := MustWorld(t, inMemory)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	grants := &csp.Grants{Store: w.db, Now: func() time.Time { return now }}
	device := &csp.Device{Client: w.IDs.New()}
	code, err := grants.StartDevice(t.Context(), device)
	if err != nil {
		t.Fatal(err)
	}
	if form := regexp.MustCompile(`^[B-DF-HJ-NP-TV-XZ2-9]{9}$`); !form.MatchString(device.UserCode) {
		t.Errorf("user code %q", device.UserCode)
	}
	typed := strings.ToLower(device.UserCode[:3]) + "-" + device.UserCode[3:] + " "
	if got, err := grants.DeviceByUserCode(t.Context(), typed); err != nil || got.Client != device.Client {
		t.Errorf("typed %q: got %+v, %v", typed, got, err)
	}
	now = now.Add(csp.DeviceLife)
	person := &csp.User{ID: w.IDs.New(), Tenant: w.direct.ID, PrincipalName: "ana@x"}
	approval := csp.AuthorizationOf(person, device.Client, now, "pwd")
	if _, err := grants.DeviceByUserCode(t.Context(), typed); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("an expired code: got %v, want %v", err, csp.ErrNotFound)
	}
	if err := grants.ApproveDevice(t.Context(), typed, approval); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("approve too late: got %v, want %v", err, csp.ErrNotFound)
	}
	now = now.Add(-time.Minute)
	if err := grants.ApproveDevice(t.Context(), typed, approval); err != nil {
		t.Fatal(err)
	}
	if err := grants.DenyDevice(t.Context(), typed); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("deny what was approved: got %v, want %v", err, csp.ErrNotFound)
	}
	if _, err := grants.DeviceByUserCode(t.Context(), typed); !errors.Is(err, csp.ErrNotFound) {
		t.Errorf("an answered code: got %v, want %v", err, csp.ErrNotFound)
	}
	polled, err := grants.PollDevice(t.Context(), code)
	if err != nil || polled.State != csp.DeviceApproved || polled.Authorization.User != person.ID {
		t.Errorf("poll: got %+v, %v", polled, err)
	}
	for _, want := range []error{nil, csp.ErrRedeemed} {
		if err := grants.FetchDevice(t.Context(), code); !errors.Is(err, want) {
			t.Errorf("fetch: got %v, want %v", err, want)
		}
	}
}

// TestReaches looks at a customer from all sides, and then ends what connects them.
func TestReaches(t *testing.T) {
	w := MustWorld(t, inMemory)
	grants := &csp.Grants{Store: w.db}
	customer := csp.MustParseID(w.MustCreate(t, admin(w.direct), csp.Call{}).ID)
	person := func(tenant csp.ID, agents ...string) *csp.User { return &csp.User{Tenant: tenant, Agents: agents} }
	check := func(name string, user *csp.User, tenant csp.ID, want bool) {
		t.Helper()
		if got, err := grants.Reaches(t.Context(), user, tenant); got != want || err != nil {
			t.Errorf("%s: got %t, %v, want %t", name, got, err, want)
		}
	}
	agent := person(w.direct.ID, csp.SalesAgents, csp.AdminAgents)
	check("an admin agent", agent, customer, true)
	check("an admin agent at home", agent, w.direct.ID, true)
	check("anybody at home", person(customer), customer, true)
	check("a helpdesk agent", person(w.direct.ID, csp.HelpdeskAgents, csp.SalesAgents), customer, true)
	check("a sales agent", person(w.direct.ID, csp.SalesAgents), customer, false)
	check("another partner's helpdesk agent", person(w.other.ID, csp.HelpdeskAgents), customer, false)
	check("no agent", person(w.direct.ID), customer, false)
	check("another partner's agent", person(w.other.ID, csp.AdminAgents), customer, false)
	check("the way back", person(customer, csp.AdminAgents), w.direct.ID, false)
	check("another partner", agent, w.other.ID, false)
	check("nowhere", agent, w.IDs.New(), false)

	no := false
	if _, err := w.Patch(t.Context(), admin(w.direct), customer, &partnercenter.Customer{AllowDelegatedAccess: &no}, csp.Call{}); err != nil {
		t.Fatal(err)
	}
	check("without delegated admin", agent, customer, false)

	customer = csp.MustParseID(w.MustCreate(t, admin(w.direct), csp.Call{}).ID)
	check("of the next customer", agent, customer, true)
	none := &partnercenter.Customer{RelationshipToPartner: partnercenter.RelationshipNone}
	if _, err := w.Patch(t.Context(), admin(w.direct), customer, none, csp.Call{}); err != nil {
		t.Fatal(err)
	}
	check("without a relationship", agent, customer, false)
}
