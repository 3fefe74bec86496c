package store

import (
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/tenantry/tenantry/internal/csp"
	"github.com/tenantry/tenantry/partnercenter"
)

// fullProfile is a profile of which every field that is kept holds the text.
func fullProfile(text string) *partnercenter.Customer {
	customer := &csp.Customer{}
	customer.CompanyProfile = &partnercenter.CustomerCompanyProfile{OrganizationRegistrationNumber: text}
	customer.BillingProfile = &partnercenter.CustomerBillingProfile{}
	fill(reflect.ValueOf(customer.BillingProfile).Elem(), text)
	customer.BillingProfile.ID, customer.BillingProfile.Links = "", nil // are derived
	return customer.Profile()
}

// fill puts the text into all fields.
func fill(value reflect.Value, text string) {
	switch value.Kind() {
	case reflect.String:
		value.SetString(text)
	case reflect.Pointer:
		value.Set(reflect.New(value.Type().Elem()))
		fill(value.Elem(), text)
	case reflect.Struct:
		for i := range value.NumField() {
			fill(value.Field(i), text)
		}
	}
}

func TestReadProfile(t *testing.T) {
	for _, test := range []struct {
		name, text string
		known      bool // and so read without json
	}{
		{"every field", string(fullProfile("Ünïcode, a {comma} and: [all] that").AppendJSON(nil)), true},
		{"escapes", string(fullProfile("a \"quote\",\n a \\ and \x01").AppendJSON(nil)), false},
		{"the least", `{"companyProfile":{},"billingProfile":{"email":"a@b.example"}}`, true},
		{"empty texts", `{"companyProfile":{},"billingProfile":{"defaultAddress":{"phoneNumber":""}}}`, true},
		{"another order", `{"billingProfile":{"language":"en","culture":"en-US"},"companyProfile":{}}`, true},
		{"empty objects", `{"companyProfile":{},"billingProfile":{"defaultAddress":{},"attributes":{}}}`, true},
		{"spaces", ` { "companyProfile" : { } } `, false},
		{"unknown member", `{"companyProfile":{"domain":"a.onmicrosoft.com"},"billingProfile":{}}`, false},
		{"null", `{"companyProfile":null}`, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			var want, got, here partnercenter.Customer
			if err := json.Unmarshal([]byte(test.text), &want); err != nil {
				t.Fatal(err)
			}
			if err := readProfile(test.text, &got); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s\ngot  %s\nwant %s", test.text, got.AppendJSON(nil), want.AppendJSON(nil))
			}
			d := document{rest: test.text}
			d.customer(&here)
			if known := !d.strange && d.rest == ""; known != test.known {
				t.Errorf("%s\nread without json: %t, want %t; %q is left", test.text, known, test.known, d.rest)
			}
		})
	}
	for _, text := range []string{"", "{", `{"companyProfile":{}`, `{"companyProfile":{}}}`, `{"companyProfile":7}`, `{,}`, `{"billingProfile":{"email":"a}}`} {
		if err := readProfile(text, new(partnercenter.Customer)); err == nil {
			t.Errorf("%s: got no error", text)
		}
	}
}

// FuzzReadProfile holds readProfile to what json reads.
func FuzzReadProfile(f *testing.F) {
	f.Add(string(fullProfile("a").AppendJSON(nil)))
	f.Add(string(fullProfile("\"\\u00e4\n").AppendJSON(nil)))
	f.Add(`{"companyProfile":{},"billingProfile":{"attributes":{"etag":"1"}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var want, got partnercenter.Customer
		wantErr := json.Unmarshal([]byte(text), &want)
		if wantErr != nil {
			_ = readProfile(text, &got) // takes what is no JSON without harm
			return
		}
		if err := readProfile(text, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s\ngot  %s, %v\nwant %s", text, got.AppendJSON(nil), err, want.AppendJSON(nil))
		}
	})
}

// BenchmarkReadProfile compares the two ways.
func BenchmarkReadProfile(b *testing.B) {
	text := string(fullProfile("some text").AppendJSON(nil))
	for _, bench := range []struct{ name, text string }{
		{"here", text},
		{"json", strings.Replace(text, "some text", `some\ttext`, 1)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				if err := readProfile(bench.text, new(partnercenter.Customer)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
