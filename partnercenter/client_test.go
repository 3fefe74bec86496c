package partnercenter

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	azlog "github.com/Azure/azure-sdk-for-go/sdk/azcore/log"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/go-cmp/cmp"
)

// TestCreateOnTheWire is the create-a-customer sample, header by header.
func TestCreateOnTheWire(t *testing.T) {
	rec := &recorder{status: 201, body: "\ufeff" + `{"id":"dfd8cc0a-c592-468c-8461-869a38d24738",` +
		`"commerceId":"0a4ce58a-6f96-4273-8035-d9c7d31b9ba4","companyProfile":{"tenantId":"dfd8cc0a-c592-468c-8461-869a38d24738",` +
		`"domain":"xyz.ccsctp.net","attributes":{"objectType":"CustomerCompanyProfile"}},"relationshipToPartner":"none",` +
		`"userCredentials":{"userName":"admin","password":"=;;n.=s9Z"},"attributes":{"objectType":"Customer"}}`}
	opts := &ClientOptions{ApplicationName: "Wingtip Shop", EnforceMFA: true}
	opts.Telemetry.ApplicationID = "wingtip"
	client := mustClient(t, rec, opts)

	got, err := client.Customers.Create(t.Context(), &Customer{
		CompanyProfile: &CustomerCompanyProfile{Domain: "xyz.ccsctp.net"},
		BillingProfile: &CustomerBillingProfile{
			Culture: "EN-US", Email: "test@outlook.com", Language: "en", CompanyName: "test company",
			DefaultAddress: &Address{
				FirstName: "Test", LastName: "Test", AddressLine1: "One Microsoft Way",
				City: "Redmond", State: "WA", PostalCode: "98052", Country: "US",
			},
		},
	}, &CreateCustomerOptions{
		RequestID:     "94e4e214-6b06-4fb7-96d1-94d559f9b47f",
		CorrelationID: "ab993325-1605-4cf4-bac4-fb584142a31b",
	})
	if err != nil {
		t.Fatal(err)
	}

	sent := rec.only(t)
	if agent := sent.header.Get("User-Agent"); !strings.HasPrefix(agent, "wingtip azsdk-go-partnercenter/v") {
		t.Errorf("got User-Agent %q", agent)
	}
	sent.header.Del("User-Agent")
	want := request{
		method: "POST", uri: "/v1/customers",
		body: `{"companyProfile":{"domain":"xyz.ccsctp.net"},"billingProfile":{"email":"test@outlook.com","culture":"EN-US",` +
			`"language":"en","companyName":"test company","defaultAddress":{"country":"US","city":"Redmond","state":"WA",` +
			`"addressLine1":"One Microsoft Way","postalCode":"98052","firstName":"Test","lastName":"Test"}}}`,
		header: http.Header{
			"Accept":                       {"application/json"},
			"Accept-Encoding":              {"gzip"}, // net/http's
			"Authorization":                {"Bearer eyJ.secret.token"},
			"Content-Length":               {"312"},
			"Content-Type":                 {"application/json"},
			"Ms-Correlationid":             {"ab993325-1605-4cf4-bac4-fb584142a31b"},
			"Ms-Partnercenter-Application": {"Wingtip Shop"},
			"Ms-Requestid":                 {"94e4e214-6b06-4fb7-96d1-94d559f9b47f"},
			"Validatemfa":                  {"true"},
			"X-Locale":                     {"en-US"},
		},
	}
	if diff := cmp.Diff(want, sent, cmp.AllowUnexported(request{})); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
	wantCustomer := &Customer{
		ID: "dfd8cc0a-c592-468c-8461-869a38d24738", CommerceID: "0a4ce58a-6f96-4273-8035-d9c7d31b9ba4",
		CompanyProfile: &CustomerCompanyProfile{
			TenantID: "dfd8cc0a-c592-468c-8461-869a38d24738", Domain: "xyz.ccsctp.net",
			Attributes: &ResourceAttributes{ObjectType: "CustomerCompanyProfile"},
		},
		RelationshipToPartner: RelationshipNone,
		UserCredentials:       &UserCredentials{UserName: "admin", Password: "=;;n.=s9Z"},
		Attributes:            &ResourceAttributes{ObjectType: "Customer"},
	}
	if diff := cmp.Diff(wantCustomer, got); diff != "" {
		t.Errorf("customer (-want +got):\n%s", diff)
	}
}

func TestReadOnTheWire(t *testing.T) {
	rec := &recorder{status: 200, body: `{"iso2Code":"PT"}`}
	client := mustClient(t, rec, &ClientOptions{Locale: "pt-PT"})
	if _, err := client.CountryValidationRules.Get(t.Context(), "PT", nil); err != nil {
		t.Fatal(err)
	}
	sent := rec.only(t)
	for _, name := range []string{"MS-RequestId", "MS-CorrelationId"} {
		if id := sent.header.Get(name); !guid.MatchString(id) {
			t.Errorf("got %s %q, want a GUID", name, id)
		}
		sent.header.Del(name)
	}
	sent.header.Del("User-Agent")
	want := request{
		method: "GET", uri: "/v1/countryvalidationrules/PT",
		header: http.Header{
			"Accept":          {"application/json"},
			"Accept-Encoding": {"gzip"},
			"Authorization":   {"Bearer eyJ.secret.token"},
			"X-Locale":        {"pt-PT"},
		},
	}
	if diff := cmp.Diff(want, sent, cmp.AllowUnexported(request{})); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestLocaleOfOneCall(t *testing.T) {
	rec := &recorder{status: 200, body: `{}`}
	client := mustClient(t, rec, &ClientOptions{Locale: "pt-PT"})
	if _, err := client.Customers.Get(t.Context(), "x", &GetCustomerOptions{Locale: "de-DE"}); err != nil {
		t.Fatal(err)
	}
	if got := rec.only(t).header.Values("X-Locale"); !cmp.Equal(got, []string{"de-DE"}) {
		t.Errorf("got X-Locale %q, want de-DE", got)
	}
}

// TestAzurePolicies says that what users of other Azure clients know works here too.
func TestAzurePolicies(t *testing.T) {
	rec := &recorder{status: 200, header: http.Header{"Ms-Cv": {"xqqtn+OEVE2ridoS.0"}}, body: "\ufeff" + `{"id":"1"}`}
	client := mustClient(t, rec, nil)
	var raw *http.Response
	ctx := policy.WithCaptureResponse(t.Context(), &raw)
	ctx = policy.WithHTTPHeader(ctx, http.Header{"Ms-Requestid": {"mine"}, "Validatemfa": {"true"}})
	if _, err := client.Customers.Get(ctx, "1", nil); err != nil {
		t.Fatal(err)
	}
	if raw == nil || raw.Header.Get("MS-CV") != "xqqtn+OEVE2ridoS.0" {
		t.Errorf("got captured response %+v", raw)
	}
	if body, err := io.ReadAll(raw.Body); string(body) != "\ufeff"+`{"id":"1"}` {
		t.Errorf("got captured body %q, %v; want it as it came", body, err)
	}
	sent := rec.only(t)
	if got := sent.header.Values("MS-RequestId"); !cmp.Equal(got, []string{"mine"}) {
		t.Errorf("got MS-RequestId %q, want the context's", got)
	}
	if got := sent.header.Get("ValidateMfa"); got != "true" {
		t.Errorf("got ValidateMfa %q, want the context's", got)
	}
}

func TestPathsAreEscaped(t *testing.T) {
	for _, test := range []struct{ name, id, want string }{
		{"plain", "dfd8cc0a-c592-468c-8461-869a38d24738", "/v1/customers/dfd8cc0a-c592-468c-8461-869a38d24738"},
		{"slash", "a/b", "/v1/customers/a%2Fb"},
		{"query", "a?b=c#d", "/v1/customers/a%3Fb=c%23d"},
		{"space at the end", "a ", "/v1/customers/a%20"},
		{"climbing", "../../oauth2", "/v1/customers/..%2F..%2Foauth2"},
		{"line break", "a\r\nHost: b", "/v1/customers/a%0D%0AHost:%20b"},
		{"percent", "%2e%2e", "/v1/customers/%252e%252e"},
	} {
		t.Run(test.name, func(t *testing.T) {
			rec := &recorder{status: 200, body: "{}"}
			if _, err := mustClient(t, rec, nil).Customers.Get(t.Context(), test.id, nil); err != nil {
				t.Fatal(err)
			}
			if got := rec.only(t).uri; got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestRefusedBeforeSending(t *testing.T) {
	rec := &recorder{status: 200, body: "{}"}
	client := mustClient(t, rec, nil)
	create := func(customer *Customer) func() error {
		return func() error { _, err := client.Customers.Create(t.Context(), customer, nil); return err }
	}
	get := func(id string, opts *GetCustomerOptions) func() error {
		return func() error { _, err := client.Customers.Get(t.Context(), id, opts); return err }
	}
	exists := func(domain string) func() error {
		return func() error { _, err := client.Domains.Exists(t.Context(), domain, nil); return err }
	}
	rules := func(iso2 string) func() error {
		return func() error { _, err := client.CountryValidationRules.Get(t.Context(), iso2, nil); return err }
	}
	address := func(address *Address) func() error {
		return func() error { _, err := client.Validations.Address(t.Context(), address, nil); return err }
	}
	available := func(prefix string) func() error {
		return func() error { _, err := client.Domains.PrefixAvailable(t.Context(), prefix, nil); return err }
	}
	for _, test := range []struct {
		name string
		call func() error
		want string
	}{
		{"no customer", create(nil), "the customer is nil"},
		{"empty id", get("", nil), "the customer id is empty"},
		{"blank id", get(" \t", nil), "the customer id is empty"},
		{"dots", get("..", nil), `the customer id is ".."`},
		{"header smuggling", get("1", &GetCustomerOptions{RequestID: "a\r\nb"}), `MS-RequestId "a\r\nb" has control characters`},
		{"dot", exists("."), `the domain is "."`},
		{"empty domain", exists(""), "the domain is empty"},
		{"empty country", rules(""), "the country code is empty"},
		{"no address", address(nil), "the address is nil"},
		{"empty prefix", available(""), "the domain prefix is empty"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if err := test.call(); err == nil || err.Error() != test.want {
				t.Errorf("got error %v, want %s", err, test.want)
			}
		})
	}
	if len(rec.requests) != 0 {
		t.Errorf("got %d requests, want none", len(rec.requests))
	}
}

func TestNewClientErrors(t *testing.T) {
	for _, test := range []struct {
		name string
		cred azcore.TokenCredential
		opts *ClientOptions
		want string
	}{
		{"no credential", nil, nil, "the credential is nil"},
		{"cloud without the service", staticToken(""), &ClientOptions{ClientOptions: azcore.ClientOptions{
			Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: "https://login.example"},
		}}, `the cloud has no "partnerCenter" service`},
		{"half a service", staticToken(""), &ClientOptions{ClientOptions: azcore.ClientOptions{
			Cloud: cloud.Configuration{Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
				ServiceName: {Endpoint: "https://api.example"},
			}},
		}}, `the cloud's "partnerCenter" service lacks its endpoint or its audience`},
		{"locale", staticToken(""), &ClientOptions{Locale: "en\nUS"}, `X-Locale "en\nUS" has control characters`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := NewClient(test.cred, test.opts); err == nil || err.Error() != test.want {
				t.Errorf("got error %v, want %s", err, test.want)
			}
		})
	}
}

// TestLogHasNoToken runs with the worst of settings.
func TestLogHasNoToken(t *testing.T) {
	var log strings.Builder
	azlog.SetListener(func(event azlog.Event, text string) { log.WriteString(string(event) + text + "\n") })
	defer azlog.SetListener(nil)

	rec := &recorder{status: 404, body: `{"code":60003,"description":"no such tenant","data":[],"source":"PartnerFD"}`}
	opts := &ClientOptions{}
	opts.Logging.AllowedHeaders = []string{"Authorization", "AUTHORIZATION", "X-Mine"}
	opts.Logging.IncludeBody = true
	client := mustClient(t, rec, opts)
	_, err := client.Customers.Get(t.Context(), "1", &GetCustomerOptions{RequestID: "the-request-id"})
	if !errors.Is(err, ErrTenantNotFound) {
		t.Fatalf("got %v", err)
	}
	if !strings.Contains(log.String(), "the-request-id") {
		t.Errorf("the log does not name the request:\n%s", log.String())
	}
	if strings.Contains(log.String(), "eyJ.secret.token") {
		t.Errorf("the log holds the token:\n%s", log.String())
	}
	if want := []string{"Authorization", "AUTHORIZATION", "X-Mine"}; !cmp.Equal(opts.Logging.AllowedHeaders, want) {
		t.Errorf("the user's options were changed to %q", opts.Logging.AllowedHeaders)
	}
}
