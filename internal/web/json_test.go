package web_test

import (
	"bytes"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/tenantry/tenantry/internal/web"
	"github.com/tenantry/tenantry/partnercenter"
)

// MustRead is a file of testdata.
func MustRead(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// sample is what the docs' create-a-customer request says.
func sample() *partnercenter.Customer {
	return &partnercenter.Customer{
		CompanyProfile: &partnercenter.CustomerCompanyProfile{Domain: "xyz.ccsctp.net"},
		BillingProfile: &partnercenter.CustomerBillingProfile{
			Culture: "EN-US", Email: "test@outlook.com", Language: "en", CompanyName: "test company",
			DefaultAddress: &partnercenter.Address{
				FirstName: "Test", LastName: "Test", AddressLine1: "One Microsoft Way",
				City: "Redmond", State: "WA", PostalCode: "98052", Country: "US",
			},
		},
	}
}

func TestDecodeClients(t *testing.T) {
	phone := "4255550101"
	dotnet := &partnercenter.Customer{
		CompanyProfile: &partnercenter.CustomerCompanyProfile{
			Domain: "wt1.onmicrosoft.com", Attributes: &partnercenter.ResourceAttributes{ObjectType: "CustomerCompanyProfile"},
		},
		BillingProfile: &partnercenter.CustomerBillingProfile{
			Email: "gena@wingtip.example", Culture: "EN-US", Language: "En", CompanyName: "Wingtip Toys",
			DefaultAddress: &partnercenter.Address{
				Country: "US", City: "Redmond", State: "WA", AddressLine1: "One Microsoft Way", PostalCode: "98052",
				FirstName: "Gena", LastName: "Soto", PhoneNumber: &phone,
			},
			Attributes: &partnercenter.ResourceAttributes{ObjectType: "CustomerBillingProfile"},
		},
		RelationshipToPartner: partnercenter.RelationshipUnknown,
		Attributes:            &partnercenter.ResourceAttributes{ObjectType: "Customer"},
	}
	docs := MustRead(t, "create-customer.request-body.txt")
	for _, test := range []struct {
		name string
		body []byte
		want *partnercenter.Customer
	}{
		{"docs, with trailing commas", docs, sample()},
		{"docs, lines of Windows", bytes.ReplaceAll(docs, []byte("\n"), []byte("\r\n")), sample()},
		{"docs, behind a byte order mark", append([]byte("\ufeff"), docs...), sample()},
		{".NET SDK", MustRead(t, "dotnet-sdk.request-body.txt"), dotnet},
		{".NET SDK, behind a byte order mark", append([]byte("\ufeff"), MustRead(t, "dotnet-sdk.request-body.txt")...), dotnet},
	} {
		t.Run(test.name, func(t *testing.T) {
			sent := bytes.Clone(test.body)
			got := new(partnercenter.Customer)
			if err := web.Decode(test.body, got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("customer (-want +got):\n%s", diff)
			}
			if !bytes.Equal(test.body, sent) {
				t.Error("the body was changed; its hash belongs to the call")
			}
		})
	}
}

// TestDecodeLenient is about what is read though it is not quite JSON, or not what was asked for.
func TestDecodeLenient(t *testing.T) {
	type part struct {
		Domain string
		Names  []string
	}
	type whole struct {
		Part *part
		Yes  *bool
		N    int
	}
	no := false
	domain := func(domain string) whole { return whole{Part: &part{Domain: domain}} }
	for _, test := range []struct {
		name, body string
		want       whole
	}{
		{"strict", `{"part":{"domain":"x"}}`, domain("x")},
		{"white space around", " \t\r\n{\"part\":{\"domain\":\"x\"}} \t\r\n", domain("x")},
		{"byte order mark", "\ufeff{\"part\":{\"domain\":\"x\"}}", domain("x")},
		{"byte order mark inside", "{\"part\":{\"domain\":\"\ufeff\"}}", domain("\ufeff")},
		{"Pascal case", `{"Part":{"Domain":"x"}}`, domain("x")},
		{"any case", `{"pART":{"DOMAIN":"x"}}`, domain("x")},
		{"snake case, which is another name", `{"pa_rt":{"domain":"x"},"p-art":{"domain":"x"}}`, whole{}},
		{"a long name", `{"` + strings.Repeat("-", 100_000) + `part":{"domain":"x"}}`, whole{}},
		{"trailing comma in an object", `{"part":{"domain":"x",},}`, domain("x")},
		{"trailing comma in an array", `{"part":{"names":["a","b",],}}`, whole{Part: &part{Names: []string{"a", "b"}}}},
		{"trailing comma, a line on", "{\"part\":{\"domain\":\"x\"\n,\n}}", domain("x")},
		{"names without quotes", `{part:{ domain : "x",names:["a,b:c", "d"]}, "other":true}`, whole{Part: &part{Domain: "x", Names: []string{"a,b:c", "d"}}}},
		{"names without quotes behind a comment", `{/* {a:1} */part:{domain:"a\\",names:[]},}`, whole{Part: &part{Domain: `a\`, Names: []string{}}}},
		{"comment to the end of the line", "{// x\n\"part\":{\"domain\":\"x\"}}", domain("x")},
		{"comment inside", `{"part":/* "domain" { */{"domain":"x"}}`, domain("x")},
		{"comment at the end", "{\"part\":{\"domain\":\"x\"}}\n// the end", domain("x")},
		{"comment in front", "/* the start */{\"part\":{\"domain\":\"x\"}}", domain("x")},
		{"no comment in a string", `{"part":{"domain":"https://x/*,}"},}`, domain("https://x/*,}")},
		{"null", `{"part":{"domain":null},"yes":null,"n":null}`, whole{Part: &part{}}},
		{"null for an object", `{"part":null}`, whole{}},
		{"null for all", `null`, whole{}},
		{"false is not null", `{"yes":false}`, whole{Yes: &no}},
		{"empty object", `{}`, whole{}},
		{"unknown members", `{"other":{"domain":[1,{"x":null}]},"part":{"domain":"x","also":1e999}}`, domain("x")},
		{"the last of equal names", `{"part":{"domain":"x","domain":"y"}}`, domain("y")},
		{"the last of equal names, other case", `{"part":{"domain":"x","Domain":"y"}}`, domain("y")},
		{"the last of equal names, null", `{"part":{"domain":"x","DOMAIN":null}}`, domain("")},
		{"escapes", `{"part":{"domain":"\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t"}}`, domain("\u00e9\U0001f600\"\\/\b\f\n\r\t")},
		{"NUL, escaped", `{"part":{"domain":"\u0000"}}`, domain("\x00")},
		{"number with a fraction of zero", `{"n":7}`, whole{N: 7}},
		{"largest number", `{"n":9223372036854775807}`, whole{N: math.MaxInt64}},
		{"64 levels", `{"other":` + strings.Repeat("[", 63) + strings.Repeat("]", 63) + `,"part":{"domain":"x"}}`, domain("x")},
		{"brackets in strings", `{"other":"` + strings.Repeat(`[{\"`, 1000) + `","part":{"domain":"x"}}`, domain("x")},
		{"brackets in a comment", `{/*` + strings.Repeat("[", 1000) + `*/"part":{"domain":"x"}}`, domain("x")},
		{"brackets in a comment to the end of the line", `{//` + strings.Repeat("[", 1000) + "\n\"part\":{\"domain\":\"x\"}}", domain("x")},
		{"many side by side", `{"other":[` + strings.Repeat(`[],`, 20_000) + `],"part":{"domain":"x"}}`, domain("x")},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got whole
			if err := web.Decode([]byte(test.body), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDecodeRefuses holds the words that callers are shown.
func TestDecodeRefuses(t *testing.T) {
	const notJSON = "the body is not JSON: "
	deep := "the body is nested deeper than 64 levels"
	for _, test := range []struct{ name, body, want string }{
		{"empty", "", "the body is empty; send a JSON object"},
		{"blank", " \r\n\t", "the body is empty; send a JSON object"},
		{"byte order mark only", "\ufeff", "the body is empty; send a JSON object"},

		{"string", `"x"`, "the body is a string and must be an object"},
		{"number", `1`, "the body is a number and must be an object"},
		{"boolean", `true`, "the body is a boolean and must be an object"},
		{"array", `[{}]`, "the body is an array and must be an object"},
		{"number for a string", `{"companyProfile":{"domain":1}}`, "companyProfile.domain is a number and must be a string"},
		{"boolean for a string", `{"billingProfile":{"email":false}}`, "billingProfile.email is a boolean and must be a string"},
		{"array for a string", `{"billingProfile":{"defaultAddress":{"city":[]}}}`, "billingProfile.defaultAddress.city is an array and must be a string"},
		{"object for a string", `{"billingProfile":{"defaultAddress":{"phoneNumber":{}}}}`, "billingProfile.defaultAddress.phoneNumber is an object and must be a string"},
		{"names as sent", `{"BillingProfile":{"DefaultAddress":{"City":1}}}`, "BillingProfile.DefaultAddress.City is a number and must be a string"},
		{"string for an object", `{"companyProfile":"x"}`, "companyProfile is a string and must be an object"},
		{"array for an object", `{"billingProfile":{"defaultAddress":[]}}`, "billingProfile.defaultAddress is an array and must be an object"},
		{"string for a boolean", `{"enableGDAPByDefault":"true"}`, "enableGDAPByDefault is a string and must be true or false"},
		{"number for a boolean", `{"enableGDAPByDefault":1}`, "enableGDAPByDefault is a number and must be true or false"},
		{"string for an array", `{"customDomains":"x"}`, "customDomains is a string and must be an array"},
		{"number in an array", `{"customDomains":["x",1]}`, "customDomains.1 is a number and must be a string"},
		{"no relationship, number", `{"relationshipToPartner":9}`, "relationshipToPartner is a number that is not allowed here"},
		{"no relationship, object", `{"relationshipToPartner":{}}`, "relationshipToPartner is an object that is not allowed here"},
		{"wrong type behind a trailing comma", "{\"companyProfile\":{\"domain\":\"x\",},\"billingProfile\":1}", "billingProfile is a number and must be an object"},

		{"no JSON at all", `<Customer/>`, notJSON + "line 1, column 1: invalid character '<' at start of value"},
		{"form", `domain=x`, notJSON + "line 1, column 1: invalid literal: domain"},
		{"UTF-16", "\xff\xfe{\x00}\x00", notJSON + `line 1, column 1: invalid character '\xff' at start of value`},
		{"two byte order marks", "\ufeff\ufeff{}", notJSON + `line 1, column 1: invalid character '\ufeff' at start of value`},
		{"open object", `{"companyProfile":`, notJSON + "it ends too early"},
		{"open string", `{"companyProfile":"x`, notJSON + "it ends too early"},
		{"value without quotes", `{"part":x}`, notJSON + "line 1, column 9: invalid literal: x"},
		{"name and value without quotes", `{part:x}`, notJSON + "line 1, column 2: invalid literal: part"},
		{"open comment", `{} /* x`, notJSON + "it ends too early"},
		{"comment only", "// x", notJSON + "it ends too early"},
		{"second value", `{} {}`, notJSON + "line 1, column 4: invalid character '{' after top-level value"},
		{"garbage behind", `{}x`, notJSON + "line 1, column 3: invalid character 'x' after top-level value"},
		{"garbage behind a line end", "{}\n]", notJSON + "line 2, column 1: invalid character ']' after top-level value"},
		{"two commas", `{"a":1,,"b":2}`, notJSON + "line 1, column 8: invalid character ',' at start of value"},
		{"comma only", `{,}`, notJSON + "line 1, column 2: invalid character ',' at start of value"},
		{"no comma", `{"a":1 "b":2}`, notJSON + `line 1, column 8: invalid character '"' after object value (expecting ',' or '}')`},
		{"no colon", `{"a" 1}`, notJSON + "line 1, column 6: invalid character '1' after object name"},
		{"name without quotes or colon", "{\n  \"a\": 1,\n  password \"x\"\n}", notJSON + "line 3, column 3: invalid literal: password"},
		{"single quotes", `{'a':1}`, notJSON + `line 1, column 2: invalid character '\'' at start of value`},
		{"Null", `{"a":Null}`, notJSON + "line 1, column 6: invalid literal: Null"},
		{"NaN", `{"a":NaN}`, notJSON + "line 1, column 6: invalid literal: NaN"},
		{"number with a leading zero", `{"a":01}`, notJSON + "line 1, column 6: invalid literal: 01"},
		{"closed too often", `{}}`, notJSON + "line 1, column 3: invalid character '}' after top-level value"},
		{"closed by another", `{"a":[1}`, notJSON + "line 1, column 8: invalid character '}' after array value (expecting ',' or ']')"},
		{"newline in a string", "{\"a\":\"x\ny\"}", notJSON + "line 1, column 6: invalid literal: \"x\ufffdy\""},
		{"unknown escape", `{"a":"\x"}`, notJSON + `line 1, column 6: invalid literal: "\x"`},
		{"not the comma that is tolerated", "{\n  \"a\": 1,\n  \"b\": {\"c\": 1,},\n  \"d\": ?\n}", notJSON + "line 4, column 8: invalid character '?' at start of value"},
		{"invalid UTF-8", "{\n  \"a\":\"x\xff\"}", notJSON + "line 2, column 9: invalid UTF-8"},
		{"invalid UTF-8 behind a trailing comma", "{\"a\":[1,],\n\"b\":\"\xff\"}", notJSON + "line 2, column 6: invalid UTF-8"},
		{"half a surrogate pair", `{"a":"\ud800"}`, notJSON + `line 1, column 7: invalid surrogate pair "\\ud800\"}\n" in string`},
		{"NUL", "{\"a\":\x00}", notJSON + `line 1, column 6: invalid character '\u0000' at start of value`},
		{"long literal", `{"a":` + strings.Repeat("x", 100_000) + `}`, notJSON + "line 1, column 6: invalid literal: " + strings.Repeat("x", 165) + "…"},

		{"65 levels of arrays", strings.Repeat("[", 65) + strings.Repeat("]", 65), deep},
		{"arrays", strings.Repeat("[", 200_000), deep},
		{"objects", strings.Repeat(`{"a":`, 50_000), deep},
		{"objects, closed", strings.Repeat(`{"a":`, 30_000) + "1" + strings.Repeat("}", 30_000), deep},
		{"objects in an unknown member", `{"companyProfile":{"domain":"x"},"other":` + strings.Repeat(`{"a":[`, 40_000), deep},
		{"arrays behind a comment", "{/* ] */\"a\":" + strings.Repeat("[", 200_000), deep},
		{"arrays behind two comments", "{/**//**/\"a\":" + strings.Repeat("[", 200_000), deep},
		{"arrays behind a comment that seems to end", "{// */ \n\"a\":" + strings.Repeat("[", 200_000), deep},
		{"arrays behind a comment that does not start", `{"a":"/*",` + `"b":` + strings.Repeat("[", 200_000), deep},
		{"arrays behind a string that seems to go on", `{"a":"\\","b":` + strings.Repeat("[", 200_000), deep},
		{"arrays behind what was closed too often", strings.Repeat("]", 1000) + strings.Repeat("[", 200_000), deep},
		{"arrays within what was closed too often", strings.Repeat("]", 100_000) + strings.Repeat("[", 100_000), notJSON + "line 1, column 1: invalid character ']' at start of value"},
		{"arrays behind an open string", `"` + strings.Repeat("[", 200_000), notJSON + "it ends too early"},
		{"arrays behind an open escape", `"\`, notJSON + "it ends too early"},
		{"arrays in an open comment", "/*" + strings.Repeat("[", 200_000), notJSON + "it ends too early"},
		{"arrays behind a slash", "/[[[", notJSON + "line 1, column 1: invalid character '/' at start of value"},
		{"comments", strings.Repeat("/**/", 50_000), notJSON + "it ends too early"},
		{"lines of comment", strings.Repeat("//\n", 80_000), notJSON + "it ends too early"},
		{"commas", "{" + strings.Repeat(",", 200_000), notJSON + "line 1, column 2: invalid character ',' at start of value"},
	} {
		t.Run(test.name, func(t *testing.T) {
			start := time.Now()
			err := web.Decode([]byte(test.body), new(partnercenter.Customer))
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if took := time.Since(start); took > 2*time.Second {
				t.Errorf("took %v, want milliseconds", took)
			}
			wantShowable(t, err)
		})
	}
}

// wantShowable fails if the words are not for people who know neither Go nor our parsers.
func wantShowable(t *testing.T, err error) {
	t.Helper()
	text := err.Error()
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > 400 || text == "" {
		t.Errorf("got %d characters, want 1 to 400 of UTF-8: %q", len(text), text)
	}
	for _, word := range []string{"jsontext", "hujson", "json:", "partnercenter", "EOF", "Go ", "struct", "unmarshal", "reflect", "nil"} {
		if before, _, _ := strings.Cut(text, "literal"); strings.Contains(before, word) {
			t.Errorf("got %q, want no %q in it", text, word)
		}
	}
}

// TestDecodeNumbers is about types that no body of today has.
func TestDecodeNumbers(t *testing.T) {
	type numbers struct {
		N    int
		Tiny int8
		F    float64
		P    *int32
		M    map[string]int
		Any  func()
	}
	for _, test := range []struct{ name, body, want string }{
		{"too large", `{"n":9223372036854775808}`, "n is a number that is not allowed here"},
		{"far too large", `{"n":1e999}`, "n is a number that is not allowed here"},
		{"a thousand digits", `{"n":` + strings.Repeat("9", 1000) + `}`, "n is a number that is not allowed here"},
		{"fraction", `{"n":1.5}`, "n is a number that is not allowed here"},
		{"too large for a float", `{"f":1e999}`, "f is a number that is not allowed here"},
		{"too large for a byte", `{"tiny":128}`, "tiny is a number that is not allowed here"},
		{"string for a number", `{"n":"1"}`, "n is a string and must be a number"},
		{"string for a number that may be absent", `{"p":"1"}`, "p is a string and must be a number"},
		{"string in a map", `{"m":{"x":{},"a":1}}`, "m.x is an object and must be a number"},
		{"array for a map", `{"m":[]}`, "m is an array and must be an object"},
		{"what nothing can hold", `{"any":1}`, "any is a value that is not allowed here"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := web.Decode([]byte(test.body), new(numbers))
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestWrite(t *testing.T) {
	domain := "x"
	for _, test := range []struct {
		name   string
		status int
		prefix string
		value  any
		want   string
	}{
		{"object", 200, "", map[string]string{"a": "b"}, `{"a":"b"}`},
		{"behind a byte order mark", 201, "\ufeff", map[string]string{"a": "b"}, "\ufeff{\"a\":\"b\"}"},
		{"nothing is escaped that need not be", 200, "", []string{`<a href="x">O'Neill & Søn</a>`}, `["<a href=\"x\">O'Neill & Søn</a>"]`},
		{"fault", 409, "", partnercenter.ErrDomainTaken, `{"code":27002,"description":"The domain is already used by another tenant.","data":[],"source":"PartnerFD"}`},
		{"no slice, and a pointer", 200, "", struct {
			A []string `json:"a"`
			B *string  `json:"b"`
		}{nil, &domain}, `{"a":[],"b":"x"}`},
		{"bare", 200, "\ufeff", true, "\ufefftrue"},
		{"text that is no UTF-8", 400, "", []string{"a\xffb"}, "[\"a\ufffdb\"]"},
		{"long", 200, "", strings.Repeat("x", 10_000), `"` + strings.Repeat("x", 10_000) + `"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			if err := web.Write(w, test.status, test.prefix, test.value); err != nil {
				t.Fatal(err)
			}
			if w.Code != test.status {
				t.Errorf("status: got %d, want %d", w.Code, test.status)
			}
			if got := w.Body.String(); got != test.want {
				t.Errorf("body: got %s, want %s", got, test.want)
			}
			want := http.Header{"Content-Type": {"application/json; charset=utf-8"}, "Content-Length": {strconv.Itoa(len(test.want))}}
			if diff := cmp.Diff(want, w.Header()); diff != "" {
				t.Errorf("header (-want +got):\n%s", diff)
			}
		})
	}
}

// TestWriteUnwritable: what cannot be written is an error while nothing is.
func TestWriteUnwritable(t *testing.T) {
	w := httptest.NewRecorder()
	if err := web.Write(w, 200, "\ufeff", []any{1, func() {}}); err == nil {
		t.Error("got no error")
	}
	if w.Body.Len() > 0 || len(w.Header()) > 0 {
		t.Errorf("got %q, %v, want nothing written", w.Body, w.Header())
	}
}

// TestWriteToNobody: that the client has gone is no error of ours.
func TestWriteToNobody(t *testing.T) {
	if err := web.Write(gone{httptest.NewRecorder()}, 200, "", true); err != nil {
		t.Errorf("got %v, want nil", err)
	}
}

// gone is the writer of a connection that is closed.
type gone struct{ http.ResponseWriter }

func (gone) Write([]byte) (int, error) { return 0, http.ErrHandlerTimeout }
