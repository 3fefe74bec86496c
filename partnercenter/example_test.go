package partnercenter_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/tenantry/tenantry/partnercenter"
)

// A customer is created in a Tenantry on this machine.
func Example() {
	tenantry := startTenantry()
	defer tenantry.Close()

	cred, err := partnercenter.NewClientSecretCredential(tenantry.URL, "partner.onmicrosoft.com", "my-app", "my-secret", nil)
	if err != nil {
		log.Fatal(err)
	}
	client, err := partnercenter.NewClient(cred, &partnercenter.ClientOptions{
		ClientOptions: azcore.ClientOptions{Cloud: partnercenter.Cloud(tenantry.URL)},
	})
	if err != nil {
		log.Fatal(err)
	}

	customer, err := client.Customers.Create(context.Background(), wingtip("wingtip.onmicrosoft.com"), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s@%s signs in with %s\n",
		customer.UserCredentials.UserName, customer.CompanyProfile.Domain, customer.UserCredentials.Password)
	// Output: admin@wingtip.onmicrosoft.com signs in with correct-horse
}

// The real service is the default, and azidentity finds the credential.
func ExampleNewClient() {
	cred, err := azidentity.NewDefaultAzureCredential(nil)
	if err != nil {
		log.Fatal(err)
	}
	client, err := partnercenter.NewClient(cred, &partnercenter.ClientOptions{
		Locale:          "de-DE",
		ApplicationName: "Wingtip Shop",
	})
	if err != nil {
		log.Fatal(err)
	}
	exists, err := client.Domains.Exists(context.Background(), "wingtip.onmicrosoft.com", nil)
	fmt.Println(exists, err)
}

// A Tenantry with https takes the credentials of azidentity.
func ExampleCloud() {
	options := azcore.ClientOptions{Cloud: partnercenter.Cloud("https://localhost:8443")}
	cred, err := azidentity.NewClientSecretCredential("partner.onmicrosoft.com", "my-app", "my-secret",
		&azidentity.ClientSecretCredentialOptions{
			ClientOptions:            options,
			DisableInstanceDiscovery: true, // which would ask Microsoft who localhost is
		})
	if err != nil {
		log.Fatal(err)
	}
	client, err := partnercenter.NewClient(cred, &partnercenter.ClientOptions{ClientOptions: options})
	if err != nil {
		log.Fatal(err)
	}
	rules, err := client.CountryValidationRules.Get(context.Background(), "PT", nil)
	fmt.Println(rules, err)
}

// A refusal is a row of the catalogue, and tells more.
func ExampleFault() {
	tenantry := startTenantry()
	defer tenantry.Close()
	client := connect(tenantry)

	_, err := client.Customers.Create(context.Background(), wingtip("taken.onmicrosoft.com"), nil)
	if errors.Is(err, partnercenter.ErrDomainTaken) {
		fmt.Println("choose another domain")
	}
	if fault, ok := errors.AsType[*partnercenter.Fault](err); ok {
		fmt.Println(fault.Status, fault.Code, fault.Data)
	}
	// Output:
	// choose another domain
	// 409 27002 [companyProfile.domain]
}

// A program that remembers the request id before the call may repeat the call after a crash.
func ExampleNewRequestID() {
	tenantry := startTenantry()
	defer tenantry.Close()
	client := connect(tenantry)

	id := partnercenter.NewRequestID() // and write it down
	for range 2 {
		customer, err := client.Customers.Create(context.Background(), wingtip("wingtip.onmicrosoft.com"),
			&partnercenter.CreateCustomerOptions{RequestID: id})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(customer.ID)
	}
	// Output:
	// 7b6f2c1e-4d0a-4a39-9c55-1f0e8d3b2a61
	// 7b6f2c1e-4d0a-4a39-9c55-1f0e8d3b2a61
}

// The header of an answer is had the way of all Azure clients.
func ExampleRequestOptions() {
	tenantry := startTenantry()
	defer tenantry.Close()
	client := connect(tenantry)

	var answer *http.Response
	ctx := policy.WithCaptureResponse(context.Background(), &answer)
	_, err := client.Customers.Create(ctx, wingtip("wingtip.onmicrosoft.com"),
		&partnercenter.CreateCustomerOptions{CorrelationID: "order-4711"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Status, answer.Header.Get("MS-CorrelationId"))
	// Output: 201 Created order-4711
}

func ExampleDomainsService_Exists() {
	tenantry := startTenantry()
	defer tenantry.Close()
	client := connect(tenantry)

	for _, domain := range []string{"taken.onmicrosoft.com", "free.onmicrosoft.com"} {
		exists, err := client.Domains.Exists(context.Background(), domain, nil)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(domain, exists)
	}
	// Output:
	// taken.onmicrosoft.com true
	// free.onmicrosoft.com false
}

// What went wrong at the login host is told by its AADSTS number.
func ExampleAuthenticationError() {
	tenantry := startTenantry()
	defer tenantry.Close()

	cred, err := partnercenter.NewClientSecretCredential(tenantry.URL, "partner.onmicrosoft.com", "my-app", "wrong", nil)
	if err != nil {
		log.Fatal(err)
	}
	_, err = cred.GetToken(context.Background(), policy.TokenRequestOptions{
		Scopes: []string{"https://api.partnercenter.microsoft.com/.default"},
	})
	if refused, ok := errors.AsType[*partnercenter.AuthenticationError](err); ok {
		fmt.Println(refused.Status, refused.Code, refused.Codes)
	}
	// Output: 401 invalid_client [7000215]
}

// wingtip is a customer to be created with a domain.
func wingtip(domain string) *partnercenter.Customer {
	return &partnercenter.Customer{
		CompanyProfile: &partnercenter.CustomerCompanyProfile{Domain: domain},
		BillingProfile: &partnercenter.CustomerBillingProfile{
			CompanyName: "Wingtip Toys",
			Email:       "gena@wingtip.example",
			Culture:     "en-US",
			Language:    "en",
			DefaultAddress: &partnercenter.Address{
				FirstName: "Gena", LastName: "Soto",
				AddressLine1: "One Microsoft Way", City: "Redmond", State: "WA", PostalCode: "98052", Country: "US",
			},
		},
	}
}

// connect is a client of a Tenantry.
func connect(tenantry *httptest.Server) *partnercenter.Client {
	cred, err := partnercenter.NewClientSecretCredential(tenantry.URL, "partner.onmicrosoft.com", "my-app", "my-secret", nil)
	if err != nil {
		log.Fatal(err)
	}
	options := &partnercenter.ClientOptions{}
	options.Cloud = partnercenter.Cloud(tenantry.URL)
	client, err := partnercenter.NewClient(cred, options)
	if err != nil {
		log.Fatal(err)
	}
	return client
}

// startTenantry stands in for a Tenantry: it answers as much as the examples ask.
func startTenantry() *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /partner.onmicrosoft.com/oauth2/v2.0/token", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("client_secret") != "my-secret" {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error":"invalid_client","error_description":"AADSTS7000215: …","error_codes":[7000215]}`)
			return
		}
		fmt.Fprint(w, `{"token_type":"Bearer","expires_in":3599,"access_token":"eyJ0eXAi"}`)
	})
	mux.HandleFunc("HEAD /v1/domains/{domain}", func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.PathValue("domain"), "taken.") {
			w.WriteHeader(http.StatusNotFound)
		}
	})
	mux.HandleFunc("POST /v1/customers", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("MS-CorrelationId", r.Header.Get("MS-CorrelationId"))
		var customer partnercenter.Customer
		_ = json.NewDecoder(r.Body).Decode(&customer)
		if strings.HasPrefix(customer.CompanyProfile.Domain, "taken.") {
			w.WriteHeader(partnercenter.ErrDomainTaken.Status)
			_ = json.NewEncoder(w).Encode(partnercenter.ErrDomainTaken.With("", "companyProfile.domain"))
			return
		}
		customer.ID = "7b6f2c1e-4d0a-4a39-9c55-1f0e8d3b2a61"
		customer.UserCredentials = &partnercenter.UserCredentials{UserName: "admin", Password: "correct-horse"}
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(customer)
	})
	return httptest.NewServer(mux)
}
