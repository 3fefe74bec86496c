package csp_test

import (
	"crypto/rand"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

func (w *world) profiles() *csp.Profiles { return &csp.Profiles{Store: w.db, Rand: rand.Reader} }

// wantProfileFault fails unless the error is the fault with that data; of violations their properties count.
func wantProfileFault(t *testing.T, err error, want error, data []string) {
	t.Helper()
	if !errors.Is(err, want) || (err == nil) != (want == nil) {
		t.Fatalf("got %v, want %v", err, want)
	}
	fault := (*partnercenter.Fault)(nil)
	if !errors.As(err, &fault) {
		return
	}
	got := fault.Data
	if errors.Is(err, partnercenter.ErrProfileInvalid) {
		got = properties(fault)
	}
	if diff := cmp.Diff(data, got); diff != "" {
		t.Errorf("data (-want +got):\n%s", diff)
	}
}

func TestUpdateOrganizationProfile(t *testing.T) {
	w := MustWorld(t, inMemory)
	profiles, caller := w.profiles(), admin(w.direct)
	type profile = partnercenter.OrganizationProfile
	long := strings.Repeat("é", 257)
	for _, test := range []struct {
		name   string
		caller *csp.Caller
		change func(*profile)
		want   error
		data   []string
	}{
		{"as it is read", caller, func(*profile) {}, nil, nil},
		{"a phone number", caller, func(p *profile) { number := "4255550100"; p.DefaultAddress.PhoneNumber = &number }, nil, nil},
		{"everything that can be changed", caller, func(p *profile) {
			p.CompanyName, p.Email, p.Language, p.Culture = "Contoso AG", "ana@contoso.com", "DE", "DE-de"
			p.DefaultAddress = &partnercenter.Address{Country: "us", City: "Redmond", State: "WA", AddressLine1: "1 Way", PostalCode: "98052", FirstName: "Ana"}
		}, nil, nil},
		{"nothing", caller, func(p *profile) { *p = profile{} }, partnercenter.ErrProfileMissing, []string{"companyName", "defaultAddress.country", "email", "language", "culture"}},
		{"somebody else", caller, func(p *profile) { p.ID, p.TenantID, p.Domain = w.other.ID.String(), "x", "x.onmicrosoft.com" },
			partnercenter.ErrProfileInvalid, []string{"id", "tenantId", "domain"}},
		{"bad values", caller, func(p *profile) {
			p.CompanyName, p.Email, p.Language, p.Culture = long, "ana", "x!", "xx-XX"
			p.DefaultAddress = &partnercenter.Address{Country: "US", State: "XX", PostalCode: "x", City: "\n"}
		}, partnercenter.ErrProfileInvalid, []string{"companyName", "defaultAddress.state", "defaultAddress.postalCode", "defaultAddress.city", "email", "language", "culture"}},
		{"another country", caller, func(p *profile) { p.DefaultAddress.Country = "DE" }, partnercenter.ErrProfileInvalid, []string{"defaultAddress.country"}},
		{"stale", caller, func(p *profile) { p.Attributes.ETag = "1" }, partnercenter.ErrStaleETag, []string{"attributes.etag"}},
		{"without an etag", caller, func(p *profile) { p.Attributes = nil }, nil, nil},
		{"sales", user(w.direct, csp.SalesAgents), func(*profile) {}, partnercenter.ErrNotAllowed, []string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			before, err := profiles.Organization(t.Context(), caller)
			if err != nil {
				t.Fatal(err)
			}
			request, err := profiles.Organization(t.Context(), caller)
			if err != nil {
				t.Fatal(err)
			}
			test.change(request)
			got, err := profiles.UpdateOrganization(t.Context(), test.caller, csp.ETag{}, request, csp.Call{})
			wantProfileFault(t, err, test.want, test.data)
			after, readErr := profiles.Organization(t.Context(), caller)
			if readErr != nil {
				t.Fatal(readErr)
			}
			if err != nil {
				if diff := cmp.Diff(before, after); diff != "" {
					t.Errorf("a refused update changed the profile (-before +after):\n%s", diff)
				}
				return
			}
			if diff := cmp.Diff(got, after); diff != "" {
				t.Errorf("read afterwards (-answered +read):\n%s", diff)
			}
			if after.Attributes.ETag == before.Attributes.ETag {
				t.Error("the etag is the same")
			}
			if request.DefaultAddress.PhoneNumber != nil && *request.DefaultAddress.PhoneNumber != *after.DefaultAddress.PhoneNumber || after.DefaultAddress.PhoneNumber == nil {
				t.Errorf("phone number: got %v, want %v", after.DefaultAddress.PhoneNumber, request.DefaultAddress.PhoneNumber)
			}
			if after.TenantID != w.direct.ID.String() || after.Domain != w.direct.Domain || after.DefaultAddress.Country != "US" || after.Links == nil {
				t.Errorf("what is not the partner's to say: got %s", MustJSON(t, after))
			}
		})
	}
	if organization, err := profiles.Organization(t.Context(), caller); err != nil || organization.CompanyName != "Contoso AG" || organization.Culture != "de-DE" || organization.Language != "DE" {
		t.Errorf("got %s, %v", MustJSON(t, organization), err)
	}
	if other, err := profiles.Organization(t.Context(), admin(w.other)); err != nil || other.CompanyName != w.other.Name {
		t.Errorf("another partner's: got %s, %v", MustJSON(t, other), err)
	}
}

func TestUpdateLegalBusinessProfile(t *testing.T) {
	w := MustWorld(t, inMemory)
	profiles, caller := w.profiles(), admin(w.direct)
	type profile = partnercenter.LegalBusinessProfile
	for _, test := range []struct {
		name   string
		change func(*profile)
		want   error
		data   []string
	}{
		{"as it is read", func(*profile) {}, nil, nil},
		{"vetting is not the partner's to say", func(p *profile) { p.VettingStatus, p.VettingSubStatus = "rejected", "x" }, nil, nil},
		{"approver elsewhere", func(p *profile) {
			p.CompanyApproverAddress = &partnercenter.Address{Country: "de", PostalCode: "10115"}
		}, nil, nil},
		{"least", func(p *profile) { *p = profile{CompanyName: p.CompanyName, Address: p.Address} }, nil, nil},
		{"nothing", func(p *profile) { *p = profile{CompanyApproverAddress: &partnercenter.Address{}} }, partnercenter.ErrProfileMissing,
			[]string{"companyName", "address.country", "companyApproverAddress.country"}},
		{"bad values", func(p *profile) {
			p.Address.PostalCode, p.CompanyApproverEmail = "x", "x"
			p.CompanyApproverAddress = &partnercenter.Address{Country: "UK"}
			p.PrimaryContact = &partnercenter.Contact{FirstName: strings.Repeat("x", 51), Email: "x"}
		}, partnercenter.ErrProfileInvalid, []string{"address.postalCode", "primaryContact.firstName", "primaryContact.email", "companyApproverAddress.country", "companyApproverEmail"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			request := w.direct.LegalBusinessProfile()
			test.change(request)
			got, err := profiles.UpdateLegalBusiness(t.Context(), caller, csp.ETag{}, request, csp.Call{})
			wantProfileFault(t, err, test.want, test.data)
			if err != nil {
				return
			}
			if after, err := profiles.LegalBusiness(t.Context(), caller); err != nil || !cmp.Equal(got, after) || after.VettingStatus != "authorized" || after.VettingSubStatus != "none" {
				t.Errorf("got %s, %v", MustJSON(t, after), err)
			}
		})
	}
}

func TestUpdatePartnerBillingProfile(t *testing.T) {
	w := MustWorld(t, inMemory)
	profiles, caller := w.profiles(), admin(w.direct)
	type profile = partnercenter.PartnerBillingProfile
	for _, test := range []struct {
		name   string
		change func(*profile)
		want   error
		data   []string
	}{
		{"order number", func(p *profile) { p.PurchaseOrderNumber, p.TaxID, p.BillingDay = "9888", "T1", 31 }, nil, nil},
		{"no currency", func(p *profile) { p.BillingCurrency = "" }, nil, nil},
		{"nothing", func(p *profile) { *p = profile{} }, partnercenter.ErrProfileMissing, []string{"companyName", "address.country"}},
		{"bad values", func(p *profile) {
			p.PurchaseOrderNumber, p.TaxID, p.BillingDay, p.BillingCurrency = "\x01", "\x7f", 32, "EUR"
		},
			partnercenter.ErrProfileInvalid, []string{"purchaseOrderNumber", "taxId", "billingCurrency", "billingDay"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			request := w.direct.BillingProfile()
			request.Attributes = nil
			test.change(request)
			got, err := profiles.UpdateBilling(t.Context(), caller, csp.ETag{}, request, csp.Call{})
			wantProfileFault(t, err, test.want, test.data)
			if err != nil {
				return
			}
			after, err := profiles.Billing(t.Context(), caller)
			if err != nil || !cmp.Equal(got, after) || after.BillingCurrency != "USD" || after.PurchaseOrderNumber != request.PurchaseOrderNumber || after.BillingDay != request.BillingDay {
				t.Errorf("got %s, %v", MustJSON(t, after), err)
			}
		})
	}
}

func TestUpdateSupportProfile(t *testing.T) {
	w := MustWorld(t, inMemory)
	profiles, caller := w.profiles(), admin(w.direct)
	for _, test := range []struct {
		name    string
		request partnercenter.SupportProfile
		want    error
		data    []string
	}{
		{"as in the docs", partnercenter.SupportProfile{Email: "email@sample.com", Telephone: "4255555555", Website: "www.microsoft.com", ProfileType: "support_profile"}, nil, nil},
		{"whole address", partnercenter.SupportProfile{Email: "email@sample.com", Website: "https://www.contoso.com:8443/help?x=1"}, nil, nil},
		{"nothing", partnercenter.SupportProfile{}, partnercenter.ErrProfileMissing, []string{"email"}},
		{"bad values", partnercenter.SupportProfile{Email: "x", Telephone: "1\n2", Website: "javascript://x.example/%0aalert(1)"}, partnercenter.ErrProfileInvalid, []string{"email", "telephone", "website"}},
		{"no website", partnercenter.SupportProfile{Email: "a@b.example", Website: "here"}, partnercenter.ErrProfileInvalid, []string{"website"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := profiles.UpdateSupport(t.Context(), caller, csp.ETag{}, &test.request, csp.Call{})
			wantProfileFault(t, err, test.want, test.data)
			if err != nil {
				return
			}
			after, err := profiles.Support(t.Context(), caller)
			if err != nil || !cmp.Equal(got, after) || after.Website != test.request.Website || after.ProfileType != "SupportProfile" {
				t.Errorf("got %s, %v", MustJSON(t, after), err)
			}
		})
	}
	patched, err := profiles.PatchSupport(t.Context(), caller, csp.ETag{}, &partnercenter.SupportProfile{Telephone: "1"}, csp.Call{})
	if err != nil || patched.Telephone != "1" || patched.Email != "email@sample.com" || patched.Website == "" {
		t.Errorf("patched: got %s, %v", MustJSON(t, patched), err)
	}
	if _, err := profiles.PatchSupport(t.Context(), caller, csp.ETag{}, &partnercenter.SupportProfile{Email: "x"}, csp.Call{}); !errors.Is(err, partnercenter.ErrProfileInvalid) {
		t.Errorf("patched with a bad value: got %v", err)
	}
	if _, err := profiles.UpdateSupport(t.Context(), caller, csp.ETag{Value: "1", InHeader: true}, patched, csp.Call{}); !errors.Is(err, partnercenter.ErrPreconditionFailed) {
		t.Errorf("an etag that the profile does not have: got %v", err)
	}
}

// TestProfileSurvives repeats an update, opens the store again and reads what it holds.
func TestProfileSurvives(t *testing.T) {
	url := "sqlite:" + filepath.Join(t.TempDir(), "world.db")
	w := MustWorld(t, url)
	call := newCall(admin(w.direct))
	request := w.direct.BillingProfile()
	request.PurchaseOrderNumber = "9888"
	var answers []string
	for range 2 {
		answer, err := w.profiles().UpdateBilling(t.Context(), admin(w.direct), csp.ETag{}, request, call)
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, MustJSON(t, answer))
	}
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	again := MustWorld(t, url)
	profile, err := again.profiles().Billing(t.Context(), admin(again.direct))
	if err != nil {
		t.Fatal(err)
	}
	if read := MustJSON(t, profile); answers[0] != answers[1] || read != answers[0] {
		t.Errorf("answered %s, then %s; read %s", answers[0], answers[1], read)
	}
}

// TestProfileWriters lets many update a profile under one etag: one wins.
func TestProfileWriters(t *testing.T) {
	w := MustWorld(t, inMemory)
	var won atomic.Int64
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			switch _, err := w.profiles().UpdateOrganization(t.Context(), admin(w.direct), csp.ETag{}, w.direct.OrganizationProfile(), csp.Call{}); {
			case err == nil:
				won.Add(1)
			case !errors.Is(err, partnercenter.ErrStaleETag):
				t.Error(err)
			}
		})
	}
	group.Wait()
	if won.Load() != 1 {
		t.Errorf("%d won, want one", won.Load())
	}
}
