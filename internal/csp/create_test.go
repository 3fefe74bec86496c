package csp_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

func TestWhoMayCreate(t *testing.T) {
	w := MustWorld(t, inMemory)
	forReseller := set{reseller: w.reseller.ID.String()}
	for _, test := range []struct {
		name   string
		caller *csp.Caller
		change set
		want   error
	}{
		{"application", app(w.direct), set{}, nil},
		{"admin agent", admin(w.direct), set{}, nil},
		{"sales agent", user(w.direct, csp.SalesAgents), set{}, nil},
		{"helpdesk and sales agent", user(w.direct, csp.HelpdeskAgents, csp.SalesAgents), set{}, nil},
		{"helpdesk agent", user(w.direct, csp.HelpdeskAgents), set{}, partnercenter.ErrNotAllowed},
		{"user in no group", user(w.direct), set{}, partnercenter.ErrNotAllowed},
		{"user in a group of another name", user(w.direct, "adminagents"), set{}, partnercenter.ErrNotAllowed},
		{"indirect provider, for itself", admin(w.provider), set{}, nil},
		{"indirect provider's application, for itself", app(w.provider), set{}, nil},
		{"indirect provider", admin(w.provider), forReseller, nil},
		{"indirect provider's sales agent", user(w.provider, csp.SalesAgents), forReseller, nil},
		{"indirect provider's helpdesk agent", user(w.provider, csp.HelpdeskAgents), forReseller, partnercenter.ErrNotAllowed},
		{"indirect provider's application", app(w.provider), forReseller, partnercenter.ErrAppOnly},
		{"application, for the zero GUID", app(w.provider), set{reseller: csp.ID{}.String()}, partnercenter.ErrAppOnly},
		{"indirect reseller", admin(w.reseller), set{}, partnercenter.ErrNotAllowed},
		{"indirect reseller's application", app(w.reseller), set{}, partnercenter.ErrNotAllowed},
		{"indirect reseller, for itself", admin(w.reseller), forReseller, partnercenter.ErrNotAllowed},
		{"before what is missing", user(w.direct), set{"billingProfile": nil}, partnercenter.ErrNotAllowed},
		{"and then what is missing", admin(w.direct), set{"billingProfile": nil}, partnercenter.ErrDetailsMissing},
		{"values before the reseller", admin(w.provider), set{reseller: w.stranger.ID.String(), email: "?"}, partnercenter.ErrInvalidProperty},
	} {
		t.Run(test.name, func(t *testing.T) {
			name := freshDomain()
			got, err := w.create(t, test.caller, csp.Call{}, set{domain: name}, test.change)
			if !errors.Is(err, test.want) || (got != nil) != (test.want == nil) {
				t.Errorf("got %v, %v, want %v", got, err, test.want)
			}
			if test.want != nil {
				w.wantFree(t, name)
			}
		})
	}
}

// TestWorldRefuses is about refusals that depend on the state of the world. Each is remembered for its call, even when
// the world is another one by then, and has left nothing behind.
func TestWorldRefuses(t *testing.T) {
	w := MustWorld(t, inMemory)
	late := &csp.Partner{ID: csp.MustParseID("88888888-8888-4888-8888-888888888888"), Kind: csp.IndirectReseller, AgreementAccepted: true}
	taken := freshDomain()
	w.MustCreate(t, admin(w.other), csp.Call{}, set{domain: taken})
	nothing := func(*testing.T) {}
	for _, test := range []struct {
		name   string
		caller *csp.Caller
		change set
		mend   func(*testing.T) // makes the world as the request wants it, if that can be
		want   *partnercenter.Fault
		words  string
		data   []string
	}{
		{"domain taken", admin(w.direct), set{domain: taken}, nothing, partnercenter.ErrDomainTaken,
			"The domain " + taken + " is already used by another tenant.", []string{domain}},
		{"domain taken, in another case", admin(w.direct), set{domain: strings.ToUpper(taken)}, nothing, partnercenter.ErrDomainTaken,
			"The domain " + strings.ToUpper(taken) + " is already used by another tenant.", []string{domain}},
		{"domain of a partner", admin(w.direct), set{domain: w.other.Domain}, nothing, partnercenter.ErrDomainTaken,
			"The domain " + w.other.Domain + " is already used by another tenant.", []string{domain}},
		{"unknown reseller", admin(w.provider), set{reseller: late.ID.String()},
			func(t *testing.T) { w.enrol(t, late); w.partner(t, w.provider, late) }, partnercenter.ErrResellerNotFound,
			"No partner has the tenant id " + late.ID.String() + " that associatedPartnerId names.", []string{reseller}},
		{"nobody's reseller", admin(w.provider), set{reseller: w.stranger.ID.String()},
			func(t *testing.T) { w.partner(t, w.provider, w.stranger) }, partnercenter.ErrNotAReseller,
			"The partner " + w.stranger.ID.String() + " that associatedPartnerId names is not an indirect reseller of yours.", []string{reseller}},
		{"somebody else's reseller", admin(w.other), set{reseller: strings.ToUpper(w.reseller.ID.String())},
			func(t *testing.T) { w.partner(t, w.other, w.reseller) }, partnercenter.ErrNotAReseller,
			"The partner " + w.reseller.ID.String() + " that associatedPartnerId names is not an indirect reseller of yours.", []string{reseller}},
		{"a partner of another kind", admin(w.provider), set{reseller: w.direct.ID.String()}, nothing, partnercenter.ErrNotAReseller,
			"The partner " + w.direct.ID.String() + " that associatedPartnerId names is not an indirect reseller of yours.", []string{reseller}},
		{"the caller itself", admin(w.provider), set{reseller: w.provider.ID.String()}, nothing, partnercenter.ErrNotAReseller,
			"The partner " + w.provider.ID.String() + " that associatedPartnerId names is not an indirect reseller of yours.", []string{reseller}},
		{"a direct partner's reseller", admin(w.direct), set{reseller: w.reseller.ID.String()}, nothing, partnercenter.ErrNotAReseller,
			"The partner " + w.reseller.ID.String() + " that associatedPartnerId names is not an indirect reseller of yours.", []string{reseller}},
		{"agreement not accepted", admin(w.provider), set{reseller: w.unsigned.ID.String()}, nothing, partnercenter.ErrResellerAgreement,
			"The indirect reseller has not accepted the Microsoft Partner Agreement.", []string{}},
		{"the reseller before the domain", admin(w.provider), set{reseller: w.unsigned.ID.String(), domain: taken}, nothing, partnercenter.ErrResellerAgreement,
			"The indirect reseller has not accepted the Microsoft Partner Agreement.", []string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			name := freshDomain()
			request, call := set{domain: name}.with(test.change), newCall(test.caller)
			want := test.want.With(test.words)
			want.Data = test.data
			refused := func(call csp.Call) {
				t.Helper()
				_, err := w.create(t, test.caller, call, request)
				if !errors.Is(err, test.want) {
					t.Fatalf("got %v, want %v", err, test.want)
				}
				fault := (*partnercenter.Fault)(nil)
				errors.As(err, &fault)
				if got, want := MustJSON(t, fault), MustJSON(t, want); got != want {
					t.Errorf("fault: got %s, want %s", got, want)
				}
			}
			refused(csp.Call{})
			refused(call)
			w.wantFree(t, name)
			test.mend(t)
			refused(call)
		})
	}

	for _, test := range []struct {
		name   string
		caller *csp.Caller
		of     *csp.Partner
	}{
		{"the late", admin(w.provider), late},
		{"the stranger", admin(w.provider), w.stranger},
		{"one of two providers", admin(w.other), w.reseller},
	} {
		t.Run("mended/"+test.name, func(t *testing.T) {
			created := w.MustCreate(t, test.caller, newCall(test.caller), set{reseller: test.of.ID.String()})
			w.MustGet(t, admin(test.of), created.ID)
		})
	}
}

func TestIsolation(t *testing.T) {
	w := MustWorld(t, inMemory)
	direct := w.MustCreate(t, admin(w.direct), csp.Call{}).ID
	indirect := w.MustCreate(t, admin(w.provider), csp.Call{}, set{reseller: w.reseller.ID.String()}).ID
	for _, test := range []struct {
		name   string
		caller *csp.Caller
		id     string
		want   error
	}{
		{"one's own", admin(w.direct), direct, nil},
		{"one's own, application", app(w.direct), direct, nil},
		{"one's own, helpdesk agent", user(w.direct, csp.HelpdeskAgents), direct, nil},
		{"one's own, upper case", admin(w.direct), strings.ToUpper(direct), nil},
		{"the provider's", admin(w.provider), indirect, nil},
		{"the reseller's", admin(w.reseller), indirect, nil},
		{"the reseller's, application", app(w.reseller), indirect, nil},
		{"somebody else's", admin(w.other), direct, partnercenter.ErrNoRelationship},
		{"somebody else's, application", app(w.other), direct, partnercenter.ErrNoRelationship},
		{"somebody else's, indirect", admin(w.direct), indirect, partnercenter.ErrNoRelationship},
		{"another reseller's", admin(w.stranger), indirect, partnercenter.ErrNoRelationship},
		{"the provider's direct one", admin(w.reseller), direct, partnercenter.ErrNoRelationship},
		{"a partner", admin(w.direct), w.other.ID.String(), partnercenter.ErrNoRelationship},
		{"oneself", admin(w.direct), w.direct.ID.String(), partnercenter.ErrNoRelationship},
		{"nobody", admin(w.direct), w.IDs.New().String(), partnercenter.ErrTenantNotFound},
		{"nobody, of the order of somebody", admin(w.direct), direct[:24] + "000000000000", partnercenter.ErrTenantNotFound},
		{"nobody, of somebody else's order", admin(w.other), direct[:24] + "000000000000", partnercenter.ErrTenantNotFound},
		{"the zero GUID", admin(w.direct), csp.ID{}.String(), partnercenter.ErrTenantNotFound},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := w.Get(t.Context(), test.caller, csp.MustParseID(test.id))
			if !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			if test.want == nil && got.ID != strings.ToLower(test.id) {
				t.Errorf("id: got %s, want %s", got.ID, test.id)
			}
		})
	}
}

// TestRepeatedCall sends calls again: through the same service, and after the store was closed and opened.
func TestRepeatedCall(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tenantry.db")
	w := MustWorld(t, "sqlite:"+path)
	caller, call := admin(w.direct), newCall(admin(w.direct))
	name := freshDomain()
	created := w.MustCreate(t, caller, call, set{domain: name})
	want := MustJSON(t, created)
	refusedCall := newCall(caller)
	_, refused := w.create(t, caller, refusedCall, set{domain: name})

	repeat := func(t *testing.T) {
		if got := MustJSON(t, w.MustCreate(t, caller, call, set{domain: name})); got != want {
			t.Errorf("answer: got %s, want %s", got, want)
		}
		got, err := w.create(t, caller, refusedCall, set{domain: name})
		if diff := cmp.Diff(MustJSON(t, refused), MustJSON(t, err)); diff != "" || !errors.Is(err, partnercenter.ErrDomainTaken) {
			t.Errorf("refusal: got %v, %v, want %v", got, err, refused)
		}
		for _, other := range []csp.Call{newCall(caller), {}} {
			if got, err := w.create(t, caller, other, set{domain: name}); !errors.Is(err, partnercenter.ErrDomainTaken) {
				t.Errorf("another call: got %v, %v, want %v", got, err, partnercenter.ErrDomainTaken)
			}
		}
		if got := w.MustGet(t, caller, created.ID).CompanyProfile.Domain; got != name {
			t.Errorf("domain: got %s, want %s", got, name)
		}
	}
	t.Run("at once", repeat)
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	w = MustWorld(t, "sqlite:"+path)
	t.Run("after a restart", repeat)

	// The password is in every answer and on no disk.
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) == 0 {
		t.Fatalf("files: got %v, %v, want some", files, err)
	}
	for _, file := range files {
		if text, err := os.ReadFile(file); err != nil || strings.Contains(string(text), created.UserCredentials.Password) {
			t.Errorf("%s: got %v or the password in it, want neither", filepath.Base(file), err)
		}
	}
}

// TestRefusedByRules: what the rules refuse is not remembered, since they refuse it again by themselves.
func TestRefusedByRules(t *testing.T) {
	w := MustWorld(t, inMemory)
	caller, call := admin(w.direct), newCall(admin(w.direct))
	for range 2 {
		if _, err := w.create(t, caller, call, set{city: nil}); !errors.Is(err, partnercenter.ErrDetailsMissing) {
			t.Fatalf("got %v, want %v", err, partnercenter.ErrDetailsMissing)
		}
	}
	w.MustCreate(t, caller, call)
}

// TestAtOnce sends the same request fifty times at once.
func TestAtOnce(t *testing.T) {
	for _, test := range []struct {
		name string
		call func(*csp.Caller) csp.Call
		want int // how many are answered with the customer
	}{
		{"the same call", func(*csp.Caller) csp.Call { return csp.Call{Key: [16]byte{1}} }, 50},
		{"other calls", newCall, 1},
		{"no calls", func(*csp.Caller) csp.Call { return csp.Call{} }, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := MustWorld(t, inMemory)
			caller := admin(w.direct)
			request := MustRequest(t)
			answers, errs := make([]*partnercenter.Customer, 50), make([]error, 50)
			start := make(chan struct{})
			var group sync.WaitGroup
			for i := range answers {
				group.Go(func() {
					<-start
					answers[i], errs[i] = w.Create(t.Context(), caller, request, test.call(caller))
				})
			}
			close(start)
			group.Wait()
			tenant, err := w.db.TenantByDomain(t.Context(), request.CompanyProfile.Domain)
			if err != nil {
				t.Fatal(err)
			}
			created, first := 0, ""
			for i, answer := range answers {
				if answer == nil {
					if !errors.Is(errs[i], partnercenter.ErrDomainTaken) {
						t.Errorf("refusal: got %v, want %v", errs[i], partnercenter.ErrDomainTaken)
					}
					continue
				}
				created++
				text := MustJSON(t, answer)
				if first == "" {
					first = text
				}
				if text != first || answer.ID != tenant.ID.String() {
					t.Errorf("answer: got %s, want %s", text, first)
				}
			}
			if created != test.want {
				t.Errorf("created: got %d, want %d", created, test.want)
			}
		})
	}
}

// TestSameInstant: two servers on one store, whose clocks agree to the quarter of a microsecond, make ids of the same order.
func TestSameInstant(t *testing.T) {
	w := MustWorld(t, inMemory)
	at := time.Now()
	now := func() time.Time { return at }
	w.IDs = &csp.IDs{Now: now}
	first := w.MustCreate(t, admin(w.direct), newCall(admin(w.direct)))
	w.IDs = &csp.IDs{Now: now}
	second := w.MustCreate(t, admin(w.direct), newCall(admin(w.direct)))
	if a, b := csp.MustParseID(first.ID).Order(), csp.MustParseID(second.ID).Order(); b <= a {
		t.Errorf("order: got %x, want more than %x", b, a)
	}
	for _, created := range []*partnercenter.Customer{first, second} {
		if got := w.MustGet(t, admin(w.direct), created.ID).CompanyProfile.Domain; got != created.CompanyProfile.Domain {
			t.Errorf("domain of %s: got %s, want %s", created.ID, got, created.CompanyProfile.Domain)
		}
	}
}

func TestSandboxLimit(t *testing.T) {
	w := MustWorld(t, inMemory)
	w.SandboxLimits = true
	caller := admin(w.sandbox)
	taken := freshDomain()
	firstCall := newCall(caller)
	first := w.MustCreate(t, caller, firstCall, set{domain: taken})
	for range 10 { // what fails is not counted
		if _, err := w.create(t, caller, newCall(caller), set{domain: taken}); !errors.Is(err, partnercenter.ErrDomainTaken) {
			t.Fatalf("got %v, want %v", err, partnercenter.ErrDomainTaken)
		}
	}
	for _, test := range []struct {
		name   string
		caller *csp.Caller
		want   int // of a hundred
	}{
		{"the sandbox, which has one", caller, 74},
		{"somebody outside of one", admin(w.direct), 100},
	} {
		errs := make([]error, 100)
		var group sync.WaitGroup
		for i := range errs {
			group.Go(func() { _, errs[i] = w.create(t, test.caller, newCall(test.caller)) })
		}
		group.Wait()
		created := 0
		for _, err := range errs {
			if err == nil {
				created++
			} else if !errors.Is(err, partnercenter.ErrSandboxLimit) {
				t.Errorf("%s: got %v, want %v", test.name, err, partnercenter.ErrSandboxLimit)
			}
		}
		if created != test.want {
			t.Errorf("%s: got %d customers created, want %d", test.name, created, test.want)
		}
	}

	name, fullCall := freshDomain(), newCall(caller)
	_, refused := w.create(t, caller, fullCall, set{domain: name})
	want := partnercenter.ErrSandboxLimit.With("The sandbox account has 75 customers, as many as it may have. Delete one first.")
	if got := MustJSON(t, refused); got != MustJSON(t, want) {
		t.Errorf("refusal: got %s, want %s", got, MustJSON(t, want))
	}
	w.wantFree(t, name)
	if again := w.MustCreate(t, caller, firstCall, set{domain: taken}); again.ID != first.ID {
		t.Errorf("first call again: got %s, want %s", again.ID, first.ID)
	}
	if _, err := w.create(t, caller, csp.Call{}, set{domain: taken}); !errors.Is(err, partnercenter.ErrSandboxLimit) {
		t.Errorf("full, and the domain taken: got %v, want %v", err, partnercenter.ErrSandboxLimit)
	}
	w.MustCreate(t, admin(w.direct), csp.Call{}, set{domain: name})
	w.SandboxLimits = false
	if _, err := w.create(t, caller, fullCall, set{domain: name}); !errors.Is(err, partnercenter.ErrSandboxLimit) {
		t.Errorf("full, again: got %v, want %v", err, partnercenter.ErrSandboxLimit)
	}
	w.MustCreate(t, caller, newCall(caller))
}
