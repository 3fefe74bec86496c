package csp_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// verified is a request for a domain with the changes.
func verified(name string, changes ...func(*partnercenter.VerifiedDomain)) *partnercenter.VerifiedDomain {
	request := &partnercenter.VerifiedDomain{
		VerifiedDomainName: name,
		Domain: &partnercenter.Domain{
			AuthenticationType: partnercenter.DomainManaged, Capability: "email", Name: name,
			Status: partnercenter.DomainVerified, VerificationMethod: partnercenter.DomainDNSRecord,
		},
	}
	for _, change := range changes {
		change(request)
	}
	return request
}

// federated makes the domain a federated one, with settings that are good.
func federated(r *partnercenter.VerifiedDomain) {
	r.Domain.AuthenticationType = partnercenter.DomainFederated
	r.DomainFederationSettings = &partnercenter.DomainFederationSettings{
		IssuerURI: "urn:kestrel", LogOffURI: "https://sts.kestrel.example/out", PassiveLogOnURI: "https://sts.kestrel.example/in",
		SigningCertificate: "MIIB", PreferredAuthenticationProtocol: partnercenter.DomainWSFed, PromptLoginBehavior: "disabled",
	}
}

func TestBadVerifiedDomains(t *testing.T) {
	long := strings.Repeat("a", 64)
	change := func(change func(*partnercenter.VerifiedDomain)) *partnercenter.VerifiedDomain {
		return verified("kestrel.example", change)
	}
	const settings = "domainFederationSettings."
	for _, test := range []struct {
		name    string
		request *partnercenter.VerifiedDomain
		want    error
		data    []string // paths
	}{
		{"good", verified("kestrel.example"), nil, nil},
		{"good, in capitals, of many parts", verified("A1.B-2.Kestrel.EXAMPLE"), nil, nil},
		{"good, internationalized", verified("xn--strae-oqa.example"), nil, nil},
		{"good, federated", verified("kestrel.example", federated), nil, nil},
		{"root", verified("shop.kestrel.example", func(r *partnercenter.VerifiedDomain) { r.Domain.RootDomain = "Kestrel.example" }), nil, nil},
		{"other root", change(func(r *partnercenter.VerifiedDomain) { r.Domain.RootDomain = "trel.example" }), partnercenter.ErrInvalidProperty, []string{"domain.rootDomain"}},
		{"nothing", &partnercenter.VerifiedDomain{}, partnercenter.ErrDetailsMissing,
			[]string{"verifiedDomainName", "domain.name", "domain.authenticationType", "domain.capability", "domain.status", "domain.verificationMethod"}},
		{"federated without settings", change(func(r *partnercenter.VerifiedDomain) { r.Domain.AuthenticationType = partnercenter.DomainFederated }), partnercenter.ErrDetailsMissing,
			[]string{settings + "preferredAuthenticationProtocol", settings + "promptLoginBehavior", settings + "issuerUri", settings + "logOffUri", settings + "passiveLogOnUri", settings + "signingCertificate"}},
		{"managed with bad settings, which count for nothing", change(func(r *partnercenter.VerifiedDomain) {
			r.DomainFederationSettings = &partnercenter.DomainFederationSettings{IssuerURI: "?"}
		}), nil, nil},
		{"words", change(func(r *partnercenter.VerifiedDomain) {
			r.Domain.AuthenticationType, r.Domain.Capability, r.Domain.Status, r.Domain.VerificationMethod = "x", "y", "7", "z"
		}), partnercenter.ErrInvalidProperty, []string{"domain.authenticationType", "domain.capability", "domain.status", "domain.verificationMethod"}},
		{"settings", verified("kestrel.example", federated, func(r *partnercenter.VerifiedDomain) {
			s := r.DomainFederationSettings
			s.PreferredAuthenticationProtocol, s.PromptLoginBehavior, s.IssuerURI, s.LogOffURI = "oidc", "never", "kestrel", "http://sts.kestrel.example/out"
			s.PassiveLogOnURI, s.SigningCertificate, s.ActiveLogOnURI, s.FederationBrandName = "/in", "-----BEGIN", "https:", "Kestrel\n"
		}), partnercenter.ErrInvalidProperty, []string{
			settings + "preferredAuthenticationProtocol", settings + "promptLoginBehavior", settings + "activeLogOnUri", settings + "logOffUri", settings + "passiveLogOnUri",
			settings + "issuerUri", settings + "signingCertificate", settings + "federationBrandName",
		}},
		{"two names", change(func(r *partnercenter.VerifiedDomain) { r.VerifiedDomainName = "lynx.example" }), partnercenter.ErrInvalidProperty, []string{"verifiedDomainName"}},
		{"one name in two cases", change(func(r *partnercenter.VerifiedDomain) { r.VerifiedDomainName = "KESTREL.example" }), nil, nil},
		{"initial", change(func(r *partnercenter.VerifiedDomain) { yes := true; r.Domain.IsInitial = &yes }), partnercenter.ErrInvalidProperty, []string{"domain.isInitial"}},
		{"the service's", verified("kestrel.OnMicrosoft.com"), partnercenter.ErrInvalidProperty, []string{"domain.name"}},
		{"the service's, deeper", verified("a.kestrel.onmicrosoft.us"), partnercenter.ErrInvalidProperty, []string{"domain.name"}},
		{"the service's itself", verified("ccsctp.net"), partnercenter.ErrInvalidProperty, []string{"domain.name"}},
		{"much like the service's", verified("kestrelonmicrosoft.com"), nil, nil},
		{"one part", verified("kestrel"), partnercenter.ErrInvalidProperty, []string{"domain.name"}},
		{"empty part", verified("kestrel..example"), partnercenter.ErrInvalidProperty, []string{"domain.name"}},
		{"dot at the end", verified("kestrel.example."), partnercenter.ErrInvalidProperty, []string{"domain.name"}},
		{"long part", verified(long + ".example"), partnercenter.ErrInvalidProperty, []string{"domain.name"}},
		{"long", verified(strings.Repeat("a.", 124) + "example"), partnercenter.ErrInvalidProperty, []string{"domain.name"}},
		{"hyphen", verified("kestrel-.example"), partnercenter.ErrInvalidProperty, []string{"domain.name"}},
		{"blank in it", verified("kes trel.example"), partnercenter.ErrInvalidProperty, []string{"domain.name"}},
		{"not ASCII", verified("straße.example"), partnercenter.ErrInvalidProperty, []string{"domain.name"}},
		{"address", verified("192.0.2.1"), partnercenter.ErrInvalidProperty, []string{"domain.name"}},
		{"top level of one letter", verified("kestrel.x"), partnercenter.ErrInvalidProperty, []string{"domain.name"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := csp.Rules{}.CheckVerifiedDomain(test.request)
			if !errors.Is(err, test.want) || (err == nil) != (test.want == nil) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			fault := (*partnercenter.Fault)(nil)
			if !errors.As(err, &fault) {
				return
			}
			got := fault.Data
			if errors.Is(err, partnercenter.ErrInvalidProperty) {
				got = properties(fault)
			}
			if diff := cmp.Diff(test.data, got); diff != "" {
				t.Errorf("paths (-want +got):\n%s", diff)
			}
		})
	}
	if err := (csp.Rules{DomainSuffixes: []string{"tenants.example"}}).CheckVerifiedDomain(verified("kestrel.tenants.example")); !errors.Is(err, partnercenter.ErrInvalidProperty) {
		t.Errorf("below a suffix of this server: got %v", err)
	}
}

func TestAddVerifiedDomain(t *testing.T) {
	w := MustWorld(t, inMemory)
	customer := w.MustCreate(t, admin(w.provider), csp.Call{}, set{reseller: w.reseller.ID.String()})
	id := csp.MustParseID(customer.ID)
	yes := true
	for _, test := range []struct {
		name    string
		caller  *csp.Caller
		request *partnercenter.VerifiedDomain
		want    string
		wantErr error
	}{
		{"as the docs have it, without a method", admin(w.provider), verified("a.example", func(r *partnercenter.VerifiedDomain) {
			r.Domain.VerificationMethod, r.Domain.Status = partnercenter.DomainVerificationNone, partnercenter.DomainUnverified
		}), `{"authenticationType":"managed","capability":"email","isDefault":false,"isInitial":false,"name":"a.example","status":"verified","verificationMethod":"dns_record"}`, nil},
		{"federated, by e-mail, default", app(w.provider), verified("B.example", federated, func(r *partnercenter.VerifiedDomain) {
			r.Domain.VerificationMethod, r.Domain.IsDefault = partnercenter.DomainEmail, &yes
		}), `{"authenticationType":"federated","capability":"email","isDefault":true,"isInitial":false,"name":"B.example","status":"verified","verificationMethod":"email"}`, nil},
		{"its reseller", admin(w.reseller), verified("c.b.example", func(r *partnercenter.VerifiedDomain) { r.Domain.RootDomain = "b.example" }),
			`{"authenticationType":"managed","capability":"email","isDefault":false,"isInitial":false,"name":"c.b.example","rootDomain":"b.example","status":"verified","verificationMethod":"dns_record"}`, nil},
		{"again", admin(w.provider), verified("b.EXAMPLE"), "", partnercenter.ErrDomainTaken},
		{"sales", user(w.provider, csp.SalesAgents), verified("d.example"), "", partnercenter.ErrNotAllowed},
		{"another partner", admin(w.direct), verified("d.example"), "", partnercenter.ErrNoRelationship},
		{"malformed", admin(w.provider), verified("d"), "", partnercenter.ErrInvalidProperty},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := w.AddVerifiedDomain(t.Context(), test.caller, id, test.request, csp.Call{})
			if !errors.Is(err, test.wantErr) {
				t.Fatalf("got %v, want %v", err, test.wantErr)
			}
			if err == nil && MustJSON(t, got) != test.want {
				t.Errorf("got %s, want %s", MustJSON(t, got), test.want)
			}
		})
	}
	want := []string{customer.CompanyProfile.Domain, "a.example", "B.example", "c.b.example"}
	if diff := cmp.Diff(want, w.MustGet(t, admin(w.reseller), customer.ID).CustomDomains); diff != "" {
		t.Errorf("domains (-want +got):\n%s", diff)
	}
	w.wantFree(t, "d.example")
}

// TestAddVerifiedDomainAgain repeats a call: it is answered as it was, by the domain that there is.
func TestAddVerifiedDomainAgain(t *testing.T) {
	w := MustWorld(t, inMemory)
	id := csp.MustParseID(w.MustCreate(t, admin(w.direct), csp.Call{}).ID)
	call := newCall(admin(w.direct))
	var answers []string
	for range 2 {
		domain, err := w.AddVerifiedDomain(t.Context(), admin(w.direct), id, verified("kestrel.example"), call)
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, MustJSON(t, domain))
	}
	if answers[0] != answers[1] {
		t.Errorf("got %s, then %s", answers[0], answers[1])
	}
	if got := w.MustGet(t, admin(w.direct), id.String()).CustomDomains; len(got) != 2 {
		t.Errorf("got %v, want two domains", got)
	}
}

// TestTooManyDomains adds as many as there can be, and one more.
func TestTooManyDomains(t *testing.T) {
	w := MustWorld(t, inMemory)
	id := csp.MustParseID(w.MustCreate(t, admin(w.direct), csp.Call{}).ID)
	for i := range 500 {
		if _, err := w.AddVerifiedDomain(t.Context(), admin(w.direct), id, verified(fmt.Sprintf("d%d.example", i)), csp.Call{}); err != nil {
			t.Fatalf("domain %d: %v", i, err)
		}
	}
	if _, err := w.AddVerifiedDomain(t.Context(), admin(w.direct), id, verified("more.example"), csp.Call{}); !errors.Is(err, partnercenter.ErrInvalidProperty) {
		t.Errorf("one more: got %v, want %v", err, partnercenter.ErrInvalidProperty)
	}
	w.wantFree(t, "more.example")
}
