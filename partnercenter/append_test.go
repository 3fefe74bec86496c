package partnercenter

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"
)

// appender is what append_gen.go gives a struct.
type appender interface {
	AppendJSON(dst []byte) []byte
}

// appenders is one of each.
var appenders = []appender{
	&Customer{}, &CustomerCompanyProfile{}, &CustomerBillingProfile{}, &Address{}, &UserCredentials{},
	&ResourceLinks{}, &Link{}, &KeyValue{}, &ResourceAttributes{}, &CountryValidationRules{}, &Fault{},
}

// fullCustomer is a customer with every member that an answer has, as long as the longest answers are.
func fullCustomer() *Customer {
	const id = "b8e1f3a4-90c2-4d6e-8f10-3a5b7c9d1e2f"
	delegated, phone := true, "+1 425 555 0100"
	return &Customer{
		ID:         id,
		CommerceID: "0f2c4a68-13b5-4d79-9e8f-6a7b8c9d0e1f",
		CompanyProfile: &CustomerCompanyProfile{
			TenantID: id, Domain: "kestrelfreight.onmicrosoft.com", CompanyName: "Kestrel Freight & Forwarding",
			OrganizationRegistrationNumber: "HRB 123456",
			Links:                          LinkTo("/customers/" + id + "/profiles/company"),
			Attributes:                     &ResourceAttributes{ObjectType: "CustomerCompanyProfile"},
		},
		BillingProfile: &CustomerBillingProfile{
			ID: "3e5d7c9b-2a18-4f60-b7c4-d1e2f3a4b5c6", FirstName: "Åsa", LastName: "Nordström",
			Email: "asa.nordstrom@kestrelfreight.example", Culture: "en-US", Language: "en", CompanyName: "Kestrel Freight & Forwarding",
			DefaultAddress: &Address{
				Country: "US", City: "Redmond", State: "WA", AddressLine1: "One Microsoft Way", AddressLine2: "Building 92",
				PostalCode: "98052", FirstName: "Åsa", LastName: "Nordström", PhoneNumber: &phone,
			},
			Links:      LinkTo("/customers/" + id + "/profiles/billing"),
			Attributes: &ResourceAttributes{ETag: `"7c1f4b9e-5d30-4a82-b6e7-09f8e7d6c5b4"`, ObjectType: "CustomerBillingProfile"},
		},
		RelationshipToPartner: RelationshipReseller,
		AllowDelegatedAccess:  &delegated,
		UserCredentials:       &UserCredentials{UserName: "admin", Password: "Kx7#mQ2vTz"},
		CustomDomains:         []string{"kestrelfreight.onmicrosoft.com", "kestrelfreight.example"},
		AssociatedPartnerID:   "4444444",
		Links:                 LinkTo("/customers/" + id),
		Attributes:            &ResourceAttributes{ETag: `"0a1b2c3d"`, ObjectType: "Customer"},
	}
}

// wantMarshalled compares what is appended to other text with what json v2 marshals.
func wantMarshalled(t rapid.TB, value appender) {
	t.Helper()
	want, err := json.Marshal(value, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		t.Fatal(err)
	}
	if got := value.AppendJSON([]byte("other,"))[len("other,"):]; !bytes.Equal(got, want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAppendJSON(t *testing.T) {
	yes, no, empty := true, false, ""
	for _, test := range []struct {
		name  string
		value appender
	}{
		{"full", fullCustomer()},
		{"zero", &Customer{}},
		{"no customer", (*Customer)(nil)},
		{"no fault", (*Fault)(nil)},
		{"false, and not nothing", &Customer{AllowDelegatedAccess: &no, EnableGDAPByDefault: &yes}},
		{"empty text, and not nothing", &Address{PhoneNumber: &empty}},
		{"the last member alone", &Customer{EnableGDAPByDefault: &no}},
		{"empty objects", &Customer{CompanyProfile: &CustomerCompanyProfile{Address: &Address{}}, Links: &ResourceLinks{}, Attributes: &ResourceAttributes{}}},
		{"empty list of omitzero", &Customer{CustomDomains: []string{}}},
		{"list of empty text", &Customer{CustomDomains: []string{"", ""}}},
		{"unknown relationship", &Customer{RelationshipToPartner: "a \"friend\"\xff"}},
		{"no headers", &Link{}},
		{"empty headers", LinkTo("/customers")},
		{"headers", &Link{Headers: []KeyValue{{}, {Key: "a", Value: "b"}, {Key: "MS-ContinuationToken"}}}},
		{"no lists", &CountryValidationRules{}},
		{"rules", &CountryValidationRules{ISO2Code: "PT", IsCityRequired: true, SupportedStatesList: []string{}, PhoneNumberRegex: `^(?:\+351)?\d{9}$`,
			CustomerOrganizationPhoneNumberRequired: true, CountryCallingCodesList: []string{"351"}}},
		{"fault", &Fault{Code: 600009, Description: "<The domain> & \"more\"\r\n", Status: 409, Area: AreaCustomers, RequestID: "r", CorrelationID: "c"}},
		{"negative code", &Fault{Code: -9223372036854775808, Data: []string{"\x00", "\xed\xa0\x80"}}},
	} {
		t.Run(test.name, func(t *testing.T) { wantMarshalled(t, test.value) })
	}
	for _, row := range Faults() {
		wantMarshalled(t, row)
	}
}

// TestAppendJSONAny fills every field that there is, so it fails for one that append_gen.go does not know.
func TestAppendJSONAny(t *testing.T) {
	for _, example := range appenders {
		of := reflect.TypeOf(example).Elem()
		t.Run(of.Name(), rapid.MakeCheck(func(t *rapid.T) {
			value := reflect.New(of)
			fill(t, value.Elem())
			wantMarshalled(t, value.Interface().(appender))
		}))
	}
}

// fill sets the value, and all that it holds, to anything.
func fill(t *rapid.T, value reflect.Value) {
	switch value.Kind() {
	case reflect.String:
		value.SetString(anyText.Draw(t, "text"))
	case reflect.Bool:
		value.SetBool(rapid.Bool().Draw(t, "flag"))
	case reflect.Int:
		value.SetInt(rapid.Int64().Draw(t, "number"))
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "present") {
			value.Set(reflect.New(value.Type().Elem()))
			fill(t, value.Elem())
		}
	case reflect.Slice:
		if length := rapid.IntRange(-1, 3).Draw(t, "length"); length >= 0 {
			value.Set(reflect.MakeSlice(value.Type(), length, length))
			for i := range length {
				fill(t, value.Index(i))
			}
		}
	case reflect.Struct:
		for i := range value.NumField() {
			fill(t, value.Field(i))
		}
	default:
		t.Fatalf("no %s was on the wire so far", value.Type())
	}
}

// anyText is empty, or UTF-8, or any bytes, or what JSON has its own ways for.
var anyText = rapid.OneOf(
	rapid.Just(""),
	rapid.String(),
	rapid.Map(rapid.SliceOf(rapid.Byte()), func(text []byte) string { return string(text) }),
	rapid.Map(rapid.SliceOf(rapid.SampledFrom(pieces)), func(text []string) string { return strings.Join(text, "") }),
)

// pieces are the texts that are quoted differently by one encoder or another.
var pieces = []string{
	"plain text that is longer than a word of the machine", "a", `"`, `\`, "/", "<", ">", "&", "'", "\b", "\f", "\n", "\r", "\t", "\v",
	"\x00", "\x1b", "\x1f", "\x7f", "\u0080", "ü", "\u2028", "\u2029", "\ufeff", "\ufffd", "\uffff", "😀", "\U0010ffff",
	"\x80", "\xbf", "\xc0\x80", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xf0\x9f\x98", "\xf4\x90\x80\x80", "\xff",
}

func FuzzAppendQuote(f *testing.F) {
	for _, piece := range pieces {
		f.Add(piece)
		f.Add("seven b" + piece + "and more")
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := appendQuote([]byte("x"), text)
		quoted, _ := jsontext.AppendQuote([]byte("x"), text) // the error says no more than that U+FFFD is in it
		if !bytes.Equal(got, quoted) {
			t.Errorf("got %q, AppendQuote says %q", got, quoted)
		}
		marshalled, err := json.Marshal(text, jsontext.AllowInvalidUTF8(true))
		if err != nil || !bytes.Equal(got[1:], marshalled) {
			t.Errorf("got %q, Marshal says %q, %v", got[1:], marshalled, err)
		}
	})
}

func TestAppendJSONAllocates(t *testing.T) {
	customer, buffer := fullCustomer(), make([]byte, 0, 4096)
	if got := testing.AllocsPerRun(100, func() { buffer = customer.AppendJSON(buffer[:0]) }); got != 0 {
		t.Errorf("got %v allocations into a large buffer, want none", got)
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	customer := fullCustomer()
	b.Run("append", func(b *testing.B) {
		buffer := make([]byte, 0, 4096)
		b.ReportAllocs()
		for b.Loop() {
			buffer = customer.AppendJSON(buffer[:0])
		}
		b.SetBytes(int64(len(buffer)))
	})
	b.Run("marshal", func(b *testing.B) {
		var buffer bytes.Buffer
		b.ReportAllocs()
		for b.Loop() {
			buffer.Reset()
			if err := json.MarshalWrite(&buffer, customer, jsontext.AllowInvalidUTF8(true)); err != nil {
				b.Fatal(err)
			}
		}
		b.SetBytes(int64(buffer.Len()))
	})
}
