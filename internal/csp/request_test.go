package csp_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/partnercenter"
)

// The paths of a request to create a customer.
const (
	domain         = "companyProfile.domain"
	number         = "companyProfile.organizationRegistrationNumber"
	email          = "billingProfile.email"
	culture        = "billingProfile.culture"
	language       = "billingProfile.language"
	companyName    = "billingProfile.companyName"
	ownerFirstName = "billingProfile.firstName"
	ownerLastName  = "billingProfile.lastName"
	address        = "billingProfile.defaultAddress"
	country        = "billingProfile.defaultAddress.country"
	region         = "billingProfile.defaultAddress.region"
	city           = "billingProfile.defaultAddress.city"
	state          = "billingProfile.defaultAddress.state"
	line1          = "billingProfile.defaultAddress.addressLine1"
	line2          = "billingProfile.defaultAddress.addressLine2"
	postalCode     = "billingProfile.defaultAddress.postalCode"
	firstName      = "billingProfile.defaultAddress.firstName"
	middleName     = "billingProfile.defaultAddress.middleName"
	lastName       = "billingProfile.defaultAddress.lastName"
	phone          = "billingProfile.defaultAddress.phoneNumber"
	reseller       = "associatedPartnerId"
	gdap           = "enableGDAPByDefault"
)

// set is a change to the valid request: values by path. A nil takes the path away, with all below it.
type set map[string]any

// valid is the request of the docs' create-a-customer sample.
var valid = set{
	domain:      "xyz.ccsctp.net",
	email:       "test@outlook.com",
	culture:     "EN-US",
	language:    "en",
	companyName: "test company",
	firstName:   "Test",
	lastName:    "Test",
	line1:       "One Microsoft Way",
	city:        "Redmond",
	state:       "WA",
	postalCode:  "98052",
	country:     "US",
}

// MustRequest is the valid request with the changes, one after the other.
func MustRequest(t testing.TB, changes ...set) *partnercenter.Customer {
	t.Helper()
	flat := maps.Clone(valid)
	for _, change := range changes {
		for path, value := range change {
			if value == nil {
				maps.DeleteFunc(flat, func(at string, _ any) bool { return at == path || strings.HasPrefix(at, path+".") })
			}
		}
		maps.Copy(flat, change)
	}
	tree := map[string]any{}
	for _, path := range slices.Sorted(maps.Keys(flat)) {
		if flat[path] == nil {
			continue
		}
		names := strings.Split(path, ".")
		object := tree
		for _, name := range names[:len(names)-1] {
			if object[name] == nil {
				object[name] = map[string]any{}
			}
			object = object[name].(map[string]any)
		}
		object[names[len(names)-1]] = flat[path]
	}
	text, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	request := new(partnercenter.Customer)
	if err := json.Unmarshal(text, request, json.RejectUnknownMembers(true)); err != nil {
		t.Fatal(err)
	}
	return request
}
