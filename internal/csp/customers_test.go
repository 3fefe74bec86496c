package csp_test

import (
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-json-experiment/json"
	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/internal/token"
	"github.com/tenantry/tenantry/partnercenter"
)

// MustNormal is the customer as JSON, with what every customer has of its own put as the golden body has it. That each
// of these has its form is checked on the way.
func MustNormal(t *testing.T, w *world, got *partnercenter.Customer, golden string) string {
	t.Helper()
	var want partnercenter.Customer
	if err := json.Unmarshal([]byte(golden), &want); err != nil {
		t.Fatal(err)
	}
	id, err := csp.ParseID(got.ID)
	if err != nil || id[6]>>4 != 7 {
		t.Errorf("id: got %s, want a GUID of version 7", got.ID)
	}
	if commerce, err := csp.ParseID(got.CommerceID); err != nil || commerce == id {
		t.Errorf("commerceId: got %s, want a GUID that is not the id", got.CommerceID)
	}
	if billing, err := csp.ParseID(got.BillingProfile.ID); err != nil || billing[6]>>4 != 5 {
		t.Errorf("billingProfile.id: got %s, want a GUID of version 5", got.BillingProfile.ID)
	}
	etag := got.BillingProfile.Attributes.ETag
	if _, err := strconv.ParseInt(etag, 10, 64); err != nil {
		t.Errorf("etag: got %s, want a signed 64-bit number", etag)
	}
	own := []string{
		got.ID, want.ID,
		got.CommerceID, want.CommerceID,
		got.BillingProfile.ID, want.BillingProfile.ID,
		etag, want.BillingProfile.Attributes.ETag,
	}
	if got.UserCredentials != nil {
		if password := w.FirstPassword(id); got.UserCredentials.Password != password {
			t.Errorf("password: got %s, want %s", got.UserCredentials.Password, password)
		}
		own = append(own, got.UserCredentials.Password, string(MustText(t, want.UserCredentials.Password)))
	}
	return strings.NewReplacer(own...).Replace(MustJSON(t, got))
}

// MustText is the inside of a JSON string.
func MustText(t *testing.T, text string) string {
	t.Helper()
	return strings.Trim(MustJSON(t, text), `"`)
}

// TestAnswers compares answers byte for byte with the documented ones.
func TestAnswers(t *testing.T) {
	w := MustWorld(t, inMemory)
	indirect := new(partnercenter.Customer)
	if err := json.Unmarshal([]byte(MustGolden(t, "create-indirect.request.json")), indirect, json.MatchCaseInsensitiveNames(true)); err != nil {
		t.Fatal(err)
	}
	salem := set{
		domain: "salem.onmicrosoft.com", email: "ana@kestrel.example", companyName: "Kestrel Bakery",
		ownerFirstName: "Ana", ownerLastName: "Roche", firstName: "Ana", lastName: "Roche",
		city: "Salem", state: "OR", line1: "12 Mill St", postalCode: "97301", phone: "5035550144",
	}
	for _, test := range []struct {
		name    string
		caller  *csp.Caller
		request *partnercenter.Customer
		get     bool
		want    string
	}{
		{"direct create", app(w.direct), MustRequest(t), false, "create-direct.response.json"},
		{"indirect create", admin(w.provider), indirect, false, "create-indirect.response.json"},
		{"get", app(w.direct), MustRequest(t, salem), true, "get.response.json"},
	} {
		t.Run(test.name, func(t *testing.T) {
			request := MustJSON(t, test.request)
			got, err := w.Create(t.Context(), test.caller, test.request, csp.Call{})
			if err != nil {
				t.Fatal(err)
			}
			if after := MustJSON(t, test.request); after != request {
				t.Errorf("the request was changed: got %s, want %s", after, request)
			}
			if test.get {
				got = w.MustGet(t, test.caller, got.ID)
			}
			want := MustGolden(t, test.want)
			normal := strings.ReplaceAll(MustNormal(t, w, got, want), "salem.onmicrosoft.com", "kestrelbakery.onmicrosoft.com")
			if diff := cmp.Diff(want, normal); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAnswersVary says what other requests change in the documented answers.
func TestAnswersVary(t *testing.T) {
	w := MustWorld(t, inMemory)
	golden := MustGolden(t, "create-direct.response.json")
	account := set{
		"allowDelegatedAccess": true, "relationshipToPartner": "reseller",
		"companyProfile.companyName": "test company", "companyProfile.email": "test@outlook.com",
		"companyProfile.address.country": "US", "companyProfile.address.region": "WA", "companyProfile.address.city": "Redmond",
		"companyProfile.address.addressLine1": "One Microsoft Way", "companyProfile.address.postalCode": "98052", "companyProfile.address.phoneNumber": "",
	}.with(links("links", ""), links("companyProfile.links", "/profiles/company"), links("billingProfile.links", "/profiles/billing"))
	for _, test := range []struct {
		name    string
		change  set
		created set // what differs in the answer to the create
		account set // what differs from then on
	}{
		{"nothing", set{}, set{}, set{}},
		{"phone", set{phone: "4255550101"}, set{phone: "4255550101"}, set{"companyProfile.address.phoneNumber": "4255550101"}},
		{"registration number", set{number: "A-1"}, set{number: "A-1"}, set{}},
		{"owner", set{ownerFirstName: "Ana", ownerLastName: "Roche"}, set{ownerFirstName: "Ana", ownerLastName: "Roche"}, set{}},
		{"rest of the address", set{line2: "Suite 2", region: "West", middleName: "T"}, set{line2: "Suite 2", region: "West", middleName: "T"}, set{}},
		{"country in lower case", set{country: "us"}, set{}, set{}},
		{"state in lower case", set{state: "wa"}, set{state: "wa"}, set{"companyProfile.address.region": "wa"}},
		{"culture in lower case", set{culture: "es-us"}, set{culture: "es-US"}, set{}},
		{"language as sent", set{language: "En"}, set{language: "En"}, set{}},
		{"no state, no postal code", set{country: "IE", state: nil, postalCode: nil}, set{country: "IE", state: nil, postalCode: nil},
			set{"companyProfile.address.country": "IE", "companyProfile.address.region": nil, "companyProfile.address.postalCode": nil}},
		{"beyond ASCII", set{companyName: "Ünïcode 東京 & <Co>"}, set{companyName: "Ünïcode 東京 & <Co>"}, set{"companyProfile.companyName": "Ünïcode 東京 & <Co>"}},
		{"GDAP", set{gdap: true}, set{}, set{"allowDelegatedAccess": false}},
		{"what a request cannot say", set{
			"id": "x", "commerceId": "x", "relationshipToPartner": "advisor", "allowDelegatedAccess": false,
			"userCredentials.userName": "root", "userCredentials.password": "x", "customDomains": []string{"contoso.com"},
			"links.self.uri": "/x", "links.self.method": "GET", "links.self.headers": []string{}, "attributes.objectType": "x",
			"companyProfile.tenantId": "x", "companyProfile.companyName": "x", "companyProfile.email": "x@contoso.com",
			"companyProfile.address.city": "x", "companyProfile.attributes.objectType": "x",
			"billingProfile.id": "x", "billingProfile.attributes.etag": "x", "billingProfile.attributes.objectType": "x",
			"billingProfile.links.self.uri": "/x", "billingProfile.links.self.method": "GET", "billingProfile.links.self.headers": []string{},
		}, set{}, set{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			name := freshDomain()
			change := maps.Clone(test.change)
			change[domain] = name
			created := w.MustCreate(t, admin(w.direct), csp.Call{}, change)
			want := MustFlatten(t, golden).with(test.created, set{domain: name})
			got := MustFlatten(t, MustNormal(t, w, created, golden))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("create (-want +got):\n%s", diff)
			}
			want = want.with(account, set{"customDomains": []any{name}, "userCredentials.userName": nil, "userCredentials.password": nil}, test.account)
			read := w.MustGet(t, admin(w.direct), created.ID)
			got = MustFlatten(t, MustNormal(t, w, read, golden))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("get (-want +got):\n%s", diff)
			}
			if again := w.MustGet(t, app(w.direct), created.ID); MustJSON(t, again) != MustJSON(t, read) {
				t.Errorf("get again: got %s, want %s", MustJSON(t, again), MustJSON(t, read))
			}
			if created.CommerceID != read.CommerceID || created.BillingProfile.ID != read.BillingProfile.ID || created.BillingProfile.Attributes.ETag != read.BillingProfile.Attributes.ETag {
				t.Errorf("ids: got %s, want those of %s", MustJSON(t, read), MustJSON(t, created))
			}
		})
	}
}

// with is the set with the changes; a nil takes a path away.
func (s set) with(changes ...set) set {
	changed := maps.Clone(s)
	for _, change := range changes {
		maps.Copy(changed, change)
	}
	maps.DeleteFunc(changed, func(_ string, value any) bool { return value == nil })
	return changed
}

// links are the links to a part of the documented customer.
func links(path, part string) set {
	return set{
		path + ".self.uri":     "/customers/dfd8cc0a-c592-468c-8461-869a38d24738" + part,
		path + ".self.method":  "GET",
		path + ".self.headers": []any{},
	}
}

func TestDelegatedAdmin(t *testing.T) {
	for _, test := range []struct {
		name          string
		gdapByDefault bool
		change        set
		want          bool
	}{
		{"unsaid", false, set{}, true},
		{"GDAP", false, set{gdap: true}, false},
		{"no GDAP", false, set{gdap: false}, true},
		{"unsaid, GDAP by default", true, set{}, false},
		{"GDAP, GDAP by default", true, set{gdap: true}, false},
		{"no GDAP, GDAP by default", true, set{gdap: false}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := MustWorld(t, inMemory)
			w.GDAPByDefault = test.gdapByDefault
			created := w.MustCreate(t, admin(w.provider), csp.Call{}, set{reseller: w.reseller.ID.String()}, test.change)
			if got := *created.AllowDelegatedAccess; got != test.want {
				t.Errorf("create: got %t, want %t", got, test.want)
			}
			for _, partner := range []*csp.Partner{w.provider, w.reseller} {
				if got := *w.MustGet(t, admin(partner), created.ID).AllowDelegatedAccess; got != test.want {
					t.Errorf("get by %s: got %t, want %t", partner.Kind, got, test.want)
				}
			}
		})
	}
}

// TestTenant is about what comes with a customer: its tenant, domain and administrator.
func TestTenant(t *testing.T) {
	w := MustWorld(t, inMemory)
	const name = "ConToso.onMicrosoft.com"
	created := w.MustCreate(t, admin(w.direct), csp.Call{}, set{domain: name, ownerFirstName: "Not", ownerLastName: "Me", lastName: "Roche"})
	id := csp.MustParseID(created.ID)
	wantTenant := &csp.Tenant{ID: id, Name: "test company", Domain: name}
	for spelling, find := range map[string]func() (*csp.Tenant, error){
		"id":         func() (*csp.Tenant, error) { return w.db.Tenant(t.Context(), id) },
		"domain":     func() (*csp.Tenant, error) { return w.db.TenantByDomain(t.Context(), name) },
		"lower case": func() (*csp.Tenant, error) { return w.db.TenantByDomain(t.Context(), strings.ToLower(name)) },
	} {
		if got, err := find(); err != nil || *got != *wantTenant {
			t.Errorf("tenant by %s: got %v, %v, want %v", spelling, got, err, wantTenant)
		}
	}
	got, err := w.db.User(t.Context(), id, "ADMIN@contoso.onmicrosoft.com")
	if err != nil {
		t.Fatal(err)
	}
	want := &csp.User{
		ID: got.ID, Tenant: id, PrincipalName: "admin@" + name, DisplayName: "test company", GivenName: "Test", FamilyName: "Roche",
		Roles: []string{csp.CompanyAdministrator}, Credential: token.DerivedCredential(firstSalt), MustChangePassword: true, Created: got.Created,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("administrator (-want +got):\n%s", diff)
	}
	if got.ID == id || got.ID.IsZero() || got.Created.IsZero() {
		t.Errorf("administrator: got id %s, created %v", got.ID, got.Created)
	}
}

// TestUnreadable is about what no request over the wire can hold: it becomes an error, never half a customer.
func TestUnreadable(t *testing.T) {
	w := MustWorld(t, inMemory)
	request := MustRequest(t)
	request.BillingProfile.CompanyName = "\xff"
	fault := (*partnercenter.Fault)(nil)
	if got, err := w.Create(t.Context(), admin(w.direct), request, csp.Call{}); err == nil || errors.As(err, &fault) {
		t.Errorf("text that is no UTF-8: got %v, %v, want an error that is no fault", got, err)
	}
	w.wantFree(t, request.CompanyProfile.Domain)

	for _, test := range []struct{ name, answer string }{
		{"no JSON", "{"},
		{"no id", `{"userCredentials":{"userName":"admin"}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			caller := admin(w.direct)
			call := newCall(caller)
			customer := &csp.Customer{ID: w.IDs.New(), Partner: w.direct.ID}
			customer.CompanyProfile = &partnercenter.CustomerCompanyProfile{Domain: freshDomain()}
			customer.BillingProfile = &partnercenter.CustomerBillingProfile{}
			creation := &csp.Creation{Customer: customer, Admin: &csp.User{Credential: []byte{1}}, Call: call, Outcome: csp.Outcome{Answer: []byte(test.answer)}}
			if _, err := w.db.CreateCustomer(t.Context(), creation); err != nil {
				t.Fatal(err)
			}
			if got, err := w.create(t, caller, call); err == nil || !strings.HasPrefix(err.Error(), "read the recorded answer: ") {
				t.Errorf("got %v, %v, want an error that starts with read the recorded answer", got, err)
			}
		})
	}
}

// TestAccountWithoutAddress: a store of long ago may hold customers that no rule would let in today.
func TestAccountWithoutAddress(t *testing.T) {
	customer := &csp.Customer{}
	customer.CompanyProfile = &partnercenter.CustomerCompanyProfile{Domain: "contoso.onmicrosoft.com"}
	customer.BillingProfile = &partnercenter.CustomerBillingProfile{Attributes: &partnercenter.ResourceAttributes{}}
	if got := customer.Account().CompanyProfile.Address; got != nil {
		t.Errorf("address: got %v, want none", got)
	}
}

func TestStoreClosed(t *testing.T) {
	w := MustWorld(t, inMemory)
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	fault := (*partnercenter.Fault)(nil)
	if got, err := w.create(t, admin(w.direct), csp.Call{}); err == nil || errors.As(err, &fault) {
		t.Errorf("Create: got %v, %v, want an error that is no fault", got, err)
	}
	if got, err := w.Get(t.Context(), admin(w.direct), w.IDs.New()); err == nil || errors.As(err, &fault) {
		t.Errorf("Get: got %v, %v, want an error that is no fault", got, err)
	}
}

func TestNoETagWithoutRandomness(t *testing.T) {
	w := MustWorld(t, inMemory)
	w.Rand = iotest.ErrReader(errors.New("no more"))
	defer func() {
		if got := fmt.Sprint(recover()); got != "csp: no randomness: no more" {
			t.Errorf("panic: got %s, want csp: no randomness: no more", got)
		}
	}()
	_, _ = w.create(t, admin(w.direct), csp.Call{})
}
