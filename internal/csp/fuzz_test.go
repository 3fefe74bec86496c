package csp_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// FuzzCheckNewCustomer holds that whatever can be decoded is refused in words that can be sent, or can be created.
func FuzzCheckNewCustomer(f *testing.F) {
	for _, name := range []string{"create-direct.response.json", "create-indirect.request.json", "create-indirect.response.json", "get.response.json"} {
		f.Add([]byte(MustGolden(f, name)))
	}
	for _, change := range []set{
		{},
		{"companyProfile": nil, "billingProfile": nil},
		{country: "RU"},
		{country: "RU", number: "7701234567", phone: "1"},
		{country: "MX", state: "?", postalCode: "?", domain: "?", email: "?", culture: "?", language: "?", reseller: "?"},
		{city: "\x00", line1: strings.Repeat("\u00e9", 201), culture: strings.Repeat("-\u212a", 100), domain: "\u017f.onmicro\u017foft.com"},
	} {
		text, err := json.Marshal(MustRequest(f, change))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	w := MustWorld(f, inMemory)
	f.Fuzz(func(t *testing.T, body []byte) {
		var request partnercenter.Customer
		if web.Decode(body, &request) != nil {
			return
		}
		for _, rules := range []csp.Rules{{}, {StrictRegistration: true, StrictCulture: true, DomainSuffixes: []string{"x"}}} {
			if err := rules.CheckNewCustomer(&request); err != nil {
				wantSendable(t, err)
			}
		}
		created, err := w.Create(t.Context(), admin(w.provider), &request, csp.Call{})
		if err != nil {
			wantSendable(t, err)
			return
		}
		if text, again := MustJSON(t, created), (&partnercenter.Customer{}); json.Unmarshal([]byte(text), again) != nil || MustJSON(t, again) != text {
			t.Errorf("answer: got %s, want it as it was sent: %s", MustJSON(t, again), text)
		}
		w.MustGet(t, admin(w.provider), created.ID)
	})
}

// wantSendable fails if the error is no fault in the form of the contract.
func wantSendable(t *testing.T, err error) {
	t.Helper()
	fault := (*partnercenter.Fault)(nil)
	if !errors.As(err, &fault) {
		t.Fatalf("got %v, want a fault", err)
	}
	if length := utf8.RuneCountInString(fault.Description); length < 1 || length > 1024 {
		t.Errorf("description: got %d characters, want 1 to 1024", length)
	}
	MustJSON(t, fault) // holds valid UTF-8 only
	if errors.Is(err, partnercenter.ErrInvalidProperty) {
		if len(fault.Data) == 0 || len(fault.Data)%2 != 0 {
			t.Fatalf("data: got %d strings, want pairs", len(fault.Data))
		}
		for i, entry := range fault.Data {
			if want := []string{"property_name:  ", "details:  "}[i%2]; !strings.HasPrefix(entry, want) || len(entry) == len(want) {
				t.Errorf("data %d: got %s, want %s and more", i, entry, want)
			}
		}
	}
	for i, entry := range fault.Data {
		if length := utf8.RuneCountInString(entry); length < 1 || length > 1024 {
			t.Errorf("data %d: got %d characters, want 1 to 1024", i, length)
		}
	}
}

// FuzzDomain compares the rule with another way to write it, and holds that its corrected example is correct.
func FuzzDomain(f *testing.F) {
	for _, name := range []string{
		"xyz.ccsctp.net", "Contoso.OnMicrosoft.Com", "a.partner.onmschina.cn", ".onmicrosoft.com", "contoso", "con-toso.onmicrosoft.us",
		"x.onmicro\u017foft.com", "\u212a.onmicrosoft.com", "abcdefghijklmnopqrstuvwxyz01.onmicrosoft.com", " x.onmicrosoft.com", "x.onmicrosoft.com\n", "...", "\u00e9",
	} {
		f.Add(name)
	}
	form := regexp.MustCompile(`^[A-Za-z0-9]{1,27}\.(onmicrosoft\.com|ccsctp\.net|partner\.onmschina\.cn|onmicrosoft\.us)$`)
	prefix := regexp.MustCompile(`^[^.]*`)
	f.Fuzz(func(t *testing.T, name string) {
		if !utf8.ValidString(name) || strings.TrimSpace(name) == "" {
			return // no JSON, and missing
		}
		ascii := !strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf })
		good := ascii && form.MatchString(prefix.FindString(name)+strings.ToLower(prefix.ReplaceAllString(name, "")))
		err := csp.Rules{}.CheckNewCustomer(MustRequest(t, set{domain: name}))
		if good != (err == nil) {
			t.Fatalf("domain %q: got %v, want that it is accepted: %t", name, err, good)
		}
		if good {
			return
		}
		wantSendable(t, err)
		fault := (*partnercenter.Fault)(nil)
		errors.As(err, &fault)
		_, example, _ := strings.Cut(fault.Data[1], ", for example ")
		if err := (csp.Rules{}).CheckNewCustomer(MustRequest(t, set{domain: example})); err != nil {
			t.Errorf("example %q for %q: got %v, want that it is accepted", example, name, err)
		}
	})
}

// FuzzVerifiedDomain holds that whatever can be decoded is refused in words that can be sent, or has a name that is a domain.
func FuzzVerifiedDomain(f *testing.F) {
	for _, seed := range []string{
		`{"VerifiedDomainName":"kestrel.example","Domain":{"AuthenticationType":"Managed","Capability":"Email","IsDefault":null,"Name":"kestrel.example","Status":1,"VerificationMethod":"DnsRecord"}}`,
		`{"domain":{"authenticationType":1,"name":"-"},"domainFederationSettings":{"signingCertificateUpdateStatus":"never","issuerUri":"%zz"}}`,
		`{"domain":{"authenticationType":"federated","capability":"share_point_public","name":"a.b","rootDomain":".","status":-1,"verificationMethod":1e3}}`,
	} {
		f.Add([]byte(seed))
	}
	form := regexp.MustCompile(`^([0-9A-Za-z]([0-9A-Za-z-]{0,61}[0-9A-Za-z])?\.)+[A-Za-z][0-9A-Za-z-]{0,61}[0-9A-Za-z]$`)
	f.Fuzz(func(t *testing.T, body []byte) {
		var request partnercenter.VerifiedDomain
		if web.Decode(body, &request) != nil {
			return
		}
		if err := (csp.Rules{}).CheckVerifiedDomain(&request); err != nil {
			wantSendable(t, err)
		} else if !form.MatchString(request.Domain.Name) || len(request.Domain.Name) > 253 {
			t.Errorf("%q was taken for a domain", request.Domain.Name)
		}
	})
}

// FuzzQualification holds that whatever can be decoded is refused in words that can be sent, or qualifies a customer, in either
// generation of operations.
func FuzzQualification(f *testing.F) {
	for _, body := range []string{
		`"education"`, `3`, `null`, `"\u0000"`,
		`{"Qualification":"Education","EducationSegment":"K12","Website":"school.example"}`,
		`{"qualification":"government_community_cloud","validationCode":40017,"website":"https://[::1"}`,
		`{"qualification":-1,"educationSegment":1e9,"website":"//a.b/%zz","validationCode":"\u202e"}`,
	} {
		f.Add([]byte(body), "")
		f.Add([]byte(body), "40017")
	}
	q := MustQualifying(f)
	id, caller := q.customer(f), admin(q.direct)
	f.Fuzz(func(t *testing.T, body []byte, code string) {
		var newer partnercenter.CustomerQualification
		if web.Decode(body, &newer) == nil {
			if _, err := q.Qualifications.Create(t.Context(), caller, id, &newer, code, csp.Call{}); err != nil {
				wantSendable(t, err)
			}
		}
		var older partnercenter.Qualification
		if web.Decode(body, &older) == nil {
			if _, err := q.Put(t.Context(), caller, id, older, code, csp.Call{}); err != nil {
				wantSendable(t, err)
			}
		}
	})
}
